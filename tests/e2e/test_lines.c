/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The chat without a screen: entries as lines for people and as JSON for
 * programs, typed lines as standard input. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "bounds.h"
#include "peer.h"

static int connect_lines(struct proc *p)
{
	return connect_with(p, "--ui", "lines");
}

static int connect_json(struct proc *p)
{
	return connect_with(p, "--ui", "json");
}

/* How often it has printed this. */
static int count_out(const struct proc *p, const char *text)
{
	int count = 0;

	for (const char *at = p->out_text.len ? p->out_text.bytes : "";
	     (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* Lines */

static void what_is_said_both_ways_is_a_line_each(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	proc_write_text(&p, "typed\n");
	net_expect(fd, "typed\n");
	net_send_text(fd, "heard\r\n안녕!\n");
	proc_expect_out(&p, " < 안녕!\\n\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(p.out_text.bytes, " * connected to 127.0.0.1:"));
	assert_non_null(strstr(p.out_text.bytes, " > typed\\n\n"));
	assert_non_null(strstr(p.out_text.bytes, " < heard\\r\\n\n"));
	assert_non_null(strstr(p.out_text.bytes, " * connection closed: 15 "
	                                         "bytes received, 6 bytes sent"
	                                         "\n"));
	assert_silent(&p);
	proc_finish(&p);
}

static void an_unfinished_message_is_written_and_completed(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	net_send_text(fd, "who goes \xec\x95"); /* a prompt, and a part */
	proc_expect_out(&p, " < who goes \n");
	net_send_text(fd, "\x88?\n");
	proc_expect_out(&p, " < 안?\\n\n");
	net_send_text(fd, "\xec\x95"); /* what never comes is told after all */
	proc_expect_out(&p, " < \\xec\\x95\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_script_waits_for_the_end_of_repeat(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	proc_write_text(&p, "/repeat 3 20ms x\nlast\n");
	proc_end_in(&p);
	net_expect(fd, "x\nx\nx\nlast\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void nothing_from_a_peer_controls_the_terminal(void **state)
{
	static const char hostile[] = "\033[2J\a\b\r\x9b"
	                              "1m\xc2\x9b"
	                              "2J\xe2\x80\xae\x7f\0\t.\n";
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	net_send(fd, hostile, sizeof(hostile) - 1);
	proc_expect_out(&p, ".\\n\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	for (size_t i = 0; i < p.out_text.len; i++)
		assert_true((unsigned char)p.out_text.bytes[i] >= ' ' ||
		            p.out_text.bytes[i] == '\n');
	assert_null(strchr(p.out_text.bytes, 0x7f));
	assert_null(strstr(p.out_text.bytes, "\xc2\x9b"));
	assert_null(strstr(p.out_text.bytes, "\xe2\x80\xae"));
	assert_non_null(strstr(p.out_text.bytes, " < ^[[2J^G^H^M\\x9b1m"));
	proc_finish(&p);
}

static void commands_work_and_are_never_sent(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	proc_write_text(&p, "/nonsense\n/eol none\nraw\n//slash\n/send \\x00\n"
	                    "/eol lf\n/peers\n\nend\n");
	struct text t = { NULL, 0 };
	net_read(fd, &t, 15);
	assert_memory_equal(t.bytes, "raw/slash\0\nend\n", 15);
	text_finish(&t);
	proc_expect_out(&p, " ! there is no command /nonsense: nothing was "
	                    "sent");
	proc_expect_out(&p, " * peer 1: 127.0.0.1:");
	proc_write_text(&p, "/view hex\n/others\n");
	proc_expect_out(&p, "no command /others"); /* it has read them */
	net_send_text(fd, "hex\n");
	proc_expect_out(&p, "68 65 78 0a");
	proc_write_text(&p, "/quit\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void json_is_indented_when_that_is_asked_for(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	net_send_text(fd, "{\"a\": 1}\n");
	proc_expect_out(&p, " < {\"a\": 1}\\n\n");
	proc_write_text(&p, "/json on\n/json\n");
	proc_expect_out(&p, "json-indent: on");
	net_send_text(fd, "{\"a\":1.0,\"a\":[]}\n{\"a\" 1}\n");
	proc_expect_out(&p, " < {\n             \"a\": 1.0,\n"
	                    "             \"a\": []\n"
	                    "           }\\n\n");
	proc_expect_out(&p, " < {\"a\" 1}\\n\n"
	                    "           not JSON: line 1, column 6 (byte 6) "
	                    "should be a colon\n");
	proc_write_text(&p, "/quit\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void lines_typed_before_anybody_is_there_are_not_lost(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "127.0.0.1", "0", NULL);
	proc_write_text(&p, "one\n/eol crlf\ntwo\nrest");
	proc_end_in(&p);
	int fd = net_connect(proc_lines_port(&p));
	net_expect(fd, "one\ntwo\r\nrest\r\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	/* Before the connection is open: the name is still being looked up. */
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(&p, "connect", "--ui", "lines", "-4", "localhost",
	              port_text(port), NULL);
	proc_write_text(&p, "first\nsecond");
	proc_end_in(&p);
	fd = net_accept(listener);
	net_expect(fd, "first\nsecond\n");
	net_expect_end(fd);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void send_only_delivers_what_was_typed_before_it_was_open(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--send-only",
	              "127.0.0.1", port_text(port), NULL);
	proc_write_text(&p, "typed early");
	proc_end_in(&p);
	int fd = net_accept(listener);
	net_expect(fd, "typed early\n");
	net_expect_end(fd);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_signal_ends_one_whose_output_nobody_reads(void **state)
{
	struct proc p;
	struct text t = { 0 };
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "127.0.0.1",
	              port_text(port), NULL);
	p.holds_out = true;
	int fd = net_accept(listener);
	for (int i = 0; i < 20000; i++)
		text_append(&t, "a line nobody reads\n", 20);
	net_send(fd, t.bytes, t.len);
	text_finish(&t);
	close(fd);
	close(listener);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void a_quiet_one_writes_messages_and_errors_only(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--quiet", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	net_send_text(fd, "heard\n");
	proc_expect_out(&p, " < heard\\n\n");
	proc_write_text(&p, "/nonsense\n");
	proc_expect_out(&p, " ! there is no command");
	close(fd);
	close(listener);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	assert_int_equal(count_out(&p, " * "), 0);
	assert_int_equal(count_out(&p, "\n"), 2);
	assert_silent(&p);
	proc_finish(&p);
}

static void curl_talks_to_somebody_who_types(void **state)
{
	const char *argv[] = { "curl", "-sS", "--noproxy", "*", NULL, NULL };
	struct proc p, curl;
	char url[64];

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "--crlf", "127.0.0.1", "0",
	              NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u/path?q=1",
	         proc_lines_port(&p));
	argv[4] = url;
	proc_start(&curl, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&p, " 1 < GET /path?q=1 HTTP/1.1\\r\\n\n");
	proc_expect_out(&p, " 1 < Host: 127.0.0.1:");
	proc_expect_out(&p, " 1 < \\r\\n\n");
	proc_write_text(&p, "HTTP/1.1 200 OK\nContent-Length: 7\n\n"
	                    "/send hello\\r\\n\n");
	proc_expect_exit(&curl, 0);
	assert_out(&curl, "hello\r\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&curl);
	proc_finish(&p);
}

static void several_peers_are_told_apart(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	int one = net_connect(port);
	net_send_text(one, "a\n");
	proc_expect_out(&p, " 1 < a\\n\n");
	int two = net_connect(port);
	net_send_text(two, "b\n");
	proc_expect_out(&p, " 2 < b\\n\n");
	proc_write_text(&p, "both\n/to 2\ntwo\n");
	net_expect(one, "both\n");
	net_expect(two, "both\ntwo\n");
	close(one);
	proc_expect_out(&p, " 1 * ");
	proc_write_text(&p, "/quit\n");
	net_expect_end(two);
	close(two);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* JSON */

static void every_byte_is_in_one_object(void **state)
{
	static const char said[] =
	    "안녕!\r\npart \xec\x95\x88 \n\xff\xfe bad\0\n"
	    "\033]0;t\a\xe2\x80\xae\n\xec\x95";
	struct proc p;
	int fd = connect_json(&p);

	(void)state;
	proc_write_text(&p, "/set frame-in line\n");
	proc_write_text(&p, "typed \"quoted\"\n/nonsense\n/peers\n");
	net_expect(fd, "typed \"quoted\"\n");
	net_send(fd, said, 16);
	proc_expect_out(&p, "\"text\":\"part \",\"complete\":false");
	for (size_t i = 16, n; i < sizeof(said) - 1; i += n) {
		/* on a slow machine, too: it is base64 as a whole */
		n = said[i] == '\xff' ? 8 : 1;
		net_send(fd, said + i, n);
		proc_watch(&p, 2);
	}
	shutdown(fd, SHUT_WR);
	proc_expect_out(&p, "\"half-closed\"");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "\"text\":\"안녕!\\r\\n\""));
	assert_non_null(
	    strstr(p.out_text.bytes, "\"base64\":\"//4gYmFkAAo=\""));
	assert_non_null(strstr(p.out_text.bytes, "\\u001b]0;t\\u0007\\u202e"));
	assert_non_null(
	    strstr(p.out_text.bytes, "\"typed \\\"quoted\\\"\\n\""));
	check_json(&p, said, sizeof(said) - 1);
	proc_finish(&p);
}

static void a_big_message_comes_in_pieces_and_whole(void **state)
{
	static char said[1000000];
	struct proc p;
	int fd = connect_json(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(said); i++)
		said[i] = (char)("\xec\x95\x88 x\n"[i % 3] + 0);
	said[500000] = '\n';
	said[sizeof(said) - 1] = '\n';
	for (size_t at = 0, n; at < sizeof(said); at += n) {
		n = sizeof(said) - at < 30000 ? sizeof(said) - at : 30000;
		net_send(fd, said + at, n);
		proc_watch(&p, 0);
	}
	close(fd);
	proc_expect_out(&p, "\"half-closed\"");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, said, sizeof(said));
	proc_finish(&p);
}

static void a_refusal_is_an_error_with_a_code_and_a_hint(void **state)
{
	struct proc p;
	uint16_t port;

	(void)state;
	close(net_listen(&port));
	proc_sockchat(&p, "connect", "--json", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "\"code\":\"ECONNREFUSED\""));
	assert_non_null(strstr(p.out_text.bytes, "\"hint\":\""));
	assert_silent(&p);
	check_json(&p, "", 0);
	proc_finish(&p);
}

/* Ways out */

static void a_signal_ends_it_in_order(void **state)
{
	static const int signums[] = { SIGTERM, SIGINT, SIGHUP };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		int fd = connect_lines(&p);
		proc_write_text(&p, "x\n");
		net_expect(fd, "x\n");
		kill(p.pid, signums[i]);
		net_expect_end(fd);
		close(fd);
		proc_expect_signal(&p, signums[i]);
		proc_finish(&p);
	}
}

static void a_closed_standard_output_ends_it_quietly(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	proc_expect_out(&p, "connected");
	close(p.out);
	p.out = -1;
	net_send_text(fd, "x\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	assert_silent(&p);
	proc_finish(&p);
}

static void a_full_disk_is_told(void **state)
{
	const char *argv[] = { NULL,        "connect", "--ui", "lines",
		               "127.0.0.1", NULL,      NULL };
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	argv[5] = port_text(port);
	proc_start(&p, argv, NULL, PROC_PIPE, full, PROC_PIPE);
	close(full);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "sockchat: cannot write standard output: ");
	close(listener);
	proc_finish(&p);
}

static void a_peer_that_resets_is_a_failure(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);

	(void)state;
	net_send_text(fd, "heard\n");
	proc_expect_out(&p, " < heard");
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_int_equal(count_out(&p, " ! connection reset"), 1);
	proc_finish(&p);
}

/* Bounds */

static void a_reader_who_does_not_read_makes_the_peer_wait(void **state)
{
	struct proc p;
	int fd = connect_lines(&p);
	struct stream s = { .fd = fd, .total = 256 * MIB };

	(void)state;
	proc_expect_out(&p, "connected");
	p.holds_out = true;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	/* Nothing goes any more: the last buffer on the way is full. */
	static uint8_t bytes[65536];
	memset(bytes, 'x', sizeof(bytes));
	for (struct pollfd set = { .fd = fd, .events = POLLOUT };
	     poll(&set, 1, 1500) == 1;) {
		ssize_t n = send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
		assert_true(n > 0 || errno == EAGAIN);
		s.total -= n > 0 ? (size_t)n : 0;
		assert_true(s.total > 128 * MIB);
	}
	assert_true(proc_rss_kib(&p) < CHAT_RSS_MAX_KIB);
	long cpu = proc_cpu_ms(&p);
	poll(NULL, 0, 300);
	assert_true(proc_cpu_ms(&p) - cpu < 100);
	kill(p.pid, SIGTERM);
	close(fd);
	proc_wait(&p);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_both_ways_is_a_line_each),
		cmocka_unit_test(
		    an_unfinished_message_is_written_and_completed),
		cmocka_unit_test(a_script_waits_for_the_end_of_repeat),
		cmocka_unit_test(nothing_from_a_peer_controls_the_terminal),
		cmocka_unit_test(commands_work_and_are_never_sent),
		cmocka_unit_test(
		    json_is_indented_when_that_is_asked_for),
		cmocka_unit_test(
		    lines_typed_before_anybody_is_there_are_not_lost),
		cmocka_unit_test(
		    send_only_delivers_what_was_typed_before_it_was_open),
		cmocka_unit_test(a_signal_ends_one_whose_output_nobody_reads),
		cmocka_unit_test(a_quiet_one_writes_messages_and_errors_only),
		cmocka_unit_test(curl_talks_to_somebody_who_types),
		cmocka_unit_test(several_peers_are_told_apart),
		cmocka_unit_test(every_byte_is_in_one_object),
		cmocka_unit_test(a_big_message_comes_in_pieces_and_whole),
		cmocka_unit_test(a_refusal_is_an_error_with_a_code_and_a_hint),
		cmocka_unit_test(a_signal_ends_it_in_order),
		cmocka_unit_test(a_closed_standard_output_ends_it_quietly),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(a_peer_that_resets_is_a_failure),
		cmocka_unit_test(
		    a_reader_who_does_not_read_makes_the_peer_wait),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
