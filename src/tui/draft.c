/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Readline has one line: its text is kept here meanwhile. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "input.h"

static struct {
	char *text; /* NULL: nothing is put aside */
	int point, mark;
	UNDO_LIST *undo;
} aside;

/* Commands that edit a line and do nothing else.  Without rl_insert(), which vi
 * mode has on all control characters: some of these are the program's. */
static rl_command_func_t *const commands[] = {
	rl_rubout, rl_delete, rl_backward_char, rl_forward_char,
	rl_backward_word, rl_forward_word, rl_beg_of_line, rl_end_of_line,
	rl_kill_line, rl_unix_line_discard, rl_unix_word_rubout,
	rl_backward_kill_word, rl_kill_word, rl_yank, rl_transpose_chars,
	rl_undo_command, rl_kill_full_line,
};

int draft_put_aside(const char *text)
{
	if (aside.text)
		return 0;
	input_leave_command();
	aside.text = strdup(rl_line_buffer);
	if (!aside.text)
		return -1;
	aside.point = rl_point;
	aside.mark = rl_mark;
	aside.undo = rl_undo_list;
	rl_undo_list = NULL;
	rl_replace_line("", 0);
	rl_point = rl_mark = 0;
	if (rl_editing_mode == 0)
		rl_vi_insertion_mode(1, 0);
	rl_insert_text(text);
	return 0;
}

void draft_take_back(void)
{
	if (!aside.text)
		return;
	rl_free_undo_list();
	rl_replace_line(aside.text, 0);
	rl_undo_list = aside.undo;
	rl_point = aside.point;
	rl_mark = aside.mark;
	free(aside.text);
	aside.text = NULL;
}

bool draft_edit(const struct token *t)
{
	int type = ISFUNC;
	if (t->key == KEY_TEXT || t->key == KEY_PASTE) {
		input_feed(t);
		return true;
	}
	rl_command_func_t *command = rl_function_of_keyseq_len(
	    (const char *)t->bytes, t->len, rl_get_keymap(), &type);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (type == ISFUNC && commands[i] == command) {
			input_feed(t);
			return true;
		}
	return false;
}
