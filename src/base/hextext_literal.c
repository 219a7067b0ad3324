/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as C and Python write them: arrays, and literals in quotes. */

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include <sockchat/escape.h>

#include "hextext_private.h"

static bool begins(const struct hextext *h, const char *with)
{
	size_t len = strlen(with);
	return h->len - h->at >= len &&
	       memcmp(h->text + h->at, with, len) == 0;
}

/* Go behind the next `end`; behind all if there is none. */
static void skip_behind(struct hextext *h, const char *end)
{
	const char *found = memmem(h->text + h->at, h->len - h->at, end,
	                           strlen(end));
	h->at = found ? (size_t)(found - h->text) + strlen(end) : h->len;
}

void hextext_skip_space(struct hextext *h)
{
	for (;;) {
		char c = hextext_char(h, h->at);
		if (c && strchr(" \t\r\n", c))
			h->at++;
		else if (begins(h, "/*"))
			skip_behind(h, "*/");
		else if (begins(h, "//") || begins(h, "\\\n") ||
		         begins(h, "\\\r\n"))
			skip_behind(h, "\n");
		else
			return;
	}
}

/* The decimal number at `at`; -1 if there is none. */
static long count_at(const struct hextext *h, size_t at)
{
	long count = -1;
	for (; isdigit((unsigned char)hextext_char(h, at)); at++)
		if (count < INT_MAX)
			count = (count < 0 ? 0 : count * 10) +
			        (h->text[at] - '0');
	return count;
}

long hextext_skip_name(struct hextext *h)
{
	size_t at = h->at;
	long count = -1;
	while (isalnum((unsigned char)hextext_char(h, at)) ||
	       (hextext_char(h, at) && strchr("_ \t\n*[]", h->text[at]))) {
		if (h->text[at++] == '[')
			count = count_at(h, at);
	}
	if (hextext_char(h, at) != '=' || at == h->at)
		return -1;
	h->at = at + 1;
	hextext_skip_space(h);
	return count;
}

/* "\012", of one to three digits. */
static int read_octal(struct hextext *h)
{
	size_t begin = h->at, n = 0;
	int value = 0;
	for (h->at++; n < 3 && hextext_char(h, h->at) >= '0' &&
	              hextext_char(h, h->at) <= '7'; n++)
		value = value * 8 + (h->text[h->at++] - '0');
	return value < 256 ? value
	                   : hextext_refuse(h, begin, "\\%o is not a byte: the "
	                                              "largest is "
	                                              "\\377", value);
}

/* C takes all hex digits that follow, Python two. */
static int read_hex_escape(struct hextext *h)
{
	size_t digits = hextext_digits(h, h->at + 2);
	int byte = escape_hex_pair(h->text, h->len, h->at + 2);
	if (digits < 2)
		return hextext_refuse(h, h->at, "\\x needs two hex digits");
	h->at += 4;
	return byte;
}

int hextext_escape(struct hextext *h)
{
	static const char letters[] = "nrtabfv\\'\"?";
	static const char values[] = "\n\r\t\a\b\f\v\\'\"?";
	char c = hextext_char(h, h->at + 1);
	const char *letter = c ? strchr(letters, c) : NULL;
	if (c == 'x')
		return read_hex_escape(h);
	if (c >= '0' && c <= '7')
		return read_octal(h);
	if (!letter)
		return hextext_refuse(h, h->at, "C and Python both know "
		                      "\\n \\r \\t \\a \\b \\f \\v \\\\ \\' "
		                      "\\\" \\xNN and \\ooo here");
	h->at += 2;
	return values[letter - letters];
}

/* Arrays */

/* 'a' in an array. */
static int read_character(struct hextext *h)
{
	size_t begin = h->at++;
	char c = hextext_char(h, h->at);
	int byte = c == '\\' ? hextext_escape(h) : (uint8_t)c;
	h->at += c != '\\';
	if (byte < 0)
		return -1;
	if (hextext_char(h, h->at) != '\'')
		return hextext_refuse(h, begin, "'a' is one byte: put several "
		                                "into double quotes");
	h->at++;
	return hextext_put(h, byte);
}

