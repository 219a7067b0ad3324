/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In lines and json a peer that does not read holds up neither the others nor
 * commands, and the memory that it takes is bounded. */

#include <poll.h>
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
#include "peer.h"

#define LINE 1024 /* bytes, with its ending */

static const char *const uis[] = { "lines", "json" };
#define EACH_UI(i) for (size_t i = 0; i < 2; i++)
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static uint16_t listen_ui(struct proc *p, const char *ui)
{
	static const char before[] = "listening on 127.0.0.1:";

	proc_sockchat(p, "listen", "-k", "--ui", ui, "127.0.0.1", "0", NULL);
	proc_expect_out(p, before);
	proc_expect_out(p, "this machine only)");
	return (uint16_t)strtol(
	    strstr(p->out_text.bytes, before) + strlen(before), NULL, 10);
}

static void type_lines(struct proc *p, size_t count)
{
	static char line[LINE];

	memset(line, 'x', sizeof(line));
	line[LINE - 1] = '\n';
	while (count--)
		proc_write(p, line, sizeof(line));
}

static size_t count_out(const struct proc *p, const char *text)
{
	size_t count = 0;

	for (const char *at = p->out_text.bytes; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* The lines that the program has shown, each looked at once: there are many. */
struct shown {
	size_t at, count;
};

static size_t count_shown(struct shown *s, const struct proc *p)
{
	static const char end[] = "xxx\\n";
	const char *text = p->out_text.bytes, *at;

	while ((at = strstr(text + s->at, end))) {
		s->at = (size_t)(at - text) + strlen(end);
		s->count++;
	}
	if (p->out_text.len - s->at > strlen(end))
		s->at = p->out_text.len - strlen(end);
	return s->count;
}

/* Type until a line has to wait for the peer: then the program is idle. */
static void type_until_one_waits(struct proc *p)
{
	struct shown shown = { 0 };
	size_t typed = count_shown(&shown, p);
	long worked_ms = 0;
	int64_t since = now_ms();

	while (now_ms() - since < 1500) {
		if (count_shown(&shown, p) == typed) {
			type_lines(p, 512);
			typed += 512;
			since = now_ms();
		} else if (proc_cpu_ms(p) != worked_ms) {
			worked_ms = proc_cpu_ms(p);
			since = now_ms();
		}
		proc_watch(p, 5);
	}
}

/* Wait until the program has done all that it can. */
static void await_idle(struct proc *p)
{
	long worked_ms = -1;

	while (proc_cpu_ms(p) != worked_ms) {
		worked_ms = proc_cpu_ms(p);
		poll(NULL, 0, 1000);
	}
}

static void others_go_on_and_the_one_is_dropped(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		uint16_t port = listen_ui(&p, uis[i]);
		int one = net_connect(port), count = 12 * 1024;
		struct stream two = { .fd = net_connect(port) };

		pthread_create(&two.thread, NULL, run_reader, &two);
		proc_expect_out(&p, i ? "\"session\":2," : " 2 * ");
		type_lines(&p, (size_t)count);
		proc_expect_out(&p, "peer 1 does not read: ");
		assert_true(proc_rss_kib(&p) < CHAT_RSS_MAX_KIB);
		if (i == 0)
			proc_expect_out(&p, "peer 1 is disconnected: it has "
			                    "read nothing for 10 s");
		proc_write_text(&p, "the last\n");
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		pthread_join(two.thread, NULL);
		assert_int_equal(two.result, count * LINE + 9);
		close(one);
		close(two.fd);
		proc_finish(&p);
	}
}

/* A peer whose window stays as small as it is.  The system widens one that it
 * may widen, at a moment of its own, and the peer takes more. */
static int connect_narrow(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port), size = 64 << 10;

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	proc_sockchat(p, "connect", "--ui", ui, "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

/* Whether /peers is answered before a command that keeps its place; not so when
 * the peer has taken all after all, as it seemed to take no more. */
static bool passes_a_waiting_line(struct proc *p)
{
	static const char answer[] = "peer 1: 127.0.0.1:";
	static const char in_turn[] = "Enter appends";
	size_t answers = count_out(p, answer), turns = count_out(p, in_turn);
	int64_t since = now_ms();

	type_until_one_waits(p);
	proc_write_text(p, "/eol lf\n/peers\n");
	while (count_out(p, answer) == answers) {
		assert_true(now_ms() - since < DEADLINE_MS);
		proc_watch(p, 5);
	}
	return count_out(p, in_turn) == turns;
}

static void commands_pass_a_line_for_one_that_does_not_read(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_narrow(&p, uis[i]);
		proc_expect_out(&p, "connected to");
		int tries = 5;
		while (tries && !passes_a_waiting_line(&p))
			tries--;
		assert_int_not_equal(tries, 0);
		proc_write_text(&p, "/reset 1\n");
		proc_expect_exit(&p, 1);
		proc_expect_out(&p, "of standard input that were still "
		                    "waiting");
		close(fd);
		proc_finish(&p);
	}
}

static void whoever_quits_is_told_what_was_not_delivered(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_with(&p, "--ui", uis[i]);
		proc_expect_out(&p, "connected to");
		type_until_one_waits(&p);
		proc_write_text(&p, "/quit\n");
		proc_expect_exit(&p, 1);
		assert_non_null(strstr(p.out_text.bytes, "gave up on 127"));
		close(fd);
		proc_finish(&p);
	}
}

