/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The ways out of the screen, and the terminals that can't have it: what is
 * left behind is as it was found. */

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static tcflag_t local_modes(const struct pty *p)
{
	struct termios now;

	assert_int_equal(tcgetattr(p->fd, &now), 0);
	return now.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
}

static void assert_taken_over(const struct pty *p)
{
	assert_int_equal(local_modes(p), 0);
	assert_true(p->is_alternate);
	assert_int_equal(p->mouse, VTERM_PROP_MOUSE_CLICK);
}

static int connect_with_env(struct pty *p, const char *const *env)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

/* Ways out */

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
	assert_int_equal(p.usage.ru_utime.tv_sec, 0);
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
	assert_int_equal(p.usage.ru_utime.tv_sec, 0);
	pty_finish(&p);
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

/* A shell between: only then is there a job to stop. */

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

static void start_in_shell(struct pty *p, uint16_t port)
{
	static const char *const argv[] = { "sh", "-i", NULL };
	static const char *const env[] = { "PS1=ready> ", "ENV", NULL };
	char line[100];

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	pty_expect(p, "ready>");
	snprintf(line, sizeof(line),
	         "\"$SOCKCHAT_BIN\" connect 127.0.0.1 %u" PTY_ENTER, port);
	pty_type(p, line);
}

static bool has_left(struct pty *p, const void *user)
{
	(void)user;
	return !p->is_alternate && !p->mouse &&
	       (local_modes(p) & (ICANON | ECHO)) == (ICANON | ECHO);
}

static bool has_come_back(struct pty *p, const void *user)
{
	(void)user;
	return p->is_alternate && p->mouse && !local_modes(p);
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

/* Terminals */

static void a_dumb_terminal_gets_lines(void **state)
{
	static const char *const envs[][2] = {
		{ "TERM=dumb", NULL },
		{ "TERM", NULL },
		{ "TERM=", NULL },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pty p;
		int fd = connect_with_env(&p, envs[i]);
		pty_type(&p, "typed\r");
		net_expect(fd, "typed\n");
		pty_expect(&p, " > typed\\n");
		net_send_text(fd, "heard \033[2J\n");
		pty_expect(&p, " < heard ^[[2J\\n");
		assert_false(p.is_alternate);
		close(fd);
		pty_type(&p, PTY_CTRL_D);
		pty_expect_exit(&p, 0);
		assert_null(strchr(p.stream.bytes, '\033'));
		assert_restored(&p);
		pty_finish(&p);
	}
}

static void an_unknown_terminal_is_told_and_gets_lines(void **state)
{
	static const char *const env[] = { "TERM=no-\xff such", NULL };
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };
	struct pollfd another = { .fd = listener, .events = POLLIN };

	(void)state;
	pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, env);
	int fd = net_accept(listener);
	pty_expect(&p, "sockchat: the terminal type 'no-\\xff such' is "
	               "unknown: going on in lines");
	pty_type(&p, "typed\r");
	net_expect(fd, "typed\n");
	assert_int_equal(poll(&another, 1, 0), 0);
	close(listener);
	close(fd);
	pty_type(&p, PTY_CTRL_D);
	pty_expect_exit(&p, 0);
	assert_false(p.is_alternate);
	assert_restored(&p);
	pty_finish(&p);
}

static void older_terminals_get_the_screen(void **state)
{
	static const char *const envs[][2] = {
		{ "TERM=vt100", NULL },
		{ "TERM=linux", NULL },
		{ "TERM=screen-256color", NULL },
		{ "TERM=xterm", NULL },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct pty p;
		int fd = connect_with_env(&p, envs[i]);
		pty_expect(&p, "| open |");
		net_send_text(fd, "heard 한글\n");
		pty_expect(&p, " < heard 한글\\n");
		pty_expect_cursor(&p, 22, 2);
		pty_type(&p, "typed\r");
		net_expect(fd, "typed\n");
		pty_type(&p, "/quit" PTY_ENTER);
		close(fd);
		pty_expect_exit(&p, 0);
		assert_int_equal(p.mouse, 0);
		assert_false(p.is_alternate);
		assert_int_equal(local_modes(&p) & (ICANON | ECHO),
		                 ICANON | ECHO);
		pty_finish(&p);
	}
}

