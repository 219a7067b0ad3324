/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The forms in one table; and those that are digits alone. */

#include <string.h>

#include <sockchat/escape.h>

#include "hextext_private.h"

#define PLAIN "a byte is two hex digits: 0d 0a ff"

static bool is_prefix(const struct hextext *h, char first)
{
	return hextext_char(h, h->at) == first &&
	       (hextext_char(h, h->at + 1) | 0x20) == 'x';
}

/* "0x1" is a byte as well: no other digit can be missing. */
static int read_prefixed_digit(struct hextext *h)
{
	char pair[2] = { '0', hextext_char(h, h->at) };
	h->at++;
	return hextext_put(h, escape_hex_pair(pair, 2, 0));
}

static int read_pair(struct hextext *h)
{
	bool has_prefix = is_prefix(h, '0');
	h->at += has_prefix ? 2 : 0;
	if (has_prefix && hextext_digits(h, h->at) == 1)
		return read_prefixed_digit(h);
	int byte = escape_hex_pair(h->text, h->len, h->at);
	if (byte < 0)
		return hextext_refuse(h, h->at, PLAIN);
	h->at += 2;
	return hextext_put(h, byte);
}

static int read_plain(struct hextext *h)
{
	while (h->at < h->len) {
		char c = hextext_char(h, h->at);
		if (c && strchr(" ,:-\t\r\n", c))
			h->at++;
		else if (read_pair(h))
			return -1;
	}
	return 0;
}

static bool is_backslashed(const struct hextext *h)
{
	return is_prefix(h, '\\');
}

/* The inside of a literal, which is one only while no letter stands in it: in
 * "\x0abc" nobody knows what is text. */
static int read_backslashed(struct hextext *h)
{
	for (hextext_skip_space(h); h->at < h->len; hextext_skip_space(h)) {
		if (hextext_char(h, h->at) == ',') {
			h->at++;
			continue;
		}
		int byte = escape_hex_pair(h->text, h->len, h->at + 2);
		if (!is_backslashed(h) || byte < 0)
			return hextext_refuse(
			    h, h->at, "\\x16\\x03 has nothing else in it: put "
			              "text into quotes, b'\\x16a', or use "
			              "/send");
		h->at += 4;
		if (hextext_put(h, byte))
			return -1;
	}
	return 0;
}

static bool is_plain(const struct hextext *h)
{
	(void)h;
	return true;
}

/* The first that fits is it. */
static const struct {
	bool (*is_it)(const struct hextext *h);
	int (*read)(struct hextext *h);
} forms[] = {
	{ hextext_is_dump, hextext_dump },
	{ hextext_is_quoted, hextext_quoted },
	{ hextext_is_list, hextext_list },
	{ is_backslashed, read_backslashed },
	{ is_plain, read_plain },
};

int hextext_parse(struct bytes *out, const char *text, size_t len,
                  struct error *e)
{
	size_t before = out->len, i = 0;
	struct hextext h = { .text = text, .len = len, .out = out, .e = e };
	while (h.at < len && text[h.at] && strchr(" \t\r\n", text[h.at]))
		h.at++;
	while (!forms[i].is_it(&h))
		i++;
	if (forms[i].read(&h) == 0)
		return 0;
	out->len = before;
	return -1;
}
