/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files on their way to a peer. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/feed.h>
#include <sockchat/glyph.h>
#include <sockchat/path.h>

/* Opening */

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
	if (path_append_typed(&full, path, strlen(path)))
		return error_set_errno(e, ENOMEM, "cannot open the file");
	const char *meant = bytes_text(&full), *slash = strrchr(meant, '/');
	glyph_copy(f->name, sizeof(f->name), slash ? slash + 1 : meant,
	           GLYPH_ANY_WIDTH);
	int failed = open_regular(f, meant, e);
	bytes_finish(&full);
	return failed;
}

/* The files of a peer */

struct feed *feed_new(void)
{
	return calloc(1, sizeof(struct feed));
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++)
		close(f->items[i].file.fd);
	outq_finish(&f->after);
	free(f);
}

int feed_add(struct feed *f, const struct feed_file *file)
{
	if (f->count == FEED_MAX)
		return errno = ENOBUFS, -1;
	int fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	struct feed_item *item = &f->items[f->count++];
	*item = (struct feed_item){ .file = *file };
	item->file.fd = fd;
	return 0;
}

int feed_append(struct feed *f, const void *bytes, size_t len)
{
	if (outq_append(&f->after, bytes, len))
		return -1;
	f->items[f->count - 1].after_len += len;
	return 0;
}

void feed_begin(struct feed *f, uint64_t begin, int64_t now_ns)
{
	f->state = FEED_READS;
	f->begin = begin;
	progress_init(&f->progress, f->items[0].file.total, now_ns);
}

ssize_t feed_pull(struct feed *f, struct outq *queue, size_t max)
{
	ssize_t n = outq_fill(queue, f->items[0].file.fd, max,
	                      (off_t)f->taken);
	if (n > 0)
		f->taken += (uint64_t)n;
	else if (n == 0)
		f->state = FEED_READ;
	return n;
}

void feed_stop(struct feed *f)
{
	f->state = FEED_STOPPED;
	for (; f->count > 1; f->count--) {
		close(f->items[f->count - 1].file.fd);
		f->items[f->count - 2].after_len +=
		    f->items[f->count - 1].after_len;
	}
}

size_t feed_first(const struct feed *f)
{
	return f->state == FEED_STOPPED ? 1 : 0;
}

uint64_t feed_gone(const struct feed *f, uint64_t gone)
{
	uint64_t own = gone > f->begin ? gone - f->begin : 0;
	return own < f->taken ? own : f->taken;
}

bool feed_is_through(const struct feed *f, uint64_t gone)
{
	return f->state >= FEED_READ && feed_gone(f, gone) == f->taken;
}

uint64_t feed_rest(const struct feed *f, size_t i, uint64_t gone)
{
	uint64_t total = f->items[i].file.total;
	if (i > 0)
		return total;
	if (f->state == FEED_READ || f->taken > total)
		total = f->taken;
	return total - feed_gone(f, gone);
}

int feed_next(struct feed *f, struct outq *queue)
{
	size_t len = f->items[0].after_len;
	if (outq_move(queue, &f->after, len))
		return -1;
	close(f->items[0].file.fd);
	f->count--;
	memmove(f->items, f->items + 1, f->count * sizeof(f->items[0]));
	f->state = FEED_WAITS;
	f->begin = f->taken = 0;
	return 0;
}
