/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* posix_spawn(3), and what our signals and descriptors need around it. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockchat/child.h>

#define PATIENCE_MS 1000

extern char **environ;

/* What is ignored or blocked here is not so there. */
static void reset_signals(posix_spawnattr_t *attr)
{
	sigset_t ignored, none;
	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	posix_spawnattr_setsigdefault(attr, &ignored);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF |
	                               POSIX_SPAWN_SETSIGMASK);
}

static int spawn(pid_t *pid, char *const argv[], const int fds[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	reset_signals(&attr);
	for (int i = 0; i < 3; i++)
		if (fds[i] != CHILD_INHERIT)
			posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	int errnum = posix_spawnp(pid, argv[0], &actions, &attr, argv,
	                          environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return errnum;
}

int child_start(struct child *c, char *const argv[], const int fds[3])
{
	pid_t pid;
	*c = (struct child){ .pidfd = -1 };
	int errnum = spawn(&pid, argv, fds);
	if (errnum)
		return errno = errnum, -1;
	c->pid = pid;
	c->pidfd = pidfd_open(pid, 0);
	if (c->pidfd >= 0)
		return 0;
	errnum = errno;
	child_end(c);
	return errno = errnum, -1;
}

int child_wait(struct child *c)
{
	int status = -1;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	child_forget(c);
	return status;
}

void child_end(struct child *c)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	kill(c->pid, SIGTERM);
	kill(c->pid, SIGCONT);
	if (c->pidfd >= 0 && poll(&end, 1, PATIENCE_MS) == 1)
		waitpid(c->pid, NULL, 0);
	child_forget(c);
}

void child_forget(struct child *c)
{
	if (c->pidfd >= 0)
		close(c->pidfd);
	*c = (struct child){ .pidfd = -1 };
}
