/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdbool.h>
#include <string.h>

#include <sockchat/utf8.h>

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

static bool is_typable(uint32_t cp)
{
	return cp == '\n' || cp == '\t' ||
	       (cp >= 0x20 && cp < 0x7f) || cp >= 0xa0;
}

/* Clean the character at `in`: it is moved to `*out`, if it is kept.  Returns
 * how many bytes it had. */
static size_t clean_one(struct bytes *b, size_t in, size_t *out,
                        size_t *left_out)
{
	const uint8_t *bytes = b->data + in;
	size_t len = b->len - in, report = report_len(bytes, len);
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	size_t size = n > 0 ? (size_t)n : 1;
	if (report)
		return report;
	if (n > 0 && cp == '\r') {
		b->data[(*out)++] = '\n';
		return len > 1 && bytes[1] == '\n' ? 2 : 1;
	}
	if (n > 0 && is_typable(cp)) {
		memmove(b->data + *out, bytes, size);
		*out += size;
	} else {
		++*left_out;
	}
	return size;
}

size_t paste_clean(struct bytes *b)
{
	size_t out = 0, left_out = 0;
	for (size_t in = 0; in < b->len;)
		in += clean_one(b, in, &out, &left_out);
	b->len = out;
	return left_out;
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
