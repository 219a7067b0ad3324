/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is done with bytes that have been chosen: they are copied, or typed once
 * more. */

#include <stdio.h>

#include <sockchat/command.h>
#include <sockchat/number.h>

#include "modes.h"
#include "pick.h"
#include "screen.h"
#include "term.h"
#include "tui.h"

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
	snprintf(limit, sizeof(limit), "accepts at most %zu KB",
	         CLIPBOARD_OSC52_MAX / 4 * 3 / 1024);
	chat_refuse(f->chat, "/save PATH writes the selection to a file",
	            "not copied: the terminal %s, and no wl-copy, xclip, xsel "
	            "or pbcopy worked",
	            screen_modes() & MODE_TITLE ? limit : "accepts no copies");
}

/* All programs have had their chance. */
static void on_copied(void *user, bool copied, const struct bytes *text,
                      const char *trouble)
{
	struct frontend *f = user;
	char notice[112] = "";
	if (*trouble)
		chat_refuse(f->chat, "", "tmux load-buffer failed: "
		            "%s", trouble);
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

static int quote_content(const struct frontend *f, enum quote_form form,
                         struct bytes *content, const char *peer,
                         struct bytes *text)
{
	const struct encoding *enc = f->chat->encoding;
	if (form == QUOTE_TEXT && enc && decode_content(enc, content))
		return -1;
	if (form == QUOTE_SHELL)
		return quote_append_shell(text, content->data, content->len,
		                          *peer ? peer : "HOST:PORT");
	return quote_append(text, form, content->data, content->len);
}

int pick_copy(struct frontend *f, struct bytes *content, size_t count,
              enum quote_form form, const char *peer)
{
	struct bytes text = { 0 };
	char size[16], number[24] = "";
	int failed = quote_content(f, form, content, peer, &text);
	if (failed) {
		tui_no_memory(f, "to copy");
	} else {
		if (count)
			snprintf(number, sizeof(number), "%zu ", count);
		snprintf(f->copy.what, sizeof(f->copy.what),
		         count ? "%s(%s) as %s" : "%s%s as %s", number,
		         number_format_size(size, content->len),
		         quote_name(form));
		put_on_clipboard(f, &text);
	}
	bytes_finish(&text);
	return failed;
}

int pick_retype(struct frontend *f, const uint8_t *bytes, size_t len)
{
	struct bytes line = { 0 };
	int failed = command_retype(f->chat, bytes, len, &line);
	if (failed) {
		tui_no_memory(f, "to type it");
	} else {
		pick_end(f);
		view_go_end(&f->view);
		input_replace(bytes_text(&line));
	}
	bytes_finish(&line);
	return failed;
}

void pick_leave(struct frontend *f)
{
	f->mode = NULL;
	if (!f->pick.was_scrolled)
		view_go_end(&f->view);
}

void pick_end(struct frontend *f)
{
	pick_leave(f);
	f->view.picked_first = f->view.picked_last = 0;
}

bool pick_form(char letter, enum quote_form *form)
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
		if (forms[i].letter == letter) {
			*form = forms[i].form;
			return true;
		}
	return false;
}
