/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a word may become: the list that completion fills. */

#ifndef COMMAND_CANDIDATES_H
#define COMMAND_CANDIDATES_H

#include <sockchat/chat.h>

/* `word` is borrowed. */
struct candidates {
	char **list; /* ends in NULL; NULL for none */
	size_t count;
	const char *word;
	size_t len;
	bool has_failed; /* some are missing, for want of memory */
};

/* Offer `text` if the word is its beginning. */
void candidates_offer(struct candidates *l, const char *text, size_t len);

/* The list; the caller frees it.  NULL when some are missing: the others would
 * look like all that there are. */
MUST_USE char **candidates_take(struct candidates *l);

/* The words of the newest messages, the newest first. */
void candidates_offer_heard(struct candidates *l, const struct chat *c);
/* Where such a word begins that ends at `point`. */
size_t candidates_heard_start(const char *line, size_t point);

/* Files; the word is a path, whose ~/ is the home.  A directory ends in a
 * slash. */
void candidates_offer_files(struct candidates *l);

#endif
