/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/utf8.h>

#include "pcapng_judge.h"

#define SEGMENT_MAX 1460

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct packet {
	const uint8_t *hosts[2], *tcp, *bytes;
	size_t host_len, len;
	unsigned ports[2], flags;
	uint32_t number, ack;
};

static uint32_t word(const uint8_t *at)
{
	uint32_t w;
	memcpy(&w, at, sizeof(w));
	return w;
}

static unsigned half(const uint8_t *at)
{
	uint16_t h;
	memcpy(&h, at, sizeof(h));
	return h;
}

static unsigned net16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t net32(const uint8_t *at)
{
	return (uint32_t)net16(at) << 16 | net16(at + 2);
}

/* Byte by byte, not as the program does it. */
static unsigned long sum(const uint8_t *at, size_t len)
{
	unsigned long n = 0;
	for (size_t i = 0; i < len; i++)
		n += i % 2 ? at[i] : (unsigned long)at[i] << 8;
	return n;
}

static bool is_whole(unsigned long n)
{
	while (n >> 16)
		n = (n & 0xffff) + (n >> 16);
	return n == 0xffff;
}

static const char *read_ip(struct packet *p, const uint8_t *at, size_t len)
{
	bool is_v4 = len >= 20 && at[0] == 0x45;
	if (!is_v4 && (len < 40 || at[0] >> 4 != 6))
		return "no IP";
	size_t head = is_v4 ? 20 : 40;
	if (is_v4 && (net16(at + 2) != len || !is_whole(sum(at, 20))))
		return "a wrong IPv4 header";
	if (!is_v4 && net16(at + 4) != len - 40)
		return "a wrong IPv6 length";
	if (at[is_v4 ? 9 : 6] != 6)
		return "no TCP";
	p->host_len = is_v4 ? 4 : 16;
	p->hosts[0] = at + (is_v4 ? 12 : 8);
	p->hosts[1] = p->hosts[0] + p->host_len;
	p->tcp = at + head;
	p->len = len - head;
	return NULL;
}

static const char *read_tcp(struct packet *p)
{
	size_t head = p->len < 20 ? 0 : (size_t)(p->tcp[12] >> 4) * 4;
	if (head < 20 || head > p->len)
		return "a wrong TCP header";
	if (!is_whole(sum(p->hosts[0], 2 * p->host_len) + 6 + p->len +
	              sum(p->tcp, p->len)))
		return "a wrong TCP checksum";
	p->ports[0] = net16(p->tcp);
	p->ports[1] = net16(p->tcp + 2);
	p->number = net32(p->tcp + 4);
	p->ack = net32(p->tcp + 8);
	p->flags = p->tcp[13];
	p->bytes = p->tcp + head;
	p->len -= head;
	return p->len > SEGMENT_MAX ? "a segment is too long" : NULL;
}

/* Who of a stream sends it: 0, 1; -1: it is of another one. */
static int sender(const struct seen_stream *s, const struct packet *p)
{
	for (int i = 0; i < 2; i++) {
		const struct seen_end *from = &s->ends[i], *to = &s->ends[!i];
		if (s->host_len == p->host_len &&
		    from->port == p->ports[0] && to->port == p->ports[1] &&
		    memcmp(from->host, p->hosts[0], p->host_len) == 0 &&
		    memcmp(to->host, p->hosts[1], p->host_len) == 0)
			return i;
	}
	return -1;
}

static struct seen_stream *find_stream(struct pcapng_seen *seen,
                                       const struct packet *p, int *from)
{
	for (size_t i = seen->stream_count; i-- > 0;) {
		*from = sender(&seen->streams[i], p);
		if (*from >= 0)
			return &seen->streams[i];
	}
	return NULL;
}

static struct seen_stream *add_stream(struct pcapng_seen *seen,
                                      const struct packet *p)
{
	if (seen->stream_count == SEEN_MAX)
		return NULL;
	struct seen_stream *s = &seen->streams[seen->stream_count++];
	s->host_len = p->host_len;
	for (int i = 0; i < 2; i++) {
		memcpy(s->ends[i].host, p->hosts[i], p->host_len);
		s->ends[i].port = p->ports[i];
	}
	return s;
}

static const char *judge_order(const struct seen_stream *s,
                               const struct packet *p, int from)
{
	const struct seen_end *a = &s->ends[from], *b = &s->ends[!from];
	if (s->is_over)
		return "something follows a reset";
	if (a->has_syn && p->number != a->next)
		return "a sequence number is wrong";
	if (p->flags & ACK && (!b->has_syn || p->ack != b->next))
		return "an acknowledgement is wrong";
	if (!(p->flags & (ACK | SYN)))
		return "nothing is acknowledged";
	return a->has_fin && (p->len || p->flags & FIN)
	           ? "something follows an end" : NULL;
}

static const char *judge_segment(struct pcapng_seen *seen,
                                 const struct packet *p)
{
	int from = 0;
	bool begins = p->flags & SYN && !(p->flags & ACK);
	struct seen_stream *s = begins ? add_stream(seen, p)
	                               : find_stream(seen, p, &from);
	if (!s)
		return "a stream without a beginning";
	struct seen_end *end = &s->ends[from];
	const char *wrong = seen->has_gaps ? NULL : judge_order(s, p, from);
	if (wrong)
		return wrong;
	end->has_syn |= (p->flags & SYN) > 0;
	end->has_fin |= (p->flags & FIN) > 0;
	end->has_rst |= (p->flags & RST) > 0;
	s->is_over |= end->has_rst;
	seen->resets += end->has_rst;
	end->next = p->number + (uint32_t)p->len +
	            !!(p->flags & (SYN | FIN));
	return bytes_append(&end->bytes, p->bytes, p->len) ? "no memory" : NULL;
}

