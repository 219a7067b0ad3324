/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Steps as they are written, so that people can read them: text in strings, a
 * line each; what is no text in rows of hex.  Nothing in it can drive a
 * terminal, and each sequence of bytes has one form. */

#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

#include "chatfile_private.h"

#define COLUMNS  78 /* of a row of text, before its closing quote */
#define HEX_ROW  16 /* bytes */
#define TEXT_MIN 10 /* bytes of text among others that are worth a string */
#define ONE_ROW  SIZE_MAX

/* The items of a step, in rows. */
struct rows {
	struct bytes *out;
	size_t column, columns; /* of the open row; of rows of text at most */
	bool is_begun; /* the first item is there: the next has its own row */
	bool is_open;  /* a string is */
	bool failed;
};

static void put(struct rows *r, const char *text, size_t len)
{
	r->failed |= bytes_append(r->out, text, len) != 0;
}

static void begin_item(struct rows *r)
{
	if (r->is_begun) {
		put(r, "\n  ", 3);
		r->column = 2;
	}
	r->is_begun = true;
}

/* Text */

static void open_string(struct rows *r)
{
	begin_item(r);
	put(r, "\"", 1);
	r->column++;
	r->is_open = true;
}

static void close_string(struct rows *r)
{
	if (r->is_open)
		put(r, "\"", 1);
	r->is_open = false;
}

/* What cannot be parted goes to the next row if this one has no room. */
static void put_token(struct rows *r, const char *text, size_t len,
                      size_t width)
{
	if (r->is_open && r->column + width > r->columns)
		close_string(r);
	if (!r->is_open)
		open_string(r);
	put(r, text, len);
	r->column += width;
}

static void put_byte_escape(struct rows *r, uint8_t byte, bool has_digit_next)
{
	char text[8], letter = escape_letter(byte);
	if (!byte && !has_digit_next)
		letter = '0';
	text[0] = '\0';
	if (letter)
		text_add(text, sizeof(text), "\\%c", letter);
	else
		text_add(text, sizeof(text), "\\x%02x", byte);
	put_token(r, text, strlen(text), strlen(text));
}

static bool is_digit_at(const uint8_t *bytes, const uint8_t *end)
{
	return bytes < end && *bytes >= '0' && *bytes <= '9';
}

/* A character beyond ASCII that does not show itself. */
static size_t put_code_point(struct rows *r, const uint8_t *bytes, size_t len)
{
	char text[16] = "";
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	if (n < 2)
		return 0;
	text_add(text, sizeof(text), "\\u{%x}", cp);
	put_token(r, text, strlen(text), strlen(text));
	return (size_t)n;
}

/* The first character of what has to be escaped.  Returns its length. */
static size_t put_escaped(struct rows *r, const uint8_t *bytes, size_t len)
{
	size_t n = put_code_point(r, bytes, len);
	if (n)
		return n;
	if (*bytes == '$')
		put_token(r, "\\$", 2, 2);
	else
		put_byte_escape(r, *bytes, is_digit_at(bytes + 1, bytes + len));
	if (*bytes == '\n' && r->columns != ONE_ROW)
		close_string(r);
	return 1;
}

/* How much at the beginning is plain ASCII that stands for itself, up to a
 * row. */
static size_t plain_length(const struct rows *r, const uint8_t *bytes,
                           size_t len)
{
	size_t used = r->is_open ? r->column : r->is_begun ? 3 : r->column + 1;
	size_t room = used < r->columns ? r->columns - used : 1;
	size_t n = utf8_plain(bytes, len < room ? len : room, '"', '\\');
	const uint8_t *dollar = memchr(bytes, '$', n);
	return dollar ? (size_t)(dollar - bytes) : n;
}

/* The length of the first character, which is beyond ASCII and shows itself; 0
 * if it is none. */
static size_t shown_length(const uint8_t *bytes, size_t len)
{
	uint32_t cp;
	int n = *bytes < 0xc2 ? 0 : utf8_decode(bytes, len, &cp);
	bool is_shown = n > 1 && !utf8_is_control(cp) && !glyph_is_hidden(cp);
	return is_shown ? (size_t)n : 0;
}

