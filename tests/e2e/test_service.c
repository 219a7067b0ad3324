/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* sockchat as a service: started by a manager, which gives it sockets and is
 * told when it is ready. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "tls.h"
#include "unix.h"

static const char *sockchat(void)
{
	return getenv("SOCKCHAT_BIN");
}

/* Let activator.py start sockchat, without standard input.  The words are those
 * of both, with "--" between. */
static void activate(struct proc *p, const char *const *env, ...)
{
	const char *words[WORDS_MAX] = { "python3", peer_path("activator.py") };
	size_t count = 2;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	va_list ap;

	va_start(ap, env);
	while ((words[count] = va_arg(ap, const char *)))
		if (strcmp(words[count++], "--") == 0)
			words[count++] = sockchat();
	va_end(ap);
	proc_start(p, words, env, null, PROC_PIPE, PROC_PIPE);
	close(null);
}

/* The `n`-th port that it names, from 0 on. */
static uint16_t given_port(struct proc *p, int n)
{
	static const char before[] = "activator: port ";
	const char *at = NULL;

	proc_expect_err(p, before);
	for (at = p->err_text.bytes; n >= 0; n--, at += strlen(before)) {
		at = strstr(at, before);
		assert_non_null(at);
	}
	return (uint16_t)strtol(at, NULL, 10);
}

static void expect_echo(int fd)
{
	net_send_text(fd, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
}

static void end_by_signal(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	proc_finish(p);
}

static void the_sockets_of_a_manager_are_served(void **state)
{
	static const char *const words[][2] = { { "tcp", "tcp6" },
		                                { "+tcp", "+tcp6" } };
	char place[128], path[120];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc p;
		snprintf(path, sizeof(path), "%s", at_path(i ? "b" : "a"));
		snprintf(place, sizeof(place), "unix:%s", path);
		activate(&p, NULL, words[i][0], words[i][1], place, "--",
		         "listen", "--echo", NULL);
		proc_expect_out(&p, "descriptor 5\n");
		assert_non_null(strstr(p.out_text.bytes, "descriptor 3\n"));
		assert_non_null(strstr(p.out_text.bytes, "on [::1]:"));
		assert_non_null(strstr(p.out_text.bytes, path));
		expect_echo(net_connect(given_port(&p, 0)));
		expect_echo(unix_connect(path));
		proc_expect_out(&p, "  2 * connection closed");
		end_by_signal(&p);
		assert_int_equal(access(path, F_OK), 0); /* not ours */
	}
}

static void one_peer_or_one_after_another_as_always(void **state)
{
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		activate(&p, NULL, "tcp", "--", "listen", i ? "-k" : NULL,
		         NULL);
		proc_expect_err(&p, "descriptor 3\n");
		for (int n = 0; n <= i; n++) {
			int fd = net_connect(given_port(&p, 0));
			net_send_text(fd, n ? "two" : "one");
			proc_expect_out(&p, n ? "two" : "one");
			close(fd);
		}
		if (i)
			end_by_signal(&p);
		else
			proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void a_connection_of_a_manager_is_served(void **state)
{
	struct proc p;

	(void)state;
	activate(&p, NULL, "accept", "--", "listen", "--echo", NULL);
	expect_echo(net_connect(given_port(&p, 0)));
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void datagrams_are_served_too(void **state)
{
	struct proc p, client;

	(void)state;
	for (int i = 0; i < 2; i++) {
		activate(&p, NULL, i ? "udp" : "+udp", "udp", "--", "listen",
		         "--echo", NULL);
		proc_expect_out(&p, "descriptor 4\n");
		for (int n = 0; n < 2; n++) {
			proc_sockchat(&client, "connect", "-u", "--linger", "0",
			              "127.0.0.1", port_text(given_port(&p, n)),
			              NULL);
			proc_write_text(&client, "hello\n");
			proc_expect_out(&client, "hello\n");
			proc_end_in(&client);
			proc_expect_exit(&client, 0);
			proc_finish(&client);
		}
		end_by_signal(&p);
	}
	activate(&p, NULL, "udp", "tcp", "--", "listen", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "fd:3 is for datagrams, and others here are for "
	                   "streams");
	proc_finish(&p);
	activate(&p, NULL, "udp", "--", "listen", "--tls", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "fd:3 is UDP");
	proc_finish(&p);
}

static void an_endpoint_that_is_named_is_all_that_is_served(void **state)
{
	struct proc p;

	(void)state;
	activate(&p, NULL, "tcp", "--", "listen", "127.0.0.1", "0", "--echo",
	         NULL);
	uint16_t port = proc_lines_port(&p);
	assert_int_not_equal(port, given_port(&p, 0));
	expect_echo(net_connect(port));
	assert_null(strstr(p.out_text.bytes, "descriptor"));
	end_by_signal(&p);
}

static void sockets_that_are_not_ours_are_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "pid=1", "on which port? LISTEN_FDS is for the process 1" },
		{ "pid=", "on which port? LISTEN_FDS is set, but LISTEN_PID" },
		{ "fds=", "on which port? for example" },
		{ "fds=0", "on which port? for example" },
		{ "fds=x", "LISTEN_FDS is 'x', not a number" },
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct proc p;
		activate(&p, NULL, "tcp", rows[i][0], "--", "listen", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, rows[i][1]);
		proc_finish(&p);
	}
}

/* A socket that hears what is told at "@NAME". */
static int hear(char env[64])
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = DEADLINE_MS / 1000 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(env, 64, "NOTIFY_SOCKET=@sockchat-%ld", (long)getpid());
	const char *name = strchr(env, '@');
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "%s", name + 1);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	                            strlen(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, len), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void assert_heard(int fd, const char *text)
{
	char bytes[1024];
	ssize_t n = recv(fd, bytes, sizeof(bytes) - 1, 0);

	bytes[n > 0 ? n : 0] = '\0';
	if (!strstr(bytes, text))
		fail_msg("'%s', not '%s'", bytes, text);
}

