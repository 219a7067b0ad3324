/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the options change about the byte pipe. */

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

/* A time that no run reaches. */
#define LONG_TIME "60"

static void quit_after_leaves_a_peer_that_stays(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q", "200ms");

	(void)state;
	proc_write_text(&p, "bye");
	proc_end_in(&p);
	net_expect(fd, "bye");
	proc_expect_exit(&p, 0);
	net_expect_end(fd);
	close(fd);
	proc_finish(&p);
}

static void quit_at_once_still_delivers_everything(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q", "0");
	struct stream in = { .fd = p.in, .total = 8 * MIB };

	(void)state;
	p.in = -1;
	pthread_create(&in.thread, NULL, run_writer, &in);
	assert_int_equal(stream_check(fd), 8 * MIB);
	pthread_join(in.thread, NULL);
	proc_expect_exit(&p, 0);
	close(fd);
	proc_finish(&p);
}

static void no_shutdown_keeps_our_half_open(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-N", NULL);
	struct pollfd w = { .fd = fd, .events = POLLIN };

	(void)state;
	proc_write_text(&p, "x");
	proc_end_in(&p);
	net_expect(fd, "x");
	assert_int_equal(poll(&w, 1, 300), 0);
	net_send_text(fd, "y");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "y");
	close(fd);
	proc_finish(&p);
}

