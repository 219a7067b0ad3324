/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen in the middle: what is held, both sides, whom a line goes to. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define PTY_F7   "\033[18~"
#define PTY_HOME "\001"
#define PTY_ESC  "\033"

/* A forwarder on the screen, and the place where its target listens. */
struct middle {
	struct pty pty;
	int listener;
	uint16_t port;
};

/* `env` as pty_start()'s; `option` may be NULL. */
static struct pty *begin(struct middle *m, const char *const *env,
                         const char *option, const char *value)
{
	char target[32];
	uint16_t port;
	m->listener = net_listen(&port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	const char *argv[] = { getenv("SOCKCHAT_BIN"), "listen", "127.0.0.1",
		               "0", "--forward", target, option, value, NULL };
	pty_start(&m->pty, PTY_ROWS, PTY_COLUMNS, argv, env);
	pty_expect(&m->pty, "connect the client to");
	m->port = pty_port(&m->pty);
	return &m->pty;
}

static void come(const struct middle *m, int *client, int *target)
{
	*client = net_connect(m->port);
	*target = net_accept(m->listener);
}

static void end(struct middle *m)
{
	close(m->listener);
	pty_type(&m->pty, PTY_CTRL_C);
	pty_quit(&m->pty, 0);
}

static void what_is_held_is_passed_dropped_and_edited_by_keys(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, "--hold", "out");
	(void)state;
	assert_int_equal(pty_find(p, "g Pass"), -1);
	come(&m, &client, &target);
	net_send_text(client, "one\ntwo\nthree\nfour\n");
	pty_expect(p, "‖4 > four\\n");
	pty_expect(p, "‖ 4 out");
	pty_expect(p, "F7 g Pass d Drop e Edit");
	pty_type(p, PTY_F7);
	pty_expect(p, "1: g Pass d Drop e Edit");
	pty_type(p, PTY_F1);
	pty_expect(p, "g passes, d drops, e edits one");
	assert_int_equal(pty_find(p, "this help"), -1);
	assert_int_equal(pty_find(p, "/close [PEER]"), -1);
	pty_type(p, PTY_ESC);
	pty_expect_gone(p, "e edits one");
	pty_type(p, PTY_UP PTY_UP PTY_UP "g");
	net_expect(target, "one\n");
	pty_expect(p, "‖ 3 out");
	pty_expect(p, " > one\\n");
	pty_type(p, PTY_F7 "d");
	pty_expect(p, " > four\\n (dropped)");
	pty_type(p, PTY_F7 PTY_UP "e");
	pty_expect(p, "edit 2> two\\n");
	pty_type(p, PTY_HOME "안녕 \\x00" PTY_ENTER);
	net_expect(target, "안녕 ");
	struct text t = { 0 };
	assert_int_equal(net_read(target, &t, 5), 0);
	assert_memory_equal(t.bytes, "\0two\n", 5);
	text_finish(&t);
	pty_expect(p, " > two\\n (changed)");
	pty_type(p, PTY_F7 "g");
	net_expect(target, "three\n");
	pty_expect_gone(p, "‖");
	pty_expect_gone(p, "g Pass");
	net_send_text(target, "answer\n");
	net_expect(client, "answer\n");
	close(client);
	close(target);
	end(&m);
}

static void what_is_not_held_says_so(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, "--hold", "in");
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "hello\n");
	net_expect(target, "hello\n");
	pty_expect(p, "> hello\\n");
	pty_type(p, PTY_F7 "g");
	pty_expect(p, "this entry is not held");
	pty_type(p, "e");
	pty_expect(p, "this entry is not held");
	pty_type(p, " " PTY_UP "d");
	pty_expect(p, "none of these entries is held");
	pty_type(p, "q/edit" PTY_ENTER);
	pty_expect(p, "! no message is held");
	shutdown(target, SHUT_WR);
	pty_expect(p, "half-closed (by the target)");
	shutdown(client, SHUT_WR);
	close(client);
	close(target);
	end(&m);
}

static void the_draft_comes_back_after_an_edit(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, "--hold", "out");
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "a\\b\001\n");
	pty_expect(p, "‖1 > ");
	pty_type(p, "my draft" PTY_F7 "e");
	pty_expect(p, "edit 1> a\\\\b\\x01\\n");
	pty_type(p, PTY_HOME "\013" PTY_ENTER);
	pty_expect(p, "press Esc (/drop drops the message)");
	pty_type(p, "x" PTY_ESC);
	pty_expect(p, "> my draft");
	pty_expect_cursor(p, INPUT_ROW, 10);
	pty_type(p, PTY_F7 "ex" PTY_CTRL_C);
	pty_expect(p, "> my draft");
	pty_type(p, PTY_F7 "e" PTY_HOME "\\q" PTY_ENTER);
	pty_expect(p, "edit 1> \\qa");
	pty_expect(p, "nothing was changed");
	pty_type(p, "\b\b" PTY_ENTER);
	net_expect(target, "a\\b\001\n");
	pty_expect(p, "> my draft");
	pty_type(p, PTY_CTRL_C);
	/* what follows in the same burst is for its text */
	net_send_text(client, "c\n");
	pty_expect(p, "‖2 > ");
	pty_type(p, "/edit" PTY_ENTER "d\\n" PTY_ENTER);
	net_expect(target, "c\nd\n");
	close(client);
	close(target);
	end(&m);
}

