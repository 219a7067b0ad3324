/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Finding on the screen: the search and the filter. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define PTY_CTRL_S "\023"
#define PTY_DOWN   "\033[B"
#define PTY_F8     "\033[19~"

/* A conversation of a hundred lines, of which each tenth has a needle. */
static int talk(struct pty *p)
{
	char line[64];
	int fd = pty_connect(p);
	for (int i = 1; i <= 100; i++) {
		snprintf(line, sizeof(line), "line %d%s\n", i,
		         i % 10 ? "" : " Needle");
		net_send_text(fd, line);
	}
	pty_expect(p, "< line 100 Needle");
	return fd;
}

static void hang_up(struct pty *p, int fd)
{
	pty_type(p, PTY_CTRL_C); /* whatever still stands in the line */
	pty_quit(p, 0);
	close(fd);
}

static void a_search_goes_from_hit_to_hit_and_back(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, "a draft" PTY_CTRL_S "need");
	pty_expect(&p, "find 10/10: need");
	pty_expect_cursor(&p, INPUT_ROW, 16);
	pty_type(&p, PTY_ENTER "nnnn");
	pty_expect(&p, "find 6/10");
	pty_expect(&p, "< line 60 Needle");
	pty_type(&p, "N");
	pty_expect(&p, "find 7/10");
	pty_type(&p, PTY_UP PTY_UP);
	pty_expect(&p, "find 5/10");
	pty_type(&p, PTY_DOWN);
	pty_expect(&p, "find 6/10");
	pty_type(&p, "\033");
	pty_expect(&p, "> a draft");
	pty_expect(&p, "< line 100 Needle");
	pty_expect_cursor(&p, INPUT_ROW, 9);
	hang_up(&p, fd);
}

static void control_keys_are_no_text_in_a_search_of_vi_either(void **state)
{
	const char *env[] = { NULL, NULL };
	char variable[256];
	struct pty p;
	FILE *file = fopen(pty_home("inputrc"), "we");
	(void)state;
	assert_non_null(file);
	fputs("set editing-mode vi\n", file);
	assert_int_equal(fclose(file), 0);
	snprintf(variable, sizeof(variable), "INPUTRC=%s", pty_home("inputrc"));
	env[0] = variable;
	int fd = pty_connect_in(&p, env);
	pty_type(&p, PTY_CTRL_S "ne");
	pty_expect(&p, ": ne");
	pty_type(&p, PTY_CTRL_L "\016" PTY_CTRL_B "ed");
	pty_expect(&p, ": need");
	pty_type(&p, "\033");
	pty_expect_gone(&p, "need");
	hang_up(&p, fd);
}

static void our_search_ends_that_of_the_history(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, "draft\022");
	pty_expect(&p, "i-search");
	pty_type(&p, PTY_CTRL_S "need");
	pty_expect(&p, "find 10/10: need");
	pty_type(&p, "\033");
	pty_expect(&p, "> draft");
	hang_up(&p, fd);
}

static void a_hit_stays_in_sight_when_the_search_is_over(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_CTRL_S "line 5" PTY_ENTER);
	pty_expect(&p, "find 11/11");
	pty_expect(&p, "< line 59");
	pty_type(&p, PTY_ENTER);
	pty_expect_gone(&p, "find");
	pty_expect(&p, "< line 59");
	pty_type(&p, PTY_CTRL_S "line 5" PTY_ENTER "xyz");
	pty_expect(&p, "> xyz"); /* what is no key of the search is typed */
	hang_up(&p, fd);
}

static void what_comes_meanwhile_is_found_too(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_CTRL_S "re:Needle$");
	pty_expect(&p, "find 10/10");
	net_send_text(fd, "one more Needle\n");
	pty_expect(&p, "find 10/11");
	pty_type(&p, PTY_DOWN);
	pty_expect(&p, "find 11/11");
	pty_expect(&p, "< one more Needle");
	net_send_text(fd, "an unfinished Nee");
	net_send_text(fd, "dle");
	pty_expect(&p, "find 11/12");
	pty_type(&p, PTY_CTRL_C);
	pty_expect_gone(&p, "find");
	hang_up(&p, fd);
}

static void what_is_found_in_the_turn_of_a_key_is_painted(void **state)
{
	struct pty p;
	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	pty_port(&p);
	pty_type(&p, PTY_CTRL_S);
	pty_expect(&p, "find:");
	pty_type(&p, "z");
	pty_expect(&p, "find (not found): z");
	pty_type(&p, "z");
	pty_expect(&p, "find (not found): zz");
	pty_finish(&p);
}

