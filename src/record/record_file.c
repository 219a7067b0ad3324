/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The file of a recording. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/record_file.h>

/* Others may write to the same file, or cut it. */
#define FLAGS   (O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | \
                 O_CLOEXEC)
#define ROOM    ((off_t)8 << 10) /* has to be free before we go on */
#define REST_MS 1000

/* Opening */

static bool is_fifo(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* Whether somebody has left its last line without an end. */
static bool is_in_mid_line(const char *path, off_t size)
{
	char last = '\n';
	int fd = file_open(path, O_NOFOLLOW);
	if (fd >= 0 && pread(fd, &last, 1, size - 1) < 0)
		last = '\n';
	if (fd >= 0)
		close(fd);
	return last != '\n';
}

/* What is recorded or played is not begun anew.  -1 with errno. */
static int empty_it(const struct record_file *f)
{
	if (file_is_used(f->fd))
		return errno = EBUSY, -1;
	return ftruncate(f->fd, 0);
}

/* Take what is there already.  -1 with errno. */
static int take_there(struct record_file *f, const struct stat *st)
{
	f->is_stream = S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode);
	if (f->is_stream)
		return 0;
	if (!S_ISREG(st->st_mode))
		return errno = EINVAL, -1;
	if (f->over == RECORD_NEW)
		return errno = EEXIST, -1;
	if (fchmod(f->fd, 0600) ||
	    (f->over == RECORD_OVERWRITE && empty_it(f)))
		return -1;
	f->size = f->over == RECORD_APPEND ? st->st_size : 0;
	f->continues = f->size > 0;
	f->is_in_mid_line = f->continues && is_in_mid_line(f->path, f->size);
	return 0;
}

/* A FIFO without a reader stays closed, which is no failure. */
static int open_there(struct record_file *f)
{
	struct stat st;
	f->fd = open(f->path, FLAGS);
	if (f->fd < 0 && errno == ENXIO && is_fifo(f->path)) {
		f->is_stream = true;
		return 0;
	}
	return f->fd < 0 || fstat(f->fd, &st) ? -1 : take_there(f, &st);
}

/* The umask may have left less than 0600.  -1 with errno. */
static int open_path(struct record_file *f)
{
	f->is_empty = true;
	f->fd = open(f->path, FLAGS | O_CREAT | O_EXCL, 0600);
	if (f->fd >= 0 ? fchmod(f->fd, 0600) == 0
	               : errno == EEXIST && open_there(f) == 0) {
		file_use(f->fd);
		return 0;
	}
	int errnum = errno;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	return errno = errnum, -1;
}

/* Counts from now on if nothing is missing yet. */
void record_file_lose(struct record_file *f, size_t len, uint64_t entries,
                      int errnum)
{
	if (!f->gap.errnum)
		f->gap = (struct sink_gap){ .time = stamp_now() };
	f->gap.errnum = errnum;
	f->gap.bytes += len;
	f->gap.entries += entries;
}

void record_file_explain(const char *path, int errnum, struct error *e)
{
	char safe[160];
	glyph_copy(safe, sizeof(safe), path, GLYPH_ANY_WIDTH);
	error_set_errno(e, errnum, "cannot record to %s", safe);
	if (errnum == EEXIST)
		error_set_hint(e, "choose another name, or --record-append "
		                  "or --record-overwrite");
	else if (errnum == ELOOP)
		error_set_hint(e, "symbolic links are not followed: name the "
		                  "file that it points to");
	else if (errnum == EBUSY)
		error_set_hint(e, "it is being recorded or played: choose "
		                  "another name");
}

static int refuse_path(const char *path, int errnum, struct error *e)
{
	record_file_explain(path, errnum, e);
	return errno = errnum, -1;
}

/* A stream that is broken is closed: another reader may come. */
static void close_stream(struct record_file *f)
{
	watch_remove(&f->watch);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	outq_finish(&f->queue);
	f->queued = 0;
}

static void lose_queue(struct record_file *f, int errnum)
{
	record_file_lose(f, f->queue.len, f->queued, errnum);
	close_stream(f);
}

static int flush_queue(struct record_file *f)
{
	size_t waiting = f->queue.len;
	int left = outq_flush(&f->queue, f->fd);
	f->written += waiting - f->queue.len;
	if (left >= 0)
		watch_set(&f->watch, left ? LOOP_WRITE : 0);
	if (!f->queue.len)
		f->queued = 0;
	return left < 0 ? -1 : 0;
}

