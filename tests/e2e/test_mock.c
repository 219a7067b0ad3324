/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* --rules: a file of a few lines stands in for a program that is not there. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "entries.h"
#include "peer.h"
#include "proc.h"
#include "pty.h"

static char path[32];

/* Write the file of rules, whose name is `path`. */
static void write_rules(const char *text)
{
	strcpy(path, "/tmp/mock-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Start a listener with these rules and an option, and nobody at its input. */
static void start_mock(struct proc *p, const char *rules, const char *option,
                       const char *value)
{
	write_rules(rules);
	proc_sockchat(p, "listen", "-k", "--rules", path, "0", option, value,
	              NULL);
	proc_end_in(p);
}

static void end_mock(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	proc_finish(p);
	unlink(path);
}

static void redis_says(const char *port, const char *const words[4],
                       const char *answer)
{
	const char *argv[] = { "redis-cli", "-p", port, words[0], words[1],
		               words[2], words[3], NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	assert_out(&p, answer);
	proc_finish(&p);
}

#define SAYS(...) (const char *[4]){ __VA_ARGS__ }

static void five_rules_are_a_redis(void **state)
{
	static const char rules[] =
	    "on /^\\*1\\r\\n\\$4\\r\\n(?i:ping)\\r\\n/\n"
	    "  > \"+PONG\\r\\n\"\n"
	    "on /(?is)^\\*2.*\\r\\necho\\r\\n(?<bulk>\\$\\d+\\r\\n.*)$/\n"
	    "  > \"${bulk}\"\n"
	    "on /(?is)\\r\\nset\\r\\n/\n"
	    "  > \"+OK\\r\\n\"\n"
	    "on /(?i)\\r\\nget\\r\\n\\$\\d+\\r\\n(.*)\\r\\n/\n"
	    "  > \"+value of ${1}\"\n"
	    "    \"\\r\\n\"\n"
	    "on //\n"
	    "  > \"-ERR I have only five rules\\r\\n\"\n";
	struct proc p;

	(void)state;
	start_mock(&p, rules, "--frame", "resp");
	const char *port = port_text(proc_lines_port(&p));
	redis_says(port, SAYS("PING"), "PONG\n");
	redis_says(port, SAYS("echo", "hello there"), "hello there\n");
	redis_says(port, SAYS("set", "a", "1"), "OK\n");
	redis_says(port, SAYS("get", "a"), "value of a\n");
	redis_says(port, SAYS("flushall"), "ERR I have only five rules\n\n");
	proc_expect_out(&p, ":1 struck: on /");
	end_mock(&p);
}

static void the_rules_of_the_manual_answer_as_it_says(void **state)
{
	const char *argv[] = { "sh", peer_path("example.sh"), "answers.rules",
		               NULL };
	struct proc example, p;

	(void)state;
	proc_start(&example, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&example, 0);
	start_mock(&p, example.out_text.bytes, NULL, NULL);
	int fd = net_connect(proc_lines_port(&p));
	net_send_text(fd, "PING\r\nGET size\r\nping\r\nQuit\r\n");
	net_expect(fd, "PONG\r\nthe value of size\r\nbye\r\n");
	net_expect_end(fd);
	close(fd);
	end_mock(&p);
	proc_finish(&example);
}

static void a_rule_can_begin_tls(void **state)
{
	struct proc p, client;
	char where[32];

	(void)state;
	start_mock(&p, "on /\\x04\\xd2\\x16\\x2f$/\n  > \"S\"\n  starttls\n"
	               "on /^PINGPING/\n  > \"pong\\n\"\n  > fin\n",
	           "--frame", "fixed:8");
	snprintf(where, sizeof(where), "127.0.0.1:%d", proc_lines_port(&p));
	const char *argv[] = { "openssl", "s_client", "-quiet", "-starttls",
		               "postgres", "-connect", where, NULL };
	proc_start(&client, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write_text(&client, "PINGPING");
	proc_expect_out(&client, "pong\n");
	proc_end_in(&client);
	proc_expect_exit(&client, 0);
	proc_finish(&client);
	end_mock(&p);
}

static void each_peer_gets_our_fin_behind_its_answers(void **state)
{
	struct proc p;

	(void)state;
	start_mock(&p, "on /bye/\n  wait 0.1\n  > \"bye\\n\"\n", NULL, NULL);
	uint16_t port = proc_lines_port(&p);
	for (int i = 0; i < 2; i++) {
		int fd = net_connect(port);
		net_send_text(fd, "hello\nbye\nbye\n");
		shutdown(fd, SHUT_WR);
		net_expect(fd, "bye\nbye\n");
		net_expect_end(fd);
		close(fd);
	}
	end_mock(&p);
}

/* The end of standard input sends no FIN, so a client answers on. */
static void a_client_with_rules_answers_until_the_server_ends(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	write_rules("on /^user/\n  > \"anna\\n\"\non /^password/\n"
	            "  > \"secret\\n\"\n");
	proc_sockchat(&p, "connect", "--rules", path, "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	proc_end_in(&p);
	net_send_text(fd, "user?\n");
	net_expect(fd, "anna\n");
	net_send_text(fd, "password?\n");
	net_expect(fd, "secret\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
	unlink(path);
}

static void json_tells_which_rule_struck(void **state)
{
	struct proc p;

	(void)state;
	write_rules("on /hi/\n  > \"hello\\n\"\n");
	proc_sockchat(&p, "listen", "--json", "--rules", path, "0", NULL);
	proc_expect_out(&p, "\"code\":\"rules\"");
	proc_expect_out(&p, "127.0.0.1:");
	uint16_t port = (uint16_t)strtol(
	    strstr(p.out_text.bytes, "127.0.0.1:") + 10, NULL, 10);
	int fd = net_connect(port);
	net_send_text(fd, "hi\n");
	net_expect(fd, "hello\n");
	proc_expect_out(&p, "\"code\":\"rule\"");
	proc_write_text(&p, "/rules\n/rules off\n");
	proc_expect_out(&p, "struck 1 time\"");
	proc_expect_out(&p, "\"code\":\"rules-off\"");
	shutdown(fd, SHUT_WR);
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	check_json(&p, "hi\n", 3);
	proc_finish(&p);
	unlink(path);
}

static void the_screen_tells_and_counts_what_struck(void **state)
{
	struct pty p;

	(void)state;
	write_rules("on /hi/\n  > \"hello\\n\"\n");
	pty_sockchat(&p, "listen", "--rules", path, "0", NULL);
	pty_resize(&p, 24, 200);
	int fd = net_connect(pty_port(&p));
	net_send_text(fd, "hi\n");
	net_expect(fd, "hello\n");
	pty_expect(&p, ":1 struck: on /hi/");
	pty_expect(&p, "| rules struck 1 |");
	pty_type(&p, "/rules off" PTY_ENTER);
	pty_expect(&p, "* no rule answers any more; 1 struck");
	pty_expect_gone(&p, "| rules struck 1 |");
	close(fd);
	pty_quit(&p, 0);
	unlink(path);
}

/* They would go on for ever, and each of them can still be spoken to. */
static void two_programs_with_rules_leave_each_other_alive(void **state)
{
	struct proc a, b;

	(void)state;
	write_rules("on /p/\n  > \"p\\n\"\n");
	proc_sockchat(&a, "listen", "--rules", path, "0", NULL);
	uint16_t port = proc_lines_port(&a);
	proc_sockchat(&b, "connect", "--rules", path, "127.0.0.1",
	              port_text(port), NULL);
	proc_write_text(&b, "p\n");
	proc_expect_out(&a, " < p\\n\n");
	proc_expect_out(&a, " > p\\n\n");
	proc_write_text(&a, "/rules\n");
	proc_expect_out(&a, "on /p/: struck ");
	proc_write_text(&b, "/close\n");
	proc_expect_exit(&b, 0);
	proc_expect_exit(&a, 0);
	proc_finish(&a);
	proc_finish(&b);
	unlink(path);
}

/* A peer asks as often as it can and reads no answer before: what it asks has
 * to wait with it. */
static void a_flood_of_questions_waits_in_bounded_memory(void **state)
{
	struct proc p;
	struct text got = { 0 };
	uint16_t port;
	int listener = net_listen(&port), null = open("/dev/null", O_WRONLY);
	const char *argv[] = { NULL, "connect", "--rules", path, "--frame",
		               "fixed:64", "127.0.0.1", port_text(port), NULL };

	(void)state;
	write_rules("on //\n  > \"01234567890123456789\"\n"
	            "    \"01234567890123456789\"\n");
	proc_start(&p, argv, NULL, PROC_CLOSED, null, PROC_PIPE);
	int fd = net_accept(listener);
	size_t asked = net_flood(fd);
	assert_true(proc_rss_kib(&p) < CHAT_RSS_MAX_KIB);
	shutdown(fd, SHUT_WR);
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_int_equal(got.len, asked / 64 * 40);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_true(p.usage.ru_maxrss < CHAT_RSS_MAX_KIB);
	proc_finish(&p);
	text_finish(&got);
	close(listener);
	close(null);
	unlink(path);
}

static void assert_refused(const char *const words[5], const char *why)
{
	const char *argv[] = { NULL, "listen", words[0], words[1], words[2],
		               words[3], words[4], NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, why);
	assert_out(&p, "");
	proc_finish(&p);
}

static void wrong_files_and_pipes_are_refused_at_the_start(void **state)
{
	char why[80];

	(void)state;
	write_rules("# rules\non /x/\n  > \"y\n");
	snprintf(why, sizeof(why), "sockchat: %s:3:5: the string", path);
	assert_refused((const char *[5]){ "--rules", path, "0" }, why);
	assert_refused((const char *[5]){ "--rules", "/nowhere/x", "0" },
	               "sockchat: cannot read /nowhere/x: No such file");
	assert_refused((const char *[5]){ "--rules", "/dev/null", "0" },
	               "sockchat: cannot read /dev/null: it is not a regular");
	assert_refused((const char *[5]){ "--ui", "pipe", "--rules", path,
	                                  "0" },
	               "sockchat: option --rules does not work in a pipe");
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_rules_are_a_redis),
		cmocka_unit_test(the_rules_of_the_manual_answer_as_it_says),
		cmocka_unit_test(a_rule_can_begin_tls),
		cmocka_unit_test(each_peer_gets_our_fin_behind_its_answers),
		cmocka_unit_test(
		    a_client_with_rules_answers_until_the_server_ends),
		cmocka_unit_test(json_tells_which_rule_struck),
		cmocka_unit_test_setup_teardown(
		    the_screen_tells_and_counts_what_struck, pty_setup,
		    pty_teardown),
		cmocka_unit_test(
		    two_programs_with_rules_leave_each_other_alive),
		cmocka_unit_test(a_flood_of_questions_waits_in_bounded_memory),
		cmocka_unit_test(
		    wrong_files_and_pipes_are_refused_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
