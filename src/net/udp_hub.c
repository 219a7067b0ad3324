/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The hub is the one socket of a UDP listener.  Its peers have no descriptor:
 * the hub reads for all of them, calls whom a datagram is for, and keeps what
 * is not read at once.  While no peer can take more, it reads nothing, and the
 * system keeps what comes.  It lives until its listener and its last peer are
 * gone. */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/datagram.h>
#include <sockchat/loop.h>

#include "inbox.h"
#include "socket.h"
#include "udp_batch.h"
#include "udp_hub.h"
#include "udp_socket.h"
#include "udp_table.h"

#define SERVED_MAX     64        /* calls in a turn, for what waits */

struct hub_peer {
	struct udp_head head;
	struct udp_entry entry;
	struct hub *hub;
	struct watch_host host;
	struct watch *watch;
	unsigned events;  /* what it waits for */
	bool is_full;     /* as the hub has counted it */
	bool is_able;     /* to take more */
	uint64_t dropped; /* for it, as it did not read */
	struct inbox inbox;
	struct hub_peer *next, **from; /* among those that are due */
};

struct hub {
	struct transport head; /* where peers are accepted */
	struct watch_host host;
	struct watch *listener; /* NULL: there is none */
	unsigned listens;       /* what it waits for */
	struct loop *loop;
	struct watch watch; /* of the socket */
	bool is_any;     /* it has all addresses of the machine */
	bool is_closed;  /* by its listener */
	bool is_blocked; /* the system takes no more datagrams now */
	bool is_resting;
	unsigned rests;  /* without a success in between */
	int failed;      /* the errno with which it does not go on */
	struct timer rest;
	struct timer second; /* since something was read */
	struct later serve;
	size_t peers, able, full;
	struct hub_peer *due, **due_end; /* they have something to do */
	struct hub_peer *current; /* is called; NULL when it has gone */
	unsigned busy;            /* calls of ours on the stack */
	const struct udp_datagram *hand; /* for `current`, until it is read */
	const struct udp_ends *stranger; /* until somebody accepts it */
	struct udp_batch *batch;
	struct udp_table table;
};

static struct hub *hub_of(const struct transport *t)
{
	return (struct hub *)t;
}

static struct hub_peer *peer_of(const struct transport *t)
{
	return (struct hub_peer *)t;
}

static struct hub_peer *peer_of_entry(struct udp_entry *e)
{
	if (!e)
		return NULL;
	char *at = (char *)e - offsetof(struct hub_peer, entry);
	return (struct hub_peer *)(void *)at;
}

/* What the socket waits for */

static void update_socket(struct hub *h)
{
	bool reads = h->able || !h->full;
	unsigned events = reads ? LOOP_READ : 0;
	if (h->is_blocked)
		events |= LOOP_WRITE;
	watch_set(&h->watch, h->is_resting || h->failed ? 0 : events);
}

static void unlink_due(struct hub_peer *p)
{
	if (!p->from)
		return;
	*p->from = p->next;
	if (p->next)
		p->next->from = p->from;
	else
		p->hub->due_end = p->from;
	p->from = NULL;
}

static void link_due(struct hub_peer *p)
{
	struct hub *h = p->hub;
	if (p->from)
		return;
	p->next = NULL;
	p->from = h->due_end;
	*h->due_end = p;
	h->due_end = &p->next;
	loop_later(h->loop, &h->serve);
}

/* What it is ready for. */
static unsigned readiness_of(const struct hub_peer *p)
{
	unsigned ready = p->hub->is_blocked ? 0 : LOOP_WRITE;
	if (inbox_len(&p->inbox) || p->head.trouble.errnum || p->hub->failed)
		ready |= LOOP_READ;
	return ready & p->events;
}

/* Something about it has changed. */
static void refresh(struct hub_peer *p)
{
	struct hub *h = p->hub;
	bool is_full = inbox_is_full(&p->inbox);
	bool is_able = p->events & LOOP_READ && !is_full;
	h->full = h->full - p->is_full + is_full;
	h->able = h->able - p->is_able + is_able;
	p->is_full = is_full;
	p->is_able = is_able;
	if (readiness_of(p))
		link_due(p);
	else
		unlink_due(p);
	update_socket(h);
}

static void refresh_entry(struct udp_entry *e)
{
	refresh(peer_of_entry(e));
}

/* The end */

