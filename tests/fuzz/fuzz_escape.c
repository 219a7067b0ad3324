/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Typed text from any bytes: never longer than what was typed,
 * and a refusal adds nothing and says its column in plain ASCII. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/escape.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_refusal(const struct error *e, size_t size)
{
	static const char column[] = "column ";
	size_t len = sizeof(column) - 1;

	insist(strncmp(e->text, column, len) == 0);
	unsigned long at = strtoul(e->text + len, NULL, 10);
	insist(at >= 1 && at <= size);
	for (const char *c = e->text; *c; c++)
		insist(*c >= ' ' && *c <= '~');
}

/* The same bytes written in hex are read as they were. */
static void check_again(const struct bytes *out)
{
	struct bytes hex = { 0 }, again = { 0 };
	struct error e;

	for (size_t i = 0; i < out->len; i++)
		insist(bytes_printf(&hex, "\\x%02x", out->data[i]) == 0);
	insist(escape_parse(&again, bytes_text(&hex), hex.len, &e) == 0);
	insist(again.len == out->len);
	insist(!out->len || memcmp(again.data, out->data, out->len) == 0);
	bytes_finish(&hex);
	bytes_finish(&again);
}

/* What is written to be typed again is read as the same bytes. */
static void check_written(const uint8_t *data, size_t size)
{
	struct bytes text = { 0 }, again = { 0 };
	struct error e;

	insist(escape_append(&text, data, size) == 0);
	insist(escape_parse(&again, bytes_text(&text), text.len, &e) == 0);
	insist(again.len == size);
	insist(!size || memcmp(again.data, data, size) == 0);
	bytes_finish(&text);
	bytes_finish(&again);
}

static void check(int (*parse)(struct bytes *, const char *, size_t,
                               struct error *),
                  const uint8_t *data, size_t size)
{
	struct bytes out = { 0 };
	struct error e = { 0 };

	insist(bytes_append_byte(&out, '!') == 0);
	if (parse(&out, (const char *)data, size, &e) == 0) {
		insist(out.len <= size + 1);
		check_again(&out);
	} else {
		insist(out.len == 1);
		check_refusal(&e, size);
	}
	insist(out.data[0] == '!');
	bytes_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(escape_parse, data, size);
	check_written(data, size);
	return 0;
}
