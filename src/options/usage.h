/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How --help sorts the options. */

#ifndef USAGE_H
#define USAGE_H

#include <stddef.h>

/* The task that begins with row `i`; NULL if the row belongs to the one
 * before. */
const char *option_heading(size_t i);

#endif
