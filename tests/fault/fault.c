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
 *   FAULT_TRACE=FILE  receives where the first failing call came from
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

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHORT_MAX 7

#define CALLS(X)                                                              \
	X(alloc) X(read) X(write) X(send) X(recv) X(splice) X(sendfile)       \
	X(epoll_ctl) X(epoll_wait) X(poll) X(accept) X(connect) X(socket)     \
	X(open) X(pipe) X(close) X(dup) X(sockopt) X(stream) X(resolve)

#define CALL_ID(name)   CALL_##name,
#define CALL_NAME(name) #name,

enum call { CALLS(CALL_ID) CALL_COUNT };

static const char *const call_names[] = { CALLS(CALL_NAME) };

/* What FAULT_REPORT holds; the driver reads it. */
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
static unsigned long long state = 1;
static __thread bool is_shielded;
static bool is_memory_fd[256]; /* by descriptor */

/* The call that ours stands in front of. */
#define REAL(name)                                                            \
	({                                                                    \
		static __typeof__(&name) real;                                \
		if (!real)                                                    \
			real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);    \
		real;                                                         \
	})

/* Setting up */

static unsigned setting(const char *name)
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
	eintr_percent = setting("FAULT_EINTR");
	short_percent = setting("FAULT_SHORT");
	refuse_percent = setting("FAULT_REFUSE");
	state = setting("FAULT_SEED") * 2654435761u + 1;
	chosen = call_named(getenv("FAULT_CALL"));
	nth = setting("FAULT_NTH");
	goes_on = setting("FAULT_ON") != 0;
	if (setting("FAULT_ERRNO"))
		chosen_errno = (int)setting("FAULT_ERRNO");
	open_report();
	open_trace();
}

__attribute__((destructor)) static void tell(void)
{
	if (setting("FAULT_COUNT"))
		dprintf(2, "fault: %u calls hit\n", hits);
}

/* What runs before main() is the loader's and not counted. */

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

static void trace(void)
{
	void *frames[40];

	if (trace_fd >= 0)
		backtrace_symbols_fd(frames, backtrace(frames, 40), trace_fd);
	trace_fd = -1;
}

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

/* Whether this call is the one that was chosen; then errno is set. */
static bool is_due(enum call call, int fd)
{
	if (!is_on || is_shielded)
		return false;
	unsigned n = ++report->rows[call].calls;
	if (call != chosen || !nth || n < nth || (n > nth && !goes_on))
		return false;
	if (!report->rows[call].hits++) {
		report->fd = fd;
		trace();
	}
	hits++;
	errno = chosen_errno;
	return true;
}

static unsigned dice(unsigned sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % sides;
}

static bool is_hit(unsigned percent)
{
	if (!percent || dice(100) >= percent)
		return false;
	hits++;
	return true;
}

/* Whether the call fails, chosen or interrupted. */
static bool fails(enum call call, int fd)
{
	if (is_due(call, fd))
		return true;
	if (!is_hit(eintr_percent))
		return false;
	errno = EINTR;
	return true;
}

static size_t shortened(size_t len)
{
	if (len <= 1 || !is_hit(short_percent))
		return len;
	size_t most = len < SHORT_MAX ? len : SHORT_MAX;
	return 1 + dice((unsigned)most);
}

static bool is_refused(enum call call, int fd)
{
	if (!is_hit(refuse_percent))
		return fails(call, fd);
	errno = EINVAL;
	return true;
}

/* Memory */

void *malloc(size_t size)
{
	return is_due(CALL_alloc, -1) ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
	return is_due(CALL_alloc, -1) ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *at, size_t size)
{
	return is_due(CALL_alloc, -1) ? NULL : REAL(realloc)(at, size);
}

