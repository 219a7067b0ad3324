/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle: what a client and its target say goes to the other, their ends
 * and resets as well. */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

#define BULK (64 * MIB) /* more than all buffers on the way take */

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int listener; /* of the target */
	uint16_t target_port, port;
	int client, target;
} now;

static void start_with(const char *option)
{
	char target[32];
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward", target,
	              option, NULL);
	now.port = proc_lines_port(&now.p);
}

static int start_pair(void **state)
{
	(void)state;
	now.listener = net_listen(&now.target_port);
	now.client = now.target = -1;
	start_with(NULL);
	return 0;
}

static int stop_pair(void **state)
{
	(void)state;
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
	close(now.listener);
	return 0;
}

static void connect_both(void)
{
	now.client = net_connect(now.port);
	now.target = net_accept(now.listener);
}

static void shut(int fd)
{
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
}

/* What comes before the reset has come as well. */
static void expect_reset_after(int fd, const char *text)
{
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(fd, &t, 0), ECONNRESET);
	assert_string_equal(t.len ? t.bytes : "", text);
	text_finish(&t);
}

static void each_hears_the_other(void **state)
{
	(void)state;
	connect_both();
	net_send_text(now.client, "hello\n");
	net_expect(now.target, "hello\n");
	net_send_text(now.target, "world\n");
	net_expect(now.client, "world\n");
	proc_expect_out(&now.p, " > hello\\n\n");
	proc_expect_out(&now.p, " < world\\n\n");
}

static void the_clients_end_leaves_the_answer(void **state)
{
	(void)state;
	connect_both();
	net_send_text(now.client, "question");
	shut(now.client);
	net_expect(now.target, "question");
	net_expect_end(now.target);
	net_send_text(now.target, "answer");
	shut(now.target);
	net_expect(now.client, "answer");
	net_expect_end(now.client);
	proc_expect_out(&now.p, "connection closed: 6 bytes received, 8 bytes "
	                        "sent\n");
}

static void the_targets_end_leaves_the_client(void **state)
{
	(void)state;
	connect_both();
	net_send_text(now.target, "bye");
	shut(now.target);
	net_expect(now.client, "bye");
	net_expect_end(now.client);
	proc_expect_out(&now.p, "the target has finished sending");
	net_send_text(now.client, "more");
	shut(now.client);
	net_expect(now.target, "more");
	net_expect_end(now.target);
	proc_expect_out(&now.p, "connection closed: 3 bytes received, 4 bytes "
	                        "sent\n");
}

static void a_reset_of_the_target_follows_what_it_said(void **state)
{
	(void)state;
	connect_both();
	net_send_text(now.target, "last words");
	proc_expect_out(&now.p, "last words");
	net_reset(now.target);
	now.target = -1;
	expect_reset_after(now.client, "last words");
}

static void a_reset_of_the_client_follows_what_it_said(void **state)
{
	(void)state;
	connect_both();
	net_send_text(now.client, "last words");
	proc_expect_out(&now.p, "last words");
	net_reset(now.client);
	now.client = -1;
	expect_reset_after(now.target, "last words");
}

static void a_target_that_refuses_resets_the_client(void **state)
{
	(void)state;
	close(now.listener);
	now.listener = -1;
	now.client = net_connect(now.port);
	expect_reset_after(now.client, "");
	proc_expect_out(&now.p, "! connection refused: 127.0.0.1:");
	proc_expect_out(&now.p, "* not connected: the client 127.0.0.1:");
	proc_expect_out(&now.p, " is disconnected\n");
}

static void start_stream(struct stream *s, int fd, uint64_t total)
{
	*s = (struct stream){ .fd = fd, .total = total, .ends = true };
	pthread_create(&s->thread, NULL, run_writer, s);
}

static void expect_stream(struct stream *sent, int fd)
{
	struct stream came = { .fd = fd };
	pthread_create(&came.thread, NULL, run_checker, &came);
	while (pthread_tryjoin_np(came.thread, NULL))
		proc_watch(&now.p, 10);
	pthread_join(sent->thread, NULL);
	assert_int_equal(came.result, sent->total);
}

static void bytes_go_both_ways_unchanged(void **state)
{
	struct stream sent;
	(void)state;
	connect_both();
	start_stream(&sent, now.client, 10 * MIB);
	expect_stream(&sent, now.target);
	start_stream(&sent, now.target, 10 * MIB);
	expect_stream(&sent, now.client);
}

