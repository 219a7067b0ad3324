/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TCP over the system's sockets. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef __linux__
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/sendfile.h>
#endif

#include <sockchat/stamp.h>
#include <sockchat/transport.h>

#include "tcp.h"

#define BACKLOG      4096 /* the kernel caps it at its somaxconn */
#define ACCEPT_TRIES 16
#define STARVED_MAX_NS INT64_C(1000000000)

struct tcp {
	struct transport head;
	/* The kernel tells a failure once, to whoever asks first, and then
	 * pretends a peaceful end: it is kept here. */
	int failed;
	int64_t starved_ns; /* when the system's memory ran out, or 0 */
};

struct setting {
	int level, name, value;
};

static const struct setting stream_settings[] = {
	{ IPPROTO_TCP, TCP_NODELAY, 1 },
	{ SOL_SOCKET, SO_KEEPALIVE, 1 },
#ifdef TCP_KEEPIDLE
	{ IPPROTO_TCP, TCP_KEEPIDLE, TRANSPORT_PROBE_S },
	{ IPPROTO_TCP, TCP_KEEPINTVL, 10 },
	{ IPPROTO_TCP, TCP_KEEPCNT, 6 },
#endif
	{ 0, 0, 0 },
};

/* What is accepted inherits from where it was, so stream_settings are made
 * there once. */
static const struct setting listen_settings[] = {
	{ SOL_SOCKET, SO_REUSEADDR, 1 },
	{ IPPROTO_IPV6, IPV6_V6ONLY, 1 }, /* without effect on IPv4 */
	{ 0, 0, 0 },
};

static void apply(int fd, const struct setting *s)
{
	for (; s->value; s++)
		(void)setsockopt(fd, s->level, s->name, &s->value,
		                 sizeof(s->value));
}

static struct tcp *tcp_of(struct transport *t)
{
	return (struct tcp *)t;
}

static struct tcp *tcp_new(void)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (tcp) {
		tcp->head.ops = &transport_tcp;
		tcp->head.fd = -1;
	}
	return tcp;
}

/* Close and free; errno stays. */
static void tcp_close(struct transport *t, bool abort)
{
	static const struct linger rst = { .l_onoff = 1, .l_linger = 0 };
	int saved = errno;

	if (t->fd >= 0 && abort)
		(void)setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &rst,
		                 sizeof(rst));
	if (t->fd >= 0)
		close(t->fd);
	free(tcp_of(t));
	errno = saved;
}

/* A new socket that suits `a`; NULL with errno. */
static struct tcp *tcp_open(const struct address *a,
                            const struct setting *settings)
{
	struct tcp *tcp = tcp_new();

	if (!tcp)
		return NULL;
	tcp->head.fd =
	    socket(a->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	           IPPROTO_TCP);
	if (tcp->head.fd < 0) {
		tcp_close(&tcp->head, false);
		return NULL;
	}
	apply(tcp->head.fd, settings);
	return tcp;
}

static struct transport *tcp_connect(const struct address *peer)
{
	struct tcp *tcp = tcp_open(peer, stream_settings);

	if (!tcp)
		return NULL;
	/* Interrupted, it goes on by itself, as if it were in progress. */
	if (connect(tcp->head.fd, (const struct sockaddr *)&peer->sa,
	            peer->len) < 0 &&
	    errno != EINPROGRESS && errno != EINTR) {
		tcp_close(&tcp->head, false);
		return NULL;
	}
	return &tcp->head;
}

static struct transport *tcp_listen(const struct address *local)
{
	struct tcp *tcp = tcp_open(local, listen_settings);

	if (!tcp)
		return NULL;
	apply(tcp->head.fd, stream_settings);
	if (bind(tcp->head.fd, (const struct sockaddr *)&local->sa,
	         local->len) < 0 ||
	    listen(tcp->head.fd, BACKLOG) < 0) {
		tcp_close(&tcp->head, false);
		return NULL;
	}
	return &tcp->head;
}

