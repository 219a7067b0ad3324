/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file of rules, read as a whole. */

#ifndef RECORD_RULEBOOK_H
#define RECORD_RULEBOOK_H

#include <sockchat/chatfile.h>
#include <sockchat/entry.h>
#include <sockchat/expression.h>
#include <sockchat/session.h>

#define RULEBOOK_MAX 10000 /* rules */

struct rule_reader;
struct rule_strike;

/* A row for each word that a rule begins with. */
struct rule_kind {
	const char *name; /* NULL ends a table */
	const char *args; /* as a complaint shows them */
	/* Read what stands behind the name.  -1 with a sentence. */
	int (*read)(struct rule_reader *r, struct error *e);
	bool has_steps; /* indented lines belong to it */
	/* Do the next bit of what the rule does to the message that it has
	 * struck.  False: all is done.  NULL: it only judges. */
	bool (*act)(struct rule_strike *s);
	/* Of a rule that only judges, and stands only where clients' messages
	 * go on to a target. */
	enum verdict verdict;
};

struct rule {
	const struct rule_kind *kind;
	size_t line;
	char *text; /* behind the kind's name, as it is written; safe to show */
	enum entry_dir dir; /* of the messages that it is about */
	struct expression *expression;
	/* BYTES, FIN, RST, STARTTLS or WAIT, which own their bytes and fills.
	 * Of a change, one: what it puts there. */
	struct chat_step *steps;
	size_t step_count, step_cap;
	uint64_t count;     /* how often it has struck */
	uint32_t told;      /* so often in this second, by a note each */
	uint64_t untold;    /* and in addition without one */
	bool has_given_up;  /* the expression took too long, which is told */
};

struct rulebook {
	char *name;     /* of the file, as the user has written it */
	char shown[80]; /* its last part, safe */
	struct rule *rules;
	size_t count, cap;
	size_t bytes; /* of all steps */
};

/* Read the file.  NULL with a sentence that names file, line and column. */
MUST_USE
struct rulebook *rulebook_open(const char *path, const struct rule_kind *kinds,
                               struct error *e);
/* The same for a text, which has no folder for `file "NAME"`. */
MUST_USE
struct rulebook *rulebook_open_text(const char *name, const void *text,
                                    size_t len, const struct rule_kind *kinds,
                                    struct error *e);
/* NULL is fine. */
void rulebook_free(struct rulebook *b);

/* These are for `read`: /EXPRESSION/. */
MUST_USE int rule_read_expression(struct rule_reader *r, struct error *e);
/* in|out /EXPRESSION/ */
MUST_USE int rule_read_directed(struct rule_reader *r, struct error *e);
/* in|out /EXPRESSION/ "TEXT", or other items of bytes. */
MUST_USE int rule_read_change(struct rule_reader *r, struct error *e);

#endif
