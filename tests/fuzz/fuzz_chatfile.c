/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any text as a .chat file: a complaint has a place that is there, in plain
 * text; and steps that are written are read as the same, and written the same
 * again. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "../../src/record/chatfile_private.h"

#define insist(so) ((so) ? (void)0 : abort())

static size_t read_number(const char **text)
{
	size_t n = 0;
	insist(**text >= '1' && **text <= '9');
	while (**text >= '0' && **text <= '9')
		n = n * 10 + (size_t)(*(*text)++ - '0');
	insist(*(*text)++ == ':');
	return n;
}

/* "f:7:12: …" of a file of `size` bytes. */
static void check_complaint(const struct error *e, size_t size)
{
	const char *text = e->text + 2;
	insist(strncmp(e->text, "f:", 2) == 0);
	size_t line = read_number(&text), column = read_number(&text);
	insist(line + column <= size + 3);
	insist(*text++ == ' ' && *text);
	for (; *text; text++)
		insist((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void write_all(struct bytes *out, struct chatfile *f)
{
	const struct chat_head *h = chatfile_head(f);
	struct chat_step s;
	struct error e;
	chatfile_want_comments(f);
	chatfile_rewind(f);
	insist(chatfile_write_head(out, h->mode, h->endpoint) == 0);
	while (chatfile_next(f, &s, &e) > 0)
		insist(chatfile_write_step(out, &s) == 0);
}

static void check_printable(const struct bytes *b)
{
	insist(utf8_is_valid(b->data, b->len));
	for (size_t i = 0; i < b->len; i++)
		insist((b->data[i] >= ' ' && b->data[i] != 0x7f) ||
		       b->data[i] == '\n');
}

static void check_same(const struct chat_step *a, const struct chat_step *b)
{
	insist(a->kind == b->kind && a->side == b->side && a->peer == b->peer);
	insist(a->has_pause == b->has_pause && a->pause_ns == b->pause_ns);
	insist(a->fill_count == b->fill_count);
	if (a->kind != CHAT_BYTES)
		return;
	insist(a->bytes.len == b->bytes.len);
	insist(!a->bytes.len ||
	       memcmp(a->bytes.data, b->bytes.data, a->bytes.len) == 0);
	for (size_t i = 0; i < a->fill_count; i++)
		insist(a->fills[i].at == b->fills[i].at &&
		       strcmp(a->fills[i].name, b->fills[i].name) == 0);
}

static void check_steps(struct chatfile *f, struct chatfile *again)
{
	struct chat_step a, b;
	struct error e;
	int got;
	chatfile_rewind(f);
	chatfile_rewind(again);
	do {
		got = chatfile_next(f, &a, &e);
		insist(chatfile_next(again, &b, &e) == got);
		if (got > 0)
			check_same(&a, &b);
	} while (got > 0);
}

static void check_written(struct chatfile *f)
{
	struct bytes once = { 0 }, twice = { 0 };
	struct error e;
	write_all(&once, f);
	check_printable(&once);
	struct chatfile *again = chatfile_open_text("f", once.data, once.len,
	                                            &e);
	insist(again);
	write_all(&twice, again);
	insist(once.len == twice.len &&
	       memcmp(once.data, twice.data, once.len) == 0);
	check_steps(f, again);
	chatfile_close(again);
	bytes_finish(&once);
	bytes_finish(&twice);
}

/* The whole text, and the same behind a first line. */
static void check_text(const uint8_t *data, size_t size)
{
	struct error e;
	struct chatfile *f = chatfile_open_text("f", data, size, &e);
	enum chat_side side = size & 1 ? CHAT_OUT : CHAT_NEITHER;
	if (!f) {
		check_complaint(&e, size);
		return;
	}
	if (chatfile_check(f, side, &e))
		check_written(f);
	else
		check_complaint(&e, size);
	chatfile_close(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char first[] = CHATFILE_FIRST "\n";
	struct bytes text = { 0 };
	insist(bytes_append_text(&text, first) == 0);
	insist(bytes_append(&text, data, size) == 0);
	check_text(data, size);
	check_text(text.data, text.len);
	bytes_finish(&text);
	return 0;
}
