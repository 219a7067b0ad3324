/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file that is to be sent: only a regular one has an end that is known. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/queue.h>

/* What a file is that is not regular; NULL for one that is. */
static const char *name_kind(mode_t mode)
{
	return S_ISREG(mode)    ? NULL
	       : S_ISDIR(mode)  ? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
	       : S_ISSOCK(mode) ? "a socket"
	                        : "a device";
}

/* Opening a device may do something, so the path is looked at before. */
static int open_regular(struct feed_file *f, const char *path,
                        struct error *e)
{
	struct stat st = { .st_size = 0 };
	char safe[128];
	const char *kind = stat(path, &st) ? NULL : name_kind(st.st_mode);
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	f->fd = kind ? -1 : file_open(path, 0);
	f->total = (uint64_t)st.st_size;
	if (!kind && f->fd < 0)
		return error_set_errno(e, errno, "cannot open %s", safe);
	if (!kind)
		return 0;
	error_set(e, "cannot send %s: it is %s, not a regular file", safe,
	          kind);
	error_set_hint(e, "of anything else the pipe sends what can be read: "
	                  "sockchat connect HOST PORT <PATH");
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
