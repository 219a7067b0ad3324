/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An encoding is a table of its characters, made once through iconv(3). */

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/encoding.h>
#include <sockchat/utf8.h>

#define LEAD UINT32_C(0xfffffffe) /* another byte follows */
#define BAD  UINT32_C(0xffffffff)

struct encoding {
	enum encoding_id id;
	uint32_t one[256];
	uint32_t two[128][256]; /* after a leading byte, from 0x80 on */
};

/* The names that iconv(3) knows. */
static const char *const names[ENCODING_COUNT] = {
	[ENCODING_UTF8] = "UTF-8",
	[ENCODING_CP949] = "CP949",
	[ENCODING_EUC_KR] = "EUC-KR",
	[ENCODING_SHIFT_JIS] = "CP932",
	[ENCODING_EUC_JP] = "EUC-JP",
	[ENCODING_GBK] = "GBK",
	[ENCODING_BIG5] = "BIG5",
	[ENCODING_LATIN1] = "ISO-8859-1",
	[ENCODING_LATIN2] = "ISO-8859-2",
	[ENCODING_LATIN9] = "ISO-8859-15",
	[ENCODING_CP1250] = "CP1250",
	[ENCODING_CP1251] = "CP1251",
	[ENCODING_CP1252] = "CP1252",
	[ENCODING_CP437] = "CP437",
	[ENCODING_CP850] = "CP850",
	[ENCODING_KOI8_R] = "KOI8-R",
	[ENCODING_KOI8_U] = "KOI8-U",
};

/* The character that `bytes` are; LEAD when they are only the beginning of
 * one. */
static uint32_t ask_iconv(iconv_t way, const uint8_t *bytes, size_t len)
{
	uint8_t out[16];
	char *from = (char *)(uintptr_t)bytes, *to = (char *)out;
	size_t room = sizeof(out);
	uint32_t cp;
	iconv(way, NULL, NULL, NULL, NULL);
	if (iconv(way, &from, &len, &to, &room) == (size_t)-1)
		return errno == EINVAL ? LEAD : BAD;
	if (sizeof(out) - room != sizeof(cp))
		return BAD;
	memcpy(&cp, out, sizeof(cp));
	return cp;
}

/* The name of UTF-32 in this machine's order of bytes. */
static const char *native_utf32(void)
{
	const uint16_t one = 1;
	uint8_t first;
	memcpy(&first, &one, 1);
	return first ? "UTF-32LE" : "UTF-32BE";
}

static void fill_tables(struct encoding *enc, iconv_t way)
{
	for (unsigned i = 0; i < 256; i++) {
		uint8_t pair[2] = { (uint8_t)i };
		enc->one[i] = i < 0x80 ? i : ask_iconv(way, pair, 1);
		for (unsigned k = 0; enc->one[i] == LEAD && k < 256; k++) {
			uint32_t *place = &enc->two[i - 0x80][k];
			pair[1] = (uint8_t)k;
			*place = ask_iconv(way, pair, 2);
			if (*place == LEAD)
				*place = BAD; /* three bytes: not here */
		}
	}
}

struct encoding *encoding_open(enum encoding_id id, struct error *e)
{
	iconv_t way = iconv_open(native_utf32(), names[id]);
	if (way == (iconv_t)-1) {
		error_set(e, "this system can't decode %s", names[id]);
		error_set_hint(e, "`iconv -l` lists what it can");
		return NULL;
	}
	struct encoding *enc = malloc(sizeof(*enc));
	if (!enc) {
		iconv_close(way);
		error_set_errno(e, ENOMEM, "cannot decode %s", names[id]);
		return NULL;
	}
	enc->id = id;
	fill_tables(enc, way);
	iconv_close(way);
	return enc;
}

void encoding_close(struct encoding *enc)
{
	free(enc);
}

enum encoding_id encoding_id(const struct encoding *enc)
{
	return enc ? enc->id : ENCODING_UTF8;
}

/* The first character.  `*used` becomes its number of bytes, 1 for BAD. */
static uint32_t decode_character(const struct encoding *enc,
                                 const uint8_t *bytes, size_t len, size_t *used)
{
	uint32_t cp = enc->one[bytes[0]];
	*used = 1;
	if (cp != LEAD)
		return cp;
	cp = len > 1 ? enc->two[bytes[0] - 0x80][bytes[1]] : BAD;
	*used += cp != BAD;
	return cp;
}

