/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations of earlier days, which are put into the transcript from files:
 * .jsonl as --json prints it, and .chat.  Their entries are old ones (entry.h),
 * with the times that were recorded.  Of a file that is longer than the
 * transcript the end is read. */

#ifndef SOCKCHAT_LOAD_H
#define SOCKCHAT_LOAD_H

#include <sockchat/chat.h>

/* Load all of it at once, before there is anything else; notes tell how much it
 * was.  -1 with a sentence, which has the line when the file is wrong. */
MUST_USE int load_now(struct chat *c, const char *path, struct error *e);

/* /load PATH: over several turns, in which nothing is read from peers.  -1
 * after a complaint. */
int load_run(struct chat *c, char *args);

#endif
