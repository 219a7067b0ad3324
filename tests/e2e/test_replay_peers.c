/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Several conversations of a file, each with its own player; and both sides of
 * a file played with each other. */

#include <signal.h>

#include "replay.h"
#include "tls.h"

/* Both sides of a file, which are programs of ours, succeed. */
static void play_both(const char *steps)
{
	struct proc server, client;
	char port[8];

	snprintf(port, sizeof(port), "%u",
	         play_server(&server, steps, SERVING, NULL));
	proc_sockchat(&client, "connect", TRUSTING,
	              "--replay", chat_file("talk.chat", steps), "127.0.0.1",
	              port, NULL);
	expect_success(&client);
	expect_success(&server);
}

static void both_sides_of_a_file_play_with_each_other(void **state)
{
	(void)state;
	play_both("connect h:1\n> \"a\"\n< \"b\"\n> fin\n< \"c\"\n< fin\n");
	play_both("connect h:1\n< fin\n> \"late\"\n> fin\n");
	play_both("listen 1\n> \"a\"\n< \"b\"\n< rst\n");
	play_both("listen 1\n[1] > \"a\"\n[2] > \"b\"\n[2] < \"c\"\n"
	          "[1] < \"d\"\n");
	play_both("connect h:1\n< \"220 hi\\r\\n\"\n> \"STARTTLS\\r\\n\"\n"
	          "< \"220 go\\r\\n\"\n> starttls\n> \"EHLO\\r\\n\"\n"
	          "< \"250 ok\\r\\n\"\n> fin\n< fin\n");
}

/* Several peers */

static const char two[] = "listen 1\n"
                          "[2] > \"two\\n\"\n"
                          "[1] > \"one\\n\"\n"
                          "[1] < \"un\\n\"\n"
                          "[2] < \"deux\\n\"\n";

static void say_once(int fd, const char *text)
{
	net_send_text(fd, text);
	net_expect_end(fd);
	close(fd);
}

static void the_nth_client_plays_n_and_one_more_is_refused(void **state)
{
	struct proc p;
	uint16_t port = play_server(&p, two, NULL);
	int first = net_connect(port), second, third;
	struct text got = { NULL, 0 };

	(void)state;
	net_expect(first, "one\n");
	second = net_connect(port);
	net_expect(second, "two\n");
	third = net_connect(port);
	assert_int_equal(net_read(third, &got, 0), ECONNRESET);
	close(third);
	proc_expect_out(&p, "refused: the replayed file has no more");
	net_send_text(second, "deux\n");
	net_send_text(first, "un\n");
	net_expect_end(first);
	net_expect_end(second);
	close(first);
	close(second);
	text_finish(&got);
	expect_success(&p);
}

static void a_client_that_never_comes_is_a_failure(void **state)
{
	struct proc p;
	uint16_t port = play_server(&p, two, "--step-timeout", "0.3", NULL);
	int fd = net_connect(port);

	(void)state;
	net_expect(fd, "one\n");
	net_send_text(fd, "un\n");
	net_expect_end(fd);
	close(fd);
	expect_failure(&p, "serve.chat:3: no peer has come for [2] within "
	                   "0.3 s");
}

static void a_client_opens_a_connection_for_each_number(void **state)
{
	const char *path = chat_file("talk.chat", two);
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), first, second;

	(void)state;
	proc_sockchat(&p, "connect", "--replay", path, "127.0.0.1",
	              port_text(port), NULL);
	first = net_accept(listener);
	second = net_accept(listener);
	/* in the order of their first steps */
	net_send_text(first, "two\n");
	net_send_text(second, "one\n");
	net_expect(second, "un\n");
	net_expect(first, "deux\n");
	net_expect_end(first);
	net_expect_end(second);
	close(first);
	close(second);
	close(listener);
	expect_success(&p);
}

static void all_connections_of_a_client_have_to_match(void **state)
{
	const char *path = chat_file("talk.chat", two);
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), first, second;

	(void)state;
	proc_sockchat(&p, "connect", "--replay", path, "127.0.0.1",
	              port_text(port), NULL);
	first = net_accept(listener);
	second = net_accept(listener);
	say_once(second, "unknown\n");
	close(first);
	close(listener);
	expect_failure(&p, "talk.chat:");
}

static void without_numbers_the_file_is_played_for_each_peer_anew(void **state)
{
	struct proc p;
	uint16_t port = play_server(
	    &p, "listen 1\n< /(?<x>.)\\n/\n> \"got ${x}\"\n", "-k", NULL);
	int fd[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		fd[i] = net_connect(port);
	net_send_text(fd[2], "c\n");
	net_expect(fd[2], "got c");
	net_send_text(fd[0], "a\n");
	net_expect(fd[0], "got a");
	net_send_text(fd[1], "b\n");
	net_expect(fd[1], "got b");
	for (int i = 0; i < 3; i++) {
		net_expect_end(fd[i]);
		close(fd[i]);
	}
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void one_that_serves_on_remembers_a_mismatch(void **state)
{
	const char *path =
	    chat_file("talk.chat", "listen 1\n< \"a\"\n> \"b\"\n");
	struct proc p;
	int fd;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--replay", path, "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	fd = net_connect(port);
	say_once(fd, "x");
	fd = net_connect(port);
	net_send_text(fd, "a");
	net_expect(fd, "b");
	net_expect_end(fd);
	close(fd);
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "talk.chat:3: "));
	assert_non_null(strstr(p.out_text.bytes, "all is as written"));
	proc_finish(&p);
}

