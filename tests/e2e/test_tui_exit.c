/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The ways out of the screen: what is left behind is as it was found. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static void assert_taken_over(const struct pty *p)
{
	assert_int_equal(pty_local_modes(p), 0);
	assert_true(p->is_alternate);
	assert_int_equal(p->mouse, VTERM_PROP_MOUSE_CLICK);
}

static void the_terminal_is_restored_after_every_signal(void **state)
{
	static const int signums[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < sizeof(signums) / sizeof(signums[0]); i++) {
		struct pty p;
		int fd = pty_connect(&p);
		assert_taken_over(&p);
		kill(p.pid, signums[i]);
		net_expect_end(fd);
		close(fd);
		pty_expect_signal(&p, signums[i]);
		assert_restored(&p);
		pty_finish(&p);
	}
}

static void the_terminal_is_restored_after_a_crash(void **state)
{
	static const int signums[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE };

	(void)state;
	for (size_t i = 0; i < sizeof(signums) / sizeof(signums[0]); i++) {
		struct pty p;
		int fd = pty_connect(&p);
		net_send_text(fd, "some\nlines\n");
		pty_expect(&p, "lines");
		kill(p.pid, signums[i]);
		pty_expect_signal(&p, signums[i]);
		assert_restored(&p);
		close(fd);
		pty_finish(&p);
	}
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/nobody heard");
	pty_hang_up(&p);
	net_expect_end(fd);
	close(fd);
	pty_expect_signal(&p, SIGHUP);
	assert_true(p.usage.ru_utime.tv_sec < 5);
	pty_finish(&p);
}

/* A shell does this, in which "$0" is our port. */
static int run_script(struct pty *p, const char *script)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { "sh", "-c", script, port_text(port), NULL };

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, NULL);
	return pty_accept(p, listener);
}

static void without_the_signal_the_end_of_the_terminal_is_seen(void **state)
{
	struct pty p;
	int fd = run_script(&p, "trap '' HUP; "
	                        "exec \"$SOCKCHAT_BIN\" connect 127.0.0.1 $0");

	(void)state;
	kill(p.pid, SIGSTOP); /* it finds the terminal gone later */
	pty_hang_up(&p);
	kill(p.pid, SIGCONT);
	net_expect_end(fd);
	close(fd);
	pty_expect_signal(&p, SIGHUP);
	assert_true(p.usage.ru_utime.tv_sec < 5);
	pty_finish(&p);
}

/* Ctrl-D is one while another program has the terminal as a shell has it. */
static void an_end_of_input_is_no_end_of_the_terminal(void **state)
{
	struct pty p;
	struct termios ours, cooked;
	int fd = pty_connect(&p);

	(void)state;
	assert_int_equal(tcgetattr(p.fd, &ours), 0);
	cooked = ours;
	cooked.c_lflag |= ICANON;
	assert_int_equal(tcsetattr(p.fd, TCSANOW, &cooked), 0);
	pty_type(&p, "\004hello\n");
	net_expect(fd, "hello\n");
	assert_int_equal(tcsetattr(p.fd, TCSANOW, &ours), 0);
	pty_quit(&p, 0);
	close(fd);
}

static void what_was_on_the_screen_before_is_there_again(void **state)
{
	struct pty p;
	int fd = run_script(&p, "echo before; "
	                        "\"$SOCKCHAT_BIN\" connect 127.0.0.1 $0; "
	                        "echo after $?");

	(void)state;
	pty_expect_gone(&p, "before");
	pty_type(&p, "/quit" PTY_ENTER);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_string_equal(pty_row(&p, 0), "before");
	assert_string_equal(pty_row(&p, 1), "after 0");
	assert_restored(&p);
	pty_finish(&p);
}

static void what_is_not_delivered_is_told_below_the_screen(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	char path[] = "/tmp/sockchat-XXXXXX";
	int file = mkstemp(path);

	(void)state;
	assert_int_equal(ftruncate(file, 64 << 20), 0);
	close(file);
	pty_type(&p, "/file ");
	pty_type(&p, path);
	pty_type(&p, PTY_ENTER);
	pty_expect(&p, "* sending sockchat-");
	pty_type(&p, "/quit" PTY_ENTER);
	pty_expect(&p, "sockchat: left before ");
	pty_expect(&p, " bytes were delivered");
	pty_expect_exit(&p, 1);
	unlink(path);
	close(fd);
	pty_finish(&p);
}

/* With a shell between there is a job that can be stopped.  `before` and
 * `after` stand around the command. */
static void start_job(struct pty *p, uint16_t port, const char *before,
                      const char *after)
{
	static const char *const argv[] = { "sh", "-i", NULL };
	static const char *const env[] = { "PS1=ready> ", "ENV", NULL };
	char line[100];

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	pty_expect(p, "ready>");
	snprintf(line, sizeof(line),
	         "%s\"$SOCKCHAT_BIN\" connect 127.0.0.1 %u%s" PTY_ENTER,
	         before, port, after);
	pty_type(p, line);
}

static void start_in_shell(struct pty *p, uint16_t port)
{
	start_job(p, port, "", "");
}

static bool has_left(struct pty *p, const void *user)
{
	(void)user;
	return !p->is_alternate && !p->mouse &&
	       (pty_local_modes(p) & (ICANON | ECHO)) == (ICANON | ECHO);
}

