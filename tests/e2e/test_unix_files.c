/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The files of unix sockets: whose they are, who may connect, what is replaced
 * and what is removed; and what is said when one cannot be had. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "unix.h"

static void start_listener(struct proc *p, const char *mode)
{
	proc_sockchat(p, "listen", at_url("x"), mode ? "--unix-mode" : NULL,
	              mode, NULL);
	proc_expect_err(p, "listening on unix:");
}

static void end_by(struct proc *p, int signum)
{
	kill(p->pid, signum);
	proc_expect_signal(p, signum);
	proc_finish(p);
}

static void assert_gone(const char *path)
{
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(errno, ENOENT);
}

/* Sockchat refuses to listen at "x", and says this. */
static void assert_refused(const char *said)
{
	struct proc p;

	proc_sockchat(&p, "listen", at_url("x"), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, said);
	proc_finish(&p);
}

static void assert_unreachable(const char *url, const char *said,
                               const char *hint)
{
	struct proc p;

	proc_sockchat(&p, "connect", url, NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, said);
	assert_err_has(&p, hint);
	proc_finish(&p);
}

/* The mode */

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	return st.st_mode & 07777;
}

static void the_file_has_the_mode_that_was_asked_for(void **state)
{
	static const struct {
		const char *option;
		mode_t mode;
		const char *reach;
	} list[] = {
		{ NULL, 0600, "x (this user only)" },
		{ "660", 0660, "x (this user and group only)" },
		{ "0666", 0666, "x (open to every user of this machine)" },
		{ "0", 0, "x (root only)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct proc p;
		mode_t former = umask(i % 2 ? 0077 : 0);
		start_listener(&p, list[i].option);
		umask(former);
		assert_int_equal(mode_of(at_path("x")), list[i].mode);
		proc_expect_err(&p, list[i].reach);
		end_by(&p, SIGTERM);
	}
}

static void a_mode_that_is_none_is_refused(void **state)
{
	static const char *const modes[] = { "", "8", "0999", "1000", "u=rw",
		                             "-1" };

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		struct proc p;
		proc_sockchat(&p, "listen", "--unix-mode", modes[i],
		              at_url("x"), NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "is not a mode from 0 to 0777");
		proc_finish(&p);
		assert_gone(at_path("x"));
	}
}

/* What is replaced */

static void make_stale(void)
{
	close(unix_listen(at_path("x")));
	assert_int_equal(access(at_path("x"), F_OK), 0);
}

static void a_stale_socket_is_replaced(void **state)
{
	struct proc p;

	(void)state;
	make_stale();
	start_listener(&p, NULL);
	int fd = unix_connect(at_path("x"));
	net_send_text(fd, "hello");
	proc_expect_out(&p, "hello");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_live_socket_is_not_replaced(void **state)
{
	char who[64];
	int listener = unix_listen(at_path("x"));

	(void)state;
	snprintf(who, sizeof(who), "(pid %d, user ", (int)getpid());
	assert_refused("x already has a listener");
	assert_refused(who);
	int fd = unix_connect(at_path("x"));
	close(fd);
	close(listener);
}

/* It will listen in a moment. */
static void a_socket_that_is_only_bound_is_not_replaced(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at_path("x"));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_refused("address in use: unix:");
	assert_int_equal(listen(fd, 1), 0);
	close(unix_connect(at_path("x")));
	close(fd);
}

static void make_datagram_socket(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0); /* stays open */

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at_path("x"));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
}

