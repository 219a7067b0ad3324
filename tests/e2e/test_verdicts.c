/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said of servers and peers of this machine that do not accept, do not
 * read, or are gone. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"
#include "pty.h"

static int start(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", "--ui", ui, "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_out(p, "connected to ");
	return listener;
}

/* The test's process is the server. */
static void expect_own_name(struct proc *p)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "(pid %d, ", (int)getpid());
	proc_expect_out(p, pid);
}

static void a_server_that_does_not_accept_is_told(void **state)
{
	struct proc p;
	int listener = start(&p, "lines");

	(void)state;
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "* no answer for 3 s: not accepted yet, 1 waits "
	                    "in its backlog of ");
	expect_own_name(&p);
	proc_expect_out(&p, "does not call accept()");
	int fd = net_accept(listener);
	net_expect(fd, "hello\n");
	proc_expect_out(&p, "* accepted"); /* its process perhaps later */
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
}

static void a_server_that_does_not_read_is_told_in_json(void **state)
{
	struct proc p;
	int listener = start(&p, "json"), fd = net_accept(listener);

	(void)state;
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "\"kind\":\"note\"");
	proc_expect_out(&p, "\"code\":\"not-read\"");
	proc_expect_out(&p, "\"text\":\"no answer for 3 s: accepted, but 6 "
	                    "bytes lie unread\"");
	expect_own_name(&p);
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, "s: accepted, but 6 bytes lie unread\"");
	net_expect(fd, "hello\n");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, "s, it has read all of it\"");
	net_send_text(fd, "hi\n");
	proc_expect_out(&p, "\"text\":\"hi\\n\"");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, ": healthy\"");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
}

static void a_peer_that_has_closed_is_gone_and_one_that_ended_is_not(
    void **state)
{
	struct proc p;
	int listener = start(&p, "lines"), fd = net_accept(listener);

	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out(&p, "(FIN received); you can still send.");
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);

	listener = start(&p, "lines");
	close(net_accept(listener));
	proc_expect_out(&p, "(FIN received) and is gone");
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "! not sent: the peer is gone");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	close(listener);
}

static void on_the_screen_a_peer_that_is_gone_is_not_spoken_to(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	uint16_t port = pty_port(&p);
	int one = net_connect(port), two = net_connect(port);
	pty_expect(&p, "all>");
	close(one);
	pty_expect(&p, "(FIN received) and is gone");
	pty_expect_gone(&p, "all>");
	pty_type(&p, "hello" PTY_ENTER);
	net_expect(two, "hello\n");
	pty_type(&p, PTY_F5);
	pty_expect(&p, "peer 2: healthy");
	pty_type(&p, PTY_F5);
	pty_quit(&p, 0);
	close(two);
}

/* The rows that have the text. */
static size_t count_rows(const struct proc *p, const char *text)
{
	size_t count = 0;

	for (const char *at = p->out_text.bytes; (at = strstr(at, text)); at++)
		count++;
	return count;
}

#define MANY 100

static void many_who_come_and_go_have_a_row_each(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	for (int i = 0; i < MANY; i++) {
		int fd = net_connect(port);
		if (i % 2)
			net_reset(fd);
		else
			close(fd);
	}
	int last = net_connect(port);
	net_send_text(last, "hello\n");
	proc_expect_out(&p, "< hello");
	/* on a busy machine some may have stayed for too long */
	size_t folded = count_rows(&p, ": 0 bytes received or sent (");
	assert_true(folded > MANY / 2);
	assert_int_equal(count_rows(&p, "! "), 0);
	assert_int_equal(folded + count_rows(&p, "connection from "),
	                 MANY + 1);
	close(last);
	proc_end_in(&p);
	proc_wait(&p);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_does_not_accept_is_told),
		cmocka_unit_test(a_server_that_does_not_read_is_told_in_json),
		cmocka_unit_test(
		    a_peer_that_has_closed_is_gone_and_one_that_ended_is_not),
		cmocka_unit_test(many_who_come_and_go_have_a_row_each),
		cmocka_unit_test_setup_teardown(
		    on_the_screen_a_peer_that_is_gone_is_not_spoken_to,
		    pty_setup, pty_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
