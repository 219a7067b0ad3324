/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The title, the bell and notifications; and the modes they need. */

#include "screen_scene.h"

#include "../../src/chat/chat_private.h"
#include "../../src/tui/modes.h"
#include "../../src/tui/window.h"
#include "../fake/fake_transport.h"

static struct window window;
static struct bytes out;

static int start(void **state)
{
	window = (struct window){ .is_unfocused = false };
	bytes_init(&out, 0);
	return set_up(state);
}

static int end(void **state)
{
	bytes_finish(&out);
	return tear_down(state);
}

static const char *title(void)
{
	bytes_clear(&out);
	window_title(&window, chat, &out);
	return bytes_text(&out);
}

static const char *message_of(uint32_t session, enum entry_dir dir,
                              const char *peer)
{
	struct entry e = {
		.kind = ENTRY_MESSAGE, .dir = (uint8_t)dir, .session = session,
		.bytes = (const uint8_t *)"secret", .len = 6, .peer = peer,
		.local = "", .code = "", .hint = "",
	};
	bytes_clear(&out);
	window_hear(&window, chat, &e, &out);
	return bytes_text(&out);
}

static const char *message(enum entry_dir dir, const char *peer)
{
	return message_of(1, dir, peer);
}

static void the_title_says_how_things_are_and_only_when_it_changed(void **state)
{
	(void)state;
	assert_string_equal(title(), "\033]2;sockchat not connected\033\\");
	assert_string_equal(title(), "");
	snprintf(chat->own->listening, sizeof(chat->own->listening),
	         "127.0.0.1:9999");
	assert_string_equal(title(), "\033]2;sockchat listening on "
	                             "127.0.0.1:9999\033\\");
}

static void a_stranger_cannot_get_out_of_the_title(void **state)
{
	static const struct frontend_ops silent = { .stays = true };
	struct address peer = fake_address("127.0.0.1:9");
	(void)state;
	fake_start();
	chat->ops = &silent;
	chat_on_peer(chat, fake_transport(fake_open()), &peer);
	struct session *s = chat_session(chat, 0);
	assert_string_equal(title(),
	                    "\033]2;sockchat 127.0.0.1:9 open\033\\");
	s->link.where = "a\a\033\\\xc2\x9c\x9c\r\xed\x95\x9c:1";
	const char *text = title() + strlen("\033]2;sockchat ");
	for (; *text != '\033'; text++)
		assert_between(*text, 0x20, 0x7e);
	assert_string_equal(text, "\033\\");
	char name[ENDPOINT_TEXT_MAX] = "";
	memset(name, 'x', sizeof(name) - 1);
	s->link.where = name;
	assert_between(strlen(title()), 20, WINDOW_TITLE_MAX + 8);
	session_reset(s);
	fake_finish();
}

static void nothing_rings_unless_it_was_asked_for(void **state)
{
	(void)state;
	window.is_unfocused = true;
	assert_string_equal(message(ENTRY_IN, "h:1"), "");
	chat->options->bell = BELL_UNFOCUSED;
	window.is_unfocused = false;
	assert_string_equal(message(ENTRY_IN, "h:1"), "");
	window.is_unfocused = true;
	assert_string_equal(message(ENTRY_OUT, "h:1"), "");
	assert_string_equal(message(ENTRY_IN, "h:1"), "\a");
	chat->options->bell = BELL_ALWAYS;
	window = (struct window){ .is_unfocused = false };
	assert_string_equal(message_of(ENTRY_OLD_SESSION | 1, ENTRY_IN, "h:1"),
	                    "");
	assert_string_equal(message(ENTRY_IN, "h:1"), "\a");
}

