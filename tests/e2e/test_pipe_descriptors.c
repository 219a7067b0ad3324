/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe between standard descriptors that are closed, full, stuck,
 * left, or somebody else's. */

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

/* What the peer got is what sockchat was given, never its own output. */
static void any_standard_descriptor_may_be_closed(void **state)
{
	(void)state;
	for (int mask = 0; mask < 8; mask++) {
		struct proc p;
		int fd = connect_between(&p, NULL,
		                         mask & 1 ? PROC_CLOSED : PROC_PIPE,
		                         mask & 2 ? PROC_CLOSED : PROC_PIPE,
		                         mask & 4 ? PROC_CLOSED : PROC_PIPE);
		net_send_text(fd, "to you");
		if (!(mask & 1)) {
			proc_write_text(&p, "to me");
			proc_end_in(&p);
		}
		struct text t = { NULL, 0 };
		assert_int_equal(net_read(fd, &t, 0), 0);
		assert_string_equal(t.len ? t.bytes : "",
		                    mask & 1 ? "" : "to me");
		text_finish(&t);
		close(fd);
		proc_expect_exit(&p, mask & 2 ? 1 : 0);
		assert_out(&p, mask & 2 ? "" : "to you");
		proc_finish(&p);
	}
}

static void a_reader_that_leaves_ends_it_quietly(void **state)
{
	struct proc p;

	(void)state;
	EACH_MODE(i)
	{
		int fd = both[i](&p);
		net_send_text(fd, "one line\n");
		proc_expect_out(&p, "one line\n");
		close(p.out); /* noticed while nothing moves */
		p.out = -1;
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 1);
		if (both[i] == connect_plain)
			assert_silent(&p);
		proc_finish(&p);
	}
}

static void a_reader_that_leaves_amid_a_stream_ends_it_quietly(void **state)
{
	struct proc p;
	int fd;
	char byte;

	(void)state;
	fd = connect_plain(&p);
	struct stream s = { .fd = fd, .total = 64 * MIB };
	signal(SIGPIPE, SIG_IGN);
	pthread_create(&s.thread, NULL, run_writer, &s);
	p.holds_out = true;
	assert_int_equal(read(p.out, &byte, 1), 1);
	close(p.out);
	p.out = -1;
	proc_expect_exit(&p, 1);
	assert_silent(&p);
	pthread_join(s.thread, NULL);
	proc_finish(&p);
}

static void a_stuck_standard_error_stops_nothing(void **state)
{
	uint16_t port;
	int listener = net_listen(&port), err[2];
	const char *argv[] = { NULL,        "connect",       "-v",
		               "127.0.0.1", port_text(port), NULL };
	struct proc p;

	(void)state;
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	(void)net_flood(err[1]);
	fcntl(err[1], F_SETFL, 0);
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, err[1]);
	int fd = net_accept(listener);
	exchange(&p, fd, MIB);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(err[0]);
	close(err[1]);
	close(listener);
}

static void the_input_that_nohup_leaves_has_ended(void **state)
{
	struct proc p;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	int fd = connect_between(&p, NULL, null, PROC_PIPE, PROC_PIPE);
	close(null);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_reader_that_left_before_there_is_a_peer_ends_it(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "0", NULL);
	(void)proc_port(&p);
	close(p.out);
	p.out = -1;
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_full_disk_is_told_with_the_count(void **state)
{
	struct proc p;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	int fd = connect_between(&p, NULL, PROC_PIPE, full, PROC_PIPE);
	net_send_text(fd, "0123456");
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "7 of 7 bytes");
	proc_finish(&p);
	close(fd);
	close(full);
}

/* Start it with these ends of two pipes as given, and talk. */
static void talk_with_flags(int flags)
{
	struct proc p;
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fcntl(in[0], F_SETFL, flags);
	fcntl(out[1], F_SETFL, flags);
	int in_flags = fcntl(in[0], F_GETFL);
	int out_flags = fcntl(out[1], F_GETFL);
	int fd = connect_between(&p, NULL, in[0], out[1], PROC_PIPE);
	struct stream s = { .fd = fd, .total = 5 * MIB, .ends = true };
	pthread_create(&s.thread, NULL, run_writer, &s);
	assert_int_equal(write(in[1], "hello", 5), 5);
	net_expect(fd, "hello");
	proc_watch(&p, 100); /* the reader is slow */
	assert_int_equal(fcntl(in[0], F_GETFL), in_flags);
	assert_int_equal(fcntl(out[1], F_GETFL), out_flags);
	close(out[1]);
	assert_int_equal(stream_check(out[0]), 5 * MIB);
	pthread_join(s.thread, NULL);
	close(in[1]);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_int_equal(fcntl(in[0], F_GETFL), in_flags);
	proc_finish(&p);
	close(in[0]);
	close(out[0]);
}