size_t encoding_unfinished(const struct encoding *enc, const uint8_t *bytes,
                           size_t len)
{
	size_t used = 0;
	if (!enc)
		return utf8_unfinished(bytes, len);
	/* What a byte is depends on those before it. */
	for (size_t at = 0; at < len; at += used)
		(void)decode_character(enc, bytes + at, len - at, &used);
	return used == 1 && enc->one[bytes[len - 1]] == LEAD;
}

size_t encoding_next(const struct encoding *enc, struct glyph *g,
                     const uint8_t *bytes, size_t len, unsigned flags)
{
	uint8_t text[4];
	if (!len || bytes[0] < 0x80 || flags & GLYPH_ASCII)
		return glyph_next(g, bytes, len ? 1 : 0, flags);
	size_t used;
	uint32_t cp = decode_character(enc, bytes, len, &used);
	size_t n = cp == BAD ? 0 : utf8_encode(text, cp);
	if (!n) /* a single byte from 0x80 on is no UTF-8 either */
		return glyph_next(g, bytes, 1, 0);
	glyph_next(g, text, n, 0);
	return g->len = used;
}

static int refuse_character(const struct encoding *enc, const char *at,
                            size_t left, struct error *e)
{
	struct glyph g;
	glyph_next(&g, (const uint8_t *)at, left, 0);
	error_set(e, "not sent: %s has no character \"%s\"", names[enc->id],
	          g.text);
	error_set_hint(e, "`/encoding utf-8` sends it as UTF-8, /hex as any "
	                  "bytes");
	return -1;
}

int encoding_append(const struct encoding *enc, struct bytes *out,
                    const char *text, size_t len, struct error *e)
{
	iconv_t way = iconv_open(names[enc->id], "UTF-8");
	char *from = (char *)(uintptr_t)text, part[512], *to;
	size_t before = out->len, done = 0;
	int failed = way == (iconv_t)-1;
	while (!failed && len && done != (size_t)-1) {
		size_t room = sizeof(part);
		to = part;
		done = iconv(way, &from, &len, &to, &room);
		if (done == (size_t)-1 && errno == E2BIG)
			done = 0;
		if (bytes_append(out, part, sizeof(part) - room)) {
			iconv_close(way);
			out->len = before;
			return error_set_errno(e, ENOMEM, "not sent");
		}
	}
	if (way != (iconv_t)-1)
		iconv_close(way);
	if (failed)
		return error_set(e, "not sent: this system can't encode %s",
		                 names[enc->id]);
	if (done != (size_t)-1)
		return 0;
	out->len = before;
	return refuse_character(enc, from, len, e);
}

int encoding_decode(const struct encoding *enc, struct bytes *out,
                    const uint8_t *bytes, size_t len)
{
	for (size_t used; len; bytes += used, len -= used) {
		uint8_t text[4];
		uint32_t cp = decode_character(enc, bytes, len, &used);
		size_t n = cp == BAD ? 0 : utf8_encode(text, cp);
		if (bytes_append(out, n ? text : bytes, n ? n : 1))
			return -1;
	}
	return 0;
}

static bool is_ascii_text(const char *text)
{
	for (; *text; text++)
		if ((uint8_t)*text >= 0x80)
			return false;
	return true;
}

struct pattern *encoding_pattern(const struct encoding *enc, const char *text,
                                 struct error *e)
{
	struct bytes coded = { 0 }, hex = { 0 };
	struct pattern *found = NULL;
	if (!enc || is_ascii_text(text) || strncmp(text, "re:", 3) == 0 ||
	    strlen(text) > PATTERN_MAX / 4)
		return pattern_new(text, e);
	int failed = encoding_append(enc, &coded, text, strlen(text), e) ||
	             bytes_printf(&hex, "hex:");
	for (size_t i = 0; !failed && i < coded.len; i++)
		failed = bytes_printf(&hex, "%02x", coded.data[i]);
	if (!failed)
		found = pattern_new(bytes_text(&hex), e);
	bytes_finish(&coded);
	bytes_finish(&hex);
	return found;
}