static void a_peer_for_whom_the_file_cannot_be_read_is_let_go(void **state)
{
	struct proc p;
	uint16_t port = play_server(&p, "< \"a\\n\"\n> \"b\\n\"\n", "-k",
	                            NULL);

	(void)state;
	assert_int_equal(unlink(pty_home("serve.chat")), 0);
	int fd = net_connect(port);
	net_expect_end(fd);
	close(fd);
	kill(p.pid, SIGTERM);
	proc_expect_out(&p, "serve.chat: No such file");
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void who_cannot_listen_plays_nothing(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--replay",
	              chat_file("talk.chat", two), "127.0.0.1",
	              port_text(port), NULL);
	expect_failure(&p, "address in use");
	close(listener);
}

/* What is recorded */

static void a_recording_is_played_again_at_once(void **state)
{
	struct proc recorded, p, echo;
	char port[8], port_of_ours[8];

	(void)state;
	proc_sockchat(&echo, "listen", "--echo", "127.0.0.1", "0", NULL);
	snprintf(port, sizeof(port), "%u", proc_lines_port(&echo));
	proc_sockchat(&recorded, "connect", "--ui=lines", "--record",
	              pty_home("kept.chat"), "127.0.0.1", port, NULL);
	proc_write_text(&recorded, "안녕 $x\n/hex 00 ff 0d 0a\n");
	proc_expect_out(&recorded, "< 안녕 $x");
	proc_expect_out(&recorded, "\\xff");
	proc_end_in(&recorded);
	proc_expect_exit(&recorded, 0);
	proc_finish(&recorded);
	/* with the same peer */
	proc_sockchat(&p, "connect", "--replay", pty_home("kept.chat"),
	              "127.0.0.1", port, NULL);
	expect_success(&p);
	kill(echo.pid, SIGTERM);
	proc_expect_signal(&echo, SIGTERM);
	proc_finish(&echo);
	/* and in either role */
	proc_sockchat(&echo, "listen", "--replay", pty_home("kept.chat"),
	              "127.0.0.1", "0", NULL);
	snprintf(port_of_ours, sizeof(port_of_ours), "%u",
	         proc_lines_port(&echo));
	proc_sockchat(&p, "connect", "--replay", pty_home("kept.chat"),
	              "127.0.0.1", port_of_ours, NULL);
	expect_success(&p);
	expect_success(&echo);
}

/* TLS */

static void a_python_server_begins_tls_as_written(void **state)
{
	const char *argv[] = { "python3", peer_path("starttls_peer.py"), "smtp",
		               cert_path("server.pem"), cert_path("server.key"),
		               NULL };
	struct proc p, server;
	char port[8];

	(void)state;
	proc_start(&server, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&server, "\n");
	snprintf(port, sizeof(port), "%ld",
	         strtol(server.out_text.bytes + strlen("Listening on "), NULL,
	                10));
	proc_sockchat(&p, "connect", TRUSTING, "--replay",
	              chat_file("talk.chat",
	                        "connect h:25\n"
	                        "< /220 .*\\r\\n/\n"
	                        "> \"EHLO me\\r\\n\"\n"
	                        "< ...\n"
	                        "< \"250 STARTTLS\\r\\n\"\n"
	                        "> \"STARTTLS\\r\\n\"\n"
	                        "< \"220 go ahead\\r\\n\"\n"
	                        "> starttls\n"
	                        "> \"NOOP in secret\\r\\n\"\n"
	                        "< \"250 heard NOOP in secret\\r\\n\"\n"
	                        "> \"QUIT\\r\\n\"\n"
	                        "< /221 .*\\r\\n/\n"),
	              "127.0.0.1", port, NULL);
	expect_success(&p);
	proc_expect_exit(&server, 0);
	proc_finish(&server);
}

static void tls_that_is_not_trusted_fails(void **state)
{
	struct proc server, client;
	const char steps[] = "connect h:1\n> \"STARTTLS\\r\\n\"\n"
	                     "< \"220 go\\r\\n\"\n> starttls\n> \"a\"\n";
	char port[8];

	(void)state;
	snprintf(port, sizeof(port), "%u", play_server(&server, steps, NULL));
	proc_sockchat(&client, "connect", "--replay",
	              chat_file("talk.chat", steps), "127.0.0.1", port, NULL);
	expect_failure(&client, "talk.chat:5: ");
	expect_failure(&server, "serve.chat:5: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_sides_of_a_file_play_with_each_other),
		TEST(the_nth_client_plays_n_and_one_more_is_refused),
		TEST(a_client_that_never_comes_is_a_failure),
		TEST(a_client_opens_a_connection_for_each_number),
		TEST(all_connections_of_a_client_have_to_match),
		TEST(without_numbers_the_file_is_played_for_each_peer_anew),
		TEST(one_that_serves_on_remembers_a_mismatch),
		TEST(a_peer_for_whom_the_file_cannot_be_read_is_let_go),
		TEST(who_cannot_listen_plays_nothing),
		TEST(a_recording_is_played_again_at_once),
		TEST(a_python_server_begins_tls_as_written),
		TEST(tls_that_is_not_trusted_fails),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("replay_peers", tests, certs_setup,
	                                   certs_teardown);
}
