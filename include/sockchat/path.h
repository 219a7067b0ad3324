/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Paths as they are typed. */

#ifndef SOCKCHAT_PATH_H
#define SOCKCHAT_PATH_H

#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* What is meant: "~" and "~/x" begin with $HOME, spaces at the end are those
 * that completion leaves.  -1 without memory. */
MUST_USE
int path_append_typed(struct bytes *out, const char *typed, size_t len);

#endif
