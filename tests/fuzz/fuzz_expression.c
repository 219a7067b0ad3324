/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An expression of a stranger's on a message of another's: what matches as a
 * whole is found within, groups lie within, and what fits is no longer than the
 * message.  The input is the expression, a NUL, and the message. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/expression.h>

#define insist(so) ((so) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_groups(struct expression *x, size_t len)
{
	size_t at, group_len, count = expression_groups(x), group;
	for (size_t i = 0; i <= count; i++)
		if (expression_group(x, i, &at, &group_len))
			insist(at <= len && group_len <= len - at);
	for (size_t i = 0; expression_name(x, i, &group); i++)
		insist(group && group <= count);
}

static void check(struct expression *x, const uint8_t *bytes, size_t len)
{
	enum expression_found whole, within, found;
	insist(expression_fits(x, bytes, len) <= len);
	within = found = expression_search(x, bytes, len);
	for (size_t i = 0; found == EXPRESSION_FOUND; i++) {
		insist(i <= len);
		check_groups(x, len);
		found = expression_next(x);
	}
	whole = expression_whole(x, bytes, len);
	if (whole == EXPRESSION_FOUND) {
		check_groups(x, len);
		insist(within != EXPRESSION_NONE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	struct error e;
	size_t at, text_len = nul ? (size_t)(nul - data) : 0;
	if (!nul || text_len > 40)
		return 0;
	struct expression *x =
	    expression_new((const char *)data, text_len, &at, &e);
	insist(at <= text_len);
	if (x)
		check(x, nul + 1, size - text_len - 1);
	expression_free(x);
	return 0;
}
