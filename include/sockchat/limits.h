/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bounds of the front ends lines and json, which /limits tells with all
 * others. */

#ifndef SOCKCHAT_LIMITS_H
#define SOCKCHAT_LIMITS_H

#include <stddef.h>

#define LIMIT_LINE   ((size_t)64 << 20) /* a line of standard input */
#define LIMIT_AHEAD  ((size_t)1 << 20)  /* input read while a line waits */
#define LIMIT_OUTPUT ((size_t)1 << 20)  /* output before peers wait */

#endif
