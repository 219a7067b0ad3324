/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "guest.h"
#include "input.h"
#include "whole.h"

/* The length of what all begin with, in whole characters. */
static size_t common_len(char *const *matches)
{
	size_t len = strlen(matches[0]);
	for (size_t i = 1; matches[i]; i++) {
		size_t same = 0;
		while (same < len && matches[i][same] == matches[0][same])
			same++;
		len = same;
	}
	while (len > 0 && (matches[0][len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void use_matches(const struct input_ops *ops, char *const *matches,
                        size_t count, int start)
{
	size_t len = common_len(matches);
	char *text = strndup(matches[0], len);
	if (!text) {
		ops->refuse(ops->user, INPUT_NO_MEMORY);
		return;
	}
	if (count == 1) {
		bool goes_on = len > 0 && strchr("/=:", text[len - 1]);
		whole_edit(start, rl_point, text, goes_on ? "" : " ");
	} else {
		if (len > (size_t)(rl_point - start))
			whole_edit(start, rl_point, text, "");
		ops->show_matches(ops->user, matches, count);
	}
	free(text);
}

int tab_complete(const struct input_ops *ops)
{
	size_t point = (size_t)rl_point, start = point, count = 0;
	char **matches = ops->complete(ops->user, rl_line_buffer,
	                               point, &start);
	while (matches && matches[count])
		count++;
	if (count > 0 && start <= point)
		use_matches(ops, matches, count, (int)start);
	for (size_t i = 0; i < count; i++)
		free(matches[i]);
	free(matches);
	return 0;
}
