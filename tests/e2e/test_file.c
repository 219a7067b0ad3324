/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files that are sent, and the progress that is told. */

#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

#define LARGE (100 * MIB)

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[2][128];
	static int next;

	next = !next;
	snprintf(path[next], sizeof(path[next]), "%s/%s", dir, name);
	return path[next];
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sockchat-file-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	int fd = open(in_dir("large one"), O_WRONLY | O_CREAT | O_CLOEXEC,
	              0600);
	bool is_good = fd >= 0 && stream_write(fd, LARGE);
	close(fd);
	return is_good && !symlink("large one", in_dir("link")) &&
	               !mkfifo(in_dir("fifo"), 0600)
	           ? 0
	           : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(in_dir("large one"));
	unlink(in_dir("link"));
	unlink(in_dir("fifo"));
	return rmdir(dir);
}

static void type(struct proc *p, const char *command, const char *name)
{
	char line[160];

	snprintf(line, sizeof(line), "%s %s\n", command, in_dir(name));
	proc_write_text(p, line);
}

/* /file */

static void a_large_file_arrives_whole_and_what_is_typed_behind_it(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");
	struct text got = { NULL, 0 };

	(void)state;
	type(&p, "/file", "large one");
	proc_write_text(&p, "typed\n");
	proc_end_in(&p);
	uint8_t *wanted = malloc(LARGE);
	stream_fill(wanted, LARGE, 0);
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_int_equal(got.len, LARGE + 6);
	assert_memory_equal(got.bytes, wanted, LARGE);
	assert_string_equal(got.bytes + LARGE, "typed\n");
	close(fd);
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(p.out_text.bytes,
	                       " * sending large one (100.0 MiB)\n"));
	assert_non_null(strstr(p.out_text.bytes,
	                       " * sent large one: 104857600 bytes in "));
	assert_silent(&p);
	proc_finish(&p);
	text_finish(&got);
	free(wanted);
}

static void the_end_of_input_delivers_a_file_through_a_link(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	type(&p, "/file", "link");
	proc_end_in(&p);
	proc_watch(&p, 1500); /* nobody reads: leaving would have given up */
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void quitting_delivers_the_file_to_a_slow_reader(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "json");
	struct text got = { NULL, 0 };

	(void)state;
	proc_expect_out(&p, "\"state\":\"open\"");
	type(&p, "/file", "link");
	proc_write_text(&p, "/quit\n");
	for (int i = 0; i < 12; i++) { /* longer than leaving has patience */
		proc_watch(&p, 200);
		assert_int_equal(net_read(fd, &got, 2 * MIB), 0);
	}
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_int_equal(got.len, LARGE);
	proc_expect_exit(&p, 0);
	text_finish(&got);
	close(fd);
	proc_finish(&p);
}

static void a_peer_that_does_not_read_costs_no_memory(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	type(&p, "/file", "large one");
	proc_expect_out(&p, " * sending large one");
	proc_watch(&p, 300);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	assert_true(proc_cpu_ms(&p) < 5000);
	proc_end_in(&p);
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_true(p.usage.ru_maxrss < RSS_MAX_KIB);
	proc_finish(&p);
}

static void a_cancel_leaves_a_connection_to_talk_on(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");
	struct text got = { NULL, 0 };

	(void)state;
	type(&p, "/file", "large one");
	proc_expect_out(&p, " * sending large one");
	proc_write_text(&p, "/cancel\n");
	proc_expect_out(&p, " * stopped large one after ");
	proc_write_text(&p, "go on\n");
	proc_end_in(&p);
	assert_int_equal(net_read(fd, &got, 0), 0);
	assert_true(got.len > 6 && got.len < LARGE);
	assert_string_equal(got.bytes + got.len - 6, "go on\n");
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	text_finish(&got);
}

static void a_reset_says_how_much_of_the_file_had_not_left(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	type(&p, "/file", "large one");
	proc_expect_out(&p, " * sending large one");
	net_reset(fd);
	proc_expect_out(&p, " ! large one was not sent whole: ");
	proc_expect_out(&p, " of 104857600 bytes had not left\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_fifo_is_refused_with_a_sentence(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	type(&p, "/file", "fifo");
	proc_expect_out(&p, "/fifo: it is a FIFO, not a regular file");
	proc_write_text(&p, "well\n");
	net_expect(fd, "well\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

/* --progress */

struct terminal {
	int master, slave;
	struct text text;
};

static void open_terminal(struct terminal *t, int columns)
{
	struct winsize size = { .ws_row = 24,
		                .ws_col = (unsigned short)columns };

	*t = (struct terminal){ .master = -1 };
	assert_int_equal(openpty(&t->master, &t->slave, NULL, NULL, &size), 0);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
}

/* What has been written on it. */
static const char *take(struct terminal *t)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(t->master, bytes, sizeof(bytes))) > 0)
		text_append(&t->text, bytes, (size_t)n);
	return t->text.len ? t->text.bytes : "";
}

