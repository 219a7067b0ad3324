/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A writer of JSON (RFC 8259), one object a line. */

#include <inttypes.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/base64.h>
#include <sockchat/json.h>
#include <sockchat/utf8.h>

static void put(struct json *j, const void *bytes, size_t len)
{
	if (!j->failed && bytes_append(j->out, bytes, len))
		j->failed = true;
}

static void put_text(struct json *j, const char *text)
{
	put(j, text, strlen(text));
}

static void put_name(struct json *j, const char *name)
{
	if (j->has_member)
		put_text(j, ",");
	j->has_member = true;
	if (!*name)
		return;
	put_text(j, "\"");
	put_text(j, name);
	put_text(j, "\":");
}

static void put_unit(struct json *j, uint32_t unit)
{
	if (!j->failed && bytes_printf(j->out, "\\u%04x", unit))
		j->failed = true;
}

/* Characters above the basic plane are two units (RFC 8259, 7). */
static void put_escaped(struct json *j, uint32_t cp)
{
	if (cp < 0x10000) {
		put_unit(j, cp);
		return;
	}
	put_unit(j, 0xd800 + ((cp - 0x10000) >> 10));
	put_unit(j, 0xdc00 + ((cp - 0x10000) & 0x3ff));
}

/* JSON has no escape for a byte: it becomes the text \xNN, as on the screen. */
static void put_bad(struct json *j, uint8_t byte)
{
	if (!j->failed && bytes_printf(j->out, "\\\\x%02x", byte))
		j->failed = true;
}

/* Put one character, or a byte that is none.  Returns its length. */
static size_t put_character(struct json *j, const uint8_t *bytes, size_t len)
{
	static const char letters[] = "\"\\bfnrt",
	                  values[] = "\"\\\b\f\n\r\t";
	struct glyph g;
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	if (n < 0) {
		put_bad(j, bytes[0]);
		return 1;
	}
	const char *value = cp && cp < 0x80 ? strchr(values, (int)cp) : NULL;
	if (value) {
		char pair[2] = { '\\', letters[value - values] };
		put(j, pair, 2);
	} else if (!glyph_next(&g, bytes, (size_t)n, 0) || g.is_escaped) {
		put_escaped(j, cp);
	} else {
		put(j, bytes, (size_t)n);
	}
	return (size_t)n;
}

void json_begin(struct json *j, struct bytes *out)
{
	*j = (struct json){ .out = out };
	put_text(j, "{");
}

/* Most text is plain: it goes in runs. */
static size_t plain_run(const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && bytes[n] >= 0x20 && bytes[n] < 0x7f &&
	       bytes[n] != '"' && bytes[n] != '\\')
		n++;
	return n;
}

void json_bytes(struct json *j, const char *name, const uint8_t *bytes,
                size_t len)
{
	put_name(j, name);
	put_text(j, "\"");
	while (len && !j->failed) {
		size_t n = plain_run(bytes, len);
		if (n)
			put(j, bytes, n);
		else
			n = put_character(j, bytes, len);
		bytes += n;
		len -= n;
	}
	put_text(j, "\"");
}

void json_text(struct json *j, const char *name, const char *value)
{
	json_bytes(j, name, (const uint8_t *)value, strlen(value));
}

void json_base64(struct json *j, const char *name, const uint8_t *bytes,
                 size_t len)
{
	put_name(j, name);
	put_text(j, "\"");
	if (!j->failed && base64_append(j->out, bytes, len))
		j->failed = true;
	put_text(j, "\"");
}

void json_number(struct json *j, const char *name, uint64_t value)
{
	put_name(j, name);
	if (!j->failed && bytes_printf(j->out, "%" PRIu64, value))
		j->failed = true;
}

void json_bool(struct json *j, const char *name, bool value)
{
	put_name(j, name);
	put_text(j, value ? "true" : "false");
}

void json_milli(struct json *j, const char *name, uint64_t value)
{
	put_name(j, name);
	if (!j->failed && bytes_printf(j->out, "%" PRIu64 ".%03u", value / 1000,
	                               (unsigned)(value % 1000)))
		j->failed = true;
}

static void open_nest(struct json *j, const char *name, const char *mark)
{
	put_name(j, name);
	put_text(j, mark);
	j->has_member = false;
}

static void close_nest(struct json *j, const char *mark)
{
	put_text(j, mark);
	j->has_member = true;
}

void json_begin_object(struct json *j, const char *name)
{
	open_nest(j, name, "{");
}

void json_end_object(struct json *j)
{
	close_nest(j, "}");
}

void json_begin_list(struct json *j, const char *name)
{
	open_nest(j, name, "[");
}

void json_end_list(struct json *j)
{
	close_nest(j, "]");
}

int json_end(struct json *j)
{
	put_text(j, "}\n");
	return j->failed ? -1 : 0;
}
