/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Programs under test, and what they print. */

#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>


int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The power of two that has room for so many bytes and a NUL. */
static size_t text_room(size_t len)
{
	size_t room = 64;
	while (room <= len)
		room *= 2;
	return room;
}

void text_append(struct text *t, const void *bytes, size_t len)
{
	size_t room = text_room(t->len + len);
	if (!t->bytes || room != text_room(t->len))
		t->bytes = realloc(t->bytes, room);
	assert_non_null(t->bytes);
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	t->bytes[t->len] = '\0';
}

static const char *text_of(const struct text *t)
{
	return t->len ? t->bytes : "";
}

void text_finish(struct text *t)
{
	free(t->bytes);
	*t = (struct text){ NULL, 0 };
}

/* Programs. */

/* For `number` of the child; our end of the pipe goes to `*ours`. */
static int make_end(int number, int wanted, int *ours)
{
	int ends[2];

	*ours = -1;
	if (wanted != PROC_PIPE)
		return wanted;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	*ours = ends[number == 0 ? 1 : 0];
	return ends[number == 0 ? 0 : 1];
}

static void take_end(int number, int fd)
{
	if (fd == PROC_CLOSED)
		close(number);
	else
		dup2(fd, number);
}

static const char *sockchat(void)
{
	const char *path = getenv("SOCKCHAT_BIN");

	return path ? path : "build/sockchat";
}

void proc_start(struct proc *p, const char *const *argv, const char *const *env,
                int in, int out, int err)
{
	const char *path = argv[0] ? argv[0] : sockchat();
	const char *words[WORDS_MAX] = { path };
	int fds[3];

	*p = (struct proc){ .pid = 0 };
	fds[0] = make_end(0, in, &p->in);
	fds[1] = make_end(1, out, &p->out);
	fds[2] = make_end(2, err, &p->err);
	for (size_t i = 1; argv[i]; i++)
		words[i] = argv[i];

	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test may fail */
		for (int i = 0; i < 3; i++) /* above those they become */
			if (fds[i] >= 0)
				fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 10);
		for (int i = 0; i < 3; i++)
			take_end(i, fds[i]);
		setenv("XDG_CONFIG_HOME", "/nowhere", 1);
		for (; env && *env; env++)
			putenv((char *)(uintptr_t)*env);
		execvp(path, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	assert_true(p->pidfd >= 0);
	if (in == PROC_PIPE)
		close(fds[0]);
	if (out == PROC_PIPE)
		close(fds[1]);
	if (err == PROC_PIPE)
		close(fds[2]);
}

void words_of_sockchat(const char *words[WORDS_MAX], va_list ap)
{
	size_t count = 0;

	words[count++] = NULL;
	do {
		assert_true(count < WORDS_MAX);
		words[count] = va_arg(ap, const char *);
	} while (words[count++]);
}

void proc_sockchat(struct proc *p, ...)
{
	const char *words[WORDS_MAX];
	va_list ap;

	va_start(ap, p);
	words_of_sockchat(words, ap);
	va_end(ap);
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void proc_finish(struct proc *p)
{
	if (p->pid) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
		p->pid = 0;
	}
	close_end(&p->in);
	close_end(&p->out);
	close_end(&p->err);
	close_end(&p->pidfd);
	text_finish(&p->out_text);
	text_finish(&p->err_text);
}

static void late(struct proc *p, const char *what)
{
	char out[700], err[2000];
	const char *all = text_of(&p->out_text);
	size_t len = strlen(all), most = sizeof(out) - 1; /* what came last */

	snprintf(out, sizeof(out), "%s", all + (len > most ? len - most : 0));
	snprintf(err, sizeof(err), "%s", text_of(&p->err_text));
	proc_finish(p);
	fail_msg("waited in vain for %s; standard error: %s; output: %s", what,
	         err, out);
}

