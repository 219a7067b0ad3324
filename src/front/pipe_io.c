/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The standard descriptors: each kind has its own way not to wait. */

#include "pipe_io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PAGE       4096
#define TTY_LINE   4096 /* the longest line of a terminal, its end included */
#define PIPE_USUAL ((size_t)64 << 10) /* what a pipe holds, pipe(7) */

/* Copying to memory that is not aligned to a page is a sixth slower. */
int buffer_init(struct buffer *b)
{
	*b = (struct buffer){ .bytes = aligned_alloc(PAGE, BUFFER_CAP) };
	return b->bytes ? 0 : -1;
}

void buffer_finish(struct buffer *b)
{
	free(b->bytes);
	b->bytes = NULL;
}

void buffer_consume(struct buffer *b, size_t len)
{
	b->head += len;
	b->len -= len;
	if (!b->len)
		b->head = 0;
}

/* -1 with errno unless a call would not wait; EAGAIN if it would. */
static int check_ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, 0);
	if (n == 0)
		errno = EAGAIN;
	return n == 1 ? 0 : -1;
}

static ssize_t interrupted_is_not_now(ssize_t n)
{
	if (n == -1 && (errno == EINTR || errno == EWOULDBLOCK))
		errno = EAGAIN;
	return n;
}

static uint64_t passable_of(int fd, const struct stat *st)
{
	if (S_ISFIFO(st->st_mode))
		return UINT64_MAX;
	if (!S_ISREG(st->st_mode))
		return 0;
	off_t at = lseek(fd, 0, SEEK_CUR);
	return at >= 0 && at < st->st_size ? (uint64_t)(st->st_size - at) : 0;
}

void source_open(struct source *s, int fd)
{
	struct stat st = { .st_mode = 0 };
	(void)fstat(fd, &st);
	*s = (struct source){
		.fd = fd,
		.is_socket = S_ISSOCK(st.st_mode),
		.is_terminal = isatty(fd),
		.is_device = S_ISCHR(st.st_mode) && !isatty(fd),
		.is_pipe = S_ISFIFO(st.st_mode),
		.passable = passable_of(fd, &st),
	};
}

/* A busy pipe gets as much room as the system gives anybody: fewer, larger
 * moves.  The descriptor's flags stay as they are. */
static void pipe_grow(int fd, bool *is_grown, size_t len)
{
	if (*is_grown || len < PIPE_USUAL)
		return;
	*is_grown = true;
	if (fcntl(fd, F_GETPIPE_SZ) < (int)PASS_MAX)
		(void)fcntl(fd, F_SETPIPE_SZ, (int)PASS_MAX);
}

void source_passed(struct source *s, size_t len)
{
	if (s->is_pipe)
		pipe_grow(s->fd, &s->is_grown, len);
	else
		s->passable -= len;
}

bool source_is_ready(const struct source *s)
{
	return check_ready(s->fd, POLLIN) == 0;
}

void source_add_crs(struct source *s)
{
	s->adds_crs = true;
	s->passable = 0;
}

const char source_cut_text[] =
    "a typed line reached 4095 bytes, and the terminal keeps no more: its rest "
    "is probably lost. The chat allows longer lines, and so does a file as "
    "standard input";

bool source_tells_cut(struct source *s)
{
	bool is_news = s->has_cut && !s->has_told_cut;
	s->has_told_cut |= is_news;
	return is_news;
}

/* One read brings one line, unless somebody has made the terminal raw. */
static void note_cut(struct source *s, const uint8_t *bytes, ssize_t n)
{
	struct termios mode;
	if (s->is_terminal && n == TTY_LINE && bytes[n - 1] == '\n' &&
	    tcgetattr(s->fd, &mode) == 0 && mode.c_lflag & ICANON)
		s->has_cut = true;
}

ssize_t source_read(struct source *s, void *bytes, size_t cap)
{
	ssize_t n;
	if (s->is_socket) {
		n = recv(s->fd, bytes, cap, MSG_DONTWAIT);
	} else {
		n = check_ready(s->fd, POLLIN);
		if (n == 0)
			n = read(s->fd, bytes, cap);
		note_cut(s, bytes, n);
		/* nohup(1) leaves /dev/null, open for writing only. */
		if (n == -1 && errno == EBADF && s->is_device)
			return 0;
	}
	return interrupted_is_not_now(n);
}

