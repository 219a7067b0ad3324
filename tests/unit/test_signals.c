/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Signals as events of the loop: real ones, and a real pipe. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include <sockchat/diag.h>
#include <sockchat/loop.h>

static struct loop *loop;
static int told[16];
static size_t told_count;

static void on_signal(void *user, int signum)
{
	assert_ptr_equal(user, &told_count);
	if (told_count < sizeof(told) / sizeof(*told))
		told[told_count++] = signum;
}

static int start(const int *signums)
{
	return signals_start(loop, signums, on_signal, &told_count);
}

/* Deal with all that has come. */
static void settle(void)
{
	size_t before;
	do {
		before = told_count;
		loop_turn(loop, 0);
	} while (told_count > before);
}

static void (*disposition(int signum))(int)
{
	struct sigaction action;
	assert_int_equal(sigaction(signum, NULL, &action), 0);
	return action.sa_handler;
}

static int count_open(void)
{
	int count = 0;
	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int set_up(void **state)
{
	(void)state;
	told_count = 0;
	loop = loop_new(LOOP_AUTO);
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	signals_stop();
	signal(SIGHUP, SIG_DFL);
	loop_free(loop);
	return 0;
}

static const int usual[] = { SIGTERM, SIGHUP, SIGUSR1, 0 };

static void signals_are_told_on_the_loop_in_their_order(void **state)
{
	(void)state;
	assert_int_equal(start(usual), 0);
	raise(SIGUSR1);
	raise(SIGTERM);
	raise(SIGHUP);
	assert_int_equal(told_count, 0);
	settle();
	assert_int_equal(told_count, 3);
	assert_int_equal(told[0], SIGUSR1);
	assert_int_equal(told[1], SIGTERM);
	assert_int_equal(told[2], SIGHUP);
}

static void a_signal_interrupts_the_loops_sleep(void **state)
{
	(void)state;
	assert_int_equal(start(usual), 0);
	pid_t child = fork();
	if (child == 0) {
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	while (!told_count)
		assert_int_equal(loop_turn(loop, -1), 0);
	assert_int_equal(told[0], SIGUSR1);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_flood_of_signals_neither_blocks_nor_spoils_errno(void **state)
{
	(void)state;
	assert_int_equal(start(usual), 0);
	errno = EXDEV;
	for (int i = 0; i < 100000; i++)
		raise(SIGUSR1);
	assert_int_equal(errno, EXDEV);
	settle();
	assert_int_equal(told_count, sizeof(told) / sizeof(*told));
	assert_int_equal(told[0], SIGUSR1);
}

static void a_broken_pipe_is_no_longer_deadly(void **state)
{
	int fds[2];
	(void)state;
	assert_int_equal(start(usual), 0);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write(fds[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
}

static void former_dispositions_come_back(void **state)
{
	(void)state;
	signal(SIGTERM, _exit);
	assert_int_equal(start(usual), 0);
	assert_true(disposition(SIGPIPE) == SIG_IGN);
	assert_true(disposition(SIGTERM) != _exit);
	signals_stop();
	assert_true(disposition(SIGTERM) == _exit);
	assert_true(disposition(SIGHUP) == SIG_DFL);
	assert_true(disposition(SIGPIPE) == SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

static void a_late_wish_for_the_counters_ends_nobody(void **state)
{
	(void)state;
	assert_int_equal(start(usual), 0);
	signals_stop();
	errno = 0;
	raise(SIGUSR1);
	assert_int_equal(errno, 0);
	assert_int_equal(start(usual), 0);
	raise(SIGUSR1);
	settle();
	assert_int_equal(told_count, 1);
}

static void what_nohup_ignores_stays_ignored(void **state)
{
	(void)state;
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(start(usual), 0);
	raise(SIGHUP);
	raise(SIGTERM);
	settle();
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0], SIGTERM);
	signals_stop();
	assert_true(disposition(SIGHUP) == SIG_IGN);
}

static void stopping_and_starting_leave_nothing_behind(void **state)
{
	int before = count_open();
	(void)state;
	signals_stop();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(start(usual), 0);
		raise(SIGUSR1);
		signals_stop();
	}
	settle();
	assert_int_equal(told_count, 0);
	assert_int_equal(start(usual), 0);
	raise(SIGUSR1);
	settle();
	assert_int_equal(told_count, 1);
	signals_stop();
	assert_int_equal(count_open(), before);
}

static void end_run(struct timer *t)
{
	loop_stop(t->user, 0);
}

static void after_the_stop_nothing_wakes_the_loop(void **state)
{
	struct timer t = { .on_time = end_run, .user = loop };
	(void)state;
	assert_int_equal(start(usual), 0);
	signals_stop();
	timer_start(loop, &t, 5 * MS_NS);
	assert_int_equal(loop_run(loop), 0);
	assert_int_equal(loop_turns(loop), 1);
}

static void stop_on_signal(void *user, int signum)
{
	on_signal(user, signum);
	signals_stop();
}

static void a_listener_may_stop_from_within(void **state)
{
	(void)state;
	signals_start(loop, usual, stop_on_signal, &told_count);
	raise(SIGUSR1);
	raise(SIGTERM);
	settle();
	assert_int_equal(told_count, 1);
}

static void there_is_one_listener_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(start(usual), 0);
	assert_int_equal(start(usual), -1);
	assert_int_equal(errno, EBUSY);
	raise(SIGTERM);
	settle();
	assert_int_equal(told_count, 1);
}

static void without_descriptors_nothing_is_caught(void **state)
{
	struct rlimit former, none;
	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &former), 0);
	none = former;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int status = start(usual), error = errno;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &former), 0);
	assert_int_equal(status, -1);
	assert_int_equal(error, EMFILE);
	assert_true(disposition(SIGTERM) == SIG_DFL);
}