/* Whether this peer is lost and the next may be fine: accept(2) hands on what
 * happened to it on the way. */
static bool is_peers_trouble(int errnum)
{
	static const int numbers[] = {
		EINTR,        ECONNABORTED, EPROTO,      ENETDOWN,   EPERM,
		EHOSTUNREACH, ENETUNREACH,  ENOPROTOOPT, ECONNRESET, ETIMEDOUT,
#ifdef EHOSTDOWN
		EHOSTDOWN,
#endif
#ifdef ENONET
		ENONET,
#endif
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

static struct transport *tcp_accept(struct transport *t, struct address *peer)
{
	/* First, so that a peer we have no memory for waits. */
	struct tcp *tcp = tcp_new();

	if (!tcp)
		return NULL;
	tcp->head.fd = accept_fd(t->fd, peer);
	if (tcp->head.fd < 0) {
		tcp_close(&tcp->head, false);
		return NULL;
	}
	return &tcp->head;
}

/* Whether it has failed, now or before; then errno is set. */
static bool has_failed(struct tcp *tcp)
{
	int errnum = 0;
	socklen_t len = sizeof(errnum);

	if (getsockopt(tcp->head.fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
		errnum = errno;
	if (!tcp->failed)
		tcp->failed = errnum;
	errno = tcp->failed;
	return tcp->failed != 0;
}

/* A port of ours that connects to itself has met nobody: TCP's simultaneous
 * open, when the ephemeral port happens to be the one that is dialled. */
static bool is_own_echo(int fd, const struct address *peer)
{
	struct address local = { .len = sizeof(local.sa) };

	return getsockname(fd, (struct sockaddr *)&local.sa, &local.len) == 0 &&
	       local.len == peer->len &&
	       memcmp(&local.sa, &peer->sa, peer->len) == 0;
}

static int tcp_advance(struct transport *t)
{
	struct address peer = { .len = sizeof(peer.sa) };

	if (has_failed(tcp_of(t)))
		return -1;
	if (getpeername(t->fd, (struct sockaddr *)&peer.sa, &peer.len) < 0)
		return errno == ENOTCONN ? 0 : -1;
	if (is_own_echo(t->fd, &peer)) {
		tcp_of(t)->failed = errno = ECONNREFUSED;
		return -1;
	}
	return 1;
}

/* The system is short of memory, but the connection is well.  As it is ready
 * all the while, the loop would never rest: after a second it counts as
 * failed. */
static bool is_starving(struct tcp *tcp)
{
	if (errno != ENOMEM && errno != ENOBUFS)
		return false;
	if (!tcp->starved_ns)
		tcp->starved_ns = stamp_mono_ns();
	return stamp_mono_ns() - tcp->starved_ns < STARVED_MAX_NS;
}

/* The outcome of a call that moved bytes, with what was known before. */
static ssize_t settle(struct tcp *tcp, ssize_t n)
{
	if (n > 0) {
		tcp->starved_ns = 0;
		return n;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	              is_starving(tcp))) {
		errno = EAGAIN;
		return -1;
	}
	if (!tcp->failed && n < 0)
		tcp->failed = errno;
	if (!tcp->failed)
		return 0;
	errno = tcp->failed;
	return -1;
}

static ssize_t tcp_read(struct transport *t, void *bytes, size_t cap)
{
	ssize_t n;

	do
		n = recv(t->fd, bytes, cap, 0);
	while (n < 0 && errno == EINTR);
	return settle(tcp_of(t), n);
}

static ssize_t tcp_write(struct transport *t, const void *bytes, size_t len)
{
	ssize_t n;

	if (len == 0)
		return 0;
	do
		n = send(t->fd, bytes, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return settle(tcp_of(t), n);
}

#ifdef __linux__

/* Whether the connection itself has failed, and not what it was joined to. */
static bool is_over(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state == TCP_CLOSE;
}

/* As settle(), for calls in which another descriptor may be at fault. */
static ssize_t settle_joined(struct tcp *tcp, ssize_t n, bool is_others)
{
	if (n < 0 && errno != EAGAIN &&
	    (is_others || errno == EINVAL || !is_over(tcp->head.fd))) {
		errno = EINVAL;
		return -1;
	}
	return settle(tcp, n);
}

static ssize_t tcp_read_to(struct transport *t, int pipe_fd, size_t len)
{
	ssize_t n;

	do
		n = splice(t->fd, NULL, pipe_fd, NULL, len,
		           SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	while (n < 0 && errno == EINTR);
	return settle_joined(tcp_of(t), n, n < 0 && errno == EPIPE);
}

static ssize_t tcp_write_from(struct transport *t, int fd, bool is_pipe,
                              size_t len)
{
	ssize_t n;

	do
		n = is_pipe ? splice(fd, NULL, t->fd, NULL, len,
		                     SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
		            : sendfile(t->fd, fd, NULL, len);
	while (n < 0 && errno == EINTR);
	return settle_joined(tcp_of(t), n, false);
}

#endif

static int tcp_shutdown(struct transport *t)
{
	if (shutdown(t->fd, SHUT_WR) == 0)
		return 0;
	if (errno == ENOTCONN)
		(void)has_failed(tcp_of(t));
	if (errno == 0)
		errno = ENOTCONN;
	return -1;
}

/* What the kernel still counts as unacknowledged. */
static int unacknowledged(int fd)
{
	int count = 0;
#ifdef SIOCOUTQ
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	/* In these states our FIN has been acknowledged, or there is no
	 * connection any more: the count means nothing then. */
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	    (info.tcpi_state == TCP_TIME_WAIT ||
	     info.tcpi_state == TCP_FIN_WAIT2 || info.tcpi_state == TCP_CLOSE))
		return 0;
	if (ioctl(fd, SIOCOUTQ, &count) < 0)
		return 0;
#else
	(void)fd;
#endif
	return count;
}

static ssize_t tcp_pending(struct transport *t)
{
	int count = unacknowledged(t->fd);

	/* Asked last: a reset in between empties the queue. */
	return has_failed(tcp_of(t)) ? -1 : count;
}

static void tcp_facts(const struct transport *t, unsigned wanted,
                      struct transport_facts *out)
{
	if (wanted & (FACTS_LOCAL | FACTS_OWNER))
		socket_local(t->fd, &out->local);
	if (wanted & (FACTS_PEER | FACTS_OWNER))
		socket_peer(t->fd, &out->peer);
	if (wanted & FACTS_TCP)
		out->has_tcp = tcpinfo_read(t->fd, &out->tcp);
	if (wanted & FACTS_OWNER && out->local.len && out->peer.len)
		owner_of_peer(out->owner, &out->local, &out->peer,
		              &out->is_waiting);
}

static void tcp_explain(const struct failure *f, struct error *e)
{
	if (f->kind == FAILED_TO_CONNECT)
		explain_connect_here(e, f->errnum, f->address);
	else if (f->kind == FAILED_TO_LISTEN)
		explain_listen_here(e, f->errnum, f->address);
}

#ifdef __linux__
static const struct splice_ops tcp_splice = {
	.read_to = tcp_read_to,
	.write_from = tcp_write_from,
};
#endif

const struct transport_ops transport_tcp = {
	.scheme = "tcp",
	.traits = TRANSPORT_IP | TRANSPORT_TCP,
	.connect = tcp_connect,
	.listen = tcp_listen,
	.accept = tcp_accept,
	.advance = tcp_advance,
	.read = tcp_read,
	.write = tcp_write,
	.shutdown = tcp_shutdown,
	.pending = tcp_pending,
	.facts = tcp_facts,
	.explain = tcp_explain,
	.close = tcp_close,
	.acks = &txstamp_acks,
#ifdef __linux__
	.splice = &tcp_splice,
#endif
};
