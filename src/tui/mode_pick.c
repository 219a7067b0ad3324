/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries are chosen: to be copied, saved, or taken back into the line. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/command.h>
#include <sockchat/frame.h>
#include <sockchat/recut.h>

#include "pick.h"
#include "screen.h"
#include "tui.h"

#define WIDE  76 /* columns for all that the keys do */
#define SMALL 38 /* for the most of it */

static void mark_picked(struct frontend *f)
{
	uint64_t a = f->pick.cursor;
	uint64_t b = f->pick.anchor ? f->pick.anchor : a;
	f->view.picked_first = a < b ? a : b;
	f->view.picked_last = a < b ? b : a;
	view_show(&f->view, a, 0, f->transcript_rows);
}

static bool is_held_at(const struct frontend *f, uint64_t seq, uint32_t *number)
{
	struct entry room;
	const struct entry *e =
	    transcript_at(f->chat->transcript, seq, &room);
	*number = e ? e->held : 0;
	return e && entry_is_held(e);
}

/* The newest entry that is seen; among those one that is held, if there is. */
static uint64_t find_first_pick(struct frontend *f)
{
	uint64_t end = view_end(&f->view, f->transcript_rows);
	uint64_t newest = view_before(&f->view, end), seq = newest;
	uint32_t number;
	for (int i = 0; seq && i < f->transcript_rows; i++) {
		if (is_held_at(f, seq, &number))
			return seq;
		seq = view_before(&f->view, seq);
	}
	return newest;
}

void pick_begin(struct frontend *f)
{
	uint64_t seq = find_first_pick(f);
	if (f->mode || !seq)
		return;
	f->pick = (struct pick){
		.cursor = seq, .was_scrolled = f->view.is_scrolled,
	};
	f->mode = &mode_pick;
	f->help = f->panel = NULL;
	mark_picked(f);
}

void pick_recut(struct frontend *f, const struct recut *r)
{
	if (!r || f->mode != &mode_pick)
		return;
	recut_move(r, &f->pick.cursor);
	recut_move(r, &f->pick.anchor);
	mark_picked(f);
}

static void move_cursor(struct frontend *f, int by)
{
	uint64_t seq = f->pick.cursor, next = seq;
	for (; by && next; by += by < 0 ? 1 : -1) {
		seq = next;
		next = by < 0 ? view_before(&f->view, seq)
		              : view_next(&f->view, seq);
	}
	f->pick.cursor = next ? next : seq;
	mark_picked(f);
}

static void mark_range(struct frontend *f)
{
	f->pick.anchor = f->pick.anchor ? 0 : f->pick.cursor;
	mark_picked(f);
}

static void mark_all(struct frontend *f)
{
	uint64_t end = transcript_end(f->chat->transcript);
	uint64_t first = view_next(&f->view, 0);
	if (!first) /* all entries are hidden now, as by the bare view */
		return;
	f->pick.anchor = first;
	f->pick.cursor = view_before(&f->view, end);
	mark_picked(f);
}

/* How much stands behind the payload.  What a kind of frames that only reads
 * calls a message is a payload as it stands. */
static size_t end_len(const struct entry *e)
{
	return e->frame && e->frame->wrap ? e->suffix : 0;
}

/* Append the payload of a message, and its end. */
static int append_payload(struct bytes *out, const struct entry *e)
{
	struct bytes room = { 0 };
	size_t len = e->len, end = end_len(e);
	bool is_wrapped = e->frame && e->frame->wrap;
	const uint8_t *from =
	    is_wrapped ? entry_payload(e, &room, &len) : e->bytes;
	int failed = !from || bytes_append(out, from, len) ||
	             bytes_append(out, e->bytes + e->len - end, end);
	bytes_finish(&room);
	return failed ? -1 : 0;
}

/* Append a message as it went over the connection, or a sentence. */
static int append_whole(struct bytes *out, const struct entry *e)
{
	bool is_message = e->kind == ENTRY_MESSAGE;
	return bytes_append(out, e->bytes, e->len) ||
	               (!is_message && bytes_append_byte(out, '\n'))
	           ? -1 : 0;
}

/* Gather the chosen entries that are shown: either their messages or their
 * sentences; `*count` is how many.  Ends stay between payloads, which would be
 * one line otherwise.  -1 without memory. */
