/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* With O_EXCL a symbolic link is not followed either: open(2). */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/newfile.h>

int newfile_path(char *out, size_t cap, const char *path, struct error *e)
{
	const char *home = getenv("HOME");
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == ' ')
		len--;
	bool is_home = *path == '~' && (len == 1 || path[1] == '/') && home &&
	               *home;
	int n = snprintf(out, cap, "%s%.*s", is_home ? home : "",
	                 (int)len - is_home, path + is_home);
	if (n < 0 || (size_t)n >= cap)
		return error_set_errno(e, ENAMETOOLONG, "the path");
	return 0;
}

int newfile_create(const char *path, struct error *e)
{
	char safe[160];
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	if (fd >= 0)
		return fd;
	int errnum = errno;
	glyph_copy(safe, sizeof(safe), path, 0);
	error_set_errno(e, errnum, "cannot make %s", safe);
	if (errnum == EEXIST)
		error_set_hint(e, "nothing is overwritten: another name, or "
		                  "remove it first");
	return -1;
}
