/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A library to be preloaded that makes the system as unkind as it may be: calls
 * are interrupted, and move fewer bytes than were asked for.
 *
 * SHIM_EINTR and SHIM_SHORT are percentages, SHIM_SEED makes a run repeatable.
 * SHIM_REFUSE is the percentage of splice(2) and sendfile(2) that cannot be.
 * SHIM_NO_PROC=1 takes /proc away.  SHIM_BAD_CLOSE=1 lets close(1) say EIO.
 * SHIM_COUNT=1 tells at the end how many calls were hit. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHORT_MAX 7

static unsigned eintr_percent, short_percent, refuse_percent, hits;
static unsigned long long state = 1;

static unsigned setting(const char *name)
{
	const char *value = getenv(name);

	return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

__attribute__((constructor)) static void start(void)
{
	eintr_percent = setting("SHIM_EINTR");
	short_percent = setting("SHIM_SHORT");
	refuse_percent = setting("SHIM_REFUSE");
	state = setting("SHIM_SEED") * 2654435761u + 1;
}

__attribute__((destructor)) static void tell(void)
{
	if (setting("SHIM_COUNT"))
		dprintf(2, "shim: %u calls hit\n", hits);
}

static unsigned dice(unsigned sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % sides;
}

static int is_hit(unsigned percent)
{
	if (dice(100) >= percent)
		return 0;
	hits++;
	return 1;
}

static int is_interrupted(void)
{
	if (!is_hit(eintr_percent))
		return 0;
	errno = EINTR;
	return 1;
}

static size_t shortened(size_t len)
{
	if (len <= 1 || !is_hit(short_percent))
		return len;
	size_t most = len < SHORT_MAX ? len : SHORT_MAX;
	return 1 + dice((unsigned)most);
}

/* The call that ours stands in front of. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t read(int fd, void *buf, size_t len)
{
	return is_interrupted() ? -1 : REAL(read)(fd, buf, shortened(len));
}

ssize_t write(int fd, const void *buf, size_t len)
{
	return is_interrupted() ? -1 : REAL(write)(fd, buf, shortened(len));
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	return is_interrupted() ? -1
	                        : REAL(recv)(fd, buf, shortened(len), flags);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return is_interrupted() ? -1
	                        : REAL(send)(fd, buf, shortened(len), flags);
}

static int is_refused(void)
{
	if (!is_hit(refuse_percent))
		return is_interrupted();
	errno = EINVAL;
	return 1;
}

ssize_t splice(int in, off_t *in_at, int out, off_t *out_at, size_t len,
               unsigned flags)
{
	return is_refused() ? -1
	                    : REAL(splice)(in, in_at, out, out_at,
	                                   shortened(len), flags);
}

ssize_t sendfile(int out, int in, off_t *at, size_t len)
{
	return is_refused() ? -1 : REAL(sendfile)(out, in, at, shortened(len));
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return is_interrupted() ? -1 : REAL(poll)(fds, count, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
	return is_interrupted() ? -1 : REAL(ppoll)(fds, count, timeout, mask);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
	return is_interrupted() ? -1
	                        : REAL(epoll_wait)(fd, events, count, timeout);
}

int accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	return is_interrupted() ? -1 : REAL(accept4)(fd, sa, len, flags);
}

/* An interrupted connect(2) goes on by itself: so does this one. */
int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	int result = REAL(connect)(fd, sa, len);

	return is_interrupted() ? -1 : result;
}

int open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (setting("SHIM_NO_PROC") && strncmp(path, "/proc/", 6) == 0) {
		hits++;
		errno = ENOENT;
		return -1;
	}
	return REAL(open)(path, flags, mode);
}

/* As on a network's disk: what was written is lost, and told at the end. */
int close(int fd)
{
	int result = REAL(close)(fd);

	if (fd != STDOUT_FILENO || !setting("SHIM_BAD_CLOSE"))
		return result;
	hits++;
	errno = EIO;
	return -1;
}

/* What fortified callers use. */
int __open_2(const char *path, int flags);
ssize_t __read_chk(int fd, void *buf, size_t len, size_t cap);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t cap, int flags);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t cap);
int __ppoll_chk(struct pollfd *fds, nfds_t count,
                const struct timespec *timeout, const sigset_t *mask,
                size_t cap);

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

ssize_t __read_chk(int fd, void *buf, size_t len, size_t cap)
{
	return len > cap ? (abort(), -1) : read(fd, buf, len);
}

ssize_t __recv_chk(int fd, void *buf, size_t len, size_t cap, int flags)
{
	return len > cap ? (abort(), -1) : recv(fd, buf, len, flags);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t cap)
{
	return count > cap / sizeof(*fds) ? (abort(), -1)
	                                  : poll(fds, count, timeout);
}

int __ppoll_chk(struct pollfd *fds, nfds_t count,
                const struct timespec *timeout, const sigset_t *mask,
                size_t cap)
{
	return count > cap / sizeof(*fds) ? (abort(), -1)
	                                  : ppoll(fds, count, timeout, mask);
}