static void the_time_to_quit_begins_although_lines_wait(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "-q", "0.5", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	proc_expect_out(&p, "connected to");
	type_until_one_waits(&p);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "of standard input that "
	                                         "were"));
	close(fd);
	close(listener);
	proc_finish(&p);
}

/* Pause now and then, as a program does that works on what it reads. */
static void *run_patient_reader(void *arg)
{
	struct stream *s = arg;
	static char bytes[256 << 10];
	ssize_t n;

	while ((n = recv(s->fd, bytes, sizeof(bytes), MSG_WAITALL)) > 0) {
		s->result += n;
		poll(NULL, 0, 100);
	}
	shutdown(s->fd, SHUT_WR);
	return NULL;
}

static void a_command_keeps_its_place_behind_one_that_reads(void **state)
{
	struct proc p;
	struct stream s = { .fd = connect_with(&p, "--ui", "lines") };

	(void)state;
	proc_expect_out(&p, "connected to");
	pthread_create(&s.thread, NULL, run_patient_reader, &s);
	type_lines(&p, 10 * 1024);
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	pthread_join(s.thread, NULL);
	assert_int_equal(s.result, 10 * 1024 * LINE);
	close(s.fd);
	proc_finish(&p);
}

/* All at once, with what takes much room as text. */
static void what_many_bring_in_one_turn_is_bounded(void **state)
{
	static char bytes[65536];
	int fds[200];

	(void)state;
	memset(bytes, '\xff', sizeof(bytes));
	for (size_t i = 127; i < sizeof(bytes); i += 128)
		bytes[i] = '\n';
	EACH_UI(ui) {
		struct proc p;
		uint16_t port = listen_ui(&p, uis[ui]);
		proc_write_text(&p, "/set scrollback 1M\n");
		for (size_t i = 0; i < COUNT_OF(fds); i++)
			fds[i] = net_connect(port);
		proc_expect_out(&p, ui ? "\"session\":200," : "200 * ");
		p.holds_out = true;
		kill(p.pid, SIGSTOP);
		for (size_t i = 0; i < COUNT_OF(fds); i++)
			net_send(fds[i], bytes, sizeof(bytes));
		kill(p.pid, SIGCONT);
		await_idle(&p);
		kill(p.pid, SIGTERM);
		proc_wait(&p);
		assert_true(p.usage.ru_maxrss < RSS_MAX_KIB);
		for (size_t i = 0; i < COUNT_OF(fds); i++)
			close(fds[i]);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_go_on_and_the_one_is_dropped),
		cmocka_unit_test(
		    commands_pass_a_line_for_one_that_does_not_read),
		cmocka_unit_test(whoever_quits_is_told_what_was_not_delivered),
		cmocka_unit_test(the_time_to_quit_begins_although_lines_wait),
		cmocka_unit_test(
		    a_command_keeps_its_place_behind_one_that_reads),
		cmocka_unit_test(what_many_bring_in_one_turn_is_bounded),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
