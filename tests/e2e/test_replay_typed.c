/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Replays where somebody types: /replay, and the screen. */

#include <signal.h>
#include <sys/socket.h>

#include "replay.h"

static const char pair[] = "connect h:1\n> \"one\\n\"\n< \"un\\n\"\n"
                           "> \"two\\n\"\n< \"deux\\n\"\n";

/* Type a command with the path of these steps. */
static void type_path(struct proc *p, const char *command, const char *steps)
{
	char line[400];
	snprintf(line, sizeof(line), "%s %s\n", command,
	         chat_file("typed.chat", steps));
	proc_write_text(p, line);
}

static void a_script_goes_on_when_its_replay_is_over(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui=lines", NULL);

	(void)state;
	proc_write_text(&p, "before\n");
	type_path(&p, "/replay", pair);
	proc_write_text(&p, "after\n");
	proc_end_in(&p);
	net_expect(fd, "before\none\n");
	net_send_text(fd, "un\n");
	net_expect(fd, "two\n");
	net_send_text(fd, "deux\n");
	net_expect(fd, "after\n");
	net_expect_end(fd); /* the end of the input counts as ever */
	close(fd);
	expect_success(&p);
}

static void a_script_fails_with_its_replay(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui=lines", NULL);

	(void)state;
	type_path(&p, "/replay", pair);
	net_expect(fd, "one\n");
	net_send_text(fd, "on\n");
	proc_expect_out(&p, "typed.chat:4: ");
	proc_write_text(&p, "by hand\n");
	net_expect(fd, "by hand\n"); /* it is open still */
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void steps_go_one_by_one(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui=lines", NULL);

	(void)state;
	type_path(&p, "/replay step", pair);
	proc_expect_out(&p, "typed.chat:3: next: 4 bytes to be sent");
	proc_write_text(&p, "/replay step\n");
	net_expect(fd, "one\n");
	proc_write_text(&p, "/replay step\n");
	proc_expect_out(&p, "it is the peer's turn");
	net_send_text(fd, "un\n");
	proc_expect_out(&p, "typed.chat:5: next: 4 bytes to be sent");
	proc_write_text(&p, "/replay step\n");
	net_expect(fd, "two\n");
	net_send_text(fd, "deux\n");
	proc_expect_out(&p, "all is as written");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_replay_can_be_stopped(void **state)
{
	static const char *const commands[] = { "/replay stop\n", "/cancel\n" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int fd = connect_with(&p, "--ui=lines", NULL);
		type_path(&p, "/replay", pair);
		net_expect(fd, "one\n");
		proc_write_text(&p, commands[i]);
		proc_expect_out(&p, "typed.chat:4: the replay was stopped");
		net_send_text(fd, "whatever\n");
		proc_write_text(&p, "by hand\n");
		net_expect(fd, "by hand\n");
		proc_end_in(&p);
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void what_cannot_be_played_is_refused(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui=lines", NULL);

	(void)state;
	type_path(&p, "/replay", "> \"a\n");
	proc_expect_out(&p, "! /tmp/");
	proc_expect_out(&p, "typed.chat:2:");
	proc_write_text(&p, "/replay stop\n");
	proc_expect_out(&p, "/replay: no replay is running");
	type_path(&p, "/replay", "[1] > \"a\"\n[2] > \"b\"\n");
	proc_expect_out(&p, "there is no peer 2");
	type_path(&p, "/replay", "wait 100\n");
	proc_write_text(&p, "/replay stop\n/close\n/quit\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

/* On the screen */

static void on_the_screen_it_stays_open_for_hand_work(void **state)
{
	const char *path = chat_file("talk.chat", pair);
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port), fd;

	(void)state;
	pty_sockchat(&p, "connect", "--replay", path, "127.0.0.1",
	             port_text(port), NULL);
	fd = pty_accept(&p, listener);
	net_expect(fd, "one\n");
	pty_expect(&p, "replay line 4");
	net_send_text(fd, "un\n");
	net_expect(fd, "two\n");
	net_send_text(fd, "deux\n");
	pty_expect(&p, "all is as written");
	pty_type(&p, "by hand" PTY_ENTER);
	net_expect(fd, "by hand\n");
	pty_type(&p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void enter_lets_a_step_go_and_ctrl_c_stops(void **state)
{
	char line[400];
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	snprintf(line, sizeof(line), "/replay step %s" PTY_ENTER,
	         chat_file("talk.chat", pair));
	pty_type(&p, line);
	pty_expect(&p, "replay line 3: Enter continues");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "one\n");
	pty_expect(&p, "replay line 4: Ctrl-C stops it");
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, "the replay was stopped");
	pty_expect_gone(&p, "replay line");
	pty_type(&p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void a_peer_that_has_ended_is_not_waited_for(void **state)
{
	char line[400];
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	pty_expect(&p, "half-closed");
	snprintf(line, sizeof(line), "/replay %s" PTY_ENTER,
	         chat_file("talk.chat", "< \"more\"\n"));
	pty_type(&p, line);
	pty_expect(&p, "came before the peer's FIN");
	pty_type(&p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void a_mismatch_on_the_screen_counts_at_the_end(void **state)
{
	const char *path = chat_file("serve.chat", "listen 1\n< \"abc\\n\"\n");
	struct pty p;
	int fd;

	(void)state;
	pty_sockchat(&p, "listen", "--replay", path, "127.0.0.1", "0", NULL);
	fd = net_connect(pty_port(&p));
	net_send_text(fd, "axc\n");
	pty_expect(&p, "expected");
	pty_expect(&p, "| axc");
	pty_type(&p, "by hand" PTY_ENTER);
	net_expect(fd, "by hand\n");
	pty_type(&p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 1);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_script_goes_on_when_its_replay_is_over),
		TEST(a_script_fails_with_its_replay),
		TEST(steps_go_one_by_one),
		TEST(a_replay_can_be_stopped),
		TEST(what_cannot_be_played_is_refused),
		TEST(on_the_screen_it_stays_open_for_hand_work),
		TEST(enter_lets_a_step_go_and_ctrl_c_stops),
		TEST(a_peer_that_has_ended_is_not_waited_for),
		TEST(a_mismatch_on_the_screen_counts_at_the_end),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("replay_typed", tests, NULL, NULL);
}
