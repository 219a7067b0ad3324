/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes on their way out, through real sockets, pipes, files and terminals. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "unit.h"

#include <sockchat/outq.h>

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)

/* The next call of send fails with this, and the next open. */
static int send_error, open_error;
static bool is_other_user; /* who may open /dev/tty alone */

static bool strikes(int *error)
{
	int now = *error;
	*error = 0;
	if (now)
		errno = now;
	return now != 0;
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	if (strikes(&send_error))
		return -1;
	return syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
}

int open(const char *path, int flags, ...)
{
	if (strikes(&open_error))
		return -1;
	if (is_other_user && strcmp(path, "/dev/tty") != 0)
		return errno = EACCES, -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}

/* What a fortified open() calls. */
int __open_2(const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

/* Bytes that can be told apart. */
static uint8_t nth(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static void append(struct outq *q, size_t from, size_t len)
{
	uint8_t *bytes = malloc(len);
	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = nth(from + i);
	assert_int_equal(outq_append(q, bytes, len), 0);
	free(bytes);
}

static void assert_front(const struct outq *q, size_t from, size_t len)
{
	size_t run;
	const uint8_t *bytes = outq_front(q, &run);
	assert_int_equal(q->len, len);
	assert_true(run <= len && (run || !len));
	for (size_t i = 0; i < run; i++)
		if (bytes[i] != nth(from + i))
			fail_msg("byte %zu is wrong", i);
}

/* Read what is there and compare; how many. */
static size_t drain(int fd, size_t from)
{
	static uint8_t bytes[64 * 1024];
	size_t len = 0;
	ssize_t n;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (bytes[i] != nth(from + len++))
				fail_msg("byte %zu is wrong", len - 1);
	return len;
}

static void an_empty_queue_gives_nothing(void **state)
{
	struct outq q = { 0 };
	(void)state;
	assert_int_equal(q.len, 0);
	assert_front(&q, 0, 0);
	outq_consume(&q, 0);
	assert_int_equal(outq_append(&q, "", 0), 0);
	assert_int_equal(outq_flush(&q, -1), 0);
	outq_finish(&q);
}

static void bytes_leave_in_the_order_they_came(void **state)
{
	struct outq q;
	size_t in = 0, out = 0;
	(void)state;
	outq_init(&q, 0);
	for (size_t i = 1; i < 400; i++) {
		append(&q, in, i * 13 % 97);
		in += i * 13 % 97;
		size_t len = i * 31 % 89;
		len = len < q.len ? len : q.len;
		outq_consume(&q, len);
		out += len;
		assert_front(&q, out, in - out);
	}
	outq_finish(&q);
}

static void the_ceiling_is_for_the_bytes_that_wait(void **state)
{
	struct outq q;
	(void)state;
	outq_init(&q, 100);
	append(&q, 0, 90);
	assert_int_equal(outq_append(&q, "0123456789a", 11), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_front(&q, 0, 90);
	assert_int_equal(outq_append(&q, "x", SIZE_MAX), -1);
	append(&q, 90, 10);
	for (size_t i = 0; i < 1000; i++) {
		outq_consume(&q, 1);
		append(&q, 100 + i, 1);
		assert_int_equal(outq_append(&q, "x", 1), -1);
	}
	assert_front(&q, 1000, 100);
	outq_finish(&q);
	append(&q, 0, 100);
	assert_int_equal(outq_append(&q, "x", 1), -1);
	outq_finish(&q);
}

static void a_full_queue_takes_and_gives_single_bytes_quickly(void **state)
{
	struct outq q;
	(void)state;
	outq_init(&q, MIB);
	append(&q, 0, MIB);
	for (size_t i = 0; i < MIB / 4; i++) {
		outq_consume(&q, 1);
		append(&q, MIB + i, 1);
	}
	assert_front(&q, MIB / 4, MIB);
	assert_true(q.memory <= MIB + 256 * KIB);
	outq_finish(&q);
}

static void a_stream_through_the_queue_does_not_grow_it(void **state)
{
	struct outq q = { 0 };
	(void)state;
	append(&q, 0, KIB);
	for (size_t i = 1; i < 5000; i++) {
		append(&q, i * KIB, KIB);
		outq_consume(&q, KIB);
	}
	assert_true(q.memory <= 128 * KIB);
	outq_finish(&q);
}

static void memory_goes_as_bytes_leave(void **state)
{
	struct outq q = { 0 };
	(void)state;
	append(&q, 0, MIB);
	for (size_t gone = 0; gone < MIB; gone += 100 * KIB) {
		assert_true(q.memory <= q.len + 192 * KIB);
		size_t len = MIB - gone < 100 * KIB ? MIB - gone : 100 * KIB;
		outq_consume(&q, len);
		assert_front(&q, gone + len, MIB - gone - len);
	}
	outq_finish(&q);
}

static void assert_joined(size_t before, size_t gone, size_t after)
{
	struct outq from = { 0 }, to = { 0 };
	size_t sum = before + after - gone, memory;
	append(&to, 0, before);
	append(&from, before - gone, after);
	outq_consume(&from, gone);
	memory = to.memory + from.memory;
	outq_join(&to, &from);
	assert_int_equal(from.len, 0);
	assert_int_equal(from.memory, 0);
	assert_between(to.memory, sum, memory);
	for (size_t i = 0; to.len; i += 1000) {
		assert_front(&to, i, sum - i);
		outq_consume(&to, sum - i < 1000 ? sum - i : 1000);
	}
	append(&to, 7, 100);
	assert_front(&to, 7, 100);
	outq_finish(&to);
}

static void bytes_of_one_queue_go_on_in_another(void **state)
{
	(void)state;
	assert_joined(100, 0, 300 * KIB);
	assert_joined(300 * KIB, 70, 300 * KIB);
	assert_joined(0, 0, 300 * KIB);
	assert_joined(100, 0, 0);
	assert_joined(0, 0, 0);
}

static void much_memory_is_given_back_when_empty(void **state)
{
	struct outq q = { 0 };
	(void)state;
	append(&q, 0, MIB);
	outq_consume(&q, MIB - 1);
	assert_front(&q, MIB - 1, 1);
	outq_consume(&q, 1);
	assert_true(q.memory <= 64 * KIB);
	append(&q, 0, 10);
	outq_consume(&q, 10);
	assert_int_not_equal(q.memory, 0);
	outq_finish(&q);
	assert_int_equal(q.memory, 0);
}

/* Flush `len` bytes through what takes fewer at once. */
static void flush_through(int to, int from, size_t len)
{
	struct outq q = { 0 };
	size_t got = 0;
	int status;
	fcntl(from, F_SETFL, O_NONBLOCK);
	append(&q, 0, len);
	assert_int_equal(outq_flush(&q, to), 1);
	assert_between(q.len, 1, len - 1);
	do {
		status = outq_flush(&q, to);
		got += drain(from, got);
	} while (status == 1);
	assert_int_equal(status, 0);
	assert_int_equal(got, len);
	outq_finish(&q);
	close(to);
	close(from);
}

static void a_pipe_takes_what_it_has_room_for(void **state)
{
	int fds[2];
	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	flush_through(fds[1], fds[0], MIB);
}

/* The socket itself is in blocking mode. */
static void a_full_socket_is_not_waited_for(void **state)
{
	int fds[2];
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	flush_through(fds[1], fds[0], MIB);
}

static void an_interrupted_call_is_made_again(void **state)
{
	struct outq q = { 0 };
	int fds[2];
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	append(&q, 0, 100);
	send_error = EINTR;
	assert_int_equal(outq_flush(&q, fds[0]), 0);
	assert_int_equal(drain(fds[1], 0), 100);
	close(fds[0]);
	close(fds[1]);
	outq_finish(&q);
}

static void an_error_is_told_and_the_bytes_stay(void **state)
{
	struct outq q = { 0 };
	int fds[2];
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	append(&q, 0, 100);
	send_error = ENOBUFS;
	assert_int_equal(outq_flush(&q, fds[0]), -1);
	assert_int_equal(errno, ENOBUFS);
	close(fds[1]);
	assert_int_equal(outq_flush(&q, fds[0]), -1); /* and no SIGPIPE */
	assert_int_equal(errno, EPIPE);
	assert_front(&q, 0, 100);
	close(fds[0]);
	outq_finish(&q);
}

static void a_file_takes_all_bytes_at_once(void **state)
{
	struct outq q = { 0 };
	int fd = memfd_create("file", MFD_CLOEXEC);
	(void)state;
	append(&q, 0, MIB);
	assert_int_equal(outq_flush(&q, fd), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(drain(fd, 0), MIB);
	close(fd);
	outq_finish(&q);
}

/* Private descriptions */

static void assert_private(int fd, int access_mode)
{
	struct stat here, there;
	int flags = fcntl(fd, F_GETFL);
	int private = fd_open_private(fd, access_mode);
	assert_true(private >= 0);
	assert_int_equal(fstat(fd, &here), 0);
	assert_int_equal(fstat(private, &there), 0);
	assert_true(here.st_ino == there.st_ino && here.st_dev == there.st_dev);
	assert_true(fcntl(private, F_GETFL) & O_NONBLOCK);
	assert_int_equal(fcntl(private, F_GETFL) & O_ACCMODE, access_mode);
	assert_true(fcntl(private, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL), flags);
	close(private);
}

static void a_pipe_can_be_opened_anew_for_ourselves(void **state)
{
	int fds[2];
	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_private(fds[0], O_RDONLY);
	assert_private(fds[1], O_WRONLY);
	close(fds[0]);
	close(fds[1]);
}

static void open_terminal(int *master, int *slave)
{
	*master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(*master >= 0);
	assert_int_equal(grantpt(*master), 0);
	assert_int_equal(unlockpt(*master), 0);
	*slave = open(ptsname(*master), O_RDWR | O_NOCTTY);
	assert_true(*slave >= 0);
}

static void a_terminal_can_be_opened_anew_without_proc(void **state)
{
	int master, slave;
	(void)state;
	open_terminal(&master, &slave);
	assert_private(slave, O_WRONLY);
	open_error = ENOENT;
	assert_private(slave, O_WRONLY);
	close(slave);
	close(master);
}

static void another_users_terminal_can_be_opened_anew(void **state)
{
	int master, slave, status;
	(void)state;
	open_terminal(&master, &slave);
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		is_other_user = true;
		bool is_strange = fd_open_private(slave, O_WRONLY) < 0;
		ioctl(slave, TIOCSCTTY, 0);
		bool is_ours = fd_open_private(slave, O_WRONLY) >= 0;
		_exit(!is_strange || !is_ours);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(slave);
	close(master);
}

/* Opening it would make another terminal that nobody looks at. */
static void a_terminals_master_side_cannot_be_opened_anew(void **state)
{
	int master, slave;
	(void)state;
	open_terminal(&master, &slave);
	assert_int_equal(fd_open_private(master, O_RDWR), -1);
	assert_int_equal(errno, EINVAL);
	close(slave);
	close(master);
}

static void files_and_sockets_cannot_be_opened_anew(void **state)
{
	int fds[2], file = memfd_create("file", MFD_CLOEXEC);
	(void)state;
	assert_int_equal(fd_open_private(file, O_WRONLY), -1);
	assert_int_equal(errno, EINVAL);
	close(file);
	assert_int_equal(fd_open_private(file, O_WRONLY), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(fd_open_private(fds[0], O_WRONLY), -1);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(pipe(fds), 0);
	open_error = ENOENT;
	assert_int_equal(fd_open_private(fds[1], O_WRONLY), -1);
	assert_int_equal(errno, ENOENT);
	close(fds[0]);
	close(fds[1]);
}

static void a_file_is_appended_to_what_waits(void **state)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	struct outq q;
	(void)state;
	assert_int_equal(write(fd, "0123456789", 10), 10);
	outq_init(&q, 20);
	assert_int_equal(outq_append(&q, "ab", 2), 0);
	assert_int_equal(outq_fill(&q, fd, 4, 3), 4);
	assert_int_equal(outq_fill(&q, fd, 4, 7), 3);
	assert_int_equal(outq_fill(&q, fd, 4, 10), 0);
	assert_int_equal(q.len, 9);
	size_t run;
	assert_memory_equal(outq_front(&q, &run), "ab3456789", 9);
	assert_int_equal(outq_fill(&q, fd, 12, 0), -1);
	assert_int_equal(errno, EMSGSIZE);
	close(fd);
	assert_int_equal(outq_fill(&q, fd, 4, 0), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(q.len, 9);
	outq_finish(&q);
}

static void messages_stay_what_they_were_an_empty_one_too(void **state)
{
	(void)state;
	struct outq q = { .max = 8 }, other = { .max = 0 };
	size_t len;
	assert_null(outq_message(&q, &len));
	assert_int_equal(outq_append_message(&q, "", 0), 0);
	assert_int_equal(outq_append_message(&q, "ab", 2), 0);
	assert_int_equal(outq_append_message(&other, NULL, 0), 0);
	assert_int_equal(outq_append_message(&other, "c", 1), 0);
	outq_join(&q, &other);
	assert_int_equal(q.len, 3);
	assert_int_equal(q.count, 4);
	assert_true(q.memory > 3);
	assert_int_equal(outq_append_message(&q, "123456", 6), -1);
	static const char *const wanted[] = { "", "ab", "", "c" };
	for (size_t i = 0; i < 4; i++) {
		const void *bytes = outq_message(&q, &len);
		assert_non_null(bytes);
		assert_int_equal(len, strlen(wanted[i]));
		assert_memory_equal(bytes, wanted[i], len);
		outq_drop_message(&q);
	}
	assert_null(outq_message(&q, &len));
	assert_int_equal(q.memory, 0);
	assert_int_equal(outq_append_message(&q, "d", 1), 0);
	outq_finish(&q);
}

static void a_file_fills_a_message_at_a_time(void **state)
{
	(void)state;
	struct outq q = { .max = 0 };
	size_t len;
	int fd = memfd_create("file", 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(outq_fill_message(&q, fd, 4, 0), 4);
	assert_int_equal(outq_fill_message(&q, fd, 4, 8), 2);
	assert_int_equal(outq_fill_message(&q, fd, 4, 10), 0);
	assert_int_equal(q.count, 2);
	assert_memory_equal(outq_message(&q, &len), "0123", 4);
	assert_int_equal(len, 4);
	outq_drop_message(&q);
	assert_memory_equal(outq_message(&q, &len), "89", 2);
	assert_int_equal(len, 2);
	close(fd);
	outq_finish(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_gives_nothing),
		cmocka_unit_test(bytes_leave_in_the_order_they_came),
		cmocka_unit_test(the_ceiling_is_for_the_bytes_that_wait),
		cmocka_unit_test(
		    a_full_queue_takes_and_gives_single_bytes_quickly),
		cmocka_unit_test(a_stream_through_the_queue_does_not_grow_it),
		cmocka_unit_test(memory_goes_as_bytes_leave),
		cmocka_unit_test(bytes_of_one_queue_go_on_in_another),
		cmocka_unit_test(much_memory_is_given_back_when_empty),
		cmocka_unit_test(a_pipe_takes_what_it_has_room_for),
		cmocka_unit_test(a_full_socket_is_not_waited_for),
		cmocka_unit_test(an_interrupted_call_is_made_again),
		cmocka_unit_test(an_error_is_told_and_the_bytes_stay),
		cmocka_unit_test(a_file_takes_all_bytes_at_once),
		cmocka_unit_test(a_file_is_appended_to_what_waits),
		cmocka_unit_test(messages_stay_what_they_were_an_empty_one_too),
		cmocka_unit_test(a_file_fills_a_message_at_a_time),
		cmocka_unit_test(a_pipe_can_be_opened_anew_for_ourselves),
		cmocka_unit_test(a_terminal_can_be_opened_anew_without_proc),
		cmocka_unit_test(another_users_terminal_can_be_opened_anew),
		cmocka_unit_test(a_terminals_master_side_cannot_be_opened_anew),
		cmocka_unit_test(files_and_sockets_cannot_be_opened_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