static void a_flood_rings_once_a_second_and_is_told_once_in_ten(void **state)
{
	(void)state;
	chat->options->bell = BELL_ALWAYS;
	chat->options->notify = NOTIFY_OSC9;
	window.is_unfocused = true;
	int64_t now = loop_now_ns(chat->loop);
	assert_string_not_equal(message(ENTRY_IN, "h:1"), "");
	for (int i = 0; i < 100; i++)
		assert_string_equal(message(ENTRY_IN, "h:1"), "");
	assert_int_equal(window.bell_ns, now + 1000 * MS_NS);
	assert_int_equal(window.notice_ns, now + 10000 * MS_NS);
	window.bell_ns = now;
	assert_string_equal(message(ENTRY_IN, "h:1"), "\a");
}

static void a_notification_has_nothing_of_the_message(void **state)
{
	(void)state;
	window.is_unfocused = true;
	chat->options->notify = NOTIFY_OSC9;
	assert_string_equal(message(ENTRY_IN, "127.0.0.1:9"),
	                    "\033]9;sockchat: message from 127.0.0.1:9\033\\");
	window.notice_ns = 0;
	chat->options->notify = NOTIFY_OSC777;
	assert_string_equal(message(ENTRY_IN, "h\a\033\\:1"),
	                    "\033]777;notify;sockchat;message from "
	                    "h^G^[\\:1\033\\");
	window = (struct window){ .is_unfocused = false };
	assert_string_equal(message(ENTRY_IN, "h:1"), "");
}

/* Modes */

static unsigned modes_of(const char *term)
{
	struct error e;
	screen_close();
	assert_int_equal(screen_open(term, rows, columns, true, &e), 0);
	return screen_modes();
}

static void terminals_are_told_what_they_understand(void **state)
{
	static const char *const older[] = {
		"vt52", "vt100", "vt220", "ansi", "sun", "pcansi",
	};
	const unsigned all = MODE_PASTE | MODE_MOUSE | MODE_FOCUS | MODE_SYNC;
	(void)state;
	for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++)
		assert_int_equal(modes_of(older[i]), 0);
	assert_int_equal(modes_of("linux"), all);
	assert_int_equal(modes_of("screen"), all);
	assert_int_equal(modes_of("tmux-256color"), all | MODE_TITLE);
	assert_int_equal(modes_of("xterm"), all | MODE_TITLE);
	assert_int_equal(modes_of("xterm-256color"), all | MODE_TITLE);
}

static void a_terminal_is_reset_by_sequences_it_understands(void **state)
{
	(void)state;
	modes_of("vt52");
	assert_int_equal(screen_reset(&out), 0);
	assert_null(strchr(bytes_text(&out), '['));
	bytes_clear(&out);
	modes_of("vt100");
	assert_int_equal(screen_reset(&out), 0);
	assert_null(strchr(bytes_text(&out), '$'));
	bytes_clear(&out);
	modes_of("xterm-256color");
	assert_int_equal(screen_reset(&out), 0);
	assert_non_null(strstr(bytes_text(&out), "\033[?1049l"));
	assert_non_null(strstr(bytes_text(&out), "\033[?25h"));
}

static void switching_says_only_what_changes(void **state)
{
	(void)state;
	assert_int_equal(modes_switch(&out, MODE_PASTE,
	                              MODE_PASTE | MODE_FOCUS), 0);
	assert_string_equal(bytes_text(&out), "\033[?1004h");
	bytes_clear(&out);
	assert_int_equal(modes_switch(&out, MODE_MOUSE | MODE_FOCUS,
	                              MODE_FOCUS), 0);
	assert_string_equal(bytes_text(&out), "\033[?1006l\033[?1000l");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_title_says_how_things_are_and_only_when_it_changed),
		TEST(a_stranger_cannot_get_out_of_the_title),
		TEST(nothing_rings_unless_it_was_asked_for),
		TEST(a_flood_rings_once_a_second_and_is_told_once_in_ten),
		TEST(a_notification_has_nothing_of_the_message),
		TEST(terminals_are_told_what_they_understand),
		TEST(a_terminal_is_reset_by_sequences_it_understands),
		TEST(switching_says_only_what_changes),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