/* Move what was read, `len` bytes at `from`, to `to`, which stands before it,
 * with the CRs that it lacks.  Returns the length of it all. */
static size_t move_with_crs(struct source *s, uint8_t *to, const uint8_t *from,
                            size_t len)
{
	const uint8_t *end = from + len, *start = to;
	for (; from < end; from++) {
		if (*from == '\n' && !s->is_after_cr)
			*to++ = '\r';
		s->is_after_cr = *from == '\r';
		*to++ = *from;
	}
	return (size_t)(to - start);
}

/* Where a CR may be added to each byte, only the second half of the room is
 * read into. */
ssize_t source_fill(struct source *s, struct buffer *b)
{
	if (b->head)
		memmove(b->bytes, b->bytes + b->head, b->len);
	b->head = 0;
	size_t room = BUFFER_CAP - b->len;
	uint8_t *to = b->bytes + b->len, *at = s->adds_crs ? to + room / 2 : to;
	size_t cap = s->adds_crs ? room - room / 2 : room;
	ssize_t n = source_read(s, at, cap);
	if (n > 0)
		b->len += at == to ? (size_t)n
		                   : move_with_crs(s, to, at, (size_t)n);
	return n;
}

static bool is_null(const struct stat *st)
{
	struct stat null;
	return stat("/dev/null", &null) == 0 && S_ISCHR(st->st_mode) &&
	       st->st_rdev == null.st_rdev;
}

void outlet_open(struct outlet *o, int number)
{
	struct stat st = { .st_mode = 0 };
	int flags = fcntl(number, F_GETFL);
	(void)fstat(number, &st);
	*o = (struct outlet){
		.number = number,
		.fd = number,
		.is_socket = S_ISSOCK(st.st_mode),
		.is_passable = S_ISFIFO(st.st_mode),
		.is_null = is_null(&st),
		.is_writable = flags == -1 || (flags & O_ACCMODE) != O_RDONLY,
		.may_wait = S_ISFIFO(st.st_mode) || isatty(number),
	};
	if (!o->may_wait)
		return;
	int fd = fd_open_private(number, O_WRONLY);
	if (fd != -1) {
		o->fd = fd;
		o->may_wait = false;
	}
}

bool outlet_is_ready(const struct outlet *o)
{
	return check_ready(o->fd, POLLOUT) == 0;
}

void outlet_passed(struct outlet *o, size_t len)
{
	pipe_grow(o->fd, &o->is_grown, len);
}

ssize_t outlet_write(struct outlet *o, const void *bytes, size_t len)
{
	ssize_t n;
	if (o->is_socket) {
		n = send(o->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	} else if (!o->may_wait) {
		n = write(o->fd, bytes, len);
	} else {
		n = check_ready(o->fd, POLLOUT);
		/* Ready means room for so many, pipe(7). */
		if (n == 0)
			n = write(o->fd, bytes,
			          len < PIPE_BUF ? len : PIPE_BUF);
	}
	return interrupted_is_not_now(n);
}

int outlet_flush(struct outlet *o, struct outq *q)
{
	while (q->len) {
		size_t len;
		const void *front = outq_front(q, &len);
		ssize_t n = outlet_write(o, front, len);
		if (n <= 0)
			return n < 0 && errno != EAGAIN ? -1 : 1;
		outq_consume(q, (size_t)n);
	}
	return 0;
}

/* Let /dev/null have the number.  If it could not be opened before, it gets the
 * number by itself now, the lowest that is free. */
static void fill_number(int number, int null)
{
	if (null == -1)
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1 || null == number)
		return;
	(void)dup2(null, number);
	(void)close(null);
}

int outlet_close(struct outlet *o)
{
	if (o->number == -1)
		return 0;
	if (o->fd != o->number)
		(void)close(o->fd);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int result = close(o->number);
	int saved = errno;
	fill_number(o->number, null);
	o->number = o->fd = -1;
	errno = saved;
	return result == -1 && saved == EINTR ? 0 : result;
}

int outlet_end(struct outlet *o)
{
	if (o->number != -1 && o->is_socket)
		(void)shutdown(o->number, SHUT_WR);
	return outlet_close(o);
}
