/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a command was asked for is a page over the transcript, and stands in no
 * file.  A line of it is a label and a text, or prose: its first byte says
 * which, and a NUL ends it. */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "page.h"
#include "screen.h"
#include "tui.h"

#define LABEL_MAX  26 /* columns; a longer one is part of the text */
#define NARROW_MAX 20 /* with less room a text stands below its label */
#define PROSE      'p'
#define LABELLED   'l'

static void forget(struct answer *a)
{
	bytes_clear(&a->lines);
	a->is_new = a->is_over = false;
}

void answer_begin(struct frontend *f, const char *line, size_t len)
{
	struct answer *a = &f->answer;
	char word[sizeof(a->asked)] = "";
	memcpy(word, line, len < sizeof(word) ? len : sizeof(word) - 1);
	glyph_copy(a->asked, sizeof(a->asked), word, f->view.glyph_flags);
	forget(a);
}

void answer_take(struct frontend *f, const char *code, const char *text)
{
	struct answer *a = &f->answer;
	size_t before = a->lines.len;
	if (a->is_over)
		forget(a);
	if (bytes_append_byte(&a->lines, strcmp(code, "why") == 0 ? PROSE
	                                                          : LABELLED) ||
	    bytes_append(&a->lines, text, strlen(text) + 1)) {
		a->lines.len = before < a->lines.len ? before : a->lines.len;
		tui_no_memory(f, "for the whole answer");
	}
	a->is_new = true;
}

/* The line behind this one, or the first for NULL; NULL: there is none. */
static const char *next_line(const struct answer *a, const char *line)
{
	const char *all = (const char *)a->lines.data;
	const char *next = line ? line + strlen(line) + 1 : all;
	return a->lines.len && next < all + a->lines.len ? next : NULL;
}

/* How many bytes of a line are its label; 0 for none. */
static size_t label_len(const char *line)
{
	const char *end = *line == LABELLED ? strstr(line, ": ") : NULL;
	return end && end - line - 1 <= LABEL_MAX ? (size_t)(end - line - 1)
	                                          : 0;
}

static bool is_row(const struct answer *a)
{
	const char *line = next_line(a, NULL);
	return line && !next_line(a, line) && *line != PROSE &&
	       screen_width(line + 1) < screen_columns() - 1;
}

void answer_work(struct frontend *f)
{
	struct answer *a = &f->answer;
	if (a->is_new && is_row(a)) {
		tui_set_notice(f, next_line(a, NULL) + 1);
	} else if (a->is_new) {
		f->help = &mode_answer;
		f->help_first = 0;
		tui_mark_dirty(f);
	}
	a->is_new = false;
	a->is_over = true;
}

/* Where texts begin: behind the longest label. */
static int text_column(const struct answer *a)
{
	size_t longest = 0, len;
	for (const char *line = NULL; (line = next_line(a, line));)
		if ((len = label_len(line)) > longest)
			longest = len;
	return longest ? (int)longest + 3 : 1;
}

static void put_line(struct page *p, const char *line, int column)
{
	size_t len = label_len(line);
	const char *text = len ? line + 1 + len + 2 : line + 1;
	if (screen_columns() - column < NARROW_MAX)
		column = 3;
	if (len && page_put(p, 1, line + 1, len, STYLE_PROMPT) >= column)
		p->line++;
	page_wrap(p, len ? column : 1, text, STYLE_PLAIN);
}

/* How many lines it has. */
static int put_answer(const struct frontend *f, int rows)
{
	struct page p = { .first = f->help_first, .rows = rows };
	const struct answer *a = &f->answer;
	int column = text_column(a);
	int end = page_put(&p, 1, a->asked, strlen(a->asked), STYLE_PROMPT);
	page_wrap(&p, end + 2, "(PgUp PgDn scroll; Esc or q leaves)",
	          STYLE_DIM);
	p.line++;
	for (const char *line = NULL; (line = next_line(a, line));)
		put_line(&p, line, column);
	return p.line;
}

/* Where all of it does not fit, the last row says how much is below. */
static void draw_answer(struct frontend *f)
{
	int rows = f->transcript_rows, lines = put_answer(f, rows);
	char text[48];
	f->help_lines = lines;
	if (lines <= rows || rows < 2)
		return;
	f->help_lines++;
	int below = lines - f->help_first - rows + 1;
	if (below > 0)
		snprintf(text, sizeof(text), " %d more below (PgDn)", below);
	else
		snprintf(text, sizeof(text), " the end (PgUp)");
	screen_fill(rows - 1, STYLE_PLAIN);
	screen_put(rows - 1, 0, text, strlen(text), STYLE_DIM);
}

/* With nothing in the line, Enter is for the page; with something, Up and Down
 * are for the line. */
static bool take_answer_key(struct frontend *f, const struct token *t)
{
	bool is_row_key = t->key == KEY_UP || t->key == KEY_DOWN;
	bool is_free = input_is_empty() && !input_asks();
	bool is_enter = t->key == KEY_NONE && t->len == 1 &&
	                (*t->bytes == '\r' || *t->bytes == '\n');
	if (is_row_key && (!is_free || f->help_lines <= f->transcript_rows))
		return false;
	if (!is_enter || !is_free)
		return page_take_key(f, t);
	f->help = NULL;
	return true;
}

static const char *const answer_keys[] = {
	"Esc Back", "PgUp Up", "PgDn Down", "F1 Help", NULL,
};

const struct mode mode_answer = {
	.keys = answer_keys,
	.take = take_answer_key, .scroll = page_scroll, .draw = draw_answer,
};
