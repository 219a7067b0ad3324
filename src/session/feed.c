/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file that is to be sent: only a regular one has an end that is known. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/feed.h>
#include <sockchat/glyph.h>
#include <sockchat/file.h>

/* What it is, when it is no regular file. */
static const char *kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return NULL;
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static int refuse(const char *path, const char *what, struct error *e)
{
	char safe[128];
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	error_set(e, "cannot send %s: it is %s, not a regular file", safe,
	          what);
	error_set_hint(e, "of anything else the pipe sends what can be read: "
	                  "sockchat connect HOST PORT <PATH");
	return -1;
}

/* A device's opening may do something: it is looked at before. */
static int open_regular(struct feed_file *f, const char *path,
                        struct error *e)
{
	struct stat st;
	char safe[128];
	f->fd = -1;
	if (stat(path, &st) == 0 && kind(st.st_mode))
		return refuse(path, kind(st.st_mode), e);
	f->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &st)) {
		glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
		error_set_errno(e, errno, "cannot open %s", safe);
	} else if (kind(st.st_mode)) {
		refuse(path, kind(st.st_mode), e);
	} else {
		f->total = (uint64_t)st.st_size;
		return 0;
	}
	if (f->fd >= 0)
		close(f->fd);
	return -1;
}

int feed_open(struct feed_file *f, const char *path, struct error *e)
{
	struct bytes full = { 0 };
	if (file_append_path(&full, path, strlen(path)))
		return error_set_errno(e, ENOMEM, "cannot open the file");
	const char *meant = bytes_text(&full), *slash = strrchr(meant, '/');
	glyph_copy(f->name, sizeof(f->name), slash ? slash + 1 : meant,
	           GLYPH_ANY_WIDTH);
	int failed = open_regular(f, meant, e);
	bytes_finish(&full);
	return failed;
}
