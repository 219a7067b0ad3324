/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words that try to move a terminal or to break a line of JSON, wherever a user
 * or a peer can say one. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sockchat/utf8.h>

#include "bounds.h"
#include "entries.h"
#include "peer.h"

static const char *const words[] = {
	"\xff", "a\xff", "\xec\x95", "\033]0;title\a", "\033[2J", "\x7f\b\t\r",
	"\xc2\x9b" "2J", "\xe2\x80\xae" "gnp", "\xed\xa0\x80", "\"\\", "안녕🩷",
};
#define EACH_WORD(w)                                                       \
	for (const char *const *w = words;                                 \
	     w < words + sizeof(words) / sizeof(words[0]); w++)

/* All of the text is UTF-8, and nothing in it can move a terminal. */
static void assert_harmless(const struct text *t)
{
	static const char *const hidden[] = { "\xc2\x9b", "\xe2\x80\xae" };

	for (size_t i = 0; i < t->len; i++) {
		unsigned char byte = (unsigned char)t->bytes[i];
		assert_true((byte >= ' ' && byte != 0x7f) || byte == '\n');
	}
	assert_true(utf8_is_valid((const uint8_t *)t->bytes, t->len));
	for (size_t i = 0; t->len && i < 2; i++)
		assert_null(strstr(t->bytes, hidden[i]));
}

static void assert_entries(const struct proc *p)
{
	struct proc check;

	check_entries(&check, p, NULL);
	proc_finish(&check);
}

/* Give every command with every word.  The folder for files does not exist. */
static void say_all(struct proc *p)
{
	static const char *const commands[] = {
		"/help ", "/help /", "/connect ", "/connect a", "/connect 1 ",
		"/listen ", "/listen 1 ", "/close ", "/shutdown ", "/reset ",
		"/pause ", "/resume ", "/info ", "/peers ", "/to ", "/send ",
		"/send \\", "/hex ", "/file /nowhere/", "/cancel ", "/drip ",
		"/drip 1 ", "/eol ", "/echo ", "/view ", "/encoding ",
		"/time ", "/endings ", "/bar ", "/set ", "/set view ",
		"/set ttl ", "/find ", "/find re:", "/find re:(", "/find hex:",
		"/filter ", "/filter re:", "/filter peer:", "/mouse ",
		"/save /nowhere/", "/clear ", "/", "//", "",
	};
	size_t count = sizeof(commands) / sizeof(commands[0]);

	for (size_t i = 0; i < count; i++)
		EACH_WORD(word) {
			proc_write_text(p, commands[i]);
			proc_write_text(p, *word);
			proc_write_text(p, "\n");
		}
	proc_write_text(p, "/view text\n/drip off\n");
}

static int connect_as(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", "-n", "--ui", ui, "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void quit(struct proc *p, int fd)
{
	proc_expect_out(p, "in one piece again");
	proc_write_text(p, "/quit\n");
	close(fd);
	(void)proc_wait(p);
	assert_true(WIFEXITED(p->status));
}

static void every_object_is_valid_whatever_was_typed(void **state)
{
	struct proc p;
	int fd = connect_as(&p, "json");

	(void)state;
	say_all(&p);
	quit(&p, fd);
	assert_silent(&p);
	assert_entries(&p);
	proc_finish(&p);
}

static void no_line_moves_a_terminal_whatever_was_typed(void **state)
{
	struct proc p;
	int fd = connect_as(&p, "lines");

	(void)state;
	say_all(&p);
	quit(&p, fd);
	assert_harmless(&p.out_text);
	assert_harmless(&p.err_text);
	proc_finish(&p);
}

/* Start with a command line that is wrong, with each word in one place. */
static void refuse(const char *first, const char *before)
{
	char option[80];
	struct proc p;

	EACH_WORD(word) {
		snprintf(option, sizeof(option), "%s%s", before, *word);
		proc_sockchat(&p, first, option, "-n", "127.0.0.1", "1", NULL);
		(void)proc_wait(&p);
		assert_true(WIFEXITED(p.status) && WEXITSTATUS(p.status));
		assert_true(p.err_text.len);
		assert_harmless(&p.err_text);
		proc_finish(&p);
	}
}

static void a_wrong_command_line_moves_no_terminal(void **state)
{
	static const char *const before[] = {
		"", "--", "-", "--ui=", "--ttl=", "--config=/nowhere/",
		"--profile=", "--source=", "--encoding=", "--eol=",
		"--scrollback=", "tcp://", "--zero=",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		refuse("connect", before[i]);
	refuse("", "");
}

static void a_host_of_any_bytes_moves_no_terminal(void **state)
{
	static const char *const modes[] = { "connect", "listen" };
	struct proc p;

	(void)state;
	EACH_WORD(word)
		for (size_t i = 0; i < 2; i++) {
			proc_sockchat(&p, modes[i], "-n", *word, "1", NULL);
			(void)proc_wait(&p);
			assert_true(WIFEXITED(p.status));
			assert_harmless(&p.err_text);
			proc_finish(&p);
		}
}

static void a_configuration_file_moves_no_terminal(void **state)
{
	static const char *const before[] = { "", "ttl ", "view ", "[", "x y" };
	char path[] = "/tmp/sockchat-test-XXXXXX", line[80];
	int fd = mkstemp(path);
	struct proc p;

	(void)state;
	assert_true(fd >= 0);
	EACH_WORD(word)
		for (size_t i = 0; i < 5; i++) {
			snprintf(line, sizeof(line), "%s%s", before[i], *word);
			assert_int_equal(ftruncate(fd, 0), 0);
			assert_true(pwrite(fd, line, strlen(line), 0) > 0);
			proc_sockchat(&p, "connect", "--config", path,
			              "--profile", "none", "127.0.0.1", "1",
			              NULL);
			proc_expect_exit(&p, 2);
			assert_harmless(&p.err_text);
			proc_finish(&p);
		}
	close(fd);
	unlink(path);
}

/* The letters of a name are shown as they are in every locale. */
static void letters_are_letters_in_a_sentence(void **state)
{
	static const char *const locales[] = { "LC_ALL=C", "LC_ALL=C.UTF-8" };
	const char *argv[] = { NULL, "connect", "-n", "안녕", "9", NULL };

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *env[] = { locales[i], NULL };
		struct proc p;
		proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "안녕 is a name");
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_object_is_valid_whatever_was_typed),
		cmocka_unit_test(no_line_moves_a_terminal_whatever_was_typed),
		cmocka_unit_test(a_wrong_command_line_moves_no_terminal),
		cmocka_unit_test(a_host_of_any_bytes_moves_no_terminal),
		cmocka_unit_test(a_configuration_file_moves_no_terminal),
		cmocka_unit_test(letters_are_letters_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
