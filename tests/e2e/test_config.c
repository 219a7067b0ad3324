/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The configuration file of the real binary: which one is read, what wins, and
 * what is said of one that is wrong. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

#define HELP_LINE "\nTry 'sockchat --help' for more.\n"

static char folder[] = "/tmp/sockchat-config-XXXXXX";
static char home[64], xdg[64];
static const char *const environment[] = { home, xdg, NULL };

static void write_file(const char *name, const char *text, size_t len)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void configure(const char *text)
{
	write_file("home/.config/sockchat/config", text, strlen(text));
}

/* connect to a port where nobody is, with these options, in this home. */
static void start(struct proc *p, const char *a, const char *b)
{
	const char *argv[] = { NULL, "connect", "127.0.0.1", "1", a, b, NULL };
	proc_start(p, argv, environment, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void refuse(const char *a, const char *b, const char *sentence)
{
	struct proc p;
	char wanted[400];
	start(&p, a, b);
	proc_expect_exit(&p, 2);
	snprintf(wanted, sizeof(wanted), "sockchat: %s" HELP_LINE, sentence);
	assert_string_equal(p.err_text.bytes, wanted);
	assert_out(&p, "");
	proc_finish(&p);
}

/* It got as far as the refused connection, and said so or not. */
static void take(const char *a, const char *b, bool is_json)
{
	struct proc p;
	start(&p, a, b);
	proc_expect_exit(&p, 1);
	assert_int_equal(p.out_text.len > 0 && *p.out_text.bytes == '{',
	                 is_json);
	proc_finish(&p);
}

static void the_users_own_file_is_read(void **state)
{
	(void)state;
	take(NULL, NULL, false); /* there is none */
	configure("json\n");
	take(NULL, NULL, true);
	take("--ui=pipe", NULL, false);
	take("--config=", NULL, false);
	take("--config", "/dev/null", false);
	configure("[loud]\njson\n");
	take(NULL, NULL, false);
	take("--profile", "loud", true);
	configure("json\n[still]\nui pipe\n");
	take("--profile=still", NULL, false);
}

static void a_proxy_of_a_file_is_not_on_the_way_to_a_unix_socket(void **state)
{
	struct proc p;
	const char *argv[] = { NULL, "connect", "-z", "-v", "--json",
		               "unix:/nowhere", NULL };
	(void)state;
	configure("proxy = socks5://127.0.0.1:1\n");
	proc_start(&p, argv, environment, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "\"step\":\"connect\""));
	proc_finish(&p);
}

static void xdg_config_home_comes_before_home(void **state)
{
	(void)state;
	configure("json\n");
	snprintf(xdg, sizeof(xdg), "XDG_CONFIG_HOME=%s/xdg", folder);
	take(NULL, NULL, false);
	assert_int_equal(mkdir("xdg", 0700) || mkdir("xdg/sockchat", 0700), 0);
	write_file("xdg/sockchat/config", "nonsense", 8);
	char wanted[200];
	snprintf(wanted, sizeof(wanted),
	         "%s/xdg/sockchat/config:1: unknown option nonsense", folder);
	refuse(NULL, NULL, wanted);
	snprintf(xdg, sizeof(xdg), "XDG_CONFIG_HOME=");
	take(NULL, NULL, true);
}

static void what_is_wrong_is_named_with_file_and_line(void **state)
{
	(void)state;
	write_file("bad", "eol lf\n\ncolour red\n", 19);
	refuse("--config=bad", NULL, "bad:3: unknown option colour\n"
	       "sockchat: hint: did you mean color?");
	write_file("bad", "eol lf\0\n", 8);
	refuse("--config=bad", NULL,
	       "bad:1: there is a NUL byte: this is not text");
	write_file("bad", "[a]\neol x\n[b]\n", 14);
	refuse("--config=bad", "--profile=b",
	       "bad:2: option eol: 'x' is not lf, crlf, cr, nul or none");
	write_file("bad", "[a]\n[b]\n", 8);
	refuse("--config=bad", "--profile=c",
	       "there is no profile 'c': bad has a, b");
	refuse("--config=missing", NULL,
	       "cannot read missing: No such file or directory");
}

static void what_is_no_file_never_hangs(void **state)
{
	static char much[(1 << 20) + 2];
	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	refuse("--config=fifo", NULL,
	       "cannot read fifo: it is no regular file");
	refuse("--config=home", NULL, "cannot read home: it is a directory");
	refuse("--config=/dev/zero", NULL,
	       "cannot read /dev/zero: it is no regular file");
	memset(much, '\n', sizeof(much));
	write_file("much", much, sizeof(much));
	refuse("--config=much", NULL,
	       "much is larger than 1 MiB: that is no configuration file");
	configure("json\n");
	if (geteuid() == 0)
		return; /* who may read everything */
	assert_int_equal(chmod("home/.config/sockchat/config", 0), 0);
	char wanted[200];
	snprintf(wanted, sizeof(wanted),
	         "cannot read %s/home/.config/sockchat/config: Permission "
	         "denied", folder);
	refuse(NULL, NULL, wanted);
}

static void help_needs_no_configuration(void **state)
{
	struct proc p;
	(void)state;
	configure("nonsense\n");
	start(&p, "--help", NULL);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "HOME=%s/home", folder);
	snprintf(xdg, sizeof(xdg), "XDG_CONFIG_HOME=");
	return mkdir("home", 0700) || mkdir("home/.config", 0700) ||
	       mkdir("home/.config/sockchat", 0700);
}

static int tear_down(void **state)
{
	static const char *const names[] = {
		"home/.config/sockchat/config", "home/.config/sockchat",
		"home/.config", "home", "xdg/sockchat/config", "xdg/sockchat",
		"xdg", "bad", "fifo", "much",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove(names[i]);
	return 0;
}

static void without_memory_the_words_are_not_blamed(void **state)
{
	static char preload[400];
	const char *fault = getenv("SOCKCHAT_FAULT");
	char nth[32];
	const char *argv[] = { NULL, "connect", "127.0.0.1", "1", NULL };
	const char *env[] = { home,           xdg, preload,
		              "FAULT_CALL=alloc", nth, NULL };

	(void)state;
	if (!fault)
		skip();
	configure("view hex\n");
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", fault);
	for (int n = 1; n <= 8; n++) {
		struct proc p;
		snprintf(nth, sizeof(nth), "FAULT_NTH=%d", n);
		proc_start(&p, argv, env, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "sockchat: ");
		assert_null(strstr(p.err_text.bytes, "--help"));
		proc_finish(&p);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_users_own_file_is_read),
		TEST(a_proxy_of_a_file_is_not_on_the_way_to_a_unix_socket),
		TEST(xdg_config_home_comes_before_home),
		TEST(what_is_wrong_is_named_with_file_and_line),
		TEST(what_is_no_file_never_hangs),
		TEST(help_needs_no_configuration),
		TEST(without_memory_the_words_are_not_blamed),
	};
	char *bin = realpath(getenv("SOCKCHAT_BIN"), NULL);
	if (!bin || setenv("SOCKCHAT_BIN", bin, 1) || !mkdtemp(folder) ||
	    chdir(folder))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(bin);
	return rmdir(folder) || failed;
}
