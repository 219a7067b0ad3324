/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A session's bytes as messages. */

#ifndef SESSION_FRAME_H
#define SESSION_FRAME_H

#include "session_private.h"

/* Cut bytes of a direction, which have just come or gone, into messages and
 * tell them.  -1 without memory. */
MUST_USE
int session_tell_bytes(struct session *s, struct framing *f,
                       const uint8_t *bytes, size_t len);
/* A message has been sent by hand: it stands between others. */
void session_see_sent(struct session *s, const void *bytes, size_t len);
/* Let the next bytes of either direction begin a message, if that is how they
 * are cut; but with an answer, the peer's goes on, and of a pair lane_break()
 * ends them. */
void session_break_messages(struct session *s, bool is_answer);
/* Nothing has come for a while: that may make a message whole. */
void session_end_silent(struct session *s);
/* The peer has ended, by `how`: "FIN". */
void session_end_message(struct session *s, const char *how);

#endif
