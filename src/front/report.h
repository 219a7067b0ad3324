/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the doctor finds: sentences on standard error, or entries as JSON on
 * standard output. */

#ifndef FRONT_REPORT_H
#define FRONT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/entry.h>

#include "notices.h"

struct report {
	struct notices notices;
	struct outlet outlet; /* standard output */
	bool is_json;
	bool is_brief; /* steps and advice are not told */
	bool is_quiet; /* nor is success */
	const char *peer;
	uint64_t seq;     /* of the entry before */
	int64_t start_ns;
	struct bytes line;
	int errnum; /* of a line that could not be written */
};

/* `peer` is the endpoint, safe, and borrowed until report_close().  When there
 * is no standard output, JSON gives way to sentences. */
void report_open(struct report *r, bool is_json, const char *peer);
/* -1: standard output could not be written, and that is said. */
MUST_USE int report_close(struct report *r);

/* Tell a step.  Its code is as that of a note. */
void report_note(struct report *r, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, as the on_step of struct dial_steps; `r` is `user`. */
void report_step(void *r, const char *code, const char *text);
/* Tell what is told in brief, too. */
void report_news(struct report *r, const char *code, const char *text);
void report_error(struct report *r, const struct error *e);
/* Tell what is known of TLS: a note for programs, rows for people. */
void report_tls(struct report *r, const struct tls_facts *f);
/* Tell what to make of it all, what to try next, or "", and the exit status.
 * `name` is the verdict for programs, who also get the facts of a failure. */
void report_verdict(struct report *r, const char *name, const char *text,
                    const char *next, const struct checkup *facts);

#endif
