/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said of a peer that speaks something else, and of the traps. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

/* sockchat connected to a server in Python. */
static void connect_to(struct proc *p, struct proc *server, const char *script,
                       const char *word, const char *ui)
{
	char port[8];

	start_python_server(server, script, word, port);
	proc_sockchat(p, "connect", "--ui", ui, "127.0.0.1", port, NULL);
}

static void end(struct proc *p, struct proc *server)
{
	proc_write_text(p, "/quit\n");
	proc_expect_exit(p, 0);
	proc_finish(p);
	if (!server)
		return;
	if (server->pid)
		kill(server->pid, SIGKILL);
	proc_finish(server);
}

static void assert_not_out(const struct proc *p, const char *text)
{
	if (strstr(p->out_text.bytes, text))
		fail_msg("'%s' is in: %s", text, p->out_text.bytes);
}

static uint16_t port_in(const char *text)
{
	static const char before[] = "listening on 127.0.0.1:";

	return (uint16_t)strtol(strstr(text, before) + strlen(before), NULL,
	                        10);
}

static uint16_t start_listener(struct proc *p, const char *hints)
{
	proc_sockchat(p, "listen", "--ui", "lines", "--hints", hints,
	              "127.0.0.1", "0", NULL);
	proc_expect_out(p, "this machine only)");
	return port_in(p->out_text.bytes);
}

static void a_tls_client_is_named_with_what_it_asks_for(void **state)
{
	struct proc p, client;
	uint16_t port = start_listener(&p, "on");

	(void)state;
	start_python(&client, "protocols.py", "tls", port_text(port));
	proc_expect_out(&p, " * hint: what the peer sends looks like TLS: a "
	                    "ClientHello for example.org (ALPN h2, http/1.1); "
	                    "this is plain TCP. ");
	end(&p, &client);
}

static void hints_that_are_off_are_not_told(void **state)
{
	struct proc p, client;
	uint16_t port = start_listener(&p, "off");

	(void)state;
	start_python(&client, "protocols.py", "tls", port_text(port));
	proc_expect_out(&p, " < ");
	proc_write_text(&p, "/set hints\n");
	proc_expect_out(&p, "hints: off (from the command line)");
	assert_not_out(&p, "looks like");
	end(&p, &client);
}

static void a_web_server_is_named_to_who_sent_no_request(void **state)
{
	struct proc p, server;

	(void)state;
	connect_to(&p, &server, "protocols.py", "http", "lines");
	proc_write_text(&p, "hello\n");
	/* until Python 3.14 a page without a status line */
	proc_expect_out(&p, " * hint: what the peer sends looks like HTTP/1");
	proc_expect_out(&p, "`curl -v http://127.0.0.1:");
	end(&p, &server);
}

static void a_web_server_is_not_named_to_who_asked_it(void **state)
{
	struct proc p, server;

	(void)state;
	connect_to(&p, &server, "protocols.py", "http", "lines");
	proc_write_text(&p, "GET /none HTTP/1.0\n\n");
	proc_expect_out(&p, "HTTP/1.0 404");
	proc_expect_out(&p, "FIN received");
	assert_not_out(&p, "looks like");
	end(&p, &server);
}

static void programs_get_the_hint_by_itself(void **state)
{
	struct proc p, server;

	(void)state;
	connect_to(&p, &server, "protocols.py", "redis", "json");
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "\"kind\":\"note\"");
	proc_expect_out(&p, "\"what the peer sends looks like Redis\"");
	proc_expect_out(&p, "\"hint\":\"use `redis-cli -h 127.0.0.1 -p ");
	end(&p, &server);
}

static void an_echo_server_is_told_after_two_messages(void **state)
{
	struct proc p, server;

	(void)state;
	connect_to(&p, &server, "tutorial_server.py", "0", "lines");
	proc_write_text(&p, "안녕!\n");
	proc_expect_out(&p, " < 안녕!");
	assert_not_out(&p, "the peer echoes");
	proc_write_text(&p, "again\n");
	proc_expect_out(&p, " * hint: the peer echoes; this proves ");
	end(&p, &server);
}

static void messages_that_come_back_in_one_piece_are_told(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	proc_write_text(&p, "one\ntwo\n");
	net_expect(fd, "one\ntwo\n");
	net_send_text(fd, "one\ntwo\n");
	proc_expect_out(&p, "came back in one piece; TCP has no messages");
	end(&p, NULL);
	close(fd);
}

