/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>

#include <sockchat/wire.h>

#include "link_facts.h"
#include "link_private.h"

void link_note_break(struct link *l, int errnum)
{
	if (!l->broken)
		l->broken = errnum;
	l->halves = halves_end_out(l->halves);
}

void link_break(struct link *l, int errnum)
{
	link_note_break(l, errnum);
	l->halves = HALVES_CLOSED;
}

void link_hang_up(struct link *l)
{
	if (link_pending(l) < 0)
		link_break(l, errno);
	else if (link_is_tcp(l))
		link_break(l, ECONNRESET);
	else
		l->halves = HALVES_CLOSED;
}

/* Whether the socket has had these bytes, or this end, before the user has. */
static bool is_delayed(const struct link *l, const struct wire_news *n)
{
	return l->fault && n->layers == WIRE_USER && !n->is_out &&
	       n->kind != WIRE_BROKEN;
}

void link_tell_wire(const struct link *l, struct wire_news n)
{
	const struct transport *t = l->transport;
	const struct wire *wire = t->wire;
	if (!wire_is_heard(wire))
		return;
	n.layers |= t->lower || is_delayed(l, &n) ? 0 : WIRE_SOCKET;
	n.link = l;
	for (n.socket = t; n.socket->lower;)
		n.socket = n.socket->lower;
	wire_tell(wire, &n);
}

static void tell_bytes(const struct link *l, bool is_out, const void *bytes,
                       size_t len)
{
	link_tell_wire(l, (struct wire_news){
		.kind = len || link_has_messages(l) ? WIRE_BYTES : WIRE_END,
		.layers = WIRE_USER,
		.is_out = is_out,
		.bytes = bytes,
		.len = len,
	});
}

static void tell_break(const struct link *l, int errnum)
{
	link_tell_wire(l, (struct wire_news){
		.kind = WIRE_BROKEN, .layers = WIRE_USER, .errnum = errnum,
	});
}

void link_note_in(struct link *l, ssize_t n)
{
	l->bytes_in += (uint64_t)n;
	l->in_ns = loop_now_ns(l->loop);
}

void link_note_out(struct link *l, ssize_t n)
{
	l->bytes_out += (uint64_t)n;
	l->out_ns = loop_now_ns(l->loop);
	l->answered = l->bytes_in;
}

ssize_t link_note_read(struct link *l, const void *bytes, ssize_t n, int errnum)
{
	if (n >= 0)
		tell_bytes(l, false, bytes, (size_t)n);
	if (n > 0 || (n == 0 && link_has_messages(l))) {
		link_note_in(l, n);
		l->messages_in++;
	} else if (n == 0) {
		l->has_peer_ended = true;
		l->halves = halves_end_in(l->halves);
	} else if (errnum != EAGAIN && !link_note_unsent(l, errnum)) {
		tell_break(l, errnum);
		link_break(l, errnum);
	}
	return errno = errnum, n;
}

ssize_t link_note_write(struct link *l, const void *bytes, ssize_t n,
                        int errnum)
{
	if (n > 0 || (n == 0 && link_has_messages(l)))
		tell_bytes(l, true, bytes, (size_t)n);
	if (n >= 0) {
		link_note_out(l, n);
		l->messages_out++;
	} else if (errnum != EAGAIN && !link_note_unsent(l, errnum)) {
		tell_break(l, errnum);
		link_note_break(l, errnum);
	}
	return errno = errnum, n;
}
