/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Another program at the wheel: the examples of sockchat-entries(5), as they
 * stand there, with a peer that looks at what they answer. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"

/* An example that runs, and the file that it is in. */
struct example {
	struct proc proc;
	char path[32];
};

/* Take it out of the manual. */
static void extract(struct example *x, const char *name)
{
	const char *argv[] = { "sh", peer_path("example.sh"), name, NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	assert_true(p.out_text.len > 0);
	strcpy(x->path, "/tmp/example-XXXXXX");
	int fd = mkstemp(x->path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p.out_text.bytes, p.out_text.len),
	                 p.out_text.len);
	close(fd);
	proc_finish(&p);
}

/* Let `runs` run it, and find our sockchat. */
static void start_example(struct example *x, const char *runs, const char *name,
                          const char *const words[3])
{
	const char *argv[] = { runs, x->path, words[0], words[1], words[2],
		               NULL };
	const char *bin = getenv("SOCKCHAT_BIN");
	char path[4096];
	const char *env[] = { path, NULL };

	extract(x, name);
	snprintf(path, sizeof(path), "PATH=%.*s:%s",
	         (int)(strrchr(bin, '/') - bin), bin, getenv("PATH"));
	proc_start(&x->proc, argv, env, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void finish_example(struct example *x, int status)
{
	proc_expect_exit(&x->proc, status);
	proc_finish(&x->proc);
	unlink(x->path);
}

static int connect_to_capitals(struct example *x)
{
	start_example(x, "python3", "capitals.py", (const char *[3]){ "0" });
	return net_connect(proc_lines_port(&x->proc));
}

static void python_answers_each_line_in_capitals(void **state)
{
	struct example x;
	int fd = connect_to_capitals(&x);

	(void)state;
	net_send_text(fd, "hel");
	net_send_text(fd, "lo\n/quit\n\n안녕!\nthe end");
	shutdown(fd, SHUT_WR);
	net_expect(fd, "HELLO\n/QUIT\n\n안녕!\nTHE END\n");
	net_expect_end(fd);
	close(fd);
	finish_example(&x, 0);
}

static void python_learns_that_the_conversation_broke(void **state)
{
	struct example x;
	int fd = connect_to_capitals(&x);

	(void)state;
	net_send_text(fd, "hello\n");
	net_expect(fd, "HELLO\n");
	net_reset(fd);
	finish_example(&x, 1);
}

/* The peer of the other two, who connect to us. */
static int accept_example(struct example *x, const char *runs, const char *name,
                          const char *word)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *host = "127.0.0.1", *at = port_text(port);

	start_example(x, runs, name,
	              word ? (const char *[3]){ word, host, at }
	                   : (const char *[3]){ host, at });
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void node_answers_what_it_is_asked(void **state)
{
	struct example x;
	int fd = accept_example(&x, "node", "login.js", NULL);

	(void)state;
	net_send_text(fd, "welcome\nuser?\n");
	net_expect(fd, "anna\n");
	net_send_text(fd, "password?\n");
	net_expect(fd, "/pass/\n");
	net_send_text(fd, "bye\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	finish_example(&x, 0);
}

static void node_learns_that_nobody_listens(void **state)
{
	struct example x;
	uint16_t port;
	int fd = net_bind(&port);

	(void)state;
	start_example(&x, "node", "login.js",
	              (const char *[3]){ "127.0.0.1", port_text(port) });
	finish_example(&x, 1);
	close(fd);
}

static void a_shell_sends_every_byte_back(void **state)
{
	struct example x;
	struct text got = { 0 };
	char bytes[1024];
	int fd = accept_example(&x, "sh", "echo.sh", "connect");

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	net_send(fd, bytes, sizeof(bytes));
	net_send_text(fd, "\"dir\":\"out\",\"hex\":\"00\"\n");
	shutdown(fd, SHUT_WR);
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_int_equal(got.len, sizeof(bytes) + 23);
	assert_memory_equal(got.bytes, bytes, sizeof(bytes));
	text_finish(&got);
	close(fd);
	finish_example(&x, 0);
}

static void a_shell_learns_that_the_conversation_broke(void **state)
{
	struct example x;
	int fd = accept_example(&x, "sh", "echo.sh", "connect");

	(void)state;
	net_send_text(fd, "hello\n");
	net_expect(fd, "hello\n");
	net_reset(fd);
	finish_example(&x, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_answers_each_line_in_capitals),
		cmocka_unit_test(python_learns_that_the_conversation_broke),
		cmocka_unit_test(node_answers_what_it_is_asked),
		cmocka_unit_test(node_learns_that_nobody_listens),
		cmocka_unit_test(a_shell_sends_every_byte_back),
		cmocka_unit_test(a_shell_learns_that_the_conversation_broke),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