static void drain(int *fd, struct text *t)
{
	char bytes[65536];
	ssize_t n = read(*fd, bytes, sizeof(bytes));

	if (n > 0)
		text_append(t, bytes, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		close_end(fd);
}

/* Take what comes, until something did or `ms` are over; true if `fd` (or the
 * end of the program) is ready. */
static bool pump(struct proc *p, int fd, short events, int ms)
{
	struct pollfd set[] = {
		{ .fd = p->holds_out ? -1 : p->out, .events = POLLIN },
		{ .fd = p->err, .events = POLLIN },
		{ .fd = fd, .events = events },
	};

	if (poll(set, 3, ms < 0 ? 0 : ms) <= 0)
		return false;
	if (set[0].revents)
		drain(&p->out, &p->out_text);
	if (set[1].revents)
		drain(&p->err, &p->err_text);
	return set[2].revents != 0;
}

static int left_ms(int64_t since)
{
	int64_t left = since + DEADLINE_MS - now_ms();

	return left > 0 ? (int)left : 0;
}

static void expect(struct proc *p, struct text *t, const char *text)
{
	int64_t start = now_ms();

	while (!t->len || !memmem(t->bytes, t->len, text, strlen(text))) {
		bool has_ended = t == &p->err_text ? p->err < 0 : p->out < 0;
		if (has_ended || !left_ms(start))
			late(p, text);
		pump(p, -1, 0, left_ms(start));
	}
}

void proc_expect_out(struct proc *p, const char *text)
{
	expect(p, &p->out_text, text);
}

void proc_expect_err(struct proc *p, const char *text)
{
	expect(p, &p->err_text, text);
}

void proc_expect_out_end(struct proc *p)
{
	for (int64_t start = now_ms(); p->out >= 0;
	     pump(p, -1, 0, left_ms(start)))
		if (!left_ms(start))
			late(p, "the end of standard output");
}

uint16_t proc_port(struct proc *p)
{
	static const char before[] = "listening on 127.0.0.1:";

	proc_expect_err(p, before);
	const char *at = strstr(p->err_text.bytes, before) + strlen(before);
	while (!strchr(at, '\n'))
		pump(p, -1, 0, DEADLINE_MS);
	return (uint16_t)strtol(at, NULL, 10);
}

uint16_t proc_lines_port(struct proc *p)
{
	static const char before[] = "listening on 127.0.0.1:";

	proc_expect_out(p, before);
	proc_expect_out(p, "this machine only)");
	return (uint16_t)strtol(
	    strstr(p->out_text.bytes, before) + strlen(before), NULL, 10);
}

void proc_watch(struct proc *p, int ms)
{
	int64_t until = now_ms() + ms;

	while (now_ms() < until)
		pump(p, -1, 0, (int)(until - now_ms()));
}

void proc_write(struct proc *p, const void *bytes, size_t len)
{
	int64_t start = now_ms();

	fcntl(p->in, F_SETFL, O_NONBLOCK); /* our end, not the program's */
	while (len) {
		if (!left_ms(start))
			late(p, "its input to be taken");
		if (!pump(p, p->in, POLLOUT, left_ms(start)))
			continue;
		ssize_t n = write(p->in, bytes, len);
		if (n < 0 && errno != EAGAIN)
			late(p, "its input to be open");
		if (n > 0) {
			bytes = (const char *)bytes + n;
			len -= (size_t)n;
		}
	}
}

void proc_write_text(struct proc *p, const char *text)
{
	proc_write(p, text, strlen(text));
}

void proc_end_in(struct proc *p)
{
	close_end(&p->in);
}

int proc_wait(struct proc *p)
{
	int64_t start = now_ms();

	while (!pump(p, p->pidfd, POLLIN, left_ms(start)))
		if (!left_ms(start))
			late(p, "its end");
	assert_int_equal(wait4(p->pid, &p->status, 0, &p->usage), p->pid);
	p->pid = 0;
	while ((!p->holds_out && p->out >= 0) || p->err >= 0) {
		if (!left_ms(start))
			late(p, "the end of what it prints");
		pump(p, -1, 0, left_ms(start));
	}
	return p->status;
}

void proc_expect_exit(struct proc *p, int code)
{
	int status = proc_wait(p);

	if (WIFEXITED(status) && WEXITSTATUS(status) == code)
		return;
	fail_msg("status %#x in place of exit %d; standard error: %s",
	         (unsigned)status, code, text_of(&p->err_text));
}

void proc_expect_signal(struct proc *p, int signum)
{
	int status = proc_wait(p);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), signum);
}

void assert_out(const struct proc *p, const char *text)
{
	assert_string_equal(text_of(&p->out_text), text);
}

void assert_err_has(const struct proc *p, const char *text)
{
	if (!strstr(text_of(&p->err_text), text))
		fail_msg("'%s' is not in: %s", text, text_of(&p->err_text));
}

void assert_silent(const struct proc *p)
{
	assert_string_equal(text_of(&p->err_text), "");
}

static void read_proc(const struct proc *p, const char *name, char *out,
                      size_t cap)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)p->pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t n = read(fd, out, cap - 1);
	close(fd);
	assert_true(n > 0);
	out[n] = '\0';
}

long proc_rss_kib(const struct proc *p)
{
	char text[4096];

	read_proc(p, "status", text, sizeof(text));
	const char *at = strstr(text, "VmRSS:");
	assert_non_null(at);
	return strtol(at + 6, NULL, 10);
}

long proc_cpu_ms(const struct proc *p)
{
	char text[4096], *end;

	read_proc(p, "stat", text, sizeof(text));
	char *at = strrchr(text, ')') + 1;
	for (int i = 0; i < 12; i++) /* utime is the 14th, the name the 2nd */
		at = strchr(at + 1, ' ');
	long ticks = strtol(at, &end, 10);
	ticks += strtol(end, NULL, 10);
	return ticks * 1000 / sysconf(_SC_CLK_TCK);
}