static void free_unused(struct hub *h)
{
	int saved = errno;
	if (h->busy || !h->is_closed || h->peers)
		return;
	watch_remove(&h->watch);
	timer_stop(&h->rest);
	timer_stop(&h->second);
	later_cancel(&h->serve);
	if (h->head.fd >= 0)
		close(h->head.fd);
	udp_batch_free(h->batch);
	free(h);
	errno = saved;
}

static void hub_leave(struct hub *h)
{
	h->busy--;
	free_unused(h);
}

static void hub_close(struct transport *t, bool abort)
{
	struct hub *h = hub_of(t);
	(void)abort;
	h->is_closed = true;
	h->listener = NULL;
	free_unused(h);
}

static void peer_close(struct transport *t, bool abort)
{
	struct hub_peer *p = peer_of(t);
	struct hub *h = p->hub;
	(void)abort; /* there is no end that could be told */
	p->events = 0;
	p->head.trouble.errnum = 0;
	inbox_finish(&p->inbox);
	refresh(p);
	udp_table_remove(&h->table, &p->entry);
	if (h->current == p)
		h->current = NULL;
	free(p);
	h->peers--;
	free_unused(h);
}

/* Shortage */

static void fail(struct hub *h, int errnum)
{
	h->failed = errnum;
	udp_table_each(&h->table, refresh_entry);
	update_socket(h);
	if (h->listens & LOOP_READ && h->listener)
		h->listener->on_ready(h->listener, LOOP_READ);
}

static void on_rested(struct timer *t)
{
	struct hub *h = t->user;
	h->is_resting = h->is_blocked = false;
	udp_table_each(&h->table, refresh_entry);
	update_socket(h);
}

/* The system is short of memory, or will not have it otherwise: try again soon.
 * False when that has been tried for long enough. */
static bool take_rest(struct hub *h)
{
	if (h->rests == UDP_RESTS_MAX)
		return false;
	h->rests++;
	h->is_resting = h->is_blocked = true;
	timer_start(h->loop, &h->rest, UDP_REST_NS);
	update_socket(h);
	return true;
}

/* Delivery */

static void call_peer(struct hub_peer *p, unsigned ready)
{
	struct hub *h = p->hub;
	h->current = p;
	p->watch->on_ready(p->watch, ready);
	if (h->current == p)
		refresh(p);
	h->current = NULL;
}

/* What others might still take is dropped for it when its inbox is full. */
static void keep_datagram(struct hub_peer *p, const struct udp_datagram *d)
{
	bool is_lost = p->is_full && p->hub->able;
	if (is_lost || inbox_put(&p->inbox, d->bytes, d->len)) {
		p->head.trouble.errnum = ENOBUFS;
		p->head.trouble.dropped++;
		p->dropped++;
	}
	refresh(p);
}

static void hand_over(struct hub_peer *p, const struct udp_datagram *d)
{
	struct hub *h = p->hub;
	if (!(p->events & LOOP_READ) || readiness_of(p) & LOOP_READ) {
		keep_datagram(p, d);
		return;
	}
	h->hand = d;
	h->current = p;
	p->watch->on_ready(p->watch, LOOP_READ);
	bool is_left = h->hand && h->current == p;
	h->hand = NULL;
	h->current = NULL;
	if (is_left)
		keep_datagram(p, d);
}

static struct hub_peer *find_peer(const struct hub *h, const struct udp_ends *e)
{
	return peer_of_entry(udp_table_find(&h->table, e));
}

/* Let the listener accept whom it does not know.  NULL: it does not. */
static struct hub_peer *introduce(struct hub *h, const struct udp_ends *ends)
{
	if (!(h->listens & LOOP_READ) || !h->listener)
		return NULL;
	h->stranger = ends;
	h->listener->on_ready(h->listener, LOOP_READ);
	h->stranger = NULL;
	return find_peer(h, ends);
}

static void deliver(struct hub *h, const struct udp_datagram *d)
{
	struct hub_peer *p = find_peer(h, &d->ends);
	if (!p)
		p = introduce(h, &d->ends);
	if (p)
		hand_over(p, d);
}

/* The system drops what it has no room for: the listener asks how much that
 * was. */
static void on_hub_second(struct timer *t)
{
	struct hub *h = t->user;
	h->busy++;
	if (h->listener)
		h->listener->on_ready(h->listener, LOOP_HANGUP);
	hub_leave(h);
}

