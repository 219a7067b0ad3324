/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules between a client and its target: what they drop, change, hold and
 * answer. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "unix.h"

#define RULES "x.rules"

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int listener; /* of the target */
	int client, target;
} now;

static void write_rules(const char *text)
{
	FILE *f = fopen(at_path(RULES), "w");
	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
}

static void start_rules(const char *text, const char *option, const char *value)
{
	char target[32];
	uint16_t port;
	write_rules(text);
	now.listener = net_listen(&port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward", target,
	              "--rules", at_path(RULES), option, value, NULL);
	now.client = net_connect(proc_lines_port(&now.p));
	now.target = net_accept(now.listener);
}

static void end_rules(void)
{
	close(now.client);
	close(now.target);
	close(now.listener);
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
}

static void what_is_dropped_does_not_arrive(void **state)
{
	(void)state;
	start_rules("drop out /^DEL /\ndrop in /secret/\n", NULL, NULL);
	net_send_text(now.client, "GET a\nDEL b\nGET c\n");
	net_expect(now.target, "GET a\nGET c\n");
	net_send_text(now.target, "a secret\nno DEL \n");
	net_expect(now.client, "no DEL \n");
	proc_expect_out(&now.p, " > DEL b\\n (dropped)\n");
	proc_expect_out(&now.p, RULES ":1 struck: drop out /^DEL /\n");
	proc_expect_out(&now.p, " < a secret\\n (dropped)\n");
	proc_write_text(&now.p, "/rules\n");
	proc_expect_out(&now.p, RULES ":2: drop in /secret/: struck 1 time\n");
	end_rules();
}

static void all_matches_are_changed(void **state)
{
	(void)state;
	start_rules("change out /a(.)/ \"<${1}a>\"\nchange in /x*/ \"-\"\n",
	            NULL, NULL);
	net_send_text(now.client, "abac\n");
	net_expect(now.target, "<ba><ca>\n");
	proc_expect_out(&now.p, " > abac\\n (changed)\n");
	proc_expect_out(&now.p, " > <ba><ca>\\n (changed)\n");
	end_rules();
}

static void frames_get_their_length_anew(void **state)
{
	(void)state;
	start_rules("change out /secret/ \"no\"\nchange in /1/ \"one\"\n",
	            "--frame", "u16");
	net_send(now.client, "\0\10a secret\0\1x", 13);
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(now.target, &t, 9), 0);
	assert_int_equal(t.len, 9);
	assert_memory_equal(t.bytes, "\0\4a no\0\1x", 9);
	text_finish(&t);
	net_send(now.target, "\0\2" "11", 4);
	struct text back = { NULL, 0 };
	assert_int_equal(net_read(now.client, &back, 8), 0);
	assert_memory_equal(back.bytes, "\0\6oneone", 8);
	text_finish(&back);
	end_rules();
}

static void what_is_held_waits_for_its_word(void **state)
{
	(void)state;
	start_rules("hold in /^-ERR/\n", NULL, NULL);
	net_send_text(now.target, "+OK\n-ERR no\n");
	net_expect(now.client, "+OK\n");
	proc_expect_out(&now.p, RULES ":1 struck: hold in /^-ERR/\n");
	net_send_text(now.client, "meanwhile\n");
	net_expect(now.target, "meanwhile\n");
	proc_write_text(&now.p, "/pass\n");
	net_expect(now.client, "-ERR no\n");
	end_rules();
}

static void an_answer_goes_to_the_target_and_the_first_rule_wins(void **state)
{
	(void)state;
	start_rules("on /^PING/\n  > \"PONG\\n\"\ndrop in /P/\n"
	            "on /NG/\n  > \"never\\n\"\n", NULL, NULL);
	net_send_text(now.target, "PING\n");
	net_expect(now.target, "PONG\n");
	net_expect(now.client, "PING\n");
	net_send_text(now.target, "PONG\nend\n");
	net_expect(now.client, "end\n");
	net_send_text(now.client, "PING\n"); /* it is no target */
	net_expect(now.target, "PING\n");
	end_rules();
}

static void a_flood_of_strikes_is_summed_up(void **state)
{
	static char lines[20000];
	(void)state;
	for (size_t i = 0; i < sizeof(lines); i++)
		lines[i] = i % 2 ? '\n' : 'x';
	start_rules("drop out /x/\n", NULL, NULL);
	net_send(now.client, lines, sizeof(lines));
	net_send_text(now.client, "end\n");
	net_expect(now.target, "end\n");
	proc_expect_out(&now.p, RULES ":1 struck ");
	proc_expect_out(&now.p, " more times: drop out /x/\n");
	proc_write_text(&now.p, "/rules\n");
	proc_expect_out(&now.p, ":1: drop out /x/: struck 10000 times\n");
	end_rules();
}

static void the_rules_of_the_manual_do_as_it_says(void **state)
{
	const char *argv[] = { "sh", peer_path("example.sh"), "middle.rules",
		               NULL };
	struct proc example;
	(void)state;
	proc_start(&example, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&example, 0);
	start_rules(example.out_text.bytes, NULL, NULL);
	net_send_text(now.client, "DEL x\nlogin user=bob\n");
	net_expect(now.target, "login user=test-bob\n");
	net_send_text(now.target, "-ERR who\n");
	proc_expect_out(&now.p, " struck: hold in /^-ERR/\n");
	end_rules();
	proc_finish(&example);
}

static void without_a_target_they_are_refused(void **state)
{
	struct proc p;
	(void)state;
	write_rules("on /x/\n\nchange in /x/ \"y\"\n");
	proc_sockchat(&p, "listen", "0", "--rules", at_path(RULES), NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p,
	               RULES ":3:1: change is for messages between a client "
	                     "and a target: listen with --forward ENDPOINT");
	proc_finish(&p);
	write_rules("drop up /x/\n");
	proc_sockchat(&p, "listen", "0", "--forward", "127.0.0.1:1", "--rules",
	              at_path(RULES), NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, RULES ":1:6: in or out must be here");
	proc_finish(&p);
	write_rules("drop in /x/\n");
	proc_sockchat(&p, "listen", "--ui", "lines", "0", NULL);
	proc_lines_port(&p);
	proc_write_text(&p, "/rules ");
	proc_write_text(&p, at_path(RULES));
	proc_write_text(&p, "\n");
	proc_expect_out(&p, RULES ":1:1: drop is for messages between a client "
	                    "and a target");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_dropped_does_not_arrive),
		T(all_matches_are_changed),
		T(frames_get_their_length_anew),
		T(what_is_held_waits_for_its_word),
		T(an_answer_goes_to_the_target_and_the_first_rule_wins),
		T(a_flood_of_strikes_is_summed_up),
		T(the_rules_of_the_manual_do_as_it_says),
		T(without_a_target_they_are_refused),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