static void linger_bounds_the_wait_for_silent_input(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--linger", "2s");

	(void)state;
	int64_t start = now_ms();
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	proc_watch(&p, 1100);
	proc_write_text(&p, "a"); /* which begins it anew */
	net_expect(fd, "a");
	proc_watch(&p, 1100);
	proc_write_text(&p, "b");
	net_expect(fd, "b");
	net_expect_end(fd);
	assert_true(now_ms() - start >= 4200);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void linger_inf_waits_for_the_end_of_input(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--linger", "inf");

	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	proc_watch(&p, 2500);
	proc_write_text(&p, "at last");
	proc_end_in(&p);
	net_expect(fd, "at last");
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void linger_zero_still_sends_what_is_there(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL,        "connect",       "--linger", "0",
		               "127.0.0.1", port_text(port), NULL };
	struct proc p;
	FILE *in = tmpfile();

	(void)state;
	assert_true(stream_write(fileno(in), 3 * MIB));
	lseek(fileno(in), 0, SEEK_SET);
	proc_start(&p, argv, NULL, fileno(in), PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	assert_int_equal(stream_check(fd), 3 * MIB);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	fclose(in);
	close(listener);
}

static void at_a_terminal_the_peers_end_is_the_end(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	int master, slave;
	struct proc p;
	const char *argv[] = { NULL,      "connect",   "--linger",
		               LONG_TIME, "127.0.0.1", port_text(port),
		               NULL };

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	proc_start(&p, argv, NULL, slave, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	assert_int_equal(write(master, "typed\n", 6), 6);
	net_expect(fd, "typed\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(master);
	close(slave);
	close(listener);
}

static void send_only_loses_nothing_to_a_peer_that_talks(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--send-only", NULL);
	struct stream in = { .fd = p.in, .total = 5 * MIB };

	(void)state;
	p.in = -1;
	net_send_text(fd, "220 hello, I never read you say\r\n");
	pthread_create(&in.thread, NULL, run_writer, &in);
	proc_watch(&p, 200); /* a slow reader */
	net_send_text(fd, "and a word in between\r\n");
	assert_int_equal(stream_check(fd), 5 * MIB);
	pthread_join(in.thread, NULL);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "");
	proc_finish(&p);
}

static void send_only_leaves_a_peer_that_never_ends(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--send-only", "--linger", "200ms",
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	proc_write_text(&p, "all");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_string_equal(t.bytes, "all");
	text_finish(&t);
	close(fd);
	close(listener);
	proc_finish(&p);
}

static void recv_only_leaves_standard_input_alone(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL,        "connect",       "--recv-only",
		               "127.0.0.1", port_text(port), NULL };
	struct proc p;
	int in[2], waiting;

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(write(in[1], "mine", 4), 4);
	proc_start(&p, argv, NULL, in[0], PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	net_send_text(fd, "news");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "news");
	assert_int_equal(ioctl(in[0], FIONREAD, &waiting), 0);
	assert_int_equal(waiting, 4);
	proc_finish(&p);
	close(fd);
	close(in[0]);
	close(in[1]);
	close(listener);
}

static void a_listener_refuses_others_once_it_has_one(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "0", NULL);
	uint16_t port = proc_port(&p);
	int fd = net_connect(port);
	net_send_text(fd, "first");
	proc_expect_out(&p, "first");
	assert_int_equal(net_try_connect(port), ECONNREFUSED);
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void keep_open_serves_one_after_another(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "0", NULL);
	uint16_t port = proc_port(&p);
	int one = net_connect(port), two = net_connect(port);
	net_send_text(two, "two ");
	net_send_text(one, "one ");
	proc_expect_out(&p, "one ");
	proc_write_text(&p, "to one");
	net_expect(one, "to one");
	net_reset(one);
	proc_expect_err(&p, "reset");
	proc_expect_out(&p, "one two ");
	proc_write_text(&p, "to two");
	proc_end_in(&p);
	net_expect(two, "to two");
	net_expect_end(two);
	close(two);
	int three = net_connect(port);
	net_expect_end(three); /* input has ended for all */
	net_send_text(three, "three");
	close(three);
	proc_expect_out(&p, "one two three");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void keep_open_leaves_after_quit_after(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "-q", "100ms", "0", NULL);
	int fd = net_connect(proc_port(&p));
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void zero_reports_and_closes(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-z", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	net_expect_end(fd);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "connected to 127.0.0.1");
	assert_out(&p, "");
	proc_finish(&p);
	close(fd);
	close(listener);
	proc_sockchat(&p, "connect", "-z", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "refused");
	proc_finish(&p);
}

static void zero_survives_a_closed_standard_error(void **state)
{
	uint16_t port;
	int listener = net_listen(&port), err[2];
	const char *argv[] = { NULL,        "connect",       "-z",
		               "127.0.0.1", port_text(port), NULL };
	struct proc p;

	(void)state;
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	close(err[0]);
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, err[1]);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(err[1]);
	close(listener);
}

static void quiet_tells_nothing_and_verbose_tells_the_steps(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_with(&p, "-v", NULL);
	proc_expect_err(&p, "sockchat: trying 127.0.0.1:");
	proc_expect_err(&p, "sockchat: connected to 127.0.0.1:");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);

	/* Without its port nobody finds it: so a signal ends it. */
	proc_sockchat(&p, "listen", "--quiet", "0", NULL);
	proc_watch(&p, 200);
	kill(p.pid, SIGTERM);
	proc_wait(&p);
	assert_silent(&p);
	proc_finish(&p);
}

/* A temporary file with this content, to be read from its beginning. */
static int file_with(const void *bytes, size_t len, char path[32])
{
	snprintf(path, 32, "/tmp/sockchat-options-XXXXXX");
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void crlf_ends_the_lines_of_a_pipe(void **state)
{
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = i ? connect_with(&p, "-C", NULL)
		           : connect_with(&p, "--send-only", "--crlf");

		proc_write_text(&p, "GET / HTTP/1.0\r");
		net_expect(fd, "GET / HTTP/1.0\r");
		proc_write_text(&p, "\nHost: x\n\n\r\n");
		net_expect(fd, "\nHost: x\r\n\r\n\r\n");
		net_send_text(fd, "as\nit\nis\n");
		proc_end_in(&p);
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, i ? "as\nit\nis\n" : "");
		proc_finish(&p);
	}
}

