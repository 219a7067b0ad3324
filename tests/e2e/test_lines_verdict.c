/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The exit status of lines and json: 0 says that all that was asked for was
 * done and delivered, and all that was to be told is written. */

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

static const char *const uis[] = { "lines", "json" };
#define EACH_UI(i) for (size_t i = 0; i < 2; i++)

/* Written */

/* Whether the file has the last line as a whole. */
static bool is_whole(int file)
{
	char end[1024];
	off_t size = lseek(file, 0, SEEK_END);
	off_t from = size < 1000 ? 0 : size - 1000;
	ssize_t n = pread(file, end, sizeof(end) - 1, from);

	assert_true(n >= 0);
	end[n] = '\0';
	return strstr(end, "connection closed: ") && end[n - 1] == '\n';
}

/* A whole conversation whose output is a new file that may have `size` bytes.
 * How many it has: that differs, for there are times and processes in it. */
static size_t talk_into_file(const char *ui, size_t size)
{
	char path[] = "/tmp/sockchat-test-XXXXXX", limit[64];
	const char *bin = getenv("SOCKCHAT_BIN");
	const char *argv[] = { "prlimit", limit,       bin,  "connect", "--ui",
		               ui,        "127.0.0.1", NULL, NULL };
	int out = mkstemp(path);
	struct proc p;
	struct stat st;
	uint16_t port;
	int listener = net_listen(&port);

	assert_true(out >= 0);
	unlink(path);
	argv[2] = bin ? bin : "build/sockchat";
	argv[7] = port_text(port);
	snprintf(limit, sizeof(limit), "--fsize=%zu", size);
	proc_start(&p, argv, NULL, PROC_PIPE, out, PROC_PIPE);
	int fd = net_accept(listener);
	net_send_text(fd, "the last word\n");
	close(fd);
	proc_end_in(&p);
	int ended = proc_wait(&p);
	assert_true(WIFEXITED(ended));
	assert_int_equal(WEXITSTATUS(ended), is_whole(out) ? 0 : 1);
	if (!is_whole(out))
		assert_err_has(&p, "cannot write standard output: ");
	assert_int_equal(fstat(out, &st), 0);
	close(out);
	close(listener);
	proc_finish(&p);
	return (size_t)st.st_size;
}

static void a_disk_that_is_full_for_the_last_bytes_is_a_failure(void **state)
{
	(void)state;
	EACH_UI(i) {
		size_t size = talk_into_file(uis[i], 1 << 20);
		assert_true(size > 200);
		for (size_t less = 0; less < size; less = 2 * less + 1)
			assert_true(talk_into_file(uis[i], size - less) <=
			            size - less);
	}
}

/* Connect with an odd standard output. */
static int connect_into(struct proc *p, const char *ui, int out,
                        const char *setting)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *env[] = { setting, preload_fault(), NULL };
	const char *argv[] = { NULL,        "connect",       "--ui", ui,
		               "127.0.0.1", port_text(port), NULL };

	proc_start(p, argv, env, PROC_PIPE, out, PROC_PIPE);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void an_output_that_is_not_safe_when_closed_is_a_failure(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_into(&p, uis[i], PROC_PIPE,
		                      "FAULT_BAD_CLOSE=1");
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "cannot write standard output: ");
		proc_finish(&p);
	}
}

static void a_reader_who_goes_before_the_last_bytes_is_a_failure(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_into(&p, uis[i], PROC_PIPE, "X=");
		proc_expect_out(&p, "connected to");
		p.holds_out = true;
		/* more than the pipe holds, and then it leaves */
		for (int n = 0; n < 2000; n++)
			net_send_text(fd, "what nobody reads in the end, and "
			                  "it is a long line\n");
		close(fd);
		proc_end_in(&p);
		poll(NULL, 0, 300);
		close(p.out);
		p.out = -1;
		proc_expect_exit(&p, 1);
		proc_finish(&p);
	}
}

static void bytes_for_an_output_that_was_closed_are_counted(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_into(&p, uis[i], PROC_CLOSED, "X=");
		proc_write_text(&p, "typed\n/nonsense\n");
		net_expect(fd, "typed\n");
		proc_expect_err(&p, "there is no command /nonsense");
		net_send_text(fd, "seven\r\n");
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "standard output is closed: 7 bytes "
		                   "received could not be written");
		proc_finish(&p);
	}
}

