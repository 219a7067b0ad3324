/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversations of a .chat file, played over the sessions of a chat: one
 * side of each is said, and the other is checked. */

#ifndef SOCKCHAT_REPLAY_H
#define SOCKCHAT_REPLAY_H

#include <sockchat/chat.h>

struct replay;

/* Read the whole file, and check that the side that `mode` is can be played.
 * NULL with a sentence that names the file, and line and column. */
MUST_USE
struct replay *replay_open(const char *path, enum endpoint_mode mode,
                           bool has_datagrams, struct error *e);
/* Only of one that never began.  NULL is fine. */
void replay_close(struct replay *r);

/* Play it with the peers of a chat that has not begun, which runs for that:
 * --replay.  Takes the replay; chat_run() ends it. */
void replay_begin(struct replay *r, struct chat *c);

/* /replay PATH, "step" or "stop".  -1 after a complaint. */
int replay_command(struct chat *c, char *args);
/* What may stand in front of PATH, for `prefix` of struct chat_command. */
const char *replay_prefix(size_t i);

#endif
