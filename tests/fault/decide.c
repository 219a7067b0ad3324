/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which call fails: the settings, the counters, the dice. */

#include "fault.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SHORT_MAX 7

#define CALL_NAME(name) #name,

static const char *const call_names[] = { CALLS(CALL_NAME) };

/* What is in the file FAULT_REPORT.  The driver reads it. */
struct report {
	struct {
		char name[24];
		_Atomic uint32_t calls, hits;
	} rows[CALL_COUNT];
	_Atomic int32_t fd; /* of the first call that was hit, or -1 */
	uint32_t end;       /* keeps the size a multiple of eight */
};

static struct report own_report, *report = &own_report;
static unsigned eintr_percent, short_percent, refuse_percent;
static _Atomic unsigned hits;
static unsigned nth;
static enum call chosen = CALL_COUNT;
static bool is_on, goes_on;
static int chosen_errno = ENOMEM, trace_fd = -1;
static off_t first_trace_len;
static unsigned long long state = 1;
static __thread bool is_shielded;

/* Setting up */

unsigned fault_setting(const char *name)
{
	const char *value = getenv(name);

	return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

static enum call call_named(const char *name)
{
	int i = 0;

	while (i < CALL_COUNT && (!name || strcmp(name, call_names[i]) != 0))
		i++;
	return (enum call)i;
}

/* The file of that setting, or -1. */
static int open_named(const char *variable, int flags)
{
	const char *path = getenv(variable);

	return path ? REAL(open)(path, flags | O_CLOEXEC, 0600) : -1;
}

static void open_report(void)
{
	int fd = open_named("FAULT_REPORT", O_RDWR | O_CREAT);

	if (fd < 0 || ftruncate(fd, sizeof(*report)) != 0)
		return;
	void *at = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
	                MAP_SHARED, fd, 0);
	REAL(close)(fd);
	if (at != MAP_FAILED)
		report = at;
	for (int i = 0; i < CALL_COUNT; i++)
		snprintf(report->rows[i].name, sizeof(report->rows[i].name),
		         "%s", call_names[i]);
	report->fd = -1;
}

static void open_trace(void)
{
	void *frames[2];
	int low = open_named("FAULT_TRACE", O_WRONLY | O_CREAT | O_APPEND);

	if (low < 0)
		return;
	/* The program may look which descriptors are free. */
	trace_fd = fcntl(low, F_DUPFD_CLOEXEC, 200);
	REAL(close)(low);
	backtrace(frames, 2); /* its first use allocates */
}

__attribute__((constructor)) static void start(void)
{
	eintr_percent = fault_setting("FAULT_EINTR");
	short_percent = fault_setting("FAULT_SHORT");
	refuse_percent = fault_setting("FAULT_REFUSE");
	state = fault_setting("FAULT_SEED") * 2654435761u + 1;
	chosen = call_named(getenv("FAULT_CALL"));
	nth = fault_setting("FAULT_NTH");
	goes_on = fault_setting("FAULT_ON") != 0;
	if (fault_setting("FAULT_ERRNO"))
		chosen_errno = (int)fault_setting("FAULT_ERRNO");
	open_report();
	open_trace();
}

__attribute__((destructor)) static void tell(void)
{
	if (fault_setting("FAULT_COUNT"))
		dprintf(2, "fault: %u calls hit\n", hits);
}

/* What runs before main() is the loader's work and does not count. */

typedef int main_fn(int argc, char **argv, char **env);
static main_fn *real_main;

static int counted_main(int argc, char **argv, char **env)
{
	is_on = true;
	return real_main(argc, argv, env);
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *end);

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *end)
{
	real_main = main;
	return REAL(__libc_start_main)(counted_main, argc, argv, init, fini,
	                               rtld_fini, end);
}

/* Deciding */

/* Write where the first failing call came from, and behind it the last one so
 * far. */
static void trace(void)
{
	static const char between[] = "--\n";
	void *frames[40];
	int count = trace_fd >= 0 ? backtrace(frames, 40) : 0;

	if (!count)
		return;
	if (!first_trace_len) {
		backtrace_symbols_fd(frames, count, trace_fd);
		first_trace_len = lseek(trace_fd, 0, SEEK_END);
	} else if (ftruncate(trace_fd, first_trace_len) == 0 &&
	           REAL(write)(trace_fd, between, 3) == 3) {
		backtrace_symbols_fd(frames, count, trace_fd);
	}
}

bool fault_hit(int errnum)
{
	hits++;
	errno = errnum;
	return true;
}

int fault_errno(void)
{
	return chosen_errno;
}

void fault_shield(bool is_up)
{
	is_shielded = is_up;
}

bool fault_is_due(enum call call, int fd)
{
	if (!is_on || is_shielded)
		return false;
	unsigned n = ++report->rows[call].calls;
	if (call != chosen || !nth || n < nth || (n > nth && !goes_on))
		return false;
	if (!report->rows[call].hits++)
		report->fd = fd;
	trace();
	return fault_hit(chosen_errno);
}

static unsigned dice(unsigned sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % sides;
}

static bool is_hit(unsigned percent)
{
	return percent && dice(100) < percent;
}

bool fault_is_interrupted(void)
{
	return is_hit(eintr_percent) && fault_hit(EINTR);
}

bool fault_fails(enum call call, int fd)
{
	return fault_is_due(call, fd) || fault_is_interrupted();
}

size_t fault_shortened(size_t len)
{
	if (len <= 1 || !is_hit(short_percent))
		return len;
	hits++;
	size_t most = len < SHORT_MAX ? len : SHORT_MAX;
	return 1 + dice((unsigned)most);
}

bool fault_is_refused(enum call call, int fd)
{
	return is_hit(refuse_percent) ? fault_hit(EINVAL)
	                              : fault_fails(call, fd);
}
