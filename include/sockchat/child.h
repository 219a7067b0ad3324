/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Other programs: the only room that starts any. */

#ifndef SOCKCHAT_CHILD_H
#define SOCKCHAT_CHILD_H

#include <sys/types.h>

#include <sockchat/error.h>

struct child {
	pid_t pid;  /* 0: none */
	int pidfd;  /* readable when it has ended: pidfd_open(2) */
};

#define CHILD_INHERIT (-1)

/* Start `argv[0]`, looked for on PATH unless it has a slash, with our
 * environment, these three descriptors or our own (CHILD_INHERIT), and no
 * signal blocked or ignored.  -1 with errno. */
MUST_USE int child_start(struct child *c, char *const argv[], const int fds[3]);

/* Wait for its end; its status as waitpid(2) has it. */
int child_wait(struct child *c);

/* Send SIGTERM and wait a moment for its end; then it is left alone. */
void child_end(struct child *c);

/* Let it go on alone. */
void child_forget(struct child *c);

#endif
