/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The search: while its pattern is typed the nearest hit above is shown, then n
 * and N go from one to the next; Esc goes back to where it began. */

#include <stdio.h>
#include <string.h>

#include <sockchat/encoding.h>
#include <sockchat/glyph.h>
#include <sockchat/hits.h>
#include <sockchat/lens.h>
#include <sockchat/recut.h>
#include <sockchat/shared.h>

#include "tui.h"

#define PROMPT_MAX 160

/* A new entry may be the end of a hit that begins in one that was looked at
 * before it came. */
static size_t count_shown_hits(void *user, const struct entry *e)
{
	struct frontend *f = user;
	if (e->flags & ENTRY_FOLDED || !filter_shows(&f->chat->filter, e) ||
	    shared_is_hidden(&f->chat->filter, e))
		return 0;
	size_t count = hits_of(f->find.hits, e).count;
	uint64_t former = count ? hits_former(f->find.hits) : 0;
	if (former && e->seq > f->find.newest)
		lens_touch(f->find.lens, former);
	if (e->seq > f->find.newest)
		f->find.newest = e->seq;
	return count;
}

static void forget_pattern(struct frontend *f)
{
	lens_free(f->find.lens);
	hits_free(f->find.hits);
	pattern_free(f->find.pattern);
	f->find.lens = NULL;
	f->find.hits = NULL;
	f->find.pattern = NULL;
	f->view.hits = NULL;
	f->view.found = NULL;
	f->view.hit_seq = 0;
	f->find.trouble[0] = '\0';
}

/* Go back to where the view stood when the search began. */
static void restore_view(struct frontend *f)
{
	const struct viewport *start = &f->find.start;
	f->view.is_scrolled = start->is_scrolled;
	f->view.top_seq = start->top_seq;
	f->view.top_row = start->top_row;
	f->view.below_seq = start->below_seq;
}

void find_end(struct frontend *f)
{
	if (f->mode != &mode_find)
		return;
	forget_pattern(f);
	draft_take_back();
	f->mode = NULL;
}

/* The hits in the entry `seq`; none when it has been dropped. */
static struct hit_list hits_in(const struct frontend *f, uint64_t seq)
{
	struct entry room;
	const struct entry *e = transcript_at(f->chat->transcript, seq, &room);
	return e ? hits_of(f->find.hits, e) : (struct hit_list){ NULL, 0 };
}

/* The hit of `seq` that is nearest to `at`: the last one before it, or the
 * first one from there on. */
static bool nearest_hit(const struct frontend *f, uint64_t seq, size_t at,
                        bool goes_up, size_t *offset)
{
	struct hit_list list = hits_in(f, seq);
	size_t i = hits_find(&list, at) - goes_up; /* wraps below 0 */
	if (!list.hits || i >= list.count)
		return false;
	*offset = list.hits[i].start;
	return true;
}

static void show_hit(struct frontend *f, uint64_t seq, size_t offset)
{
	f->view.hit_seq = seq;
	f->view.hit_offset = offset;
	view_show(&f->view, seq, offset, f->transcript_rows);
}

/* Go from the present hit to the next one.  Without a present hit there is
 * nothing to do. */
static void go_to_hit(struct frontend *f, bool goes_up)
{
	uint64_t seq = f->view.hit_seq;
	size_t offset = f->view.hit_offset + !goes_up;
	if (seq && !nearest_hit(f, seq, offset, goes_up, &offset)) {
		seq = goes_up ? lens_before(f->find.lens, seq)
		              : lens_next(f->find.lens, seq);
		if (seq && !nearest_hit(f, seq, goes_up ? SIZE_MAX : 0,
		                        goes_up, &offset))
			return;
	}
	if (seq)
		show_hit(f, seq, offset);
}

/* Show the first hit: the nearest one above, or below if there is none
 * above. */
static void find_first(struct frontend *f)
{
	const struct lens *lens = f->find.lens;
	uint64_t start = f->find.start_seq;
	uint64_t seq = lens_before(lens, start);
	size_t offset;
	if (!seq && lens_is_complete(lens))
		seq = lens_next(lens, start - 1);
	if (seq && nearest_hit(f, seq, SIZE_MAX, true, &offset))
		show_hit(f, seq, offset);
}

bool find_work(struct frontend *f, int64_t ns)
{
	struct error e;
	if (!f->find.lens)
		return false;
	int goes_on = lens_step(f->find.lens, ns, &e);
	if (goes_on < 0) {
		find_end(f);
		chat_error(f->chat, &e);
		return false;
	}
	if (pattern_gave_up(f->find.pattern, &e))
		chat_error(f->chat, &e);
	if (!f->view.hit_seq)
		find_first(f);
	return goes_on;
}

void find_touch(struct frontend *f, uint64_t seq)
{
	if (f->find.lens)
		lens_touch(f->find.lens, seq);
}

void find_recut(struct frontend *f, const struct recut *r)
{
	if (!r || f->mode != &mode_find)
		return;
	struct viewport *start = &f->find.start;
	recut_move(r, &start->top_seq);
	recut_move(r, &start->below_seq);
	start->top_row = 0;
	recut_move(r, &f->find.start_seq);
	if (f->find.lens)
		lens_recut(f->find.lens, r);
}

