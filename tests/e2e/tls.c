/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "tls.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Words for command lines */

const char *tls_url(uint16_t port)
{
	static char urls[4][40];
	static size_t next;
	char *url = urls[next++ % 4];

	snprintf(url, sizeof(urls[0]), "tls://127.0.0.1:%u", port);
	return url;
}

const char *tls_word(const char *name, const char *value)
{
	static char words[8][400];
	static size_t next;
	char *word = words[next++ % 8];

	snprintf(word, sizeof(words[0]), "%s=%s", name, value);
	return word;
}

static void start_peer(struct proc *p, const char *const first[], va_list more)
{
	const char *words[WORDS_MAX] = { "python3", peer_path("tls_peer.py") };
	size_t count = 2;

	for (; *first; first++)
		words[count++] = *first;
	do {
		assert_true(count < WORDS_MAX);
		words[count] = va_arg(more, const char *);
	} while (words[count++]);
	proc_start(p, words, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

uint16_t tls_serve(struct proc *server, const char *mode, const char *cert, ...)
{
	static const char before[] = "Listening on ";
	char pem[40], key[40];
	va_list more;

	snprintf(pem, sizeof(pem), "%s.pem", cert);
	snprintf(key, sizeof(key), "%s.key", cert);
	const char *const first[] = { "serve", mode,
		                      tls_word("cert", cert_path(pem)),
		                      tls_word("key", cert_path(key)), NULL };
	va_start(more, cert);
	start_peer(server, first, more);
	va_end(more);
	proc_expect_out(server, "\n");
	const char *at = strstr(server->out_text.bytes, before);
	assert_non_null(at);
	return (uint16_t)strtol(at + strlen(before), NULL, 10);
}

void tls_call(struct proc *client, const char *mode, unsigned port, ...)
{
	const char *const first[] = {
		"call", mode, tls_word("port", port_text((uint16_t)port)), NULL,
	};
	va_list more;

	va_start(more, port);
	start_peer(client, first, more);
	va_end(more);
}

/* Ports */

#define SOCKETS_MAX 64

/* The inodes of the sockets that a program has; returns how many. */
static size_t inodes_of(pid_t pid, unsigned long inodes[SOCKETS_MAX])
{
	char path[64], link[330];
	size_t count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && (e = readdir(dir));) {
		snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		char name[64] = "";
		if (readlink(link, name, sizeof(name) - 1) > 0 &&
		    strncmp(name, "socket:[", 8) == 0 && count < SOCKETS_MAX)
			inodes[count++] = strtoul(name + 8, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return count;
}

/* A row of /proc/net/tcp: the port of a listening socket with one of these
 * inodes, or 0. */
static uint16_t port_in_row(const char *row, const unsigned long *inodes,
                            size_t count)
{
	unsigned long inode;
	unsigned port, state;

	if (sscanf(row, " %*d: %*x:%x %*x:%*x %x %*s %*s %*s %*s %*s %lu",
	           &port, &state, &inode) != 3 || state != 0x0a)
		return 0;
	while (count)
		if (inodes[--count] == inode)
			return (uint16_t)port;
	return 0;
}

/* Until then it has what it will close: our own sockets. */
static bool is_running(pid_t pid)
{
	char path[64], name[300] = "", own[300] = "";

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return readlink(path, name, sizeof(name) - 1) > 0 &&
	       readlink("/proc/self/exe", own, sizeof(own) - 1) > 0 &&
	       strcmp(name, own) != 0;
}

static uint16_t find_port(pid_t pid)
{
	static const char *const tables[] = { "/proc/net/tcp",
		                              "/proc/net/tcp6" };
	unsigned long inodes[SOCKETS_MAX];
	size_t count = is_running(pid) ? inodes_of(pid, inodes) : 0;
	uint16_t port = 0;
	char row[300];

	for (size_t i = 0; i < 2 && !port; i++) {
		FILE *f = fopen(tables[i], "re");
		while (f && !port && fgets(row, sizeof(row), f))
			port = port_in_row(row, inodes, count);
		if (f)
			fclose(f);
	}
	return port;
}

uint16_t port_of(struct proc *p)
{
	int64_t start = now_ms();
	uint16_t port;

	while (!(port = find_port(p->pid))) {
		bool has_ended = p->out < 0 && p->err < 0;
		if (has_ended || now_ms() - start > DEADLINE_MS)
			fail_msg("it does not listen: %s",
			         p->err_text.len ? p->err_text.bytes : "");
		proc_watch(p, 10);
	}
	return port;
}

uint16_t free_port(void)
{
	uint16_t port;

	close(net_bind(&port));
	return port;
}

/* Streams */

static void *run_limited_checker(void *stream)
{
	struct stream *s = stream;

	s->result = stream_check_first(s->fd, s->total);
	return NULL;
}

/* Wait for the end of a stream; without the programs it ends. */
static void join_in_time(struct stream *s, struct proc *p, struct proc *q)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE_MS / 1000;
	if (!pthread_timedjoin_np(s->thread, NULL, &until))
		return;
	kill(p->pid, SIGKILL);
	kill(q->pid, SIGKILL);
	pthread_join(s->thread, NULL);
}

/* `p` has taken all that was written, and so many bytes came out of it. */
static void check_streams(struct proc *p, int64_t was_taken, int64_t came,
                          uint64_t total)
{
	if (was_taken && came == (int64_t)total)
		return;
	proc_watch(p, 100);
	fail_msg("%" PRId64 " of %" PRIu64 " bytes came out of it%s: %s", came,
	         total, was_taken ? "" : ", and it did not take its input",
	         p->err_text.len ? p->err_text.bytes : "");
}

void swap_streams(struct proc *p, struct proc *q, uint64_t total)
{
	struct stream s[] = {
		{ .fd = p->in, .total = total, .ends = true },
		{ .fd = q->in, .total = total, .ends = true },
		{ .fd = p->out, .total = total },
		{ .fd = q->out, .total = total },
	};

	for (int i = 0; i < 4; i++)
		pthread_create(&s[i].thread, NULL,
		               i < 2 ? run_writer : run_limited_checker, &s[i]);
	for (int i = 0; i < 4; i++)
		join_in_time(&s[i], p, q);
	check_streams(p, s[0].result, s[2].result, total);
	check_streams(q, s[1].result, s[3].result, total);
}
