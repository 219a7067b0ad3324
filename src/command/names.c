/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which command a name means: a row of the table, or a beginning of its name.
 * Names that other programs have for it are a second table. */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/spell.h>

#include "commands_private.h"

/* A name of irssi, weechat or telnet, and ours. */
struct alias {
	const char *name, *ours;
	bool does; /* it does the command; else it is told */
};

static const struct alias aliases[] = {
	{ "exit", "quit", true },     { "bye", "quit", true },
	{ "q", "quit", true },        { "?", "help", true },
	{ "disconnect", "close", 0 }, { "part", "close", 0 },
	{ "leave", "close", 0 },      { "kick", "close", 0 },
	{ "kill", "reset", 0 },       { "server", "connect", 0 },
	{ "open", "connect", 0 },     { "join", "connect", 0 },
	{ "query", "to", 0 },         { "msg", "to", 0 },
	{ "names", "peers", 0 },      { "who", "peers", 0 },
	{ "whois", "info", 0 },       { "status", "info", 0 },
	{ "raw", "send", 0 },         { "quote", "send", 0 },
	{ "upload", "file", 0 },      { "search", "find", 0 },
	{ "lastlog", "find", 0 },     { "grep", "filter", 0 },
	{ "ignore", "filter", 0 },    { "log", "save", 0 },
	{ "bind", "keys", 0 },        { NULL, NULL, 0 },
};

static bool is_named(const char *name, const char *word, size_t len)
{
	return strncmp(name, word, len) == 0 && !name[len];
}

/* NULL for none. */
static const struct alias *find_alias(const char *word, size_t len)
{
	const struct alias *a = aliases;
	while (a->name && !is_named(a->name, word, len))
		a++;
	return a->name ? a : NULL;
}

static const struct command_row *find_row(const char *name, size_t len)
{
	const struct command_row *row;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (is_named(row->name, name, len))
			return row;
	return NULL;
}

/* The one row whose name begins so; NULL when there is none, or several. */
static const struct command_row *find_beginning(const char *name, size_t len,
                                                size_t *matches)
{
	const struct command_row *found = NULL, *row;
	*matches = 0;
	for (size_t i = 0; (row = command_row(i)); i++)
		if (strncmp(row->name, name, len) == 0) {
			found = row;
			++*matches;
		}
	return *matches == 1 ? found : NULL;
}

const struct command_row *command_find(const char *name, size_t len,
                                       size_t *matches)
{
	const struct command_row *found = find_row(name, len);
	const struct alias *a = find_alias(name, len);
	if (!found && !a)
		return find_beginning(name, len, matches);
	if (!found && a->does)
		found = find_row(a->ours, strlen(a->ours));
	*matches = found != NULL;
	return found;
}

/* As a spell_name_fn: our names, then the others that do something. */
static const char *name_at(const void *list, size_t i)
{
	const struct alias *a = aliases;
	size_t rows = 0;
	(void)list;
	while (command_row(rows))
		rows++;
	if (i < rows)
		return command_row(i)->name;
	a += i - rows;
	return a->does ? a->name : NULL;
}

int command_refuse_name(struct error *e, const char *name, size_t len,
                        size_t matches)
{
	const struct spell_names names = { name_at, NULL, "/" };
	const struct alias *a = find_alias(name, len);
	const struct command_row *row = a ? find_row(a->ours, strlen(a->ours))
	                                  : NULL;
	char word[48], safe[64], guess[SPELL_MAX];
	snprintf(word, sizeof(word), "%.*s", (int)(len > 40 ? 40 : len), name);
	glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
	spell_guess(guess, &names, name, len);
	if (matches)
		error_set(e, "command /%s is ambiguous: nothing was done",
		          safe);
	else
		error_set(e, "there is no command /%s: nothing was sent",
		          safe);
	if (row)
		error_set_hint(e, "use /%s %s (%s); //%s sends the line /%s",
		               row->name, row->args, row->help, safe, safe);
	else
		error_set_hint(e, "%s%s/help lists the commands; //%s sends "
		                  "the line /%s",
		               guess, *guess ? " " : "", safe, safe);
	return -1;
}
