/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is bounded, in one table: /limits tells it, and LIMITS in the manual has
 * a paragraph for each row. */

#ifndef SOCKCHAT_LIMITS_H
#define SOCKCHAT_LIMITS_H

#include <sockchat/chat.h>

/* Bounds of the front ends lines and json. */
#define LIMIT_LINE   ((size_t)64 << 20) /* a line of standard input */
#define LIMIT_AHEAD  ((size_t)1 << 20)  /* input read while a line waits */
#define LIMIT_OUTPUT ((size_t)1 << 20)  /* output before peers wait */

#define LIMIT_VALUE_MAX 64

/* The name of row `i`; NULL behind the last. */
const char *limits_name(size_t i);
/* Put the value that it has now into `value`; returns what it bounds. */
const char *limits_value(const struct chat *c, size_t i,
                         char value[LIMIT_VALUE_MAX]);

#endif