/* False when there was nothing. */
static bool read_batch(struct hub *h)
{
	int n = udp_batch_read(h->batch, h->head.fd);
	for (int i = 0; i < n && (h->peers || h->listener); i++) {
		struct udp_datagram d;
		udp_batch_get(h->batch, i, &d);
		deliver(h, &d);
	}
	if (n > 0) {
		h->rests = 0;
		if (!h->second.loop)
			timer_start(h->loop, &h->second, SECOND_NS);
	} else if (errno != EAGAIN && !udp_is_trouble(errno) && !take_rest(h)) {
		fail(h, errno);
	}
	return n > 0;
}

/* The socket is ready as long as there are any. */
static void read_errors(struct hub *h)
{
	struct udp_trouble trouble;
	struct udp_ends to;
	for (int i = 0; i < UDP_TROUBLES_MAX &&
	                udp_take_trouble(h->head.fd, &trouble, &to); i++) {
		struct hub_peer *p = peer_of_entry(
		    udp_table_find_source(&h->table, &to));
		if (!p || !trouble.errnum)
			continue;
		trouble.dropped = p->head.trouble.dropped;
		p->head.trouble = trouble;
		if (p->events & LOOP_READ)
			call_peer(p, LOOP_READ);
	}
}

/* Those that are due wait their turn: more may have come for them. */
static void on_serve(struct later *l)
{
	struct hub *h = l->user;
	h->busy++;
	for (int i = 0; i < SERVED_MAX && h->due; i++) {
		struct hub_peer *p = h->due;
		unlink_due(p);
		call_peer(p, readiness_of(p));
	}
	if (h->due)
		loop_later(h->loop, &h->serve);
	hub_leave(h);
}

static void on_hub_ready(struct watch *w, unsigned ready)
{
	struct hub *h = w->user;
	h->busy++;
	if (ready & LOOP_WRITE) {
		h->is_blocked = false;
		udp_table_each(&h->table, refresh_entry);
	}
	if (!(ready & LOOP_READ) || !read_batch(h))
		read_errors(h);
	update_socket(h);
	hub_leave(h);
}

/* Who waits for it */

static void on_peer_set(struct watch_host *host, unsigned events)
{
	char *at = (char *)host - offsetof(struct hub_peer, host);
	struct hub_peer *p = (struct hub_peer *)(void *)at;
	p->events = events;
	refresh(p);
}

static int peer_attach(struct transport *t, struct loop *l, struct watch *w,
                       unsigned events)
{
	struct hub_peer *p = peer_of(t);
	p->watch = w;
	watch_by_host(l, w, &p->host, events);
	return 0;
}

/* A listener that goes on after a failure tries again. */
static void on_listener_set(struct watch_host *host, unsigned events)
{
	char *at = (char *)host - offsetof(struct hub, host);
	struct hub *h = (struct hub *)(void *)at;
	h->listens = events;
	if (!events)
		return;
	h->failed = 0;
	h->rests = 0;
	update_socket(h);
}

static int hub_attach(struct transport *t, struct loop *l, struct watch *w,
                      unsigned events)
{
	struct hub *h = hub_of(t);
	if (watch_add_socket(l, &h->watch, h->head.fd, LOOP_READ))
		return -1;
	h->loop = l;
	h->listener = w;
	watch_by_host(l, w, &h->host, events);
	return 0;
}

/* Operations of a peer */

static ssize_t peer_read(struct transport *t, void *bytes, size_t cap)
{
	struct hub_peer *p = peer_of(t);
	struct hub *h = p->hub;
	const struct udp_datagram *d = h->current == p ? h->hand : NULL;
	if (h->failed)
		return errno = h->failed, -1;
	if (udp_tell_trouble(&p->head))
		return -1;
	if (d) {
		size_t len = d->len < cap ? d->len : cap;
		memcpy(bytes, d->bytes, len);
		h->hand = NULL;
		return (ssize_t)len;
	}
	if (inbox_len(&p->inbox))
		return (ssize_t)inbox_take(&p->inbox, bytes, cap);
	errno = EAGAIN;
	return -1;
}

static ssize_t peer_write(struct transport *t, const void *bytes, size_t len)
{
	struct hub_peer *p = peer_of(t);
	struct hub *h = p->hub;
	errno = EAGAIN;
	if (h->is_blocked)
		return -1;
	p->head.told.errnum = 0;
	ssize_t n = udp_send(h->head.fd, &p->entry.ends, h->is_any, bytes, len);
	if (n >= 0)
		h->rests = 0;
	else if (errno == EAGAIN)
		h->is_blocked = true;
	else if (udp_is_short(errno) && take_rest(h))
		errno = EAGAIN;
	if (h->is_blocked)
		update_socket(h);
	return n;
}

