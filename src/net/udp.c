/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UDP's clients, whose socket is connected: the system lets datagrams of the
 * peer alone come. */

#include <errno.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sockchat/loop.h>

#include "socket.h"
#include "udp.h"
#include "udp_hub.h"
#include "udp_socket.h"

struct client {
	struct udp_head head;
	struct watch watch; /* of the descriptor */
	struct watch_host host;
	struct watch *owner; /* who waits for it, and … */
	unsigned events;     /* … for what */
	struct timer rest;   /* runs while the system is short of memory */
	unsigned rests;      /* without a success in between */
	bool looks; /* nothing was read yet since it was ready */
	/* Of one that is not connected, as many may answer: whom it sends to,
	 * and who sent last. */
	struct address to, source;
};

static struct client *client_of(const struct transport *t)
{
	return (struct client *)t;
}

static void update_client(struct client *c)
{
	unsigned events = c->events;
	if (c->rest.loop)
		events &= ~LOOP_WRITE;
	watch_set(&c->watch, events);
}

static void on_client_set(struct watch_host *host, unsigned events)
{
	char *at = (char *)host - offsetof(struct client, host);
	struct client *c = (struct client *)(void *)at;
	c->events = events;
	update_client(c);
}

static void on_client_rested(struct timer *t)
{
	update_client(t->user);
}

/* The descriptor is ready as long as the network has said something: it is
 * kept for the next read. */
static void keep_trouble(struct udp_head *u)
{
	struct udp_trouble trouble;
	struct udp_ends to;
	for (int i = 0; i < UDP_TROUBLES_MAX &&
	                udp_take_trouble(u->head.fd, &trouble, &to); i++)
		if (trouble.errnum)
			u->trouble = trouble;
}

static void on_client_ready(struct watch *w, unsigned ready)
{
	struct client *c = w->user;
	c->looks = true;
	if (!(c->events & LOOP_READ))
		keep_trouble(&c->head);
	c->owner->on_ready(c->owner, ready);
}

static int client_attach(struct transport *t, struct loop *l, struct watch *w,
                         unsigned events)
{
	struct client *c = client_of(t);
	if (watch_add_socket(l, &c->watch, t->fd, events))
		return -1;
	c->owner = w;
	watch_by_host(l, w, &c->host, events);
	return 0;
}

static void client_close(struct transport *t, bool abort)
{
	struct client *c = client_of(t);
	int saved = errno;
	(void)abort; /* there is no end that could be told */
	watch_remove(&c->watch);
	timer_stop(&c->rest);
	if (t->fd >= 0)
		close(t->fd);
	free(c);
	errno = saved;
}

/* What came before the socket was connected may be anybody's. */
static void drop_strangers(int fd)
{
	uint8_t byte;
	while (recv(fd, &byte, sizeof(byte), 0) >= 0)
		;
}

/* Takes `fd`, which may be -1 with errno. */
static struct client *client_new(const struct address *peer, int fd,
                                 const struct socket_settings *s)
{
	struct client *c = fd < 0 ? NULL : calloc(1, sizeof(*c));
	if (!c) {
		int saved = errno;
		if (fd >= 0)
			close(fd);
		return errno = saved, NULL;
	}
	c->head.head = (struct transport){
		.ops = &transport_udp,
		.fd = fd,
		.message_max = udp_message_max(peer),
	};
	c->watch = (struct watch){ .on_ready = on_client_ready, .user = c };
	c->rest = (struct timer){ .on_time = on_client_rested, .user = c };
	c->host.on_set = on_client_set;
	socket_settings_apply(&c->head.head, peer, s);
	return c;
}

/* Whether many may answer: it is a group, or all hosts of a network. */
static bool is_many(const struct address *peer, const struct socket_settings *s)
{
	return address_is_group(peer) || (s->values[SOCKET_BROADCAST] &&
	                                  address_is_broadcast(peer));
}

/* Answers can come before anything is sent, so it needs a port.  -1 with
 * errno. */
static int open_to_many(struct client *c, const struct address *peer,
                        const struct socket_settings *s)
{
	const int fd = c->head.head.fd, family = peer->sa.ss_family;
	static const struct in6_addr any;
	struct address here, own;
	c->to = *peer;
	multicast_send(&s->groups, fd, peer, s->values[SOCKET_TTL]);
	address_set_host(&own, family, &any);
	socket_local(fd, &here);
	if (!address_port(&here) &&
	    bind(fd, (const struct sockaddr *)&own.sa, own.len))
		return -1;
	return 0;
}

/* -1 with errno. */
static int open_to_one(struct client *c, const struct address *peer)
{
	const int fd = c->head.head.fd;
	if (connect(fd, (const struct sockaddr *)&peer->sa, peer->len))
		return -1;
	drop_strangers(fd);
	return 0;
}

