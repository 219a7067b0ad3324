/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/endpoint.h>
#include <sockchat/glyph.h>

#include "pcapng_conns.h"

/* Invented ports: of a server, no protocol's own; of its clients. */
#define PORT_SERVER  65000
#define PORT_CLIENT  49152
#define PORTS_CLIENT 10000

/* A comment that waits for a packet; its text stands behind it. */
struct note {
	uint32_t session, len;
};

/* Comments */

int pcapng_note(struct pcapng_conns *cs, uint32_t session, const char *format,
                ...)
{
	char text[GLYPH_SENTENCE_MAX];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	struct note n = { session, (uint32_t)strlen(text) };
	if (bytes_reserve(&cs->notes, sizeof(n) + n.len) ||
	    bytes_append(&cs->notes, &n, sizeof(n)))
		return -1;
	return bytes_append(&cs->notes, text, n.len);
}

int pcapng_note_entry(struct pcapng_conns *cs, const struct entry *e)
{
	return pcapng_note(cs, e->session, "%s%.*s%s%s%s",
	                   e->kind == ENTRY_ERROR ? "error: " : "", (int)e->len,
	                   (const char *)e->bytes, *e->hint ? " (" : "",
	                   e->hint, *e->hint ? ")" : "");
}

/* "peer 2: the connection of its client" */
static int take_side(struct pcapng_conns *cs, struct pcapng_conn *c)
{
	char text[80] = "";
	if (!c->side)
		return 0;
	text_add(text, sizeof(text), "peer %" PRIu32 ": %s",
	         c->session & ~ENTRY_OLD_SESSION, c->side);
	c->side = NULL;
	return pcapng_option(&cs->packets.options, PCAPNG_COMMENT, text,
	                     strlen(text));
}

/* Move the comments for this connection to its next packet. */
static int take_notes(struct pcapng_conns *cs, struct pcapng_conn *c)
{
	struct bytes *notes = &cs->notes;
	size_t at = 0, kept = 0;
	int failed = take_side(cs, c);
	while (at < notes->len) {
		struct note n;
		const uint8_t *record = notes->data + at;
		memcpy(&n, record, sizeof(n));
		size_t len = sizeof(n) + n.len;
		bool is_its = !n.session || n.session == c->session;
		at += len;
		if (is_its) {
			failed |= pcapng_option(&cs->packets.options,
			                        PCAPNG_COMMENT,
			                        record + sizeof(n), n.len);
		} else {
			memmove(notes->data + kept, record, len);
			kept += len;
		}
	}
	notes->len = kept;
	return failed;
}

static int add_summary_note(struct bytes *options, const struct note *n,
                            const uint8_t *text)
{
	char comment[GLYPH_SENTENCE_MAX + 24];
	int len = n->session ? snprintf(comment, sizeof(comment),
	                                "peer %" PRIu32 ": ",
	                                n->session & ~ENTRY_OLD_SESSION) : 0;
	memcpy(comment + len, text, n->len);
	return pcapng_option(options, PCAPNG_COMMENT, comment,
	                     (size_t)len + n->len);
}

int pcapng_sum_up(struct pcapng_conns *cs, struct bytes *out)
{
	struct bytes options = { 0 };
	int failed = 0;
	for (size_t at = 0; at < cs->notes.len && !failed;) {
		struct note n;
		memcpy(&n, cs->notes.data + at, sizeof(n));
		failed = add_summary_note(&options, &n,
		                          cs->notes.data + at + sizeof(n));
		at += sizeof(n) + n.len;
	}
	bytes_clear(&cs->notes);
	if (failed)
		bytes_finish(&options);
	return failed ? -1
	              : pcapng_statistics(out, &cs->packets.sums, &options);
}

/* Addresses */

/* Those that nobody has (RFC 5737, RFC 3849). */
void pcapng_invent(struct address *a, int family, enum pcapng_side side,
                   unsigned port)
{
	static const char *const hosts[2][2] = {
		{ "192.0.2.1", "192.0.2.2" },
		{ "2001:db8::1", "2001:db8::2" },
	};
	uint8_t host[sizeof(struct in6_addr)];
	(void)inet_pton(family, hosts[family == AF_INET6][side], host);
	address_set_host(a, family, host);
	address_set_port(a, port);
}

static int note_invented(struct pcapng_conns *cs,
                         const struct pcapng_ends *ends)
{
	char name[ADDRESS_TEXT_MAX];
	const struct address *named =
	    ends->us.len ? &ends->us : &ends->peer;
	if (!named->len || named->sa.ss_family != AF_UNIX)
		return pcapng_note(cs, 0, "the addresses of this connection "
		                   "are not known: these are invented");
	address_format(named, name);
	return pcapng_note(cs, 0, "this is a unix socket (%s): the addresses "
	                   "are invented", name);
}

