/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A cursor goes through the bytes of a message.  What is chosen is shown as all
 * that it could mean, and can be copied and sent again. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/number.h>

#include "pick.h"
#include "screen.h"
#include "tui.h"
#include "values.h"

static bool is_range(const struct within *w)
{
	return w->anchor != SIZE_MAX;
}

static struct hit chosen(const struct within *w)
{
	size_t a = w->cursor, b = is_range(w) ? w->anchor : a;
	return (struct hit){ (uint32_t)(a < b ? a : b),
		             (uint32_t)(a < b ? b : a) + 1 };
}

/* The message; NULL when it, or what is chosen of it, is not there any more:
 * the beginning of an end that did not come goes to the next message. */
static const struct entry *find_message(const struct frontend *f,
                                        struct entry *room)
{
	const struct entry *e =
	    transcript_at(f->chat->transcript, f->within.seq, room);
	bool is_there = e && e->kind == ENTRY_MESSAGE &&
	                chosen(&f->within).end <= e->len;
	return is_there ? e : NULL;
}

/* The cursor is marked apart from the rest of what is chosen. */
static void mark_chosen(struct frontend *f)
{
	struct within *w = &f->within;
	struct hit all = chosen(w);
	uint32_t at = (uint32_t)w->cursor;
	size_t count = 0;
	if (all.start < at)
		w->marked[count++] = (struct hit){ all.start, at };
	w->marked[count++] = (struct hit){ at, at + 1 };
	if (at + 1 < all.end)
		w->marked[count++] = (struct hit){ at + 1, all.end };
	f->view.hit_seq = w->seq;
	f->view.hit_offset = at;
	f->view.marked = (struct hit_list){ w->marked, count };
}

static void forget_marks(struct frontend *f)
{
	f->view.marked.count = 0;
	f->view.hit_seq = 0;
}

static void leave_within(struct frontend *f)
{
	forget_marks(f);
	f->mode = f->within.before;
}

void within_begin(struct frontend *f, uint64_t seq)
{
	struct entry room;
	f->within = (struct within){
		.seq = seq, .anchor = SIZE_MAX, .before = f->mode,
	};
	if (!find_message(f, &room)) {
		tui_set_notice(f, "only a message has bytes to choose from");
		return;
	}
	if (folds_say(&f->view.folds, seq, FOLD_OPEN)) {
		tui_no_memory(f, "to open it");
		return;
	}
	f->mode = &mode_within;
	mark_chosen(f);
}

/* Where the cursor goes.  SIZE_MAX: out of the message. */
typedef size_t move_fn(struct frontend *f, size_t at, size_t len);

static size_t to_left(struct frontend *f, size_t at, size_t len)
{
	(void)f;
	(void)len;
	return at - 1; /* from 0 to SIZE_MAX */
}

static size_t to_right(struct frontend *f, size_t at, size_t len)
{
	(void)f;
	return at + 1 < len ? at + 1 : at;
}

/* Into the row that shows the byte `other`, as far from its beginning as
 * now. */
static size_t to_row(struct frontend *f, size_t at, size_t begin, size_t other)
{
	size_t first, end;
	if (!view_row_bytes(&f->view, f->within.seq, other, &first, &end))
		return at;
	return first + (at - begin) < end ? first + (at - begin) : end - 1;
}

static size_t to_row_above(struct frontend *f, size_t at, size_t len)
{
	size_t begin, end;
	(void)len;
	bool is_there = view_row_bytes(&f->view, f->within.seq, at, &begin,
	                               &end);
	return is_there && begin ? to_row(f, at, begin, begin - 1) : at;
}

static size_t to_row_below(struct frontend *f, size_t at, size_t len)
{
	size_t begin, end;
	bool is_there = view_row_bytes(&f->view, f->within.seq, at, &begin,
	                               &end);
	return is_there && end < len ? to_row(f, at, begin, end) : at;
}

static size_t to_row_begin(struct frontend *f, size_t at, size_t len)
{
	size_t begin, end;
	(void)len;
	return view_row_bytes(&f->view, f->within.seq, at, &begin, &end)
	           ? begin : at;
}

static size_t to_row_end(struct frontend *f, size_t at, size_t len)
{
	size_t begin, end;
	(void)len;
	return view_row_bytes(&f->view, f->within.seq, at, &begin, &end)
	           ? end - 1 : at;
}

static size_t to_page_above(struct frontend *f, size_t at, size_t len)
{
	for (int i = tui_page_rows(f); i; i--)
		at = to_row_above(f, at, len);
	return at;
}

static size_t to_page_below(struct frontend *f, size_t at, size_t len)
{
	for (int i = tui_page_rows(f); i; i--)
		at = to_row_below(f, at, len);
	return at;
}

static size_t to_first(struct frontend *f, size_t at, size_t len)
{
	(void)f;
	(void)at;
	(void)len;
	return 0;
}

static size_t to_last(struct frontend *f, size_t at, size_t len)
{
	(void)f;
	(void)at;
	return len - 1;
}

/* With Shift held they choose a range. */
static const struct {
	const char *key;
	move_fn *move;
} moves[] = {
	{ "Left", to_left },           { "Right", to_right },
	{ "Up", to_row_above },        { "Down", to_row_below },
	{ "Home", to_row_begin },      { "End", to_row_end },
	{ "PgUp", to_page_above },     { "PgDn", to_page_below },
	{ "Ctrl-Home", to_first },     { "Ctrl-End", to_last },
};