static int gather_picked(const struct frontend *f, bool is_message,
                         struct bytes *out, size_t *count)
{
	uint64_t seq = f->view.picked_first - 1;
	size_t end = 0;
	*count = 0;
	while ((seq = view_next(&f->view, seq)) &&
	       seq <= f->view.picked_last) {
		struct entry kept;
		const struct entry *e =
		    transcript_at(f->chat->transcript, seq, &kept);
		if ((e->kind == ENTRY_MESSAGE) != is_message)
			continue;
		bool is_whole = f->pick.is_whole || !is_message;
		if ((is_whole ? append_whole : append_payload)(out, e))
			return -1;
		end = is_whole ? 0 : end_len(e);
		++*count;
	}
	out->len -= end;
	return 0;
}

static const char *peer_of(const struct frontend *f)
{
	struct entry kept;
	const struct entry *e = transcript_at(f->chat->transcript,
	                                      f->view.picked_first, &kept);
	return e ? e->peer : "";
}

static void copy_picked(struct frontend *f, enum quote_form form)
{
	struct bytes content = { 0 };
	size_t count;
	if (gather_picked(f, true, &content, &count) ||
	    (!count && gather_picked(f, false, &content, &count)))
		tui_no_memory(f, "to copy");
	else if (!pick_copy(f, &content, count, form, peer_of(f)))
		pick_end(f);
	bytes_finish(&content);
}

/* Put the message under the cursor into the line, to be sent again: its
 * payload, as the frame is put around what is sent. */
static void take_into_line(struct frontend *f)
{
	struct entry kept;
	const struct entry *e =
	    transcript_at(f->chat->transcript, f->pick.cursor, &kept);
	struct bytes payload = { 0 };
	if (!e || e->kind != ENTRY_MESSAGE)
		tui_set_notice(f, "only messages can be sent again");
	else if (append_payload(&payload, e))
		tui_no_memory(f, "to type it");
	else
		pick_retype(f, payload.data, payload.len - end_len(e));
	bytes_finish(&payload);
}

/* The message before it that went the same way in the same conversation; 0 for
 * none. */
static uint64_t find_former(const struct frontend *f, const struct entry *e)
{
	struct entry room;
	uint64_t seq = e->seq;
	while ((seq = view_before(&f->view, seq))) {
		const struct entry *b =
		    transcript_at(f->chat->transcript, seq, &room);
		if (b && b->kind == ENTRY_MESSAGE && b->dir == e->dir &&
		    b->session == e->session)
			break;
	}
	return seq;
}

/* Compare the first and the last message of the range, or the one under the
 * cursor with the one before it. */
static void compare_picked(struct frontend *f)
{
	uint64_t first = f->view.picked_first, last = f->view.picked_last;
	struct entry room;
	const struct entry *e =
	    transcript_at(f->chat->transcript, last, &room);
	if (first == last && e)
		first = find_former(f, e);
	compare_begin(f, first, last);
}

/* Begin to type a command for the selection. */
static void type_command(struct frontend *f, const char *text)
{
	pick_leave(f);
	input_replace(text);
}

/* Give the user's word about all that is chosen and held. */
static void give_word(struct frontend *f, const char *word)
{
	uint64_t seq = f->view.picked_first - 1, last = f->view.picked_last;
	bool is_one = seq + 1 == last, has_done = false;
	char line[32];
	uint32_t number;
	while ((seq = view_next(&f->view, seq)) && seq <= last) {
		if (!is_held_at(f, seq, &number))
			continue;
		int len = snprintf(line, sizeof(line), "/%s %u", word, number);
		command_run(f->chat, line, (size_t)len);
		has_done = true;
	}
	if (has_done)
		pick_end(f);
	else
		tui_set_notice(f, is_one ? "this entry is not held"
		                         : "none of these entries is held");
}

static void edit_picked(struct frontend *f)
{
	uint32_t number;
	if (!is_held_at(f, f->pick.cursor, &number)) {
		tui_set_notice(f, "this entry is not held");
		return;
	}
	pick_end(f);
	f->held.wanted = number;
	held_work(f);
}

/* Open what is folded under the cursor, or fold it. */
static void toggle_fold(struct frontend *f)
{
	enum fold_word now = view_fold(&f->view, f->pick.cursor);
	if (now == FOLD_UNSAID)
		tui_set_notice(f, "this is all of it");
	else if (folds_say(&f->view.folds, f->pick.cursor,
	                   now == FOLD_OPEN ? FOLD_SHUT : FOLD_OPEN))
		tui_no_memory(f, "to fold it");
	mark_picked(f);
}

