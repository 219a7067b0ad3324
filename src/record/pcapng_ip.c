/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <netinet/in.h>
#include <string.h>

#include "pcapng_ip.h"

#define HOPS     64
#define IPV4_LEN 20
#define IPV6_LEN 40

/* Add bytes to a sum of 16 bit words in one's complement.  64 bits at a time
 * come to the same, and so does either order of bytes (RFC 1071). */
static uint64_t add_up(uint64_t sum, const uint8_t *bytes, size_t len)
{
	uint64_t word;
	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum += word;
		sum += sum < word;
		bytes += sizeof(word);
	}
	word = 0;
	memcpy(&word, bytes, len);
	sum += word;
	return sum + (sum < word);
}

/* Write the checksum of what was added up. */
static void put_checksum(uint8_t *at, uint64_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	uint16_t folded = (uint16_t)~sum;
	memcpy(at, &folded, sizeof(folded));
}

static void put_ipv4(uint8_t *at, const struct pcapng_stream *s,
                     enum pcapng_side from, uint8_t protocol, size_t len,
                     uint64_t number)
{
	at[0] = 0x45;
	pcapng_put16(at + 2, IPV4_LEN + len);
	pcapng_put16(at + 4, number & 0xffff);
	at[6] = 0x40; /* it must not be cut */
	at[8] = HOPS;
	at[9] = protocol;
	memcpy(at + 12, s->ends[from].host, 4);
	memcpy(at + 16, s->ends[!from].host, 4);
	put_checksum(at + 10, add_up(0, at, IPV4_LEN));
}

static void put_ipv6(uint8_t *at, const struct pcapng_stream *s,
                     enum pcapng_side from, uint8_t protocol, size_t len)
{
	at[0] = 0x60;
	pcapng_put16(at + 4, len);
	at[6] = protocol;
	at[7] = HOPS;
	memcpy(at + 8, s->ends[from].host, 16);
	memcpy(at + 24, s->ends[!from].host, 16);
}

/* What such a checksum covers: `len` bytes, and what IP says of them (RFC 9293,
 * 3.1; RFC 8200, 8.1). */
static uint64_t add_up_packet(const struct pcapng_stream *s, uint8_t protocol,
                              const uint8_t *bytes, size_t len)
{
	uint8_t said[] = { 0, protocol, (uint8_t)(len >> 8), (uint8_t)len };
	uint64_t sum = add_up(0, said, sizeof(said));
	sum = add_up(sum, s->ends[0].host, s->host_len);
	sum = add_up(sum, s->ends[1].host, s->host_len);
	return add_up(sum, bytes, len);
}

void pcapng_ip_put_checksum(const struct pcapng_stream *s, uint8_t protocol,
                            uint8_t *bytes, size_t len, size_t at)
{
	put_checksum(bytes + at, add_up_packet(s, protocol, bytes, len));
}

/* Each packet is at least a nanosecond later than the one before. */
static uint64_t next_time(struct pcapng_packets *p)
{
	struct pcapng_sums *sums = &p->sums;
	uint64_t now = p->now_ns > 0 ? (uint64_t)p->now_ns : 0;
	sums->last_ns = now > sums->last_ns ? now : sums->last_ns + 1;
	if (!sums->packets++)
		sums->first_ns = sums->last_ns;
	return sums->last_ns;
}

uint8_t *pcapng_ip_begin(const struct pcapng_stream *s,
                         struct pcapng_packets *p, enum pcapng_side from,
                         uint8_t protocol, size_t len)
{
	size_t ip_len = s->host_len == 4 ? IPV4_LEN : IPV6_LEN;
	uint8_t *at = pcapng_packet(p->out, next_time(p), ip_len + len,
	                            &p->options);
	if (!at)
		return NULL;
	bytes_clear(&p->options);
	memset(at, 0, ip_len);
	if (ip_len == IPV4_LEN)
		put_ipv4(at, s, from, protocol, len, p->sums.packets);
	else
		put_ipv6(at, s, from, protocol, len);
	return at + ip_len;
}

/* As address_host(), but IPv4 within IPv6 is IPv4. */
static size_t find_host(const struct address *a, const uint8_t **host)
{
	const void *place;
	size_t len = a->len ? address_host((const void *)&a->sa, &place) : 0;
	if (!len)
		return 0;
	*host = place;
	if (len == 16 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)place)) {
		*host += 12;
		len = 4;
	}
	return len;
}

bool pcapng_stream_init(struct pcapng_stream *s, const struct address *us,
                        const struct address *peer, uint32_t first)
{
	const struct address *addresses[] = { us, peer };
	const uint8_t *hosts[2];
	size_t len = find_host(us, &hosts[0]);
	*s = (struct pcapng_stream){ .host_len = (uint8_t)len };
	if (!len || find_host(peer, &hosts[1]) != len)
		return false;
	for (int i = 0; i < 2; i++) {
		memcpy(s->ends[i].host, hosts[i], len);
		pcapng_put16(s->ends[i].port, address_port(addresses[i]));
		s->ends[i].next = first;
	}
	return true;
}
