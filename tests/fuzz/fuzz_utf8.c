/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UTF-8 from any bytes: what decodes encodes to the same bytes, validity is
 * that of each character, and nothing finished is called unfinished. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/utf8.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_unfinished(const uint8_t *data, size_t size)
{
	size_t left = utf8_unfinished(data, size);
	uint32_t cp;

	insist(left <= 3 && left <= size);
	if (left)
		insist(utf8_decode(data + size - left, left, &cp) ==
		       UTF8_INCOMPLETE);
	for (size_t n = left + 1; n <= 3 && n <= size; n++)
		insist(utf8_decode(data + size - n, n, &cp) !=
		       UTF8_INCOMPLETE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int is_valid = 1;

	check_unfinished(data, size);
	insist(utf8_is_valid(data, size - utf8_unfinished(data, size)) ||
	       !utf8_is_valid(data, size));
	for (size_t i = 0; i < size;) {
		uint32_t cp = UINT32_MAX;
		uint8_t again[4];
		int n = utf8_decode(data + i, size - i, &cp);
		if (n < 0) {
			insist(n == UTF8_BAD || n == UTF8_INCOMPLETE);
			insist(n == UTF8_BAD || size - i <= 3);
			insist(cp == UINT32_MAX);
			is_valid = 0;
			i++;
			continue;
		}
		insist(n >= 1 && (size_t)n <= size - i);
		insist(utf8_encode(again, cp) == (size_t)n);
		insist(memcmp(again, data + i, (size_t)n) == 0);
		i += (size_t)n;
	}
	insist(utf8_is_valid(data, size) == is_valid);
	return 0;
}