static move_fn *find_move(const char *name)
{
	for (size_t i = 0; name && i < sizeof(moves) / sizeof(*moves); i++)
		if (strcmp(moves[i].key, name) == 0)
			return moves[i].move;
	return NULL;
}

/* Go there.  A range that Space has begun goes on. */
static void move_cursor(struct frontend *f, size_t len, move_fn *move,
                        bool has_shift)
{
	struct within *w = &f->within;
	size_t to = move(f, w->cursor, len);
	if (has_shift && !is_range(w))
		w->anchor = w->cursor;
	if (to != SIZE_MAX)
		w->cursor = to;
	else if (!has_shift && !is_range(w))
		leave_within(f);
}

static void copy_chosen(struct frontend *f, const struct entry *e,
                        enum quote_form form)
{
	struct hit h = chosen(&f->within);
	struct bytes content = { 0 };
	if (bytes_append(&content, e->bytes + h.start, h.end - h.start))
		tui_no_memory(f, "to copy");
	else if (!pick_copy(f, &content, 0, form, e->peer))
		pick_end(f);
	bytes_finish(&content);
}

static void retype_chosen(struct frontend *f, const struct entry *e)
{
	struct hit h = chosen(&f->within);
	pick_retype(f, e->bytes + h.start, h.end - h.start);
}

static void take_letter(struct frontend *f, const struct entry *e, char letter)
{
	struct within *w = &f->within;
	enum quote_form form;
	if (pick_form(letter, &form))
		copy_chosen(f, e, form);
	else if (letter == ' ')
		w->anchor = is_range(w) ? SIZE_MAX : w->cursor;
	else if (letter == 'q')
		leave_within(f);
}

/* The rest of a burst goes into the line when a letter has ended the choice. */
static void take_letters(struct frontend *f, const struct entry *e,
                         const struct token *t)
{
	size_t done = 0;
	while (done < t->len && f->mode == &mode_within)
		take_letter(f, e, (char)tolower(t->bytes[done++]));
	if (done < t->len)
		input_feed(&(struct token){ KEY_TEXT, t->bytes + done,
		                            t->len - done });
}

static void show_more_values(struct within *w)
{
	w->value += w->rows_seen;
	if (w->value >= values_rows())
		w->value = 0;
}

static bool take_key(struct frontend *f, const struct entry *e,
                     const struct token *t)
{
	const char *name = keyname_of(t);
	bool has_shift = name && strncmp(name, "Shift-", 6) == 0;
	move_fn *move = find_move(has_shift ? name + 6 : name);
	if (move)
		move_cursor(f, e->len, move, has_shift);
	else if (t->key == KEY_ESCAPE || t->key == KEY_CTRL_C)
		leave_within(f);
	else if (t->key == KEY_F7)
		pick_end(f);
	else if (t->key == KEY_TEXT)
		take_letters(f, e, t);
	else if (name && strcmp(name, "Enter") == 0)
		retype_chosen(f, e);
	else if (name && strcmp(name, "Tab") == 0)
		show_more_values(&f->within);
	else
		return t->key == KEY_NONE || t->key == KEY_PASTE;
	return true;
}

static bool take_within_key(struct frontend *f, const struct token *t)
{
	struct entry room;
	const struct entry *e = find_message(f, &room);
	if (!e) {
		leave_within(f);
		return true;
	}
	forget_marks(f);
	bool is_taken = take_key(f, e, t);
	if (f->mode == &mode_within)
		mark_chosen(f);
	return is_taken;
}

/* The values take at most two thirds of the rows. */
static int room_for_values(int rows)
{
	int most = rows * 2 / 3, wanted = values_rows();
	return wanted < most ? wanted : most;
}

static int draw_values(struct frontend *f, int end)
{
	struct within *w = &f->within;
	struct hit h = chosen(w);
	struct entry room;
	const struct entry *e = find_message(f, &room);
	if (!e)
		return 0;
	size_t len = is_range(w) ? h.end - h.start : e->len - h.start;
	w->rows_seen = room_for_values(end);
	if (w->value >= values_rows())
		w->value = 0;
	values_draw(end - w->rows_seen, w->rows_seen, w->value,
	            e->bytes + h.start, len, f->view.glyph_flags);
	view_show(&f->view, w->seq, w->cursor, end - w->rows_seen);
	return w->rows_seen;
}

static const char *within_prompt(struct frontend *f)
{
	static char text[128];
	const struct within *w = &f->within;
	struct hit h = chosen(w);
	int rows = f->transcript_rows + w->rows_seen;
	bool is_cut = room_for_values(rows) < values_rows();
	text[0] = '\0';
	if (is_range(w))
		text_add(text, sizeof(text), "%u byte%s at ", h.end - h.start,
		         plural(h.end - h.start));
	text_add(text, sizeof(text), "%u (0x%x): %scopy Text Hex C Python "
	         "Base64 Shell | Enter resends%s", h.start, h.start,
	         is_range(w) ? "" : "Space | ",
	         is_cut ? " | Tab" : "");
	return text;
}

static const char *const within_keys[] = {
	"Esc Back", "Left Before", "Right Next", "Space Range", "Tab Values",
	"Enter Line", "F1 Help", NULL,
};

const struct mode mode_within = {
	.keys = within_keys,
	.take = take_within_key, .draw_foot = draw_values,
	.prompt = within_prompt, .hides_line = true,
};