static const char *judge_packet(struct pcapng_seen *seen, const uint8_t *at,
                                size_t len)
{
	struct packet p;
	uint64_t ns = (uint64_t)word(at + 4) << 32 | word(at + 8);
	size_t size = word(at + 12);
	if (size > len - 20 || word(at + 16) != size)
		return "a packet is longer than its block";
	if (ns <= seen->last_ns)
		return "time goes back";
	seen->last_ns = ns;
	seen->packets++;
	const char *wrong = read_ip(&p, at + 20, size);
	wrong = wrong ? wrong : read_tcp(&p);
	return wrong ? wrong : judge_segment(seen, &p);
}

static const char *judge_name(struct pcapng_seen *seen, const uint8_t *at,
                              size_t len)
{
	size_t size = half(at + 2), host = half(at) == 1 ? 4 : 16;
	if (size + 8 > len || size < host + 2 || at[4 + size - 1])
		return "a wrong name";
	return bytes_printf(&seen->names, "%s\n", at + 4 + host) ? "no memory"
	                                                         : NULL;
}

static const char *judge_keys(struct pcapng_seen *seen, const uint8_t *at,
                              size_t len)
{
	size_t size = word(at + 4);
	if (word(at) != 0x544c534b || size > len - 8 || !size ||
	    at[8 + size - 1] != '\n')
		return "wrong keys";
	return bytes_append(&seen->keys, at + 8, size) ? "no memory" : NULL;
}

static const char *judge_option(struct pcapng_seen *seen, unsigned type,
                                unsigned code, const uint8_t *at, size_t len)
{
	uint64_t number = 0;
	memcpy(&number, at, len == 8 ? 8 : 0);
	if (type == 5 && code == 4)
		seen->counted = number;
	if (type == 5 && code == 5)
		seen->lost = number;
	if (code != 1)
		return NULL;
	if (!utf8_is_valid(at, len))
		return "a comment is no UTF-8";
	return bytes_append(&seen->comments, at, len) ||
	       bytes_append_byte(&seen->comments, '\n') ? "no memory" : NULL;
}

static const char *judge_options(struct pcapng_seen *seen, unsigned type,
                                 const uint8_t *at, size_t len)
{
	const char *wrong = NULL;
	while (len && !wrong) {
		if (len < 4)
			return "half an option";
		size_t size = half(at + 2), step = 4 + (size + 3) / 4 * 4;
		if (half(at) == 0)
			return len == 4 ? NULL : "options follow the last one";
		if (step > len)
			return "an option is longer than its block";
		wrong = judge_option(seen, type, half(at), at + 4, size);
		at += step;
		len -= step;
	}
	return wrong;
}

/* The kinds of blocks, and how long their own fields are. */
static const struct kind {
	uint32_t type;
	char letter;
	size_t head_len;
	const char *(*judge)(struct pcapng_seen *seen, const uint8_t *at,
	                     size_t len);
} kinds[] = {
	{ 0x0a0d0d0a, 'H', 16, NULL }, { 1, 'I', 8, NULL },
	{ 4, 'N', 8, judge_name },     { 5, 'S', 12, NULL },
	{ 6, 'P', 20, judge_packet },  { 10, 'K', 8, judge_keys },
};

static const struct kind *kind_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* Where the options begin. */
static size_t options_at(const struct kind *k, const uint8_t *at, size_t len)
{
	if (k->letter == 'N')
		return len;
	size_t body = k->letter == 'P' ? word(at + 12)
	              : k->letter == 'K' ? word(at + 4) : 0;
	return k->head_len + (body + 3) / 4 * 4;
}

static const char *judge_block(struct pcapng_seen *seen, const uint8_t *at,
                               size_t len)
{
	const struct kind *k = kind_of(word(at));
	if (!k)
		return "an unknown block";
	if (word(at + len - 4) != len || len - 12 < k->head_len)
		return "a wrong length of a block";
	if (seen->blocks.len < 2 && k->letter != "HI"[seen->blocks.len])
		return "no head";
	if (bytes_append_byte(&seen->blocks, (uint8_t)k->letter))
		return "no memory";
	at += 8;
	len -= 12;
	const char *wrong = k->judge ? k->judge(seen, at, len) : NULL;
	size_t options = options_at(k, at, len);
	if (!wrong && options > len)
		wrong = "a body is longer than its block";
	return wrong ? wrong : judge_options(seen, k->type, at + options,
	                                     len - options);
}

const char *pcapng_judge(struct pcapng_seen *seen, const uint8_t *file,
                         size_t len)
{
	const char *wrong = NULL;
	while (len && !wrong) {
		size_t size = len < 12 ? 0 : word(file + 4);
		if (size < 12 || size > len || size % 4)
			return "half a block";
		wrong = judge_block(seen, file, size);
		file += size;
		len -= size;
	}
	return wrong;
}

void pcapng_seen_finish(struct pcapng_seen *seen)
{
	for (size_t i = 0; i < seen->stream_count; i++)
		for (int j = 0; j < 2; j++)
			bytes_finish(&seen->streams[i].ends[j].bytes);
	bytes_finish(&seen->blocks);
	bytes_finish(&seen->comments);
	bytes_finish(&seen->names);
	bytes_finish(&seen->keys);
}
