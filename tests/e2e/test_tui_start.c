/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the screen is started: terminals of any kind and size, locales, homes,
 * and little memory.  What cannot have a screen gets lines. */

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

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
	               "unknown: using lines instead");
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

static void an_unknown_type_counts_as_its_known_beginning(void **state)
{
	static const struct {
		const char *env[2], *as;
	} types[] = {
		{ { "TERM=xterm-ghostty" }, "'xterm'" },
		{ { "TERM=tmux-256color-x" }, "'tmux-256color'" },
		{ { "TERM=screen.no.such" }, "'screen'" },
		{ { "TERM=rxvt+new-kind" }, "'rxvt'" },
		{ { "TERM=ghostty-direct" }, "'xterm-256color'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct pty p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *argv[] = { NULL, "connect", "-v", "127.0.0.1",
			               port_text(port), NULL };
		pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, types[i].env);
		int fd = net_accept(listener);
		pty_expect(&p, "| open |");
		pty_expect(&p, types[i].as);
		close(listener);
		close(fd);
		pty_type(&p, "/quit" PTY_ENTER);
		pty_expect_exit(&p, 0);
		pty_finish(&p);
	}
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
		assert_int_equal(pty_local_modes(&p) & (ICANON | ECHO),
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
		set_size(&p, 1, 2); /* so that the next size is a new one */
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
		         pty_home("nobody/here"));
		int fd = pty_connect_in(&p, env);
		pty_expect(&p, "history is not kept: the folder");
		pty_type(&p, "typed" PTY_ENTER);
		net_expect(fd, "typed\n");
		close(fd);
		pty_quit(&p, 0);
		assert_int_equal(access(pty_home("nobody"), F_OK), -1);
	}
}