/* Make all parts of a search, or none: -1 with a sentence. */
static int make_search(struct find *find, struct frontend *f, const char *text,
                       struct error *e)
{
	find->pattern = encoding_pattern(f->chat->encoding, text, e);
	if (!find->pattern)
		return -1;
	find->hits = hits_new(find->pattern, f->chat->transcript);
	find->newest = 0;
	find->lens = lens_new(f->chat->transcript, find->start_seq,
	                      count_shown_hits, f);
	if (find->hits && find->lens)
		return 0;
	return error_set(e, "no memory to search");
}

/* The pattern has changed: look for it from where the search began. */
static void search_anew(struct frontend *f)
{
	struct input_line line;
	struct error e;
	forget_pattern(f);
	restore_view(f);
	input_show(&line);
	if (!line.len)
		return;
	if (make_search(&f->find, f, line.text, &e)) {
		forget_pattern(f);
		glyph_copy(f->find.trouble, sizeof(f->find.trouble), e.text,
		           GLYPH_ASCII);
		return;
	}
	f->view.hits = f->find.hits;
	f->view.found = f->find.lens;
}

void find_begin(struct frontend *f, const char *text)
{
	if (f->mode)
		return;
	if (draft_put_aside(text)) {
		tui_no_memory(f, "to search");
		return;
	}
	f->find.start = f->view;
	f->find.start_seq = view_end(&f->view, f->transcript_rows);
	f->find.is_typed = !*text;
	f->mode = &mode_find;
	f->help = f->panel = NULL;
	search_anew(f);
}

/* "2/20": hits are numbered from the oldest. */
static void format_count(struct frontend *f, char out[48])
{
	const struct lens *lens = f->find.lens;
	bool is_complete = lens && lens_is_complete(lens);
	uint32_t total = lens ? lens_total(lens) : 0;
	out[0] = '\0';
	if (!lens)
		return;
	struct hit_list list = hits_in(f, f->view.hit_seq);
	if (!total || !list.count) {
		snprintf(out, 48, is_complete ? " (not found)" : " (...)");
		return;
	}
	size_t number = lens_sum_before(lens, f->view.hit_seq) + 1 +
	                hits_find(&list, f->view.hit_offset);
	if (is_complete)
		snprintf(out, 48, " %zu/%u", number, total);
	else
		snprintf(out, 48, " %u and more", total);
}

static const char *find_prompt(struct frontend *f)
{
	static char text[PROMPT_MAX];
	char count[48];
	format_count(f, count);
	if (f->find.trouble[0])
		snprintf(text, sizeof(text), "find (%s): ", f->find.trouble);
	else
		snprintf(text, sizeof(text), "find%s%s: ", count,
		         f->find.is_typed ? ""
		                          : " (n older, N newer, Esc back)");
	return text;
}

static bool is_this_byte(const struct token *t, char c)
{
	return t->len == 1 && t->bytes[0] == (uint8_t)c;
}

/* Enter ends the typing of the pattern; once more, it ends the search. */
static void enter_find(struct frontend *f)
{
	if (f->find.is_typed && f->find.pattern)
		f->find.is_typed = false;
	else
		find_end(f);
}

/* Take a key while the pattern is typed. */
static bool edit_pattern(struct frontend *f, const struct token *t)
{
	if (draft_edit(t)) {
		search_anew(f);
		return true;
	}
	return t->key == KEY_NONE; /* no other key edits it */
}

/* Take a key while n and N go from hit to hit.  Other text is for the line. */
static bool take_hit_key(struct frontend *f, const struct token *t)
{
	size_t done = 0;
	if (t->key == KEY_PASTE)
		find_end(f);
	if (t->key != KEY_TEXT)
		return t->key == KEY_NONE;
	for (; done < t->len && strchr("nN", t->bytes[done]); done++)
		go_to_hit(f, t->bytes[done] == 'n');
	if (done == t->len)
		return true;
	find_end(f);
	input_feed(&(struct token){ KEY_TEXT, t->bytes + done,
	                            t->len - done });
	return true;
}

static bool take_find_key(struct frontend *f, const struct token *t)
{
	if (t->key == KEY_ESCAPE || t->key == KEY_CTRL_C ||
	    is_this_byte(t, '\007')) {
		find_end(f);
		restore_view(f);
	} else if (is_this_byte(t, '\r') || is_this_byte(t, '\n')) {
		enter_find(f);
	} else if (t->key == KEY_UP || t->key == KEY_CTRL_S) {
		go_to_hit(f, true);
	} else if (t->key == KEY_DOWN || is_this_byte(t, '\022')) {
		go_to_hit(f, false);
	} else if (f->find.is_typed) {
		return edit_pattern(f, t);
	} else {
		return take_hit_key(f, t);
	}
	return true;
}

static const char *const find_keys[] = {
	"Esc Back", "Up Older", "Down Newer", "Enter Stay", "F1 Help", NULL,
};

const struct mode mode_find = {
	.take = take_find_key, .prompt = find_prompt, .keys = find_keys,
};
