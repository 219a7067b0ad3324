/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <string.h>

#include <sockchat/dial.h>
#include <sockchat/number.h>
#include <sockchat/sink.h>

#include "pcapng_entries.h"

static unsigned read_port(const char *text)
{
	long port;
	if (number_parse(text, 0, UINT16_MAX, &port))
		return (unsigned)port;
	return (unsigned)endpoint_service(ENDPOINT_TCP, text);
}

/* Read "127.0.0.1:9", "[::1]:9", "unix:PATH".  The address of a name is
 * invented, in `family`; that of anything else is empty. */
static struct address read_address(const char *text, int family)
{
	uint8_t host[sizeof(struct in6_addr)];
	struct address a = { 0 };
	struct endpoint ep;
	struct error e;
	if (endpoint_parse(&ep, ENDPOINT_CONNECT, &text, 1, &e))
		return a;
	ep.host[strcspn(ep.host, "%")] = '\0';
	if (ep.scheme == ENDPOINT_UNIX)
		address_set_unix(&a, ep.host);
	else if (inet_pton(AF_INET, ep.host, host) == 1)
		address_set_host(&a, AF_INET, host);
	else if (inet_pton(AF_INET6, ep.host, host) == 1)
		address_set_host(&a, AF_INET6, host);
	else
		pcapng_invent(&a, family, PCAPNG_PEER, 0);
	address_set_port(&a, read_port(ep.port));
	return a;
}

/* Who has connected is known where a connection begins. */
static enum pcapng_side client_of(const struct entry *e,
                                  enum endpoint_mode mode)
{
	bool is_known = e->kind == ENTRY_STATE && e->state == ENTRY_OPEN;
	bool is_accepted = is_known ? !e->timing : mode == ENDPOINT_LISTEN;
	return is_accepted ? PCAPNG_PEER : PCAPNG_US;
}

/* The address of the peer where it is known, or what the user calls it. */
static const char *peer_of(const struct entry *e)
{
	const struct timing *t = e->timing;
	for (size_t i = 0; t && t->proxy_us <= 0 && i < t->try_count; i++)
		if (!t->tries[i].errnum)
			return t->tries[i].where;
	return e->peer;
}

/* In the middle, the client's connection has a key of its own. */
static uint64_t near_key(const struct entry *e)
{
	return UINT64_C(1) << 32 | e->session;
}

static struct pcapng_conn *near_of(const struct pcapng_conns *cs,
                                   const struct entry *e)
{
	return pcapng_find(cs, near_key(e));
}

/* The connection of an entry, which begins if it is not there.  NULL without
 * memory. */
static struct pcapng_conn *conn_of(struct pcapng_conns *cs,
                                   enum endpoint_mode mode,
                                   const struct entry *e)
{
	struct pcapng_conn *c = pcapng_find(cs, e->session);
	struct pcapng_ends ends = {
		.client = client_of(e, mode),
		.has_datagrams = e->has_datagrams ||
		                 e->frame == frame_datagram.kind,
	};
	if (c)
		return c;
	ends.us = read_address(e->local, AF_INET);
	ends.peer = read_address(peer_of(e),
	                         ends.us.sa.ss_family == AF_INET6 ? AF_INET6
	                                                          : AF_INET);
	c = pcapng_add(cs, e->session, &ends);
	if (!c)
		return NULL;
	c->session = e->session;
	if (near_of(cs, e))
		c->side = PCAPNG_TARGETS;
	return pcapng_call(cs, c, e->peer) || pcapng_open(cs, c) ? NULL : c;
}

static int64_t time_ns(const struct entry *e, size_t part)
{
	int64_t begin_ns = e->time.wall_us * 1000;
	return part ? begin_ns + entry_part_ns(&e->parts[part - 1]) : begin_ns;
}

/* The client has connected to us before. */
static int begin_near(struct pcapng_conns *cs, const struct entry *e)
{
	struct pcapng_ends ends = {
		.us = cs->ours,
		.peer = read_address(e->client, cs->ours.sa.ss_family),
		.client = PCAPNG_PEER,
		.has_datagrams = e->has_datagrams,
	};
	if (!*e->client)
		return 0;
	struct pcapng_conn *c = pcapng_add(cs, near_key(e), &ends);
	if (!c)
		return -1;
	c->session = e->session;
	c->side = PCAPNG_CLIENTS;
	return pcapng_open(cs, c);
}

/* A message, read by read. */
static int put_message(struct pcapng_conns *cs, struct pcapng_conn *c,
                       const struct entry *e, size_t from)
{
	enum pcapng_side side = e->dir == ENTRY_OUT ? PCAPNG_US : PCAPNG_PEER;
	if (!sink_is_of_target(e))
		return 0;
	if (!e->len) /* a datagram */
		return pcapng_bytes(cs, c, side, "", 0);
	for (size_t i = 0; i <= e->part_count; i++) {
		size_t end = i < e->part_count ? e->parts[i].at : e->len;
		if (end <= from)
			continue;
		cs->packets.now_ns = time_ns(e, i);
		if (pcapng_bytes(cs, c, side, e->bytes + from, end - from))
			return -1;
		from = end;
	}
	return 0;
}

