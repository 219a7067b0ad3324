/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Stream sockets: what the transports of TCP and of unix sockets share. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <sockchat/stamp.h>

#include "socket.h"

#define BACKLOG      4096 /* the kernel caps it at its somaxconn */
#define ACCEPT_TRIES 16
#define STARVED_MAX_MS 1000

struct stream_socket {
	struct transport head;
	/* The kernel tells a failure once, to whoever asks first, and then
	 * pretends a peaceful end: it is kept here. */
	int failed;
	uint32_t starved_ms; /* when the system's memory ran out, or 0 */
};

static struct stream_socket *socket_of(struct transport *t)
{
	return (struct stream_socket *)t;
}

static struct transport *socket_new(const struct transport_ops *ops)
{
	struct stream_socket *s = calloc(1, sizeof(*s) + ops->extra);
	if (!s)
		return NULL;
	s->head = (struct transport){ .ops = ops, .fd = -1 };
	return &s->head;
}

void socket_close(struct transport *t)
{
	int saved = errno;
	if (t->is_inherited) /* others who have it do not keep it open */
		(void)shutdown(t->fd, SHUT_RDWR);
	if (t->fd >= 0)
		close(t->fd);
	free(socket_of(t));
	errno = saved;
}

/* The transport that has got its descriptor, or NULL if it has none. */
static struct transport *check_opened(struct transport *t)
{
	if (t->fd >= 0)
		return t;
	socket_close(t);
	return NULL;
}

struct transport *socket_open(const struct transport_ops *ops, int family,
                              int protocol)
{
	struct transport *t = socket_new(ops);
	if (!t)
		return NULL;
	t->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	               protocol);
	return check_opened(t);
}

struct transport *socket_adopt(const struct transport_ops *ops, int fd)
{
	struct transport *t = socket_new(ops);
	if (t)
		t->fd = fd;
	else
		close(fd);
	return t;
}

int socket_listen(const struct transport *t, const struct address *local)
{
	if (local && bind(t->fd, (const struct sockaddr *)&local->sa,
	                  local->len))
		return -1;
	return listen(t->fd, BACKLOG);
}

/* Whether this peer is lost and the next may be fine: accept(2) hands on what
 * happened to it on the way. */
static bool is_peers_trouble(int errnum)
{
	static const int numbers[] = {
		EINTR,        ECONNABORTED, EPROTO,      ENETDOWN,
		EHOSTUNREACH, ENETUNREACH,  ENOPROTOOPT, ECONNRESET,
		ETIMEDOUT,    EHOSTDOWN,    ENONET,      EPERM,
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (errnum == numbers[i])
			return true;
	return false;
}

static int accept_fd(int fd, struct address *peer)
{
	for (int i = 0; i < ACCEPT_TRIES; i++) {
		int new_fd;

		memset(peer, 0, sizeof(*peer));
		peer->len = sizeof(peer->sa);
		new_fd = accept4(fd, (struct sockaddr *)&peer->sa, &peer->len,
		                 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (new_fd >= 0 || !is_peers_trouble(errno))
			return new_fd;
	}
	errno = EAGAIN; /* the next wake-up goes on */
	return -1;
}

struct transport *socket_accept(struct transport *t, struct address *peer)
{
	/* First, so that a peer we have no memory for waits. */
	struct transport *accepted = socket_new(t->ops);
	if (!accepted)
		return NULL;
	accepted->fd = accept_fd(t->fd, peer);
	accepted->is_open = true;
	return check_opened(accepted);
}

void socket_local(int fd, struct address *out)
{
	out->len = sizeof(out->sa);
	if (getsockname(fd, (struct sockaddr *)&out->sa, &out->len))
		out->len = 0;
}

void socket_peer(int fd, struct address *out)
{
	out->len = sizeof(out->sa);
	if (getpeername(fd, (struct sockaddr *)&out->sa, &out->len))
		out->len = 0;
}

uint32_t socket_queue(int fd, unsigned long which)
{
	int len = 0;
	return ioctl(fd, which, &len) || len < 0 ? 0 : (uint32_t)len;
}

void *socket_extra(const struct transport *t)
{
	return socket_of((struct transport *)t) + 1;
}

int socket_fail(struct transport *t, int errnum)
{
	socket_of(t)->failed = errno = errnum;
	return -1;
}

bool socket_has_failed(struct transport *t)
{
	struct stream_socket *s = socket_of(t);
	int errnum = 0;
	socklen_t len = sizeof(errnum);

	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
		errnum = errno;
	if (!s->failed)
		s->failed = errnum;
	errno = s->failed;
	return s->failed != 0;
}

/* The system is short of memory, but the connection is well.  As it is ready
 * all the while, the loop would never rest: after a second it counts as
 * failed. */
static bool is_starving(struct stream_socket *s)
{
	if (errno != ENOMEM && errno != ENOBUFS)
		return false;
	uint32_t now_ms = (uint32_t)(stamp_mono_ns() / 1000000) | 1; /* not 0 */
	if (!s->starved_ms)
		s->starved_ms = now_ms;
	return now_ms - s->starved_ms < STARVED_MAX_MS;
}

/* The outcome of a call that moved bytes, with what was known before. */
static ssize_t settle(struct stream_socket *s, ssize_t n)
{
	if (n > 0) {
		s->starved_ms = 0;
		return n;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	              is_starving(s))) {
		errno = EAGAIN;
		return -1;
	}
	if (!s->failed && n < 0)
		s->failed = errno;
	if (!s->failed)
		return 0;
	errno = s->failed;
	return -1;
}

/* The flags of a socket that others have too may let it wait. */
static ssize_t receive(struct transport *t, void *bytes, size_t cap, int flags)
{
	ssize_t n;

	do
		n = recv(t->fd, bytes, cap, flags | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return settle(socket_of(t), n);
}

ssize_t socket_read(struct transport *t, void *bytes, size_t cap)
{
	return receive(t, bytes, cap, 0);
}

ssize_t socket_peek(struct transport *t, void *bytes, size_t cap)
{
	return receive(t, bytes, cap, MSG_PEEK);
}

ssize_t socket_write(struct transport *t, const void *bytes, size_t len)
{
	ssize_t n;

	if (len == 0)
		return 0;
	do
		n = send(t->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return settle(socket_of(t), n);
}

int socket_shutdown(struct transport *t)
{
	if (shutdown(t->fd, SHUT_WR) == 0)
		return 0;
	if (errno == ENOTCONN)
		(void)socket_has_failed(t);
	if (errno == 0)
		errno = ENOTCONN;
	return -1;
}

ssize_t socket_splice(int from_fd, int to_fd, size_t len)
{
	ssize_t n;

	do
		n = splice(from_fd, NULL, to_fd, NULL, len,
		           SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t socket_send_from(int to_fd, int fd, bool is_pipe, size_t len)
{
	ssize_t n;

	if (is_pipe)
		return socket_splice(fd, to_fd, len);
	do
		n = sendfile(to_fd, fd, NULL, len);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t socket_settle_joined(struct transport *t, ssize_t n, bool is_own)
{
	if (n < 0 && errno != EAGAIN && (!is_own || errno == EINVAL)) {
		errno = EINVAL;
		return -1;
	}
	return settle(socket_of(t), n);
}
