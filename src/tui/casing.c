/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include <readline/readline.h>

#include <sockchat/utf8.h>

#include "guest.h"
#include "whole.h"

/* How the first letter of a word changes, and how all others do. */
struct casing {
	wint_t (*first)(wint_t c), (*others)(wint_t c);
};

static wint_t swap_case(wint_t c)
{
	return iswupper(c) ? towlower(c) : towupper(c);
}

/* At most four bytes for each of `text`. */
static void change_text(uint8_t *out, const uint8_t *text, size_t len,
                        const struct casing *change)
{
	bool is_in_word = false;
	size_t size = 0;
	uint32_t cp;
	for (int n; len > 0; text += n, len -= (size_t)n) {
		n = utf8_decode(text, len, &cp);
		if (n <= 0) {
			n = 1;
			out[size++] = *text;
			is_in_word = false;
			continue;
		}
		wint_t to = is_in_word ? change->others(cp) : change->first(cp);
		size += utf8_encode(out + size, to);
		bool is_mark = wcwidth((wchar_t)cp) == 0;
		is_in_word = iswalnum(cp) || (is_in_word && is_mark);
	}
	out[size] = '\0';
}

/* The point goes to the end of it. */
static int change_part(int start, int end, const struct casing *change)
{
	const char *part = rl_line_buffer + start;
	size_t len = (size_t)(end - start);
	char *text = malloc(4 * len + 1);
	if (!text)
		return 1;
	change_text((uint8_t *)text, (const uint8_t *)part, len, change);
	if (strncmp(text, part, len) != 0)
		whole_edit(start, end, text, "");
	else
		rl_point = end;
	free(text);
	return 0;
}

/* A negative count is of the words before, and leaves the point. */
static int change_words(int count, const struct casing *change)
{
	int from = rl_point;
	rl_forward_word(count, 0);
	bool is_back = rl_point < from;
	return change_part(is_back ? rl_point : from,
	                   is_back ? from : rl_point, change);
}

#define CHANGES_WORDS(name, first, others)                                 \
	int name(int count, int key)                                       \
	{                                                                  \
		(void)key;                                                 \
		return change_words(count,                                 \
		                    &(struct casing){ first, others });    \
	}
CHANGES_WORDS(casing_upcase_word, towupper, towupper)
CHANGES_WORDS(casing_downcase_word, towlower, towlower)
CHANGES_WORDS(casing_capitalize_word, towupper, towlower)

int casing_vi_change(int count, int key)
{
	int end = guest_next(rl_point, count);
	(void)key;
	change_part(rl_point, end,
	            &(struct casing){ swap_case, swap_case });
	return rl_vi_check();
}