/* The XDG Base Directory Specification asks for it. */
static void the_folder_that_the_environment_names_is_made(void **state)
{
	struct pty p;
	char room[256];
	const char *const env[] = { room, "HOME", NULL };

	(void)state;
	snprintf(room, sizeof(room), "XDG_STATE_HOME=%s", pty_home("state"));
	int fd = pty_connect_in(&p, env);
	pty_type(&p, "typed" PTY_ENTER);
	net_expect(fd, "typed\n");
	close(fd);
	pty_quit(&p, 0);
	assert_int_equal(access(pty_home("state/sockchat/history"), F_OK), 0);
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

#ifndef __SANITIZE_ADDRESS__ /* it takes all addresses there are */

static bool is_up_or_over(struct pty *p, const void *user)
{
	(void)user;
	return pty_find(p, "status ") >= 0 || pty_find(p, "connected to") >= 0;
}

/* Wherever the start runs out of memory, the program either ends with a true
 * sentence or goes on, in lines at least. */
static void a_start_with_little_memory_says_so(void **state)
{
	/* ld.so complains of a lack of memory, or dies of it, in any program */
	static const char script[] =
	    "ulimit -v $1; \"$SOCKCHAT_BIN\" --version >/dev/null 2>&1; "
	    "[ $? -ge 126 ] && echo \"status 127\" && exit; "
	    "\"$SOCKCHAT_BIN\" connect 127.0.0.1 $0; echo \"status $?\"";
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
		            pty_find(&p, "status 127") >= 0);
		pty_expect_exit(&p, 0);
		assert_restored(&p);
		pty_finish(&p);
		close(accept(listener, NULL, NULL)); /* it may not have come */
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
		pty_expect(&p, "=C.UTF-8 sockchat ...");
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
		{ "LC_ALL=xx_XX.UTF-8", NULL },
		{ "LC_CTYPE=UTF-8", NULL },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
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

/* A locale of our own making, for the system may have none but C.UTF-8. */
static void make_locale(const char *name, const char *source,
                        const char *charset, char path[128])
{
	const char *folder = pty_home("locales");
	char place[128];
	struct proc p;
	const char *argv[] = { "localedef", "--no-archive", "-c", "-i", source,
		               "-f", charset, place, NULL };

	mkdir(folder, 0700);
	snprintf(path, 128, "LOCPATH=%s", folder);
	snprintf(place, sizeof(place), "%s/%s", folder, name);
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_wait(&p);
	proc_finish(&p);
	assert_int_equal(access(place, F_OK), 0);
}

/* Where the keyboard sends another character set, its bytes are sent as they
 * are typed, pasted and recalled; and what is painted is ASCII. */
static void what_is_typed_in_another_charset_is_sent_as_typed(void **state)
{
	static const struct {
		const char *name, *source, *charset, *typed;
	} rows[] = {
		{ "ko_KR.EUC-KR", "ko_KR", "EUC-KR", "\xb0\xa1x\xc8\xfe" },
		{ "de_DE.ISO-8859-1", "de_DE", "ISO-8859-1", "f\xfcr \xe9" },
		{ "ja_JP.EUC-JP", "ja_JP", "EUC-JP", "\xa4\xa2\x8e\xb1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char lc_all[64], locpath[128], line[64], shown[96];
		const char *env[] = { lc_all, locpath, NULL };
		struct pty p;
		make_locale(rows[i].name, rows[i].source, rows[i].charset,
		            locpath);
		snprintf(lc_all, sizeof(lc_all), "LC_ALL=%s", rows[i].name);
		snprintf(line, sizeof(line), "%s\n", rows[i].typed);
		int fd = connect_with_env(&p, env);
		snprintf(shown, sizeof(shown), "not UTF-8 (%s)", lc_all);
		pty_expect(&p, shown);
		pty_type(&p, rows[i].typed);
		pty_type(&p, PTY_ENTER);
		net_expect(fd, line);
		pty_type(&p, "\033[200~");
		pty_type(&p, rows[i].typed);
		pty_type(&p, "\033[201~");
		pty_expect(&p, "> "); /* a paste ends with a pause */
		pty_watch(&p, 200);
		pty_type(&p, PTY_ENTER);
		net_expect(fd, line);
		pty_type(&p, PTY_UP PTY_ENTER);
		net_expect(fd, line);
		pty_type(&p, "/encoding cp949" PTY_ENTER);
		pty_type(&p, rows[i].typed);
		pty_type(&p, PTY_ENTER);
		net_expect(fd, line);
		net_send_text(fd, "\xdb\x9b" "2J한\n");
		pty_expect(&p, " < \\xdb\\x9b2J\\xed\\x95\\x9c\\n");
		pty_type(&p, "/quit" PTY_ENTER);
		close(fd);
		pty_expect_exit(&p, 0);
		for (size_t k = 0; k < p.stream.len; k++)
			assert_true((signed char)p.stream.bytes[k] > 0);
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

static void a_line_that_the_terminal_cuts_in_a_pipe_is_told(void **state)
{
	char line[5000];
	uint16_t port;
	int listener = net_listen(&port);
	struct pty p;

	(void)state;
	pty_sockchat(&p, "connect", "--ui", "pipe", "127.0.0.1",
	             port_text(port), NULL);
	int fd = net_accept(listener);
	memset(line, 'x', sizeof(line));
	pty_send(&p, line, sizeof(line));
	pty_type(&p, PTY_ENTER);
	pty_expect(&p, "a typed line reached 4095 bytes");
	pty_type(&p, PTY_CTRL_D);
	close(fd);
	close(listener);
	pty_expect_exit(&p, 1);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(a_dumb_terminal_gets_lines),
		T(an_unknown_terminal_is_told_and_gets_lines),
		T(a_line_that_the_terminal_cuts_in_a_pipe_is_told),
		T(an_unknown_type_counts_as_its_known_beginning),
		T(older_terminals_get_the_screen),
		T(absurd_sizes_are_as_good_as_none),
		T(a_terminal_of_absurd_size_is_used_in_part),
		T(it_starts_on_a_terminal_of_any_size),
		T(a_home_that_is_not_there_is_not_made),
		T(the_folder_that_the_environment_names_is_made),
		T(the_folders_of_the_history_are_made_in_home),
#ifndef __SANITIZE_ADDRESS__
		T(a_start_with_little_memory_says_so),
#endif
		T(the_c_locale_is_shown_ascii),
		T(what_is_typed_in_another_charset_is_sent_as_typed),
		T(text_is_utf8_where_no_locale_is_set),
		T(without_colour_marks_still_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
