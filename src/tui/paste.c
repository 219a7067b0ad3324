/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdbool.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "keycode.h"
#include "paste.h"

/* The last two: the terminal has got the focus, and has lost it. */
static const char *const reports[] = {
	PASTE_START, PASTE_END, "\033[I", "\033[O",
};

/* The length of a report at the beginning of `bytes`; 0 if there is none. */
static size_t report_len(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++) {
		size_t n = strlen(reports[i]);
		if (len >= n && memcmp(bytes, reports[i], n) == 0)
			return n;
	}
	return 0;
}

/* The length of a key with its code at the beginning of `bytes`: "ESC [",
 * numbers, "u" or "~".  0 if there is none. */
static size_t sequence_len(const uint8_t *bytes, size_t len)
{
	size_t n = 2;
	if (len < 4 || bytes[0] != '\033' || bytes[1] != '[')
		return 0;
	while (n < len && n < KEYCODE_MAX &&
	       ((bytes[n] >= '0' && bytes[n] <= '9') ||
	        bytes[n] == ';' || bytes[n] == ':'))
		n++;
	return n < len && (bytes[n] == 'u' || bytes[n] == '~') ? n + 1 : 0;
}

/* Take what a terminal has put between the text out of it.  Where keys are sent
 * with their codes, tmux sends the control characters of a paste so as well:
 * put the characters in their place.  Returns how many keys were left out. */
static size_t take_pasted_text(struct bytes *b)
{
	size_t out = 0, left_out = 0;
	for (size_t in = 0, n; in < b->len; in += n) {
		uint8_t plain[KEYCODE_MAX], *at = b->data + in;
		size_t report = report_len(at, b->len - in);
		n = sequence_len(at, b->len - in);
		int len = n && !report ? keycode_plain(plain, at, n) : -1;
		if (report) {
			n = report;
		} else if (len < 0) {
			n = 1;
			b->data[out++] = *at;
		} else if (len > 1 && *plain == '\033') {
			left_out++;
		} else {
			memcpy(b->data + out, plain, (size_t)len);
			out += (size_t)len;
		}
	}
	b->len = out;
	return left_out;
}

/* tmux and xterm make a CR of each LF, and so CR CR of CR LF.  It was CR LF if
 * there is no single CR, as an empty line in other text has one before or
 * behind it.  One CR CR in the middle may well be an empty line. */
static bool is_doubled(const struct bytes *b)
{
	size_t runs = 0, run = 0;
	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\n' || (b->data[i] != '\r' && run % 2))
			return false;
		bool is_cr = b->data[i] == '\r';
		runs += is_cr && !run;
		run = is_cr ? run + 1 : 0;
	}
	return run % 2 == 0 && (run ? runs > 0 : runs > 1);
}

static bool is_allowed(uint32_t cp)
{
	return cp == '\n' || cp == '\t' || !utf8_is_control(cp);
}

/* Clean the character at `in`: it is moved to `*out`, if it is kept.  Returns
 * how many bytes it had. */
static size_t clean_one(struct bytes *b, size_t in, size_t *out,
                        struct cleaned *cleaned)
{
	const uint8_t *bytes = b->data + in;
	size_t len = b->len - in;
	uint8_t second = cleaned->was_doubled ? '\r' : '\n';
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	size_t size = n > 0 ? (size_t)n : 1;
	if (n > 0 && cp == '\r') {
		b->data[(*out)++] = '\n';
		return len > 1 && bytes[1] == second ? 2 : 1;
	}
	if (n < 0 || is_allowed(cp)) { /* what is not UTF-8 stays as it is */
		memmove(b->data + *out, bytes, size);
		*out += size;
	} else {
		cleaned->left_out++;
	}
	return size;
}

struct cleaned paste_clean(struct bytes *b)
{
	struct cleaned cleaned = { .left_out = take_pasted_text(b) };
	size_t out = 0;
	cleaned.was_doubled = is_doubled(b);
	for (size_t in = 0; in < b->len;)
		in += clean_one(b, in, &out, &cleaned);
	b->len = out;
	return cleaned;
}

size_t paste_count_lines(const struct bytes *b)
{
	size_t count = 0, at = 0;
	for (; at < b->len; count++) {
		const uint8_t *end = memchr(b->data + at, '\n', b->len - at);
		at = end ? (size_t)(end - b->data) + 1 : b->len;
	}
	return count;
}
