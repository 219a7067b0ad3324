/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdbool.h>
#include <string.h>

#include "pcapng_blocks.h"

#define PROGRAM          "sockchat"
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define LINKTYPE_RAW     101 /* IPv4 or IPv6, as the first half byte says */
#define TLS_KEY_LOG      0x544c534bu
#define NAME_END_LEN     4 /* of the record behind the last name */
#define HIGH_HALF(n)     ((uint32_t)((n) >> 32))

enum {
	SECTION_BLOCK = 0x0a0d0d0a,
	INTERFACE_BLOCK = 1,
	NAME_BLOCK = 4,
	STATISTICS_BLOCK = 5,
	PACKET_BLOCK = 6,
	SECRETS_BLOCK = 10,
};

enum {
	SECTION_PROGRAM = 4,
	INTERFACE_NAME = 2,
	INTERFACE_DESCRIPTION = 3,
	INTERFACE_RESOLUTION = 9,
	STATISTICS_START = 2,
	STATISTICS_END = 3,
	STATISTICS_PACKETS = 4,
	STATISTICS_LOST = 5,
};

enum { NAME_IPV4 = 1, NAME_IPV6 = 2 };

struct block {
	uint32_t type;
	const void *head; /* behind its length */
	size_t head_len;  /* whole words */
	size_t body_len;
	const struct bytes *options; /* or NULL */
};

static size_t pad_len(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Append `len` bytes of zeroes.  There is room. */
static uint8_t *append_zeroes(struct bytes *b, size_t len)
{
	uint8_t *at = b->data + b->len;
	memset(at, 0, len);
	b->len += len;
	return at;
}

/* The same for bytes, up to a whole word. */
static void append_padded(struct bytes *b, const void *bytes, size_t len)
{
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
	append_zeroes(b, pad_len(len) - len);
}

int pcapng_option(struct bytes *options, unsigned code, const void *value,
                  size_t len)
{
	uint16_t head[] = { (uint16_t)code, (uint16_t)len };
	if (bytes_reserve(options, sizeof(head) + pad_len(len)))
		return -1;
	append_padded(options, head, sizeof(head));
	append_padded(options, value, len);
	return 0;
}

/* The body's place, of which only the padding is set; NULL without memory. */
static uint8_t *append_block(struct bytes *out, const struct block *b)
{
	bool has_options = b->options && b->options->len;
	size_t options = has_options ? b->options->len + 4 : 0;
	uint32_t total = (uint32_t)(12 + b->head_len + pad_len(b->body_len) +
	                            options);
	uint32_t begin[] = { b->type, total };
	if (bytes_reserve(out, total))
		return NULL;
	append_padded(out, begin, sizeof(begin));
	append_padded(out, b->head, b->head_len);
	uint8_t *body = out->data + out->len;
	out->len += b->body_len;
	append_zeroes(out, pad_len(b->body_len) - b->body_len);
	if (has_options) {
		append_padded(out, b->options->data, b->options->len);
		append_zeroes(out, 4);
	}
	append_padded(out, &total, sizeof(total));
	return body;
}

/* A block without a body.  Frees its options; `failed`: they lack memory. */
static int append_bodiless(struct bytes *out, const struct block *b,
                           struct bytes *options, bool failed)
{
	failed = failed || !append_block(out, b);
	bytes_finish(options);
	return failed ? -1 : 0;
}

static int text_option(struct bytes *options, unsigned code, const char *text)
{
	return pcapng_option(options, code, text, strlen(text));
}

int pcapng_section(struct bytes *out)
{
	const struct {
		uint32_t byte_order;
		uint16_t major, minor;
		int64_t len; /* -1: not known */
	} head = { BYTE_ORDER_MAGIC, 1, 0, -1 };
	struct bytes options = { 0 };
	bool failed = text_option(&options, SECTION_PROGRAM, PROGRAM);
	return append_bodiless(out, &(struct block){
		SECTION_BLOCK, &head, sizeof(head), 0, &options,
	}, &options, failed);
}

int pcapng_interface(struct bytes *out, const char *description)
{
	const struct {
		uint16_t link_type, reserved;
		uint32_t packet_max; /* 0: none */
	} head = { LINKTYPE_RAW, 0, 0 };
	const uint8_t resolution = 9; /* decimal places of a second */
	struct bytes options = { 0 };
	bool failed =
	    text_option(&options, INTERFACE_NAME, PROGRAM) ||
	    text_option(&options, INTERFACE_DESCRIPTION, description) ||
	    pcapng_option(&options, INTERFACE_RESOLUTION, &resolution, 1);
	return append_bodiless(out, &(struct block){
		INTERFACE_BLOCK, &head, sizeof(head), 0, &options,
	}, &options, failed);
}

uint8_t *pcapng_packet(struct bytes *out, uint64_t time_ns, size_t len,
                       const struct bytes *options)
{
	const uint32_t head[] = {
		0, HIGH_HALF(time_ns), (uint32_t)time_ns, (uint32_t)len,
		(uint32_t)len,
	};
	return append_block(out, &(struct block){
		PACKET_BLOCK, head, sizeof(head), len, options,
	});
}

int pcapng_name(struct bytes *out, const void *host, size_t len,
                const char *name)
{
	size_t name_len = strlen(name) + 1, record = len + name_len;
	uint16_t head[] = { len == 4 ? NAME_IPV4 : NAME_IPV6,
		            (uint16_t)record };
	uint8_t *at = append_block(out, &(struct block){
		NAME_BLOCK, head, sizeof(head), pad_len(record) + NAME_END_LEN,
		NULL,
	});
	if (!at)
		return -1;
	memset(at, 0, pad_len(record) + NAME_END_LEN);
	memcpy(at, host, len);
	memcpy(at + len, name, name_len);
	return 0;
}

int pcapng_secrets(struct bytes *out, const struct bytes *lines)
{
	const uint32_t head[] = { TLS_KEY_LOG, (uint32_t)lines->len };
	uint8_t *at = append_block(out, &(struct block){
		SECRETS_BLOCK, head, sizeof(head), lines->len, NULL,
	});
	if (at)
		memcpy(at, lines->data, lines->len);
	return at ? 0 : -1;
}

/* Times are two words, the high one first; numbers are one. */
static int time_option(struct bytes *options, unsigned code, uint64_t ns)
{
	const uint32_t words[] = { HIGH_HALF(ns), (uint32_t)ns };
	return pcapng_option(options, code, words, sizeof(words));
}

static int number_option(struct bytes *options, unsigned code, uint64_t number)
{
	return pcapng_option(options, code, &number, sizeof(number));
}

int pcapng_statistics(struct bytes *out, const struct pcapng_sums *sums,
                      struct bytes *options)
{
	const uint32_t head[] = { 0, HIGH_HALF(sums->last_ns),
		                  (uint32_t)sums->last_ns };
	bool failed =
	    time_option(options, STATISTICS_START, sums->first_ns) ||
	    time_option(options, STATISTICS_END, sums->last_ns) ||
	    number_option(options, STATISTICS_PACKETS, sums->packets) ||
	    number_option(options, STATISTICS_LOST, sums->lost);
	return append_bodiless(out, &(struct block){
		STATISTICS_BLOCK, head, sizeof(head), 0, options,
	}, options, failed);
}
