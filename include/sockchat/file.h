/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files: where ours are; paths as they are typed; files read whole, and made
 * for the user alone, never in the place of another. */

#ifndef SOCKCHAT_FILE_H
#define SOCKCHAT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* Append the path that is meant: "~" and "~/x" begin with $HOME, and spaces at
 * the end, which completion leaves, are dropped.  -1 without memory. */
MUST_USE
int file_append_path(struct bytes *out, const char *typed, size_t len);

/* Write "$VARIABLE/sockchat/NAME", or "$HOME/FALLBACK/sockchat/NAME"; "" when
 * neither is an absolute path, or it is too long for `cap`. */
void file_xdg_path(char *out, size_t cap, const char *variable,
                   const char *fallback, const char *name);

/* True if there is a folder to make that path in: HOME, or, for a variable that
 * names a place outside of HOME, the folder that holds this place. */
bool file_has_xdg_place(const char *variable);

/* Make a new file (0600), open for writing.  Returns its descriptor, which
 * the caller closes.  -1 with a sentence, also when anything of that name is
 * there. */
MUST_USE int file_create(const char *path, struct error *e);

/* Open a regular file for reading; `flags` are added to those of open(2).
 * Returns its descriptor, which the caller closes.  -1 with errno: EISDIR for a
 * directory, EINVAL for anything else that is not a regular file. */
MUST_USE int file_open(const char *path, int flags);

/* Lock an open file or folder for this program alone (flock(2)).  False when
 * another program has it for 200 ms: somebody may wait. */
MUST_USE bool file_lock(int fd);

/* Tell others that the file is in use until it is closed (flock(2)): nobody
 * begins it anew then who asks file_is_used(). */
void file_use(int fd);

/* Whether anybody else uses it.  The file is not in use by `fd` then. */
bool file_is_used(int fd);

/* True if both descriptors stand for the same file, pipe or socket. */
bool file_is_same(int fd, int other);

/* Append all that can be read up to the end of the file.  -1 with errno. */
MUST_USE int file_read(int fd, struct bytes *out);

/* Write all of the bytes.  -1 with errno. */
MUST_USE int file_write(int fd, const void *bytes, size_t len);

#endif
