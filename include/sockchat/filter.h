/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries are shown: the transcript keeps all of them. */

#ifndef SOCKCHAT_FILTER_H
#define SOCKCHAT_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/encoding.h>
#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/options.h>
#include <sockchat/pattern.h>

#define FILTER_TEXT_MAX 64

struct recut; /* recut.h */

/* All zero shows everything.  An entry is shown if it meets all conditions.
 * What the program answers and what the user sends is shown too, since the
 * filter was set. */
struct filter {
	uint8_t dir;       /* enum entry_dir, or ENTRY_NO_DIR for both */
	bool errors;       /* errors only */
	uint32_t session;  /* 0: all */
	uint32_t focus;    /* the peer that is shown alone, 0: none is */
	struct pattern *pattern;
	char text[FILTER_TEXT_MAX]; /* as the user gave it, safe to show */
	unsigned serial;   /* a new one with each change */
	uint64_t since;    /* the first entry after it was set */
};

/* The words that filter_set() takes. */
extern const struct choice filter_choices[];

/* "in", "out", "error", "peer N" and "text PATTERN", the last of which takes
 * the rest of the line; "off" shows everything.  -1 with a sentence; then
 * nothing has changed.  `since`: the number of the next entry. */
MUST_USE
int filter_set(struct filter *f, const char *words, uint64_t since,
               const struct encoding *enc, struct error *e);
/* Show this peer alone, 0: all, within what the words let through.  `since` as
 * above. */
void filter_focus(struct filter *f, uint32_t session, uint64_t since);
/* Write "only peer 2, filter: in text x"; "" when it is off. */
#define FILTER_TOLD_MAX (FILTER_TEXT_MAX + 32)
void filter_tell(const struct filter *f, char out[FILTER_TOLD_MAX]);
/* Show everything. */
void filter_off(struct filter *f);
void filter_finish(struct filter *f);

/* The transcript has been cut anew. */
void filter_recut(struct filter *f, const struct recut *r);

bool filter_is_on(const struct filter *f);
bool filter_shows(const struct filter *f, const struct entry *e);
/* As pattern_gave_up() of its pattern. */
bool filter_gave_up(struct filter *f, struct error *e);

#endif
