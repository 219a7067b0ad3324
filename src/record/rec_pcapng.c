/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The format pcapng: packets for what sockets moved, and what decrypts them. */

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/link.h>
#include <sockchat/number.h>
#include <sockchat/sink.h>
#include <sockchat/transport.h>

#include "pcapng_conns.h"
#include "pcapng_entries.h"

#define NOTES_MAX ((size_t)16 * 1024) /* that wait for a packet */

struct rec_pcapng {
	struct sink head;
	struct pcapng_conns conns;
	/* The packets of what came last below TLS, and the secrets that OpenSSL
	 * has found in it: these have to stand before those. */
	struct bytes held, secrets;
};

static struct rec_pcapng *rec_of(struct sink *s)
{
	return (struct rec_pcapng *)s;
}

/* Append what was held. */
static int release(struct rec_pcapng *r, struct bytes *out)
{
	if (r->secrets.len && pcapng_secrets(out, &r->secrets))
		return -1;
	bytes_clear(&r->secrets);
	if (r->held.len && bytes_append(out, r->held.data, r->held.len))
		return -1;
	bytes_clear(&r->held);
	return 0;
}

static int open_pcapng(struct sink *s, struct bytes *out)
{
	char description[ENDPOINT_TEXT_MAX + 64];
	snprintf(description, sizeof(description),
	         "%s %s: packets made of what sockets moved",
	         s->mode == ENDPOINT_LISTEN ? "listen" : "connect",
	         s->endpoint ? s->endpoint : "");
	return pcapng_section(out) || pcapng_interface(out, description)
	           ? -1 : 0;
}

/* Connections */

static uint64_t key_of(const struct wire_news *n)
{
	return (uintptr_t)n->socket;
}

/* The addresses of the socket itself, also when a proxy is at its other end. */
static void find_facts(const struct wire_news *n, unsigned wanted,
                       struct transport_facts *facts)
{
	*facts = (struct transport_facts){ 0 };
	n->socket->ops->facts(n->socket, wanted, facts);
}

/* NULL without memory. */
static struct pcapng_conn *meet(struct rec_pcapng *r, const struct wire_news *n)
{
	struct transport_facts facts;
	find_facts(n, FACTS_LOCAL | FACTS_PEER, &facts);
	const struct pcapng_ends ends = {
		facts.local, facts.peer,
		n->socket->is_accepted ? PCAPNG_PEER : PCAPNG_US,
		n->socket->ops->traits & TRANSPORT_MESSAGES,
	};
	return pcapng_add(&r->conns, key_of(n), &ends);
}

/* Note what the link knows of it. */
static int learn(struct rec_pcapng *r, struct pcapng_conn *c,
                 const struct wire_news *n)
{
	if (!n->link || c->session)
		return 0;
	c->session = n->link->number;
	c->side = n->link->is_near  ? PCAPNG_CLIENTS
	          : n->link->is_far ? PCAPNG_TARGETS
	                            : NULL;
	if (n->link->is_accepted || n->socket->is_relayed)
		return 0;
	return pcapng_call(&r->conns, c, n->link->where);
}

/* Bytes had moved before anybody heard them.  Datagrams need no beginning. */
static bool is_late(const struct wire_news *n)
{
	if (n->socket->ops->traits & TRANSPORT_MESSAGES)
		return false;
	return n->socket->has_moved || (n->link && n->kind != WIRE_OPEN);
}

static int begin(struct rec_pcapng *r, struct pcapng_conn *c,
                 const struct wire_news *n)
{
	if (is_late(n) &&
	    pcapng_note(&r->conns, 0, "the recording begins in the middle of "
	                "this connection: its handshake is invented"))
		return -1;
	return pcapng_open(&r->conns, c);
}

/* What its news tells, by kind. */

static enum pcapng_side side_of(const struct wire_news *n)
{
	return n->is_out ? PCAPNG_US : PCAPNG_PEER;
}

static int put_bytes(struct rec_pcapng *r, struct pcapng_conn *c,
                     const struct wire_news *n)
{
	return pcapng_bytes(&r->conns, c, side_of(n), n->bytes, n->len);
}

static int put_end(struct rec_pcapng *r, struct pcapng_conn *c,
                   const struct wire_news *n)
{
	return pcapng_end(&r->conns, c, side_of(n));
}

static bool is_tcp(const struct wire_news *n)
{
	return n->socket->ops->traits & TRANSPORT_TCP;
}

/* What the peer had sent before its reset may still be read.  A unix socket
 * whose peer has closed is a broken pipe: that is no reset. */
static int note_break(struct rec_pcapng *r, struct pcapng_conn *c,
                      const struct wire_news *n)
{
	(void)r;
	if (!c->broken && (n->errnum != EPIPE || is_tcp(n)))
		c->broken = n->errnum;
	return 0;
}

/* Closing resets also when something has not been read (RFC 2525, 2.17). */
static bool resets(const struct wire_news *n)
{
	struct transport_facts facts;
	if (n->is_aborted && is_tcp(n))
		return true;
	find_facts(n, FACTS_UNREAD, &facts);
	return facts.unread > 0;
}