/* All scripts count as wide: so a file does not depend on the locale. */
static size_t put_character(struct rows *r, const uint8_t *bytes, size_t len)
{
	size_t n = shown_length(bytes, len);
	if (!n)
		return put_escaped(r, bytes, len);
	put_token(r, (const char *)bytes, n, 2);
	return n;
}

static void put_text(struct rows *r, const uint8_t *bytes, size_t len)
{
	while (len) {
		size_t n = plain_length(r, bytes, len);
		if (n)
			put_token(r, (const char *)bytes, n, n);
		else
			n = put_character(r, bytes, len);
		bytes += n;
		len -= n;
	}
}

/* Bytes */

static void put_hex(struct rows *r, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char row[3 * HEX_ROW];
	for (size_t at = 0; at < len; at += HEX_ROW) {
		size_t n = len - at < HEX_ROW ? len - at : HEX_ROW;
		for (size_t i = 0; i < n; i++) {
			row[3 * i] = digits[bytes[at + i] >> 4];
			row[3 * i + 1] = digits[bytes[at + i] & 15];
			row[3 * i + 2] = ' ';
		}
		begin_item(r);
		put(r, "hex \"", 5);
		put(r, row, 3 * n - 1);
		put(r, "\"", 1);
	}
}

/* How much at the beginning is text: what shows itself, tabs and the ends of
 * lines. */
static size_t text_length(const uint8_t *bytes, size_t len)
{
	size_t at = 0, n = 1;
	while (at < len && n) {
		n = utf8_plain(bytes + at, len - at, 0, 0);
		if (!n && memchr("\t\r\n", bytes[at], 3))
			n = 1;
		if (!n)
			n = shown_length(bytes + at, len - at);
		at += n;
	}
	return at;
}

/* How much at the beginning is no text, and runs of text that are short. */
static size_t binary_length(const uint8_t *bytes, size_t len)
{
	size_t at = 0;
	while (at < len) {
		size_t n = text_length(bytes + at, len - at);
		if (n >= TEXT_MIN)
			break;
		at += n + (at + n < len);
	}
	return at;
}

/* Whether more than half of it is text. */
static bool is_mostly_text(const uint8_t *bytes, size_t len)
{
	size_t others = 0;
	for (size_t at = 0; at < len; at++) {
		at += text_length(bytes + at, len - at);
		others += at < len;
	}
	return others < len - others;
}

static void put_bytes(struct rows *r, const uint8_t *bytes, size_t len)
{
	if (is_mostly_text(bytes, len)) {
		put_text(r, bytes, len);
		return;
	}
	for (size_t at = 0, n; at < len; at += n) {
		n = text_length(bytes + at, len - at);
		if (n >= TEXT_MIN)
			put_text(r, bytes + at, n);
		else
			put_hex(r, bytes + at,
			        n = binary_length(bytes + at, len - at));
		close_string(r);
	}
}

/* Text with ${NAME} in it. */
static void put_filled(struct rows *r, const struct chat_step *s)
{
	size_t at = 0;
	char text[CHATFILE_NAME_MAX + 8];
	for (size_t i = 0; i < s->fill_count; i++) {
		const struct chat_fill *f = &s->fills[i];
		put_text(r, s->bytes.data + at, f->at - at);
		text[0] = '\0';
		text_add(text, sizeof(text), "${%s}", f->name);
		put_token(r, text, strlen(text), strlen(text));
		at = f->at;
	}
	put_text(r, s->bytes.data + at, s->bytes.len - at);
}

static int write_items(struct bytes *out, const struct chat_step *s,
                       size_t column)
{
	struct rows r = { .out = out, .column = column, .columns = COLUMNS };
	if (s->fill_count)
		put_filled(&r, s);
	else
		put_bytes(&r, s->bytes.data, s->bytes.len);
	if (!r.is_begun)
		open_string(&r);
	close_string(&r);
	return r.failed ? -1 : 0;
}

/* Other steps */

