/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whatever peers send, on whatever size and in whatever view: only what paints
 * reaches the terminal, its state stays, and its cells are what wrap_entry()
 * says.  Input: rows, columns, view, then per message its length (low bits) and
 * what happens before the next paint (high bits), and its bytes. */

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/chat.h>
#include <sockchat/wrap.h>

#include "../../src/tui/screen.h"
#include "../../src/tui/view.h"
#include "../fake/fake_screen.h"

#define ROWS_MAX    24
#define COLUMNS_MAX 100
#define LAID_MAX    4096

static struct chat *chat;
static struct fake_screen *terminal;
static struct viewport view;
static int rows = 8, columns = 40;

/* All rows of the transcript, as they should look. */
static char laid[LAID_MAX][4 * GLYPH_TEXT_MAX * COLUMNS_MAX];
static size_t laid_count, laid_first;
static size_t laid_indent;

#define must(so) ((so) ? (void)0 : fail(#so))

static void fail(const char *what)
{
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

static size_t paint(void)
{
	struct bytes out = { 0 };
	screen_erase();
	view_draw(&view, 0, rows);
	must(screen_finish(rows - 1, 0, &out) == 0);
	must(fake_screen_feed(terminal, out.data, out.len));
	size_t len = out.len;
	bytes_finish(&out);
	return len;
}

static void begin(void)
{
	static struct options o;
	struct error e;
	unsetenv("LINES");
	unsetenv("COLUMNS");
	must(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	options_init(&o);
	o.scrollback = 1 << 20;
	chat = chat_new(loop_new(LOOP_AUTO), &o);
	view.chat = chat;
	chat->options->time = TIME_OFF;
	terminal = fake_screen_new(rows, columns);
	must(screen_open("xterm-256color", rows, columns, true, &e) == 0);
	paint();
}

static void resize(int to_rows, int to_columns)
{
	rows = to_rows;
	columns = to_columns;
	fake_screen_resize(terminal, rows, columns);
	screen_resize(rows, columns);
}

static void put_run(void *user, const struct wrap_run *run)
{
	(void)user;
	char *to = laid[laid_first + run->row];
	if (!*to)
		memset(to, ' ', laid_indent);
	strncat(to, run->text, run->len);
}

static void lay_out(const struct entry *e)
{
	struct wrap_settings s = {
		.look = chat_look(chat),
		.row_count = SIZE_MAX,
	};
	const struct wrap_head head = wrap_head(&s.look, e, NULL);
	laid_indent = head.columns; /* nothing is held: as many bytes */
	s.columns = (size_t)columns - laid_indent;
	laid_first = laid_count;
	size_t count = wrap_entry(e, &s, NULL, NULL);
	if (laid_count + count > LAID_MAX)
		return;
	for (size_t i = 0; i < count; i++)
		memset(laid[laid_first + i], 0, sizeof(laid[0]));
	wrap_entry(e, &s, put_run, NULL);
	if (!*laid[laid_first])
		memset(laid[laid_first], ' ', laid_indent);
	memcpy(laid[laid_first], head.text, laid_indent);
	laid_count += count;
}

static void trim(char *text)
{
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

/* The last rows of all are the screen. */
static void compare(void)
{
	uint64_t end = transcript_end(chat->transcript);
	laid_count = 0;
	for (uint64_t seq = 1; seq < end; seq++)
		lay_out(transcript_at(chat->transcript, seq,
		                      &(struct entry){ 0 }));
	size_t first = laid_count > (size_t)rows ? laid_count - (size_t)rows
	                                         : 0;
	for (int i = 0; i < rows; i++) {
		static char nothing[1];
		char *want = first + (size_t)i < laid_count
		                 ? laid[first + (size_t)i]
		                 : nothing;
		const char *is = fake_screen_row(terminal, i);
		trim(want);
		if (strcmp(is, want) == 0)
			continue;
		fprintf(stderr, "row %d is   \"%s\"\nshould be \"%s\"\n", i,
		        is, want);
		abort();
	}
}

/* Terminals and libc don't agree on the width of every character; where they
 * do, cells are compared. */
static bool is_undisputed(const uint8_t *bytes, size_t len)
{
	struct glyph g;
	for (size_t n; (n = glyph_next(&g, bytes, len, 0)); len -= n) {
		uint8_t lead = bytes[0];
		if (!g.is_escaped && lead >= 0x80 &&
		    !(lead >= 0xc3 && lead <= 0xcb && n == 2) &&
		    !(lead >= 0xea && lead <= 0xec && n == 3 &&
		      bytes[1] >= 0xb0) &&
		    !(lead >= 0xe5 && lead <= 0xe8 && n == 3))
			return false;
		if (!g.is_escaped && lead < 0x80 && n > 1)
			return false;
		bytes += n;
	}
	return true;
}

static void say(const uint8_t *bytes, size_t len, unsigned what)
{
	transcript_append(chat->transcript, &(struct entry){
		.kind = what & 8 ? ENTRY_NOTE : ENTRY_MESSAGE,
		.dir = what & 4 ? ENTRY_OUT : ENTRY_IN,
		.session = 1,
		.flags = (uint8_t)(what & 3),
		.bytes = bytes,
		.len = len,
	});
}

static void happen(unsigned what)
{
	if (what & 16)
		view_scroll(&view, (int)(what % 7) - 3, rows);
	if (what & 32)
		view_go_end(&view);
	if (what & 64)
		chat->options->view = what % VIEW_COUNT;
	if (what & 128)
		chat->options->endings = !chat->options->endings;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_comparable = true;
	if (!chat)
		begin();
	if (size < 3)
		return 0;
	resize(1 + data[0] % ROWS_MAX, 1 + data[1] % COLUMNS_MAX);
	transcript_free(chat->transcript);
	chat->transcript = transcript_new(1 << 20);
	chat->options->view = data[2] % VIEW_COUNT;
	chat->options->endings = true;
	view = (struct viewport){ .chat = chat };
	for (data += 3, size -= 3; size > 2;) {
		unsigned what = data[0];
		size_t len = data[1] % (size - 1);
		say(data + 2, len, what);
		is_comparable &= is_undisputed(data + 2, len);
		happen(what);
		paint();
		must(strcmp(fake_screen_state(terminal), "alt cursor") == 0);
		data += 2 + len;
		size -= 2 + len;
	}
	view_go_end(&view);
	paint();
	must(paint() == 0);
	if (is_comparable && columns > 12)
		compare();
	return 0;
}
