/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A paste of several lines asks what is to be done with it, but for bytes
 * behind /hex. */

#include <stdio.h>
#include <string.h>

#include <sockchat/command.h>
#include <sockchat/number.h>

#include "edit.h"
#include "paste.h"
#include "tui.h"

#define PART_LINES 1000 /* lines that one turn sends */

static void tell_paste(struct frontend *f, const char *what)
{
	size_t lines = paste_count_lines(&f->paste.text);
	chat_note(f->chat, "paste", "paste of %zu line%s %s", lines,
	          plural(lines), what);
}

void paste_forget(struct frontend *f)
{
	later_cancel(&f->paste.send);
	bytes_finish(&f->paste.text);
	f->paste.cleaned = (struct cleaned){ .left_out = 0 };
	f->paste.sent = 0;
	if (f->mode == &mode_paste)
		f->mode = NULL;
}

/* Stop sending, and drop from the paste what was sent. */
static void stop_sending(struct frontend *f)
{
	later_cancel(&f->paste.send);
	bytes_consume(&f->paste.text, f->paste.sent);
	f->paste.sent = 0;
}

static int send_paste_line(struct frontend *f)
{
	const struct bytes *b = &f->paste.text;
	const char *line = (const char *)b->data + f->paste.sent;
	size_t left = b->len - f->paste.sent;
	const char *end = memchr(line, '\n', left);
	size_t len = end ? (size_t)(end - line) : left;
	if (command_send(f->chat, line, len))
		return -1;
	f->paste.sent += len + (end != NULL);
	return 0;
}

/* A line that is refused stays, with all that follow.  Keys and peers have
 * their turn between two parts. */
static void send_part(struct later *l)
{
	struct frontend *f = l->user;
	tui_mark_dirty(f);
	for (int i = 0; i < PART_LINES; i++) {
		if (f->paste.sent == f->paste.text.len) {
			paste_forget(f);
			return;
		}
		if (send_paste_line(f)) {
			stop_sending(f);
			return;
		}
	}
	loop_later(f->chat->loop, l);
}

static void start_sending(struct frontend *f)
{
	f->paste.send = (struct later){ .on_call = send_part, .user = f };
	view_go_end(&f->view);
	send_part(&f->paste.send);
}

static void on_edited(struct frontend *f, struct bytes *text)
{
	paste_forget(f);
	input_feed(&(struct token){ KEY_PASTE, text->data, text->len });
}

/* Edit the paste; the result goes into the input line.  The editor gets the
 * text without the newline at its end, as it shows one there. */
static void edit_text(struct frontend *f)
{
	const struct bytes *b = &f->paste.text;
	bool has_end = b->len && b->data[b->len - 1] == '\n';
	edit_begin(f, b->data, b->len - has_end, on_edited);
}

static bool is_this_letter(const struct token *t, uint8_t letter)
{
	return t->key == KEY_TEXT && t->len == 1 && *t->bytes == letter;
}

/* Only single letters count: nobody presses several at once. */
static bool take_paste_key(struct frontend *f, const struct token *t)
{
	bool is_sending = f->paste.send.loop != NULL;
	if (t->key == KEY_PASTE) {
		paste_take(f, t);
	} else if (is_this_letter(t, 's') && !is_sending) {
		start_sending(f);
	} else if (is_this_letter(t, 'e') && !is_sending) {
		edit_text(f);
	} else if (is_this_letter(t, 'c') || t->key == KEY_ESCAPE ||
	           t->key == KEY_CTRL_C) {
		stop_sending(f);
		tell_paste(f, "dropped");
		paste_forget(f);
	} else {
		return (t->key < KEY_PAGE_UP || t->key > KEY_WHEEL_DOWN) &&
		       t->key != KEY_CTRL_L && t->key != KEY_CTRL_Z;
	}
	return true;
}

static const char *paste_prompt(struct frontend *f)
{
	const struct cleaned *c = &f->paste.cleaned;
	char size[16], left_out[64] = "";
	if (f->paste.send.loop)
		return "the paste is being sent: c or Esc drops the rest ";
	if (c->left_out)
		snprintf(left_out, sizeof(left_out),
		         ", %zu unprintable left out", c->left_out);
	snprintf(f->paste.prompt, sizeof(f->paste.prompt),
	         "paste of %zu lines, %s%s%s: s send, e edit, c or Esc cancel ",
	         paste_count_lines(&f->paste.text),
	         number_format_size(size, f->paste.text.len), left_out,
	         c->was_doubled ? ", CR CR as one ending" : "");
	return f->paste.prompt;
}

static const char *const paste_keys[] = {
	"s Send", "e Edit", "c Cancel", "F1 Help", NULL,
};

const struct mode mode_paste = {
	.keys = paste_keys,
	.take = take_paste_key, .prompt = paste_prompt, .hides_line = true,
};

/* A dump has lines, and Enter reads it as a whole. */
static bool is_hex_line(void)
{
	static const char hex[] = "/hex ";
	struct input_line line;
	input_show(&line);
	return strncmp(line.text, hex, strlen(hex)) == 0;
}

/* Put a text where it was pasted; its last newline is dropped, so that nothing
 * is sent. */
static void put_text(const struct token *t)
{
	bool has_end = t->len && t->bytes[t->len - 1] == '\n';
	input_feed(&(struct token){ KEY_PASTE, t->bytes, t->len - has_end });
}

void paste_refuse(struct frontend *f, size_t len)
{
	char size[16];
	chat_refuse(f->chat, "", "no memory for the paste of %s: it is dropped",
	            number_format_size(size, len));
}

void paste_take(struct frontend *f, const struct token *t)
{
	struct bytes *b = &f->paste.text;
	const struct cleaned *cleaned = keys_cleaned(f->keyboard.keys);
	const uint8_t *end = memchr(t->bytes, '\n', t->len);
	bool is_line = !end || end == t->bytes + t->len - 1;
	if ((is_line || is_hex_line()) && !b->len) {
		put_text(t);
		if (cleaned->left_out)
			chat_note(f->chat, "left-out",
			          "pasted: %zu unprintable left out",
			          cleaned->left_out);
		return;
	}
	if (bytes_append(b, t->bytes, t->len)) {
		paste_refuse(f, t->len);
		return;
	}
	f->paste.cleaned.left_out += cleaned->left_out;
	f->paste.cleaned.was_doubled |= cleaned->was_doubled;
	f->help = NULL;
	find_end(f);
	f->mode = &mode_paste;
}
