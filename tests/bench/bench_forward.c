/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Many bytes through a tool that forwards: a client of it sends them, or the
 * target does, or both at once.  Every byte is to arrive, in its order.
 *
 *   bench_forward up|down|both MIB COMMAND...   PORT and TARGET are in it */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "load.h"

#define HELPERS 4

static size_t size;
static pid_t helpers[HELPERS];
static size_t helper_count;

static void start_helper(void (*work)(int fd), int fd)
{
	pid_t pid = load_fork();
	if (!pid) {
		work(fd);
		_exit(0);
	}
	helpers[helper_count++] = pid;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void send_all(int fd)
{
	for (size_t at = 0, n; at < size; at += n) {
		n = smaller(size - at, LOAD_BLOCK);
		load_send(fd, load_bytes(at), n);
	}
}

/* The end is not waited for: some take a while to pass it on. */
static void receive_all(int fd)
{
	static char bytes[LOAD_BLOCK];
	for (size_t at = 0; at < size;) {
		ssize_t n = load_recv(fd, bytes, sizeof(bytes), 0);
		if (n <= 0)
			load_die("%zu bytes of %zu came", at, size);
		load_check(bytes, (size_t)n, at);
		at += (size_t)n;
	}
}

/* A message each way, so that nothing is measured that a first one costs. */
static void greet(int from, int to)
{
	char bytes[LOAD_LINE];
	load_send(from, load_bytes(0), LOAD_LINE);
	for (size_t at = 0; at < LOAD_LINE;) {
		ssize_t n = load_recv(to, bytes, LOAD_LINE - at, 0);
		if (n <= 0)
			load_die("a first message did not come");
		at += (size_t)n;
	}
}

static pid_t start_tool(char **command, const char *target, char port[8])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int said = memfd_create("bench", MFD_CLOEXEC); /* the transcript */
	close(load_listen(port));
	load_set_word(command, "PORT", port);
	load_set_word(command, "TARGET", target);
	pid_t tool = load_run(command, null, said);
	close(null);
	close(said);
	return tool;
}

static void measure(pid_t tool, int client, int target, bool up, bool down)
{
	double gib = (double)size * (up + down) / (1 << 30);
	double cpu = load_cpu(tool);
	int64_t start_ns = load_now_ns();
	if (up) {
		start_helper(send_all, client);
		start_helper(receive_all, target);
	}
	if (down) {
		start_helper(send_all, target);
		start_helper(receive_all, client);
	}
	for (size_t i = 0; i < helper_count; i++)
		load_wait(helpers[i]);
	load_tell("moved", gib / load_seconds_since(start_ns), "GiB/s");
	load_tell("CPU", (load_cpu(tool) - cpu) / gib, "s/GiB");
}

static void run(bool up, bool down, char **command)
{
	char port[8], target_port[8];
	int listener = load_listen(target_port);
	pid_t tool = start_tool(command, target_port, port);
	int client = load_dial(tool, port);
	int target = load_accept(listener, tool);
	greet(client, target);
	greet(target, client);
	load_bytes(0);
	measure(tool, client, target, up, down);
	load_close(client);
	load_close(target);
	load_end(tool);
}

static const struct {
	const char *name;
	bool up, down;
} modes[] = {
	{ "up", true, false },
	{ "down", false, true },
	{ "both", true, true },
};

int main(int argc, char **argv)
{
	load_deadline(60);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (argc < 4 || strcmp(argv[1], modes[i].name) != 0)
			continue;
		size = load_number(argv[2]) << 20;
		run(modes[i].up, modes[i].down, argv + 3);
		return 0;
	}
	load_die("up, down or both, MIB and COMMAND...");
}
