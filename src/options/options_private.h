/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What options.c, option_value.c and cmdline.c share. */

#ifndef OPTIONS_PRIVATE_H
#define OPTIONS_PRIVATE_H

#include <sockchat/options.h>

enum option_type {
	TYPE_SET,      /* a switch: bool */
	TYPE_ON_OFF,   /* the same, but on the command line told as a word */
	TYPE_VALUE,    /* a switch that stores `value` into an int */
	TYPE_CHOICE,   /* one of `choices` into an int */
	TYPE_DURATION, /* milliseconds into an int64_t */
	TYPE_LINGER,   /* the same, or "inf" */
	TYPE_COUNT,    /* a long from 1 */
	TYPE_SIZE,     /* bytes into a size_t */
	TYPE_TEXT,     /* a word of the command line */
};

/* Where a row holds, and what may be done with it. */
enum {
	MODE_BOTH = 0,
	MODE_CONNECT = 1,
	MODE_LISTEN = 2,
	LIVE = 4,      /* can change at run time */
	ARGV_ONLY = 8, /* not in a configuration file */
};

/* What parsing needs to know beyond what users see. */
struct option_rule {
	struct option_row row;
	enum option_type type;
	size_t offset;
	int value;
	const struct choice *choices;
	unsigned flags;
};

/* Row `i`, or NULL behind the last. */
const struct option_rule *option_rule(size_t i);

/* "--eol" or "-w, --connect-timeout", as the user may have written it. */
void option_flag(const struct option_rule *r, char *out, size_t cap);

/* Whether it is for the other of connect and listen. */
bool option_is_foreign(const struct option_rule *r, enum endpoint_mode mode);

/* As options_set(), the row already found; `name` is for the sentence. */
MUST_USE
int option_apply(struct options *o, const struct option_rule *r,
                 const char *name, const char *value,
                 enum option_source source, struct error *e);

/* The member that a row is about, and its default put there. */
void *option_member(struct options *o, const struct option_rule *r);
void option_set_default(struct options *o, const struct option_rule *r);

/* Read a value; NULL switches on.  False when it is none; then option_wanted()
 * says what would be one. */
MUST_USE
bool option_set_value(struct options *o, const struct option_rule *r,
                      const char *value);
const char *option_wanted(const struct option_rule *r, char *list, size_t cap);

#endif
