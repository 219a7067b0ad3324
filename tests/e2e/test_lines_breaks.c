/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Connections that break under lines and json.  The program is stopped while
 * its peer acts, so that all of it comes in one turn. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

static const char *const uis[] = { "lines", "json" };
#define EACH_UI(i) for (size_t i = 0; i < 2; i++)

static void what_waits_for_one_that_resets_at_once_is_a_failure(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		struct proc p;
		proc_sockchat(&p, "listen", "--ui", "lines", "127.0.0.1", "0",
		              NULL);
		uint16_t port = proc_lines_port(&p);
		proc_write_text(&p, "for the first who comes\n");
		if (i % 2)
			proc_end_in(&p);
		kill(p.pid, SIGSTOP);
		net_reset(net_connect(port));
		kill(p.pid, SIGCONT);
		proc_expect_out(&p, "0 bytes received");
		if (i % 2 == 0)
			proc_end_in(&p);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
	}
}

static int connect_ui(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(p, "connect", "--ui", ui, "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	close(listener);
	proc_expect_out(p, "connected to");
	return fd;
}

static void the_last_words_are_read_although_a_write_fails(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_ui(&p, uis[i]);
		kill(p.pid, SIGSTOP);
		net_send_text(fd, "421 too many errors\n");
		net_reset(fd);
		proc_write_text(&p, "anything\n");
		kill(p.pid, SIGCONT);
		proc_expect_out(&p, "421 too many errors");
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
	}
}

static void what_a_reset_of_ours_destroys_is_a_failure(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_ui(&p, uis[i]);
		static char line[64 << 10];
		memset(line, 'x', sizeof(line));
		line[sizeof(line) - 1] = '\n';
		for (int n = 0; n < 16; n++)
			proc_write(&p, line, sizeof(line));
		proc_write_text(&p, "/reset\n");
		proc_expect_out(&p, "were never ");
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		close(fd);
		proc_finish(&p);
	}
}

static void a_reset_of_ours_that_destroys_nothing_is_none(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_ui(&p, uis[i]);
		proc_write_text(&p, "/reset\n");
		proc_expect_out(&p, "connection closed");
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		close(fd);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_waits_for_one_that_resets_at_once_is_a_failure),
		cmocka_unit_test(
		    the_last_words_are_read_although_a_write_fails),
		cmocka_unit_test(what_a_reset_of_ours_destroys_is_a_failure),
		cmocka_unit_test(a_reset_of_ours_that_destroys_nothing_is_none),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
