/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation of a replay, played with one session. */

#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include "replay_private.h"

/* Play the conversation of `peer`, 0 for any, with this session.  NULL with a
 * sentence. */
MUST_USE
struct play *play_new(struct replay *r, const struct session *s,
                      enum chat_side side, uint32_t peer, struct error *e);
void play_free(struct play *p);
/* Go on at the end of this turn. */
void play_on(struct play *p);
/* Bytes have come; or what comes has ended. */
void play_hear(struct play *p, const void *bytes, size_t len);
void play_hear_end(struct play *p, enum player_end how);
/* TLS is there. */
void play_secured(struct play *p);
/* The session is over. */
void play_end(struct play *p, const struct session *s);
/* End it before its end: a failure, or a mere note. */
void play_stop(struct play *p, bool is_failure);
/* Whether it waits for the user's word. */
bool play_awaits_word(const struct play *p);

#endif
