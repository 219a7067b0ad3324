/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Help over the screen, and the bar of keys. */

#include <stdio.h>
#include <string.h>

#include <sockchat/command.h>

#include "page.h"
#include "screen.h"

static const struct key_row rows[] = {
	{ "F1 or Alt-?", "this help", "F1 Help" },
	{ "F2", "next view: text, hex, mixed", "F2 View" },
	{ "F3", "time: clock, start, delta, off, answer", "F3 Time" },
	{ "F4", "show line endings, or hide them", NULL },
	{ "F5", "connection health: counters, state, TCP", "F5 Info" },
	{ "F6", "next peer; in the middle each peer has two sides",
	  "F6 Peer" },
	{ "PgUp PgDn, wheel", "scroll; what is new waits below",
	  "PgUp Scroll" },
	{ "Ctrl-S", "search: text, re:EXPRESSION, hex:BYTES; then n, "
	            "N", "^S Find" },
	{ "Ctrl-C", "clear the line; on an empty line, twice: leave",
	  "^C Leave" },
	{ "Ctrl-D", "on an empty line: finish sending (FIN); again: leave",
	  "^D Finish" },
	{ "Enter", "send the line with the chosen ending (/eol)", NULL },
	{ "Ctrl-X Ctrl-E", "edit the line in $EDITOR, and send it", NULL },
	{ "Alt-H", "show in hex what Enter would send", NULL },
	{ "Alt-Enter", "put a line break into the line", NULL },
	{ "Ctrl-V", "type the bytes of the next key", NULL },
	{ "Tab", "complete a command, a word or a peer", NULL },
	{ "Up Down, Ctrl-R", "earlier lines; search them", NULL },
	{ "Ctrl-Home, Alt-<", "go to the oldest entry", NULL },
	{ "Ctrl-End, Alt->", "go to the newest entry", NULL },
	{ "Esc", "back to the newest entry; leave help", NULL },
	{ "F7", "select entries: to copy, save or send again", "F7 Select" },
	{ "F7 g d e", "held messages (/hold): g passes, d drops, e edits one",
	  NULL },
	{ "F7 Right", "choose bytes in a message, and see all they could mean",
	  NULL },
	{ "F7 o F1", "o opens or folds, F1 explains a notice", NULL },
	{ "F7 =", "compare two messages side by side", NULL },
	{ "F7 f", "copy whole messages, with length prefix and ending",
	  NULL },
	{ "F8", "bare view to copy from: content only, no mouse; Esc ends it",
	  NULL },
	{ "F9", "type to one peer and show only it; again: all",
	  "F9 Focus" },
	{ "Ctrl-L", "redraw the screen", NULL },
	{ "Ctrl-Z", "suspend; the connection stays open", NULL },
};

const struct key_row *help_key(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

static void put_pair(struct page *p, const char *left, const char *right)
{
	int gap = screen_columns() < 60 ? 2 : 22;
	int column = page_put(p, 1, left, strlen(left), STYLE_PROMPT) + 2;
	page_wrap(p, column < gap ? gap : column, right, STYLE_PLAIN);
}

static void put_command_rows(struct page *p, const char *word)
{
	const struct command_row *row;
	char left[64];
	for (size_t i = 0; (row = command_row(i)); i++) {
		if (strncmp(row->name, word, strlen(word)) != 0)
			continue;
		snprintf(left, sizeof(left), "/%s %s", row->name, row->args);
		put_pair(p, left, row->help);
	}
}

static void put_keys(struct page *p, const char *word)
{
	put_pair(p, "Keys", "(PgUp PgDn scroll; Esc or q leaves)");
	for (size_t i = 0; help_key(i); i++)
		if (strncmp(help_key(i)->keys, word, strlen(word)) == 0)
			put_pair(p, help_key(i)->keys, help_key(i)->help);
}

bool help_has_key(const char *word)
{
	size_t i = 0, len = strlen(word);
	while (help_key(i) && strncmp(help_key(i)->keys, word, len) != 0)
		i++;
	return help_key(i) != NULL;
}

int help_draw(int rows_seen, int first, const char *word)
{
	struct page p = { .first = first, .rows = rows_seen };
	if (*word && help_has_key(word)) {
		put_keys(&p, word);
		return p.line;
	}
	if (!*word) {
		put_keys(&p, word);
		put_pair(&p, "", "");
		put_pair(&p, "", "To select text with the mouse: hold Shift, "
		                 "or F8.");
		put_pair(&p, "", "The keys and the status line can be "
		                 "clicked.");
		put_pair(&p, "", "");
	}
	put_pair(&p, "Commands",
	         "the first letters are enough; //TEXT sends /TEXT");
	put_command_rows(&p, word);
	return p.line;
}

/* "F1 Help": the key looks like one. */
static int draw_key(int row, int column, const char *text, struct spots *spots)
{
	size_t name = strcspn(text, " ");
	int from = column;
	column = screen_put(row, column, text, name, STYLE_BAR_KEY);
	column = screen_put(row, column, text + name, strlen(text + name),
	                    STYLE_BAR);
	spots_add(spots, row, from, column, keys_named(text, name));
	return column;
}

/* The column behind it and a gap; where it does not fit, the one before. */
static int put_key(int row, int column, const char *text, struct spots *spots)
{
	if (!text || column + (int)strlen(text) > screen_columns())
		return column;
	return draw_key(row, column, text, spots) + 2;
}

void help_draw_bar(int row, const char *first, const char *const *keys,
                   struct spots *spots)
{
	int column = put_key(row, 1, first, spots);
	while (keys && *keys)
		column = put_key(row, column, *keys++, spots);
	for (size_t i = 0; !keys && help_key(i); i++)
		column = put_key(row, column, help_key(i)->bar, spots);
}
