/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The calls that may fail; they stand in front of the real ones. */

#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Memory */

void *malloc(size_t size)
{
	return fault_is_due(CALL_alloc, -1) ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
	return fault_is_due(CALL_alloc, -1) ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *at, size_t size)
{
	return fault_is_due(CALL_alloc, -1) ? NULL : REAL(realloc)(at, size);
}

void *reallocarray(void *at, size_t count, size_t size)
{
	return fault_is_due(CALL_alloc, -1)
	           ? NULL
	           : REAL(reallocarray)(at, count, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fault_is_due(CALL_alloc, -1)
	           ? NULL
	           : REAL(aligned_alloc)(alignment, size);
}

int posix_memalign(void **at, size_t alignment, size_t size)
{
	return fault_is_due(CALL_alloc, -1)
	           ? fault_errno()
	           : REAL(posix_memalign)(at, alignment, size);
}

static bool is_memory_fd[256]; /* by descriptor */

/* A pipe or a memfd that the program made for itself is memory: no read or
 * write of it fails as those of files do. */
static bool is_memory(int fd)
{
	return fd >= 0 && fd < (int)sizeof(is_memory_fd) && is_memory_fd[fd];
}

static void note_memory(int fd, bool is_it)
{
	if (fd >= 0 && fd < (int)sizeof(is_memory_fd))
		is_memory_fd[fd] = is_it;
}

/* Bytes */

ssize_t read(int fd, void *buf, size_t len)
{
	if (is_memory(fd))
		return REAL(read)(fd, buf, len);
	return fault_fails(CALL_read, fd)
	           ? -1
	           : REAL(read)(fd, buf, fault_shortened(len));
}

ssize_t pread(int fd, void *buf, size_t len, off_t at)
{
	if (is_memory(fd))
		return REAL(pread)(fd, buf, len, at);
	return fault_fails(CALL_read, fd)
	           ? -1
	           : REAL(pread)(fd, buf, fault_shortened(len), at);
}

ssize_t readv(int fd, const struct iovec *iov, int count)
{
	return fault_fails(CALL_read, fd) ? -1 : REAL(readv)(fd, iov, count);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (is_memory(fd))
		return REAL(write)(fd, buf, len);
	return fault_fails(CALL_write, fd)
	           ? -1
	           : REAL(write)(fd, buf, fault_shortened(len));
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return fault_fails(CALL_write, fd) ? -1 : REAL(writev)(fd, iov, count);
}

static bool has_datagrams(int fd)
{
	int type = 0;
	socklen_t size = sizeof(type);
	REAL(getsockopt)(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	return type == SOCK_DGRAM;
}

/* A datagram goes and comes whole. */
static size_t shortened_on(int fd, size_t len)
{
	return has_datagrams(fd) ? len : fault_shortened(len);
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	return fault_fails(CALL_recv, fd)
	           ? -1
	           : REAL(recv)(fd, buf, shortened_on(fd, len), flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return fault_fails(CALL_recv, fd) ? -1
	                                  : REAL(recvmsg)(fd, message, flags);
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
             struct timespec *timeout)
{
	return fault_fails(CALL_recv, fd)
	           ? -1
	           : REAL(recvmmsg)(fd, messages, count, flags, timeout);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return fault_fails(CALL_send, fd)
	           ? -1
	           : REAL(send)(fd, buf, shortened_on(fd, len), flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return fault_fails(CALL_send, fd) ? -1
	                                  : REAL(sendmsg)(fd, message, flags);
}

ssize_t splice(int in, off_t *in_at, int out, off_t *out_at, size_t len,
               unsigned flags)
{
	return fault_is_refused(CALL_splice, in)
	           ? -1
	           : REAL(splice)(in, in_at, out, out_at, fault_shortened(len),
	                          flags);
}

ssize_t sendfile(int out, int in, off_t *at, size_t len)
{
	return fault_is_refused(CALL_sendfile, in)
	           ? -1
	           : REAL(sendfile)(out, in, at, fault_shortened(len));
}

/* Waiting */

int epoll_ctl(int fd, int op, int other, struct epoll_event *event)
{
	return fault_is_due(CALL_epoll_ctl, other)
	           ? -1
	           : REAL(epoll_ctl)(fd, op, other, event);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
	return fault_fails(CALL_epoll_wait, fd)
	           ? -1
	           : REAL(epoll_wait)(fd, events, count, timeout);
}

int epoll_pwait2(int fd, struct epoll_event *events, int count,
                 const struct timespec *timeout, const sigset_t *mask)
{
	return fault_fails(CALL_epoll_wait, fd)
	           ? -1
	           : REAL(epoll_pwait2)(fd, events, count, timeout, mask);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return fault_fails(CALL_poll, -1) ? -1
	                                  : REAL(poll)(fds, count, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
	return fault_fails(CALL_poll, -1)
	           ? -1
	           : REAL(ppoll)(fds, count, timeout, mask);
}

/* Descriptors */

int accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	return fault_fails(CALL_accept, fd) ? -1
	                                    : REAL(accept4)(fd, sa, len, flags);
}

/* An interrupted connect(2) goes on by itself: so does this one.  Over UDP
 * there is nothing to wait for. */
int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	if (fault_is_due(CALL_connect, fd))
		return -1;
	int result = REAL(connect)(fd, sa, len);
	return !has_datagrams(fd) && fault_is_interrupted() ? -1 : result;
}

int socket(int family, int type, int protocol)
{
	return fault_is_due(CALL_socket, -1)
	           ? -1
	           : REAL(socket)(family, type, protocol);
}

int pipe2(int fds[2], int flags)
{
	if (fault_is_due(CALL_pipe, -1) || REAL(pipe2)(fds, flags))
		return -1;
	note_memory(fds[0], true);
	note_memory(fds[1], true);
	return 0;
}

int memfd_create(const char *name, unsigned flags)
{
	int fd =
	    fault_is_due(CALL_open, -1) ? -1 : REAL(memfd_create)(name, flags);

	note_memory(fd, true);
	return fd;
}

/* As on a disk in the network: that what was written is lost is told only by
 * close(2). */
static bool is_close_bad(int fd)
{
	return fd == STDOUT_FILENO && fault_setting("FAULT_BAD_CLOSE") &&
	       fault_hit(EIO);
}

/* A close(2) that fails has closed the descriptor all the same. */
int close(int fd)
{
	bool is_failing = fault_is_due(CALL_close, fd) || is_close_bad(fd);
	note_memory(fd, false);
	int saved = errno, result = REAL(close)(fd);

	if (!is_failing)
		return result;
	errno = saved;
	return -1;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return fault_is_due(CALL_sockopt, fd)
	           ? -1
	           : REAL(setsockopt)(fd, level, name, value, len);
}

int getsockopt(int fd, int level, int name, void *restrict value,
               socklen_t *restrict len)
{
	return fault_is_due(CALL_sockopt, fd)
	           ? -1
	           : REAL(getsockopt)(fd, level, name, value, len);
}

int fcntl(int fd, int command, ...)
{
	va_list ap;

	va_start(ap, command);
	void *word = va_arg(ap, void *);
	va_end(ap);
	bool is_dup = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
	return is_dup && fault_is_due(CALL_dup, fd)
	           ? -1
	           : REAL(fcntl)(fd, command, word);
}

static bool is_path_denied(const char *path)
{
	if (fault_is_due(CALL_open, -1))
		return true;
	return fault_setting("FAULT_NO_PROC") &&
	       strncmp(path, "/proc/", 6) == 0 && fault_hit(ENOENT);
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return is_path_denied(path) ? -1 : REAL(open)(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return is_path_denied(path) ? -1 : REAL(openat)(dir, path, flags, mode);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	return is_path_denied(path) ? NULL : REAL(fopen)(path, mode);
}

DIR *opendir(const char *path)
{
	if (fault_setting("FAULT_NO_PROCESSES") && strcmp(path, "/proc") == 0 &&
	    fault_hit(ENOENT))
		return NULL;
	return is_path_denied(path) ? NULL : REAL(opendir)(path);
}

int mkostemp(char *path, int flags)
{
	return is_path_denied(path) ? -1 : REAL(mkostemp)(path, flags);
}

/* Within these glibc does not survive a lack of memory (2.36: assertions and a
 * null pointer in nss_database.c), nor do the sanitizers, which make the third
 * for each thread: the first two fail as a whole, the third does not. */

int getaddrinfo(const char *restrict host, const char *restrict service,
                const struct addrinfo *restrict hints,
                struct addrinfo **restrict list)
{
	if (fault_is_due(CALL_resolve, -1))
		return EAI_MEMORY;
	fault_shield(true);
	int result = REAL(getaddrinfo)(host, service, hints, list);
	fault_shield(false);
	return result;
}

int getnameinfo(const struct sockaddr *restrict sa, socklen_t sa_len,
                char *restrict host, socklen_t host_cap, char *restrict service,
                socklen_t service_cap, int flags)
{
	if (fault_is_due(CALL_resolve, -1))
		return EAI_MEMORY;
	fault_shield(true);
	int result = REAL(getnameinfo)(sa, sa_len, host, host_cap, service,
	                               service_cap, flags);
	fault_shield(false);
	return result;
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
	fault_shield(true);
	int result = REAL(pthread_getattr_np)(thread, attr);
	fault_shield(false);
	return result;
}

/* Files of the C library, whose own calls of the system are not seen here. */

size_t fwrite(const void *restrict bytes, size_t size, size_t count,
              FILE *restrict f)
{
	return fault_is_due(CALL_stream, -1)
	           ? 0
	           : REAL(fwrite)(bytes, size, count, f);
}

int fflush(FILE *f)
{
	return fault_is_due(CALL_stream, -1) ? EOF : REAL(fflush)(f);
}

int fclose(FILE *f)
{
	bool is_failing = fault_is_due(CALL_stream, -1);
	int saved = errno, result = REAL(fclose)(f);

	if (!is_failing)
		return result;
	errno = saved;
	return EOF;
}

/* With _FORTIFY_SOURCE these are called instead. */
int __open_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
ssize_t __read_chk(int fd, void *buf, size_t len, size_t cap);
ssize_t __pread_chk(int fd, void *buf, size_t len, off_t at, size_t cap);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t cap, int flags);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t cap);
int __ppoll_chk(struct pollfd *fds, nfds_t count,
                const struct timespec *timeout, const sigset_t *mask,
                size_t cap);

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __openat_2(int dir, const char *path, int flags)
{
	return openat(dir, path, flags);
}

ssize_t __read_chk(int fd, void *buf, size_t len, size_t cap)
{
	return len > cap ? (abort(), -1) : read(fd, buf, len);
}

ssize_t __pread_chk(int fd, void *buf, size_t len, off_t at, size_t cap)
{
	return len > cap ? (abort(), -1) : pread(fd, buf, len, at);
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
