/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation that is not in UTF-8. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"
#include "pty.h"

#define HELLO_CP949 "\xbe\xc8\xb3\xe7"

/* sockchat in lines, connected to us; our end. */
static int converse(struct proc *p, const char *encoding)
{
	static const char *const env[] = { "LC_ALL=C.UTF-8", NULL };
	uint16_t port;
	int listener = net_listen(&port);
	const char *const argv[] = {
		NULL, "connect", "--ui", "lines", "--encoding", encoding,
		"127.0.0.1", port_text(port), NULL
	};

	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	close(listener);
	proc_expect_out(p, "connected to");
	return fd;
}

static void what_comes_is_shown_and_what_is_typed_is_sent_in_it(void **state)
{
	struct proc p;
	int fd = converse(&p, "CP949");

	(void)state;
	net_send_text(fd, HELLO_CP949 " hi\n");
	proc_expect_out(&p, "< 안녕 hi\\n");
	proc_write_text(&p, "안녕!\n");
	net_expect(fd, HELLO_CP949 "!\n");
	proc_expect_out(&p, "> 안녕!\\n");
	proc_finish(&p);
	close(fd);
}

/* The same names mean the same with and without a screen. */
static void the_name_of_the_locale_says_what_can_be_shown(void **state)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{ "LC_ALL=xx_XX.UTF-8", "< 한\\n" },
		{ "LC_ALL=xx_XX.utf8@mine", "< 한\\n" },
		{ "LC_ALL=UTF-8", "< 한\\n" },
		{ "LC_ALL=xx_XX", "< 한\\n" },
		{ "LC_ALL=C", "< \\xed\\x95\\x9c\\n" },
		{ "LC_ALL=xx_XX.EUC-KR", "< \\xed\\x95\\x9c\\n" },
		{ "LC_ALL=xx_XX.ISO-8859-15@euro", "< \\xed\\x95\\x9c\\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const env[] = { rows[i].name, NULL };
		struct proc p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *const argv[] = { NULL, "connect", "--ui", "lines",
			                     "127.0.0.1", port_text(port),
			                     NULL };
		proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
		int fd = net_accept(listener);
		close(listener);
		net_send_text(fd, "한\n");
		proc_expect_out(&p, rows[i].shown);
		proc_finish(&p);
		close(fd);
	}
}

static void a_line_it_cannot_hold_is_not_sent(void **state)
{
	struct proc p;
	int fd = converse(&p, "latin1");

	(void)state;
	proc_write_text(&p, "안녕\nfür\n");
	proc_expect_out(&p, "not sent: ISO-8859-1 has no character \"안\"");
	net_expect(fd, "f\xfcr\n");
	proc_finish(&p);
	close(fd);
}

static void it_can_be_chosen_in_the_middle(void **state)
{
	struct proc p;
	int fd = converse(&p, "utf-8");

	(void)state;
	net_send_text(fd, HELLO_CP949 "\n");
	proc_expect_out(&p, "\\xbe");
	proc_write_text(&p, "/encoding cp949\n");
	proc_expect_out(&p, "encoding is now cp949, both ways");
	net_send_text(fd, HELLO_CP949 "\n");
	proc_expect_out(&p, "< 안녕\\n");
	proc_finish(&p);
	close(fd);
}

static void the_screen_shows_what_was_there_anew(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	net_send_text(fd, HELLO_CP949 "\n");
	pty_expect(&p, "\\xbe");
	pty_type(&p, "/encoding cp949\r");
	pty_expect(&p, "< 안녕\\n");
	pty_expect(&p, "| cp949 |");
	pty_type(&p, "안\r");
	net_expect(fd, "\xbe\xc8\n");
	pty_expect(&p, "> 안\\n");
	pty_quit(&p, 0);
	close(fd);
}

static void a_name_that_is_none_is_refused_with_those_that_are(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--encoding", "klingon", "127.0.0.1",
	              "1", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "'klingon' is not utf-8, cp949, ");
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_comes_is_shown_and_what_is_typed_is_sent_in_it),
		cmocka_unit_test(the_name_of_the_locale_says_what_can_be_shown),
		cmocka_unit_test(a_line_it_cannot_hold_is_not_sent),
		cmocka_unit_test(it_can_be_chosen_in_the_middle),
		cmocka_unit_test(the_screen_shows_what_was_there_anew),
		cmocka_unit_test(
		    a_name_that_is_none_is_refused_with_those_that_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
