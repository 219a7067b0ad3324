/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whether a stranger's text is JSON (RFC 8259), and where it is not. */

#ifndef SOCKCHAT_JSON_JUDGE_H
#define SOCKCHAT_JSON_JUDGE_H

#include <stddef.h>
#include <stdint.h>

enum json_verdict {
	JSON_OTHER,      /* it does not begin with { or [ */
	JSON_GOOD,       /* values, with white space or a comma between two */
	JSON_UNFINISHED, /* so far it is good */
	JSON_BROKEN,
	JSON_LONG, /* for callers: nobody has judged all of it */
};

/* Where it is broken, and what should stand there. */
struct json_fault {
	size_t at;
	const char *expected;
};

/* Judge a text whose first character but white space is { or [; `fault` is set
 * if it is not good.  Needs a bit of memory for each level that is open, an
 * eighth of `len` at most; JSON_OTHER without it. */
enum json_verdict json_judge(const uint8_t *bytes, size_t len,
                             struct json_fault *fault);

#endif
