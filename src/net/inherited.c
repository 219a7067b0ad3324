/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/file.h>

#include "explain_here.h"
#include "inherited.h"
#include "socket.h"
#include "tcp.h"
#include "udp.h"
#include "udp_hub.h"
#include "unix.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262 /* since Linux 5.6 */
#endif
#define WAIT_NS 1000000 /* that accept() may wait in vain, several times */

/* A socket that listens. */
struct place {
	struct transport head;    /* its descriptor is that of … */
	struct transport *socket; /* … TCP's, or a unix socket */
	struct socket_settings settings; /* of who is accepted */
	bool may_wait; /* its flags let accept() wait */
};

static struct place *place_of(const struct transport *t)
{
	return (struct place *)t;
}

static int number_of(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);
	return getsockopt(fd, SOL_SOCKET, option, &value, &len) ? -1 : value;
}

/* All that we open ourselves is closed in programs that we start; what we were
 * started with is not.  -1 with errno, and a number of ours counts as none. */
static int check_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);
	return flags < 0 || flags & FD_CLOEXEC ? (errno = EBADF, -1) : 0;
}

/* NULL with errno: it is none of ours, or not of this type. */
static const struct transport_ops *kind_of(int fd, int wanted)
{
	int type = number_of(fd, SO_TYPE), family = number_of(fd, SO_DOMAIN);
	int protocol = number_of(fd, SO_PROTOCOL);
	bool is_ip = family == AF_INET || family == AF_INET6;
	if (type < 0)
		return NULL;
	if (is_ip && type == SOCK_DGRAM && wanted != type)
		return errno = EPROTOTYPE, NULL;
	if (type != wanted || (family == AF_UNIX && type != SOCK_STREAM))
		return errno = ESOCKTNOSUPPORT, NULL;
	if (family == AF_UNIX)
		return &transport_unix;
	if (is_ip && protocol == IPPROTO_UDP)
		return &transport_udp;
	if (is_ip && (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP))
		return &transport_tcp;
	return errno = EPROTONOSUPPORT, NULL;
}

/* -1 with errno, also if the connection has failed already. */
static int check_connected(int fd)
{
	struct address peer;
	socket_peer(fd, &peer);
	if (peer.len)
		return 0;
	int failed = number_of(fd, SO_ERROR);
	return errno = failed > 0 ? failed : ENOTCONN, -1;
}

/* -1 with errno. */
static int replace_by_null(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int failed = null < 0 || dup2(null, fd) < 0 ? -1 : 0;
	if (null >= 0)
		close(null);
	return failed;
}

/* What inetd starts has its connection as 0, 1 and 2: nothing is read there as
 * typed, nor is anything shown there.  Returns the descriptor that is ours
 * now; -1 with errno. */
static int take_descriptor(int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own < 0)
		return -1;
	for (int i = 0; i <= STDERR_FILENO; i++)
		if (file_is_same(i, own) && replace_by_null(i)) {
			int saved = errno;
			close(own);
			return errno = saved, -1;
		}
	if (fd > STDERR_FILENO)
		close(fd);
	return own;
}

static void apply_settings(const struct transport *t, const struct address *a,
                           const struct socket_settings *s)
{
	const int on = 1;
	socket_settings_apply(t, a, s);
	/* or urgent data is lost */
	(void)setsockopt(t->fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
}

/* Takes `t`.  NULL without memory. */
static struct transport *place_new(struct transport *t,
                                   const struct socket_settings *s)
{
	struct place *p = calloc(1, sizeof(*p));
	if (!p) {
		socket_close(t);
		return NULL;
	}
	p->head = (struct transport){ .ops = &transport_inherited,
		                      .fd = t->fd };
	p->socket = t;
	p->settings = *s;
	p->settings.refused = NULL;
	p->may_wait = !(fcntl(t->fd, F_GETFL) & O_NONBLOCK);
	return &p->head;
}

static struct transport *inherited_listen(const struct address *local,
                                          const struct socket_settings *s)
{
	struct address peer;
	const struct transport_ops *ops =
	    check_inherited(local->fd) ? NULL : kind_of(local->fd, SOCK_STREAM);
	if (!ops)
		return NULL;
	bool listens = number_of(local->fd, SO_ACCEPTCONN) > 0;
	if (!listens && check_connected(local->fd))
		return NULL;
	int fd = take_descriptor(local->fd);
	struct transport *t = fd < 0 ? NULL : socket_adopt(ops, fd);
	if (!t || listens)
		return t ? place_new(t, s) : NULL;
	socket_peer(fd, &peer);
	apply_settings(t, &peer, s);
	t->is_open = t->is_inherited = true;
	return t;
}

/* One that is connected has that peer alone; one that is bound is a hub. */
static struct transport *inherited_listen_udp(const struct address *local,
                                              const struct socket_settings *s)
{
	struct address here, peer;
	if (check_inherited(local->fd) || !kind_of(local->fd, SOCK_DGRAM))
		return NULL;
	socket_local(local->fd, &here);
	socket_peer(local->fd, &peer);
	if (!peer.len && !address_port(&here))
		return errno = ENOTCONN, NULL;
	int fd = take_descriptor(local->fd);
	if (fd < 0 || !peer.len)
		return fd < 0 ? NULL : udp_hub_adopt(&here, fd, s);
	struct transport *t = udp_adopt(&peer, fd, s);
	if (t)
		t->is_open = t->is_inherited = true;
	return t;
}

/* accept() */

static void on_wait_over(int signum)
{
	(void)signum; /* it only interrupts a call */
}

/* A timer whose signal nobody else has a use for, and which is ignored where
 * nobody catches it.  False if the system has none. */
static bool make_timer(timer_t *timer)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		                  .sigev_signo = SIGURG };
	const struct sigaction action = { .sa_handler = on_wait_over };
	return !sigaction(SIGURG, &action, NULL) &&
	       !timer_create(CLOCK_MONOTONIC, &event, timer);
}

