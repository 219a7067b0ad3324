/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Packets of IPv4 and IPv6 between two addresses (RFC 791, 8200); what is in
 * them is TCP's or UDP's. */

#ifndef SOCKCHAT_PCAPNG_IP_H
#define SOCKCHAT_PCAPNG_IP_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/address.h>

#include "pcapng_blocks.h"

enum pcapng_side { PCAPNG_US, PCAPNG_PEER };

/* Where packets go. */
struct pcapng_packets {
	struct bytes *out;    /* borrowed for a call */
	int64_t now_ns;       /* since 1970; no two packets have one time */
	struct bytes options; /* of the next packet, which empties it */
	struct pcapng_sums sums;
};

struct pcapng_end {
	uint8_t host[16];
	uint8_t port[2];
	bool has_ended; /* by FIN */
	uint32_t next;  /* the next byte's sequence number, modulo 2^32 */
};

struct pcapng_stream {
	struct pcapng_end ends[2]; /* as enum pcapng_side counts */
	uint8_t host_len;          /* 4 or 16 */
};

/* A stream between two addresses whose sequence numbers begin at `first`.
 * False unless both are IPv4, or both IPv6; IPv4 within IPv6 is IPv4. */
MUST_USE
bool pcapng_stream_init(struct pcapng_stream *s, const struct address *us,
                        const struct address *peer, uint32_t first);

static inline void pcapng_put16(uint8_t *at, size_t number)
{
	at[0] = (uint8_t)(number >> 8);
	at[1] = (uint8_t)number;
}

static inline void pcapng_put32(uint8_t *at, uint32_t number)
{
	pcapng_put16(at, number >> 16);
	pcapng_put16(at + 2, number & 0xffff);
}

/* Begin a packet that has `len` bytes of a protocol.  Their place, borrowed
 * until the next change; NULL without memory. */
MUST_USE
uint8_t *pcapng_ip_begin(const struct pcapng_stream *s,
                         struct pcapng_packets *p, enum pcapng_side from,
                         uint8_t protocol, size_t len);
/* They stand there: put their checksum, and what IP says of them, at the place
 * in them where it was left 0. */
void pcapng_ip_put_checksum(const struct pcapng_stream *s, uint8_t protocol,
                            uint8_t *bytes, size_t len, size_t at);

#endif