static void absurd_sizes_are_as_good_as_none(void **state)
{
	static const char *const envs[][3] = {
		{ "COLUMNS=100000", NULL },
		{ "LINES=100000", NULL },
		{ "COLUMNS=32768", "LINES=32768", NULL },
		{ "COLUMNS=-1", "LINES=0", NULL },
		{ "COLUMNS=2147483648", "LINES=x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(envs) / sizeof(envs[0]); i++) {
		struct pty p;
		int fd = pty_connect_in(&p, envs[i]);
		pty_expect_cursor(&p, INPUT_ROW, 2);
		close(fd);
		pty_quit(&p, 0);
	}
}

static void set_size(struct pty *p, int rows, int columns)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns,
	};

	assert_int_equal(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

static void a_terminal_of_absurd_size_is_used_in_part(void **state)
{
	static const int sizes[][2] = {
		{ 65535, 65535 }, { 1, 65535 }, { 65535, 1 }, { 0, 0 },
		{ 0, 65535 },     { 32767, 32767 },
	};
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		set_size(&p, sizes[i][0], sizes[i][1]);
		pty_type(&p, "typed" PTY_ENTER);
		net_expect(fd, "typed\n");
		pty_resize(&p, PTY_ROWS, PTY_COLUMNS);
		pty_expect(&p, "| open |");
		pty_expect_cursor(&p, INPUT_ROW, 2);
	}
	close(fd);
	pty_quit(&p, 0);
}

static void it_starts_on_a_terminal_of_any_size(void **state)
{
	static const char *const sizes[][2] = {
		{ "1", "1" }, { "0", "0" }, { "1", "80" }, { "24", "1" },
		{ "2", "2" }, { "65535", "65535" },
	};
	static const char script[] =
	    "stty rows $1 cols $2; "
	    "exec \"$SOCKCHAT_BIN\" connect 127.0.0.1 $0";

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct pty p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *argv[] = { "sh", "-c", script, port_text(port),
			               sizes[i][0], sizes[i][1], NULL };
		pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, NULL);
		int fd = net_accept(listener);
		close(listener);
		pty_type(&p, "typed" PTY_ENTER);
		net_expect(fd, "typed\n");
		set_size(&p, 1, 2); /* the next one is another in any case */
		pty_resize(&p, PTY_ROWS, PTY_COLUMNS);
		pty_expect(&p, "| open |");
		close(fd);
		pty_quit(&p, 0);
	}
}

static void a_home_that_is_not_there_is_not_made(void **state)
{
	static const char *const forms[][2] = {
		{ "HOME", "XDG_STATE_HOME" },
		{ "HOME", "XDG_STATE_HOME=" },
		{ "XDG_STATE_HOME", "HOME" },
	};
	char room[256];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *const env[] = { room, forms[i][1], NULL };
		struct pty p;
		snprintf(room, sizeof(room), "%s=%s", forms[i][0],
		         pty_home("nobody"));
		int fd = pty_connect_in(&p, env);
		pty_expect(&p, "history is not kept: there is no folder");
		pty_type(&p, "typed" PTY_ENTER);
		net_expect(fd, "typed\n");
		close(fd);
		pty_quit(&p, 0);
		assert_int_equal(access(pty_home("nobody"), F_OK), -1);
	}
}

