/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Descriptors that sockchat is started with, connections and sockets that
 * listen, which somebody else (the test) has open, too. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
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
#include "tls.h"

#define GIVEN 20 /* the number that sockchat finds it by */

/* Both ends of a connection. */
struct ends {
	int near, far;
};

static struct ends tcp_ends(void)
{
	uint16_t port;
	int listener = net_listen(&port);
	struct ends e = { .near = net_connect(port) };

	e.far = net_accept(listener);
	close(listener);
	return e;
}

static struct ends unix_ends(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	                            fds), 0);
	return (struct ends){ fds[0], fds[1] };
}

/* Start sockchat with these words; it has `fd` as GIVEN. */
static void give(struct proc *p, int fd, ...)
{
	const char *words[WORDS_MAX];
	va_list ap;

	va_start(ap, fd);
	words_of_sockchat(words, ap);
	va_end(ap);
	assert_int_equal(dup2(fd, GIVEN), GIVEN);
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	close(GIVEN);
}

/* The same with it as standard input and output, and also as standard error if
 * that is `is_all`. */
static void give_as_inetd(struct proc *p, int fd, int is_all, ...)
{
	const char *words[WORDS_MAX];
	va_list ap;

	va_start(ap, is_all);
	words_of_sockchat(words, ap);
	va_end(ap);
	proc_start(p, words, NULL, fd, fd, is_all ? fd : PROC_PIPE);
}

/* Its end is told to the peer although the test has it open, too. */
static void a_connection_is_served_by_the_pipe(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct ends e = i % 2 ? unix_ends() : tcp_ends();
		int flags = fcntl(e.far, F_GETFL);
		struct proc p;
		give(&p, e.far, "listen", "fd:20", i < 2 ? NULL : "-k", NULL);
		exchange(&p, e.near, MIB);
		net_expect_end(e.near);
		proc_expect_exit(&p, 0);
		assert_int_equal(fcntl(e.far, F_GETFL), flags);
		close(e.near);
		close(e.far);
		proc_finish(&p);
	}
}

/* Nothing but the echo gets to the peer, though its log would be there. */
static void a_connection_of_inetd_is_echoed(void **state)
{
	static uint8_t bytes[300000];

	(void)state;
	stream_fill(bytes, sizeof(bytes), 0);
	for (int i = 0; i < 4; i++) {
		struct ends e = i % 2 ? unix_ends() : tcp_ends();
		struct stream s = { .fd = e.near, .total = MIB, .ends = true };
		struct proc p;
		give_as_inetd(&p, e.far, i >= 2, "listen", "fd:0", "--echo",
		              i >= 2 ? "-v" : NULL, NULL);
		pthread_create(&s.thread, NULL, run_writer, &s);
		assert_int_equal(stream_check(e.near), MIB);
		pthread_join(s.thread, NULL);
		proc_expect_exit(&p, 0);
		if (i < 2)
			assert_silent(&p);
		close(e.near);
		close(e.far);
		proc_finish(&p);
	}
}

static void a_connection_of_inetd_is_forwarded(void **state)
{
	struct ends e = tcp_ends();
	char target[32];
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	give_as_inetd(&p, e.far, false, "listen", "fd:0", "--forward", target,
	              NULL);
	int fd = net_accept(listener);
	net_send_text(e.near, "ask\n");
	net_expect(fd, "ask\n");
	net_send_text(fd, "answer\n");
	net_expect(e.near, "answer\n");
	close(fd);
	net_expect_end(e.near);
	shutdown(e.near, SHUT_WR);
	proc_expect_exit(&p, 0);
	close(e.near);
	close(e.far);
	close(listener);
	proc_finish(&p);
}

static void a_connection_of_inetd_is_replayed_to(void **state)
{
	char path[] = "/tmp/sockchat-fd-XXXXXX";
	static const char text[] = "# sockchat conversation 1\nlisten x:1\n"
				   "< \"ask\\n\"\n> \"answer\\n\"\n> fin\n";
	int file = mkstemp(path);
	struct proc p;

	(void)state;
	assert_int_equal(write(file, text, sizeof(text) - 1),
	                 sizeof(text) - 1);
	close(file);
	for (int i = 0; i < 2; i++) {
		struct ends e = tcp_ends();
		give_as_inetd(&p, e.far, false, "listen", "fd:0", "--replay",
		              path, NULL);
		net_send_text(e.near, i ? "other\n" : "ask\n");
		if (!i)
			net_expect(e.near, "answer\n");
		shutdown(e.near, SHUT_WR);
		proc_expect_exit(&p, i);
		close(e.near);
		close(e.far);
		proc_finish(&p);
	}
	unlink(path);
}

