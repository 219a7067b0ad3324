/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The packets that a TCP connection over IPv4 or IPv6 could have had, made from
 * what its sockets moved (RFC 9293). */

#ifndef SOCKCHAT_PCAPNG_TCP_H
#define SOCKCHAT_PCAPNG_TCP_H

#include "pcapng_ip.h"

/* The handshake that `from` begins. */
MUST_USE
int pcapng_stream_open(struct pcapng_stream *s, struct pcapng_packets *p,
                       enum pcapng_side from);
/* Bytes, and that the other side has them. */
MUST_USE
int pcapng_stream_bytes(struct pcapng_stream *s, struct pcapng_packets *p,
                        enum pcapng_side from, const void *bytes, size_t len);
/* The same for the end of a direction; nothing if it has ended before. */
MUST_USE
int pcapng_stream_end(struct pcapng_stream *s, struct pcapng_packets *p,
                      enum pcapng_side from);
MUST_USE
int pcapng_stream_reset(struct pcapng_stream *s, struct pcapng_packets *p,
                        enum pcapng_side from);

/* True if both directions have ended. */
static inline bool pcapng_stream_is_over(const struct pcapng_stream *s)
{
	return s->ends[0].has_ended && s->ends[1].has_ended;
}

#endif