static bool has_come_back(struct pty *p, const void *user)
{
	(void)user;
	return p->is_alternate && p->mouse && !pty_local_modes(p);
}

static void stop_and_come_back(struct pty *p, int fd, const char *word)
{
	char line[32];

	pty_until(p, has_left, NULL, "the shell and its modes");
	snprintf(line, sizeof(line), "%s\n", word);
	net_send_text(fd, line);
	snprintf(line, sizeof(line), " < %s\\n", word);
	pty_resize(p, 30, 90);
	pty_type(p, "fg\r");
	pty_until(p, has_come_back, NULL, "the screen again");
	pty_expect(p, line);
	pty_expect(p, "> draft");
	pty_expect_cursor(p, 28, 7);
}

static void quit_in_shell(struct pty *p, int fd)
{
	pty_type(p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_until(p, has_left, NULL, "the screen to be left");
	pty_type(p, "exit 0\r");
	pty_expect_exit(p, 0);
	assert_restored(p);
	pty_finish(p);
}

static void it_stops_as_a_job_and_comes_back(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	start_in_shell(&p, port);
	int fd = pty_accept(&p, listener);
	pid_t job = tcgetpgrp(p.fd);
	pty_type(&p, "draft");
	pty_expect_cursor(&p, 22, 7);
	pty_type(&p, PTY_CTRL_Z);
	stop_and_come_back(&p, fd, "meanwhile");
	kill(job, SIGTSTP);
	stop_and_come_back(&p, fd, "again");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft\n");
	/* This one leaves no time to tidy up. */
	kill(job, SIGSTOP);
	pty_expect(&p, "ready>");
	pty_type(&p, "fg\n"); /* Enter in raw modes is no newline */
	net_send_text(fd, "stopped hard\n");
	pty_expect(&p, " < stopped hard\\n");
	pty_expect_gone(&p, "ready>");
	quit_in_shell(&p, fd);
}

/* The shell sees a job stop when the process stops that it started itself. */
static void ctrl_z_stops_a_script_around_us_too(void **state)
{
	static const char *const around[][2] = {
		{ "sh -c '", "; exit $?'" },
		{ "bash -c '", "; exit $?'" },
		{ "timeout --foreground 100 ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++) {
		struct pty p;
		uint16_t port;
		int listener = net_listen(&port);
		start_job(&p, port, around[i][0], around[i][1]);
		int fd = pty_accept(&p, listener);
		pty_type(&p, "draft");
		pty_expect_cursor(&p, 22, 7);
		pty_type(&p, PTY_CTRL_Z);
		pty_expect(&p, "Stopped");
		stop_and_come_back(&p, fd, "meanwhile");
		pty_type(&p, PTY_ENTER);
		net_expect(fd, "draft\n");
		quit_in_shell(&p, fd);
	}
}

/* bash sends SIGCONT by itself; what wakes us must not stop us again, for the
 * terminal is the shell's. */
static void kill_ends_a_stopped_job(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	start_in_shell(&p, port);
	int fd = pty_accept(&p, listener);
	pid_t job = tcgetpgrp(p.fd);
	pty_type(&p, PTY_CTRL_Z);
	pty_expect(&p, "Stopped");
	kill(job, SIGTERM);
	kill(job, SIGCONT);
	net_expect_end(fd);
	close(fd);
	/* The shell that thinks of a stopped job wants it twice. */
	pty_type(&p, "exit 0" PTY_ENTER "exit 0" PTY_ENTER);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

static void an_editor_stops_and_comes_back_with_us(void **state)
{
	static const char script[] =
	    "echo editing; until test -e \"$HOME/go\"; do sleep 0.01; done\n"
	    "echo edited >\"$1\"\n";
	struct pty p;
	uint16_t port;
	char visual[128];
	int listener = net_listen(&port);
	int file = open(pty_home("ed"), O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_int_equal(write(file, script, strlen(script)), strlen(script));
	close(file);
	snprintf(visual, sizeof(visual), "sh %s", pty_home("ed"));
	setenv("VISUAL", visual, 1);
	start_in_shell(&p, port);
	unsetenv("VISUAL");
	int fd = pty_accept(&p, listener);
	pty_type(&p, "draft\030\005");
	pty_expect(&p, "editing");
	pty_type(&p, PTY_CTRL_Z);
	pty_expect(&p, "Stopped");
	pty_type(&p, "fg\r");
	close(open(pty_home("go"), O_WRONLY | O_CREAT, 0600));
	net_expect(fd, "edited\n");
	pty_expect(&p, " > edited\\n");
	quit_in_shell(&p, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(the_terminal_is_restored_after_every_signal),
		T(the_terminal_is_restored_after_a_crash),
		T(a_terminal_that_goes_away_ends_it),
		T(without_the_signal_the_end_of_the_terminal_is_seen),
		T(an_end_of_input_is_no_end_of_the_terminal),
		T(what_was_on_the_screen_before_is_there_again),
		T(what_is_not_delivered_is_told_below_the_screen),
		T(it_stops_as_a_job_and_comes_back),
		T(ctrl_z_stops_a_script_around_us_too),
		T(kill_ends_a_stopped_job),
		T(an_editor_stops_and_comes_back_with_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