static bool ends_word(char c)
{
	return !isalnum((unsigned char)c) && c != '_';
}

/* 0x16, or one digit, which is the same number in decimal. */
static int read_number(struct hextext *h)
{
	bool is_hex = begins(h, "0x") || begins(h, "0X");
	size_t begin = h->at, at = begin + (is_hex ? 2 : 0);
	size_t digits = hextext_digits(h, at);
	char pair[2] = { '0', '0' };
	if (!is_hex && digits && isdigit((unsigned char)h->text[at]) &&
	    digits > 1)
		return hextext_refuse(h, begin, "%.*s may be decimal: write 0x "
		                      "before it if it is hex",
		                      (int)(digits < 8 ? digits : 8),
		                      h->text + at);
	if (!digits || digits > 2 || !ends_word(hextext_char(h, at + digits)) ||
	    (!is_hex && !isdigit((unsigned char)h->text[at])))
		return hextext_refuse(h, begin, "a byte in an array is 0x and "
		                      "two hex digits: { 0x0d, 0x0a }");
	memcpy(pair + 2 - digits, h->text + at, digits);
	h->at = at + digits;
	return hextext_put(h, escape_hex_pair(pair, 2, 0));
}

static int read_members(struct hextext *h, char close)
{
	size_t begin = h->at++;
	for (;;) {
		hextext_skip_space(h);
		char c = hextext_char(h, h->at);
		if (h->at >= h->len)
			return hextext_refuse(h, begin, "this has no %c",
			                      close);
		if (c == close)
			break;
		if (c == '\'' ? read_character(h) : read_number(h))
			return -1;
		hextext_skip_space(h);
		h->at += hextext_char(h, h->at) == ',';
	}
	h->at++;
	return 0;
}

/* What is told of the length must be so. */
static int check_told(const struct hextext *h, size_t at, long told,
                      size_t count)
{
	if (told < 0 || (size_t)told == count)
		return 0;
	return hextext_refuse(h, at, "this says %ld bytes, and there %s "
	                      "%zu", told, count == 1 ? "is" : "are", count);
}

/* Behind an array xxd -i tells how long it is. */
static int read_rest(struct hextext *h, size_t count)
{
	hextext_skip_space(h);
	h->at += hextext_char(h, h->at) == ';';
	hextext_skip_space(h);
	size_t at = h->at;
	hextext_skip_name(h);
	long told = h->at > at ? count_at(h, h->at) : -1;
	if (told >= 0) {
		at = h->at;
		skip_behind(h, ";");
		hextext_skip_space(h);
		if (check_told(h, at, told, count))
			return -1;
	}
	return h->at < h->len ? hextext_refuse(h, at, "nothing may follow: it "
	                                              "is read one at a time")
	                      : 0;
}

bool hextext_is_list(const struct hextext *h)
{
	struct hextext value = *h;
	hextext_skip_name(&value);
	return begins(&value, "{") || begins(&value, "[");
}

int hextext_list(struct hextext *h)
{
	size_t begin = h->at, before = h->out->len;
	long told = hextext_skip_name(h);
	char close = begins(h, "{") ? '}' : ']';
	if (read_members(h, close))
		return -1;
	size_t count = h->out->len - before;
	return check_told(h, begin, told, count) ? -1 : read_rest(h, count);
}

/* Literals in quotes */

struct literal {
	bool is_bytes, is_raw; /* Python's b'' and rb'' */
	char quote;
	size_t quotes; /* 1 or 3 at each end */
};

/* Go behind the quotes at the beginning.  False if there are none. */
static bool open_literal(struct hextext *h, struct literal *l)
{
	size_t at = h->at;
	*l = (struct literal){ .quotes = 1 };
	for (; at < h->at + 2 && hextext_char(h, at) &&
	       strchr("bBrR", h->text[at]); at++) {
		l->is_bytes |= (h->text[at] | 0x20) == 'b';
		l->is_raw |= (h->text[at] | 0x20) == 'r';
	}
	l->quote = hextext_char(h, at);
	if ((l->quote != '"' && l->quote != '\'') ||
	    (l->is_raw && !l->is_bytes))
		return false;
	if (hextext_char(h, at + 1) == l->quote &&
	    hextext_char(h, at + 2) == l->quote)
		l->quotes = 3;
	h->at = at + l->quotes;
	return true;
}

