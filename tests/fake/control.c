/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Control sequences: ECMA-48, and the private ones of xterm. */

#include "control.h"

#include <ctype.h>
#include <string.h>

#include <sockchat/utf8.h>

/* Private modes that may be switched, and what they are at rest. */
struct mode {
	const char *number;
	char at_rest;
};

static const struct mode modes[] = {
	{ "1", 'l' },    { "7", 'h' },    { "12", 'l' },
	{ "25", 'h' },   { "1000", 'l' }, { "1004", 'l' }, { "1006", 'l' },
	{ "1049", 'l' }, { "2004", 'l' }, { "2026", 'l' },
};
#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

struct reader {
	const uint8_t *bytes;
	size_t len;
	char now[MODE_COUNT];
	int titles; /* pushed and not yet popped */
	bool has_keypad; /* … sends what a program wants */
};

/* "\033[?12;25h" */
static bool take_modes(struct reader *r, const char *numbers, size_t len,
                       char final)
{
	while (len) {
		const char *end = memchr(numbers, ';', len);
		size_t n = end ? (size_t)(end - numbers) : len, i = 0;
		while (i < MODE_COUNT &&
		       (strlen(modes[i].number) != n ||
		        memcmp(modes[i].number, numbers, n) != 0))
			i++;
		if (i == MODE_COUNT)
			return false;
		r->now[i] = final;
		numbers += n + (end != NULL);
		len -= n + (end != NULL);
	}
	return true;
}

/* "\033[22;2t", and what curses says of it. */
static bool take_title_stack(struct reader *r, const char *text, size_t len)
{
	bool is_whole = len == 7 && memcmp(text + 2, ";0;0t", 5) == 0;
	bool is_ours = len == 5 && memcmp(text + 2, ";2t", 3) == 0;

	if ((!is_whole && !is_ours) || text[0] != '2' ||
	    (text[1] != '2' && text[1] != '3'))
		return false;
	r->titles += text[1] == '2' ? 1 : -1;
	return r->titles >= 0;
}

/* Behind "\033[". Its length, 0 if it is none of ours. */
static size_t take_csi(struct reader *r, size_t at)
{
	const char *text = (const char *)r->bytes + at;
	size_t left = r->len - at, n = 0;
	bool is_private = left && *text == '?';

	if (is_private)
		n = 1;
	while (n < left && (memchr("0123456789;", text[n], 11)))
		n++;
	if (n == left || n > 24)
		return 0;
	char final = text[n];
	if (is_private)
		return (final == 'h' || final == 'l') &&
		               take_modes(r, text + 1, n - 1, final)
		           ? n + 1
		           : 0;
	if (final == 't')
		return take_title_stack(r, text, n + 1) ? n + 1 : 0;
	if (final == 'l')
		return n == 1 && *text == '4' ? n + 1 : 0;
	return final && strchr("ABCDGHJKLMPSTXZ@bdfmr", final) ? n + 1 : 0;
}

/* What curses says when it comes back: the terminal's own colours. */
static const char own_colors[] = "]104\a";

/* Our title, or none: "\033]2;sockchat …\033\\". */
static size_t take_title(const struct reader *r, size_t at)
{
	static const char begin[] = "]2;", end[] = "\033\\";
	static const char name[] = "sockchat ";
	const char *text = (const char *)r->bytes + at;
	size_t left = r->len - at, n = sizeof(begin) - 1, len = 0;

	if (left < n || memcmp(text, begin, n) != 0)
		return 0;
	while (n + len < left && text[n + len] >= 0x20 && text[n + len] < 0x7f)
		len++;
	bool is_ours = !len || (len > sizeof(name) &&
	                        memcmp(text + n, name, sizeof(name) - 1) == 0);
	n += len;
	return is_ours && left - n >= 2 && memcmp(text + n, end, 2) == 0
	           ? n + 2
	           : 0;
}

/* What is copied: "\033]52;c;" and its base64. */
static size_t take_clipboard(const struct reader *r, size_t at)
{
	static const char begin[] = "]52;c;", end[] = "\033\\";
	const char *text = (const char *)r->bytes + at;
	size_t left = r->len - at, n = sizeof(begin) - 1;

	if (left < n || memcmp(text, begin, n) != 0)
		return 0;
	while (n < left && (isalnum((unsigned char)text[n]) ||
	                    memchr("+/=", text[n], 3)))
		n++;
	return left - n >= 2 && memcmp(text + n, end, 2) == 0 ? n + 2 : 0;
}

/* Behind "\033". */
static size_t take_escape(struct reader *r, size_t at)
{
	size_t n;

	if (at == r->len)
		return 0;
	n = sizeof(own_colors) - 1;
	if (r->len - at >= n && memcmp(r->bytes + at, own_colors, n) == 0)
		return n;
	n = take_title(r, at);
	if (!n)
		n = take_clipboard(r, at);
	if (n)
		return n;
	switch (r->bytes[at]) {
	case '[':
		n = take_csi(r, at + 1);
		return n ? n + 1 : 0;
	case '(':
		return at + 1 < r->len && strchr("0B", r->bytes[at + 1]) ? 2
		                                                         : 0;
	case '=':
	case '>':
		r->has_keypad = r->bytes[at] == '=';
		return 1;
	case '7':
	case '8':
	case 'M':
		return 1;
	default:
		return 0;
	}
}

static size_t take_text(const struct reader *r, size_t at)
{
	uint32_t cp;
	int n = utf8_decode(r->bytes + at, r->len - at, &cp);

	if (n <= 0 || cp == 0x7f || (cp >= 0x80 && cp < 0xa0))
		return 0;
	if (cp < 0x20 && cp != '\r' && cp != '\n' && cp != '\b')
		return 0;
	return (size_t)n;
}

/* Pass over a sequence that a kill has cut, and the CAN that cancels it. */
static size_t take_cancelled(const struct reader *r, size_t at)
{
	const uint8_t *from = r->bytes + at;
	const uint8_t *can = memchr(from, 0x18, r->len - at);
	if (!can)
		return 0;
	size_t n = (size_t)(can - from);
	return n > 2 && memchr(from + 1, 0x1b, n - 2) ? 0 : n + 1;
}

const char *control_check(const void *bytes, size_t len, bool is_over,
                          size_t *at)
{
	struct reader r = { .bytes = bytes, .len = len };

	for (size_t i = 0; i < MODE_COUNT; i++)
		r.now[i] = modes[i].at_rest;
	for (size_t n, i = 0; i < len; i += n) {
		bool is_escape = r.bytes[i] == 0x1b;
		n = is_escape ? take_escape(&r, i + 1) : take_text(&r, i);
		*at = i;
		n = n ? n + is_escape : take_cancelled(&r, i);
		if (!n)
			return is_escape ? "a control sequence"
			                 : "a control character";
	}
	*at = len;
	if (is_over && r.titles)
		return "a title that was not given back";
	if (is_over && r.has_keypad)
		return "a keypad that was not given back";
	for (size_t i = 0; is_over && i < MODE_COUNT; i++)
		if (r.now[i] != modes[i].at_rest)
			return modes[i].number;
	return NULL;
}
