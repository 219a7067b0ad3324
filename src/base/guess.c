/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Encodings are told apart by what is common in them: almost any bytes decode
 * as something, so that decoding alone says little. */

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>

#include <sockchat/encoding.h>
#include <sockchat/utf8.h>

static bool is_between(uint8_t byte, uint8_t first, uint8_t last)
{
	return byte >= first && byte <= last;
}

static bool is_ascii_letter(uint8_t byte)
{
	return is_between(byte | 0x20, 'a', 'z');
}

/* True for text that has something beyond ASCII and is not UTF-8. */
static bool is_foreign(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((bytes[i] < ' ' && !is_between(bytes[i], '\t', '\r')) ||
		    bytes[i] == 0x7f)
			return false;
	return !utf8_is_valid(bytes, len - utf8_unfinished(bytes, len));
}

/* Hangul syllables of KS X 1001 are almost all of Korean; its first rows are
 * punctuation. */
static bool is_korean(const uint8_t *bytes, size_t len)
{
	size_t hangul = 0, others = 0;
	for (size_t i = 0; i + 1 < len; i++) {
		if (bytes[i] < 0x80)
			continue;
		bool is_common = is_between(bytes[i], 0xb0, 0xc8) &&
		                 bytes[i + 1] >= 0xa1;
		if (is_common)
			hangul++;
		else if (!is_between(bytes[i], 0xa1, 0xa3))
			others++;
		i++;
	}
	return hangul > 9 * others;
}

/* Two bytes a character, and several in a row; half-width katakana, of one
 * byte, are rare. */
static bool is_japanese(const uint8_t *bytes, size_t len)
{
	size_t pairs = 0, halves = 0, row = 0, longest = 0;
	for (size_t i = 0; i < len; i++) {
		if (is_between(bytes[i], 0xa1, 0xdf)) {
			halves++;
		} else if (bytes[i] >= 0x80 && i + 1 < len) {
			pairs++;
			row++;
			i++;
		} else {
			row = 0;
		}
		longest = row > longest ? row : longest;
	}
	return longest >= 2 && halves <= pairs / 4;
}

/* The letters beyond ASCII stand among letters of ASCII, which are no fewer. */
static bool is_western(const uint8_t *bytes, size_t len)
{
	size_t plain = 0, high = 0, letters = 0;
	for (size_t i = 0; i < len; i++) {
		if (is_between(bytes[i], 0x80, 0x9f))
			return false;
		plain += is_ascii_letter(bytes[i]);
		high += bytes[i] >= 0xa0;
		letters += bytes[i] >= 0xc0 && bytes[i] != 0xd7 &&
		           bytes[i] != 0xf7;
	}
	return letters && letters * 2 >= high && plain >= high;
}

static bool decodes_as(const char *name, const uint8_t *bytes, size_t len)
{
	char out[4 * GUESS_MAX], *to = out, *from = (char *)(uintptr_t)bytes;
	size_t room = sizeof(out);
	iconv_t way = iconv_open("UTF-32LE", name);
	if (way == (iconv_t)-1)
		return false;
	bool is_good = iconv(way, &from, &len, &to, &room) != (size_t)-1 ||
	               errno == EINVAL;
	iconv_close(way);
	return is_good;
}

static const struct {
	enum guess guess;
	const char *name;
	bool (*is_likely)(const uint8_t *bytes, size_t len);
} rows[] = {
	{ GUESS_CP949, "CP949", is_korean },
	{ GUESS_SHIFT_JIS, "SHIFT_JIS", is_japanese },
	{ GUESS_LATIN1, "ISO-8859-1", is_western },
};

enum guess guess_encoding(const uint8_t *bytes, size_t len)
{
	if (len > GUESS_MAX)
		len = GUESS_MAX;
	if (!is_foreign(bytes, len))
		return GUESS_NONE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].is_likely(bytes, len) &&
		    decodes_as(rows[i].name, bytes, len))
			return rows[i].guess;
	return GUESS_NONE;
}
