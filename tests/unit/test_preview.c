/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Enter would send, as the screen tells it. */

#include "screen_scene.h"

#include "../../src/tui/preview.h"
#include "../../src/tui/status.h"

static struct preview make(const char *text, size_t len)
{
	struct input_line line = { .text = text, .len = len, .mode = "" };
	struct preview p;
	preview_make(&p, chat, &line);
	return p;
}

static void assert_preview(const char *text, const char *count,
                           const char *error)
{
	struct preview p = make(text, strlen(text));
	char told[32];
	preview_count(&p, told);
	assert_string_equal(told, count);
	assert_string_equal(p.error.text, error);
	bytes_finish(&p.made.bytes);
}

static void what_enter_would_send_is_counted(void **state)
{
	(void)state;
	assert_preview("", "", "");
	assert_preview("hi", "3 bytes", "");
	assert_preview("\xec\x95\x88", "4 bytes", "");
	assert_preview("/", "", "");
	assert_preview("/send a", "1 byte", "");
	assert_preview("/send \\x0", "",
	               "column 1: \\x needs two hex digits");
	assert_preview("/quit", "", "");
	assert_preview("//quit", "6 bytes", "");
}

static void a_long_line_is_counted_and_not_parsed(void **state)
{
	size_t len = 1 << 20;
	char *text = malloc(len), told[32];
	(void)state;
	memset(text, 'a', len);
	struct preview p = make(text, len);
	preview_count(&p, told);
	assert_string_equal(told, "1048577 bytes");
	assert_true(p.made.bytes.len <= 65537);
	bytes_finish(&p.made.bytes);
	memcpy(text, "/send ", 6);
	p = make(text, len);
	preview_count(&p, told);
	assert_string_equal(told, "");
	bytes_finish(&p.made.bytes);
	free(text);
}

static void the_bytes_are_drawn_in_rows(void **state)
{
	(void)state;
	resize(6, 80);
	struct preview p = make("hello", 5);
	assert_int_equal(preview_rows(&p, 6), 1);
	assert_int_equal(preview_rows(&p, 0), 0);
	screen_erase();
	preview_draw(&p, 2, 1);
	finish(0, 0);
	assert_non_null(strstr(row(2), "68 65 6c 6c 6f 0a"));
	assert_non_null(strstr(row(2), "|hello.|"));
	bytes_finish(&p.made.bytes);
	char text[100];
	memset(text, 'x', sizeof(text));
	p = make(text, sizeof(text));
	assert_int_equal(preview_rows(&p, 6), 4);
	assert_int_equal(preview_rows(&p, 3), 3);
	bytes_finish(&p.made.bytes);
}

static void the_status_line_tells_the_count_if_there_is_room(void **state)
{
	(void)state;
	resize(6, 80);
	screen_erase();
	struct pace pace = { 0 };
	struct spots spots = { 0 };
	struct status status = {
		.chat = chat, .percent = 100, .mode = "", .notice = "",
		.moment = "", .draft = "7 bytes", .pace = &pace,
	};
	status_draw(&status, 0, &spots);
	status.draft = "";
	status_draw(&status, 1, &spots);
	finish(0, 0);
	assert_non_null(strstr(row(0), "| 7 bytes"));
	assert_null(strstr(row(1), "bytes"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(what_enter_would_send_is_counted),
		T(a_long_line_is_counted_and_not_parsed),
		T(the_bytes_are_drawn_in_rows),
		T(the_status_line_tells_the_count_if_there_is_room),
	};
	begin();
	return cmocka_run_group_tests_name("preview", tests, NULL, NULL);
}