void *reallocarray(void *at, size_t count, size_t size)
{
	return is_due(CALL_alloc, -1) ? NULL
	                              : REAL(reallocarray)(at, count, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return is_due(CALL_alloc, -1) ? NULL
	                              : REAL(aligned_alloc)(alignment, size);
}

int posix_memalign(void **at, size_t alignment, size_t size)
{
	return is_due(CALL_alloc, -1)
	           ? chosen_errno
	           : REAL(posix_memalign)(at, alignment, size);
}

/* Bytes */

ssize_t read(int fd, void *buf, size_t len)
{
	if (is_memory(fd))
		return REAL(read)(fd, buf, len);
	return fails(CALL_read, fd) ? -1 : REAL(read)(fd, buf, shortened(len));
}

ssize_t pread(int fd, void *buf, size_t len, off_t at)
{
	if (is_memory(fd))
		return REAL(pread)(fd, buf, len, at);
	return fails(CALL_read, fd) ? -1
	                            : REAL(pread)(fd, buf, shortened(len), at);
}

ssize_t readv(int fd, const struct iovec *iov, int count)
{
	return fails(CALL_read, fd) ? -1 : REAL(readv)(fd, iov, count);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (is_memory(fd))
		return REAL(write)(fd, buf, len);
	return fails(CALL_write, fd) ? -1
	                             : REAL(write)(fd, buf, shortened(len));
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	return fails(CALL_write, fd) ? -1 : REAL(writev)(fd, iov, count);
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	return fails(CALL_recv, fd)
	           ? -1
	           : REAL(recv)(fd, buf, shortened(len), flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return fails(CALL_recv, fd) ? -1 : REAL(recvmsg)(fd, message, flags);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	return fails(CALL_send, fd)
	           ? -1
	           : REAL(send)(fd, buf, shortened(len), flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return fails(CALL_send, fd) ? -1 : REAL(sendmsg)(fd, message, flags);
}

ssize_t splice(int in, off_t *in_at, int out, off_t *out_at, size_t len,
               unsigned flags)
{
	return is_refused(CALL_splice, in)
	           ? -1
	           : REAL(splice)(in, in_at, out, out_at, shortened(len),
	                          flags);
}

ssize_t sendfile(int out, int in, off_t *at, size_t len)
{
	return is_refused(CALL_sendfile, in)
	           ? -1
	           : REAL(sendfile)(out, in, at, shortened(len));
}

/* Waiting */

int epoll_ctl(int fd, int op, int other, struct epoll_event *event)
{
	return is_due(CALL_epoll_ctl, other)
	           ? -1
	           : REAL(epoll_ctl)(fd, op, other, event);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
	return fails(CALL_epoll_wait, fd)
	           ? -1
	           : REAL(epoll_wait)(fd, events, count, timeout);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return fails(CALL_poll, -1) ? -1 : REAL(poll)(fds, count, timeout);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
	return fails(CALL_poll, -1) ? -1
	                            : REAL(ppoll)(fds, count, timeout, mask);
}

/* Descriptors */

int accept4(int fd, struct sockaddr *sa, socklen_t *len, int flags)
{
	return fails(CALL_accept, fd) ? -1 : REAL(accept4)(fd, sa, len, flags);
}

/* An interrupted connect(2) goes on by itself: so does this one. */
int connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	if (is_due(CALL_connect, fd))
		return -1;
	int result = REAL(connect)(fd, sa, len);
	if (!is_hit(eintr_percent))
		return result;
	errno = EINTR;
	return -1;
}

int socket(int family, int type, int protocol)
{
	return is_due(CALL_socket, -1) ? -1
	                               : REAL(socket)(family, type, protocol);
}

int pipe2(int fds[2], int flags)
{
	if (is_due(CALL_pipe, -1) || REAL(pipe2)(fds, flags))
		return -1;
	note_memory(fds[0], true);
	note_memory(fds[1], true);
	return 0;
}

int memfd_create(const char *name, unsigned flags)
{
	int fd = is_due(CALL_open, -1) ? -1 : REAL(memfd_create)(name, flags);

	note_memory(fd, true);
	return fd;
}

/* As on a network's disk: what was written is lost, and told at the end. */
static bool is_close_bad(int fd)
{
	if (fd != STDOUT_FILENO || !setting("FAULT_BAD_CLOSE"))
		return false;
	hits++;
	errno = EIO;
	return true;
}

/* A failing close(2) closes all the same. */
int close(int fd)
{
	bool is_failing = is_due(CALL_close, fd) || is_close_bad(fd);
	note_memory(fd, false);
	int saved = errno, result = REAL(close)(fd);

	if (!is_failing)
		return result;
	errno = saved;
	return -1;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return is_due(CALL_sockopt, fd)
	           ? -1
	           : REAL(setsockopt)(fd, level, name, value, len);
}

int getsockopt(int fd, int level, int name, void *restrict value,
               socklen_t *restrict len)
{
	return is_due(CALL_sockopt, fd)
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
	return is_dup && is_due(CALL_dup, fd) ? -1
	                                      : REAL(fcntl)(fd, command, word);
}

static bool is_path_denied(const char *path)
{
	if (is_due(CALL_open, -1))
		return true;
	if (!setting("FAULT_NO_PROC") || strncmp(path, "/proc/", 6) != 0)
		return false;
	hits++;
	errno = ENOENT;
	return true;
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
	return is_path_denied(path) ? -1
	                            : REAL(openat)(dir, path, flags, mode);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	return is_path_denied(path) ? NULL : REAL(fopen)(path, mode);
}

DIR *opendir(const char *path)
{
	if (setting("FAULT_NO_PROCESSES") && strcmp(path, "/proc") == 0) {
		errno = ENOENT;
		return NULL;
	}
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
	if (is_due(CALL_resolve, -1))
		return EAI_MEMORY;
	is_shielded = true;
	int result = REAL(getaddrinfo)(host, service, hints, list);
	is_shielded = false;
	return result;
}

int getnameinfo(const struct sockaddr *restrict sa, socklen_t sa_len,
                char *restrict host, socklen_t host_cap,
                char *restrict service, socklen_t service_cap, int flags)
{
	if (is_due(CALL_resolve, -1))
		return EAI_MEMORY;
	is_shielded = true;
	int result = REAL(getnameinfo)(sa, sa_len, host, host_cap, service,
	                               service_cap, flags);
	is_shielded = false;
	return result;
}

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attr)
{
	is_shielded = true;
	int result = REAL(pthread_getattr_np)(thread, attr);
	is_shielded = false;
	return result;
}

/* Files of the C library: what reaches the system within it is not seen. */

size_t fwrite(const void *restrict bytes, size_t size, size_t count,
              FILE *restrict f)
{
	return is_due(CALL_stream, -1) ? 0
	                               : REAL(fwrite)(bytes, size, count, f);
}

int fflush(FILE *f)
{
	return is_due(CALL_stream, -1) ? EOF : REAL(fflush)(f);
}

int fclose(FILE *f)
{
	bool is_failing = is_due(CALL_stream, -1);
	int saved = errno, result = REAL(fclose)(f);

	if (!is_failing)
		return result;
	errno = saved;
	return EOF;
}

/* What fortified callers use. */
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
