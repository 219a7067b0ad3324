/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Trouble on purpose in the chat: lines, json, listeners, echo and pairs. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

static int connect_lines(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(p, "connect", "--ui", ui, "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static uint16_t listen_lines(struct proc *p, const char *option,
                             const char *spec)
{
	proc_sockchat(p, "listen", "--ui", "lines", "-k", option, "--fault",
	              spec, "127.0.0.1", "0", NULL);
	return proc_lines_port(p);
}

static void faults_come_and_go_by_a_command(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_lines(&p, "lines");
	proc_write_text(&p, "/fault out:slice=1,1h\nabc\n");
	net_expect(fd, "a");
	proc_write_text(&p, "/fault\n");
	proc_expect_out(&p, "fault out:slice=1,3600s: has struck 1 time");
	proc_write_text(&p, "/fault off\n");
	net_expect(fd, "bc\n");
	proc_expect_out(&p, "faults are off");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_limit_is_told_in_json_and_fails_the_script(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_lines(&p, "json");
	proc_write_text(&p, "/fault out:limit=3\nhello\n");
	net_expect(fd, "hel");
	net_expect_end(fd);
	proc_expect_out(&p, "\"code\":\"fault\",\"text\":\"fault out:limit=3: "
	                    "we send our end after 3 bytes");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_expect_out(&p, "fault out:limit=3: 3 bytes were thrown away");
	assert_non_null(strstr(p.out_text.bytes, "\"state\":\"lost\""));
	assert_null(strstr(p.out_text.bytes, "\"state\":\"acked\""));
	proc_finish(&p);
}

static void an_end_that_a_fault_pretends_is_no_fin(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_lines(&p, "lines");
	proc_write_text(&p, "/fault in:limit=3\nhello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "answer");
	proc_expect_out(&p, "in:limit=3: we act as if the peer had ended after "
	                    "3 bytes; what follows is thrown away");
	proc_expect_out(&p, "finished sending (pretended: limit); you can");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_reset_is_an_error_of_the_session(void **state)
{
	struct proc p;
	struct text got = { 0 };
	(void)state;
	int fd = connect_lines(&p, "lines");
	proc_write_text(&p, "/fault out:reset=3\nhello\n");
	assert_int_equal(net_read(fd, &got, 0), ECONNRESET);
	assert_string_equal(got.bytes, "hel");
	proc_expect_out(&p, "out:reset=3 has reset the connection");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	text_finish(&got);
	close(fd);
	proc_finish(&p);
}

static void what_comes_is_shown_after_the_fault(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_lines(&p, "lines");
	proc_write_text(&p, "/fault in:corrupt=1 seed=1\n");
	proc_expect_out(&p, "faults are on");
	net_send_text(fd, "aaaaaaaa\n");
	proc_expect_out(&p, "fault in:corrupt=1.0: byte 9 received was "
	                    "changed from 0x0a");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_null(strstr(p.out_text.bytes, "aaaaaaaa"));
	proc_finish(&p);
}

static void an_echo_goes_through_the_faults(void **state)
{
	struct proc p;
	(void)state;
	int fd = net_connect(listen_lines(&p, "--echo",
	                                  "latency=100ms out:limit=5"));
	int64_t start_ms = now_ms();
	net_send_text(fd, "12345678");
	net_expect(fd, "12345");
	assert_true(now_ms() - start_ms >= 200);
	net_expect_end(fd);
	close(fd);
	proc_expect_out(&p, "out:limit=5: 3 bytes were thrown away");
	proc_finish(&p);
}

static void a_chat_refuses_its_first_connections(void **state)
{
	struct proc p;
	char byte;
	(void)state;
	uint16_t port = listen_lines(&p, "-n", "refuse=1");
	int fd = net_connect(port);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
	close(fd);
	proc_expect_out(&p, "is reset at once (1 of 1)");
	fd = net_connect(port);
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
	proc_finish(&p);
}

static void ticks_follow_what_is_delayed(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_lines(&p, "json");
	int64_t start_ms = now_ms();
	proc_write_text(&p, "/fault out:latency=300ms\nhello\n");
	proc_expect_out(&p, "\"kind\":\"ack\"");
	assert_true(now_ms() - start_ms >= 300);
	net_expect(fd, "hello\n");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void in_a_pair_a_word_strikes_once_each_way(void **state)
{
	struct proc p;
	uint16_t target;
	char where[32];
	int listener = net_listen(&target);
	(void)state;
	snprintf(where, sizeof(where), "127.0.0.1:%u", target);
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "--forward",
	              where, "--fault", "latency=200ms",
	              "127.0.0.1", "0", NULL);
	int client = net_connect(proc_lines_port(&p));
	int server = net_accept(listener);
	int64_t start_ms = now_ms();
	net_send_text(client, "ping\n");
	net_expect(server, "ping\n");
	int64_t half_ms = now_ms() - start_ms;
	net_send_text(server, "pong\n");
	net_expect(client, "pong\n");
	assert_true(half_ms >= 200);
	assert_true(now_ms() - start_ms >= 400);
	proc_write_text(&p, "/fault\n");
	proc_expect_out(&p, "in:latency=200ms: has struck 1 time");
	proc_expect_out(&p, "out:latency=200ms: has struck 1 time");
	close(client);
	close(server);
	close(listener);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_come_and_go_by_a_command),
		cmocka_unit_test(a_limit_is_told_in_json_and_fails_the_script),
		cmocka_unit_test(an_end_that_a_fault_pretends_is_no_fin),
		cmocka_unit_test(a_reset_is_an_error_of_the_session),
		cmocka_unit_test(what_comes_is_shown_after_the_fault),
		cmocka_unit_test(an_echo_goes_through_the_faults),
		cmocka_unit_test(a_chat_refuses_its_first_connections),
		cmocka_unit_test(ticks_follow_what_is_delayed),
		cmocka_unit_test(in_a_pair_a_word_strikes_once_each_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