static void a_character_in_pieces_is_told(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	net_send_text(fd, "hi \xec");
	proc_expect_out(&p, " < hi ");
	net_send_text(fd, "\x95\x88\n");
	proc_expect_out(&p, "which breaks recv().decode() in Python");
	end(&p, NULL);
	close(fd);
}

static void a_mix_of_encodings_is_told_one_by_one(void **state)
{
	static const char *const lines[][2] = {
		{ "\xbe\xc8\xb3\xe7!\n", "CP949" }, /* 안녕! */
		{ "\x93\xfa\x96\x7b\x8c\xea\n", "SHIFT_JIS" }, /* 日本語 */
		{ "caf\xe9 cr\xe8me\n", "ISO-8859-1" },
	};
	struct proc p;
	char hint[64];
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	net_send_text(fd, "안녕!\n");
	for (size_t i = 0; i < 3; i++) {
		net_send_text(fd, lines[i][0]);
		snprintf(hint, sizeof(hint), "`/encoding %s` shows it",
		         lines[i][1]);
		proc_expect_out(&p, hint);
	}
	end(&p, NULL);
	close(fd);
}

static void the_line_ending_is_told_to_who_gets_no_answer(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	net_send_text(fd, "READY\r\n");
	proc_expect_out(&p, " < READY");
	proc_write_text(&p, "status\n");
	net_expect(fd, "status\n");
	proc_write_text(&p, "status\n");
	proc_expect_out(&p, "`/eol crlf` ends them in \\r\\n");
	end(&p, NULL);
	close(fd);
}

#define DIED_OF_IT "it closed after ec, the 1st of 3 bytes of 안"

static void a_server_that_dies_of_half_a_character_is_told(void **state)
{
	static const char *const uis[] = { "lines", "json" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, server;

		connect_to(&p, &server, "tutorial_server.py", "0", uis[i]);
		proc_write_text(&p, "/drip 1\n안녕!\n");
		proc_expect_out(&p, DIED_OF_IT);
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
		proc_finish(&server);
	}
}

static void a_server_that_dies_where_its_read_ends_is_told(void **state)
{
	struct proc p, server;

	(void)state;
	connect_to(&p, &server, "tutorial_server.py", "0", "lines");
	for (int i = 0; i < 667; i++)
		proc_write_text(&p, "안");
	proc_write_text(&p, "\n");
	proc_expect_out(&p, DIED_OF_IT " (byte 1024 of what you sent, where a "
	                    "recv(1024) ends)");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	proc_finish(&server);
}

static void the_screen_tells_it_too(void **state)
{
	struct proc server;
	struct pty p;
	char port[8];

	(void)state;
	start_python_server(&server, "tutorial_server.py", "0", port);
	pty_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	pty_expect(&p, "connected to 127.0.0.1:");
	pty_type(&p, "/drip 1" PTY_ENTER);
	pty_expect(&p, "drip on: 1 byte");
	pty_type(&p, "안녕!" PTY_ENTER);
	pty_expect(&p, "it closed after ec, the 1st of 3 bytes of 안");
	pty_quit(&p, 1);
	proc_finish(&server);
}

static void a_request_in_lf_is_told_after_two_seconds(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	proc_write_text(&p, "OPTIONS rtsp://127.0.0.1/ RTSP/1.0\n\n");
	proc_expect_out(&p, "your lines end in \\n, those of RTSP in \\r\\n");
	proc_expect_out(&p, "`/eol crlf` ends them in \\r\\n (--crlf from the "
	                    "start)");
	end(&p, NULL);
	close(fd);
}

static void telnet_is_named_from_either_side(void **state)
{
	struct proc p;
	uint16_t port = start_listener(&p, "on");
	int fd = net_connect(port);

	(void)state;
	net_send(fd, "\xff\xfb\x1f\xff\xfd\x03", 6);
	proc_expect_out(&p, "looks like Telnet: WILL NAWS, DO "
	                    "SUPPRESS-GO-AHEAD; ");
	proc_expect_out(&p, "`/hex ff fe 1f ff fc 03` refuses all of it");
	end(&p, NULL);
	close(fd);
	fd = connect_with(&p, "--ui", "lines");
	net_send(fd, "login: \xff\xfd\x18", 10);
	proc_expect_out(&p, "looks like Telnet: DO TERMINAL-TYPE; ");
	end(&p, NULL);
	close(fd);
}

