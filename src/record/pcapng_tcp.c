/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include "pcapng_tcp.h"

#define SEGMENT_MAX  1440 /* bytes of a packet: Ethernet's, for IPv6 too */
#define ACK_SEGMENTS 32   /* after so many the other side acknowledges */
#define WINDOW       65535 /* more than are ever not acknowledged */
#define TCP_PROTOCOL 6
#define TCP_LEN      20
#define CHECKSUM_AT  16 /* in TCP's header */

enum {
	FIN = 1,
	SYN = 2,
	RST = 4,
	PSH = 8,
	ACK = 16,
};

/* A SYN tells how long the other side's segments may be. */
static const uint8_t segment_option[] = {
	2, 4, SEGMENT_MAX >> 8, SEGMENT_MAX & 0xff,
};

struct segment {
	enum pcapng_side from;
	unsigned flags;
	const uint8_t *bytes;
	size_t len;
};

/* Returns its length; its checksum is left out. */
static size_t put_tcp(uint8_t *at, const struct pcapng_stream *s,
                      const struct segment *g)
{
	const struct pcapng_end *from = &s->ends[g->from];
	const struct pcapng_end *to = &s->ends[!g->from];
	size_t option_len = g->flags & SYN ? sizeof(segment_option) : 0;
	memcpy(at, from->port, 2);
	memcpy(at + 2, to->port, 2);
	pcapng_put32(at + 4, from->next);
	pcapng_put32(at + 8, g->flags & ACK ? to->next : 0);
	at[12] = (uint8_t)((TCP_LEN + option_len) / 4 << 4);
	at[13] = (uint8_t)g->flags;
	pcapng_put16(at + 14, WINDOW);
	memcpy(at + TCP_LEN, segment_option, option_len);
	return TCP_LEN + option_len;
}

static int put_segment(struct pcapng_stream *s, struct pcapng_packets *p,
                       const struct segment *g)
{
	uint8_t tcp[TCP_LEN + sizeof(segment_option)] = { 0 };
	size_t head_len = put_tcp(tcp, s, g), len = head_len + g->len;
	uint8_t *at = pcapng_ip_begin(s, p, g->from, TCP_PROTOCOL, len);
	if (!at)
		return -1;
	memcpy(at, tcp, head_len);
	if (g->len)
		memcpy(at + head_len, g->bytes, g->len);
	pcapng_ip_put_checksum(s, TCP_PROTOCOL, at, len, CHECKSUM_AT);
	s->ends[g->from].next += (uint32_t)g->len + !!(g->flags & (SYN | FIN));
	return 0;
}

static int put_flags(struct pcapng_stream *s, struct pcapng_packets *p,
                     enum pcapng_side from, unsigned flags)
{
	return put_segment(s, p, &(struct segment){ from, flags, NULL, 0 });
}

static enum pcapng_side other(enum pcapng_side side)
{
	return side == PCAPNG_US ? PCAPNG_PEER : PCAPNG_US;
}

int pcapng_stream_open(struct pcapng_stream *s, struct pcapng_packets *p,
                       enum pcapng_side from)
{
	return put_flags(s, p, from, SYN) ||
	       put_flags(s, p, other(from), SYN | ACK) ||
	       put_flags(s, p, from, ACK) ? -1 : 0;
}

int pcapng_stream_bytes(struct pcapng_stream *s, struct pcapng_packets *p,
                        enum pcapng_side from, const void *bytes, size_t len)
{
	struct segment g = { from, ACK, bytes, 0 };
	for (int i = 1; len; i++, g.bytes += g.len, len -= g.len) {
		bool is_last = len <= SEGMENT_MAX;
		g.len = is_last ? len : SEGMENT_MAX;
		g.flags |= is_last ? PSH : 0;
		if (put_segment(s, p, &g))
			return -1;
		if ((is_last || i % ACK_SEGMENTS == 0) &&
		    put_flags(s, p, other(from), ACK))
			return -1;
	}
	return 0;
}

int pcapng_stream_end(struct pcapng_stream *s, struct pcapng_packets *p,
                      enum pcapng_side from)
{
	if (s->ends[from].has_ended)
		return 0;
	s->ends[from].has_ended = true;
	return put_flags(s, p, from, FIN | ACK) ||
	       put_flags(s, p, other(from), ACK) ? -1 : 0;
}

int pcapng_stream_reset(struct pcapng_stream *s, struct pcapng_packets *p,
                        enum pcapng_side from)
{
	return put_flags(s, p, from, RST | ACK);
}
