/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all transports have in common. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sockchat/explain.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>
#include <sockchat/wire.h>

struct transport *transport_over(const struct transport_ops *ops,
                                 struct transport *lower,
                                 const struct over *how)
{
	struct transport *t = ops->over(lower, how);

	if (t) {
		t->ops = ops;
		t->fd = lower->fd;
		t->lower = lower;
		t->wire = lower->wire;
	}
	return t;
}

struct transport *transport_leave(struct transport *t)
{
	struct transport *lower = t->lower;

	if (!t->ops->leave)
		return t;
	t->ops->leave(t);
	return lower;
}

unsigned transport_traits(const struct transport *t)
{
	unsigned traits = 0;

	for (; t; t = t->lower)
		traits |= t->ops->traits;
	return traits;
}

unsigned transport_wants(const struct transport *t, unsigned wishes)
{
	unsigned moves = wishes & (LOOP_READ | LOOP_WRITE);

	if (!t->ops->wants)
		return wishes;
	return (wishes & ~moves) | t->ops->wants(t, moves);
}

int transport_watch(struct transport *t, struct loop *l, struct watch *w,
                    unsigned events)
{
	return t->ops->attach ? t->ops->attach(t, l, w, events)
	                      : watch_add_socket(l, w, t->fd, events);
}

static bool transport_has_messages(const struct transport *t)
{
	return t->ops->traits & TRANSPORT_MESSAGES;
}

/* Tell what this socket does; of a layer there is nothing to tell. */
static void tell(const struct transport *t, struct wire_news n)
{
	if (t->lower || !wire_is_heard(t->wire))
		return;
	n.layers = WIRE_SOCKET;
	n.socket = t;
	wire_tell(t->wire, &n);
}

ssize_t transport_read(struct transport *t, void *bytes, size_t cap)
{
	ssize_t n = t->ops->read(t, bytes, cap);

	if (n >= 0)
		tell(t, (struct wire_news){
			.kind = n || transport_has_messages(t) ? WIRE_BYTES
			                                       : WIRE_END,
			.bytes = bytes,
			.len = (size_t)n,
		});
	else if (errno != EAGAIN && !transport_has_messages(t))
		tell(t, (struct wire_news){ WIRE_BROKEN, .errnum = errno });
	t->has_moved |= n > 0;
	return n;
}

ssize_t transport_write(struct transport *t, const void *bytes, size_t len)
{
	ssize_t n = t->ops->write(t, bytes, len);

	if (n > 0 || (!n && transport_has_messages(t)))
		tell(t, (struct wire_news){
			.kind = WIRE_BYTES,
			.is_out = true,
			.bytes = bytes,
			.len = (size_t)n,
		});
	else if (n < 0 && errno != EAGAIN && !transport_has_messages(t))
		tell(t, (struct wire_news){ WIRE_BROKEN, .errnum = errno });
	t->has_moved |= n > 0;
	return n;
}

int transport_shutdown(struct transport *t)
{
	int failed = t->ops->shutdown(t);

	if (!failed)
		tell(t, (struct wire_news){ WIRE_END, .is_out = true });
	return failed;
}

void transport_close(struct transport *t, bool abort)
{
	struct proxy_header *header = t->header;

	tell(t, (struct wire_news){ WIRE_CLOSED, .is_aborted = abort });
	t->ops->close(t, abort);
	free(header);
}

static const struct transport *lowest_of(const struct transport *t)
{
	while (t->lower)
		t = t->lower;
	return t;
}

/* What the system knows of the other end is about the proxy. */
static void name_peer(const struct proxy_header *h, struct transport_facts *out)
{
	out->proxy = out->peer;
	out->peer = h->source;
}

void transport_apply(struct transport *t,
                     const struct socket_settings *settings)
{
	while (t->lower)
		t = t->lower;
	if (t->ops->apply)
		t->ops->apply(t, settings);
}

void transport_facts(const struct transport *t, unsigned wanted,
                     struct transport_facts *out)
{
	const struct transport *lowest = lowest_of(t);

	if (lowest->is_relayed)
		wanted &= ~(unsigned)(FACTS_PEER | FACTS_FAR | FACTS_OWNER);
	const struct proxy_header *header = lowest->header;
	bool is_named = header && header->source.len;
	*out = (struct transport_facts){
		.header = header,
		.relation = is_named ? "the proxy is " : "the peer is ",
	};
	t->ops->facts(t, wanted, out);
	out->tcp.acked -= out->tcp.acked < lowest->said ? out->tcp.acked
	                                                : lowest->said;
	if (is_named)
		name_peer(header, out);
}

/* Who came to a unix socket has no name but that. */
void transport_through(const struct transport *t,
                       char out[TRANSPORT_THROUGH_MAX])
{
	const struct proxy_header *header = lowest_of(t)->header;
	char where[ADDRESS_TEXT_MAX];
	struct transport_facts facts;

	*out = '\0';
	if (!header || !header->source.len)
		return;
	transport_facts(t, FACTS_LOCAL | FACTS_PEER, &facts);
	address_format(facts.proxy.len ? &facts.proxy : &facts.local, where);
	snprintf(out, TRANSPORT_THROUGH_MAX, TRANSPORT_THROUGH "%s", where);
}

void transport_facts_whole(const struct transport *t, unsigned wanted,
                           struct transport_facts *out)
{
	bool is_unknown = true;
	for (int pieces = 10; pieces && is_unknown; pieces--) {
		transport_facts(t, wanted, out);
		is_unknown = out->far.is_here && !*out->owner &&
		             !out->far.searched_ns;
	}
}

void transport_explain(const struct transport_ops *ops,
                       const struct failure *f, struct error *e)
{
	if (f->kind == FAILED_LATER)
		explain_broken(e, f->errnum, f->where, f->story);
	else if (f->kind == FAILED_TO_LISTEN)
		explain_listen(e, f->errnum, f->where);
	else if (f->timeout_ms)
		explain_connect_timeout(e, f->timeout_ms, f->where);
	else
		explain_connect(e, f->errnum, f->where);
	if (ops->explain)
		ops->explain(f, e);
}