static void on_room(struct watch *w, unsigned ready)
{
	struct record_file *f = w->user;
	(void)ready;
	if (flush_queue(f) == 0)
		return;
	lose_queue(f, errno);
	f->on_broken(f->user);
}

static int watch_stream(struct record_file *f)
{
	f->watch = (struct watch){ .on_ready = on_room, .user = f };
	outq_init(&f->queue, LIMIT_RECORD);
	return f->is_stream && f->fd >= 0
	           ? watch_add(f->loop, &f->watch, f->fd, 0) : 0;
}

int record_file_open(struct record_file *f, const char *path, struct error *e)
{
	f->fd = -1;
	f->path = strdup(path);
	if (!f->path)
		return refuse_path(path, ENOMEM, e);
	if (open_path(f) || watch_stream(f))
		return refuse_path(path, errno, e);
	if (f->fd < 0)
		record_file_lose(f, 0, 0, ENXIO);
	return 0;
}

/* Writing */

static off_t find_end(const struct record_file *f)
{
	off_t end = lseek(f->fd, 0, SEEK_END);
	return end >= 0 ? end : f->size;
}

/* All, or nothing: then the file is cut back to what is whole. */
static int write_regular(struct record_file *f, const void *bytes, size_t len,
                         uint64_t entries)
{
	off_t end = find_end(f);
	if (file_write(f->fd, bytes, len) == 0) {
		f->size = end + (off_t)len;
		f->written += len;
		return 0;
	}
	int errnum = errno;
	(void)!ftruncate(f->fd, end);
	record_file_lose(f, len, entries, errnum);
	return errno = errnum, -1;
}

static int write_stream(struct record_file *f, const void *bytes, size_t len,
                        uint64_t entries)
{
	if (outq_append(&f->queue, bytes, len)) {
		int errnum = errno == EMSGSIZE ? EAGAIN : errno;
		record_file_lose(f, len, entries, errnum);
		return errno = errnum, -1;
	}
	f->queued += entries;
	if (flush_queue(f) == 0)
		return 0;
	int errnum = errno;
	lose_queue(f, errnum);
	return errno = errnum, -1;
}

int record_file_write(struct record_file *f, const void *bytes, size_t len,
                      uint64_t entries)
{
	int failed = (f->is_stream ? write_stream
	                           : write_regular)(f, bytes, len, entries);
	f->is_empty &= failed != 0;
	return failed;
}

/* A full disk has room for a little again and again: what stands in its last
 * block.  The size limit of files is no other than a full disk. */
static int find_room(const struct record_file *f)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY &&
	    (rlim_t)f->size + ROOM > limit.rlim_cur)
		return errno = EFBIG, -1;
	if (fallocate(f->fd, FALLOC_FL_KEEP_SIZE, f->size, ROOM) == 0)
		return 0;
	bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EIO;
	return is_full ? -1 : 0; /* not every file system can tell */
}

int record_file_retry(struct record_file *f)
{
	if (f->fd < 0 && (open_path(f) || watch_stream(f)))
		return -1;
	if (f->fd < 0)
		return errno = ENXIO, -1;
	if (!f->is_stream)
		return find_room(f);
	return f->queue.len > LIMIT_RECORD / 2 ? (errno = EAGAIN, -1) : 0;
}

/* The end */

static int flush_rest(struct record_file *f)
{
	struct pollfd room = { .fd = f->fd, .events = POLLOUT };
	int64_t until = stamp_mono_ns() + REST_MS * MS_NS;
	while (f->queue.len) {
		int64_t left = until - stamp_mono_ns();
		if (left <= 0)
			return errno = EAGAIN, -1;
		if (poll(&room, 1, (int)(left / MS_NS) + 1) < 0 &&
		    errno != EINTR)
			return -1;
		if (flush_queue(f))
			return -1;
	}
	return 0;
}

/* Interrupted, it is closed all the same: close(2). */
static int close_regular(struct record_file *f)
{
	int failed = close(f->fd) != 0 && errno != EINTR ? -1 : 0;
	f->fd = -1;
	return failed;
}

int record_file_close(struct record_file *f)
{
	int failed = 0, errnum;
	if (f->fd >= 0)
		failed = f->is_stream ? flush_rest(f) : close_regular(f);
	errnum = errno;
	if (f->is_stream && failed)
		lose_queue(f, errnum);
	close_stream(f);
	free(f->path);
	f->path = NULL;
	return errno = errnum, failed;
}