static void hints_come_without_a_line_end_and_an_answer(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	net_send_text(fd, "220 FTP here");
	proc_expect_out(&p, "looks like FTP");
	net_send(fd, "hello", 6);
	proc_expect_out(&p, "ends in a NUL byte");
	end(&p, NULL);
	close(fd);
}

static void an_end_without_an_answer_points_to_no_shutdown(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "json");

	(void)state;
	proc_write_text(&p, "stats\n");
	proc_end_in(&p);
	net_expect(fd, "stats\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_out(&p, "\"code\":\"end-unanswered\"");
	proc_expect_out(&p, "-N sends no FIN when standard input ends");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void the_pipe_points_to_no_shutdown_unless_it_is_quiet(void **state)
{
	static const char *const options[] = { NULL, "--quiet", "--send-only" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		int fd = connect_with(&p, options[i], NULL);

		proc_write_text(&p, "stats\n");
		proc_end_in(&p);
		net_expect(fd, "stats\n");
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		if (i == 0)
			assert_err_has(&p, "ended without a byte after our "
			                   "FIN");
		else
			assert_silent(&p);
		proc_finish(&p);
	}
}

static void an_answer_after_our_fin_is_no_news_to_the_pipe(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);

	(void)state;
	proc_write_text(&p, "stats\n");
	proc_end_in(&p);
	net_expect(fd, "stats\n");
	net_send_text(fd, "0\n");
	close(fd);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void the_pipe_tells_with_v_alone_and_changes_no_byte(void **state)
{
	static const char *const verbose[] = { "-v", "--quiet" };
	static const char banner[] = "SSH-2.0-x\r\nand more";

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p;
		int fd = connect_with(&p, verbose[i], NULL);

		net_send_text(fd, banner);
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		assert_out(&p, banner);
		if (i == 0)
			assert_err_has(&p, "looks like SSH\n"
			                   "sockchat: hint: use `ssh -p ");
		else
			assert_silent(&p);
		proc_finish(&p);
	}
}

static void a_pipe_tells_of_a_tls_client_without_v(void **state)
{
	static const char *const hints[] = { "on", "off" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, client;

		proc_sockchat(&p, "listen", "--ui", "pipe", "--hints", hints[i],
		              "127.0.0.1", "0", NULL);
		proc_expect_err(&p, "listening on 127.0.0.1:");
		proc_expect_err(&p, "\n");
		start_python(&client, "protocols.py", "tls",
		             port_text(port_in(p.err_text.bytes)));
		proc_expect_out(&p, "example.org");
		if (i == 0)
			proc_expect_err(&p, "a ClientHello for example.org");
		else
			assert_null(strstr(p.err_text.bytes, "looks like"));
		kill(p.pid, SIGKILL);
		proc_finish(&p);
		kill(client.pid, SIGKILL);
		proc_finish(&client);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_tells_of_a_tls_client_without_v),
		cmocka_unit_test(a_tls_client_is_named_with_what_it_asks_for),
		cmocka_unit_test(hints_that_are_off_are_not_told),
		cmocka_unit_test(a_web_server_is_named_to_who_sent_no_request),
		cmocka_unit_test(a_web_server_is_not_named_to_who_asked_it),
		cmocka_unit_test(programs_get_the_hint_by_itself),
		cmocka_unit_test(an_echo_server_is_told_after_two_messages),
		cmocka_unit_test(messages_that_come_back_in_one_piece_are_told),
		cmocka_unit_test(a_character_in_pieces_is_told),
		cmocka_unit_test(a_mix_of_encodings_is_told_one_by_one),
		cmocka_unit_test(the_line_ending_is_told_to_who_gets_no_answer),
		cmocka_unit_test(
		    a_server_that_dies_of_half_a_character_is_told),
		cmocka_unit_test(
		    a_server_that_dies_where_its_read_ends_is_told),
		cmocka_unit_test_setup_teardown(the_screen_tells_it_too,
		                                pty_setup, pty_teardown),
		cmocka_unit_test(a_request_in_lf_is_told_after_two_seconds),
		cmocka_unit_test(telnet_is_named_from_either_side),
		cmocka_unit_test(hints_come_without_a_line_end_and_an_answer),
		cmocka_unit_test(
		    an_end_without_an_answer_points_to_no_shutdown),
		cmocka_unit_test(
		    the_pipe_points_to_no_shutdown_unless_it_is_quiet),
		cmocka_unit_test(
		    an_answer_after_our_fin_is_no_news_to_the_pipe),
		cmocka_unit_test(
		    the_pipe_tells_with_v_alone_and_changes_no_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
