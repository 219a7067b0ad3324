/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands that the screen does in its own way; the table of all commands
 * has their arguments and their help. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "actions.h"
#include "tui.h"

static void show_help(struct frontend *f, char *args)
{
	f->help = &mode_help;
	glyph_copy(f->help_word, sizeof(f->help_word),
	           *args == '/' ? args + 1 : args, GLYPH_ASCII);
}

/* The search takes the place of the input line, which is in use until the turn
 * ends. */
static void search_later(struct frontend *f, char *args)
{
	struct error e;
	free(f->wanted);
	f->wanted = strdup(args);
	if (f->wanted)
		return;
	error_set_errno(&e, ENOMEM, "cannot search");
	chat_error(f->chat, &e);
}

static void list_keys(struct frontend *f, char *args)
{
	(void)args;
	actions_list_keys(f);
}

static void save_picked(struct frontend *f, char *args)
{
	chat_save(f->chat, args, f->view.picked_first, f->view.picked_last);
}

static void clear_away(struct frontend *f, char *args)
{
	(void)args;
	f->view.cleared_seq = transcript_end(f->chat->transcript);
}

const struct frontend_command tui_commands[] = {
	{ "help", show_help },   { "find", search_later },
	{ "keys", list_keys },   { "save", save_picked },
	{ "clear", clear_away }, { NULL, NULL },
};
