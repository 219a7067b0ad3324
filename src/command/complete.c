/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Completion: which list a word is looked for in. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/audience.h>

#include "candidates.h"
#include "commands_private.h"

static void offer_text(struct candidates *l, const char *text)
{
	candidates_offer(l, text, strlen(text));
}

static void offer_choices(struct candidates *l, const struct choice *list)
{
	for (; list && list->name; list++)
		offer_text(l, list->name);
}

static void offer_commands(struct candidates *l, const char *before)
{
	const struct command_row *row;
	char name[64];
	for (size_t i = 0; (row = command_row(i)); i++) {
		snprintf(name, sizeof(name), "%s%s", before, row->name);
		offer_text(l, name);
	}
}

static void offer_peers(struct candidates *l, const struct chat *c)
{
	struct session *s;
	char number[16];
	for (size_t i = 0; (s = chat_session(c, i)) && i < 1000; i++) {
		snprintf(number, sizeof(number), "%u", s->number);
		offer_text(l, number);
	}
}

/* The name of an option, or what that option takes. */
static void offer_option(struct candidates *l, const char *args,
                         const char *word)
{
	char name[64];
	size_t len = strcspn(args, " ");
	if (args == word) {
		for (size_t i = 0; options_row(i); i++)
			if (options_is_live(i))
				offer_text(l, options_row(i)->name);
		return;
	}
	if (len >= sizeof(name))
		return;
	memcpy(name, args, len);
	name[len] = '\0';
	int row = options_find(name);
	if (row < 0 || args + len + strspn(args + len, " ") != word)
		return;
	offer_choices(l, options_choices((size_t)row));
	offer_text(l, "default");
}

/* True behind "unix:" in the place of an endpoint. */
static bool is_socket(const struct command_row *row, const char *args,
                      const char *end)
{
	return strcmp(row->args, "ENDPOINT") == 0 && end - args >= 5 &&
	       strncasecmp(args, "unix:", 5) == 0;
}

static void offer_arguments(struct candidates *l, const struct chat *c,
                            const struct command_row *row, const char *args)
{
	bool has_scheme = is_socket(row, args, l->word + l->len);
	offer_choices(l, row->choices);
	if (strstr(row->args, "PEER"))
		offer_peers(l, c);
	if (strstr(row->args, "WORD"))
		offer_commands(l, "");
	if (strstr(row->args, "OPTION"))
		offer_option(l, args, l->word);
	if (has_scheme)
		args += 5;
	if (has_scheme || strstr(row->args, "PATH")) { /* spaces and all */
		l->len += (size_t)(l->word - args);
		l->word = args;
		candidates_offer_files(l);
	}
}

/* A plain line: what has been said is said again. */
static void offer_heard(struct candidates *l, const struct chat *c,
                        const char *line, size_t point)
{
	size_t start = candidates_heard_start(line, point);
	l->word = line + start;
	l->len = point - start;
	if (l->len)
		candidates_offer_heard(l, c);
}

char **command_complete(struct chat *c, const char *line, size_t point,
                        size_t *start)
{
	struct candidates l = { .word = line + point };
	const struct command_row *row;
	size_t name_end = 0, matches;
	while (name_end < point && line[name_end] != ' ')
		name_end++;
	while (l.word > line && l.word[-1] != ' ')
		l.word--;
	l.len = (size_t)(line + point - l.word);
	if (!point || line[0] != '/' || (point > 1 && line[1] == '/')) {
		offer_heard(&l, c, line, point);
	} else if (name_end == point) {
		offer_commands(&l, "/");
	} else if ((row = command_find(line + 1, name_end - 1, &matches))) {
		while (name_end < point && line[name_end] == ' ')
			name_end++;
		offer_arguments(&l, c, row, line + name_end);
	}
	*start = (size_t)(l.word - line);
	return candidates_take(&l);
}
