/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages of programs that speak protocols of their own. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "unix.h"

static void start(struct proc *p, const char *const *argv)
{
	proc_start(p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void connect_json(struct proc *p, const char *frame, const char *name)
{
	proc_sockchat(p, "connect", "--json", "--crlf", "--frame", frame,
	              at_url(name), NULL);
	proc_expect_out(p, "\"state\":\"open\"");
}

/* Its file is there before it listens. */
static void await_listener(const char *name)
{
	struct proc p;
	proc_sockchat(&p, "connect", "-z", "--retry", at_url(name), NULL);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void listen_json(struct proc *p, const char *frame)
{
	proc_sockchat(p, "listen", "--json", "--frame", frame, at_url("x"),
	              NULL);
	proc_expect_out(p, "\"state\":\"listening\"");
}

static void say(struct proc *p, const char *line, const char *answer)
{
	proc_write_text(p, line);
	proc_expect_out(p, answer);
}

static void stop_both(struct proc *p, struct proc *server)
{
	proc_write_text(p, "/quit\n");
	proc_expect_exit(p, 0);
	proc_finish(p);
	kill(server->pid, SIGTERM);
	proc_wait(server);
	proc_finish(server);
}

/* The client has gone, and the listener with it. */
static void finish_both(struct proc *p, struct proc *client)
{
	proc_end_in(p);
	proc_expect_exit(p, 0);
	proc_finish(p);
	proc_finish(client);
}

/* A file of the test's folder. */
static void write_conf(const char *name, const char *before, const char *after)
{
	FILE *f = fopen(at_path(name), "we");
	assert_non_null(f);
	fprintf(f, "%s%s%s", before, at_path("s"), after);
	fclose(f);
}

#define WHOLE "\",\"complete\":true"

static void streams_are_cut_in_pieces_of_every_size(void **state)
{
	const char *argv[] = { "python3", peer_path("frame_streams.py"),
		               getenv("SOCKCHAT_BIN"), NULL };
	struct proc p;
	(void)state;
	start(&p, argv);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void an_answer_of_redis_is_one_message(void **state)
{
	const char *argv[] = { "redis-server", "--port", "0", "--unixsocket",
		               at_path("s"),   "--save", "",  "--dir",
		               at_path(""),    NULL };
	struct proc redis, p;
	(void)state;
	start(&redis, argv);
	proc_expect_out(&redis, "eady to accept connections");
	connect_json(&p, "resp", "s");
	say(&p, "SET k \"a\\nb\"\n", "\"text\":\"+OK\\r\\n" WHOLE);
	say(&p, "GET k\n", "\"text\":\"$3\\r\\na\\nb\\r\\n" WHOLE);
	say(&p, "EVAL \"return {1,{2,'x'},'y'}\" 0\n",
	    "\"text\":\"*3\\r\\n:1\\r\\n*2\\r\\n:2\\r\\n$1\\r\\nx\\r\\n"
	    "$1\\r\\ny\\r\\n" WHOLE);
	say(&p, "HELLO 3\n", "\"text\":\"%7\\r\\n$6\\r\\nserver\\r\\n");
	say(&p, "GET none\n", "\"text\":\"_\\r\\n" WHOLE);
	stop_both(&p, &redis);
}

static void a_command_of_redis_cli_is_one_message(void **state)
{
	const char *argv[] = { "redis-cli", "-s",   at_path("x"), "SET",
		               "k",         "a\nb", NULL };
	struct proc cli, p;
	(void)state;
	listen_json(&p, "resp");
	start(&cli, argv);
	proc_expect_out(&p,
	                "\"text\":\"*3\\r\\n$3\\r\\nSET\\r\\n$1\\r\\nk\\r\\n"
	                "$3\\r\\na\\nb\\r\\n" WHOLE);
	proc_write_text(&p, "/send +OK\\r\\n\n");
	proc_expect_exit(&cli, 0);
	assert_out(&cli, "OK\n");
	finish_both(&p, &cli);
}

static void a_packet_of_mosquitto_is_one_message(void **state)
{
	const char *argv[] = { "/usr/sbin/mosquitto", "-c", at_path("conf"),
		               NULL };
	const char *pub[] = { "mosquitto_pub", "--unix", at_path("s"), "-t",
		              "a/b",           "-m",     "x\ny",       NULL };
	struct proc server, client, p;
	(void)state;
	write_conf("conf", "user root\nallow_anonymous true\nlistener 0 ",
	           "\n");
	start(&server, argv);
	proc_expect_err(&server, " running");
	connect_json(&p, "mqtt", "s");
	say(&p, "/hex 10 00 04 4d515454 04 02 00 3c 00 00\n",
	    "\"text\":\" \\u0002\\u0000\\u0000" WHOLE);
	say(&p, "/hex 82 00 01 00 03 61 2f 62 00\n", "\"kAMAAQA=" WHOLE);
	start(&client, pub);
	proc_expect_exit(&client, 0);
	proc_finish(&client);
	proc_expect_out(&p, "\"frame\":\"mqtt\",\"prefix\":1,\"len\":10,"
	                    "\"text\":\"0\\b\\u0000\\u0003a/bx\\ny" WHOLE);
	stop_both(&p, &server);
}

static void write_nginx_conf(void)
{
	write_conf("conf",
	           "daemon off; master_process off; pid nginx.pid;\n"
	           "events {} http { access_log off; gzip on;\n"
	           "gzip_types text/plain; gzip_min_length 1;\n"
	           "client_body_temp_path /tmp; proxy_temp_path /tmp;\n"
	           "fastcgi_temp_path /tmp; uwsgi_temp_path /tmp;\n"
	           "scgi_temp_path /tmp; server { listen unix:",
	           ";\nlocation / { return 200 'hello from nginx'; } } }\n");
}

#define REQUEST(method, more) method " / HTTP/1.1\nHost: x\n" more "\n"

static void answers_of_nginx_are_messages_with_their_bodies(void **state)
{
	const char *argv[] = { "/usr/sbin/nginx", "-e", "stderr", "-p",
		               at_path(""),       "-c", "conf",   NULL };
	struct proc server, p;
	(void)state;
	write_nginx_conf();
	start(&server, argv);
	await_listener("s");
	connect_json(&p, "http", "s");
	say(&p, REQUEST("HEAD", ""), "Content-Length: 16\\r\\n");
	proc_expect_out(&p, "keep-alive\\r\\n\\r\\n" WHOLE);
	say(&p, REQUEST("GET", "Accept-Encoding: gzip\n"), "\"base64\":\"");
	say(&p, REQUEST("GET", ""), "\\r\\n\\r\\nhello from nginx" WHOLE);
	stop_both(&p, &server);
}

static void a_request_of_curl_is_one_message_with_its_chunks(void **state)
{
	const char *argv[] = {
		"curl",       "-sS", "--unix-socket",
		at_path("x"), "-H",  "Transfer-Encoding: chunked",
		"-d",         "a=b", "http://localhost/path",
		NULL
	};
	struct proc curl, p;
	(void)state;
	listen_json(&p, "http");
	start(&curl, argv);
	proc_expect_out(&p, "\"text\":\"POST /path HTTP/1.1\\r\\n");
	proc_expect_out(&p, "\\r\\n\\r\\n3\\r\\na=b\\r\\n0\\r\\n\\r\\n" WHOLE);
	proc_write_text(&p, "/send HTTP/1.1 200 OK\\r\\nContent-Length: 2"
	                    "\\r\\n\\r\\nok\n");
	proc_expect_exit(&curl, 0);
	assert_out(&curl, "ok");
	finish_both(&p, &curl);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(streams_are_cut_in_pieces_of_every_size),
		T(an_answer_of_redis_is_one_message),
		T(a_command_of_redis_cli_is_one_message),
		T(a_packet_of_mosquitto_is_one_message),
		T(answers_of_nginx_are_messages_with_their_bodies),
		T(a_request_of_curl_is_one_message_with_its_chunks),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
