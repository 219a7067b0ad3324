/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How long a tool takes from its start: to a connection, to a line that was
 * sent and has come back, or until it has told its version.
 *
 *   bench_start WHAT TIMES COMMAND... */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define LINE "hello\n"

static int open_null(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static void make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC))
		load_die("cannot make a pipe: %s", strerror(errno));
}

/* The line, and nothing else, within our patience. */
static void read_line(int fd)
{
	char text[sizeof(LINE)];
	size_t len = 0;
	while (len < strlen(LINE)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (poll(&p, 1, LOAD_PATIENCE_MS) != 1)
			load_die("no line came");
		ssize_t n = read(fd, text + len, strlen(LINE) - len);
		if (n <= 0)
			load_die("no line came");
		len += (size_t)n;
	}
	if (memcmp(text, LINE, len))
		load_die("the line is not what was sent");
}

static void until_version(char **command, int listener, struct samples *ms)
{
	int null = open_null();
	(void)listener;
	int64_t start_ns = load_now_ns();
	load_wait(load_run(command, null, null));
	samples_add(ms, load_seconds_since(start_ns) * 1e3);
	close(null);
}

static void until_connected(char **command, int listener, struct samples *ms)
{
	int null = open_null();
	int64_t start_ns = load_now_ns();
	pid_t pid = load_run(command, null, null);
	int peer = load_accept(dup(listener), pid);
	samples_add(ms, load_seconds_since(start_ns) * 1e3);
	close(peer);
	load_end(pid);
	close(null);
}

static void until_answered(char **command, int listener, struct samples *ms)
{
	int in[2], out[2];
	make_pipe(in);
	make_pipe(out);
	if (write(in[1], LINE, strlen(LINE)) < 0)
		load_die("cannot write: %s", strerror(errno));
	int64_t start_ns = load_now_ns();
	pid_t pid = load_run(command, in[0], out[1]);
	int peer = load_accept(dup(listener), pid);
	read_line(peer);
	load_send(peer, LINE, strlen(LINE));
	read_line(out[0]);
	samples_add(ms, load_seconds_since(start_ns) * 1e3);
	close(peer);
	load_end(pid);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
}

static const struct {
	const char *name, *figure;
	void (*run)(char **command, int listener, struct samples *ms);
} starts[] = {
	{ "version", "until its version is told", until_version },
	{ "connect", "until it has connected", until_connected },
	{ "answer", "until a line is answered", until_answered },
};

int main(int argc, char **argv)
{
	load_deadline(60);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct samples ms = { 0 };
		char port[8];
		if (argc < 4 || strcmp(argv[1], starts[i].name) != 0)
			continue;
		int listener = load_listen(port);
		load_set_word(argv + 3, "PORT", port);
		for (size_t n = load_number(argv[2]); n; n--)
			starts[i].run(argv + 3, listener, &ms);
		load_tell(starts[i].figure, samples_at(&ms, 0.5), "ms");
		samples_finish(&ms);
		return 0;
	}
	load_die("WHAT TIMES COMMAND...; there is no such start");
}