/* As RFC 9293, 3.4.1, has it: a clock of 4 microseconds. */
static uint32_t first_number(const struct pcapng_conns *cs)
{
	return (uint32_t)(cs->packets.now_ns / 4000);
}

static int invent_both(struct pcapng_conns *cs, struct pcapng_conn *c,
                       const struct pcapng_ends *ends)
{
	struct address made[2];
	for (int i = 0; i < 2; i++)
		pcapng_invent(&made[i], AF_INET, (enum pcapng_side)i,
		              i == (int)c->client
		                  ? PORT_CLIENT + cs->met % PORTS_CLIENT
		                  : PORT_SERVER);
	return pcapng_stream_init(&c->stream, &made[PCAPNG_US],
	                          &made[PCAPNG_PEER], first_number(cs))
	           ? note_invented(cs, ends) : -1;
}

int pcapng_call(struct pcapng_conns *cs, const struct pcapng_conn *c,
                const char *endpoint)
{
	struct endpoint ep;
	struct error e;
	if (endpoint_parse(&ep, ENDPOINT_CONNECT, &endpoint, 1, &e) ||
	    !endpoint_has_name(&ep))
		return 0;
	return pcapng_name(cs->packets.out, c->stream.ends[PCAPNG_PEER].host,
	                   c->stream.host_len, ep.host);
}

/* Connections */

static size_t find_index(const struct pcapng_conns *cs, uint64_t key)
{
	size_t i;
	ARRAY_FIND(i, cs->count, cs->list[i]->key >= key);
	return i;
}

struct pcapng_conn *pcapng_find(const struct pcapng_conns *cs, uint64_t key)
{
	size_t i = find_index(cs, key);
	return i < cs->count && cs->list[i]->key == key ? cs->list[i] : NULL;
}

/* NULL without memory. */
static struct pcapng_conn *insert_conn(struct pcapng_conns *cs, uint64_t key)
{
	struct pcapng_conn *c = calloc(1, sizeof(*c));
	size_t i = find_index(cs, key);
	struct pcapng_conn **grown =
	    c ? array_insert(cs->list, &cs->cap, cs->count, sizeof(*grown), i)
	      : NULL;
	if (!grown) {
		free(c);
		return NULL;
	}
	c->key = key;
	grown[i] = c;
	cs->list = grown;
	cs->count++;
	return c;
}

struct pcapng_conn *pcapng_add(struct pcapng_conns *cs, uint64_t key,
                               const struct pcapng_ends *ends)
{
	struct pcapng_conn *c = insert_conn(cs, key);
	if (!c)
		return NULL;
	c->client = ends->client;
	c->has_datagrams = ends->has_datagrams;
	cs->met++;
	if (pcapng_stream_init(&c->stream, &ends->us, &ends->peer,
	                       first_number(cs)) ||
	    invent_both(cs, c, ends) == 0)
		return c;
	pcapng_remove(cs, c);
	return NULL;
}

void pcapng_remove(struct pcapng_conns *cs, struct pcapng_conn *c)
{
	size_t i = find_index(cs, c->key);
	array_remove(cs->list, cs->count--, sizeof(*cs->list), i);
	free(c);
}

void pcapng_conns_finish(struct pcapng_conns *cs)
{
	for (size_t i = 0; i < cs->count; i++)
		free(cs->list[i]);
	free(cs->list);
	bytes_finish(&cs->notes);
	bytes_finish(&cs->packets.options);
	*cs = (struct pcapng_conns){ 0 };
}

/* Packets */

int pcapng_open(struct pcapng_conns *cs, struct pcapng_conn *c)
{
	if (c->has_datagrams)
		return 0;
	return take_notes(cs, c) ||
	       pcapng_stream_open(&c->stream, &cs->packets, c->client) ? -1 : 0;
}

int pcapng_bytes(struct pcapng_conns *cs, struct pcapng_conn *c,
                 enum pcapng_side from, const void *bytes, size_t len)
{
	if (c->has_datagrams)
		return take_notes(cs, c) ||
		       pcapng_udp_datagram(&c->stream, &cs->packets, from,
		                           bytes, len) ? -1 : 0;
	return take_notes(cs, c) ||
	       pcapng_stream_bytes(&c->stream, &cs->packets, from, bytes,
	                           len) ? -1 : 0;
}

int pcapng_end(struct pcapng_conns *cs, struct pcapng_conn *c,
               enum pcapng_side from)
{
	if (c->has_datagrams || c->stream.ends[from].has_ended)
		return 0;
	return take_notes(cs, c) ||
	       pcapng_stream_end(&c->stream, &cs->packets, from) ? -1 : 0;
}

int pcapng_reset(struct pcapng_conns *cs, struct pcapng_conn *c,
                 enum pcapng_side from)
{
	if (c->has_datagrams)
		return 0;
	return take_notes(cs, c) ||
	       pcapng_stream_reset(&c->stream, &cs->packets, from) ? -1 : 0;
}
