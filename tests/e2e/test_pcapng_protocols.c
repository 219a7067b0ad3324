/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Packets of real protocols: tshark decrypts TLS by what the file has, and its
 * dissectors find the messages. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "tls.h"

#define FILE_NAME "x.pcapng"
#define RECORDING "--record", at_path(FILE_NAME)

static void say(struct proc *p, const char *line, const char *answer)
{
	proc_write_text(p, line);
	if (answer)
		proc_expect_out(p, answer);
}

static void finish(struct proc *p)
{
	proc_end_in(p);
	(void)proc_wait(p);
	proc_finish(p);
}

/* A server of Python that prints its port. */
static uint16_t serve(struct proc *server, const char *peer, const char *kind)
{
	char port[8];
	start_python_server(server, peer, kind, port);
	return (uint16_t)strtol(port, NULL, 10);
}

static void dial(struct proc *p, uint16_t port)
{
	proc_sockchat(p, "connect", "--ui", "lines", "--crlf", RECORDING,
	              "127.0.0.1", port_text(port), NULL);
	proc_expect_out(p, "connected to");
}

/* The fields of some packets of a protocol, or of all of them. */
#define FIELDS_OF(packets, protocol, ...)                                 \
	"-Y", packets, "-d", decode_as(port, protocol), "-T", "fields",   \
	    __VA_ARGS__, NULL
#define FIELDS(protocol, ...) FIELDS_OF(protocol, protocol, __VA_ARGS__)

static void http_is_http(void **state)
{
	struct proc p, server;
	uint16_t port = serve(&server, "protocols.py", "http");
	(void)state;
	dial(&p, port);
	say(&p, "GET /nothing HTTP/1.0\n\n", "404 File not found");
	finish(&p);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "GET\t/nothing\n",
	              FIELDS_OF("http.request", "http", "-e",
	                        "http.request.method", "-e",
	                        "http.request.uri"));
	assert_tshark(FILE_NAME, "404\n",
	              FIELDS_OF("http.response", "http", "-e",
	                        "http.response.code"));
	kill(server.pid, SIGTERM);
	finish(&server);
}

static void redis_is_redis(void **state)
{
	struct proc p, server;
	uint16_t port = serve(&server, "protocols.py", "redis");
	(void)state;
	dial(&p, port);
	say(&p, "PING\n", "+PONG");
	finish(&p);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "PONG", FIELDS("resp", "-e",
	                                        "resp.string"));
	kill(server.pid, SIGTERM);
	finish(&server);
}

/* Let it say these bytes, and answer them. */
static void hear(struct proc *p, int fd, const char *line, size_t len,
                 const void *answer, size_t answer_len)
{
	struct text t = { NULL, 0 };
	proc_write_text(p, line);
	assert_int_equal(net_read(fd, &t, len), 0);
	assert_int_equal(t.len, len);
	net_send(fd, answer, answer_len);
	expect_captured(FILE_NAME, answer, answer_len);
	text_finish(&t);
}

static void mqtt_is_mqtt(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), fd;
	(void)state;
	dial(&p, port);
	fd = net_accept(listener);
	hear(&p, fd, "/hex 10 10 00 04 4d515454 04 02 00 3c 00 04 6e616d65\n",
	     18, "\x20\x02\x00\x00", 4);
	hear(&p, fd, "/hex 82 08 00 01 00 03 61 2f 62 00\n", 10,
	     "\x90\x03\x00\x01\x00", 5);
	hear(&p, fd, "/hex 30 06 00 03 61 2f 62 78\n", 8, "", 0);
	hear(&p, fd, "/hex e0 00\n", 2, "", 0);
	close(fd);
	close(listener);
	finish(&p);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "1\n2\n8\n9\n3\n14\n",
	              FIELDS("mqtt", "-e", "mqtt.msgtype"));
}

static void mysql_is_mysql(void **state)
{
	static const uint8_t greeting[] =
	    "\x49\0\0\0\x0a" "8.0.1\0" "\x08\0\0\0" "abcdefgh\0"
	    "\xff\xf7\x08\x02\0\x7f\x80\x15\0\0\0\0\0\0\0\0\0\0"
	    "ijklmnopqrst\0" "mysql_native_password";
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), fd;
	(void)state;
	dial(&p, port);
	fd = net_accept(listener);
	net_send(fd, greeting, sizeof(greeting));
	proc_expect_out(&p, "native_password");
	hear(&p, fd, "/hex 01 00 00 01 0e\n", 5, "", 0);
	close(fd);
	close(listener);
	finish(&p);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "8.0.1", FIELDS("mysql", "-e",
	                                         "mysql.version"));
}

/* TLS */

static void tls_of_a_client_is_decrypted(void **state)
{
	static const char *const versions[] = { "max=TLSv1_3", "max=TLSv1_2" };
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc p, server;
		uint16_t port = tls_serve(&server, "echo", "server",
		                          versions[i], NULL);
		proc_sockchat(&p, "connect", "--ui", "lines", TRUSTING,
		              RECORDING, tls_url(port), NULL);
		proc_expect_out(&p, "connected to");
		say(&p, "in secret\n", " < in secret");
		say(&p, "/close\n", "connection closed");
		finish(&p);
		finish(&server);
		if (i == 0) /* in 1.2 a close may not wait, and then resets */
			assert_capture(FILE_NAME, 1, 0);
		assert_follow_texts(FILE_NAME, "tls", 0, "in secret\n",
		                    "in secret\n");
		unlink(at_path(FILE_NAME));
	}
}

