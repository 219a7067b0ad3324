/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the load generators share. */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

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

int64_t load_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * LOAD_SECOND_NS + t.tv_nsec;
}

int load_listen(char port[8])
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		load_die("cannot listen: %s", strerror(errno));
	snprintf(port, 8, "%d", ntohs(a.sin_port));
	return fd;
}

int load_accept(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (poll(&p, 1, LOAD_PATIENCE_MS) != 1)
		load_die("nobody has connected");
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer < 0)
		load_die("cannot accept: %s", strerror(errno));
	close(fd);
	return peer;
}

void load_set_port(char **command, const char *port)
{
	for (; *command; command++) {
		const char *at = strstr(*command, "PORT");
		char *word;
		if (!at)
			continue;
		if (asprintf(&word, "%.*s%s%s", (int)(at - *command), *command,
		             port, at + strlen("PORT")) < 0)
			load_die("no memory");
		*command = word;
	}
}

pid_t load_run_on_pty(char **command, int *fd)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	pid_t pid = forkpty(fd, NULL, NULL, &size);
	if (pid < 0)
		load_die("cannot make a terminal: %s", strerror(errno));
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execvp(*command, command);
		load_die("cannot run %s: %s", *command, strerror(errno));
	}
	return pid;
}

double load_end(pid_t pid)
{
	struct rusage usage;
	int status;
	kill(pid, SIGTERM);
	for (int i = 0; i < 100; i++) {
		if (wait4(pid, &status, WNOHANG, &usage) == pid)
			goto ended;
		poll(NULL, 0, 20);
	}
	kill(pid, SIGKILL);
	if (wait4(pid, &status, 0, &usage) != pid)
		load_die("the tool has gone: %s", strerror(errno));
ended:
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* What /proc says of it. */
static void read_proc(pid_t pid, const char *name, char *text, size_t cap)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	FILE *file = fopen(path, "re");
	if (!file)
		load_die("the tool has gone: %s", strerror(errno));
	size_t n = fread(text, 1, cap - 1, file);
	fclose(file);
	text[n] = '\0';
}

long load_rss_kib(pid_t pid)
{
	char text[8192];
	read_proc(pid, "status", text, sizeof(text));
	const char *at = strstr(text, "VmRSS:");
	return at ? strtol(at + strlen("VmRSS:"), NULL, 10) : 0;
}

double load_cpu(pid_t pid)
{
	char text[1024];
	read_proc(pid, "stat", text, sizeof(text));
	char *at = strrchr(text, ')');
	for (int i = 0; at && i < 12; i++) /* utime is the 12th after it */
		at = strchr(at + 1, ' ');
	if (!at)
		load_die("/proc/%d/stat is not as expected", (int)pid);
	long user = strtol(at, &at, 10), system = strtol(at, NULL, 10);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
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

void load_tell(const char *name, double value, const char *unit)
{
	printf("%s\t%.6g\t%s\n", name, value, unit);
}