static void input_gives_commands_and_its_end_ends_nothing(void **state)
{
	(void)state;
	connect_both();
	proc_write_text(&now.p, "not for the target\n/send x\\n\n");
	proc_end_in(&now.p);
	net_expect(now.target, "x\n");
	proc_expect_out(&now.p, "! not sent: with --forward, standard input is "
	                        "for commands only; /inject out TEXT sends it "
	                        "to the target");
	net_send_text(now.client, "still there\n");
	net_expect(now.target, "still there\n");
}

/* So it keeps nothing, and the system moves the bytes. */
static void be_quiet(void)
{
	proc_write_text(&now.p, "/set quiet on\n/nonsense\n");
	proc_expect_out(&now.p, "no command /nonsense");
}

static void wait_until_nothing_is_taken(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	while (poll(&p, 1, 300) == 1)
		poll(NULL, 0, 10);
}

static void a_quiet_one_passes_bytes_on_unchanged(void **state)
{
	struct stream sent;
	(void)state;
	connect_both();
	be_quiet();
	start_stream(&sent, now.client, BULK);
	wait_until_nothing_is_taken(now.client);
	expect_stream(&sent, now.target);
	start_stream(&sent, now.target, BULK);
	wait_until_nothing_is_taken(now.target);
	expect_stream(&sent, now.client);
}

static void what_waits_arrives_when_a_recording_begins(void **state)
{
	struct stream sent;
	(void)state;
	connect_both();
	be_quiet();
	start_stream(&sent, now.client, BULK);
	wait_until_nothing_is_taken(now.client);
	proc_write_text(&now.p, "/record raw:/dev/null\n/folly\n");
	proc_expect_out(&now.p, "no command /folly");
	expect_stream(&sent, now.target);
}

static void a_quiet_one_tells_nothing_of_what_it_passes_on(void **state)
{
	(void)state;
	connect_both();
	proc_write_text(&now.p, "/record text:/dev/null\n");
	be_quiet();
	net_send_text(now.client, "hello\n");
	net_expect(now.target, "hello\n");
	net_send_text(now.target, "world\n");
	net_expect(now.client, "world\n");
	proc_write_text(&now.p, "/folly\n");
	proc_expect_out(&now.p, "no command /folly");
	assert_null(strstr(now.p.out_text.bytes, "hello"));
	assert_null(strstr(now.p.out_text.bytes, "world"));
}

static void expect_reset(int fd)
{
	expect_reset_after(fd, "");
}

static void commands_end_both_sides(void **state)
{
	(void)state;
	connect_both();
	proc_expect_out(&now.p, "connected to");
	proc_write_text(&now.p, "/reset 1\n");
	expect_reset(now.client);
	expect_reset(now.target);
	close(now.client);
	close(now.target);
	connect_both();
	net_send_text(now.client, "hello\n");
	net_expect(now.target, "hello\n");
	proc_write_text(&now.p, "/shutdown 2\n");
	net_expect_end(now.target);
	proc_expect_out(&now.p, "no more is sent to the target");
	proc_write_text(&now.p, "/inject out more\n");
	proc_expect_out(&now.p, "was already told that no more would come");
	net_send_text(now.target, "still\n");
	net_expect(now.client, "still\n");
	net_send_text(now.client, "too late\n");
	proc_write_text(&now.p, "/close 2\n");
	net_expect_end(now.client);
	shut(now.target);
	shut(now.client);
	proc_expect_out(&now.p, "9 bytes from the client were lost; no more "
	                        "could be sent to the target");
}

static void a_pause_holds_both_sides(void **state)
{
	(void)state;
	connect_both();
	proc_expect_out(&now.p, "connected to");
	proc_write_text(&now.p, "/pause\n");
	proc_expect_out(&now.p, "reading is paused");
	net_send_text(now.client, "a");
	net_send_text(now.target, "b");
	proc_write_text(&now.p, "/peers\n");
	proc_expect_out(&now.p, "paused, 0 B in, 0 B out, 0 B queued; for the "
	                        "client 127.0.0.1:");
	proc_write_text(&now.p, "/resume\n");
	net_expect(now.client, "b");
	net_expect(now.target, "a");
}

