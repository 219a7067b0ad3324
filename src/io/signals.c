/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Signals as events: the handlers write one byte to a pipe. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockchat/loop.h>

#define SIGNALS_MAX 16

/* Handlers have no argument of ours: this pipe is the one global. */
static int pipe_fds[2] = { -1, -1 };

static struct {
	struct watch watch;
	signals_fn *fn;
	void *user;
	size_t count;
	int signums[SIGNALS_MAX];
	struct sigaction former[SIGNALS_MAX];
} state;

static volatile sig_atomic_t has_ended;

static bool ends_program(int signum)
{
	return signum == SIGTERM || signum == SIGHUP;
}

/* What has to end does not stop again because the terminal is another's. */
static void write_signal(int signum)
{
	int saved = errno;
	if (ends_program(signum)) {
		has_ended = true;
		signal(SIGTTIN, SIG_IGN);
	}
	unsigned char byte = (unsigned char)signum;
	/* a full pipe wakes us as well */
	ssize_t n;
	do
		n = write(pipe_fds[1], &byte, 1);
	while (n < 0 && errno == EINTR);
	errno = saved;
}

static void on_signals(struct watch *w, unsigned ready)
{
	unsigned char bytes[64];
	ssize_t n = read(pipe_fds[0], bytes, sizeof(bytes));
	(void)w;
	(void)ready;
	for (ssize_t i = 0; i < n && state.fn; i++)
		state.fn(state.user, bytes[i]);
}

/* These say what a call's errno says as well: EPIPE, EFBIG. */
static bool is_told_by_errno(int signum)
{
	return signum == SIGPIPE || signum == SIGXFSZ;
}

/* What was ignored when we were started (nohup) stays so. */
static void catch_signal(int signum)
{
	if (state.count == SIGNALS_MAX)
		abort(); /* the callers' lists are shorter */
	struct sigaction *former = &state.former[state.count];
	struct sigaction catch = {
		.sa_handler = is_told_by_errno(signum) ? SIG_IGN : write_signal,
		.sa_flags = ends_program(signum) ? 0 : SA_RESTART,
	};
	sigaction(signum, NULL, former);
	if (former->sa_handler == SIG_IGN)
		return;
	sigaction(signum, &catch, NULL);
	state.signums[state.count++] = signum;
}

/* A handler may still run in another thread: it must not find a number that is
 * used again. */
static void close_pipe(void)
{
	int reader = pipe_fds[0], writer = pipe_fds[1];
	pipe_fds[0] = pipe_fds[1] = -1;
	close(reader);
	close(writer);
}

int signals_start(struct loop *l, const int *signums, signals_fn *fn,
                  void *user)
{
	if (state.fn)
		return errno = EBUSY, -1;
	if (pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC))
		return -1;
	state.watch = (struct watch){ .on_ready = on_signals };
	if (watch_add(l, &state.watch, pipe_fds[0], LOOP_READ)) {
		close_pipe();
		return errno = ENOMEM, -1;
	}
	state.fn = fn;
	state.user = user;
	state.count = 0;
	catch_signal(SIGPIPE);
	catch_signal(SIGXFSZ);
	for (; *signums; signums++)
		catch_signal(*signums);
	return 0;
}

/* Who asks for the counters when we are all but gone must not kill us: our
 * handler stays, and does nothing without the pipe. */
static bool stays_caught(int signum)
{
	return signum == SIGUSR1;
}

void signals_stop(void)
{
	if (!state.fn)
		return;
	while (state.count) {
		int signum = state.signums[--state.count];
		if (!stays_caught(signum))
			sigaction(signum, &state.former[state.count], NULL);
	}
	watch_remove(&state.watch);
	close_pipe();
	state.fn = NULL;
}

bool signals_have_ended(void)
{
	return has_ended;
}
