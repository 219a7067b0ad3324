/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the load generators share. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define PAGE   4096
#define PERIOD ((size_t)251 * PAGE) /* no multiple of any buffer's size */
#define STRIDE 256

void load_die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void on_alarm(int signal)
{
	static const char text[] = "bench: it took too long\n";
	(void)signal;
	_exit(write(STDERR_FILENO, text, strlen(text)) < 0 ? 2 : 1);
}

void load_deadline(unsigned seconds)
{
	struct sigaction a = { .sa_handler = on_alarm };
	sigaction(SIGALRM, &a, NULL);
	alarm(seconds);
}

int64_t load_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * LOAD_SECOND_NS + t.tv_nsec;
}

double load_seconds_since(int64_t ns)
{
	return (double)(load_now_ns() - ns) / (double)LOAD_SECOND_NS;
}

size_t load_number(const char *word)
{
	char *end;
	errno = 0;
	unsigned long n = strtoul(word, &end, 10);
	if (errno || end == word || *end)
		load_die("not a number: %s", word);
	return n;
}

static struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)load_number(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

int load_listen(char port[8])
{
	struct sockaddr_in a = loopback("0");
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		load_die("cannot listen: %s", strerror(errno));
	snprintf(port, 8, "%d", ntohs(a.sin_port));
	return fd;
}

int load_accept(int fd, pid_t tool)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = pidfd_open(tool, 0), .events = POLLIN },
	};
	if (poll(p, 2, LOAD_PATIENCE_MS) < 1 || !p[0].revents)
		load_die("nobody has connected");
	close(p[1].fd);
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		load_die("cannot accept: %s", strerror(errno));
	close(fd);
	load_secure(peer, true);
	return peer;
}

int load_dial(pid_t tool, const char *port)
{
	struct sockaddr_in a = loopback(port);
	int64_t end = load_now_ns() + LOAD_PATIENCE_MS * INT64_C(1000000);
	int on = 1;
	for (;;) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			load_die("no more sockets: %s", strerror(errno));
		if (!connect(fd, (struct sockaddr *)&a, sizeof(a))) {
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
			           sizeof(on));
			load_secure(fd, false);
			return fd;
		}
		if (errno != ECONNREFUSED || load_now_ns() > end)
			load_die("cannot connect: %s", strerror(errno));
		close(fd);
		if (load_has_ended(tool, 1))
			load_die("the tool has ended");
	}
}

/* Letters in lines: what is made of them is easy to show, for those who do. */
static void fill(char *bytes, size_t len)
{
	uint64_t x = 88172645463325252; /* xorshift64, its own seed */
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bytes[i] = (char)('a' + x % 26);
	}
	for (size_t i = LOAD_LINE - 1; i < len; i += LOAD_LINE)
		bytes[i] = '\n';
}

const char *load_bytes(uint64_t position)
{
	static char bytes[PERIOD + LOAD_BLOCK] __attribute__((aligned(PAGE)));
	if (!*bytes) {
		fill(bytes, PERIOD);
		memcpy(bytes + PERIOD, bytes, LOAD_BLOCK);
	}
	return bytes + position % PERIOD;
}

void load_check(const char *bytes, size_t len, uint64_t position)
{
	const char *right = load_bytes(position);
	size_t left = len, some = sizeof(uint64_t);
	for (size_t i = 0; i < len; i += STRIDE, left -= STRIDE)
		if (memcmp(bytes + i, right + i, left < some ? left : some))
			load_die("after %llu bytes others came",
			         (unsigned long long)(position + i));
}

void samples_add(struct samples *s, double value)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 1024;
		s->values = realloc(s->values, s->cap * sizeof(*s->values));
		if (!s->values)
			load_die("no memory");
	}
	s->values[s->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double samples_at(struct samples *s, double share)
{
	if (!s->count)
		load_die("there was nothing to measure");
	qsort(s->values, s->count, sizeof(*s->values), compare);
	return s->values[(size_t)(share * (double)(s->count - 1) + 0.5)];
}

void samples_finish(struct samples *s)
{
	free(s->values);
	*s = (struct samples){ 0 };
}

void load_tell(const char *name, double value, const char *unit)
{
	printf("%s\t%.6g\t%s\n", name, value, unit);
}
