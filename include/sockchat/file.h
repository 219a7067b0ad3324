/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files that we make: the user's alone, and never in the place of another. */

#ifndef SOCKCHAT_FILE_H
#define SOCKCHAT_FILE_H

#include <sockchat/error.h>

/* A new file (0600), open for writing: its descriptor, which the caller closes.
 * -1 with a sentence: it is there already, as whatever it may be. */
MUST_USE int file_create(const char *path, struct error *e);

#endif