static void what_is_not_there_or_no_pattern_is_said(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_CTRL_S "zzz");
	pty_expect(&p, "find (not found): zzz");
	pty_type(&p, "\025re:(");
	pty_expect(&p, "find (not a regular expression: missing closing");
	pty_type(&p, "\025hex:4e656564");
	pty_expect(&p, "find 10/10: hex:4e656564");
	pty_type(&p, "\025");
	pty_expect(&p, "find:");
	pty_type(&p, "\r");
	pty_expect_gone(&p, "find");
	hang_up(&p, fd);
}

static void what_is_searched_for_is_not_sent_when_help_is_over_it(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_CTRL_S "need" PTY_F1);
	pty_expect(&p, "this help");
	pty_expect(&p, "find 10/10: need");
	pty_type(&p, PTY_ENTER "n");
	pty_type(&p, PTY_F1);
	pty_expect_gone(&p, "this help");
	pty_expect(&p, "find 9/10");
	pty_type(&p, "\007sent" PTY_ENTER);
	net_expect(fd, "sent\n");
	hang_up(&p, fd);
}

static void a_command_searches_as_well(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, "/find Needle" PTY_ENTER);
	pty_expect(&p, "find 10/10");
	pty_type(&p, "\033");
	pty_expect_gone(&p, "find");
	pty_type(&p, "/filter text Needle" PTY_ENTER);
	pty_expect(&p, "< line 10 Needle");
	pty_expect_gone(&p, "< line 99");
	pty_type(&p, "/filter off" PTY_ENTER);
	pty_expect(&p, "< line 99");
	hang_up(&p, fd);
}

/* One line of 65,000 `a` with a `b` behind them. */
static int talk_long(struct pty *p)
{
	static char line[65002];
	int fd = pty_connect(p);
	memset(line, 'a', 65000);
	memcpy(line + 65000, "b\n", 2);
	net_send(fd, line, sizeof(line));
	net_send_text(fd, "end\n");
	pty_expect(p, "< end");
	return fd;
}

static const char *const nasty[] = {
	"re:(a|aa)*[cx]", "re:(a*)\\1[bx]c?$d?", "re:(a+)+$[bx]",
	"re:(?=a*[cx])", "re:(?:\\X)*[cx]", "re:.*.*.*[cx]",
	"re:(?<n>a*)\\k<n>[cx]", "re:(a|aa)*c", "re:(a*)\\1b",
	"re:(?:(?=.*[xc])|.)*[zx]",
};

#define PATIENCE_MS 30000 /* for a slow or busy machine */

static void a_key_is_answered_whatever_is_searched_for(void **state)
{
	struct pty p;
	int fd = talk_long(&p);
	(void)state;
	for (size_t i = 0; i < sizeof(nasty) / sizeof(*nasty); i++) {
		int64_t start = now_ms();
		pty_type(&p, PTY_CTRL_S);
		pty_expect(&p, "find");
		pty_type(&p, nasty[i]);
		pty_expect(&p, nasty[i]);
		pty_type(&p, PTY_UP PTY_F2);
		pty_expect(&p, "| hex |");
		pty_type(&p, PTY_F2 PTY_F2 "\007");
		pty_expect(&p, "| text |");
		pty_expect_gone(&p, "find");
		if (now_ms() - start > PATIENCE_MS)
			fail_msg("%s: %d ms", nasty[i],
			         (int)(now_ms() - start));
	}
	hang_up(&p, fd);
}

/* The notes of a slow machine have an "a", too. */
static void a_line_of_nothing_but_matches_is_searched(void **state)
{
	struct pty p;
	int fd = talk_long(&p);
	int64_t start = now_ms();
	(void)state;
	pty_type(&p, PTY_CTRL_S "re:aa");
	pty_expect(&p, "find 32500/32500: re:aa");
	pty_type(&p, PTY_UP);
	pty_expect(&p, "find 32499/32500: re:aa");
	pty_type(&p, "\025aa");
	pty_expect(&p, "find 32500/32500: aa");
	assert_true(now_ms() - start < PATIENCE_MS);
	hang_up(&p, fd);
}

static void what_takes_too_long_is_said_once_and_is_no_match(void **state)
{
	struct pty p;
	int fd = talk_long(&p);
	(void)state;
	net_send_text(fd, "abx\n");
	pty_expect(&p, "< abx");
	pty_type(&p, PTY_CTRL_S "re:^(a|ab)+x$");
	pty_expect(&p, "! the expression takes too long on some entries: they "
	               "count as no match");
	pty_expect(&p, "find 1/1: re:^(a|ab)+x$");
	net_send_text(fd, "more\n");
	pty_expect(&p, "< more");
	pty_type(&p, PTY_UP PTY_DOWN);
	pty_expect(&p, "find 1/1");
	assert_int_equal(pty_count(&p, "takes too long"), 1);
	hang_up(&p, fd);
}