/* From now on, or not any more, calls that wait are interrupted. */
static void set_interrupts(bool is_on)
{
	static bool is_made;
	static timer_t timer;
	struct itimerspec when = { 0 };
	if (!is_made && is_on)
		is_made = make_timer(&timer);
	if (is_on)
		when.it_value.tv_nsec = when.it_interval.tv_nsec = WAIT_NS;
	if (is_made)
		(void)timer_settime(timer, 0, &when, NULL);
}

static bool has_peer(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	return poll(&p, 1, 0) == 1;
}

/* Somebody else who has the socket may take the peer just before us. */
static struct transport *accept_at_once(struct transport *t,
                                        struct address *peer)
{
	if (!has_peer(t->fd))
		return errno = EAGAIN, NULL;
	set_interrupts(true);
	struct transport *accepted = t->ops->accept(t, peer);
	int saved = errno;
	set_interrupts(false);
	errno = saved;
	return accepted;
}

static struct transport *inherited_accept(struct transport *t,
                                          struct address *peer)
{
	const struct place *p = place_of(t);
	struct transport *accepted =
	    p->may_wait ? accept_at_once(p->socket, peer)
	                : p->socket->ops->accept(p->socket, peer);
	if (accepted)
		apply_settings(accepted, peer, &p->settings);
	return accepted;
}

static void inherited_apply(struct transport *t,
                            const struct socket_settings *s)
{
	struct place *p = place_of(t);
	p->settings = *s;
	p->settings.refused = NULL;
}

static void inherited_facts(const struct transport *t, unsigned wanted,
                            struct transport_facts *out)
{
	const struct transport *socket = place_of(t)->socket;
	socket->ops->facts(socket, wanted, out);
}

static void inherited_close(struct transport *t, bool abort)
{
	int saved = errno;
	struct transport *socket = place_of(t)->socket;
	socket->ops->close(socket, abort);
	free(place_of(t));
	errno = saved;
}

/* Words */

static const struct wording words[] = {
	{ EBADF, "no such descriptor", "", " is not open",
	  "the program that starts sockchat must leave it open, and it can be "
	  "served only once. To try it: systemd-socket-activate -l 9999 "
	  "sockchat listen" },
	{ ENOTSOCK, "not a socket", "", " is another kind of file",
	  "it must be a listening socket or a connection" },
	{ EPROTOTYPE, "wrong type of socket", "",
	  " is for datagrams, and others here are for streams",
	  "one sockchat serves either streams or datagrams: start one for "
	  "each" },
	{ ESOCKTNOSUPPORT, "wrong type of socket", "",
	  " is not TCP, UDP or a unix stream socket",
	  "sockchat speaks only these" },
	{ EPROTONOSUPPORT, "wrong type of socket", "",
	  " is not TCP, UDP or a unix stream socket",
	  "sockchat speaks only these" },
	{ ENOTCONN, "no connection", "the socket ",
	  " does not listen and is not connected",
	  "the program that opened the socket must call listen() or connect() "
	  "on it, for UDP bind() or connect()" },
	{ ECONNRESET, "connection reset", "the peer of ",
	  " reset it before it was served", "" },
	{ EISCONN, "connection among others", "", " is a connection",
	  "a connection can only be served alone" },
	{ 0, "", "can't listen on ", "", "" },
};

static void inherited_explain(const struct failure *f, struct error *e)
{
	explain_word(e, words, f->errnum, f->where, "");
}

const struct transport_ops transport_inherited_udp = {
	.traits = TRANSPORT_IP | TRANSPORT_MESSAGES,
	.listen = inherited_listen_udp,
	.explain = inherited_explain,
};

const struct transport_ops transport_inherited = {
	.listen = inherited_listen,
	.accept = inherited_accept,
	.apply = inherited_apply,
	.facts = inherited_facts,
	.explain = inherited_explain,
	.close = inherited_close,
};
