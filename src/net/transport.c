/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all transports have in common. */

#include <sockchat/explain.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

struct transport *transport_over(const struct transport_ops *ops,
                                 struct transport *lower,
                                 const struct over *how)
{
	struct transport *t = ops->over(lower, how);

	if (t) {
		t->ops = ops;
		t->fd = lower->fd;
		t->lower = lower;
		t->tap = lower->tap;
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

void transport_tap(struct transport *t, const struct tap *tap)
{
	for (; t; t = t->lower)
		t->tap = tap;
}

unsigned transport_wants(const struct transport *t, unsigned wishes)
{
	unsigned moves = wishes & (LOOP_READ | LOOP_WRITE);

	if (!t->ops->wants)
		return wishes;
	return (wishes & ~moves) | t->ops->wants(t, moves);
}

static void tell_below(const struct transport *t, bool is_out,
                       const void *bytes, ssize_t n)
{
	if (t->tap && n > 0)
		t->tap->on_bytes(t->tap->user, true, is_out, bytes, (size_t)n);
}

ssize_t transport_read_lower(struct transport *lower, void *bytes, size_t cap)
{
	ssize_t n = lower->ops->read(lower, bytes, cap);

	tell_below(lower, false, bytes, n);
	return n;
}

ssize_t transport_write_lower(struct transport *lower, const void *bytes,
                              size_t len)
{
	ssize_t n = lower->ops->write(lower, bytes, len);

	tell_below(lower, true, bytes, n);
	return n;
}

void transport_facts(const struct transport *t, unsigned wanted,
                     struct transport_facts *out)
{
	const struct transport *lowest = t;

	while (lowest->lower)
		lowest = lowest->lower;
	if (lowest->is_relayed)
		wanted &= ~(unsigned)(FACTS_PEER | FACTS_FAR | FACTS_OWNER);
	*out = (struct transport_facts){ .relation = "the peer is " };
	t->ops->facts(t, wanted, out);
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
