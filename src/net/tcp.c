/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TCP over the system's sockets. */

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>

#include <sockchat/loop.h>

#include "explain_here.h"
#include "explain_own.h"
#include "explain_way.h"
#include "proxy_header_over.h"
#include "proxy_over.h"
#include "socket.h"
#include "tls_transport.h"
#include "tcp.h"

static void turn_on(const struct transport *t, int level, int name)
{
	const int on = 1;
	(void)setsockopt(t->fd, level, name, &on, sizeof(on));
}

static void tcp_close(struct transport *t, bool abort)
{
	static const struct linger rst = { .l_onoff = 1, .l_linger = 0 };
	static const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	if (t->fd >= 0 && abort)
		(void)setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &rst,
		                 sizeof(rst));
	if (t->is_inherited && abort) /* also if others have it */
		(void)connect(t->fd, &nobody, sizeof(nobody));
	socket_close(t);
}

/* A new socket that suits `a`; NULL with errno. */
static struct transport *tcp_open(const struct address *a,
                                  const struct socket_settings *s)
{
	struct transport *t = socket_open(&transport_tcp, a->sa.ss_family,
	                                  IPPROTO_TCP);
	if (!t)
		return NULL;
	socket_settings_apply(t, a, s);
	turn_on(t, SOL_SOCKET, SO_OOBINLINE); /* or urgent data is lost */
	return t;
}

/* Interrupted, it goes on by itself, as if it were in progress. */
static int begin_connecting(const struct transport *t,
                            const struct address *peer)
{
	return connect(t->fd, (const struct sockaddr *)&peer->sa, peer->len) &&
	               errno != EINPROGRESS && errno != EINTR ? -1 : 0;
}

static struct transport *tcp_connect(const struct address *peer,
                                     const struct socket_settings *s)
{
	struct transport *t = tcp_open(peer, s);
	if (!t)
		return NULL;
	if (socket_settings_bind(t, peer, s) || begin_connecting(t, peer)) {
		socket_close(t);
		return NULL;
	}
	return t;
}

/* What is accepted inherits all settings from here. */
static struct transport *tcp_listen(const struct address *local,
                                    const struct socket_settings *s)
{
	struct transport *t = tcp_open(local, s);
	if (!t)
		return NULL;
	turn_on(t, SOL_SOCKET, SO_REUSEADDR);
	turn_on(t, IPPROTO_IPV6, IPV6_V6ONLY); /* without effect on IPv4 */
	if (socket_settings_bind_device(t, s) || socket_listen(t, local)) {
		socket_close(t);
		return NULL;
	}
	return t;
}

/* A port of ours that connects to itself has met nobody: TCP's simultaneous
 * open, when the ephemeral port happens to be the one that is dialled. */
static bool is_own_echo(int fd, const struct address *peer)
{
	struct address local;
	socket_local(fd, &local);
	return local.len == peer->len &&
	       memcmp(&local.sa, &peer->sa, peer->len) == 0;
}

static int tcp_advance(struct transport *t)
{
	struct address peer;
	if (socket_has_failed(t))
		return -1;
	socket_peer(t->fd, &peer);
	if (!peer.len)
		return errno == ENOTCONN ? (int)LOOP_WRITE : -1;
	return is_own_echo(t->fd, &peer) ? socket_fail(t, ECONNREFUSED) : 0;
}

/* Whether the connection itself has failed, and not what it was joined to. */
static bool is_tcp_closed(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
	       info.tcpi_state == TCP_CLOSE;
}

static ssize_t tcp_read_to(struct transport *t, int pipe_fd, size_t len)
{
	ssize_t n = socket_splice(t->fd, pipe_fd, len);
	return socket_settle_joined(t, n, n < 0 && errno != EPIPE &&
	                                      is_tcp_closed(t->fd));
}

static ssize_t tcp_write_from(struct transport *t, int fd, bool is_pipe,
                              size_t len)
{
	ssize_t n = socket_send_from(t->fd, fd, is_pipe, len);
	return socket_settle_joined(t, n, n < 0 && is_tcp_closed(t->fd));
}

static ssize_t tcp_pending(struct transport *t)
{
	if (tcpinfo_is_acked(t->fd))
		return 0;
	/* Without a connection the count means nothing. */
	uint32_t count = is_tcp_closed(t->fd) ? 0
	                                      : socket_queue(t->fd, SIOCOUTQ);
	/* Asked last: a reset in between empties the queue. */
	return socket_has_failed(t) ? -1 : (ssize_t)count;
}

static void tcp_facts(const struct transport *t, unsigned wanted,
                      struct transport_facts *out)
{
	bool looks = wanted & (FACTS_FAR | FACTS_OWNER);
	if (wanted & FACTS_LOCAL || looks)
		socket_local(t->fd, &out->local);
	if (wanted & FACTS_PEER || looks)
		socket_peer(t->fd, &out->peer);
	if (wanted & FACTS_TCP)
		out->has_tcp = tcpinfo_read(t->fd, &out->tcp);
	if (wanted & FACTS_UNREAD)
		out->unread = socket_queue(t->fd, SIOCINQ);
	out->has_socket = wanted & FACTS_SOCKET;
	if (out->has_socket)
		socket_settings_read(t, &out->socket);
	if (looks && out->local.len && out->peer.len)
		owner_of_peer(&out->far,
		              wanted & FACTS_OWNER ? out->owner : NULL,
		              &out->local, &out->peer);
}

static void tcp_explain(const struct failure *f, struct error *e)
{
	if (f->refused) {
		explain_own_refused(e, f, true);
	} else if (f->kind == FAILED_TO_CONNECT) {
		explain_connect_here(e, f->errnum, f->address);
		explain_way(e, f);
		explain_own_way(e, f);
	} else if (f->kind == FAILED_TO_LISTEN) {
		explain_listen_here(e, f->errnum, f->address);
	}
}

static const struct splice_ops tcp_splice = {
	.read_to = tcp_read_to,
	.write_from = tcp_write_from,
};

const struct transport_ops transport_tcp = {
	.secure = &transport_tls,
	.through = &transport_proxy,
	.header = &transport_header,
	.traits = TRANSPORT_IP | TRANSPORT_TCP,
	.connect = tcp_connect,
	.listen = tcp_listen,
	.accept = socket_accept,
	.apply = socket_settings_change,
	.advance = tcp_advance,
	.read = socket_read,
	.peek = socket_peek,
	.write = socket_write,
	.shutdown = socket_shutdown,
	.pending = tcp_pending,
	.facts = tcp_facts,
	.explain = tcp_explain,
	.close = tcp_close,
	.acks = &txstamp_acks,
	.splice = &tcp_splice,
};
