/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes on their way out. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/outq.h>

#define KEEP_MAX ((size_t)64 << 10) /* of memory while empty */

void outq_init(struct outq *q, size_t max)
{
	*q = (struct outq){ .max = max };
}

void outq_finish(struct outq *q)
{
	bytes_finish(&q->bytes);
	q->head = 0;
}

/* Room for so many more, in front of which the gap is small. */
static int reserve(struct outq *q, size_t len)
{
	if (q->max && len > q->max - outq_len(q))
		return errno = EMSGSIZE, -1;
	/* a gap as long as what is moved: each byte moves once on average */
	if (q->head && q->head >= outq_len(q)) {
		bytes_consume(&q->bytes, q->head);
		q->head = 0;
	}
	return bytes_reserve(&q->bytes, len);
}

int outq_append(struct outq *q, const void *bytes, size_t len)
{
	return reserve(q, len) ? -1 : bytes_append(&q->bytes, bytes, len);
}

ssize_t outq_fill(struct outq *q, int fd, size_t len, off_t offset)
{
	ssize_t n;
	if (reserve(q, len))
		return -1;
	do
		n = pread(fd, q->bytes.data + q->bytes.len, len, offset);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		q->bytes.len += (size_t)n;
	return n;
}

size_t outq_len(const struct outq *q)
{
	return q->bytes.len - q->head;
}

const void *outq_front(const struct outq *q)
{
	return q->bytes.data ? q->bytes.data + q->head : NULL;
}

void outq_consume(struct outq *q, size_t len)
{
	q->head += len;
	if (outq_len(q))
		return;
	bytes_clear(&q->bytes);
	q->head = 0;
	if (q->bytes.cap > KEEP_MAX)
		bytes_finish(&q->bytes);
}

static ssize_t write_some(int fd, const void *bytes, size_t len)
{
	ssize_t n;
	do {
		n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == ENOTSOCK)
			n = write(fd, bytes, len);
	} while (n < 0 && errno == EINTR);
	return n;
}

int outq_flush(struct outq *q, int fd)
{
	while (outq_len(q)) {
		ssize_t n = write_some(fd, outq_front(q), outq_len(q));
		if (n <= 0)
			return n < 0 && errno != EAGAIN ? -1 : 1;
		outq_consume(q, (size_t)n);
	}
	return 0;
}

int fd_open_private(int fd, int access_mode)
{
	char path[64], tty[256];
	struct stat st;
	int flags = access_mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	if (fstat(fd, &st))
		return -1;
	/* opening a terminal's master side would make another terminal */
	bool is_tty = isatty(fd) && ptsname_r(fd, tty, sizeof(tty)) != 0;
	if (!is_tty && !S_ISFIFO(st.st_mode))
		return errno = EINVAL, -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int own = open(path, flags);
	if (own < 0 && is_tty && ttyname_r(fd, tty, sizeof(tty)) == 0)
		own = open(tty, flags);
	return own;
}