static void flags_of_inherited_descriptors_stay_as_they_were(void **state)
{
	(void)state;
	talk_with_flags(0);
}

static void inherited_nonblocking_descriptors_lose_nothing(void **state)
{
	(void)state;
	talk_with_flags(O_NONBLOCK);
}

static void a_directory_as_input_is_told(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };
	struct proc p;
	int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	proc_start(&p, argv, NULL, dir, PROC_PIPE, PROC_PIPE);
	close(dir);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "standard input");
	proc_finish(&p);
	close(listener);
}

/* An output that is full from the start, and would block who writes to it. */
static void talk_beside_full_output(const char *setting, const int ends[2])
{
	const char *env[] = { NULL, setting, NULL };
	struct proc p;
	struct text t = { NULL, 0 };
	size_t full = net_flood(ends[1]);

	fcntl(ends[1], F_SETFL, 0);
	int fd = connect_between(&p, env, PROC_PIPE, ends[1], PROC_PIPE);
	close(ends[1]);
	net_send_acked(fd, 65536);
	proc_watch(&p, 100);
	proc_write_text(&p, "still alive");
	net_expect(fd, "still alive");
	assert_int_equal(net_read(ends[0], &t, 4096), 0); /* some room */
	proc_watch(&p, 100);
	proc_write_text(&p, "as before");
	net_expect(fd, "as before");
	proc_end_in(&p);
	close(fd);
	assert_int_equal(net_read(ends[0], &t, 0), 0);
	assert_int_equal(t.len, full + 65536);
	proc_expect_exit(&p, 0);
	text_finish(&t);
	proc_finish(&p);
	close(ends[0]);
}

static void a_full_output_that_blocks_stops_nothing(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	talk_beside_full_output("FAULT_NO_PROC=0", ends);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	talk_beside_full_output("FAULT_NO_PROC=1", ends);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	talk_beside_full_output("FAULT_NO_PROC=0", ends);
}

/* With no descriptor at first, then with one more each time. */
static void without_descriptors_no_name_is_called_unknown(void **state)
{
	static const char script[] =
	    "for n in 5 6 7 8 9 10 11 12 13 14; do (ulimit -n $n; "
	    "exec \"$SOCKCHAT_BIN\" connect localhost 1); done </dev/null";
	const char *argv[] = { "sh", "-c", script, NULL };
	struct proc p;

	(void)state;
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.err_text.bytes, "Too many open files"));
	assert_non_null(strstr(p.err_text.bytes, "connection refused"));
	assert_null(strstr(p.err_text.bytes, "unknown host"));
	assert_null(strstr(p.err_text.bytes, "spelling"));
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_standard_descriptor_may_be_closed),
		cmocka_unit_test(a_reader_that_leaves_ends_it_quietly),
		cmocka_unit_test(
		    a_reader_that_leaves_amid_a_stream_ends_it_quietly),
		cmocka_unit_test(a_stuck_standard_error_stops_nothing),
		cmocka_unit_test(the_input_that_nohup_leaves_has_ended),
		cmocka_unit_test(
		    a_reader_that_left_before_there_is_a_peer_ends_it),
		cmocka_unit_test(a_full_disk_is_told_with_the_count),
		cmocka_unit_test(
		    flags_of_inherited_descriptors_stay_as_they_were),
		cmocka_unit_test(
		    inherited_nonblocking_descriptors_lose_nothing),
		cmocka_unit_test(a_directory_as_input_is_told),
		cmocka_unit_test(a_full_output_that_blocks_stops_nothing),
		cmocka_unit_test(without_descriptors_no_name_is_called_unknown),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pipe descriptors", tests, NULL,
	                                   NULL);
}
