/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A library to be preloaded that makes the system as unkind as it may be.
 *
 * One fault at a chosen place:
 *   FAULT_CALL=NAME   a row of CALLS below, such as alloc or send
 *   FAULT_NTH=N       the N-th call of that row fails, counted from main() on
 *   FAULT_ON=1        so do all calls of that row after it
 *   FAULT_ERRNO=N     with this error number (default ENOMEM)
 *   FAULT_REPORT=FILE receives a struct report while the program runs, so
 *                     that it is there however the program ends
 *   FAULT_TRACE=FILE  receives where the first and the last failing call
 *                     came from, with "--" between
 *
 * Faults by chance, FAULT_SEED makes a run repeatable:
 *   FAULT_EINTR, FAULT_SHORT, FAULT_REFUSE are percentages of calls that are
 *   interrupted, that move less than was asked for, and of splice(2) and
 *   sendfile(2) that are refused.  FAULT_COUNT=1 tells at the end how many
 *   calls were hit.
 *
 * FAULT_NO_PROC=1 takes /proc/... away.  FAULT_NO_PROCESSES=1 takes only the
 * list of processes away, whose length differs from run to run.
 * FAULT_BAD_CLOSE=1 lets close(1) say EIO. */

#ifndef TEST_FAULT_H
#define TEST_FAULT_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#define CALLS(X)                                                               \
	X(alloc)                                                               \
	X(read)                                                                \
	X(write) X(send) X(recv) X(splice) X(sendfile) X(epoll_ctl)            \
	    X(epoll_wait) X(poll) X(accept) X(connect) X(socket) X(open)       \
	        X(pipe) X(close) X(dup) X(sockopt) X(stream) X(resolve)

#define CALL_ID(name) CALL_##name,

enum call { CALLS(CALL_ID) CALL_COUNT };

/* The real call, in front of which ours stands. */
#define REAL(name)                                                             \
	({                                                                     \
		static __typeof__(&name) real;                                 \
		if (!real)                                                     \
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);     \
		real;                                                          \
	})

/* The program sees none of these. */
#pragma GCC visibility push(hidden)

/* The number that this variable of the environment has, or 0. */
unsigned fault_setting(const char *name);

/* Count a call on `fd` (or -1).  True with errno if it is to fail. */
bool fault_is_due(enum call call, int fd);
/* The same; it may also fail by EINTR. */
bool fault_fails(enum call call, int fd);
/* The same; it may also be refused. */
bool fault_is_refused(enum call call, int fd);
/* How many of `len` bytes are to move. */
size_t fault_shortened(size_t len);
/* Whether a call is interrupted after it has done its work. */
bool fault_is_interrupted(void);
/* Set errno for a call that fails by a setting of its own.  Returns true. */
bool fault_hit(int errnum);
/* The error number that was chosen. */
int fault_errno(void);

/* While this thread has a shield, none of its calls counts or fails. */
void fault_shield(bool is_on);

#pragma GCC visibility pop

#endif
