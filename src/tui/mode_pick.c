/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries are chosen: to be copied, saved, or taken back into the line. */

#include <ctype.h>
#include <stdio.h>

#include <sockchat/command.h>
#include <sockchat/number.h>
#include <sockchat/quote.h>

#include "modes.h"
#include "screen.h"
#include "term.h"
#include "tui.h"

static void mark_picked(struct frontend *f)
{
	uint64_t a = f->pick.cursor;
	uint64_t b = f->pick.anchor ? f->pick.anchor : a;
	f->view.picked_first = a < b ? a : b;
	f->view.picked_last = a < b ? b : a;
	view_show(&f->view, a, 0, f->transcript_rows);
}

/* The entries stay marked, for the commands. */
static void leave_pick(struct frontend *f)
{
	f->mode = NULL;
	if (!f->pick.was_scrolled)
		view_go_end(&f->view);
}

static void end_pick(struct frontend *f)
{
	leave_pick(f);
	f->view.picked_first = f->view.picked_last = 0;
}

void pick_begin(struct frontend *f)
{
	uint64_t end = view_end(&f->view, f->transcript_rows);
	uint64_t seq = view_before(&f->view, end);
	if (f->mode || !seq)
		return;
	f->pick = (struct pick){
		.cursor = seq, .was_scrolled = f->view.is_scrolled,
	};
	f->mode = &mode_pick;
	f->help = f->panel = NULL;
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

/* Gather the chosen entries that are shown: either their messages or their
 * sentences; `*count` is how many.  -1 without memory. */
static int gather_picked(const struct frontend *f, bool is_message,
                         struct bytes *out, size_t *count)
{
	const struct chat *c = f->chat;
	uint64_t seq = f->view.picked_first - 1;
	*count = 0;
	while ((seq = view_next(&f->view, seq)) &&
	       seq <= f->view.picked_last) {
		struct entry kept;
		const struct entry *e =
		    transcript_at(c->transcript, seq, &kept);
		if ((e->kind == ENTRY_MESSAGE) != is_message)
			continue;
		if (bytes_append(out, e->bytes, e->len) ||
		    (!is_message && bytes_append_byte(out, '\n')))
			return -1;
		++*count;
	}
	return 0;
}

static const char *peer_of(const struct frontend *f)
{
	const struct chat *c = f->chat;
	struct entry kept;
	const struct entry *e =
	    transcript_at(c->transcript, f->view.picked_first, &kept);
	return e && *e->peer ? e->peer : "HOST:PORT";
}

static bool put_on_terminal(const struct bytes *text)
{
	struct bytes sequence = { 0 };
	bool can = screen_modes() & MODE_TITLE && /* and so OSC 52 */
	           !clipboard_osc52(&sequence, text->data, text->len) &&
	           !term_write(sequence.data, sequence.len);
	bytes_finish(&sequence);
	return can;
}

static void tell_uncopied(struct frontend *f)
{
	char limit[48];
	snprintf(limit, sizeof(limit), "takes no more than %zu KB",
	         CLIPBOARD_OSC52_MAX / 4 * 3 / 1024);
	chat_refuse(f->chat, "/save PATH writes the selection to a file",
	            "not copied: the terminal %s, and no wl-copy, xclip, xsel "
	            "or pbcopy has taken it",
	            screen_modes() & MODE_TITLE ? limit : "takes no copies");
}

/* All programs have had their chance. */
static void on_copied(void *user, bool copied, const struct bytes *text,
                      const char *trouble)
{
	struct frontend *f = user;
	char notice[112] = "";
	if (*trouble)
		chat_refuse(f->chat, "", "tmux load-buffer has not taken the "
		            "copy: %s", trouble);
	if (!copied && clipboard_has_tmux())
		f->copy.is_on_terminal = put_on_terminal(text);
	if (copied)
		snprintf(notice, sizeof(notice), "copied %s", f->copy.what);
	else if (f->copy.is_on_terminal)
		snprintf(notice, sizeof(notice), "%s: sent to the terminal "
		         "(OSC 52), not confirmed", f->copy.what);
	else
		tell_uncopied(f);
	tui_set_notice(f, notice);
}

/* Copy by the terminal and by a program: a program's clipboard may be far from
 * the user, and a terminal may refuse.  In tmux the terminal is tmux's.  Takes
 * `text`. */
static void put_on_clipboard(struct frontend *f, struct bytes *text)
{
	char notice[112];
	snprintf(notice, sizeof(notice), "copying %s", f->copy.what);
	tui_set_notice(f, notice);
	f->copy.is_on_terminal = !clipboard_has_tmux() && put_on_terminal(text);
	clipboard_give(&f->clipboard, f->chat->loop, text, on_copied, f);
}

/* Turn the content into UTF-8, which other programs expect. */
static int decode_content(const struct encoding *enc, struct bytes *content)
{
	struct bytes text = { 0 };
	int failed =
	    encoding_decode(enc, &text, content->data, content->len);
	bytes_finish(content);
	*content = text;
	return failed;
}

/* Gather the content of the chosen entries, and write it in this form. */
static int quote_picked(const struct frontend *f, enum quote_form form,
                        struct bytes *content, struct bytes *text,
                        size_t *count)
{
	const struct encoding *enc = f->chat->encoding;
	if (gather_picked(f, true, content, count) ||
	    (!*count && gather_picked(f, false, content, count)) ||
	    (form == QUOTE_TEXT && enc && decode_content(enc, content)))
		return -1;
	return form == QUOTE_SHELL
	           ? quote_append_shell(text, content->data, content->len,
	                                peer_of(f))
	           : quote_append(text, form, content->data, content->len);
}

static void copy_picked(struct frontend *f, enum quote_form form)
{
	struct bytes content = { 0 }, text = { 0 };
	char size[16];
	size_t count;
	if (quote_picked(f, form, &content, &text, &count)) {
		tui_no_memory(f, "to copy");
	} else {
		snprintf(f->copy.what, sizeof(f->copy.what), "%zu (%s) as %s",
		         count, number_format_size(size, content.len),
		         quote_name(form));
		put_on_clipboard(f, &text);
		end_pick(f);
	}
	bytes_finish(&content);
	bytes_finish(&text);
}

/* Put the message under the cursor into the line, to be sent again. */
static void take_into_line(struct frontend *f)
{
	struct entry kept;
	const struct entry *e =
	    transcript_at(f->chat->transcript, f->pick.cursor, &kept);
	struct bytes line = { 0 };
	if (!e || e->kind != ENTRY_MESSAGE) {
		tui_set_notice(f, "only a message can be sent again");
		return;
	}
	if (command_retype(f->chat, e->bytes, e->len, &line)) {
		tui_no_memory(f, "to type it");
	} else {
		end_pick(f);
		view_go_end(&f->view);
		input_replace(bytes_text(&line));
	}
	bytes_finish(&line);
}

/* Begin to type a command for the selection. */
static void type_command(struct frontend *f, const char *text)
{
	leave_pick(f);
	input_replace(text);
}

static void take_letter(struct frontend *f, char letter)
{
	static const struct {
		char letter;
		enum quote_form form;
	} forms[] = {
		{ 't', QUOTE_TEXT },   { 'y', QUOTE_TEXT },
		{ 'h', QUOTE_HEX },    { 'c', QUOTE_C },
		{ 'p', QUOTE_PYTHON }, { 'b', QUOTE_BASE64 },
		{ 's', QUOTE_SHELL },
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (forms[i].letter == letter)
			copy_picked(f, forms[i].form);
	switch (letter) {
	case ' ':
		mark_range(f);
		break;
	case 'a':
		mark_all(f);
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
		end_pick(f);
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
		end_pick(f);
		return true;
	case KEY_TEXT:
		take_pick_text(f, t);
		return true;
	case KEY_NONE:
		if (t->len == 1 && (*t->bytes == '\r' || *t->bytes == '\n'))
			take_into_line(f);
		return true;
	case KEY_PASTE:
		return true;
	default:
		return false;
	}
}

static const char *pick_prompt(struct frontend *f)
{
	static char text[96];
	snprintf(text, sizeof(text), "%llu: Space, All | copy Text Hex C "
	         "Python Base64 Shell | Write | Enter resends",
	         (unsigned long long)view_count(&f->view, f->view.picked_first,
	                                        f->view.picked_last));
	return text;
}

const struct mode mode_pick = {
	.take = take_pick_key, .prompt = pick_prompt, .hides_line = true,
};
