/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include "pcapng_udp.h"

#define UDP_PROTOCOL 17
#define UDP_LEN      8 /* of its header */
#define CHECKSUM_AT  6

/* A checksum of 0 would say that there is none. */
static void put_checksum(const struct pcapng_stream *s, uint8_t *at,
                         size_t len)
{
	pcapng_ip_put_checksum(s, UDP_PROTOCOL, at, len, CHECKSUM_AT);
	if (!at[CHECKSUM_AT] && !at[CHECKSUM_AT + 1])
		pcapng_put16(at + CHECKSUM_AT, 0xffff);
}

int pcapng_udp_datagram(const struct pcapng_stream *s,
                        struct pcapng_packets *p, enum pcapng_side from,
                        const void *bytes, size_t len)
{
	uint8_t *at = pcapng_ip_begin(s, p, from, UDP_PROTOCOL, UDP_LEN + len);
	if (!at)
		return -1;
	memcpy(at, s->ends[from].port, 2);
	memcpy(at + 2, s->ends[!from].port, 2);
	pcapng_put16(at + 4, UDP_LEN + len);
	pcapng_put16(at + CHECKSUM_AT, 0);
	if (len)
		memcpy(at + UDP_LEN, bytes, len);
	put_checksum(s, at, UDP_LEN + len);
	return 0;
}