static void take_letter(struct frontend *f, char letter)
{
	enum quote_form form;
	if (pick_form(letter, &form))
		copy_picked(f, form);
	switch (letter) {
	case ' ':
		mark_range(f);
		break;
	case 'a':
		mark_all(f);
		break;
	case 'f':
		f->pick.is_whole = !f->pick.is_whole;
		break;
	case 'g':
		give_word(f, "pass");
		break;
	case 'd':
		give_word(f, "drop");
		break;
	case 'e':
		edit_picked(f);
		break;
	case '=':
		compare_picked(f);
		break;
	case 'o':
		toggle_fold(f);
		break;
	case 'k':
		move_cursor(f, -1);
		break;
	case 'j':
		move_cursor(f, 1);
		break;
	case 'w':
		type_command(f, "/save ");
		break;
	case '/':
		type_command(f, "/");
		break;
	case 'q':
		pick_end(f);
		break;
	}
}

/* The rest of a burst goes into the line when a letter has ended the choice. */
static void take_pick_text(struct frontend *f, const struct token *t)
{
	size_t done = 0;
	while (done < t->len && f->mode == &mode_pick)
		take_letter(f, (char)tolower(t->bytes[done++]));
	if (done < t->len)
		input_feed(&(struct token){ KEY_TEXT, t->bytes + done,
		                            t->len - done });
}

/* Explain the notice under the cursor; where there is nothing to explain, the
 * keys. */
static void explain_picked(struct frontend *f)
{
	char line[32] = "/help F7";
	struct entry room;
	const struct entry *e =
	    transcript_at(f->chat->transcript, f->pick.cursor, &room);
	if (e && e->kind != ENTRY_MESSAGE && *e->hint)
		snprintf(line, sizeof(line), "/why %llu",
		         (unsigned long long)e->seq);
	command_run(f->chat, line, strlen(line));
}

static bool is_right(const struct token *t)
{
	const char *name = keyname_of(t);
	return name && strcmp(name, "Right") == 0;
}

static bool take_pick_key(struct frontend *f, const struct token *t)
{
	switch (t->key) {
	case KEY_UP:
		move_cursor(f, -1);
		return true;
	case KEY_DOWN:
		move_cursor(f, 1);
		return true;
	case KEY_PAGE_UP:
		move_cursor(f, -tui_page_rows(f));
		return true;
	case KEY_PAGE_DOWN:
		move_cursor(f, tui_page_rows(f));
		return true;
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_F7:
		pick_end(f);
		return true;
	case KEY_F1:
		explain_picked(f);
		return true;
	case KEY_TEXT:
		take_pick_text(f, t);
		return true;
	case KEY_NONE:
		if (t->len == 1 && (*t->bytes == '\r' || *t->bytes == '\n'))
			take_into_line(f);
		else if (is_right(t))
			within_begin(f, f->pick.cursor);
		return true;
	case KEY_PASTE:
		return true;
	default:
		return false;
	}
}

/* What the keys do with a message that is held, folded, or neither: whole, in
 * one row of a small screen, and of the smallest. */
static const char *const pick_words[3][3] = {
	{ "g Pass d Drop e Edit | Space All | Text Hex C Python copy | F1 more",
	  "g Pass d Drop e Edit | F1 more", "g d e | F1" },
	{ "Space All | copy Text Hex C Python Base64 Shell | Open | F1 more",
	  "Open | copy T H C P B S | F1 more", "Open | F1" },
	{ "Space All | copy Text Hex C Python Base64 Shell | Enter resends | "
	  "F1 more",
	  "All | copy T H C P B S | F1 more", "F1 more" },
};

static const char *pick_prompt(struct frontend *f)
{
	static char text[112];
	uint32_t number;
	bool is_shut = view_fold(&f->view, f->pick.cursor) == FOLD_SHUT;
	size_t kind = is_held_at(f, f->pick.cursor, &number) ? 0
	              : is_shut                              ? 1
	                                                     : 2;
	int columns = screen_columns();
	size_t size = columns < SMALL ? 2 : columns < WIDE ? 1 : 0;
	snprintf(text, sizeof(text), "%llu%s: %s",
	         (unsigned long long)view_count(&f->view, f->view.picked_first,
	                                        f->view.picked_last),
	         f->pick.is_whole ? " whole" : "", pick_words[kind][size]);
	return text;
}

static const char *const pick_keys[] = {
	"Esc Back", "Up Older", "Down Newer", "Space Range", "Right Bytes",
	"o Open", "= Compare", "w Save", "F1 Help", NULL,
};

const struct mode mode_pick = {
	.keys = pick_keys,
	.take = take_pick_key, .prompt = pick_prompt, .hides_line = true,
};
