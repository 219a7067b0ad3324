/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/utf8.h>

/* What the first bytes up to `last` say: the length, their own bits, and the
 * range of the second byte, which keeps out overlong forms and surrogates. */
struct lead {
	uint8_t last, len, mask, low, high;
};

static const struct lead leads[] = {
	{ 0x7f, 1, 0x7f, 0x00, 0x00 },
	{ 0xdf, 2, 0x1f, 0x80, 0xbf },
	{ 0xe0, 3, 0x0f, 0xa0, 0xbf },
	{ 0xec, 3, 0x0f, 0x80, 0xbf },
	{ 0xed, 3, 0x0f, 0x80, 0x9f },
	{ 0xef, 3, 0x0f, 0x80, 0xbf },
	{ 0xf0, 4, 0x07, 0x90, 0xbf },
	{ 0xf3, 4, 0x07, 0x80, 0xbf },
	{ 0xf4, 4, 0x07, 0x80, 0x8f },
};

static const struct lead *find_lead(uint8_t byte)
{
	const struct lead *lead = leads;
	if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4)
		return NULL;
	while (byte > lead->last)
		lead++;
	return lead;
}

int utf8_decode(const uint8_t *bytes, size_t len, uint32_t *cp)
{
	const struct lead *lead = find_lead(bytes[0]);
	if (!lead)
		return UTF8_BAD;
	uint32_t value = bytes[0] & lead->mask;
	uint8_t low = lead->low, high = lead->high;
	for (size_t i = 1; i < lead->len; i++) {
		if (i == len)
			return UTF8_INCOMPLETE;
		if (bytes[i] < low || bytes[i] > high)
			return UTF8_BAD;
		value = value << 6 | (bytes[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*cp = value;
	return lead->len;
}

size_t utf8_encode(uint8_t out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if ((cp >= 0xd800 && cp <= 0xdfff) || cp > 0x10ffff)
		return 0;
	size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, cp >>= 6)
		out[i] = (uint8_t)(0x80 | (cp & 0x3f));
	out[0] = (uint8_t)(0xf00 >> len | cp);
	return len;
}

/* Printable ASCII. */
#define FIRST ' '
#define COUNT (uint8_t)(0x7f - FIRST)

/* Most text is plain: so many bytes are looked at together. */
#define BLOCK 16
typedef uint8_t block __attribute__((vector_size(BLOCK)));

static block load_block(const uint8_t *bytes)
{
	block loaded;
	memcpy(&loaded, bytes, BLOCK);
	return loaded;
}

static bool is_any(block flags)
{
	uint64_t halves[2];
	memcpy(halves, &flags, BLOCK);
	return halves[0] | halves[1];
}

/* Whether any byte is not printable ASCII, or one of these. */
static bool is_any_odd(const uint8_t *bytes, uint8_t stop, uint8_t stop2)
{
	block b = load_block(bytes);
	return is_any((block)(b - FIRST >= COUNT) | (block)(b == stop) |
	              (block)(b == stop2));
}

/* The last block ends with the bytes: it overlaps the one before it. */
size_t utf8_plain(const uint8_t *bytes, size_t len, uint8_t stop,
                  uint8_t stop2)
{
	size_t n = 0;
	while (len - n >= BLOCK && !is_any_odd(bytes + n, stop, stop2))
		n += BLOCK;
	if (n && len - n < BLOCK &&
	    !is_any_odd(bytes + len - BLOCK, stop, stop2))
		return len;
	while (n < len && (uint8_t)(bytes[n] - FIRST) < COUNT &&
	       bytes[n] != stop && bytes[n] != stop2)
		n++;
	return n;
}

size_t utf8_text_len(const uint8_t *bytes, size_t len)
{
	size_t done = 0;
	uint32_t cp;
	while (done < len) {
		int n = utf8_decode(bytes + done, len - done, &cp);
		if (n < 0 || utf8_is_control(cp))
			break;
		done += (size_t)n;
	}
	return done;
}

bool utf8_is_valid(const uint8_t *bytes, size_t len)
{
	uint32_t cp;
	int n;
	for (size_t i = 0; i < len; i += (size_t)n) {
		if (len - i >= BLOCK && !is_any(load_block(bytes + i) & 0x80))
			n = BLOCK;
		else if (bytes[i] < 0x80)
			n = 1;
		else if ((n = utf8_decode(bytes + i, len - i, &cp)) < 0)
			return false;
	}
	return true;
}

size_t utf8_unfinished(const uint8_t *bytes, size_t len)
{
	uint32_t cp;
	for (size_t n = 1; n <= 3 && n <= len; n++)
		if (bytes[len - n] >= 0xc0)
			return utf8_decode(bytes + len - n, n, &cp) ==
			               UTF8_INCOMPLETE
			           ? n
			           : 0;
	return 0;
}
