/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options at run time: /set, and the commands that are short for it. */

#include <stdio.h>
#include <string.h>

#include <sockchat/command.h>

#include "commands_private.h"

const char *option_text(const struct chat *c, size_t row,
                        char value[OPTION_TEXT_MAX])
{
	options_value(c->options, row, value, OPTION_TEXT_MAX);
	if (strcmp(value, "default") == 0)
		snprintf(value, OPTION_TEXT_MAX, "not set");
	return value;
}

static void tell_option(struct chat *c, size_t row)
{
	char value[OPTION_TEXT_MAX];
	chat_note(c, "%s is %s (%s%s)", options_row(row)->name,
	          option_text(c, row, value),
	          options_source(c->options, row),
	          options_is_live(row) ? "" : "; it cannot change now");
}

static void tell_options(struct chat *c)
{
	for (size_t i = 0; options_row(i); i++)
		if (options_is_live(i))
			tell_option(c, i);
}

/* The row of this name, or -1 after a complaint. */
static int find_option(struct chat *c, const char *name)
{
	struct error e;
	int row = options_find(name);
	if (row < 0 && options_set(c->options, name, NULL, SOURCE_RUN_TIME,
	                           &e)) {
		error_set_hint(&e, "/set lists the options");
		chat_error(c, &e);
	}
	return row;
}

/* False after a complaint. */
static bool change_option(struct chat *c, const char *name, const char *value)
{
	struct error e;
	if (options_set(c->options, name, value, SOURCE_RUN_TIME, &e)) {
		chat_error(c, &e);
		return false;
	}
	chat_settings_changed(c);
	return true;
}

/* Cut the first word off, and the blanks around the rest, which is returned. */
static char *cut_word(char **args)
{
	char *word = *args + strspn(*args, " "), *rest = word;
	size_t len = strlen(word);
	while (len && word[len - 1] == ' ')
		word[--len] = '\0';
	rest += strcspn(rest, " ");
	*args = word;
	if (!*rest)
		return rest;
	*rest++ = '\0';
	return rest + strspn(rest, " ");
}

/* Tell it or, with a value, change it; whether it was changed. */
static bool tell_or_change(struct chat *c, const char *name, const char *value)
{
	int row = find_option(c, name);
	if (row < 0)
		return false;
	if (*value)
		return change_option(c, name, value);
	tell_option(c, (size_t)row);
	return false;
}

void run_set(struct chat *c, char *args)
{
	char *value = cut_word(&args), now[OPTION_TEXT_MAX];
	if (!*args) {
		tell_options(c);
	} else if (tell_or_change(c, args, value)) {
		size_t row = (size_t)options_find(args);
		chat_note(c, "%s is now %s", options_row(row)->name,
		          option_text(c, row, now));
	}
}

bool set_option(struct chat *c, const char *name, char *args)
{
	cut_word(&args);
	return tell_or_change(c, name, args);
}

void run_eol(struct chat *c, char *args)
{
	if (set_option(c, "eol", args))
		chat_note(c, "Enter appends %s",
		          choice_name(eol_choices, c->options->eol));
}

void run_echo(struct chat *c, char *args)
{
	if (set_option(c, "echo", args))
		chat_note(c, c->options->echo ? "what peers send is sent back"
		                              : "nothing is sent back");
}

void run_encoding(struct chat *c, char *args)
{
	int before = c->options->encoding;
	if (set_option(c, "encoding", args) &&
	    c->options->encoding != before)
		chat_note(c, "text is taken for %s, and typed lines are sent "
		          "in it", choice_name(encoding_choices,
		                               c->options->encoding));
}
