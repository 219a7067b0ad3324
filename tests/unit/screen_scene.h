/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A chat, our screen, and the terminal that shows it, on a clock that is made
 * here.  For one program of tests each. */

#ifndef TESTS_SCREEN_SCENE_H
#define TESTS_SCREEN_SCENE_H

#include "made_clock.h"

#include <locale.h>

#include <sockchat/chat.h>

#include "../../src/tui/screen.h"
#include "../../src/tui/view.h"
#include "../fake/fake_screen.h"

#define UP "alt cursor"

/* Before all tests of a program. */
static inline void begin(void)
{
	unsetenv("LINES");
	unsetenv("COLUMNS");
	setlocale(LC_CTYPE, "C.UTF-8");
}

static struct chat *chat;
static struct fake_screen *terminal;
static struct viewport view;
static int rows, columns;

static inline int set_up(void **state)
{
	static struct options o;
	struct error e;
	(void)state;
	clock_ns = 1000000 * MS_NS;
	options_init(&o);
	o.scrollback = 1;
	chat = chat_new(loop_new(LOOP_AUTO), &o);
	chat->options->time = TIME_OFF;
	view = (struct viewport){ .chat = chat };
	rows = 6;
	columns = 40;
	terminal = fake_screen_new(rows, columns);
	return screen_open("xterm-256color", rows, columns, true, &e);
}

static inline int tear_down(void **state)
{
	struct loop *l = chat->loop;
	(void)state;
	screen_close();
	fake_screen_free(terminal);
	chat_free(chat);
	loop_free(l);
	return 0;
}

/* What has been put goes to the terminal; how many bytes it took. */
static inline size_t finish(int row, int column)
{
	struct bytes out = { 0 };
	assert_int_equal(screen_finish(row, column, &out), 0);
	assert_true(fake_screen_feed(terminal, out.data, out.len));
	size_t len = out.len;
	bytes_finish(&out);
	return len;
}

static inline size_t paint(void)
{
	screen_erase();
	view_draw(&view, 0, rows);
	return finish(rows - 1, 0);
}

static inline const char *row(int i)
{
	return fake_screen_row(terminal, i);
}

static inline void resize(int to_rows, int to_columns)
{
	rows = to_rows;
	columns = to_columns;
	fake_screen_resize(terminal, rows, columns);
	screen_resize(rows, columns);
}

static inline uint64_t say(enum entry_dir dir, const char *bytes, size_t len)
{
	return transcript_append(chat->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.dir = (uint8_t)dir,
		.session = 1,
		.flags = ENTRY_COMPLETE,
		.bytes = (const uint8_t *)bytes,
		.len = len,
	});
}

static inline void hear(const char *text)
{
	say(ENTRY_IN, text, strlen(text));
}

static inline void hear_numbers(int from, int to)
{
	char text[32];
	for (; from < to; from++) {
		snprintf(text, sizeof(text), "line %d\n", from);
		hear(text);
	}
}

#endif
