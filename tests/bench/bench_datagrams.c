/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams as fast as they go, to a tool that writes a log of them to its
 * standard output.  Each of them is to stand there, or was dropped by the
 * system, which counts those; one that tells is to tell the same.
 *
 *   bench_datagrams tells|silent COUNT COMMAND...   PORT is in it */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

#define LENGTH   100
#define TEXT     40 /* of them, by which they are found */
#define LOOK_MS  10
#define QUIET_MS 1500 /* then nothing more comes */

#define DROPPED " dropped by this system"

/* How many the system has dropped for the socket at this port, by the last of
 * its columns; -1: there is none. */
static long find_drops(const char *port)
{
	char line[512];
	unsigned here, ours = (unsigned)load_number(port);
	long found = -1, drops;
	FILE *file = fopen("/proc/net/udp", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*8x:%4x %*s %*s %*s %*s %*s %*s %*s "
		                 "%*s %*s %*s %ld", &here, &drops) == 2 &&
		    here == ours)
			found = drops;
	if (file)
		fclose(file);
	return found;
}

static pid_t start_tool(char **command, int log, char port[8])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	close(load_listen(port));
	load_set_word(command, "PORT", port);
	load_pin(LOAD_TOOL);
	pid_t tool = load_run(command, null, log);
	load_pin(LOAD_GENERATOR);
	close(null);
	while (find_drops(port) < 0)
		if (load_has_ended(tool, 1))
			load_die("the tool has ended");
	return tool;
}

static void send_all(const char *port, size_t count)
{
	struct sockaddr_in to = load_address(port);
	char bytes[LENGTH];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memset(bytes, '.', LENGTH);
	memcpy(bytes, load_bytes(0), TEXT);
	bytes[LENGTH - 1] = '\n';
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		load_die("cannot connect: %s", strerror(errno));
	for (size_t i = 0; i < count; i++)
		if (send(fd, bytes, LENGTH, 0) != LENGTH)
			load_die("cannot send: %s", strerror(errno));
	close(fd);
}

static off_t size_of(int log)
{
	struct stat s;
	return fstat(log, &s) ? 0 : s.st_size;
}

/* Wait until the log does not grow any more. */
static void wait_for_quiet(int log)
{
	int64_t last_ns = load_now_ns();
	off_t size = -1;
	while (load_seconds_since(last_ns) * 1e3 < QUIET_MS) {
		if (size_of(log) != size)
			last_ns = load_now_ns();
		size = size_of(log);
		usleep(LOOK_MS * 1000);
	}
}

struct found {
	size_t logged, told;
};

/* "12 datagrams dropped by this system" */
static size_t number_before(const char *at)
{
	const char *digit = at - strlen(" datagram");
	while (*digit != ' ')
		digit--;
	while (digit[-1] >= '0' && digit[-1] <= '9')
		digit--;
	return strtoul(digit, NULL, 10);
}

static struct found read_log(int log)
{
	struct found found = { 0 };
	size_t len = (size_t)size_of(log);
	const char *all = mmap(NULL, len + 1, PROT_READ, MAP_PRIVATE, log, 0);
	const char *end = all + len, *at = all;
	if (all == MAP_FAILED)
		load_die("there is no log");
	for (; (at = memmem(at, (size_t)(end - at), load_bytes(0), TEXT)); at++)
		found.logged++;
	for (at = all; (at = memmem(at, (size_t)(end - at), DROPPED,
	                            strlen(DROPPED))); at++)
		found.told += number_before(at);
	return found;
}

static void run(bool tells, size_t count, char **command)
{
	char port[8];
	int log = memfd_create("bench", MFD_CLOEXEC);
	pid_t tool = start_tool(command, log, port);
	double cpu = load_cpu(tool);
	int64_t start_ns = load_now_ns();
	send_all(port, count);
	double seconds = load_seconds_since(start_ns);
	wait_for_quiet(log);
	cpu = load_cpu(tool) - cpu;
	size_t dropped = (size_t)find_drops(port);
	load_end(tool);
	struct found found = read_log(log);
	if (found.logged + dropped != count)
		load_die("%zu sent, %zu in the log, %zu dropped by the system",
		         count, found.logged, dropped);
	if (tells && found.told != dropped)
		load_die("%zu dropped by the system, but %zu told", dropped,
		         found.told);
	load_tell("in the log", (double)found.logged, "of them");
	load_tell("dropped by the system", (double)dropped, "of them");
	if (tells)
		load_tell("told as dropped", (double)found.told, "of them");
	load_tell("sent", (double)count / 1e3 / seconds, "k/s");
	load_tell("CPU of one", cpu * 1e6 / (double)found.logged, "us");
}

int main(int argc, char **argv)
{
	bool tells = argc > 3 && strcmp(argv[1], "tells") == 0;
	load_deadline(60);
	if (argc < 4 || (!tells && strcmp(argv[1], "silent") != 0))
		load_die("tells or silent, COUNT and COMMAND...");
	run(tells, load_number(argv[2]), argv + 3);
}