/* Written as PCRE2 reads it. */
static int write_expression(struct bytes *out, const struct chat_step *s)
{
	const uint8_t *bytes = s->bytes.data;
	size_t len = s->bytes.len;
	struct glyph g;
	uint32_t cp;
	int failed = bytes_append_byte(out, '/');
	for (size_t n; len && (n = glyph_next(&g, bytes, len, GLYPH_ANY_WIDTH));
	     bytes += n, len -= n) {
		if (!g.is_escaped) {
			failed |= bytes_append(out, bytes, n);
			continue;
		}
		int decoded = utf8_decode(bytes, len, &cp);
		n = decoded > 0 ? (size_t)decoded : 1;
		failed |= bytes_printf(out, "\\x{%x}",
		                       decoded > 0 ? cp : *bytes);
	}
	return failed | bytes_append_byte(out, '/');
}

static int write_comment(struct bytes *out, const struct chat_step *s)
{
	const uint8_t *bytes = s->bytes.data;
	size_t len = s->bytes.len;
	struct glyph g;
	int failed = bytes_append_text(out, len ? "# " : "#");
	for (size_t n; len && (n = glyph_next(&g, bytes, len, GLYPH_ANY_WIDTH));
	     bytes += n, len -= n)
		failed |= *bytes == '\n' ? bytes_append_text(out, "\n# ")
		                         : bytes_append_text(out, g.text);
	return failed;
}

/* No longer than what can be read. */
static int write_seconds(struct bytes *out, const char *before, int64_t ns)
{
	int64_t ms = ns / MS_NS;
	if (ms > NUMBER_DURATION_MAX_MS)
		ms = NUMBER_DURATION_MAX_MS;
	return bytes_printf(out, "%s%lld.%03d", before, (long long)(ms / 1000),
	                    (int)(ms % 1000));
}

static int write_frame(struct bytes *out, const struct chat_step *s)
{
	char spec[FRAME_SPEC_MAX];
	frame_format(&s->frame, spec);
	return bytes_printf(out, "frame %s", spec);
}

static int write_kind(struct bytes *out, const struct chat_step *s,
                      size_t column)
{
	switch (s->kind) {
	case CHAT_BYTES:
		return write_items(out, s, column);
	case CHAT_MATCH:
		return write_expression(out, s);
	case CHAT_ANY:
		return bytes_append_text(out, "...");
	case CHAT_FIN:
		return bytes_append_text(out, "fin");
	case CHAT_RST:
		return bytes_append_text(out, "rst");
	case CHAT_STARTTLS:
		return bytes_append_text(out, "starttls");
	case CHAT_WAIT:
		return write_seconds(out, "wait ", s->pause_ns);
	case CHAT_FRAME:
		return write_frame(out, s);
	case CHAT_COMMENT:
		return write_comment(out, s);
	}
	return -1;
}

int chatfile_write_step(struct bytes *out, const struct chat_step *s)
{
	size_t begin = out->len;
	int failed = s->peer ? bytes_printf(out, "[%u] ", s->peer) : 0;
	if (s->has_pause && s->kind != CHAT_WAIT) {
		failed |= write_seconds(out, "+", s->pause_ns);
		failed |= bytes_append_byte(out, ' ');
	}
	if (s->side != CHAT_NEITHER)
		failed |= bytes_printf(out, "%c ",
		                       s->side == CHAT_OUT ? '>' : '<');
	failed |= write_kind(out, s, out->len - begin);
	return failed | bytes_append_byte(out, '\n');
}

/* The head */

/* An endpoint is one word, unless it is a path with blanks. */
static int write_endpoint(struct bytes *out, const char *endpoint)
{
	struct bytes word = { .data = (uint8_t *)endpoint,
	                      .len = strlen(endpoint) };
	struct rows r = { .out = out, .columns = ONE_ROW };
	bool is_plain = utf8_plain(word.data, word.len, ' ', '"') == word.len;
	if (is_plain && *endpoint != '#')
		return bytes_append(out, word.data, word.len);
	put_text(&r, word.data, word.len);
	close_string(&r);
	return r.failed ? -1 : 0;
}

int chatfile_write_head(struct bytes *out, enum endpoint_mode mode,
                        const char *endpoint)
{
	int failed = bytes_append_text(out, CHATFILE_FIRST "\n");
	if (!*endpoint)
		return failed;
	failed |= bytes_append_text(
	    out, mode == ENDPOINT_LISTEN ? "listen " : "connect ");
	failed |= write_endpoint(out, endpoint);
	return failed | bytes_append_byte(out, '\n');
}