static void a_pipe_needs_standard_input_for_itself(void **state)
{
	static const char *const words[] = { "fd:0", "fd:1", "fd:20" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct ends e = tcp_ends();
		struct proc p;
		assert_int_equal(dup2(e.far, GIVEN), GIVEN);
		give_as_inetd(&p, e.far, false, "listen", words[i], NULL);
		close(GIVEN);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "own standard input or output");
		assert_err_has(&p, words[i]);
		close(e.near);
		close(e.far);
		proc_finish(&p);
	}
}

static void tls_goes_over_a_connection(void **state)
{
	struct proc p, client;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	tls_call(&client, "half", port, NULL);
	int fd = net_accept(listener);
	give(&p, fd, "listen", "fd:20", "--tls", SERVING, NULL);
	proc_expect_err(&p, "over TLS");
	proc_write_text(&p, "ask");
	proc_end_in(&p);
	proc_expect_out(&p, "answer to ask");
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
	close(fd);
	/* ends when the echo has come */
	tls_call(&client, "truncate", port, NULL);
	fd = net_accept(listener);
	give_as_inetd(&p, fd, true, "listen", "fd:0", "--tls", SERVING,
	              "--echo", NULL);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
	close(fd);
	close(listener);
}

/* Who does not open it was the only one: there was no conversation. */
static void a_handshake_that_fails_is_a_failure(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct ends e = tcp_ends();
		struct proc p;
		give(&p, e.far, "listen", "fd:20", "--tls", SERVING,
		     i ? "--echo" : NULL, NULL);
		net_send_text(e.near, "GET / HTTP/1.0\r\n\r\n");
		shutdown(e.near, SHUT_WR);
		proc_expect_exit(&p, 1);
		close(e.near);
		close(e.far);
		proc_finish(&p);
	}
}

static void a_reset_is_a_failure(void **state)
{
	static const char *const options[] = { NULL, "--echo", "-k", "--json" };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct ends e = tcp_ends();
		struct proc p;
		give(&p, e.far, "listen", "fd:20", options[i], NULL);
		close(e.far);
		net_send_text(e.near, "hello\n");
		if (i == 0 || i == 2)
			proc_expect_out(&p, "hello\n");
		else if (i == 1)
			net_expect(e.near, "hello\n");
		else
			proc_expect_out(&p, "\"open\"");
		net_reset(e.near);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
	}
}

/* Both are connected to each other. */
static struct ends udp_ends(void)
{
	struct sockaddr_in sa[2];
	int fds[2];