/* With each front end, whose sockets are its own or given. */
static void a_manager_is_told_when_it_is_ready_and_when_it_ends(void **state)
{
	static const char *const words[] = { "-k", "--echo", "--json" };
	char env[64];
	const char *const list[] = { env, NULL };
	int fd = hear(env);

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct proc p;
		if (i < 3)
			activate(&p, list, "tcp", "tcp6", "--", "listen",
			         words[i], NULL);
		else
			activate(&p, list, "fds=", "--", "listen",
			         words[i - 3], "--quiet", "0", NULL);
		assert_heard(fd, "READY=1\nSTATUS=listening on 127.0.0.1:");
		kill(p.pid, SIGTERM);
		assert_heard(fd, "STOPPING=1");
		proc_expect_signal(&p, SIGTERM);
		proc_finish(&p);
	}
	close(fd);
}

static void a_connection_is_ready_when_it_is_there(void **state)
{
	char env[64];
	const char *const list[] = { env, NULL };
	int fd = hear(env);
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		activate(&p, list, "accept", "--", "listen",
		         i ? "--echo" : NULL, NULL);
		int peer = net_connect(given_port(&p, 0));
		assert_heard(fd, "READY=1\nSTATUS=serving one connection");
		close(peer);
		assert_heard(fd, "STOPPING=1");
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
	close(fd);
}

static void a_manager_that_cannot_hear_changes_nothing(void **state)
{
	const char *const list[] = { "NOTIFY_SOCKET=/nowhere/x", NULL };
	struct proc p;

	(void)state;
	for (int i = 0; i < 3; i++) {
		activate(&p, list, "accept", "--", "listen",
		         i < 2 ? "--echo" : "--send-only", i ? "-v" : NULL,
		         NULL);
		int peer = net_connect(given_port(&p, 0));
		if (i < 2)
			expect_echo(peer);
		else
			close(peer);
		proc_expect_exit(&p, 0);
		const struct text *t = i < 2 ? &p.out_text : &p.err_text;
		bool is_told = strstr(t->bytes, "NOTIFY_SOCKET is /nowhere/x");
		assert_int_equal(is_told, i > 0);
		proc_finish(&p);
	}
}

/* As the manual has them. */
static void the_units_of_the_manual_work(void **state)
{
	static const char before[] = "activator: folder ";
	char env[64], path[256];
	const char *const list[] = { env, NULL };
	int fd = hear(env);
	struct proc p;

	(void)state;
	activate(&p, list, "units:man/sockchat.1", "--", NULL);
	assert_heard(fd, "READY=1");
	expect_echo(net_connect(given_port(&p, 0)));
	const char *at = strstr(p.err_text.bytes, before) + strlen(before);
	int len = (int)strcspn(at, "\n");
	snprintf(path, sizeof(path), "%.*s/chat-echo.sock", len, at);
	expect_echo(unix_connect(path));
	end_by_signal(&p);
	unlink(path);
	*strrchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
	close(fd);
}

static void systemd_itself_starts_it(void **state)
{
	uint16_t port = free_port();
	char place[32];

	(void)state;
	snprintf(place, sizeof(place), "127.0.0.1:%u", port);
	const char *const rows[][10] = {
		{ "systemd-socket-activate", "-l", place, sockchat(), "listen",
		  "--echo", NULL },
		{ "systemd-socket-activate", "-a", "-l", place, sockchat(),
		  "listen", "--echo", NULL },
		{ "systemd-socket-activate", "-a", "--inetd", "-l", place,
		  sockchat(), "listen", "--echo", "fd:0", NULL },
	};
	for (int i = 0; i < 3; i++) {
		struct proc p;
		proc_start(&p, rows[i], NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
		proc_expect_err(&p, "Listening on");
		for (int n = 0; n < 3; n++)
			expect_echo(net_connect(port));
		proc_finish(&p);
	}
}

/* As a manager starts programs: hardly any environment, and no terminal. */
static void it_needs_no_home_no_terminal_and_no_input(void **state)
{
	const char *const words[] = { "env", "-i", sockchat(),
		                      "listen", "--echo", "127.0.0.1", "0",
		                      NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct proc p;

	(void)state;
	proc_start(&p, words, NULL, null, PROC_PIPE, PROC_PIPE);
	expect_echo(net_connect(proc_lines_port(&p)));
	proc_expect_out(&p, "connection closed");
	assert_null(strchr(p.out_text.bytes, '\x1b'));
	end_by_signal(&p);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_sockets_of_a_manager_are_served, unix_setup,
		    unix_teardown),
		cmocka_unit_test(one_peer_or_one_after_another_as_always),
		cmocka_unit_test(a_connection_of_a_manager_is_served),
		cmocka_unit_test(datagrams_are_served_too),
		cmocka_unit_test(
		    an_endpoint_that_is_named_is_all_that_is_served),
		cmocka_unit_test(sockets_that_are_not_ours_are_refused),
		cmocka_unit_test(
		    a_manager_is_told_when_it_is_ready_and_when_it_ends),
		cmocka_unit_test(a_connection_is_ready_when_it_is_there),
		cmocka_unit_test(a_manager_that_cannot_hear_changes_nothing),
		cmocka_unit_test(the_units_of_the_manual_work),
		cmocka_unit_test(systemd_itself_starts_it),
		cmocka_unit_test(it_needs_no_home_no_terminal_and_no_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
