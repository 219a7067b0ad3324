/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Earlier lines and their words are recalled by commands in place of
 * readline's, which free what the history points to, or read beyond a line's
 * end. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "guest.h"
#include "whole.h"

/* As readline has one line, there is one of this. */
static struct {
	/* True while a line of the history, `found`, is in the place of what
	 * was typed, which undo brings back. */
	bool is_found;
	int found, prefix_len;
	bool is_word; /* a word of the line `line` of the history is there */
	int line;
} recalled;

void recall_forget(void)
{
	recalled.is_found = false;
}

/* Readline takes a line for unchanged while its list of undos begins with the
 * step that it began with when the line was left before.  But that step grows
 * while letters are typed: they would be lost, and undo would later take as
 * many bytes from what was there. */
void recall_keep_edit(void)
{
	HIST_ENTRY *entry = current_history();
	bool searches = RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH);
	if (searches || !entry || !rl_undo_list ||
	    entry->data != rl_undo_list ||
	    strcmp(entry->line, rl_line_buffer) == 0)
		return;
	entry = replace_history_entry(where_history(), rl_line_buffer,
	                              rl_undo_list);
	if (entry)
		free_history_entry(entry);
}

/* The index of the next line in the history that begins as this one does up to
 * the cursor, and is another one; history_length when there is none. */
static int find_by_prefix(int from, int step)
{
	HIST_ENTRY **list = history_list();
	size_t len = (size_t)recalled.prefix_len;
	int i = from + step;
	for (; i >= 0 && i < history_length; i += step)
		if (strncmp(list[i]->line, rl_line_buffer, len) == 0 &&
		    strcmp(list[i]->line, rl_line_buffer) != 0)
			return i;
	return history_length;
}

/* Each step is an ordinary edit of the draft, and takes the one before back:
 * readline's own search frees what the history still points to. */
static int search_by_prefix(int step)
{
	bool goes_on = recalled.is_found && (rl_last_func == recall_older ||
	                                   rl_last_func == recall_newer);
	if (!goes_on) {
		recalled.is_found = false;
		recalled.found = where_history();
		recalled.prefix_len = rl_point;
	}
	int at = find_by_prefix(recalled.found, step);
	bool is_one = at < history_length;
	if (!is_one && step < 0)
		return 0;
	if (recalled.is_found)
		rl_do_undo();
	if (is_one)
		whole_edit(0, rl_end, history_list()[at]->line, "");
	if (is_one || recalled.is_found)
		rl_point = recalled.prefix_len;
	recalled.is_found = is_one;
	recalled.found = at;
	return 0;
}

COMMAND(recall_older, search_by_prefix(-1))
COMMAND(recall_newer, search_by_prefix(1))

static int yank_word(void)
{
	bool goes_on = recalled.is_word && rl_last_func == recall_last_word;
	int i = (goes_on ? recalled.line : where_history()) - 1;
	if (i < 0 || i >= history_length)
		return 0;
	const char *line = history_list()[i]->line, *end = strchr(line, '\0');
	while (end > line && end[-1] == ' ')
		end--;
	const char *word = end;
	while (word > line && word[-1] != ' ')
		word--;
	char *text = strndup(word, (size_t)(end - word));
	if (!text)
		return 0;
	if (goes_on)
		rl_do_undo();
	whole_edit(rl_point, rl_point, text, "");
	free(text);
	recalled.is_word = true;
	recalled.line = i;
	return 0;
}

COMMAND(recall_last_word, yank_word())