static void expect_on(struct terminal *t, const char *text)
{
	for (int64_t start = now_ms(); !strstr(take(t), text);)
		if (now_ms() - start > DEADLINE_MS)
			fail_msg("no '%s' in '%s'", text, take(t));
}

static void close_terminal(struct terminal *t)
{
	close(t->slave);
	close(t->master);
	text_finish(&t->text);
}

/* The pipe, which sends the file `in`, tells of it on `err`; our end. */
static int start_pipe(struct proc *p, int in, int err)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "--progress", "127.0.0.1",
		               port_text(port), NULL };

	proc_start(p, argv, NULL, in, PROC_PIPE, err);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void progress_is_told_on_a_terminal(void **state)
{
	struct terminal t;
	struct proc p;
	int in = open(in_dir("link"), O_RDONLY | O_CLOEXEC);

	(void)state;
	open_terminal(&t, 80);
	int fd = start_pipe(&p, in, t.slave);
	expect_on(&t, "% "); /* nobody reads: it stands */
	assert_non_null(strstr(take(&t), "\rout ["));
	net_send_text(fd, "answer");
	kill(p.pid, SIGUSR1); /* a notice in between has a line of its own */
	expect_on(&t, "\rsockchat: 127.0.0.1:");
	expect_on(&t, " | in 6 B, ");
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "answer");
	expect_on(&t, "\rout [##########] 100% ");
	size_t len = strlen(take(&t));
	assert_string_equal(t.text.bytes + len - 2, "\r\n");
	assert_null(strchr(t.text.bytes, '\033'));
	proc_finish(&p);
	close_terminal(&t);
	close(in);
}

static void progress_fits_a_narrow_terminal(void **state)
{
	struct terminal t;
	struct proc p;
	int in = open(in_dir("link"), O_RDONLY | O_CLOEXEC);

	(void)state;
	open_terminal(&t, 10);
	int fd = start_pipe(&p, in, t.slave);
	expect_on(&t, "\rout ");
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	expect_on(&t, "\rout 100%");
	for (const char *line = strtok(t.text.bytes, "\r\n"); line;
	     line = strtok(NULL, "\r\n"))
		assert_true(strlen(line) < 10);
	proc_finish(&p);
	close_terminal(&t);
	close(in);
}

static void a_terminal_that_is_stopped_stops_nothing(void **state)
{
	struct terminal t;
	struct proc p;
	int in = open(in_dir("link"), O_RDONLY | O_CLOEXEC);

	(void)state;
	open_terminal(&t, 80);
	assert_int_equal(tcflow(t.slave, TCOOFF), 0); /* Ctrl-S */
	int fd = start_pipe(&p, in, t.slave);
	proc_watch(&p, 500);
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_string_equal(take(&t), "");
	proc_finish(&p);
	close_terminal(&t);
	close(in);
}

static void elsewhere_progress_tells_nothing(void **state)
{
	struct proc p;
	int in = open(in_dir("link"), O_RDONLY | O_CLOEXEC);
	int fd = start_pipe(&p, in, PROC_PIPE);

	(void)state;
	proc_watch(&p, 500);
	assert_int_equal(stream_check(fd), LARGE);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "");
	assert_silent(&p);
	proc_finish(&p);
	close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_large_file_arrives_whole_and_what_is_typed_behind_it),
		cmocka_unit_test(
		    the_end_of_input_delivers_a_file_through_a_link),
		cmocka_unit_test(quitting_delivers_the_file_to_a_slow_reader),
		cmocka_unit_test(a_peer_that_does_not_read_costs_no_memory),
		cmocka_unit_test(a_cancel_leaves_a_connection_to_talk_on),
		cmocka_unit_test(
		    a_reset_says_how_much_of_the_file_had_not_left),
		cmocka_unit_test(a_fifo_is_refused_with_a_sentence),
		cmocka_unit_test(progress_is_told_on_a_terminal),
		cmocka_unit_test(progress_fits_a_narrow_terminal),
		cmocka_unit_test(a_terminal_that_is_stopped_stops_nothing),
		cmocka_unit_test(elsewhere_progress_tells_nothing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