static void the_folders_of_the_history_are_made_in_home(void **state)
{
	struct pty p;
	struct stat st;
	char room[256];
	const char *const env[] = { room, NULL };

	(void)state;
	snprintf(room, sizeof(room), "XDG_STATE_HOME=%s", pty_home("a/b"));
	int fd = pty_connect_in(&p, env);
	pty_type(&p, "typed" PTY_ENTER);
	net_expect(fd, "typed\n");
	close(fd);
	pty_quit(&p, 0);
	assert_int_equal(stat(pty_home("a/b/sockchat/history"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(pty_home("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

#ifndef __SANITIZE_ADDRESS__ /* which takes all addresses there are */

static bool is_up_or_over(struct pty *p, const void *user)
{
	(void)user;
	return pty_find(p, "status ") >= 0 || pty_find(p, "connected to") >= 0;
}

/* Wherever the start finds no more memory, a true sentence is the end, or it
 * goes on, in lines at least. */
static void a_start_with_little_memory_says_so(void **state)
{
	static const char script[] =
	    "ulimit -v $1; \"$SOCKCHAT_BIN\" connect 127.0.0.1 $0; "
	    "echo \"status $?\"";
	uint16_t port;
	int listener = net_listen(&port);
	char limit[16];

	(void)state;
	fcntl(listener, F_SETFL, O_NONBLOCK);
	for (int kib = 3200; kib < 6400; kib += 100) {
		const char *argv[] = { "sh", "-c", script, port_text(port),
			               limit, NULL };
		struct pty p;
		snprintf(limit, sizeof(limit), "%d", kib);
		pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, NULL);
		pty_until(&p, is_up_or_over, NULL, "a start or an end");
		if (pty_find(&p, "status ") < 0)
			pty_type(&p, "/quit" PTY_ENTER);
		pty_expect(&p, "status ");
		assert_true(pty_find(&p, "status 0") >= 0 ||
		            pty_find(&p, "memory") >= 0 ||
		            pty_find(&p, "shared object") >= 0);
		pty_expect_exit(&p, 0);
		assert_restored(&p);
		pty_finish(&p);
		close(accept(listener, NULL, NULL)); /* if one has come */
	}
	close(listener);
}

#endif

/* Locales */

static void the_c_locale_is_shown_ascii(void **state)
{
	static const char *const envs[][3] = {
		{ "LANG=C", NULL },
		{ "LC_ALL=C", NULL },
		{ "LC_ALL=POSIX", NULL },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct pty p;
		int fd = connect_with_env(&p, envs[i]);
		pty_expect(&p, " * the locale is not UTF-8");
		net_send_text(fd, "caf\xc3\xa9\n");
		pty_expect(&p, " < caf\\xc3\\xa9\\n");
		pty_type(&p, "tea\xc3\xa9" PTY_ENTER);
		net_expect(fd, "tea\xc3\xa9\n");
		pty_type(&p, "/quit" PTY_ENTER);
		close(fd);
		pty_expect_exit(&p, 0);
		for (size_t k = 0; k < p.stream.len; k++)
			assert_true((signed char)p.stream.bytes[k] > 0);
		assert_restored(&p);
		pty_finish(&p);
	}
}

static void text_is_utf8_where_no_locale_is_set(void **state)
{
	static const char *const envs[][2] = {
		{ "LANG", NULL },
		{ "LANG=xx_XX.nothing", NULL },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pty p;
		int fd = connect_with_env(&p, envs[i]);
		pty_expect(&p, "| open |");
		net_send_text(fd, "한글\n");
		pty_expect(&p, " < 한글\\n");
		pty_type(&p, "한글");
		pty_expect_cursor(&p, 22, 6);
		pty_type(&p, "\x7f" PTY_ENTER);
		net_expect(fd, "한\n");
		pty_type(&p, "/quit" PTY_ENTER);
		close(fd);
		pty_expect_exit(&p, 0);
		assert_restored(&p);
		pty_finish(&p);
	}
}

static void without_colour_marks_still_tell(void **state)
{
	static const char *const env[] = { "NO_COLOR=1", NULL };
	struct pty p;
	int fd = connect_with_env(&p, env);

	(void)state;
	net_send_text(fd, "heard\n");
	pty_expect(&p, " < heard\\n");
	for (int row = 0; row < PTY_ROWS; row++)
		for (int i = 0; i < PTY_COLUMNS; i++) {
			VTermColor fg = pty_cell(&p, row, i).fg;
			assert_true(VTERM_COLOR_IS_DEFAULT_FG(&fg));
		}
	pty_type(&p, "/quit" PTY_ENTER);
	close(fd);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(the_terminal_is_restored_after_every_signal),
		T(the_terminal_is_restored_after_a_crash),
		T(a_terminal_that_goes_away_ends_it),
		T(without_the_signal_the_end_of_the_terminal_is_seen),
		T(what_was_on_the_screen_before_is_there_again),
		T(what_is_not_delivered_is_told_below_the_screen),
		T(it_stops_as_a_job_and_comes_back),
		T(an_editor_stops_and_comes_back_with_us),
		T(a_dumb_terminal_gets_lines),
		T(an_unknown_terminal_is_told_and_gets_lines),
		T(older_terminals_get_the_screen),
		T(absurd_sizes_are_as_good_as_none),
		T(a_terminal_of_absurd_size_is_used_in_part),
		T(it_starts_on_a_terminal_of_any_size),
		T(a_home_that_is_not_there_is_not_made),
		T(the_folders_of_the_history_are_made_in_home),
#ifndef __SANITIZE_ADDRESS__
		T(a_start_with_little_memory_says_so),
#endif
		T(the_c_locale_is_shown_ascii),
		T(text_is_utf8_where_no_locale_is_set),
		T(without_colour_marks_still_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
