/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any FORMAT, which a NUL ends, over any payload: fields lie within it, and the
 * row is printable.  What is shown of integers and strings is packed into the
 * same bytes.  And any text for /pack. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/unpack.h>

#define insist(so) ((so) ? (void)0 : abort())

#define VALUES_MAX 1000

static void check_sentence(const struct error *e)
{
	for (const char *c = e->text; *c; c++)
		insist((unsigned char)*c >= ' ');
}

static void check_row(const char *format, const uint8_t *payload, size_t len)
{
	struct bytes row = { 0 };
	insist(unpack_text(&row, format, payload, len, NULL) == 0);
	insist(row.len <= UNPACK_ROW_MAX);
	for (size_t i = 0; i < row.len; i++)
		insist(row.data[i] >= ' ' && row.data[i] != 0x7f);
	bytes_finish(&row);
}

/* Append a value as it is typed. */
static void type_value(struct bytes *line, const struct unpack_value *v)
{
	char text[UNPACK_NUMBER_MAX];
	if (v->kind != UNPACK_CHAR) {
		unpack_number(text, v);
		insist(bytes_printf(line, " %s", text) == 0);
		return;
	}
	insist(bytes_append_text(line, " \"") == 0);
	for (size_t i = 0; i < v->len; i++)
		insist(bytes_printf(line, "\\x%02x", v->bytes[i]) == 0);
	insist(bytes_append_text(line, "\"") == 0);
}

/* Type all values of the payload.  False when it does not fit, and when two
 * payloads have the same values. */
static bool type_all(struct bytes *line, const char *format,
                     const uint8_t *payload, size_t len)
{
	struct unpack u;
	struct unpack_field f;
	struct error e;
	bool is_exact = true;
	unpack_begin(&u, format, strlen(format));
	while (unpack_read(&u, len, &f, &e)) {
		insist(f.at <= len && f.count * f.size <= len - f.at);
		is_exact &= f.count <= VALUES_MAX &&
		            (f.kind == UNPACK_INTEGER ||
		             f.kind == UNPACK_STRING ||
		             f.kind == UNPACK_CHAR || f.kind == UNPACK_REST);
		for (uint64_t i = 0; i < f.count && is_exact; i++) {
			struct unpack_value v = unpack_value(&f, payload, i);
			type_value(line, &v);
		}
	}
	check_sentence(&e);
	return is_exact && !*e.text && !strpbrk(format, "x@'\\") &&
	       strchr("<>=!", *format);
}

static void check_again(const char *format, const uint8_t *payload, size_t len)
{
	struct bytes line = { 0 }, again = { 0 };
	struct error e;
	insist(bytes_printf(&line, "'%s'", format) == 0);
	if (*format && type_all(&line, format, payload, len)) {
		insist(pack_parse(&again, (const char *)line.data, line.len,
		                  &e) == 0);
		insist(again.len == len);
		insist(!len || memcmp(again.data, payload, len) == 0);
	}
	bytes_finish(&again);
	bytes_finish(&line);
}

static void check_pack(const uint8_t *data, size_t size)
{
	struct bytes out = { 0 };
	struct error e = { .text = "" };
	insist(bytes_append_byte(&out, '!') == 0);
	if (pack_parse(&out, (const char *)data, size, &e)) {
		insist(out.len == 1);
		check_sentence(&e);
	} else {
		insist(out.len <= PACK_MAX + size + 1);
	}
	insist(out.data[0] == '!');
	bytes_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\0', size);
	const char *format = (const char *)data;
	struct error e = { .text = "" };
	check_pack(data, size);
	if (!end || end - data >= UNPACK_FORMAT_MAX)
		return 0;
	if (unpack_check(format, strlen(format), &e))
		check_sentence(&e);
	check_row(format, end + 1, size - strlen(format) - 1);
	check_again(format, end + 1, size - strlen(format) - 1);
	return 0;
}