/* A file is not moved by the system, and a slow peer costs no memory. */
static void crlf_converts_a_file_for_a_slow_peer(void **state)
{
	enum { LINES = 2000000 };
	static char lines[LINES];
	const char *argv[] = { NULL, "connect", "-C", "127.0.0.1", NULL, NULL };
	char path[32];
	struct proc p;
	struct text t = { NULL, 0 };
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	memset(lines, '\n', sizeof(lines));
	int in = file_with(lines, sizeof(lines), path);
	argv[4] = port_text(port);
	proc_start(&p, argv, NULL, in, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	proc_watch(&p, 300);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	assert_int_equal(net_read(fd, &t, 2 * LINES), 0);
	for (size_t i = 0; i < 2 * LINES; i++)
		if (t.bytes[i] != "\r\n"[i & 1])
			fail_msg("byte %zu is another", i);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	text_finish(&t);
	unlink(path);
	close(listener);
}

static void the_configuration_changes_no_byte_of_a_pipe(void **state)
{
	static const char config[] = "crlf\n[p]\neol cr\n";
	char path[32], option[48];
	struct proc p;
	int fd = file_with(config, strlen(config), path);

	(void)state;
	close(fd);
	snprintf(option, sizeof(option), "--config=%s", path);
	fd = connect_with(&p, option, "--profile=p");
	proc_write_text(&p, "a\nb\r\nc");
	net_expect(fd, "a\nb\r\nc");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	unlink(path);
}

static void eol_is_refused_in_a_pipe_and_leads_to_crlf(void **state)
{
	static const char *const words[] = { "--eol=crlf", "--eol=lf",
		                             "--eol=none" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		proc_sockchat(&p, "connect", words[i], "127.0.0.1", "1", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "option --eol is for typed lines, and a "
		                   "pipe sends bytes as they are: with -C it "
		                   "sends LF as CR LF\n");
		proc_finish(&p);
	}
}

static void refuse_words(const char *a, const char *b, const char *said)
{
	struct proc p;
	proc_sockchat(&p, a, b, NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, said);
	assert_err_has(&p, "\nTry 'sockchat --help' for more.\n");
	assert_out(&p, "");
	proc_finish(&p);
}

static void a_wrong_command_line_is_answered_with_the_right_one(void **state)
{
	struct proc p;

	(void)state;
	refuse_words("-l", "9999", "try: sockchat listen 9999\n");
	refuse_words("127.0.0.1", "80", "try: sockchat connect 127.0.0.1 80\n");
	refuse_words("conect", "h", "did you mean sockchat connect?\n");
	refuse_words("--crfl", NULL, "hint: did you mean --crlf?\n");
	refuse_words("connect", NULL, "sockchat connect 127.0.0.1 9999\n");
	refuse_words("-v", NULL, "usage: sockchat connect");
	proc_sockchat(&p, "help", NULL);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_wrong_command_line_is_answered_with_the_right_one),
		cmocka_unit_test(crlf_ends_the_lines_of_a_pipe),
		cmocka_unit_test(crlf_converts_a_file_for_a_slow_peer),
		cmocka_unit_test(the_configuration_changes_no_byte_of_a_pipe),
		cmocka_unit_test(eol_is_refused_in_a_pipe_and_leads_to_crlf),
		cmocka_unit_test(quit_after_leaves_a_peer_that_stays),
		cmocka_unit_test(quit_at_once_still_delivers_everything),
		cmocka_unit_test(no_shutdown_keeps_our_half_open),
		cmocka_unit_test(linger_bounds_the_wait_for_silent_input),
		cmocka_unit_test(linger_inf_waits_for_the_end_of_input),
		cmocka_unit_test(linger_zero_still_sends_what_is_there),
		cmocka_unit_test(at_a_terminal_the_peers_end_is_the_end),
		cmocka_unit_test(send_only_loses_nothing_to_a_peer_that_talks),
		cmocka_unit_test(send_only_leaves_a_peer_that_never_ends),
		cmocka_unit_test(recv_only_leaves_standard_input_alone),
		cmocka_unit_test(a_listener_refuses_others_once_it_has_one),
		cmocka_unit_test(keep_open_serves_one_after_another),
		cmocka_unit_test(keep_open_leaves_after_quit_after),
		cmocka_unit_test(zero_reports_and_closes),
		cmocka_unit_test(zero_survives_a_closed_standard_error),
		cmocka_unit_test(
		    quiet_tells_nothing_and_verbose_tells_the_steps),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pipe options", tests, NULL, NULL);
}