static void the_text_for_a_message_that_is_gone_stays(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, "--hold", "out");
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "hello\n");
	pty_expect(p, "‖1 > ");
	pty_type(p, "draft" PTY_F7 "e" PTY_HOME "typed ");
	pty_expect(p, "edit 1> typed hello\\n");
	net_reset(client);
	pty_expect(p, "(dropped)");
	pty_expect(p, "edit 1 (not held any more)> typed hello\\n");
	pty_type(p, PTY_ENTER);
	pty_expect(p, "! no message is held");
	pty_expect(p, "(not held any more)> typed hello\\n");
	pty_type(p, PTY_ESC);
	pty_expect(p, "> draft");
	close(target);
	end(&m);
}

static void a_line_goes_to_the_side_that_the_prompt_says(void **state)
{
	struct middle m;
	int client[2], target[2];
	struct pty *p = begin(&m, NULL, NULL, NULL);
	(void)state;
	come(&m, &client[0], &target[0]);
	pty_expect(p, "* connected to");
	come(&m, &client[1], &target[1]);
	pty_expect(p, " 2 peers |");
	pty_type(p, "/to 2<" PTY_ENTER "to the client" PTY_ENTER);
	net_expect(client[1], "to the client\n");
	pty_expect(p, "< to the client\\n (injected)");
	assert_string_equal(pty_row(p, INPUT_ROW), "to 2<");
	pty_type(p, "/to 2>" PTY_ENTER "to the target" PTY_ENTER);
	net_expect(target[1], "to the target\n");
	pty_expect(p, "> to the target\\n (injected)");
	assert_string_equal(pty_row(p, INPUT_ROW), "to 2>");
	pty_type(p, PTY_F6);
	pty_expect(p, "to 2<");
	pty_type(p, PTY_F6);
	pty_expect(p, "all>");
	pty_type(p, PTY_F6);
	pty_expect(p, "to 1>");
	pty_type(p, PTY_F6);
	pty_expect(p, "to 1<");
	pty_type(p, PTY_F9);
	pty_expect(p, "only 1<");
	for (int i = 0; i < 2; i++) {
		close(client[i]);
		close(target[i]);
	}
	end(&m);
}

static void both_ways_have_ticks(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, NULL, NULL);
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "question\n");
	net_expect(target, "question\n");
	pty_expect(p, "> question\\n ✓✓");
	net_send_text(target, "answer\n");
	net_expect(client, "answer\n");
	pty_expect(p, "< answer\\n ✓✓");
	pty_type(p, "/hold both" PTY_ENTER);
	pty_expect(p, "| hold both");
	net_send_text(client, "held\n");
	pty_expect(p, "‖1 > held\\n");
	net_send_text(target, "too\n");
	pty_expect(p, "‖2 < too\\n");
	pty_expect(p, "‖ 2: 1 out, 1 in");
	assert_null(strstr(pty_row(p, pty_find(p, "‖1 >")), "✓"));
	pty_type(p, "/pass" PTY_ENTER);
	pty_expect(p, " > held\\n ✓✓");
	net_expect(target, "held\n");
	pty_type(p, "/pass" PTY_ENTER);
	pty_expect(p, " < too\\n ✓✓");
	net_expect(client, "too\n");
	close(client);
	close(target);
	end(&m);
}

static void the_panel_has_both_sides_on_screens_of_all_sizes(void **state)
{
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, NULL, "--hold", "out");
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "hello\n");
	pty_expect(p, "‖1 > hello\\n");
	pty_type(p, PTY_F5);
	pty_expect(p, "client: healthy");
	pty_expect(p, "target: healthy");
	int at = pty_find(p, "client: ");
	assert_int_equal(pty_find(p, "target: "), at);
	pty_resize(p, 40, 120);
	pty_expect(p, "retransmits none");
	pty_expect(p, "received    6 B, ");
	pty_resize(p, 40, 70);
	pty_expect(p, "client: healthy");
	pty_type(p, PTY_PAGE_DOWN);
	pty_expect(p, "target: healthy");
	pty_resize(p, 1, 1);
	pty_type(p, PTY_F5 PTY_F7 "e");
	pty_resize(p, 5, 20);
	pty_expect(p, "edit 1> hello\\n");
	pty_resize(p, PTY_ROWS, PTY_COLUMNS);
	pty_expect(p, "‖1 > hello\\n");
	pty_type(p, PTY_ENTER);
	net_expect(target, "hello\n");
	close(client);
	close(target);
	end(&m);
}

static void without_utf8_bars_and_arrows_are_ascii(void **state)
{
	static const char *const env[] = { "TERM=xterm-256color", "LANG=C",
		                           "LC_ALL=C", NULL };
	struct middle m;
	int client, target;
	struct pty *p = begin(&m, env, "--hold", "out");
	(void)state;
	come(&m, &client, &target);
	net_send_text(client, "hello\n");
	pty_expect(p, "|1 > hello\\n");
	pty_expect(p, "| held 1 out");
	pty_expect(p, " -> :");
	pty_type(p, "/edit 1" PTY_ENTER);
	pty_expect(p, "edit 1> hello\\n");
	pty_type(p, PTY_ENTER);
	net_expect(target, "hello\n");
	close(client);
	close(target);
	end(&m);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_held_is_passed_dropped_and_edited_by_keys),
		TEST(what_is_not_held_says_so),
		TEST(the_draft_comes_back_after_an_edit),
		TEST(the_text_for_a_message_that_is_gone_stays),
		TEST(a_line_goes_to_the_side_that_the_prompt_says),
		TEST(both_ways_have_ticks),
		TEST(the_panel_has_both_sides_on_screens_of_all_sizes),
		TEST(without_utf8_bars_and_arrows_are_ascii),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
