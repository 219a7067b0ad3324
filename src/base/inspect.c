/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One row for each kind of number.  Rows without an order come first. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sockchat/glyph.h>
#include <sockchat/inspect.h>
#include <sockchat/number.h>
#include <sockchat/utf8.h>

#define VARINT_MAX 10 /* bytes: enough for 64 bits */
#define BITS_MAX   2  /* bytes that are shown as bits */

/* Write a number whose bits are these. */
typedef void put_fn(char *out, uint64_t bits, size_t size);

static void put_unsigned(char *out, uint64_t bits, size_t size)
{
	(void)size;
	snprintf(out, INSPECT_VALUE_MAX, "%" PRIu64, bits);
}

static void put_signed(char *out, uint64_t bits, size_t size)
{
	snprintf(out, INSPECT_VALUE_MAX, "%" PRId64, number_signed(bits, size));
}

static void put_float(char *out, uint64_t bits, size_t size)
{
	uint32_t low = (uint32_t)bits;
	float value;
	(void)size;
	memcpy(&value, &low, sizeof(value));
	number_format_float(out, (double)value, true);
}

static void put_double(char *out, uint64_t bits, size_t size)
{
	double value;
	(void)size;
	memcpy(&value, &bits, sizeof(value));
	number_format_float(out, value, false);
}

/* Write the time in UTC; "-" beyond the years that have four digits.  Returns
 * how long it is. */
static size_t put_time(char *out, int64_t seconds)
{
	static const int64_t year_0 = INT64_C(-62167219200),
	                     year_10000 = INT64_C(253402300800);
	time_t when = (time_t)seconds;
	struct tm tm;
	bool is_far = seconds < year_0 || seconds >= year_10000;
	if (is_far || !gmtime_r(&when, &tm))
		return (size_t)snprintf(out, INSPECT_VALUE_MAX, "-");
	return strftime(out, INSPECT_VALUE_MAX, "%Y-%m-%d %H:%M:%S", &tm);
}

static void put_seconds(char *out, uint64_t bits, size_t size)
{
	put_time(out, size < 8 ? (int64_t)bits : number_signed(bits, size));
}

static void put_milliseconds(char *out, uint64_t bits, size_t size)
{
	int64_t ms = number_signed(bits, size);
	int64_t rest = (ms % 1000 + 1000) % 1000;
	size_t n = put_time(out, (ms - rest) / 1000);
	if (n > 1)
		snprintf(out + n, INSPECT_VALUE_MAX - n, ".%03d", (int)rest);
}

/* Kinds that have no order take as many bytes as they like. */
typedef void put_bytes_fn(char *out, const uint8_t *bytes, size_t len,
                          unsigned glyph_flags);

static void put_bits(char *out, const uint8_t *bytes, size_t len,
                     unsigned glyph_flags)
{
	(void)glyph_flags;
	for (size_t i = 0; i < len && i < BITS_MAX; i++) {
		if (i)
			*out++ = ' ';
		for (unsigned bit = 0x80; bit; bit >>= 1)
			*out++ = bytes[i] & bit ? '1' : '0';
	}
	*out = '\0';
}

static void put_character(char *out, const uint8_t *bytes, size_t len,
                          unsigned glyph_flags)
{
	struct glyph g;
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	if (n < 1)
		return;
	glyph_next(&g, bytes, (size_t)n, glyph_flags);
	snprintf(out, INSPECT_VALUE_MAX, "%s U+%04" PRIX32, g.text, cp);
}

/* LEB128: seven bits a byte, the lowest first; the highest bit says that
 * another one follows. */
static void put_varint(char *out, const uint8_t *bytes, size_t len,
                       unsigned glyph_flags)
{
	uint64_t value = 0;
	size_t i = 0;
	(void)glyph_flags;
	for (; i < len && i < VARINT_MAX; i++) {
		value |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
		if (bytes[i] < 0x80)
			break;
	}
	bool is_too_large = i == VARINT_MAX - 1 && bytes[i] > 1;
	if (i == len || i == VARINT_MAX || is_too_large)
		return;
	snprintf(out, INSPECT_VALUE_MAX, "%" PRIu64 " (%zu byte%s)", value,
	         i + 1, i ? "s" : "");
}

static const struct {
	const char *name;
	size_t size; /* in bytes */
	put_fn *put;
	put_bytes_fn *put_bytes;
} kinds[] = {
	{ "u8", 1, put_unsigned, NULL },
	{ "i8", 1, put_signed, NULL },
	{ "binary", 1, NULL, put_bits },
	{ "char", 1, NULL, put_character },
	{ "varint", 1, NULL, put_varint },
	{ "u16", 2, put_unsigned, NULL },
	{ "i16", 2, put_signed, NULL },
	{ "u24", 3, put_unsigned, NULL },
	{ "u32", 4, put_unsigned, NULL },
	{ "i32", 4, put_signed, NULL },
	{ "u64", 8, put_unsigned, NULL },
	{ "i64", 8, put_signed, NULL },
	{ "float", 4, put_float, NULL },
	{ "double", 8, put_double, NULL },
	{ "time32", 4, put_seconds, NULL },
	{ "time64", 8, put_seconds, NULL },
	{ "time ms", 8, put_milliseconds, NULL },
};

const struct inspect_row *inspect_row(struct inspect_row *row, size_t i,
                                      const uint8_t *bytes, size_t len,
                                      unsigned glyph_flags)
{
	if (i >= sizeof(kinds) / sizeof(*kinds))
		return NULL;
	size_t size = kinds[i].size;
	*row = (struct inspect_row){ .name = kinds[i].name, .big = "-" };
	row->little[0] = size > 1 ? '-' : '\0';
	if (len < size)
		return row;
	if (kinds[i].put_bytes)
		kinds[i].put_bytes(row->big, bytes, len, glyph_flags);
	else
		kinds[i].put(row->big, number_read_bits(bytes, size, false),
		             size);
	if (size > 1)
		kinds[i].put(row->little, number_read_bits(bytes, size, true),
		             size);
	return row;
}