static bool is_closed(const struct hextext *h, const struct literal *l)
{
	for (size_t i = 0; i < l->quotes; i++)
		if (hextext_char(h, h->at + i) != l->quote)
			return false;
	return true;
}

/* Whether the escape at h->at reads otherwise in C than in Python. */
static bool is_longer_in_c(const struct hextext *h, const struct literal *l)
{
	return !l->is_bytes && hextext_char(h, h->at + 1) == 'x' &&
	       hextext_digits(h, h->at + 2) > 2;
}

/* A backslash before the end of a line joins it to the next one. */
static int read_escaped(struct hextext *h, const struct literal *l)
{
	if (begins(h, "\\\n") || begins(h, "\\\r\n")) {
		hextext_skip_space(h);
		return 0;
	}
	if (is_longer_in_c(h, l))
		return hextext_refuse(h, h->at, "C reads more than two digits "
		                      "here, Python does not: write \"\\x16\" "
		                      "\"3\" or b'\\x163'");
	int byte = hextext_escape(h);
	return byte < 0 ? -1 : hextext_put(h, byte);
}

static int read_one(struct hextext *h, const struct literal *l)
{
	char c = hextext_char(h, h->at);
	if (c == '\\' && !l->is_raw)
		return read_escaped(h, l);
	if (c == '\\' && hextext_char(h, h->at + 1) && /* it and what follows */
	    hextext_put(h, h->text[h->at++]))
		return -1;
	if (l->is_bytes && (uint8_t)h->text[h->at] >= 0x80)
		return hextext_refuse(h, h->at, "b'' may contain only ASCII: "
		                      "write \\x%02x", (uint8_t)h->text[h->at]);
	return hextext_put(h, (uint8_t)h->text[h->at++]);
}

/* "160301" in quotes may be text, or bytes in hex. */
static int check_meaning(const struct hextext *h, const struct literal *l,
                         size_t begin)
{
	size_t at = begin, pairs = 0;
	while (at + 2 <= h->at && escape_hex_pair(h->text, h->at, at) >= 0) {
		pairs++;
		at += 2;
		while (at < h->at && strchr(" ,:-", h->text[at]))
			at++;
	}
	if (l->is_bytes || !pairs || at < h->at)
		return 0;
	return hextext_refuse(h, begin, "in quotes this is text: remove the "
	                      "quotes if it is hex, or use /send");
}

static int read_literal(struct hextext *h, const struct literal *l,
                        size_t begin)
{
	size_t at = h->at;
	while (!is_closed(h, l)) {
		char c = hextext_char(h, h->at);
		if (h->at >= h->len || (c == '\n' && l->quotes == 1))
			return hextext_refuse(h, begin, "the quote is not "
			                                "closed");
		if (read_one(h, l))
			return -1;
	}
	if (check_meaning(h, l, at))
		return -1;
	h->at += l->quotes;
	return 0;
}

bool hextext_is_quoted(const struct hextext *h)
{
	struct hextext value = *h;
	struct literal l;
	hextext_skip_name(&value);
	value.at += begins(&value, "(");
	hextext_skip_space(&value);
	return open_literal(&value, &l);
}

/* Literals side by side are one. */
int hextext_quoted(struct hextext *h)
{
	size_t before = h->out->len, begin;
	struct literal l;
	hextext_skip_name(h);
	bool has_parenthesis = begins(h, "(");
	h->at += has_parenthesis;
	for (hextext_skip_space(h); begin = h->at, open_literal(h, &l);
	     hextext_skip_space(h))
		if (read_literal(h, &l, begin))
			return -1;
	if (has_parenthesis && hextext_char(h, h->at) != ')')
		return hextext_refuse(h, h->at, "a ) is missing here");
	h->at += has_parenthesis;
	return read_rest(h, h->out->len - before);
}