static void a_closed_output_is_no_failure_when_nothing_comes(void **state)
{
	(void)state;
	EACH_UI(i) {
		struct proc p;
		int fd = connect_into(&p, uis[i], PROC_CLOSED, "X=");
		proc_write_text(&p, "typed\n");
		net_expect(fd, "typed\n");
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

/* Done and delivered */

/* What these lines come to with these options, and a peer that reads all and
 * ends when we do; what was printed must have `told` if there is any. */
static void expect_verdict(const char *ui, const char *option,
                           const char *lines, size_t len, int status,
                           const char *told)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(&p, "connect", "--ui", ui, option, "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	struct stream s = { .fd = fd };
	pthread_create(&s.thread, NULL, run_reader, &s);
	proc_write(&p, lines, len);
	proc_end_in(&p);
	int is = proc_wait(&p);
	if (!WIFEXITED(is) || WEXITSTATUS(is) != status)
		fail_msg("%s: status %#x after %.40s", ui, (unsigned)is, lines);
	if (told && !strstr(p.out_text.bytes, told))
		fail_msg("'%s' is not in %s", told, p.out_text.bytes);
	pthread_join(s.thread, NULL);
	close(fd);
	close(listener);
	proc_finish(&p);
}

static void what_was_asked_for_and_not_done_is_a_failure(void **state)
{
	static const struct {
		const char *option, *lines, *told;
		int status;
	} asked[] = {
		{ "--view=text", "good\n/peers\n/send \\x41\n", "good", 0 },
		{ "--view=text", "good\n/nonsense\n", "no command", 1 },
		{ "--view=text", "/send \\q\n", "", 1 },
		{ "--view=text", "/hex zz\n", "", 1 },
		{ "--view=text", "/file /nowhere/at/all\n", "", 1 },
		{ "--view=text", "/save /nowhere/at/all\n", "", 1 },
		{ "--view=text", "/to 9\n", "there is no peer 9", 1 },
		{ "--view=text", "/close 9\n", "there is no peer 9", 1 },
		{ "--view=text", "/set eol nonsense\n", "", 1 },
		{ "--view=text", "/connect 127.0.0.1 9\n", "already", 1 },
		{ "--view=text", "/keys\n", "", 1 },
		{ "--view=text", "/shutdown\nlate\n", "not sent", 1 },
		{ "--view=text", "/find re:(\n", "", 1 },
		{ "--encoding=latin1", "\xec\x95\x88\n", "", 1 },
		{ "--quiet", "/nonsense\n", "no command", 1 },
	};

	(void)state;
	EACH_UI(i)
	for (size_t n = 0; n < sizeof(asked) / sizeof(*asked); n++)
		expect_verdict(uis[i], asked[n].option, asked[n].lines,
		               strlen(asked[n].lines), asked[n].status,
		               asked[n].told);
}

/* With just enough descriptors to listen, a further place cannot be opened, but
 * the program goes on. */
static void too_few_descriptors_are_an_error_and_no_end(void **state)
{
	const char *bin = getenv("SOCKCHAT_BIN");
	const char *argv[] = { "prlimit", "--nofile=9", bin,  "listen",
		               "-k",      "--ui=lines", NULL, "0",
		               NULL };
	struct proc p;

	(void)state;
	argv[2] = bin ? bin : "build/sockchat";
	argv[6] = "127.0.0.1";
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	for (int i = 0; i < 8; i++)
		proc_write_text(&p, "/listen localhost 0\n");
	proc_expect_out(&p, "cannot listen on localhost:0: Too many open");
	proc_write_text(&p, "/peers\n/quit\n");
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "nobody is connected"));
	assert_silent(&p);
	proc_finish(&p);
}

static void a_line_over_the_ceiling_is_a_failure(void **state)
{
	size_t len = ((size_t)64 << 20) + 2;
	char *line = malloc(len);

	(void)state;
	memset(line, 'x', len);
	line[len - 1] = '\n';
	expect_verdict("lines", "--quiet", line, len, 1, "longer than 64 MiB");
	free(line);
}

static void a_line_for_nobody_is_a_failure(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", "127.0.0.1", "0",
	              NULL);
	int fd = net_connect(proc_lines_port(&p));
	close(fd);
	proc_write_text(&p, "/close\n");
	proc_expect_out(&p, "connection closed");
	proc_write_text(&p, "is anybody there?\n");
	proc_expect_out(&p, "not sent: nobody is connected");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_file_that_becomes_shorter_is_a_failure(void **state)
{
	char path[] = "/tmp/sockchat-test-XXXXXX", line[64];
	int file = mkstemp(path);
	struct proc p;
	struct stream s = { .fd = -1 };

	(void)state;
	assert_int_equal(ftruncate(file, 64 << 20), 0);
	s.fd = connect_with(&p, "--ui", "json");
	snprintf(line, sizeof(line), "/file %s\n", path);
	proc_write_text(&p, line);
	proc_expect_out(&p, "sending ");
	assert_int_equal(ftruncate(file, 1), 0);
	pthread_create(&s.thread, NULL, run_reader, &s);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "has become shorter"));
	pthread_join(s.thread, NULL);
	close(s.fd);
	close(file);
	unlink(path);
	proc_finish(&p);
}

#ifndef __SANITIZE_ADDRESS__ /* which takes all addresses there are */

static void a_line_without_memory_is_told_with_what_came_of_it(void **state)
{
	const struct rlimit none = { 1, RLIM_INFINITY };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	static char line[65536];
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	proc_expect_out(&p, "connected to");
	assert_int_equal(prlimit(p.pid, RLIMIT_AS, &none, NULL), 0);
	for (int i = 0; i < 512; i++) {
		memset(line, 'x', sizeof(line));
		proc_write(&p, line, sizeof(line));
	}
	proc_expect_out(&p, "not sent: at least ");
	assert_null(strstr(p.out_text.bytes, "at least 0 bytes"));
	assert_int_equal(prlimit(p.pid, RLIMIT_AS, &all, NULL), 0);
	proc_write_text(&p, "\nafter\n");
	net_expect(fd, "after\n");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(
		    a_line_without_memory_is_told_with_what_came_of_it),
#endif
		cmocka_unit_test(
		    a_disk_that_is_full_for_the_last_bytes_is_a_failure),
		cmocka_unit_test(
		    an_output_that_is_not_safe_when_closed_is_a_failure),
		cmocka_unit_test(
		    a_reader_who_goes_before_the_last_bytes_is_a_failure),
		cmocka_unit_test(
		    bytes_for_an_output_that_was_closed_are_counted),
		cmocka_unit_test(
		    a_closed_output_is_no_failure_when_nothing_comes),
		cmocka_unit_test(what_was_asked_for_and_not_done_is_a_failure),
		cmocka_unit_test(too_few_descriptors_are_an_error_and_no_end),
		cmocka_unit_test(a_line_over_the_ceiling_is_a_failure),
		cmocka_unit_test(a_line_for_nobody_is_a_failure),
		cmocka_unit_test(a_file_that_becomes_shorter_is_a_failure),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
