/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes in every form: printable ASCII that is read back as it was.  The
 * readers here are as greedy as those of the languages. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/hextext.h>
#include <sockchat/quote.h>

#define insist(so) ((so) ? (void)0 : abort())

/* What a reader of one language takes from within the quotes. */
struct rules {
	enum quote_form form;
	const char *begin, *end;
	const char *letters; /* behind a backslash, each with its byte */
	unsigned base, digits_max;
	bool has_x; /* digits come after an x */
};

static const struct rules languages[] = {
	{ QUOTE_C, "\"", "\"", "n\nr\rt\t\\\\\"\"\?\?", 8, 3, false },
	{ QUOTE_PYTHON, "b'", "'", "n\nr\rt\t\\\\''", 16, 2, true },
	{ QUOTE_PYTHON, "b\"", "\"", "n\nr\rt\t\\\\\"\"", 16, 2, true },
	{ QUOTE_SHELL, "printf '", "'", "n\nr\rt\t\\\\", 8, 3, false },
};

static unsigned digit(char c, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;
	return at && at < digits + base ? (unsigned)(at - digits) : base;
}

/* The byte behind a backslash; moves `*at` behind it. */
static uint8_t read_escape(const struct rules *r, const char **at)
{
	unsigned value = 0, count = 0;
	for (const char *l = r->letters; *l; l += 2)
		if (**at == *l)
			return (*at)++, (uint8_t)l[1];
	*at += r->has_x && **at == 'x';
	for (unsigned d; count < r->digits_max &&
	                 (d = digit(**at, r->base)) < r->base; count++) {
		value = value * r->base + d;
		(*at)++;
	}
	insist(count && value < 256);
	return (uint8_t)value;
}

/* What must not stand as it is. */
static void check_plain(const struct rules *r, const char **at)
{
	insist(r->form != QUOTE_C ||
	       (strncmp(*at, "\?\?", 2) != 0 && **at != '"'));
	if (r->form != QUOTE_SHELL)
		return;
	if (**at == '%')
		insist(*++*at == '%');
	if (**at == '\'') {
		insist(strncmp(*at, "'\\''", 4) == 0);
		*at += 3;
	}
}

static void read_back(const struct rules *r, const char *at, const char *end,
                      struct bytes *back)
{
	while (at < end) {
		if (*at == '\\') {
			at++;
			bytes_append_byte(back, read_escape(r, &at));
		} else {
			check_plain(r, &at);
			bytes_append_byte(back, (uint8_t)*at++);
		}
	}
	insist(at == end);
}

static void expect(const struct bytes *back, const uint8_t *data, size_t size)
{
	insist(back->len == size);
	insist(!size || memcmp(back->data, data, size) == 0);
}

static void check_language(const struct rules *r, const uint8_t *data,
                           size_t size)
{
	struct bytes out = { 0 }, back = { 0 };
	insist(quote_append(&out, r->form, data, size) == 0);
	const char *text = bytes_text(&out);
	size_t begin = strlen(r->begin), end = strlen(r->end);
	for (size_t i = 0; i < out.len; i++)
		insist(text[i] >= ' ' && text[i] <= '~');
	if (strncmp(text, r->begin, begin) == 0) {
		insist(out.len >= begin + end);
		insist(strcmp(text + out.len - end, r->end) == 0);
		insist(r->form != QUOTE_SHELL || text[begin] != '-');
		read_back(r, text + begin, text + out.len - end, &back);
		expect(&back, data, size);
	} else {
		insist(r->form == QUOTE_PYTHON); /* the other quotes */
	}
	bytes_finish(&out);
	bytes_finish(&back);
}

static void check_hex(const uint8_t *data, size_t size)
{
	struct bytes out = { 0 }, back = { 0 };
	struct error e;
	insist(quote_append(&out, QUOTE_HEX, data, size) == 0);
	if (size)
		insist(hextext_parse(&back, bytes_text(&out), out.len, &e) ==
		       0);
	expect(&back, data, size);
	bytes_finish(&out);
	bytes_finish(&back);
}

static void check_base64(const uint8_t *data, size_t size)
{
	struct bytes out = { 0 };
	insist(quote_append(&out, QUOTE_BASE64, data, size) == 0);
	insist(out.len == (size + 2) / 3 * 4);
	size_t letters = strspn(bytes_text(&out),
	                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                        "abcdefghijklmnopqrstuvwxyz0123456789+/");
	insist(out.len - letters == (3 - size % 3) % 3);
	insist(strspn(bytes_text(&out) + letters, "=") == out.len - letters);
	bytes_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		check_language(&languages[i], data, size);
	check_hex(data, size);
	check_base64(data, size);
	return 0;
}
