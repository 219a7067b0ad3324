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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define PAGE   4096
#define PERIOD ((size_t)251 * PAGE) /* no multiple of any buffer's size */
#define STRIDE 256

#define UDP_WAIT_MS 1000 /* for a byte that comes back */

static const int udp_room = 4 << 20; /* for what waits to be read */

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

struct sockaddr_in load_address(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)load_number(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

int load_listen(char port[8])
{
	struct sockaddr_in a = load_address("0");
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		load_die("cannot listen: %s", strerror(errno));
	snprintf(port, 8, "%d", ntohs(a.sin_port));
	return fd;
}

static bool is_udp(void)
{
	return getenv("BENCH_UDP");
}

int load_listen_at(const char *port)
{
	struct sockaddr_in a = load_address(port);
	struct rlimit limit;
	int type = is_udp() ? SOCK_DGRAM : SOCK_STREAM;
	int on = 1, fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (is_udp())
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &udp_room,
		           sizeof(udp_room));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    (!is_udp() && listen(fd, 4096)))
		load_die("cannot listen: %s", strerror(errno));
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

/* While nobody is there, the system says so at once. */
static int dial_udp(pid_t tool, const struct sockaddr_in *a)
{
	char byte = ' ';
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (fd < 0 || connect(fd, (const struct sockaddr *)a, sizeof(*a)))
		load_die("no more sockets: %s", strerror(errno));
	for (int i = 0; i < LOAD_PATIENCE_MS; i++) {
		(void)!send(fd, &byte, 1, MSG_NOSIGNAL);
		if (poll(&p, 1, UDP_WAIT_MS) == 1 &&
		    recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
			return fd;
		if (load_has_ended(tool, 1))
			load_die("the tool has ended");
	}
	load_die("nothing comes back");
}

int load_dial(pid_t tool, const char *port)
{
	struct sockaddr_in a = load_address(port);
	int64_t end = load_now_ns() + LOAD_PATIENCE_MS * INT64_C(1000000);
	int on = 1;
	if (is_udp())
		return dial_udp(tool, &a);
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