static void it_ends_by_sigterm_while_it_searches(void **state)
{
	struct pty p;
	int fd = talk_long(&p);
	(void)state;
	pty_type(&p, "/filter text re:(a|aa)*[cx]" PTY_ENTER PTY_CTRL_S
	             "re:(a+)+$[bx]");
	pty_expect(&p, "find");
	int64_t start = now_ms();
	kill(p.pid, SIGTERM);
	pty_expect_signal(&p, SIGTERM);
	assert_true(now_ms() - start < PATIENCE_MS);
	assert_restored(&p);
	pty_finish(&p);
	close(fd);
}

static void many_entries_are_searched_while_one_types(void **state)
{
	struct pty p;
	char block[60001];
	int fd = pty_connect(&p);
	(void)state;
	for (size_t i = 0; i < 60000; i += 60)
		snprintf(block + i, 61, "%-59s\n", "some line");
	net_send_text(fd, "first needle\n");
	for (int i = 0; i < 200; i++)
		net_send(fd, block, 60000);
	net_send_text(fd, "last needle\n");
	pty_expect(&p, "< last needle");
	pty_type(&p, PTY_CTRL_S "needle");
	pty_expect(&p, "2/2: needle");
	pty_type(&p, PTY_UP);
	pty_expect(&p, "1/2: needle");
	pty_expect(&p, "< first needle");
	pty_type(&p, "\033");
	pty_expect(&p, "< last needle");
	hang_up(&p, fd);
}

static void the_bare_view_has_neither_marks_nor_the_mouse(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_expect_gone(&p, "< line 50");
	pty_type(&p, PTY_F8);
	pty_expect_gone(&p, "< line 100");
	pty_expect_gone(&p, "\\n");
	assert_true(pty_find(&p, "line 100 Needle") >= 0);
	pty_type(&p, PTY_F8);
	pty_expect(&p, "< line 100 Needle\\n");
	pty_type(&p, PTY_F8);
	pty_expect(&p, "bare view: Esc leaves");
	pty_expect_gone(&p, "< line 100");
	pty_type(&p, "\033");
	pty_expect(&p, "< line 100 Needle\\n");
	hang_up(&p, fd);
}

/* "hel" and "lo" are messages of their own, with one of ours between them; the
 * second one comes when the search has looked at the first. */
static void what_ends_in_the_next_message_is_found(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	net_send(fd, "x\0hel", 5);
	pty_expect(&p, "< x^@hel");
	pty_type(&p, "ours" PTY_ENTER);
	net_expect(fd, "ours\n");
	pty_expect(&p, "> ours");
	pty_type(&p, PTY_CTRL_S "hello");
	pty_expect(&p, "(not found)");
	net_send_text(fd, "lo");
	pty_expect(&p, "find 1/2");
	int row = pty_find(&p, "< x^@hel");
	const char *text = pty_row(&p, row);
	int column = (int)(strstr(text, "hel") - text);
	assert_true(pty_cell(&p, row, column).attrs.reverse);
	assert_false(pty_cell(&p, row, column - 3).attrs.reverse);
	hang_up(&p, fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_search_goes_from_hit_to_hit_and_back),
		TEST(control_keys_are_no_text_in_a_search_of_vi_either),
		TEST(our_search_ends_that_of_the_history),
		TEST(a_hit_stays_in_sight_when_the_search_is_over),
		TEST(what_comes_meanwhile_is_found_too),
		TEST(what_is_found_in_the_turn_of_a_key_is_painted),
		TEST(what_is_not_there_or_no_pattern_is_said),
		TEST(what_is_searched_for_is_not_sent_when_help_is_over_it),
		TEST(a_command_searches_as_well),
		TEST(a_key_is_answered_whatever_is_searched_for),
		TEST(a_line_of_nothing_but_matches_is_searched),
		TEST(what_takes_too_long_is_said_once_and_is_no_match),
		TEST(it_ends_by_sigterm_while_it_searches),
		TEST(many_entries_are_searched_while_one_types),
		TEST(what_ends_in_the_next_message_is_found),
		TEST(the_bare_view_has_neither_marks_nor_the_mouse),
	};
	/* The chat tells its peer's name, which must not say "find". */
	prctl(PR_SET_NAME, "searcher");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