static void other_programs_do_not_inherit_the_pipe(void **state)
{
	int next;
	(void)state;
	next = dup(0);
	close(next);
	assert_int_equal(start(usual), 0);
	for (int fd = next; fd < next + 2; fd++) {
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	}
}

/* How a child ends that dies so. */
static int end_of_child(int signum)
{
	int status = 0;
	sigset_t set;
	pid_t child = fork();
	if (child == 0) {
		sigemptyset(&set);
		sigaddset(&set, signum);
		sigprocmask(SIG_BLOCK, &set, NULL);
		die_by_signal(signum);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void dying_looks_as_if_the_signal_had_not_been_caught(void **state)
{
	static const int deadly[] = { SIGTERM, SIGHUP, SIGUSR1 };
	(void)state;
	assert_int_equal(start(usual), 0);
	for (size_t i = 0; i < 3; i++) {
		int status = end_of_child(deadly[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), deadly[i]);
	}
}

static void dying_of_a_harmless_signal_is_dying_all_the_same(void **state)
{
	int status = end_of_child(SIGWINCH);
	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 128 + SIGWINCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signals_are_told_on_the_loop_in_their_order),
		TEST(a_signal_interrupts_the_loops_sleep),
		TEST(a_flood_of_signals_neither_blocks_nor_spoils_errno),
		TEST(a_broken_pipe_is_no_longer_deadly),
		TEST(former_dispositions_come_back),
		TEST(a_late_wish_for_the_counters_ends_nobody),
		TEST(what_nohup_ignores_stays_ignored),
		TEST(stopping_and_starting_leave_nothing_behind),
		TEST(after_the_stop_nothing_wakes_the_loop),
		TEST(a_listener_may_stop_from_within),
		TEST(there_is_one_listener_at_a_time),
		TEST(without_descriptors_nothing_is_caught),
		TEST(other_programs_do_not_inherit_the_pipe),
		TEST(dying_looks_as_if_the_signal_had_not_been_caught),
		TEST(dying_of_a_harmless_signal_is_dying_all_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
