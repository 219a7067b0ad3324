/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Patterns of the user's on bytes of a stranger's: matches rise, do not
 * overlap, and lie within; they are the same a second time, and take no more
 * steps than they may.  The input is a pattern, a NUL, and the bytes. */

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/pattern.h>

#define OVERDRAWN_MAX 600000 /* the last item of an expression */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct pattern *p, const uint8_t *bytes, size_t len)
{
	struct pattern_scan s;
	size_t start, end, count = 0, before = 0;
	pattern_begin(&s, p, bytes, len);
	while (pattern_next(&s, &start, &end)) {
		if (s.is_over || start < before || end <= start || end > len)
			abort();
		before = end;
		count++;
	}
	if (pattern_count(p, bytes, len) != (s.is_over ? 0 : count))
		abort();
	if (s.left < -OVERDRAWN_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	struct error e;
	setlocale(LC_CTYPE, "C.UTF-8");
	if (!nul || nul - data > 40)
		return 0;
	struct pattern *p = pattern_new((const char *)data, &e);
	if (p)
		check(p, nul + 1, size - (size_t)(nul - data) - 1);
	pattern_free(p);
	return 0;
}
