/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include <sockchat/utf8.h>

#include "whole.h"

/* Readline has one line.  True if bytes that are not UTF-8 were put into it, or
 * into an earlier one, which may be recalled. */
static bool has_bytes;

void whole_note(const char *text, size_t len)
{
	has_bytes |= !utf8_is_valid((const uint8_t *)text, len);
}

void whole_edit(int start, int end, const char *text, const char *more)
{
	whole_note(text, strlen(text));
	rl_begin_undo_group();
	rl_delete_text(start, end);
	rl_point = start;
	rl_insert_text(text);
	rl_insert_text(more);
	rl_end_undo_group();
}

static void note_history(void)
{
	HIST_ENTRY **list = history_list();
	for (; list && *list && !has_bytes; list++)
		whole_note((*list)->line, strlen((*list)->line));
}

bool whole_is_cut(const char *line)
{
	if (utf8_is_valid((const uint8_t *)line, strlen(line)))
		return false;
	note_history();
	return !has_bytes;
}

static bool is_damaged(void)
{
	return whole_is_cut(rl_line_buffer) ||
	       strlen(rl_line_buffer) != (size_t)rl_end;
}

/* The list of undo is damaged as well then. */
int whole_vi_redo(int count, int key)
{
	char *before = is_damaged() ? NULL : strdup(rl_line_buffer);
	int point = rl_point;
	int result = rl_vi_redo(count, key);
	if (before && is_damaged()) {
		rl_replace_line(before, 1);
		rl_point = point;
	}
	free(before);
	return result;
}
