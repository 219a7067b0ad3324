/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a chat ends: the end of standard input, and leaving. */

#ifndef SOCKCHAT_CHAT_END_H
#define SOCKCHAT_CHAT_END_H

#include <sockchat/chat.h>

/* Standard input has said something: wait anew for peers' answers. */
void chat_input_spoke(struct chat *c);
/* Standard input has ended: no new peer is taken, and --quit-after begins.  If
 * it ended before the first peer came, peers are served on, and each gets our
 * FIN after its own.  An echo listener goes on as before. */
void chat_input_ended(struct chat *c);
/* It has ended, and all of its lines are taken: our FIN goes to all peers. */
void chat_input_taken(struct chat *c);

/* Deliver all that is queued, then stop the loop; after a signal within
 * CHAT_SIGNAL_MS.  A second call stops it now; an ERROR entry for each peer
 * tells what it has not got. */
#define CHAT_SIGNAL_MS 5000
void chat_leave(struct chat *c);
/* How many bytes the peers' systems have not acknowledged. */
uint64_t chat_undelivered(const struct chat *c);

#endif
