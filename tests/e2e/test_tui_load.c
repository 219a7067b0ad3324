/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen with too much to show, with nobody who looks, and with nothing to
 * do. */

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"
#include "pty.h"

static struct proc as_proc(const struct pty *p)
{
	return (struct proc){ .pid = p->pid };
}

static long rss_kib(const struct pty *p)
{
	struct proc proc = as_proc(p);

	return proc_rss_kib(&proc);
}

/* A peer that never stops. */

struct flood {
	int fd;
	bool has_lines;
	atomic_bool is_over;
	size_t total, most; /* `most` 0: until it is over */
	pthread_t thread;
};

static void *run_flood(void *user)
{
	struct flood *f = user;
	static char bytes[100 * 1024];

	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 99; f->has_lines && i < sizeof(bytes); i += 100)
		bytes[i] = '\n';
	while (!atomic_load(&f->is_over) && (!f->most || f->total < f->most)) {
		ssize_t n = send(f->fd, bytes + f->total % 100,
		                 sizeof(bytes) - 100, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		f->total += (size_t)n;
	}
	return NULL;
}

static void start_flood(struct flood *f)
{
	assert_int_equal(pthread_create(&f->thread, NULL, run_flood, f), 0);
}

static void end_flood(struct flood *f)
{
	atomic_store(&f->is_over, true);
	pthread_join(f->thread, NULL);
}

static void keys_are_answered_during_a_flood_of_lines(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	struct flood f = { .fd = fd, .has_lines = true };
	int late = 0;

	(void)state;
	start_flood(&f);
	pty_expect(&p, " < xxxx");
	for (int i = 0; i < 40; i++) {
		int64_t start = now_ms();
		pty_type(&p, "k");
		pty_expect_cursor(&p, INPUT_ROW, 3 + i);
		late += now_ms() - start >= 1000;
		if (i % 10 == 9) {
			pty_type(&p, PTY_PAGE_UP);
			pty_expect(&p, "new below");
			pty_type(&p, PTY_CTRL_END);
			pty_expect_gone(&p, "new below");
		}
	}
	pty_expect(&p, "iB in, 0 B out");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n");
	long rss = rss_kib(&p);
	end_flood(&f);
	assert_true(late < 20); /* as on a busy machine */
	assert_true(rss < CHAT_RSS_MAX_KIB);
	/* The terminal's stream doesn't grow with what arrives. */
	assert_true(p.stream.len < f.total / 4);
	pty_type(&p, "/quit" PTY_ENTER);
	close(fd);
	pty_wait(&p);
	assert_restored(&p);
	pty_finish(&p);
}

static void a_message_without_an_end_takes_no_memory_without_end(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	struct flood f = { .fd = fd, .most = (size_t)300 << 20 };
	char in[32];

	(void)state;
	start_flood(&f);
	pthread_join(f.thread, NULL);
	shutdown(fd, SHUT_WR);
	pty_expect(&p, "half-closed (");
	snprintf(in, sizeof(in), "| %zu.", f.total >> 20);
	pty_expect(&p, in);
	assert_true(rss_kib(&p) < CHAT_RSS_MAX_KIB);
	pty_type(&p, PTY_CTRL_HOME);
	pty_expect(&p, "older entries dropped (");
	pty_type(&p, PTY_F2);
	pty_expect(&p, "78 78 78");
	pty_type(&p, PTY_CTRL_END);
	pty_expect(&p, " * the peer has finished sending");
	pty_type(&p, "/quit" PTY_ENTER);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	close(fd);
	pty_finish(&p);
}

static void a_terminal_that_stands_does_not_stop_the_conversation(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "--echo", "127.0.0.1", "0", NULL);
	int fd = net_connect(pty_port(&p));
	struct stream s[] = {
		{ .fd = fd, .total = 8 * MIB, .ends = true },
		{ .fd = fd },
	};
	/* Nobody reads the terminal until all is back. */
	for (int i = 0; i < 2; i++)
		pthread_create(&s[i].thread, NULL, i ? run_checker : run_writer,
		               &s[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(s[i].thread, NULL);
	assert_int_equal(s[1].result, 8 * MIB);
	close(fd);
	pty_type(&p, "typed meanwhile");
	pty_expect(&p, "> typed meanwhile");
	pty_expect(&p, " * connection closed");
	assert_true(rss_kib(&p) < CHAT_RSS_MAX_KIB);
	pty_type(&p, PTY_CTRL_C "/quit" PTY_ENTER);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

/* Ask for more than a terminal takes that nobody reads. */
static void stall(struct pty *p, int fd)
{
	char line[72];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 30; i++)
		net_send(fd, line, sizeof(line));
	pty_expect(p, "2.1 KiB in");
	for (int i = 0; i < 60; i++) {
		pty_type(p, PTY_CTRL_L);
		poll(NULL, 0, 20);
	}
}

static void a_terminal_that_stands_can_be_left(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	stall(&p, fd);
	size_t shown = p.stream.len;
	int64_t start = now_ms();
	kill(p.pid, SIGTERM);
	net_expect_end(fd);
	close(fd);
	assert_true(now_ms() - start < 30000);
	pty_expect_signal(&p, SIGTERM);
	/* Frames have waited for their turn, and not in a queue. */
	assert_true(p.stream.len - shown < 60000);
	pty_finish(&p);
}

/* How often the program has gone to sleep: each time somebody woke it. */
static long wake_ups(const struct pty *p)
{
	static const char name[] = "\nvoluntary_ctxt_switches:";
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/status", (int)p->pid);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	size_t n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	const char *at = strstr(text, name);
	assert_non_null(at);
	return strtol(at + sizeof(name) - 1, NULL, 10);
}

static bool is_quiet(struct pty *p, const void *user)
{
	struct proc proc = as_proc(p);
	long before = wake_ups(p), cpu = proc_cpu_ms(&proc);

	(void)user;
	pty_watch(p, 1000);
	return wake_ups(p) == before && proc_cpu_ms(&proc) == cpu;
}

static void a_chat_with_nothing_to_do_sleeps(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	net_send_text(fd, "a line, and an unfinished \xec\x95");
	pty_type(&p, "draft \033");
	pty_expect(&p, "< a line, and an unfinished");
	pty_until(&p, is_quiet, NULL, "a second without a wake-up");
	close(fd); /* half-closed, and still nothing to do */
	pty_expect(&p, "half-closed (");
	pty_until(&p, is_quiet, NULL, "a second without a wake-up");
	pty_type(&p, "/close" PTY_ENTER PTY_CTRL_C "/close" PTY_ENTER);
	pty_expect(&p, "not connected");
	pty_until(&p, is_quiet, NULL, "a second without a wake-up");
	kill(p.pid, SIGTERM);
	pty_expect_signal(&p, SIGTERM);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(keys_are_answered_during_a_flood_of_lines),
		T(a_message_without_an_end_takes_no_memory_without_end),
		T(a_terminal_that_stands_does_not_stop_the_conversation),
		T(a_terminal_that_stands_can_be_left),
		T(a_chat_with_nothing_to_do_sleeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