static void peer_facts(const struct transport *t, unsigned wanted,
                       struct transport_facts *out)
{
	const struct hub_peer *p = peer_of(t);
	const struct udp_ends *ends = &p->entry.ends;
	if (wanted & FACTS_LOCAL)
		socket_local(p->hub->head.fd, &out->local);
	if (wanted & FACTS_LOCAL && p->hub->is_any)
		udp_ends_here(ends, &out->local);
	if (wanted & FACTS_PEER)
		udp_ends_source(ends, &out->peer);
	if (wanted & FACTS_UNREAD)
		out->unread = inbox_len(&p->inbox);
	if (wanted & FACTS_DATAGRAMS)
		datagram_facts(p->hub->head.fd, &out->datagrams);
	out->datagrams.dropped += p->dropped;
	out->has_socket = wanted & FACTS_SOCKET;
	if (out->has_socket)
		socket_settings_read(&p->hub->head, &out->socket);
}

static const struct transport_ops hub_peer_ops = {
	.traits = TRANSPORT_IP | TRANSPORT_MESSAGES,
	.advance = udp_advance,
	.attach = peer_attach,
	.read = peer_read,
	.write = peer_write,
	.shutdown = udp_shutdown,
	.pending = udp_pending,
	.facts = peer_facts,
	.explain = udp_explain,
	.close = peer_close,
};

/* Operations of the place where peers are accepted */

static struct transport *hub_accept(struct transport *t, struct address *peer)
{
	struct hub *h = hub_of(t);
	if (!h->stranger)
		return errno = h->failed ? h->failed : EAGAIN, NULL;
	struct hub_peer *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->head.head = (struct transport){
		.ops = &hub_peer_ops,
		.fd = -1,
		.is_open = true,
	};
	p->hub = h;
	p->host.on_set = on_peer_set;
	p->entry.ends = *h->stranger;
	udp_ends_source(h->stranger, peer);
	p->head.head.message_max = udp_message_max(peer);
	udp_table_add(&h->table, &p->entry);
	h->peers++;
	h->stranger = NULL;
	return &p->head.head;
}

static void hub_facts(const struct transport *t, unsigned wanted,
                      struct transport_facts *out)
{
	if (wanted & FACTS_DATAGRAMS)
		datagram_facts(t->fd, &out->datagrams);
	if (wanted & FACTS_LOCAL)
		socket_local(t->fd, &out->local);
}

static const struct transport_ops hub_ops = {
	.traits = TRANSPORT_IP | TRANSPORT_MESSAGES,
	.accept = hub_accept,
	.apply = socket_settings_change,
	.attach = hub_attach,
	.facts = hub_facts,
	.explain = udp_explain,
	.close = hub_close,
};

/* Takes `fd`, which may be -1 with errno.  NULL with errno. */
static struct hub *hub_new(const struct address *local, int fd,
                           const struct socket_settings *s)
{
	struct hub *h = fd < 0 ? NULL : calloc(1, sizeof(*h));
	struct udp_batch *batch = h ? udp_batch_new() : NULL;
	if (!batch) {
		int saved = errno;
		free(h);
		if (fd >= 0)
			close(fd);
		return errno = saved, NULL;
	}
	h->batch = batch;
	h->head = (struct transport){ .ops = &hub_ops, .fd = fd };
	h->host.on_set = on_listener_set;
	h->watch = (struct watch){ .on_ready = on_hub_ready, .user = h };
	h->rest = (struct timer){ .on_time = on_rested, .user = h };
	h->second = (struct timer){ .on_time = on_hub_second, .user = h };
	h->serve = (struct later){ .on_call = on_serve, .user = h };
	h->due_end = &h->due;
	(void)!getrandom(&h->table.seed, sizeof(h->table.seed), GRND_NONBLOCK);
	h->is_any = udp_is_any(local);
	udp_prepare(fd, local);
	socket_settings_apply(&h->head, local, s);
	return h;
}

struct transport *udp_hub_listen(const struct address *local,
                                 const struct socket_settings *s)
{
	struct hub *h = hub_new(local, udp_socket(local->sa.ss_family), s);
	if (!h || udp_bind(&h->head, local, s) == 0)
		return h ? &h->head : NULL;
	hub_close(&h->head, false);
	return NULL;
}

struct transport *udp_hub_adopt(const struct address *local, int fd,
                                const struct socket_settings *s)
{
	udp_ask_troubles(fd, local->sa.ss_family);
	struct hub *h = hub_new(local, fd, s);
	return h ? &h->head : NULL;
}
