/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe between descriptors of every kind: where the system moves the
 * bytes by itself, where it refuses to, and where that changes on the way. */

#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

#define TOTAL (2 * MIB + 13)
#define BEFORE 1000 /* bytes of a file that are not to be sent */

/* ends[0] is for sockchat, ends[1] is ours. */

static void open_socket(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	                            ends), 0);
}

static void swap(int ends[2])
{
	int first = ends[0];

	ends[0] = ends[1];
	ends[1] = first;
}

static void open_pipe_in(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static void open_pipe_out(int ends[2])
{
	open_pipe_in(ends);
	swap(ends);
}

static void open_nonblocking_pipe_in(int ends[2])
{
	open_pipe_in(ends);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static void open_nonblocking_pipe_out(int ends[2])
{
	open_pipe_out(ends);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

/* Two descriptions of one file that has no name. */
static void open_file(int ends[2], int flags)
{
	char path[] = "/tmp/sockchat-ends-XXXXXX";

	ends[1] = mkostemp(path, O_CLOEXEC);
	ends[0] = open(path, O_RDWR | O_CLOEXEC | flags);
	assert_true(ends[0] >= 0 && ends[1] >= 0);
	unlink(path);
}

static void open_file_in(int ends[2])
{
	static const char before[BEFORE];

	open_file(ends, 0);
	assert_int_equal(write(ends[1], before, BEFORE), BEFORE);
	assert_int_equal(lseek(ends[0], BEFORE, SEEK_SET), BEFORE);
}

static void open_file_out(int ends[2])
{
	open_file(ends, 0);
}

static void open_append_out(int ends[2])
{
	open_file(ends, O_APPEND);
}

static void open_terminal_out(int ends[2])
{
	struct termios modes;

	assert_int_equal(openpty(&ends[1], &ends[0], NULL, NULL, NULL), 0);
	tcgetattr(ends[0], &modes);
	cfmakeraw(&modes);
	tcsetattr(ends[0], TCSANOW, &modes);
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

struct kind {
	const char *name;
	void (*open)(int ends[2]);
	bool is_file;
};

static const struct kind in_kinds[] = {
	{ "file", open_file_in, true },
	{ "pipe", open_pipe_in, false },
	{ "nonblocking pipe", open_nonblocking_pipe_in, false },
	{ "socket", open_socket, false },
	{ NULL, NULL, false },
};

static const struct kind out_kinds[] = {
	{ "file", open_file_out, true },
	{ "appended file", open_append_out, true },
	{ "pipe", open_pipe_out, false },
	{ "nonblocking pipe", open_nonblocking_pipe_out, false },
	{ "socket", open_socket, false },
	{ "terminal", open_terminal_out, false },
	{ NULL, NULL, false },
};

/* All that comes, up to the end or the terminal's, in a file. */
static void *run_collector(void *arg)
{
	struct stream *s = arg;
	FILE *all = tmpfile();
	char bytes[65536];
	ssize_t n;

	while ((n = read(s->fd, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, all);
	rewind(all);
	s->result = stream_check(fileno(all));
	fclose(all);
	return NULL;
}

static void run_between(const struct kind *in, const struct kind *out,
                        const char **env)
{
	struct proc p;
	int ins[2], outs[2];

	in->open(ins);
	out->open(outs);
	if (in->is_file)
		assert_true(stream_write(ins[1], TOTAL));
	int fd = connect_between(&p, env, ins[0], outs[0], PROC_PIPE);
	if (ins[0] != ins[1])
		close(ins[0]);
	close(outs[0]);
	struct stream s[] = {
		{ .fd = fd, .total = TOTAL, .ends = true },
		{ .fd = ins[1], .total = TOTAL },
		{ .fd = fd },
		{ .fd = outs[1] },
	};
	void *(*const run[])(void *) = { run_writer, run_writer, run_checker,
		                         run_collector };
	bool is_idle[] = { false, in->is_file, false, out->is_file };
	for (int i = 0; i < 4; i++)
		if (!is_idle[i])
			pthread_create(&s[i].thread, NULL, run[i], &s[i]);
	for (int i = 0; i < 4; i++)
		if (!is_idle[i])
			pthread_join(s[i].thread, NULL);
	close(fd);
	proc_expect_exit(&p, 0);
	if (out->is_file)
		run_collector(&s[3]);
	if (s[2].result != (int64_t)TOTAL || s[3].result != (int64_t)TOTAL)
		fail_msg("from a %s to a %s", in->name, out->name);
	if (in->is_file)
		close(ins[1]);
	close(outs[1]);
	proc_finish(&p);
}

static void run_between_all(const char **env)
{
	for (const struct kind *in = in_kinds; in->name; in++)
		for (const struct kind *out = out_kinds; out->name; out++)
			run_between(in, out, env);
}

static void every_kind_of_end_passes_every_byte(void **state)
{
	(void)state;
	run_between_all(NULL);
}

static void interrupted_and_short_moves_change_no_byte(void **state)
{
	const char *env[] = { NULL, "FAULT_SEED=7", "FAULT_EINTR=20",
		              "FAULT_SHORT=30", NULL };

	(void)state;
	run_between_all(env);
}

static void a_system_that_refuses_on_the_way_changes_no_byte(void **state)
{
	const char *env[] = { NULL, "FAULT_SEED=8", "FAULT_REFUSE=20",
		              "FAULT_SHORT=30", NULL };

	(void)state;
	run_between_all(env);
}

static void a_system_that_never_moves_bytes_is_done_without(void **state)
{
	const char *env[] = { NULL, "FAULT_SEED=9", "FAULT_REFUSE=100", NULL };

	(void)state;
	run_between_all(env);
}

static void a_file_without_a_size_is_sent(void **state)
{
	struct proc p;
	struct text sent = { NULL, 0 };
	char wanted[1000] = "";
	int in = open("/proc/version", O_RDONLY | O_CLOEXEC);

	(void)state;
	ssize_t len = read(in, wanted, sizeof(wanted) - 1);
	assert_true(len > 0);
	lseek(in, 0, SEEK_SET);
	int fd = connect_between(&p, NULL, in, PROC_PIPE, PROC_PIPE);
	close(in);
	assert_int_equal(net_read(fd, &sent, 0), 0);
	assert_string_equal(sent.bytes, wanted);
	text_finish(&sent);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* More than fits on the way, so that the file changes while it is sent. */
#define MUCH (64 * MIB)

/* The peer; and the file, for changes. */
static int send_much(struct proc *p, int *file)
{
	int ends[2];

	open_file_out(ends);
	assert_true(stream_write(ends[1], MUCH));
	int fd = connect_between(p, NULL, ends[0], PROC_PIPE, PROC_PIPE);
	close(ends[0]);
	proc_watch(p, 100);
	*file = ends[1];
	return fd;
}

static void a_file_that_grows_is_sent_with_what_was_added(void **state)
{
	struct proc p;
	int file;

	(void)state;
	int fd = send_much(&p, &file);
	long cpu = proc_cpu_ms(&p);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	lseek(file, 0, SEEK_SET);
	assert_true(stream_write(file, MUCH + 2 * MIB));
	assert_int_equal(stream_check(fd), MUCH + 2 * MIB);
	close(fd);
	close(file);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_file_that_shrinks_ends_where_it_does(void **state)
{
	struct proc p;
	struct text sent = { NULL, 0 };
	int file;

	(void)state;
	int fd = send_much(&p, &file);
	assert_int_equal(ftruncate(file, 0), 0);
	assert_int_equal(net_read(fd, &sent, 0), 0);
	assert_true(sent.len < MUCH);
	text_finish(&sent);
	close(fd);
	close(file);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_byte_at_a_time_arrives_at_once(void **state)
{
	struct proc p;
	int fd = connect_plain(&p), prompt = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		int64_t start = now_ms();
		proc_write_text(&p, "a");
		net_expect(fd, "a");
		net_send_text(fd, "b");
		prompt += now_ms() - start < 10;
	}
	assert_true(prompt > 20); /* a busy machine delays others */
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_int_equal(p.out_text.len, 200);
	proc_finish(&p);
}

static void urgent_data_costs_no_time(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);

	(void)state;
	net_send_text(fd, "before ");
	assert_int_equal(send(fd, "!", 1, MSG_OOB), 1);
	net_send_text(fd, "after");
	proc_expect_out(&p, "before !after");
	assert_int_equal(send(fd, "!", 1, MSG_OOB), 1);
	long cpu = proc_cpu_ms(&p);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_end_passes_every_byte),
		cmocka_unit_test(interrupted_and_short_moves_change_no_byte),
		cmocka_unit_test(
		    a_system_that_refuses_on_the_way_changes_no_byte),
		cmocka_unit_test(
		    a_system_that_never_moves_bytes_is_done_without),
		cmocka_unit_test(a_file_without_a_size_is_sent),
		cmocka_unit_test(a_file_that_grows_is_sent_with_what_was_added),
		cmocka_unit_test(a_file_that_shrinks_ends_where_it_does),
		cmocka_unit_test(a_byte_at_a_time_arrives_at_once),
		cmocka_unit_test(urgent_data_costs_no_time),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pipe ends", tests, NULL, NULL);
}