/* After other breaks than a reset nobody says anything. */
static int put_last(struct rec_pcapng *r, struct pcapng_conn *c,
                    const struct wire_news *n)
{
	if (c->broken)
		return pcapng_is_reset(c->broken)
		           ? pcapng_reset(&r->conns, c, PCAPNG_PEER) : 0;
	if (pcapng_stream_is_over(&c->stream))
		return 0;
	if (resets(n))
		return pcapng_reset(&r->conns, c, PCAPNG_US);
	return pcapng_end(&r->conns, c, PCAPNG_US);
}

static int put_close(struct rec_pcapng *r, struct pcapng_conn *c,
                     const struct wire_news *n)
{
	int failed = put_last(r, c, n);
	pcapng_remove(&r->conns, c);
	return failed;
}

typedef int put_fn(struct rec_pcapng *r, struct pcapng_conn *c,
                   const struct wire_news *n);

static put_fn *const put_news[] = {
	[WIRE_BYTES] = put_bytes,
	[WIRE_END] = put_end,
	[WIRE_BROKEN] = note_break,
	[WIRE_CLOSED] = put_close,
};

static int hold_secret(struct rec_pcapng *r, const struct wire_news *n)
{
	return bytes_append(&r->secrets, n->bytes, n->len) ||
	       bytes_append_byte(&r->secrets, '\n') ? -1 : 0;
}

/* Whether something lies on the socket that may find secrets in these bytes. */
static bool may_be_secret(const struct wire_news *n)
{
	return n->kind == WIRE_BYTES && !n->is_out && n->layers == WIRE_SOCKET;
}

static int tell_pcapng(struct rec_pcapng *r, const struct wire_news *n)
{
	struct pcapng_conn *c = pcapng_find(&r->conns, key_of(n));
	bool is_new = !c;
	if (is_new && !n->socket->is_open) /* nobody was reached */
		return 0;
	if (is_new)
		c = meet(r, n);
	if (!c || learn(r, c, n) || (is_new && begin(r, c, n)))
		return -1;
	return n->kind == WIRE_OPEN ? 0 : put_news[n->kind](r, c, n);
}

static int write_pcapng(struct sink *s, const struct wire_news *n,
                        struct bytes *out)
{
	struct rec_pcapng *r = rec_of(s);
	if (n->kind == WIRE_SECRET)
		return hold_secret(r, n);
	if (!(n->layers & WIRE_SOCKET) && n->kind != WIRE_OPEN)
		return 0;
	if (release(r, out))
		return -1;
	r->conns.packets.out = may_be_secret(n) ? &r->held : out;
	r->conns.packets.now_ns = stamp_now().wall_us * 1000;
	int failed = tell_pcapng(r, n);
	s->packets = r->conns.packets.sums.packets;
	return failed;
}

static int flush_pcapng(struct sink *s, struct bytes *out)
{
	return release(rec_of(s), out);
}

/* Entries */

/* What did not go as it came, in the middle. */
static int note_fate(struct pcapng_conns *cs, const struct entry *e,
                     size_t from)
{
	struct bytes text = { 0 };
	if (!e->fate)
		return 0;
	int failed = sink_append_fate(&text, e, from) ||
	             pcapng_note(cs, e->session, "%s", bytes_text(&text));
	bytes_finish(&text);
	return failed ? -1 : 0;
}

static int write_pcapng_entry(struct sink *s, const struct entry *e,
                              size_t from, struct bytes *out)
{
	struct pcapng_conns *cs = &rec_of(s)->conns;
	if (e->kind == ENTRY_MESSAGE ? note_fate(cs, e, from)
	                             : pcapng_note_entry(cs, e))
		return -1;
	if (cs->notes.len > NOTES_MAX && pcapng_sum_up(cs, out))
		return -1;
	cs->packets.out = out;
	return s->has_entries_alone ? pcapng_entry(cs, s->mode, e, from) : 0;
}

static int write_pcapng_gap(struct sink *s, const struct sink_gap *g,
                            struct bytes *out)
{
	struct pcapng_conns *cs = &rec_of(s)->conns;
	char size[16];
	(void)out;
	cs->packets.sums.lost += g->entries;
	return pcapng_note(cs, 0, "%s (%" PRIu64 " packet%s) are missing "
	                   "before this one: %s",
	                   number_format_size(size, g->bytes), g->entries,
	                   g->entries == 1 ? "" : "s", sink_why(g->errnum));
}

static int close_pcapng(struct sink *s, struct bytes *out)
{
	struct rec_pcapng *r = rec_of(s);
	int failed = release(r, out) || pcapng_sum_up(&r->conns, out);
	pcapng_conns_finish(&r->conns);
	bytes_finish(&r->held);
	bytes_finish(&r->secrets);
	return failed ? -1 : 0;
}

const struct sink_ops sink_pcapng = {
	.name = "pcapng",
	.suffixes = { ".pcapng" },
	.help = "packets, for Wireshark and tshark",
	.hears = SINK_ENTRIES | SINK_WIRE | SINK_SOCKETS,
	.ignores_messages = true,
	.size = sizeof(struct rec_pcapng),
	.open = open_pcapng,
	.entry = write_pcapng_entry,
	.wire = write_pcapng,
	.gap = write_pcapng_gap,
	.flush = flush_pcapng,
	.close = close_pcapng,
};
