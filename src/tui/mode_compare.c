/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two messages over the screen, with what differs marked. */

#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "beside.h"
#include "screen.h"
#include "tui.h"

#define HEAD 1 /* rows above those of the messages */

static int rows_seen(const struct frontend *f)
{
	int rows = (f->transcript_rows - HEAD) /
	           beside_height(&f->compare.beside);
	return rows > 1 ? rows : 1;
}

static void clamp(struct compare *c, int rows)
{
	size_t all = beside_rows(&c->beside), seen = (size_t)rows;
	size_t most = all > seen ? all - seen : 0;
	if (c->first > most)
		c->first = most;
}

static void scroll_compare(struct frontend *f, int by)
{
	struct compare *c = &f->compare;
	size_t up = (size_t)-(int64_t)by;
	if (by < 0)
		c->first -= up < c->first ? up : c->first;
	else
		c->first += (size_t)by;
	clamp(c, rows_seen(f));
}

/* Let the difference that is looked at be seen. */
static void show_now(struct frontend *f)
{
	struct compare *c = &f->compare;
	size_t row = beside_row_now(&c->beside), seen = (size_t)rows_seen(f);
	if (row < c->first || row >= c->first + seen)
		c->first = row > seen / 2 ? row - seen / 2 : 0;
	clamp(c, (int)seen);
}

void compare_end(struct frontend *f)
{
	if (f->mode == &mode_compare)
		f->mode = f->compare.before;
	beside_finish(&f->compare.beside);
}

/* Follow the size of the screen and the view.  False without memory. */
static bool follow_screen(struct frontend *f)
{
	struct beside *b = &f->compare.beside;
	enum view view = (enum view)f->chat->options->view;
	if (!beside_lay_out(b, screen_columns(), view))
		return true;
	compare_end(f);
	tui_no_memory(f, "to compare");
	return false;
}

static int start_compare(struct frontend *f, const struct entry *left,
                         const struct entry *right)
{
	struct compare *c = &f->compare;
	c->first = 0;
	c->before = f->mode;
	if (beside_begin(&c->beside, left->bytes, left->len, right->bytes,
	                 right->len)) {
		tui_no_memory(f, "to compare");
		return -1;
	}
	f->mode = &mode_compare;
	return follow_screen(f) ? 0 : -1;
}

void compare_begin(struct frontend *f, uint64_t left, uint64_t right)
{
	const struct transcript *t = f->chat->transcript;
	struct entry a, b;
	if (!transcript_at(t, left, &a) || !transcript_at(t, right, &b) ||
	    left == right || a.kind != ENTRY_MESSAGE ||
	    b.kind != ENTRY_MESSAGE)
		tui_set_notice(f, "choose two messages to compare: Space on "
		                  "one, then = on the other");
	else if (!start_compare(f, &a, &b))
		show_now(f);
}

static void put_head(const struct compare *c)
{
	const struct comparison *p = &c->beside.places;
	char text[160];
	int len = snprintf(text, sizeof(text), "%zu and %zu bytes: ", p->a_len,
	                   p->b_len);
	if (p->differs)
		snprintf(text + len, sizeof(text) - (size_t)len,
		         "%zu place%s differ%s", p->differs,
		         plural(p->differs), p->differs == 1 ? "s" : "");
	else
		snprintf(text + len, sizeof(text) - (size_t)len,
		         "they are the same");
	screen_put(0, 0, text, strlen(text), STYLE_PROMPT);
}

static void draw_compare(struct frontend *f)
{
	struct compare *c = &f->compare;
	int end = f->transcript_rows;
	if (!follow_screen(f))
		return;
	clamp(c, rows_seen(f));
	int height = beside_height(&c->beside);
	size_t row = c->first, rows = beside_rows(&c->beside);
	if (end > HEAD)
		put_head(c);
	for (int at = end > HEAD ? HEAD : 0; at < end && row < rows;
	     at += height)
		beside_draw(&c->beside, row++, at, end, f->view.glyph_flags);
}

static void go_to_difference(struct frontend *f, bool goes_up)
{
	if (beside_go(&f->compare.beside, goes_up))
		show_now(f);
	else
		tui_set_notice(f, goes_up ? "no difference above"
		                          : "no difference below");
}

/* Letters that come at once are taken one by one. */
static void take_letters(struct frontend *f, const struct token *t)
{
	for (size_t i = 0; i < t->len && f->mode == &mode_compare; i++) {
		char letter = (char)t->bytes[i];
		if (letter == 'n' || letter == 'N')
			go_to_difference(f, letter == 'N');
		else if (letter == 'q' || letter == '=')
			compare_end(f);
	}
}

static bool take_compare_key(struct frontend *f, const struct token *t)
{
	if (t->key == KEY_ESCAPE || t->key == KEY_CTRL_C || t->key == KEY_F7)
		compare_end(f);
	else if (t->key == KEY_UP || t->key == KEY_DOWN)
		scroll_compare(f, t->key == KEY_UP ? -1 : 1);
	else if (t->key == KEY_TEXT)
		take_letters(f, t);
	else
		return t->key == KEY_NONE || t->key == KEY_PASTE;
	return true;
}

static const char *compare_prompt(struct frontend *f)
{
	(void)f;
	return "compare: n N next, earlier difference | F2 view | Esc back";
}

static const char *const compare_keys[] = {
	"Esc Back", "n Next", "N Previous", "Up Scroll", "F2 View", "F1 Help",
	NULL,
};

const struct mode mode_compare = {
	.keys = compare_keys,
	.take = take_compare_key, .scroll = scroll_compare,
	.draw = draw_compare, .prompt = compare_prompt, .hides_line = true,
};
