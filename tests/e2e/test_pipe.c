/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe, as a user's shell and a real peer see it. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

static void our_end_is_sent_and_the_answer_still_comes(void **state)
{
	(void)state;
	EACH_MODE(i)
	{
		struct proc p;
		int fd = both[i](&p);
		proc_write_text(&p, "question");
		proc_end_in(&p);
		struct text t = { NULL, 0 };
		assert_int_equal(net_read(fd, &t, 0), 0);
		assert_string_equal(t.bytes, "question");
		text_finish(&t);
		proc_watch(&p, 300);
		net_send_text(fd, "answer");
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, "answer");
		proc_finish(&p);
	}
}

static void peers_end_closes_our_output_and_input_still_goes(void **state)
{
	(void)state;
	EACH_MODE(i)
	{
		struct proc p;
		int fd = both[i](&p);
		net_send_text(fd, "last words");
		shutdown(fd, SHUT_WR);
		proc_expect_out_end(&p);
		assert_out(&p, "last words");
		proc_write_text(&p, "the answer");
		net_expect(fd, "the answer");
		proc_end_in(&p);
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void big_streams_pass_both_ways_at_once_unchanged(void **state)
{
	(void)state;
	EACH_MODE(i)
	{
		struct proc p;
		int fd = both[i](&p);
		exchange(&p, fd, 256 * MIB + 12344);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_true(p.usage.ru_maxrss < RSS_MAX_KIB);
		proc_finish(&p);
	}
}

static void the_tutorial_server_gets_and_returns_hangul(void **state)
{
	struct proc p, server;
	char port[8];

	(void)state;
	start_python_server(&server, "tutorial_server.py", "0", port);
	proc_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	proc_write_text(&p, "안녕!");
	proc_expect_out(&p, "안녕!");
	proc_write_text(&p, "끝\n");
	proc_expect_out(&p, "끝\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "안녕!끝\n");
	assert_silent(&p);
	proc_expect_exit(&server, 0);
	assert_non_null(strstr(server.out_text.bytes, "안녕!"));
	proc_finish(&server);
	proc_finish(&p);
}

static void the_tutorial_server_dying_in_the_middle_is_told(void **state)
{
	struct proc p, server;
	char port[8];

	(void)state;
	start_python_server(&server, "tutorial_server.py", "0", port);
	proc_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	proc_write_text(&p, "\xec\x95");
	proc_expect_err(&server, "UnicodeDecodeError");
	proc_expect_exit(&server, 1);
	/* It ended in order, for the system: our answer finds nobody. */
	proc_expect_out_end(&p);
	proc_write_text(&p, "\x88");
	proc_expect_err(&p, "0 bytes received");
	proc_expect_exit(&p, 1);
	proc_finish(&server);
	proc_finish(&p);
}

static void the_tutorial_client_is_served(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "0", NULL);
	start_python(&client, "tutorial_client.py", port_text(proc_port(&p)),
	             NULL);
	proc_expect_out(&p, "안녕!");
	proc_write_text(&p, "안녕!");
	proc_expect_exit(&client, 0);
	assert_out(&client, "Received '안녕!'\n");
	proc_expect_out_end(&p);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "안녕!");
	proc_finish(&client);
	proc_finish(&p);
}

static void a_character_in_two_pieces_is_handed_on_at_once(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_plain(&p);
	net_send_text(fd, "\xec");
	proc_expect_out(&p, "\xec");
	net_send_text(fd, "\x95\x88");
	proc_expect_out(&p, "안");
	proc_write_text(&p, "\xeb\x85");
	net_expect(fd, "\xeb\x85");
	proc_write_text(&p, "\x95");
	net_expect(fd, "\x95");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void every_byte_value_passes_both_ways(void **state)
{
	struct proc p;
	char all[256];
	struct text t = { NULL, 0 };
	int fd;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	fd = connect_plain(&p);
	proc_write(&p, all, sizeof(all));
	net_send(fd, all, sizeof(all));
	assert_int_equal(net_read(fd, &t, sizeof(all)), 0);
	assert_memory_equal(t.bytes, all, sizeof(all));
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_int_equal(p.out_text.len, sizeof(all));
	assert_memory_equal(p.out_text.bytes, all, sizeof(all));
	text_finish(&t);
	proc_finish(&p);
}

static void sigusr1_prints_counters(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_plain(&p);
	proc_write_text(&p, "12345");
	net_expect(fd, "12345");
	net_send_text(fd, "123");
	proc_expect_out(&p, "123");
	kill(p.pid, SIGUSR1);
	proc_expect_err(&p, "3 bytes in");
	proc_expect_err(&p, "5 bytes out");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void one_socket_may_be_input_and_output(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };
	struct proc p;
	int ends[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	proc_start(&p, argv, NULL, ends[1], ends[1], PROC_PIPE);
	close(ends[1]);
	int fd = net_accept(listener);
	net_send_text(ends[0], "request");
	net_expect(fd, "request");
	net_send_text(fd, "reply");
	shutdown(fd, SHUT_WR);
	net_expect(ends[0], "reply");
	net_expect_end(ends[0]);
	net_send_text(ends[0], "more");
	net_expect(fd, "more");
	close(ends[0]);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
}

static void a_file_goes_out_and_comes_back(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };
	struct proc p;
	FILE *in = tmpfile(), *out = tmpfile();

	(void)state;
	assert_true(stream_write(fileno(in), 3 * MIB));
	lseek(fileno(in), 0, SEEK_SET);
	proc_start(&p, argv, NULL, fileno(in), fileno(out), PROC_PIPE);
	int fd = net_accept(listener);
	assert_int_equal(stream_check(fd), 3 * MIB);
	assert_true(stream_write(fd, 3 * MIB));
	close(fd);
	proc_expect_exit(&p, 0);
	lseek(fileno(out), 0, SEEK_SET);
	assert_int_equal(stream_check(fileno(out)), 3 * MIB);
	fclose(in);
	fclose(out);
	close(listener);
	proc_finish(&p);
}

/* Real programs. */

struct program {
	const char *argv[8];
};

static void upload_to(const struct program *program, uint16_t port,
                      struct proc *p)
{
	struct proc peer;

	proc_start(&peer, program->argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(&peer);
	(void)port;
	struct stream in = { .fd = p->in, .total = 3 * MIB };
	p->in = -1;
	pthread_create(&in.thread, NULL, run_writer, &in);
	assert_int_equal(stream_check(peer.out), 3 * MIB);
	pthread_join(in.thread, NULL);
	proc_expect_exit(p, 0);
	proc_wait(&peer);
	proc_finish(&peer);
}

static void ncat_nc_and_socat_get_all_that_a_listener_sends(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct proc p;
		char address[40];
		proc_sockchat(&p, "listen", "0", NULL);
		uint16_t port = proc_port(&p);
		snprintf(address, sizeof(address), "TCP:127.0.0.1:%u", port);
		const struct program programs[] = {
			{ { "ncat", "127.0.0.1", port_text(port) } },
			{ { "nc", "-N", "127.0.0.1", port_text(port) } },
			{ { "socat", "-t30", "-", address } },
		};
		upload_to(&programs[i], port, &p);
		proc_finish(&p);
	}
}

static void ncat_nc_and_socat_send_all_to_a_listener(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct proc p, peer;
		char address[40];
		/* ncat leaves at an early FIN, whatever it has to send */
		proc_sockchat(&p, "listen", "-N", "0", NULL);
		uint16_t port = proc_port(&p);
		proc_end_in(&p);
		snprintf(address, sizeof(address), "TCP:127.0.0.1:%u", port);
		const struct program programs[] = {
			{ { "ncat", "127.0.0.1", port_text(port) } },
			{ { "nc", "-N", "127.0.0.1", port_text(port) } },
			{ { "socat", "-t30", "-", address } },
		};
		proc_start(&peer, programs[i].argv, NULL, PROC_PIPE, PROC_PIPE,
		           PROC_PIPE);
		struct stream in = { .fd = peer.in, .total = 3 * MIB };
		peer.in = -1;
		pthread_create(&in.thread, NULL, run_writer, &in);
		p.holds_out = true;
		assert_int_equal(stream_check(p.out), 3 * MIB);
		pthread_join(in.thread, NULL);
		proc_expect_exit(&p, 0);
		proc_wait(&peer);
		proc_finish(&peer);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_end_is_sent_and_the_answer_still_comes),
		cmocka_unit_test(
		    peers_end_closes_our_output_and_input_still_goes),
		cmocka_unit_test(big_streams_pass_both_ways_at_once_unchanged),
		cmocka_unit_test(the_tutorial_server_gets_and_returns_hangul),
		cmocka_unit_test(
		    the_tutorial_server_dying_in_the_middle_is_told),
		cmocka_unit_test(the_tutorial_client_is_served),
		cmocka_unit_test(
		    a_character_in_two_pieces_is_handed_on_at_once),
		cmocka_unit_test(every_byte_value_passes_both_ways),
		cmocka_unit_test(sigusr1_prints_counters),
		cmocka_unit_test(one_socket_may_be_input_and_output),
		cmocka_unit_test(a_file_goes_out_and_comes_back),
		cmocka_unit_test(
		    ncat_nc_and_socat_get_all_that_a_listener_sends),
		cmocka_unit_test(ncat_nc_and_socat_send_all_to_a_listener),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