static void start_openssl(struct proc *client, uint16_t port,
                          const char *starttls)
{
	char address[40];
	const char *argv[] = { "openssl", "s_client", "-quiet", "-CAfile",
		               cert_path("root.pem"), "-connect", address,
		               starttls ? "-starttls" : NULL, starttls, NULL };
	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	proc_start(client, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void tls_of_a_server_is_decrypted(void **state)
{
	struct proc p, client;
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", SERVING, RECORDING,
	              "tls://127.0.0.1:0", NULL);
	start_openssl(&client, proc_lines_port(&p), NULL);
	proc_expect_out(&p, "connection from");
	proc_write_text(&client, "in secret\n");
	proc_expect_out(&p, " < in secret");
	say(&p, "heard\n", NULL);
	proc_expect_out(&client, "heard\n");
	proc_end_in(&client);
	finish(&p);
	finish(&client);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tls", 0, "in secret\n", "heard\n");
}

/* Two clients and each of a number of connections has secrets of its own. */
static void secrets_stand_before_the_packets_that_need_them(void **state)
{
	struct proc p, clients[2];
	uint16_t port;
	(void)state;
	proc_sockchat(&p, "listen", "--keep-open", "--ui", "lines", SERVING,
	              RECORDING, "tls://127.0.0.1:0", NULL);
	port = proc_lines_port(&p);
	for (int i = 0; i < 2; i++) {
		start_openssl(&clients[i], port, NULL);
		proc_write_text(&clients[i], i ? "second\n" : "first\n");
		proc_expect_out(&p, i ? "second" : "first");
	}
	say(&p, "both\n", NULL);
	for (int i = 0; i < 2; i++) {
		proc_expect_out(&clients[i], "both\n");
		proc_end_in(&clients[i]);
	}
	finish(&p);
	for (int i = 0; i < 2; i++)
		finish(&clients[i]);
	assert_capture(FILE_NAME, 2, 0);
	/* One pass alone: nothing of what comes later helps. */
	assert_follow_texts(FILE_NAME, "tls", 0, "first\n", "both\n");
	assert_follow_texts(FILE_NAME, "tls", 1, "second\n", "both\n");
}

/* Whoever gets the file of one conversation cannot decrypt another. */
static void a_file_has_the_secrets_of_its_own_connection_alone(void **state)
{
	struct proc p, clients[2];
	uint16_t port;
	(void)state;
	proc_sockchat(&p, "listen", "--keep-open", "--ui", "lines", SERVING,
	              "--record", at_path("%n.pcapng"), "tls://127.0.0.1:0",
	              NULL);
	port = proc_lines_port(&p);
	for (int i = 0; i < 2; i++) {
		start_openssl(&clients[i], port, NULL);
		proc_write_text(&clients[i], i ? "second\n" : "first\n");
		proc_expect_out(&p, i ? "second" : "first");
	}
	for (int i = 0; i < 2; i++)
		proc_end_in(&clients[i]);
	finish(&p);
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "2.pcapng" : "1.pcapng";
		struct text file = captured(name);
		const char *at = memmem(file.bytes, file.len,
		                        "CLIENT_TRAFFIC", 14);
		assert_non_null(at);
		at++;
		assert_null(memmem(at, file.len - (size_t)(at - file.bytes),
		                   "CLIENT_TRAFFIC", 14));
		text_finish(&file);
		finish(&clients[i]);
		assert_capture(name, 1, 0);
		assert_follow_texts(name, "tls", 0, i ? "second\n" : "first\n",
		                    "");
	}
}

static void tls_in_mid_conversation_is_decrypted(void **state)
{
	const char *argv[] = { "python3", peer_path("starttls_peer.py"),
		               "smtp", cert_path("server.pem"),
		               cert_path("server.key"), NULL };
	struct proc p, server;
	(void)state;
	proc_start(&server, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&server, "\n");
	uint16_t port = (uint16_t)strtol(
	    server.out_text.bytes + strlen("Listening on "), NULL, 10);
	proc_sockchat(&p, "connect", "--ui", "lines", "--crlf", TRUSTING,
	              RECORDING, "127.0.0.1", port_text(port), NULL);
	proc_expect_out(&p, "220 mail.example");
	say(&p, "EHLO me\n", "250 STARTTLS");
	say(&p, "STARTTLS\n", "220 go ahead");
	say(&p, "/starttls\nNOOP in secret\n", "250 heard NOOP in secret");
	say(&p, "QUIT\n", "221 bye");
	finish(&p);
	finish(&server);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "EHLO\nSTAR\nNOOP\nQUIT\n", "-Y",
	              "smtp.req.command", "-d", decode_as(port, "smtp"), "-T",
	              "fields", "-e", "smtp.req.command", NULL);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(http_is_http),
		T(redis_is_redis),
		T(mqtt_is_mqtt),
		T(mysql_is_mysql),
		T(tls_of_a_client_is_decrypted),
		T(tls_of_a_server_is_decrypted),
		T(secrets_stand_before_the_packets_that_need_them),
		T(a_file_has_the_secrets_of_its_own_connection_alone),
		T(tls_in_mid_conversation_is_decrypted),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("protocols", tests, certs_setup,
	                                   certs_teardown);
}
