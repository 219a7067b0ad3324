/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Every signal that would end the program does so, whenever it comes, and the
 * terminal is as it was before.  A lack of memory does not end it. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define MOMENT_MS 120 /* a kill comes within so long */
#define KILLS     50  /* and one by each signal */

/* Not those that cannot be caught, do not end a program, or mean something. */
static bool ends_it(int signum)
{
	static const int others[] = {
		SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
		SIGCHLD, SIGCONT, SIGURG,  SIGWINCH,
		SIGUSR1,          /* says where the peers are */
		SIGPIPE, SIGXFSZ, /* a call's errno says it as well */
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i] == signum)
			return false;
	return signum < 32 || signum >= SIGRTMIN;
}

/* A peer that sends as fast as it can. */
static void load(struct pty *p, int fd, int ms)
{
	static const char line[] = "a line with a \033[31mcolour, 한글 \xff\n";
	int64_t until = now_ms() + ms;

	while (now_ms() < until) {
		for (int i = 0; fd >= 0 && i < 100; i++)
			if (send(fd, line, strlen(line),
			         MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
				break;
		pty_take(p, 1);
	}
}

static void expect_end_by(struct pty *p, int signum)
{
	kill(p->pid, signum);
	pty_expect_signal(p, signum);
	assert_restored(p);
	pty_finish(p);
}

static void every_signal_ends_it_and_gives_the_terminal_back(void **state)
{
	(void)state;
	for (int signum = 1; signum <= SIGRTMAX; signum++) {
		struct pty p;
		if (!ends_it(signum))
			continue;
		print_message("signal %d\n", signum);
		int fd = pty_connect(&p);
		load(&p, fd, 20 + signum);
		expect_end_by(&p, signum);
		close(fd);
	}
}

/* Whether it is the program: at first the process is a copy of this test. */
static bool has_begun(struct pty *p, const void *user)
{
	char path[64], name[32] = "";

	(void)user;
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)p->pid);
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	bool is_read = fgets(name, sizeof(name), file) != NULL;
	fclose(file);
	return is_read && strcmp(name, "sockchat\n") == 0;
}

static int some_signal(void)
{
	int signum;

	do
		signum = 1 + rand() % SIGRTMAX;
	while (!ends_it(signum));
	return signum;
}

static void a_kill_at_any_moment_gives_the_terminal_back(void **state)
{
	/* A sanitizer that was struck in its own room may hang. */
	static const char *const env[] = {
		"ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"
		"handle_sigill=0:handle_abort=0:verify_asan_link_order=0",
		NULL
	};
	const char *seed = getenv("TEST_SEED");
	unsigned number = seed ? (unsigned)atoi(seed) : (unsigned)getpid();

	(void)state;
	print_message("TEST_SEED=%u\n", number);
	srand(number);
	for (int i = 0; i < KILLS; i++) {
		uint16_t port;
		struct pty p;
		int listener = net_listen(&port), signum = some_signal();
		const char *argv[] = { NULL, "connect", "127.0.0.1",
			               port_text(port), NULL };
		print_message("signal %d\n", signum);
		pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, env);
		pty_until(&p, has_begun, NULL, "its start");
		load(&p, -1, rand() % MOMENT_MS);
		expect_end_by(&p, signum);
		close(listener);
	}
}

/* A terminal that is stopped takes nothing.  The program ends all the same. */
static void a_terminal_that_stands_still_does_not_keep_it(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (int64_t until = now_ms() + 500; now_ms() < until;)
		net_send_text(fd, "a line that is never shown\n");
	kill(p.pid, SIGUSR2);
	pty_expect_signal(&p, SIGUSR2);
	close(fd);
	pty_finish(&p);
}

static void what_was_ignored_at_the_start_stays_ignored(void **state)
{
	static const int signums[] = { SIGHUP,  SIGALRM, SIGPROF, SIGUSR2,
		                       SIGQUIT, SIGTERM, SIGINT };
	static const char script[] =
	    "trap '' HUP ALRM PROF USR2 QUIT TERM INT; "
	    "exec \"$SOCKCHAT_BIN\" connect 127.0.0.1 $0";
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { "sh", "-c", script, port_text(port), NULL };

	(void)state;
	pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, NULL);
	int fd = pty_accept(&p, listener);
	for (size_t i = 0; i < sizeof(signums) / sizeof(signums[0]); i++)
		kill(p.pid, signums[i]);
	pty_type(&p, "still here" PTY_ENTER);
	net_expect(fd, "still here\n");
	pty_expect(&p, " > still here\\n");
	close(fd);
	pty_quit(&p, 0);
}

#ifndef __SANITIZE_ADDRESS__ /* it takes all addresses there are */

/* From now on the program gets no more memory than it has. */
static void take_memory_away(struct pty *p)
{
	struct rlimit none = { .rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY };

	assert_int_equal(prlimit(p->pid, RLIMIT_AS, &none, NULL), 0);
}

static void give_memory_back(struct pty *p)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	assert_int_equal(prlimit(p->pid, RLIMIT_AS, &all, NULL), 0);
}

/* Readline would end the program. */
static void what_there_is_no_memory_for_is_not_taken_and_said(void **state)
{
	struct pty p;
	static char text[1 << 20];
	int fd = pty_connect(&p);

	(void)state;
	memset(text, 'x', sizeof(text));
	pty_type(&p, "draft ");
	pty_expect_cursor(&p, INPUT_ROW, 8);
	take_memory_away(&p);
	pty_type(&p, "\033[200~");
	pty_send(&p, text, sizeof(text));
	pty_type(&p, "\033[201~");
	pty_expect(&p, "no memory");
	give_memory_back(&p);
	pty_type(&p, "sent" PTY_ENTER);
	net_expect(fd, "draft sent\n");
	close(fd);
	pty_quit(&p, 0);
}

static void typing_without_memory_ends_nothing(void **state)
{
	struct pty p;
	char text[4096];
	int fd = pty_connect(&p);

	(void)state;
	memset(text, 'x', sizeof(text));
	take_memory_away(&p);
	for (int i = 0; i < 500; i++)
		pty_send(&p, text, sizeof(text));
	pty_expect(&p, "no memory for what was typed: it is not taken");
	give_memory_back(&p);
	pty_type(&p, PTY_CTRL_C "sent" PTY_ENTER);
	net_expect(fd, "sent\n");
	close(fd);
	pty_quit(&p, 0);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(every_signal_ends_it_and_gives_the_terminal_back),
		T(a_kill_at_any_moment_gives_the_terminal_back),
		T(a_terminal_that_stands_still_does_not_keep_it),
		T(what_was_ignored_at_the_start_stays_ignored),
#ifndef __SANITIZE_ADDRESS__
		T(what_there_is_no_memory_for_is_not_taken_and_said),
		T(typing_without_memory_ends_nothing),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