/* The ends that it had in order; without ours we have reset it. */
static int put_ends(struct pcapng_conns *cs, struct pcapng_conn *c,
                    unsigned ended)
{
	if (ended & ENTRY_IN && pcapng_end(cs, c, PCAPNG_PEER))
		return -1;
	return ended & ENTRY_OUT ? pcapng_end(cs, c, PCAPNG_US)
	                         : pcapng_reset(cs, c, PCAPNG_US);
}

static int put_closed(struct pcapng_conns *cs, struct pcapng_conn *c,
                      const struct entry *e)
{
	int failed = 0;
	if (pcapng_is_reset(c->broken) || entry_is_reset(e))
		failed = pcapng_reset(cs, c, PCAPNG_PEER);
	else if (!c->broken)
		failed = put_ends(cs, c, e->ended);
	pcapng_remove(cs, c);
	return failed;
}

/* What one side ends or resets, we end or reset on the other. */
static int put_near_closed(struct pcapng_conns *cs, struct pcapng_conn *c,
                           const struct entry *e)
{
	bool is_reset = pcapng_is_reset(c->broken) || entry_is_reset(e);
	int failed = 0;
	if (is_reset || !(e->ended & ENTRY_OUT))
		failed = pcapng_reset(cs, c, is_reset ? PCAPNG_US
		                                      : PCAPNG_PEER);
	else if (!c->broken)
		failed = pcapng_end(cs, c, PCAPNG_PEER) ||
		         (e->ended & ENTRY_IN &&
		          pcapng_end(cs, c, PCAPNG_US));
	pcapng_remove(cs, c);
	return failed ? -1 : 0;
}

/* Of the client's connection: what comes from the target goes on by us. */
static int put_near(struct pcapng_conns *cs, const struct entry *e, size_t from)
{
	struct pcapng_conn *c = near_of(cs, e);
	struct entry turned = *e;
	turned.dir = e->dir == ENTRY_OUT ? ENTRY_IN : ENTRY_OUT;
	if (!c || e->kind == ENTRY_NOTE)
		return 0;
	if (e->kind == ENTRY_MESSAGE)
		return put_message(cs, c, &turned, from);
	if (e->kind == ENTRY_ERROR)
		c->broken = entry_is_reset(e) ? ECONNRESET : EIO;
	else if (e->state == ENTRY_CLOSED)
		return put_near_closed(cs, c, e);
	else if (e->state == ENTRY_HALF_CLOSED)
		return pcapng_end(cs, c, e->ended == ENTRY_OUT ? PCAPNG_PEER
		                                               : PCAPNG_US);
	return 0;
}

/* Of TLS a transcript has the plain text alone. */
static int note_plain(struct pcapng_conns *cs, const struct entry *e)
{
	static const char tls[] = " TLS";
	if (!memmem(e->bytes, e->len, tls, strlen(tls)))
		return 0;
	return pcapng_note(cs, e->session, "the connection speaks TLS: the "
	                   "packets have the plain text");
}

/* Those before it is open say nothing of a connection. */
static int put_state(struct pcapng_conns *cs, enum endpoint_mode mode,
                     const struct entry *e)
{
	struct pcapng_conn *c = pcapng_find(cs, e->session);
	if (e->state == ENTRY_OPEN && (note_plain(cs, e) || begin_near(cs, e)))
		return -1;
	if (e->state == ENTRY_OPEN)
		return conn_of(cs, mode, e) ? 0 : -1;
	if (!c || e->state < ENTRY_OPEN)
		return 0;
	if (e->state == ENTRY_HALF_CLOSED)
		return pcapng_end(cs, c, e->ended == ENTRY_OUT ? PCAPNG_US
		                                               : PCAPNG_PEER);
	return put_closed(cs, c, e);
}

/* What broke it comes before it is closed. */
static void note_error(struct pcapng_conns *cs, const struct entry *e)
{
	struct pcapng_conn *c = pcapng_find(cs, e->session);
	if (c)
		c->broken = entry_is_reset(e) ? ECONNRESET : EIO;
}

int pcapng_entry(struct pcapng_conns *cs, enum endpoint_mode mode,
                 const struct entry *e, size_t from)
{
	struct pcapng_conn *c;
	cs->packets.now_ns = time_ns(e, 0);
	if (e->kind == ENTRY_STATE && e->state == ENTRY_LISTENING)
		cs->ours = read_address(e->local, AF_INET);
	if (!e->session)
		return 0;
	if (put_near(cs, e, from))
		return -1;
	if (e->kind == ENTRY_STATE)
		return put_state(cs, mode, e);
	if (e->kind == ENTRY_ERROR)
		note_error(cs, e);
	if (e->kind != ENTRY_MESSAGE)
		return 0;
	c = conn_of(cs, mode, e);
	return c ? put_message(cs, c, e, from) : -1;
}