static struct transport *client_connect(const struct address *peer,
                                        const struct socket_settings *s)
{
	struct client *c =
	    client_new(peer, udp_socket(peer->sa.ss_family), s);
	if (!c)
		return NULL;
	struct transport *t = &c->head.head;
	if (!socket_settings_bind(t, peer, s) &&
	    !multicast_join(&s->groups, t->fd, peer->sa.ss_family) &&
	    !(is_many(peer, s) ? open_to_many(c, peer, s)
	                       : open_to_one(c, peer)))
		return t;
	client_close(t, false);
	return NULL;
}

struct transport *udp_adopt(const struct address *peer, int fd,
                            const struct socket_settings *s)
{
	udp_ask_troubles(fd, peer->sa.ss_family);
	struct client *c = client_new(peer, fd, s);
	return c ? &c->head.head : NULL;
}

/* The oldest that the network has said, or what failed a call. */
static void take_trouble(struct udp_head *u, int errnum)
{
	struct udp_ends to;
	if (!udp_take_trouble(u->head.fd, &u->told, &to) || !u->told.errnum)
		u->told = (struct udp_trouble){
			.errnum = errnum,
			.kind = errnum == ECONNREFUSED ? UDP_PORT : UDP_OTHER,
		};
	errno = u->told.errnum;
}

/* Also tell who has sent it, if that is another one than before. */
static ssize_t receive_from(struct client *c, void *bytes, size_t cap,
                            int flags)
{
	struct address from = { .len = sizeof(from.sa) };
	ssize_t n = recvfrom(c->head.head.fd, bytes, cap,
	                     flags | MSG_DONTWAIT,
	                     (struct sockaddr *)&from.sa, &from.len);
	if (n < 0 || (from.len == c->source.len &&
	              memcmp(&from.sa, &c->source.sa, from.len) == 0))
		return n;
	c->source = from;
	c->head.head.source = &c->source;
	return n;
}

static ssize_t client_receive(struct transport *t, void *bytes, size_t cap,
                              int flags)
{
	struct client *c = client_of(t);
	ssize_t n;
	t->source = NULL;
	if (udp_tell_trouble(&c->head))
		return -1;
	do
		n = c->to.len ? receive_from(c, bytes, cap, flags)
		              : recv(t->fd, bytes, cap,
		                     flags | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && ((errno == EAGAIN && c->looks) || udp_is_trouble(errno)))
		take_trouble(&c->head, errno);
	else if (n >= 0)
		c->looks = false;
	return n;
}

static ssize_t client_read(struct transport *t, void *bytes, size_t cap)
{
	return client_receive(t, bytes, cap, 0);
}

static ssize_t client_peek(struct transport *t, void *bytes, size_t cap)
{
	return client_receive(t, bytes, cap, MSG_PEEK);
}

static ssize_t client_write(struct transport *t, const void *bytes, size_t len)
{
	struct client *c = client_of(t);
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = len };
	struct msghdr m = {
		.msg_name = c->to.len ? &c->to.sa : NULL,
		.msg_namelen = c->to.len,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	if (c->rest.loop)
		return errno = EAGAIN, -1;
	ssize_t n = udp_send_message(t->fd, &m);
	if (n >= 0) {
		c->rests = 0;
		return n;
	}
	c->head.told.errnum = 0;
	if (udp_is_short(errno) && c->rests < UDP_RESTS_MAX && c->watch.loop) {
		c->rests++;
		timer_start(c->watch.loop, &c->rest, UDP_REST_NS);
		update_client(c);
		errno = EAGAIN;
	}
	return -1;
}

static void client_facts(const struct transport *t, unsigned wanted,
                         struct transport_facts *out)
{
	bool looks = wanted & (FACTS_FAR | FACTS_OWNER);
	if (wanted & FACTS_LOCAL || looks)
		socket_local(t->fd, &out->local);
	if (client_of(t)->to.len)
		out->peer = client_of(t)->to;
	else if (wanted & FACTS_PEER || looks)
		socket_peer(t->fd, &out->peer);
	if (wanted & FACTS_UNREAD)
		out->unread = socket_queue(t->fd, SIOCINQ);
	if (wanted & FACTS_DATAGRAMS)
		datagram_facts(t->fd, &out->datagrams);
	if (looks && out->local.len && out->peer.len)
		owner_of_receiver(&out->far,
		                  wanted & FACTS_OWNER ? out->owner : NULL,
		                  &out->local, &out->peer);
	out->has_socket = wanted & FACTS_SOCKET;
	if (out->has_socket)
		socket_settings_read(t, &out->socket);
}

const struct transport_ops transport_udp = {
	.traits = TRANSPORT_IP | TRANSPORT_MESSAGES,
	.connect = client_connect,
	.listen = udp_hub_listen,
	.apply = socket_settings_change,
	.advance = udp_advance,
	.attach = client_attach,
	.read = client_read,
	.peek = client_peek,
	.write = client_write,
	.shutdown = udp_shutdown,
	.pending = udp_pending,
	.facts = client_facts,
	.explain = udp_explain,
	.close = client_close,
};
