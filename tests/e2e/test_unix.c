/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Unix sockets with real peers: what is promised of TCP holds of them. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "unix.h"

typedef int unix_pair_fn(struct proc *p, const char *option, const char *value);
static unix_pair_fn *const pairs[] = { unix_accept_one, unix_dial_one };
#define EACH_PAIR(i) for (size_t i = 0; i < 2; i++)

/* Bytes */

static void every_byte_arrives_both_ways(void **state)
{
	(void)state;
	EACH_PAIR (i) {
		struct proc p;
		int fd = pairs[i](&p, NULL, NULL);
		exchange(&p, fd, 64 * MIB);
		proc_expect_exit(&p, 0);
		close(fd);
		proc_finish(&p);
	}
}

static int make_stream_file(uint64_t total)
{
	int fd = open(at_path("file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0 && stream_write(fd, total));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void a_file_arrives_whole_and_into_a_file(void **state)
{
	const char *listen[] = { NULL, "listen", at_url("x"), NULL };
	const char *connect[] = { NULL, "connect", at_url("x"), NULL };
	struct proc one, two;
	int in = make_stream_file(16 * MIB);
	int out = open(at_path("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	proc_start(&one, listen, NULL, PROC_PIPE, out, PROC_PIPE);
	proc_expect_err(&one, "listening on");
	proc_end_in(&one);
	proc_start(&two, connect, NULL, in, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&two, 0);
	proc_expect_exit(&one, 0);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	assert_int_equal(stream_check(out), 16 * MIB);
	proc_finish(&one);
	proc_finish(&two);
	close(in);
	close(out);
}

static void a_half_that_has_ended_leaves_the_other_open(void **state)
{
	(void)state;
	EACH_PAIR (i) {
		struct proc p;
		int fd = pairs[i](&p, NULL, NULL);
		proc_write_text(&p, "question");
		proc_end_in(&p);
		net_expect(fd, "question");
		net_expect_end(fd);
		net_send_text(fd, "answer");
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, "answer");
		proc_finish(&p);
	}
}

static void an_echo_listener_serves_many_at_once(void **state)
{
	struct stream s[16] = { { 0 } }, back[16] = { { 0 } };
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--echo", at_url("x"), NULL);
	proc_expect_out(&p, "listening on unix:");
	for (size_t i = 0; i < 16; i++) {
		s[i].fd = back[i].fd = unix_connect(at_path("x"));
		s[i].total = MIB;
		s[i].ends = true;
		pthread_create(&s[i].thread, NULL, run_writer, &s[i]);
		pthread_create(&back[i].thread, NULL, run_checker, &back[i]);
	}
	p.holds_out = true;
	for (size_t i = 0; i < 16; i++) {
		pthread_join(s[i].thread, NULL);
		pthread_join(back[i].thread, NULL);
		assert_int_equal(back[i].result, MIB);
		close(s[i].fd);
	}
	p.holds_out = false;
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

/* What exit 0 promises */

/* Wait until its counters say this. */
static void expect_counters(struct proc *p, const char *text)
{
	int64_t start = now_ms();

	do {
		assert_true(now_ms() - start < DEADLINE_MS);
		assert_int_equal(kill(p->pid, SIGUSR1), 0);
		proc_watch(p, 100);
	} while (!p->err_text.bytes || !strstr(p->err_text.bytes, text));
}

static void it_waits_until_the_peer_has_read_all(void **state)
{
	struct proc p;
	int fd = unix_accept_one(&p, "-q", "0");

	(void)state;
	proc_write_text(&p, "0123456789");
	proc_end_in(&p);
	expect_counters(&p, "10 bytes out (0 not sent yet, 10 not read)");
	net_expect(fd, "0123");
	expect_counters(&p, " 6 not read)");
	assert_int_equal(waitpid(p.pid, NULL, WNOHANG), 0);
	net_expect(fd, "456789");
	proc_expect_exit(&p, 0);
	close(fd);
	proc_finish(&p);
}

static void bytes_that_nobody_accepted_are_counted_too(void **state)
{
	struct proc p;
	int listener = unix_listen(at_path("x"));

	(void)state;
	proc_sockchat(&p, "connect", "-v", at_url("x"), NULL);
	proc_expect_err(&p, "connected to unix:");
	proc_write_text(&p, "0123456789");
	expect_counters(&p, "10 not read)");
	close(listener);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_peer_that_closes_without_reading_is_exit_1(void **state)
{
	(void)state;
	EACH_PAIR (i) {
		struct proc p;
		int fd = pairs[i](&p, NULL, NULL);
		net_send_text(fd, "bye");
		proc_expect_out(&p, "bye");
		proc_write_text(&p, "not read");
		expect_counters(&p, "8 not read)");
		close(fd);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "connection reset by unix:");
		assert_err_has(&p, "after 3 bytes received and 8 bytes sent");
		assert_err_has(&p, "before it had read all that was sent");
		proc_finish(&p);
	}
}

static void a_server_that_stops_reading_had_accepted_us(
    void **state)
{
	struct proc p;
	int fd = unix_accept_one(&p, "--ui", "lines");

	(void)state;
	assert_int_equal(shutdown(fd, SHUT_RD), 0);
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "it had stopped reading (shutdown)");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	close(fd);
}

static void a_signal_says_what_was_not_delivered(void **state)
{
	struct proc p;
	int fd = unix_accept_one(&p, NULL, NULL);

	(void)state;
	proc_write_text(&p, "0123456789");
	expect_counters(&p, "10 not read)");
	kill(p.pid, SIGTERM);
	proc_watch(&p, 300);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_err_has(&p, "10 ");
	close(fd);
	proc_finish(&p);
}

static void reset_closes_at_once_and_says_that_it_is_none(void **state)
{
	struct proc p;
	int fd = unix_accept_one(&p, "--ui", "lines");

	(void)state;
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	proc_write_text(&p, "/reset\n");
	net_expect_end(fd);
	proc_expect_out(&p, "a unix socket has no reset");
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void the_doctor_looks_at_a_unix_socket(void **state)
{
	struct proc p;
	int listener = unix_listen(at_path("x"));

	(void)state;
	proc_sockchat(&p, "connect", "-z", at_url("x"), NULL);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "connected to unix:");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-v", at_url("x"), NULL);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "created by test_unix (pid ");
	assert_err_has(&p, "verdict: the socket is open, but test_unix "
	                   "(pid ");
	assert_err_has(&p, "has not accepted the connection");
	assert_null(strstr(p.err_text.bytes, "port"));
	assert_null(strstr(p.err_text.bytes, "route"));
	proc_finish(&p);
	close(listener);
	proc_sockchat(&p, "connect", "-z", "-v", at_url("x"), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "verdict: the reason is on this machine");
	proc_finish(&p);
}

/* Other programs */

static void redis_answers_over_its_socket(void **state)
{
	const char *argv[] = { "redis-server",  "--port",       "0",
		               "--unixsocket",  at_path("r"),   "--save",
		               "",              "--appendonly", "no",
		               "--dir",         at_path(""),    NULL };
	struct proc redis, p;

	(void)state;
	proc_start(&redis, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	/* "The server is now ready to", since Redis 7.2 "Ready to" */
	proc_expect_out(&redis, "eady to accept connections");
	proc_sockchat(&p, "connect", "-U", at_path("r"), NULL);
	proc_write_text(&p, "PING\r\n");
	proc_expect_out(&p, "+PONG\r\n");
	proc_write_text(&p, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n"
	                    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
	proc_expect_out(&p, "+OK\r\n$5\r\nhello\r\n");
	proc_write_text(&p, "QUIT\r\n");
	proc_expect_out_end(&p);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	kill(redis.pid, SIGTERM);
	proc_expect_exit(&redis, 0);
	proc_finish(&redis);
}

static void curl_talks_to_a_listener(void **state)
{
	const char *argv[] = { "curl",         "-sS",
		               "--unix-socket", at_path("x"),
		               "http://localhost/path", NULL };
	struct proc p, curl;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "--crlf", at_url("x"),
	              NULL);
	proc_expect_out(&p, "listening on unix:");
	proc_start(&curl, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&p, " < GET /path HTTP/1.1\\r\\n\n");
	proc_expect_out(&p, " < \\r\\n\n");
	proc_write_text(&p, "HTTP/1.1 200 OK\nContent-Length: 7\n\n"
	                    "/send hello\\r\\n\n");
	proc_expect_exit(&curl, 0);
	assert_out(&curl, "hello\r\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&curl);
	proc_finish(&p);
}

static void socat_talks_to_a_listener(void **state)
{
	char address[200];
	const char *argv[] = { "socat", "-t30", "-", address, NULL };
	struct proc p, socat;

	(void)state;
	snprintf(address, sizeof(address), "UNIX-CONNECT:%s", at_path("x"));
	proc_sockchat(&p, "listen", "--unix", at_path("x"), NULL);
	proc_expect_err(&p, "listening on unix:");
	proc_start(&socat, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write_text(&socat, "from socat\n");
	proc_end_in(&socat);
	proc_expect_out(&p, "from socat\n");
	proc_write_text(&p, "to socat\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&socat, 0);
	assert_out(&socat, "to socat\n");
	proc_finish(&socat);
	proc_finish(&p);
}

static void python_serves_us(void **state)
{
	const char *argv[] = { "python3", "-c",
		"import socket, sys\n"
		"s = socket.socket(socket.AF_UNIX)\n"
		"s.bind(sys.argv[1])\n"
		"s.listen()\n"
		"print('ready', flush=True)\n"
		"c = s.accept()[0]\n"
		"c.sendall(c.recv(1024).upper())\n",
		at_path("x"), NULL };
	struct proc p, python;
	char who[80];

	(void)state;
	proc_start(&python, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&python, "ready");
	proc_sockchat(&p, "connect", "-v", at_url("x"), NULL);
	snprintf(who, sizeof(who), "created by python3 (pid %d, user ",
	         (int)python.pid);
	proc_expect_err(&p, who);
	proc_write_text(&p, "hello");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "HELLO");
	proc_expect_exit(&python, 0);
	proc_finish(&python);
	proc_finish(&p);
}

/* Who is at the other end */

static void a_peer_that_has_come_is_told_with_its_process(void **state)
{
	static const char *const uis[] = { "pipe", "lines", "json" };
	char who[64];

	(void)state;
	snprintf(who, sizeof(who), "created by test_unix (pid %d, user ",
	         (int)getpid());
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		proc_sockchat(&p, "listen", "-v", "--ui", uis[i], at_url("x"),
		              NULL);
		if (i)
			proc_expect_out(&p, "listening");
		else
			proc_expect_err(&p, "listening");
		int fd = unix_connect(at_path("x"));
		if (i)
			proc_expect_out(&p, who);
		else
			proc_expect_err(&p, who);
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void each_of_many_peers_is_told_with_its_process(void **state)
{
	struct proc p;
	int fds[20];
	size_t told = 0;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", at_url("x"), NULL);
	proc_expect_out(&p, "listening");
	for (size_t i = 0; i < 20; i++)
		fds[i] = unix_connect(at_path("x"));
	proc_expect_out(&p, " 20 * connection from");
	for (const char *at = p.out_text.bytes;
	     (at = strstr(at, "created by test_unix (pid ")); at++)
		told++;
	assert_int_equal(told, 20);
	for (size_t i = 0; i < 20; i++)
		close(fds[i]);
	proc_finish(&p);
}

/* Its number may belong to another program by then. */
static void a_process_that_has_ended_is_not_named(void **state)
{
	struct proc p;
	int listener = unix_listen(at_path("x"));

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		/* listen() makes it the creator */
		listen(listener, 16);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	proc_sockchat(&p, "connect", "-v", at_url("x"), NULL);
	proc_expect_err(&p, "created by user ");
	close(net_accept(listener));
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	close(listener);
	proc_finish(&p);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(every_byte_arrives_both_ways),
		T(a_file_arrives_whole_and_into_a_file),
		T(a_half_that_has_ended_leaves_the_other_open),
		T(an_echo_listener_serves_many_at_once),
		T(it_waits_until_the_peer_has_read_all),
		T(bytes_that_nobody_accepted_are_counted_too),
		T(a_peer_that_closes_without_reading_is_exit_1),
		T(a_server_that_stops_reading_had_accepted_us),
		T(a_signal_says_what_was_not_delivered),
		T(reset_closes_at_once_and_says_that_it_is_none),
		T(the_doctor_looks_at_a_unix_socket),
		T(redis_answers_over_its_socket),
		T(curl_talks_to_a_listener),
		T(socat_talks_to_a_listener),
		T(python_serves_us),
		T(a_peer_that_has_come_is_told_with_its_process),
		T(each_of_many_peers_is_told_with_its_process),
		T(a_process_that_has_ended_is_not_named),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