static void a_command_forwards_from_one_more_place(void **state)
{
	char line[80];
	const char *place;
	(void)state;
	snprintf(line, sizeof(line), "/forward 127.0.0.1 0 127.0.0.1:%u\n",
	         now.target_port);
	proc_write_text(&now.p, line);
	proc_write_text(&now.p, "/help forward\n");
	proc_expect_out(&now.p, "/forward LISTEN ENDPOINT: ");
	do
		proc_watch(&now.p, 10);
	while (!(place = strstr(strstr(now.p.out_text.bytes, "listening") + 1,
	                        "listening on 127.0.0.1:")));
	now.port = (uint16_t)atoi(strchr(place, ':') + 1);
	connect_both();
	net_send_text(now.client, "this way too\n");
	net_expect(now.target, "this way too\n");
}

/* A client that reads nothing gets not all of what the target says. */
static void a_signal_tells_what_was_not_delivered(void **state)
{
	(void)state;
	connect_both();
	net_flood(now.target);
	int64_t begun = now_ms();
	kill(now.p.pid, SIGTERM);
	proc_expect_out(&now.p, "! gave up on the client 127.0.0.1:");
	proc_expect_signal(&now.p, SIGTERM);
	assert_true(now_ms() - begun < 6000);
	proc_finish(&now.p);
	start_with(NULL);
}

static void json_tells_the_client(void **state)
{
	struct proc p;
	char target[32], client[48];
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	proc_sockchat(&p, "listen", "--json", "127.0.0.1", "0", "--forward",
	              target, NULL);
	now.client = net_connect(proc_lines_port(&p));
	now.target = net_accept(now.listener);
	getsockname(now.client, (struct sockaddr *)&a, &len);
	snprintf(client, sizeof(client), "\"client\":\"127.0.0.1:%u\"",
	         ntohs(a.sin_port));
	proc_expect_out(&p, "\"state\":\"open\"");
	assert_non_null(strstr(p.out_text.bytes, client));
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void refuses(const char *word, const char *value, const char *mode,
                    const char *sentence)
{
	struct proc p;
	proc_sockchat(&p, mode, "127.0.0.1", "1", "--forward", "127.0.0.1:1",
	              word, value, NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, sentence);
	proc_finish(&p);
}

static void it_is_for_listeners_that_hold_no_talk_of_their_own(void **state)
{
	(void)state;
	refuses(NULL, NULL, "connect",
	        "option --forward is for 'sockchat listen'");
	refuses("--echo", NULL, "listen",
	        "options --forward and --echo cannot be used together");
	refuses("--ui", "pipe", "listen",
	        "option --forward does not work in a pipe");
	refuses("--replay", "x.chat", "listen",
	        "options --replay and --forward cannot be used together");
}

static void an_endpoint_has_to_be_one(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "0", "--forward", "nowhere", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "option --forward: the port is missing");
	proc_finish(&p);
}

#define PAIR_TEST(f) cmocka_unit_test_setup_teardown(f, start_pair, stop_pair)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		PAIR_TEST(each_hears_the_other),
		PAIR_TEST(the_clients_end_leaves_the_answer),
		PAIR_TEST(the_targets_end_leaves_the_client),
		PAIR_TEST(a_reset_of_the_target_follows_what_it_said),
		PAIR_TEST(a_reset_of_the_client_follows_what_it_said),
		PAIR_TEST(a_target_that_refuses_resets_the_client),
		PAIR_TEST(bytes_go_both_ways_unchanged),
		PAIR_TEST(commands_end_both_sides),
		PAIR_TEST(a_pause_holds_both_sides),
		PAIR_TEST(a_command_forwards_from_one_more_place),
		PAIR_TEST(a_signal_tells_what_was_not_delivered),
		PAIR_TEST(json_tells_the_client),
		PAIR_TEST(input_gives_commands_and_its_end_ends_nothing),
		PAIR_TEST(a_quiet_one_tells_nothing_of_what_it_passes_on),
		PAIR_TEST(a_quiet_one_passes_bytes_on_unchanged),
		PAIR_TEST(what_waits_arrives_when_a_recording_begins),
		cmocka_unit_test(
		    it_is_for_listeners_that_hold_no_talk_of_their_own),
		cmocka_unit_test(an_endpoint_has_to_be_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
