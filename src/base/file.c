/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* With O_EXCL a symbolic link is not followed either: open(2). */

#include <errno.h>
#include <fcntl.h>

#include <sockchat/glyph.h>
#include <sockchat/file.h>

int file_create(const char *path, struct error *e)
{
	char safe[160];
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	if (fd >= 0)
		return fd;
	int errnum = errno;
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	error_set_errno(e, errnum, "cannot make %s", safe);
	if (errnum == EEXIST)
		error_set_hint(e, "nothing is overwritten: another name, or "
		                  "remove it first");
	return -1;
}
