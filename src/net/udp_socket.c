/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <sockchat/datagram.h>

#include "udp_batch.h"
#include "udp_socket.h"

#define SEND_TRIES 4
#define RECEIVE_BUFFER (4 << 20) /* the system gives as much as it may */

int udp_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	                IPPROTO_UDP);
	if (fd >= 0)
		udp_ask_troubles(fd, family);
	return fd;
}

size_t udp_message_max(const struct address *peer)
{
	return address_is_v6(peer) ? DATAGRAM_MAX_IPV6 : DATAGRAM_MAX_IPV4;
}

/* Listening */

bool udp_is_any(const struct address *a)
{
	static const struct in6_addr any;
	const void *host;
	size_t len = address_host((const struct sockaddr *)&a->sa, &host);
	return memcmp(host, &any, len) == 0 || address_is_group(a);
}

static void turn_on(int fd, int level, int name)
{
	int on = 1;
	(void)setsockopt(fd, level, name, &on, sizeof(on));
}

/* Others of this machine may have the same group. */
static int join_groups(int fd, const struct address *local,
                       const struct socket_settings *s)
{
	int family = local->sa.ss_family;
	if (multicast_join(&s->groups, fd, family))
		return -1;
	return address_is_group(local)
	           ? multicast_join_one(&s->groups, fd, local) : 0;
}

void udp_prepare(int fd, const struct address *local)
{
	int room = RECEIVE_BUFFER;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room,
		                 sizeof(room));
	if (udp_is_any(local))
		udp_batch_ask(fd, local->sa.ss_family);
}

int udp_bind(struct transport *t, const struct address *local,
             const struct socket_settings *s)
{
	turn_on(t->fd, IPPROTO_IPV6, IPV6_V6ONLY); /* not of IPv4 */
	if (s->groups.count || address_is_group(local))
		turn_on(t->fd, SOL_SOCKET, SO_REUSEADDR);
	if (socket_settings_bind_device(t, s) ||
	    bind(t->fd, (const struct sockaddr *)&local->sa, local->len))
		return -1;
	return join_groups(t->fd, local, s);
}

/* Sending */

/* A failure that the network told before may come in place of the outcome; the
 * error queue still has it, so that trying again loses nothing. */
ssize_t udp_send_message(int fd, const struct msghdr *m)
{
	int tries = SEND_TRIES;
	ssize_t n;
	do
		n = sendmsg(fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && (errno == EINTR || (udp_is_trouble(errno) && --tries)));
	return n;
}

/* A link-local address of ours needs its interface, which the peer's has. */
static void name_here(struct cmsghdr *c, const struct udp_ends *ends)
{
	struct in_pktinfo v4 = { .ipi_spec_dst = ends->here.v4 };
	struct in6_pktinfo v6 = {
		.ipi6_addr = ends->here.v6,
		.ipi6_ifindex = ends->source.v6.sin6_scope_id,
	};
	bool is_v4 = ends->source.sa.sa_family == AF_INET;
	size_t len = is_v4 ? sizeof(v4) : sizeof(v6);
	c->cmsg_level = is_v4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = is_v4 ? IP_PKTINFO : IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), is_v4 ? (void *)&v4 : (void *)&v6, len);
}

ssize_t udp_send(int fd, const struct udp_ends *ends, bool names_here,
                 const void *bytes, size_t len)
{
	_Alignas(struct cmsghdr)
	    uint8_t control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = { 0 };
	bool is_v4 = ends->source.sa.sa_family == AF_INET;
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr m = {
		.msg_name = (void *)&ends->source,
		.msg_namelen = is_v4 ? sizeof(ends->source.v4)
		                     : sizeof(ends->source.v6),
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	if (names_here) {
		m.msg_control = control;
		m.msg_controllen =
		    is_v4 ? CMSG_SPACE(sizeof(struct in_pktinfo))
		          : CMSG_SPACE(sizeof(struct in6_pktinfo));
		name_here(CMSG_FIRSTHDR(&m), ends);
	}
	return udp_send_message(fd, &m);
}

bool udp_tell_trouble(struct udp_head *u)
{
	if (!u->trouble.errnum)
		return false;
	u->told = u->trouble;
	u->trouble = (struct udp_trouble){ .errnum = 0 };
	errno = u->told.errnum;
	return true;
}

bool udp_is_short(int errnum)
{
	return errnum == ENOBUFS || errnum == ENOMEM;
}

int udp_advance(struct transport *t)
{
	(void)t;
	return 0;
}

int udp_shutdown(struct transport *t)
{
	(void)t;
	return 0;
}

/* What was written counts as arrived: nobody will tell. */
ssize_t udp_pending(struct transport *t)
{
	(void)t;
	return 0;
}
