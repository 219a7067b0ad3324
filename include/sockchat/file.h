/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files: their paths as they are typed; read whole; made for the user alone,
 * never in the place of another. */

#ifndef SOCKCHAT_FILE_H
#define SOCKCHAT_FILE_H

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* Append the path that is meant: "~" and "~/x" begin with $HOME, spaces at the
 * end are those that completion leaves.  -1 without memory. */
MUST_USE
int file_append_path(struct bytes *out, const char *typed, size_t len);

/* A new file (0600), open for writing: its descriptor, which the caller closes.
 * -1 with a sentence: it is there already, as whatever it may be. */
MUST_USE int file_create(const char *path, struct error *e);

/* Open a regular file for reading; `flags` are more of open(2)'s.  Its
 * descriptor, which the caller closes.  -1 with errno: EISDIR for a directory,
 * EINVAL for what is no regular file either. */
MUST_USE int file_open(const char *path, int flags);

/* Append what can be read up to the end.  -1 with errno. */
MUST_USE int file_read(int fd, struct bytes *out);

/* Write all of it.  -1 with errno. */
MUST_USE int file_write(int fd, const void *bytes, size_t len);

#endif