	for (int i = 0; i < 2; i++) {
		socklen_t len = sizeof(sa[i]);
		sa[i] = (struct sockaddr_in){ .sin_family = AF_INET };
		sa[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(fds[i], (struct sockaddr *)&sa[i], len),
		                 0);
		assert_int_equal(getsockname(fds[i], (struct sockaddr *)&sa[i],
		                             &len), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(connect(fds[i],
		                         (struct sockaddr *)&sa[1 - i],
		                         sizeof(sa[i])), 0);
	return (struct ends){ fds[0], fds[1] };
}

static void a_connected_socket_of_udp_is_served(void **state)
{
	struct ends e = udp_ends();
	struct proc p;

	(void)state;
	give(&p, e.far, "listen", "fd:20", "--linger", "0", NULL);
	net_send_text(e.near, "ask\n");
	proc_expect_out(&p, "ask\n");
	proc_write_text(&p, "answer\n");
	net_expect(e.near, "answer\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	give_as_inetd(&p, e.far, true, "listen", "fd:0", "--echo", "-i",
	              "300ms", NULL);
	net_send_text(e.near, "ask\n");
	net_expect(e.near, "ask\n");
	proc_wait(&p);
	close(e.near);
	close(e.far);
	proc_finish(&p);
}

static void a_socket_that_listens_outlives_us(void **state)
{
	uint16_t port;
	int listener = net_listen(&port), flags = fcntl(listener, F_GETFL);
	struct proc p;

	(void)state;
	give(&p, listener, "listen", "fd:20", "-k", NULL);
	proc_expect_err(&p, "listening on 127.0.0.1:");
	proc_expect_err(&p, "(this machine only), descriptor 20\n");
	for (int i = 0; i < 2; i++) {
		int fd = net_connect(port);
		net_send_text(fd, i ? "two\n" : "one\n");
		proc_expect_out(&p, i ? "two\n" : "one\n");
		close(fd);
	}
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_int_equal(fcntl(listener, F_GETFL), flags);
	int fd = net_connect(port); /* it waits for the next one */
	proc_finish(&p);
	give(&p, listener, "listen", "fd:20", "--echo", NULL);
	net_send_text(fd, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
	close(listener);
	proc_finish(&p);
}

static void several_sockets_are_served(void **state)
{
	uint16_t ports[2];
	int first = net_listen(&ports[0]), second = net_listen(&ports[1]);
	struct proc p;

	(void)state;
	assert_int_equal(dup2(second, GIVEN + 1), GIVEN + 1);
	give(&p, first, "listen", "fd:20-21", "--echo", "--json", NULL);
	close(GIVEN + 1);
	proc_expect_out(&p, "descriptor 21\"");
	assert_non_null(strstr(p.out_text.bytes, "descriptor 20\""));
	for (int i = 0; i < 2; i++) {
		int fd = net_connect(ports[i]);
		net_send_text(fd, "hello\n");
		net_expect(fd, "hello\n");
		close(fd);
	}
	close(first);
	close(second);
	proc_finish(&p);
}

static void assert_refused(int fd, int status, const char *text, ...)
{
	const char *words[WORDS_MAX];
	struct proc p;
	va_list ap;

	va_start(ap, text);
	words_of_sockchat(words, ap);
	va_end(ap);
	assert_int_equal(dup2(fd, GIVEN), GIVEN);
	proc_start(&p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	close(GIVEN);
	proc_expect_exit(&p, status);
	assert_err_has(&p, text);
	proc_finish(&p);
}

static void what_cannot_be_served_is_said(void **state)
{
	struct ends e = tcp_ends();
	uint16_t port;
	int listener = net_listen(&port), file = open("/dev/null", O_RDONLY);

	(void)state;
	assert_refused(file, 1, "fd:77 is not open", "listen", "fd:77", NULL);
	assert_refused(file, 1, "fd:20 is another kind of file", "listen",
	               "fd:20", NULL);
	assert_int_equal(dup2(e.far, GIVEN + 1), GIVEN + 1);
	assert_refused(listener, 1, "fd:21 is a connection",
	               "listen", "fd:20-21", NULL);
	close(GIVEN + 1);
	assert_refused(listener, 2, "and fd:20 is taken as it is", "listen",
	               "-4", "fd:20", NULL);
	assert_refused(listener, 2, "sockchat listen fd:20", "connect",
	               "fd:20", NULL);
	assert_refused(listener, 2, "option --forward: fd:20 is", "listen",
	               "0", "--forward", "fd:20", NULL);
	close(file);
	close(listener);
	close(e.near);
	close(e.far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_served_by_the_pipe),
		cmocka_unit_test(a_connection_of_inetd_is_echoed),
		cmocka_unit_test(a_connection_of_inetd_is_forwarded),
		cmocka_unit_test(a_connection_of_inetd_is_replayed_to),
		cmocka_unit_test(a_pipe_needs_standard_input_for_itself),
		cmocka_unit_test(tls_goes_over_a_connection),
		cmocka_unit_test(a_handshake_that_fails_is_a_failure),
		cmocka_unit_test(a_reset_is_a_failure),
		cmocka_unit_test(a_connected_socket_of_udp_is_served),
		cmocka_unit_test(a_socket_that_listens_outlives_us),
		cmocka_unit_test(several_sockets_are_served),
		cmocka_unit_test(what_cannot_be_served_is_said),
	};

	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
