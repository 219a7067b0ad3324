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
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

static const char *const uis[] = { "lines", "json" };
#define EACH_UI(i) for (size_t i = 0; i < 2; i++)

/* Written */

/* A whole conversation whose output is a new file that may have `size` bytes.
 * How many it has. */
static size_t talk_into_file(const char *ui, size_t size, int status)
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
	proc_expect_exit(&p, status);
	if (status)
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
		size_t size = talk_into_file(uis[i], 1 << 20, 0);
		assert_true(size > 200);
		talk_into_file(uis[i], size, 0);
		for (size_t less = 1; less < size; less = 3 * less + 1)
			talk_into_file(uis[i], size - less, 1);
	}
}

/* It has one peer, and standard output is not what it should be. */
static int connect_into(struct proc *p, const char *ui, int out,
                        const char *setting)
{
	static char preload[400];
	const char *shim = getenv("SOCKCHAT_SHIM");
	uint16_t port;
	int listener = net_listen(&port);
	const char *env[] = { setting, preload, NULL };
	const char *argv[] = { NULL,        "connect",       "--ui", ui,
		               "127.0.0.1", port_text(port), NULL };

	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", shim ? shim : "");
	proc_start(p, argv, env, PROC_PIPE, out, PROC_PIPE);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void an_output_that_is_not_safe_when_closed_is_a_failure(void **state)
{
	(void)state;
	if (!getenv("SOCKCHAT_SHIM"))
		skip();
	EACH_UI(i) {
		struct proc p;
		int fd = connect_into(&p, uis[i], PROC_PIPE,
		                      "SHIM_BAD_CLOSE=1");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_disk_that_is_full_for_the_last_bytes_is_a_failure),
		cmocka_unit_test(
		    an_output_that_is_not_safe_when_closed_is_a_failure),
		cmocka_unit_test(
		    a_reader_who_goes_before_the_last_bytes_is_a_failure),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
