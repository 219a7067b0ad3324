/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle, with a unix socket on either side, or a proxy on the way. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "unix.h"

/* sockchat between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int place; /* where the target listens */
	int client, target;
} now;

/* A TCP client, and a target at a unix socket. */
static void stand_before_unix(const char *option)
{
	now.place = unix_listen(at_path("target"));
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward",
	              at_url("target"), option, NULL);
	now.client = net_connect(proc_lines_port(&now.p));
	now.target = net_accept(now.place);
}

/* One that is quiet does not say that it listens. */
static int connect_when_there(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	for (int64_t end = now_ms() + DEADLINE_MS; now_ms() < end;
	     proc_watch(&now.p, 5))
		if (!connect(fd, (const void *)&un, sizeof(un)))
			return fd;
	fail_msg("nobody listens at %s", path);
	return -1;
}

/* The reverse. */
static void stand_behind_unix(const char *option)
{
	char target[32];
	uint16_t port;

	now.place = net_listen(&port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	proc_sockchat(&now.p, "listen", at_url("near"), "--forward", target,
	              option, NULL);
	if (!option)
		proc_expect_out(&now.p, "listening on ");
	now.client = connect_when_there(at_path("near"));
	now.target = net_accept(now.place);
}

static void leave(void)
{
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
	close(now.place);
	unlink(at_path("target"));
}

static int errno_of(int fd)
{
	struct text t = { NULL, 0 };
	int errnum = net_read(fd, &t, 0);

	text_finish(&t);
	return errnum;
}

static void a_reset_closes_a_unix_target_and_is_told(void **state)
{
	(void)state;
	stand_before_unix(NULL);
	net_send_text(now.client, "hello\n");
	net_expect(now.target, "hello\n");
	net_reset(now.client);
	net_expect_end(now.target);
	proc_expect_out(&now.p, "! connection reset by ");
	proc_expect_out(&now.p, "a unix socket has no reset");
	leave();
}

static void a_reset_closes_a_unix_client_and_is_told(void **state)
{
	(void)state;
	stand_behind_unix(NULL);
	net_send_text(now.target, "hello\n");
	net_expect(now.client, "hello\n");
	proc_expect_out(&now.p, " client's socket was created by ");
	net_reset(now.target);
	net_expect_end(now.client);
	proc_expect_out(&now.p, "the client was closed at once; a unix socket "
	                        "has no reset");
	leave();
}

static void what_a_unix_target_leaves_unread_resets_the_client(void **state)
{
	(void)state;
	stand_before_unix(NULL);
	net_send_text(now.client, "unread\n");
	proc_expect_out(&now.p, "> unread");
	char byte;
	assert_int_equal(recv(now.target, &byte, 1, MSG_PEEK), 1);
	close(now.target);
	now.target = -1;
	assert_int_equal(errno_of(now.client), ECONNRESET);
	leave();
}

static void what_a_unix_client_leaves_unread_resets_the_target(void **state)
{
	(void)state;
	stand_behind_unix(NULL);
	net_send_text(now.target, "unread\n");
	char byte;
	assert_int_equal(recv(now.client, &byte, 1, MSG_PEEK), 1);
	close(now.client);
	now.client = -1;
	assert_int_equal(errno_of(now.target), ECONNRESET);
	leave();
}

/* And its end. */
static void pass_a_stream(int from, int to)
{
	struct stream s = { .fd = from, .total = 8 * MIB, .ends = true };

	pthread_create(&s.thread, NULL, run_writer, &s);
	assert_int_equal(stream_check(to), 8 * MIB);
	pthread_join(s.thread, NULL);
}

/* Without an entry, and without a look at the bytes. */
static void a_quiet_one_passes_all_on(void **state)
{
	(void)state;
	stand_behind_unix("--quiet");
	pass_a_stream(now.client, now.target);
	pass_a_stream(now.target, now.client);
	leave();
	assert_silent(&now.p);
}

static void a_target_that_does_not_exist_resets_the_client(void **state)
{
	(void)state;
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward",
	              at_url("nobody"), NULL);
	now.client = net_connect(proc_lines_port(&now.p));
	assert_int_equal(errno_of(now.client), ECONNRESET);
	proc_expect_out(&now.p, "! no such socket: ");
	now.place = now.target = -1;
	leave();
}

/* Start it before such a proxy, and connect a client. */
static void stand_before_proxy(void)
{
	char proxy[40];
	uint16_t port;

	now.place = net_listen(&port);
	snprintf(proxy, sizeof(proxy), "socks5://127.0.0.1:%u", port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--proxy", proxy,
	              "--forward", "name.test:80", NULL);
	now.client = net_connect(proc_lines_port(&now.p));
	now.target = net_accept(now.place);
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(now.target, &t, 3), 0);
	net_send(now.target, "\5\0", 2);
	text_finish(&t);
	assert_int_equal(net_read(now.target, &t, 16), 0);
	assert_memory_equal(t.bytes, "\5\1\0\3\x09name.test\0\x50", 16);
	text_finish(&t);
}

static void the_target_is_reached_through_a_proxy(void **state)
{
	(void)state;
	stand_before_proxy();
	net_send(now.target, "\5\0\0\1\0\0\0\0\0\0greeting", 18);
	net_expect(now.client, "greeting");
	net_send_text(now.client, "question");
	shutdown(now.client, SHUT_WR);
	net_expect(now.target, "question");
	net_expect_end(now.target);
	net_send_text(now.target, "answer");
	shutdown(now.target, SHUT_WR);
	net_expect(now.client, "answer");
	net_expect_end(now.client);
	leave();
}

static void a_proxy_that_refuses_resets_the_client(void **state)
{
	(void)state;
	stand_before_proxy();
	net_send(now.target, "\5\5\0\1\0\0\0\0\0\0", 10);
	assert_int_equal(errno_of(now.client), ECONNRESET);
	proc_expect_out(&now.p, "name.test:80");
	proc_expect_out(&now.p, "! the proxy 127.0.0.1:");
	leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_closes_a_unix_target_and_is_told),
		cmocka_unit_test(a_reset_closes_a_unix_client_and_is_told),
		cmocka_unit_test(
		    what_a_unix_target_leaves_unread_resets_the_client),
		cmocka_unit_test(
		    what_a_unix_client_leaves_unread_resets_the_target),
		cmocka_unit_test(a_quiet_one_passes_all_on),
		cmocka_unit_test(
		    a_target_that_does_not_exist_resets_the_client),
		cmocka_unit_test(the_target_is_reached_through_a_proxy),
		cmocka_unit_test(a_proxy_that_refuses_resets_the_client),
	};
	return cmocka_run_group_tests(tests, unix_setup, unix_teardown);
}
