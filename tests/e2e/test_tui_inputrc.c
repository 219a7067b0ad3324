/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys in the forms of newer terminals, and functions on other keys. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static int start_with_inputrc(struct pty *p, const char *text)
{
	static char inputrc[128];
	static const char *const bound[] = { "TERM=xterm-256color",
		                             "LANG=C.UTF-8", inputrc, NULL };
	const char *path = pty_home("rc");
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(file, text, strlen(text)), strlen(text));
	close(file);
	snprintf(inputrc, sizeof(inputrc), "INPUTRC=%s", path);
	return pty_connect_in(p, bound);
}

/* As kitty and xterm send them when a program before us has asked. */
static void keys_in_the_forms_of_newer_terminals_are_keys(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "\033[97u\033[98;2u\033[97;1:3u\033[13;2uc\033[13u");
	net_expect(fd, "aB\nc\n");
	pty_type(&p, "ab\033[97;5uc\033[27;5;101~d\033[27;1;13~");
	net_expect(fd, "cabd\n");
	pty_type(&p, "draft\033[99;5u");
	pty_expect_cursor(&p, INPUT_ROW, 2);
	pty_type(&p, "\033[1;129P");
	pty_expect(&p, "this help");
	pty_type(&p, "\033[27u");
	pty_expect_gone(&p, "this help");
	pty_type(&p, "\033[27;5;100~");
	pty_expect(&p, "FIN");
	close(fd);
	pty_quit(&p, 0);
}

static void an_inputrc_moves_our_functions_and_nothing_else_does(void **state)
{
	struct pty p;
	int fd = start_with_inputrc(
	    &p, "\"\\eOQ\": history-search-backward\n"
	        "$if sockchat\n"
	        "\"\\C-xv\": sockchat-next-view\n"
	        "\"\\C-x\\C-l\": sockchat-next-view\n"
	        "\"\\eOR\": sockchat-help\n"
	        "\"\\e[13;2u\": sockchat-endings\n"
	        "\"\\e[27;5;13~\": \"macro\"\n"
	        "$endif\n");

	(void)state;
	pty_type(&p, "\030v");
	pty_expect(&p, "| hex |");
	pty_type(&p, PTY_F2);
	pty_expect(&p, "| mixed |");
	pty_type(&p, "\030\f");
	pty_expect(&p, "| text |");
	pty_type(&p, "\033[27;5;13~\033[13;5u"); /* the second is Enter */
	net_expect(fd, "macro\n");
	pty_expect(&p, "> macro\\n");
	pty_type(&p, "\033[13;2u");
	pty_expect_gone(&p, "> macro\\n");
	pty_type(&p, PTY_F3);
	pty_expect(&p, "this help");
	pty_type(&p, "q/keys" PTY_ENTER);
	pty_expect(&p, " sockchat-help            F1, Alt-?, F3");
	pty_expect(&p, " sockchat-next-view       F2, Ctrl-X Ctrl-L, "
	               "Ctrl-X v");
	pty_type(&p, PTY_PAGE_DOWN);
	pty_expect(&p, " sockchat-edit            Ctrl-X Ctrl-E");
	assert_int_equal(pty_find(&p, "sockchat-next-time       F3"), -1);
	pty_quit(&p, 0);
	close(fd);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(keys_in_the_forms_of_newer_terminals_are_keys),
		T(an_inputrc_moves_our_functions_and_nothing_else_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
