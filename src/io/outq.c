/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A queue of bytes in blocks. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <sockchat/outq.h>

#define PAGE      ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)64 << 10)

struct outq_block {
	struct outq_block *next;
	size_t len, cap;
	uint8_t bytes[];
};

void outq_init(struct outq *q, size_t max)
{
	*q = (struct outq){ .max = max };
}

static void free_chain(struct outq_block *b)
{
	while (b) {
		struct outq_block *next = b->next;
		free(b);
		b = next;
	}
}

void outq_finish(struct outq *q)
{
	free_chain(q->first);
	outq_init(q, q->max);
}

/* A block for `need` bytes, or for the first of them.  Each is twice as large
 * as the last, up to BLOCK_MAX, so that many small additions share one. */
static struct outq_block *new_block(size_t need, size_t last_cap)
{
	size_t size = need > 2 * last_cap ? need : 2 * last_cap;
	size = size < BLOCK_MAX ? size + sizeof(struct outq_block) : BLOCK_MAX;
	size = (size + PAGE - 1) & ~(PAGE - 1);
	struct outq_block *b = malloc(size);
	if (b)
		*b = (struct outq_block){ .cap = size - sizeof(*b) };
	return b;
}

static struct outq_block *new_chain(size_t need, size_t last_cap)
{
	struct outq_block *chain = NULL;
	while (need) {
		struct outq_block *b = new_block(need, last_cap);
		if (!b) {
			free_chain(chain);
			return errno = ENOMEM, NULL;
		}
		b->next = chain;
		chain = b;
		need -= b->cap < need ? b->cap : need;
		last_cap = 0;
	}
	return chain;
}

static size_t last_cap(const struct outq *q)
{
	return q->last ? q->last->cap : 0;
}

static size_t last_room(const struct outq *q)
{
	return q->last ? q->last->cap - q->last->len : 0;
}

static void add_block(struct outq *q, struct outq_block *b)
{
	b->next = NULL;
	q->memory += sizeof(*b) + b->cap;
	if (q->last)
		q->last->next = b;
	else
		q->first = b;
	q->last = b;
}

/* Put as many of the bytes into the last block as it has room for. */
static size_t fill_last(struct outq *q, const uint8_t *bytes, size_t len)
{
	size_t room = last_room(q), n = len < room ? len : room;
	if (n)
		memcpy(q->last->bytes + q->last->len, bytes, n);
	if (q->last)
		q->last->len += n;
	q->len += n;
	return n;
}

static int check_ceiling(const struct outq *q, size_t len)
{
	return q->max && len > q->max - q->len ? errno = EMSGSIZE, -1 : 0;
}

int outq_append(struct outq *q, const void *bytes, size_t len)
{
	size_t room = last_room(q), done;
	struct outq_block *chain = NULL;
	if (check_ceiling(q, len))
		return -1;
	if (len > room && !(chain = new_chain(len - room, last_cap(q))))
		return -1;
	done = fill_last(q, bytes, len);
	while (chain) {
		struct outq_block *next = chain->next;
		add_block(q, chain);
		done += fill_last(q, (const uint8_t *)bytes + done, len - done);
		chain = next;
	}
	return 0;
}

ssize_t outq_fill(struct outq *q, int fd, size_t len, off_t offset)
{
	ssize_t n;
	if (check_ceiling(q, len))
		return -1;
	if (len && !last_room(q)) {
		struct outq_block *b = new_block(len, last_cap(q));
		if (!b)
			return -1;
		add_block(q, b);
	}
	size_t room = last_room(q);
	do
		n = pread(fd, q->last->bytes + q->last->len,
		          len < room ? len : room, offset);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		q->last->len += (size_t)n;
		q->len += (size_t)n;
	}
	return n;
}


const void *outq_front(const struct outq *q, size_t *len)
{
	*len = q->len ? q->first->len - q->head : 0;
	return q->len ? q->first->bytes + q->head : NULL;
}

static void drop_block(struct outq *q)
{
	struct outq_block *b = q->first;
	q->first = b->next;
	if (!q->first)
		q->last = NULL;
	q->head -= b->len;
	q->memory -= sizeof(*b) + b->cap;
	free(b);
}

void outq_consume(struct outq *q, size_t len)
{
	q->len -= len;
	q->head += len;
	while (q->first != q->last && q->head >= q->first->len)
		drop_block(q);
	if (!q->len && q->last) /* the last block is kept */
		q->head = q->last->len = 0;
}

void outq_join(struct outq *to, struct outq *from)
{
	struct outq_block *first = from->first;
	if (!to->len && !to->count)
		outq_finish(to); /* the block that it keeps */
	if (from->head) {
		first->len -= from->head;
		memmove(first->bytes, first->bytes + from->head, first->len);
	}
	if (to->last)
		to->last->next = first;
	else
		to->first = first;
	if (first)
		to->last = from->last;
	to->len += from->len;
	to->count += from->count;
	to->memory += from->memory;
	outq_init(from, from->max);
}

/* Messages */

/* A block that has room for just this message.  NULL with errno. */
static struct outq_block *new_message(const struct outq *q, size_t len)
{
	if (check_ceiling(q, len))
		return NULL;
	struct outq_block *b = malloc(sizeof(*b) + len);
	if (b)
		*b = (struct outq_block){ .len = len, .cap = len };
	return b;
}

static void add_message(struct outq *q, struct outq_block *b)
{
	add_block(q, b);
	q->len += b->len;
	q->count++;
}

int outq_append_message(struct outq *q, const void *bytes, size_t len)
{
	struct outq_block *b = new_message(q, len);
	if (!b)
		return -1;
	if (len) /* no bytes may be NULL */
		memcpy(b->bytes, bytes, len);
	add_message(q, b);
	return 0;
}

/* As much as there is: only the end of the file makes it less. */
static ssize_t read_whole(int fd, uint8_t *bytes, size_t len, off_t offset)
{
	size_t sum = 0;
	ssize_t n = 1;
	while (sum < len && n) {
		n = pread(fd, bytes + sum, len - sum, offset + (off_t)sum);
		if (n < 0 && errno != EINTR)
			return -1;
		sum += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)sum;
}

ssize_t outq_fill_message(struct outq *q, int fd, size_t len, off_t offset)
{
	struct outq_block *b = new_message(q, len);
	ssize_t n = b ? read_whole(fd, b->bytes, len, offset) : -1;
	if (n <= 0) {
		free(b);
		return n;
	}
	b->len = (size_t)n;
	add_message(q, b);
	return n;
}

const void *outq_message(const struct outq *q, size_t *len)
{
	*len = q->count ? q->first->len : 0;
	return q->count ? q->first->bytes : NULL;
}

void outq_drop_message(struct outq *q)
{
	q->count--;
	q->len -= q->first->len;
	q->head = q->first->len; /* drop_block() takes it as gone */
	drop_block(q);
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
	while (q->len) {
		size_t len;
		const void *front = outq_front(q, &len);
		ssize_t n = write_some(fd, front, len);
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
	/* it may be another user's, as after su(1) */
	if (own < 0 && is_tty && tcgetsid(fd) == getsid(0))
		own = open("/dev/tty", flags);
	return own;
}
