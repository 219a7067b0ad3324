/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is looked for in bytes: text, "re:" with an expression of PCRE2's
 * (pcre2syntax(3)), or "hex:" with bytes.  Text and expressions without a
 * capital letter match capitals too ("smart case").
 *
 * What an expression may cost is bounded, and counted in steps: the same
 * expression comes to the same end on the same bytes, on any machine. */

#ifndef SOCKCHAT_PATTERN_H
#define SOCKCHAT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

struct pattern;

#define PATTERN_MAX 1000 /* bytes of its text */
#define PATTERN_REACH_MAX 1000 /* see pattern_reach() */

/* NULL with a sentence: it is empty, too long, or no expression, or there is no
 * memory for it. */
MUST_USE struct pattern *pattern_new(const char *text, struct error *e);
void pattern_free(struct pattern *p);

/* A scan gives the matches in some bytes, one after another.  The bytes are
 * borrowed and must not change meanwhile. */
struct pattern_scan {
	struct pattern *pattern;
	const uint8_t *bytes;
	size_t len;
	size_t at;         /* the bytes before it are done */
	size_t line, stop; /* the line that an expression sees now */
	int64_t left;      /* steps that it may still take */
	bool is_over;      /* it took too many: what it found does not count */
};

void pattern_begin(struct pattern_scan *s, struct pattern *p,
                   const uint8_t *bytes, size_t len);

/* The next match: the bytes from `*start` to before `*end`, at least one.  An
 * expression sees one line at a time, and ^ and $ match at its ends; bytes that
 * are not UTF-8 match nothing.  False: there is none, or the scan is over. */
bool pattern_next(struct pattern_scan *s, size_t *start, size_t *end);
/* End the scan, as if it had taken too many steps. */
void pattern_give_up(struct pattern_scan *s);

/* Whether a match can begin before a place and end behind it, as far as the
 * byte before it tells, the byte behind it, or all bytes before it. */
bool pattern_crosses_behind(const struct pattern *p, uint8_t before);
bool pattern_crosses_before(const struct pattern *p, uint8_t behind);
bool pattern_goes_on(struct pattern *p, const uint8_t *bytes, size_t len);
/* How many bytes on one side of the place are looked at. */
size_t pattern_reach(const struct pattern *p);

/* True if there is a match. */
bool pattern_matches(struct pattern *p, const uint8_t *bytes, size_t len);
/* The number of matches; 0 when counting took too many steps. */
size_t pattern_count(struct pattern *p, const uint8_t *bytes, size_t len);

/* True once, with a sentence for the user, after some bytes took too many steps
 * or too much memory and so counted as no match. */
bool pattern_gave_up(struct pattern *p, struct error *e);

#endif
