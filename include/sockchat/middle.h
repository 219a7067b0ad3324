/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is held between clients and targets, for who shows it to be edited. */

#ifndef SOCKCHAT_MIDDLE_H
#define SOCKCHAT_MIDDLE_H

#include <sockchat/chat.h>
#include <sockchat/hold.h>

/* The message that a word means which stands behind a command: its number, or
 * "" for the oldest.  NULL after a complaint. */
struct held *middle_find(struct chat *c, const char *word);

/* Append what has to stand behind "/edit N " to leave the message as it is: its
 * payload if a frame goes around it, else all of it.  -1 without memory. */
MUST_USE
int middle_text(const struct chat *c, const struct held *m, struct bytes *out);

#endif
