/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The tools that are loaded: run, watched by /proc, and ended. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define END_MS 2000 /* before it is killed */

void load_pin(enum load_core core)
{
	cpu_set_t all, one;
	if (sched_getaffinity(0, sizeof(all), &all) || CPU_COUNT(&all) < 2)
		return;
	CPU_ZERO(&one);
	for (size_t i = 0, nth = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &all) && nth++ == (size_t)core)
			CPU_SET(i, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		load_die("cannot choose a core: %s", strerror(errno));
}

void load_set_word(char **command, const char *name, const char *value)
{
	for (; *command; command++) {
		const char *at = strstr(*command, name);
		char *word;
		if (!at)
			continue;
		if (asprintf(&word, "%.*s%s%s", (int)(at - *command), *command,
		             value, at + strlen(name)) < 0)
			load_die("no memory");
		*command = word;
	}
}

pid_t load_fork(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		load_die("cannot fork: %s", strerror(errno));
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static _Noreturn void run(char **command)
{
	execvp(*command, command);
	load_die("cannot run %s: %s", *command, strerror(errno));
}

pid_t load_run(char **command, int in, int out)
{
	pid_t pid = load_fork();
	if (pid)
		return pid;
	int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0)
		load_die("cannot lay descriptors: %s", strerror(errno));
	run(command);
}

pid_t load_run_on_pty(char **command, int *fd)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	pid_t pid = forkpty(fd, NULL, NULL, &size);
	if (pid < 0)
		load_die("cannot make a terminal: %s", strerror(errno));
	if (pid)
		return pid;
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	run(command);
}

bool load_has_ended(pid_t pid, int timeout_ms)
{
	struct pollfd p = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	if (p.fd < 0)
		load_die("the tool has gone: %s", strerror(errno));
	int n = poll(&p, 1, timeout_ms);
	close(p.fd);
	return n == 1;
}

static double reap(pid_t pid, int *status)
{
	struct rusage usage;
	if (wait4(pid, status, 0, &usage) != pid)
		load_die("the tool has gone: %s", strerror(errno));
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double load_wait(pid_t pid)
{
	int status;
	if (!load_has_ended(pid, LOAD_PATIENCE_MS))
		load_die("the tool does not end");
	double cpu = reap(pid, &status);
	if (WIFSIGNALED(status))
		load_die("the tool died of signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		load_die("exit status %d", WEXITSTATUS(status));
	return cpu;
}

double load_end(pid_t pid)
{
	int status;
	kill(pid, SIGTERM);
	if (!load_has_ended(pid, END_MS))
		kill(pid, SIGKILL);
	return reap(pid, &status);
}

/* What /proc says of it; nothing if it has gone. */
static void read_proc(pid_t pid, const char *name, char *text, size_t cap)
{
	char path[64];
	size_t n = 0;
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	FILE *file = fopen(path, "re");
	if (file) {
		n = fread(text, 1, cap - 1, file);
		fclose(file);
	}
	text[n] = '\0';
}

/* The number behind a word. */
static double named(pid_t pid, const char *file, const char *word)
{
	char text[8192];
	read_proc(pid, file, text, sizeof(text));
	const char *at = strstr(text, word);
	return at ? strtod(at + strlen(word), NULL) : 0;
}

static double rss_kib(pid_t pid)
{
	return named(pid, "status", "VmRSS:");
}

static double pss_kib(pid_t pid)
{
	return named(pid, "smaps_rollup", "Pss:");
}

/* Its threads by the system's clock for it, for ticks are too coarse where
 * little is done; what only ticks count are the children that have ended. */
static double cpu(pid_t pid)
{
	char text[1024];
	clockid_t clock;
	struct timespec own;
	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &own))
		return 0;
	read_proc(pid, "stat", text, sizeof(text));
	char *at = strrchr(text, ')');
	for (int i = 0; at && i < 14; i++) /* cutime is the 14th after it */
		at = strchr(at + 1, ' ');
	double ticks = 0;
	for (int i = 0; at && i < 2; i++) /* user, system */
		ticks += (double)strtol(at, &at, 10);
	return (double)own.tv_sec + (double)own.tv_nsec / 1e9 +
	       ticks / (double)sysconf(_SC_CLK_TCK);
}

/* The figure of a process and of all below it. */
static double sum(pid_t pid, double (*figure)(pid_t))
{
	static const size_t cap = (size_t)1 << 20;
	char path[64], *text = malloc(cap), *at = text, *end;
	double all = figure(pid);
	if (!text)
		load_die("no memory");
	snprintf(path, sizeof(path), "task/%d/children", (int)pid);
	read_proc(pid, path, text, cap);
	for (long child; (child = strtol(at, &end, 10)) > 0; at = end)
		all += sum((pid_t)child, figure);
	free(text);
	return all;
}

double load_rss_kib(pid_t pid)
{
	return sum(pid, rss_kib);
}

double load_pss_kib(pid_t pid)
{
	return sum(pid, pss_kib);
}

double load_cpu(pid_t pid)
{
	return sum(pid, cpu);
}
