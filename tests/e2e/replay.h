/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files of conversations, and programs that play them. */

#ifndef E2E_REPLAY_H
#define E2E_REPLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define FIRST "# sockchat conversation 1\n"

/* Write a file in HOME.  Returns its path. */
static inline const char *chat_file(const char *name, const char *steps)
{
	const char *path = pty_home(name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, FIRST "%s", steps);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* Let a sockchat play these steps with us, who listen.  The words, which are
 * options, end in NULL.  Returns our descriptor. */
static inline int play_client(struct proc *p, const char *steps, ...)
{
	const char *words[WORDS_MAX] = { NULL, "connect", "--replay",
		                         chat_file("talk.chat", steps) };
	uint16_t port;
	int listener = net_listen(&port), fd, n = 4;
	va_list ap;

	va_start(ap, steps);
	for (const char *word; (word = va_arg(ap, const char *));)
		words[n++] = word;
	va_end(ap);
	words[n++] = "127.0.0.1";
	words[n++] = port_text(port);
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(p);
	fd = net_accept(listener);
	close(listener);
	return fd;
}

/* The same, and it listens.  Returns its port. */
static inline uint16_t play_server(struct proc *p, const char *steps, ...)
{
	const char *words[WORDS_MAX] = { NULL, "listen", "--replay",
		                         chat_file("serve.chat", steps) };
	int n = 4;
	va_list ap;

	va_start(ap, steps);
	for (const char *word; (word = va_arg(ap, const char *));)
		words[n++] = word;
	va_end(ap);
	words[n++] = "127.0.0.1";
	words[n++] = "0";
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(p);
	return proc_lines_port(p);
}

static inline void expect_success(struct proc *p)
{
	proc_expect_exit(p, 0);
	assert_silent(p);
	assert_non_null(strstr(p->out_text.bytes, "all is as written"));
	proc_finish(p);
}

static inline void expect_failure(struct proc *p, const char *text)
{
	proc_expect_exit(p, 1);
	if (!strstr(p->out_text.bytes, text))
		fail_msg("'%s' is not in: %s", text, p->out_text.bytes);
	proc_finish(p);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

#endif