static void make_file(void)
{
	close(open(at_path("x"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void make_folder(void)
{
	assert_int_equal(mkdir(at_path("x"), 0700), 0);
}

static void make_pipe(void)
{
	assert_int_equal(mkfifo(at_path("x"), 0600), 0);
}

/* To a stale socket, which would be replaced itself. */
static void make_link(void)
{
	close(unix_listen(at_path("y")));
	assert_int_equal(symlink(at_path("y"), at_path("x")), 0);
}

static void any_other_file_is_left_alone(void **state)
{
	static const struct {
		void (*make)(void);
		const char *said;
	} list[] = {
		{ make_file, "x is a regular file, and we do not replace it" },
		{ make_folder, "x is a folder, and we do not replace it" },
		{ make_pipe, "x is a named pipe, and we do not replace it" },
		{ make_link, "x is a symbolic link, and we do not replace it" },
		{ make_datagram_socket, "address in use: unix:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct stat before, after;
		list[i].make();
		assert_int_equal(lstat(at_path("x"), &before), 0);
		assert_refused(list[i].said);
		assert_int_equal(lstat(at_path("x"), &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
		assert_int_equal(before.st_mode, after.st_mode);
		if (unlink(at_path("x")))
			rmdir(at_path("x"));
	}
}

/* While the folder is locked nobody can say that a socket is stale. */
static void a_socket_that_may_have_a_listener_is_left_alone(void **state)
{
	int folder = open(at_path(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	make_stale();
	assert_int_equal(flock(folder, LOCK_EX), 0);
	assert_refused("x is a socket of user ");
	assert_refused("a program that we cannot see may listen on it");
	close(folder);
	struct proc p;
	start_listener(&p, NULL);
	end_by(&p, SIGTERM);
}

static void of_many_that_want_a_stale_socket_one_gets_it(void **state)
{
	struct proc list[8];

	(void)state;
	for (int round = 0; round < 5; round++) {
		int listening = 0, failed = 0;
		make_stale();
		for (size_t i = 0; i < 8; i++)
			proc_sockchat(&list[i], "listen", at_url("x"), NULL);
		for (size_t i = 0; i < 8; i++) /* before one ends */
			proc_expect_err(&list[i], "unix:");
		for (size_t i = 0; i < 8; i++) {
			if (strstr(list[i].err_text.bytes, "listening")) {
				listening++;
				int fd = unix_connect(at_path("x"));
				net_send_text(fd, "hello");
				proc_expect_out(&list[i], "hello");
				close(fd);
				proc_end_in(&list[i]);
				proc_expect_exit(&list[i], 0);
			} else {
				failed++;
				proc_expect_exit(&list[i], 1);
				assert_err_has(&list[i], "address in use");
			}
		}
		assert_int_equal(listening, 1);
		assert_int_equal(failed, 7);
		for (size_t i = 0; i < 8; i++)
			proc_finish(&list[i]);
		assert_gone(at_path("x"));
	}
}

/* What is removed */

static void every_end_removes_the_file(void **state)
{
	static const int signums[] = { SIGTERM, SIGINT,  SIGHUP, SIGQUIT,
		                       SIGSEGV, SIGABRT, SIGUSR2 };

	(void)state;
	for (size_t i = 0; i < sizeof(signums) / sizeof(*signums); i++) {
		struct proc p;
		start_listener(&p, NULL);
		struct rlimit none = { 0, 0 };
		prlimit(p.pid, RLIMIT_CORE, &none, NULL);
		end_by(&p, signums[i]);
		assert_gone(at_path("x"));
	}
}

static void the_file_goes_when_no_more_peers_are_taken(void **state)
{
	struct proc p;
	int fd = unix_dial_one(&p, NULL, NULL);

	(void)state;
	proc_expect_err(&p, "connection from unix:");
	assert_gone(at_path("x"));
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_killed_one_leaves_a_file_that_the_next_replaces(void **state)
{
	struct proc p;

	(void)state;
	start_listener(&p, NULL);
	end_by(&p, SIGKILL);
	assert_int_equal(access(at_path("x"), F_OK), 0);
	start_listener(&p, NULL);
	end_by(&p, SIGTERM);
	assert_gone(at_path("x"));
}

static void a_file_that_another_program_has_put_there_stays(void **state)
{
	static const int signums[] = { SIGTERM, SIGSEGV };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p;
		start_listener(&p, NULL);
		struct rlimit none = { 0, 0 };
		prlimit(p.pid, RLIMIT_CORE, &none, NULL);
		assert_int_equal(unlink(at_path("x")), 0);
		int listener = unix_listen(at_path("x"));
		end_by(&p, signums[i]);
		close(unix_connect(at_path("x")));
		close(listener);
		assert_int_equal(unlink(at_path("x")), 0);
	}
}

/* Names */

static void a_name_has_no_file_and_is_open_to_all_users(void **state)
{
	struct proc p, other;
	char url[64];

	(void)state;
	snprintf(url, sizeof(url), "unix:@sockchat-test-%d", (int)getpid());
	proc_sockchat(&p, "listen", "--echo", url, NULL);
	proc_expect_out(&p, "(open to every user of this machine)");
	proc_sockchat(&other, "connect", url, NULL);
	proc_write_text(&other, "hello");
	proc_end_in(&other);
	proc_expect_exit(&other, 0);
	assert_out(&other, "hello");
	proc_finish(&other);
	proc_sockchat(&other, "listen", url, NULL);
	proc_expect_exit(&other, 1);
	assert_err_has(&other, "already has a listener");
	proc_finish(&other);
	end_by(&p, SIGTERM);
	assert_unreachable(url, "nothing listens on unix:@sockchat-test-",
	                   "start the server");
}

/* What cannot be connected to */

static void what_cannot_be_had_is_explained(void **state)
{
	(void)state;
	assert_unreachable(at_url("x"), "no such socket: unix:",
	                   "`ss -xl` lists");
	make_stale();
	assert_unreachable(at_url("x"), "connection refused: nothing listens "
	                                "on unix:",
	                   "x (the file was left by a server that has ended)");
	rename(at_path("x"), at_path("y"));
	assert_int_equal(symlink(at_path("y"), at_path("x")), 0);
	assert_unreachable(at_url("x"), "connection refused: nothing listens "
	                                "on unix:",
	                   "x (the file was left by a server that has ended)");
	unlink(at_path("x"));
	make_file();
	assert_unreachable(at_url("x"), "x is a regular file, not a socket",
	                   "give the path of the socket");
	unlink(at_path("x"));
	make_datagram_socket();
	assert_unreachable(at_url("x"), "wrong type of socket: unix:",
	                   "datagrams");
}

static void a_folder_that_is_missing_is_named_as_that(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", at_url("none/x"), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no such folder: the folder of unix:");
	proc_finish(&p);
}

static void what_makes_no_sense_for_it_is_refused(void **state)
{
	static const struct {
		const char *words[3], *said;
	} list[] = {
		{ { "-4", "unix:/x" },
		  "option -4, --ipv4 is for IP addresses, and unix:/x has "
		  "none" },
		{ { "-n", "-U", "/x" }, "option -n, --numeric is for IP" },
		{ { "-U", "tcp://h:1" },
		  "--unix and tcp://h:1 contradict each other" },
		{ { "-U", "localhost", "80" }, "80 is one word too many" },
		{ { "unix:\033[31mx", "80" }, "one word too many" },
		{ { "-6", "unix:/\033[31m" }, "unix:/^[[31m has none" },
		{ { "unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  },
		  "it has 108 bytes, and a unix socket allows at most 107" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		const char *const *w = list[i].words;
		struct proc p;
		proc_sockchat(&p, "connect", w[0], w[1], w[2], NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, list[i].said);
		assert_null(strchr(p.err_text.bytes, '\033'));
		proc_finish(&p);
	}
}

static void the_longest_path_is_taken_whole(void **state)
{
	struct proc p;
	char name[108];
	size_t len = 107 - strlen(at_path(""));

	(void)state;
	memset(name, 'a', len);
	name[len] = '\0';
	assert_int_equal(strlen(at_path(name)), 107);
	proc_sockchat(&p, "listen", at_url(name), NULL);
	proc_expect_err(&p, at_path(name));
	assert_int_equal(access(at_path(name), F_OK), 0);
	end_by(&p, SIGTERM);
}

/* Probing and waiting */

static int unix_listen_full(void)
{
	int listener = unix_listen(at_path("x"));

	assert_int_equal(listen(listener, 0), 0);
	return listener;
}

static void a_full_backlog_is_waited_for(void **state)
{
	struct proc p;
	int listener = unix_listen_full();
	int first = unix_connect(at_path("x"));

	(void)state;
	proc_sockchat(&p, "connect", "-v", at_url("x"), NULL);
	proc_expect_err(&p, "trying unix:");
	proc_watch(&p, 300);
	close(net_accept(listener));
	close(first);
	int fd = net_accept(listener);
	net_send_text(fd, "at last");
	proc_expect_out(&p, "at last");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
}

static void a_full_backlog_is_named_when_time_is_up(void **state)
{
	struct proc p;
	int listener = unix_listen_full();
	int first = unix_connect(at_path("x"));

	(void)state;
	proc_sockchat(&p, "connect", "-v", "-w", "0.7", at_url("x"), NULL);
	proc_expect_exit(&p, 1);
	const char *told = strstr(p.err_text.bytes, "trying unix:");
	assert_non_null(told);
	assert_null(strstr(told + 1, "trying unix:"));
	assert_err_has(&p, "timed out: unix:");
	assert_err_has(&p, "does not accept connections there, and its queue "
	                   "is full");
	close(first);
	close(listener);
	proc_finish(&p);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(the_file_has_the_mode_that_was_asked_for),
		T(a_mode_that_is_none_is_refused),
		T(a_stale_socket_is_replaced),
		T(a_live_socket_is_not_replaced),
		T(a_socket_that_is_only_bound_is_not_replaced),
		T(any_other_file_is_left_alone),
		T(a_socket_that_may_have_a_listener_is_left_alone),
		T(of_many_that_want_a_stale_socket_one_gets_it),
		T(every_end_removes_the_file),
		T(the_file_goes_when_no_more_peers_are_taken),
		T(a_killed_one_leaves_a_file_that_the_next_replaces),
		T(a_file_that_another_program_has_put_there_stays),
		T(a_name_has_no_file_and_is_open_to_all_users),
		T(what_cannot_be_had_is_explained),
		T(a_folder_that_is_missing_is_named_as_that),
		T(what_makes_no_sense_for_it_is_refused),
		T(the_longest_path_is_taken_whole),
		T(a_full_backlog_is_waited_for),
		T(a_full_backlog_is_named_when_time_is_up),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
