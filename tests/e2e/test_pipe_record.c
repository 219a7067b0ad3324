/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings of the byte pipe: it stays a pipe, and the files have all that
 * went through it. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "tls.h"
#include "unix.h"

#define RECORD(format) "--record", at_record(format)

/* "FORMAT:" and a file of that name in the test's folder; good for eight
 * calls. */
static const char *at_record(const char *format)
{
	static char words[8][300];
	static unsigned next;
	char *word = words[next++ % 8];
	snprintf(word, sizeof(words[0]), "%s:%s", format, at_path(format));
	return word;
}

/* The file of that format, or one that is called so. */
static void read_record(struct text *t, const char *name)
{
	char block[65536];
	int fd = open(at_path(name), O_RDONLY | O_CLOEXEC);
	*t = (struct text){ NULL, 0 };
	assert_true(fd >= 0);
	for (ssize_t n; (n = read(fd, block, sizeof(block))) > 0;)
		text_append(t, block, (size_t)n);
	close(fd);
}

static void assert_recorded(const char *name, const char *text)
{
	struct text t;
	read_record(&t, name);
	if (!t.len || !strstr(t.bytes, text))
		fail_msg("'%s' is not in: %s", text, t.len ? t.bytes : "");
	text_finish(&t);
}

/* How often it is there. */
static size_t count_recorded(const char *name, const char *text)
{
	struct text t;
	size_t count = 0;
	read_record(&t, name);
	for (const char *at = t.bytes; t.len && (at = strstr(at, text)); at++)
		count++;
	text_finish(&t);
	return count;
}

/* Every line is an entry, and these are the bytes of that direction. */
static void check_data(const char *which, const void *bytes, size_t len)
{
	const char *argv[] = { "python3", peer_path("check_entries.py"), which,
		               NULL };
	struct proc check;
	struct text t;
	read_record(&t, "jsonl");
	proc_start(&check, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write(&check, t.bytes, t.len);
	proc_end_in(&check);
	proc_expect_exit(&check, 0);
	assert_silent(&check);
	assert_int_equal(check.out_text.len, len);
	assert_memory_equal(check.out_text.bytes, bytes, len);
	proc_finish(&check);
	text_finish(&t);
}

static int dial_recorded(struct proc *p, const char *format, const char *more)
{
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(p, "connect", RECORD(format), "127.0.0.1",
	              port_text(port), more, NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void a_talk_is_recorded_in_every_format(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", RECORD("jsonl"), RECORD("text"),
	              RECORD("hex"), RECORD("raw"), RECORD("chat"),
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	proc_write_text(&p, "que");
	net_expect(fd, "que");
	proc_write_text(&p, "stion\n");
	net_expect(fd, "stion\n");
	net_send_text(fd, "answer\nand m");
	proc_expect_out(&p, "and m");
	net_send_text(fd, "ore");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	assert_out(&p, "answer\nand more");
	assert_silent(&p);
	proc_finish(&p);
	check_data("out", "question\n", 9);
	check_data("in", "answer\nand more", 15);
	assert_int_equal(count_recorded("jsonl", "\"kind\":\"data\""), 4);
	assert_recorded("jsonl", "\"text\":\"que\"");
	assert_recorded("jsonl", "\"state\":\"half-closed\",\"side\":\"us\"");
	assert_recorded("jsonl", "\"received\":15,\"sent\":9");
	assert_recorded("text", " > question\\n\n");
	assert_recorded("text", " < answer\\n\n");
	assert_recorded("text", " < and m");
	assert_recorded("hex", "\nO ");
	assert_recorded("raw", "answer\nand more");
	assert_recorded("chat", "> \"question\\n\"\n< \"answer\\n\"");
	assert_recorded("chat", "> fin\n");
}

static void nothing_of_it_is_for_others(void **state)
{
	struct proc p;
	struct stat st;
	int fd = dial_recorded(&p, "raw", NULL);
	(void)state;
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	assert_int_equal(stat(at_path("raw"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	proc_sockchat(&p, "connect", RECORD("raw"), "127.0.0.1", "9", NULL);
	assert_true(proc_wait(&p) != 0);
	assert_err_has(&p, at_path("raw"));
	proc_finish(&p);
}

static void big_streams_pass_unchanged_while_they_are_recorded(void **state)
{
	static const char *const formats[] = { "raw", "jsonl", "chat", "pcapng",
		                               "text" };
	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct proc p;
		struct stat st;
		int fd = dial_recorded(&p, formats[i], NULL);
		exchange(&p, fd, 16 * MIB + 12345);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_silent(&p);
		assert_true(p.usage.ru_maxrss < RSS_MAX_KIB);
		proc_finish(&p);
		assert_int_equal(stat(at_path(formats[i]), &st), 0);
		assert_true((uint64_t)st.st_size >= 16 * MIB + 12345);
	}
	int fd = open(at_path("raw"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(stream_check(fd), 16 * MIB + 12345);
	close(fd);
}

static void talk_to_peer(struct proc *p, uint16_t port, const char *text)
{
	int fd = net_connect(port);
	net_send_text(fd, text);
	proc_expect_out(p, text);
	close(fd);
}

static void peers_one_after_another_have_numbers(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "-k", "--recv-only", RECORD("jsonl"),
	              RECORD("chat"), RECORD("text"), "127.0.0.1", "0", NULL);
	uint16_t port = proc_port(&p);
	talk_to_peer(&p, port, "first\n");
	talk_to_peer(&p, port, "second\n");
	proc_expect_err(&p, "connection from");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	assert_recorded("jsonl", "\"session\":1,\"kind\":\"data\"");
	assert_recorded("jsonl", "\"session\":2,\"kind\":\"data\"");
	assert_int_equal(count_recorded("jsonl", "\"state\":\"open\""), 2);
	assert_recorded("chat", "\n[1] < \"first\\n\"\n");
	assert_recorded("chat", "\n[2] < \"second\\n\"\n");
	assert_recorded("text", "second\\n");
}

static void each_peer_may_have_a_file(void **state)
{
	char word[300];
	struct proc p;
	(void)state;
	snprintf(word, sizeof(word), "raw:%s", at_path("peer-%n"));
	proc_sockchat(&p, "listen", "-k", "--recv-only", "--record", word,
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_port(&p);
	talk_to_peer(&p, port, "first\n");
	talk_to_peer(&p, port, "second\n");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	assert_recorded("peer-1", "first\n");
	assert_recorded("peer-2", "second\n");
}

static void what_is_recorded_of_tls_is_plain(void **state)
{
	struct proc p, client;
	(void)state;
	proc_sockchat(&p, "listen", SERVING, RECORD("raw"), RECORD("jsonl"),
	              RECORD("chat"), "tls://127.0.0.1:0", NULL);
	proc_sockchat(&client, "connect", TRUSTING, tls_url(port_of(&p)),
	              NULL);
	proc_write_text(&client, "in secret\n");
	proc_expect_out(&p, "in secret\n");
	proc_write_text(&p, "answer\n");
	proc_expect_out(&client, "answer\n");
	proc_end_in(&client);
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
	check_data("in", "in secret\n", 10);
	assert_recorded("raw", "in secret\n");
	assert_recorded("chat", "> \"answer\\n\"\n");
}

static void unix_sockets_are_recorded_too(void **state)
{
	struct proc p;
	int listener = unix_listen(at_path("s"));
	(void)state;
	proc_sockchat(&p, "connect", RECORD("jsonl"), at_url("s"), NULL);
	int fd = net_accept(listener);
	net_send_text(fd, "hello");
	close(fd);
	close(listener);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	check_data("in", "hello", 5);
}

/* `sh` sets a limit on the size of files, which is as good as a full disk. */
static void a_full_disk_is_told_and_the_talk_goes_on(void **state)
{
	char script[1200];
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;
	struct stat st;
	(void)state;
	snprintf(script, sizeof(script),
	         "ulimit -f 16; exec \"$SOCKCHAT_BIN\" connect --record "
	         "raw:'%s' 127.0.0.1 %s", at_path("raw"), port_text(port));
	const char *argv[] = { "sh", "-c", script, NULL };
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	exchange(&p, fd, MIB + 1);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, at_path("raw"));
	proc_finish(&p);
	assert_int_equal(stat(at_path("raw"), &st), 0);
	assert_true(st.st_size <= 16 * 1024);
}

static void what_was_recorded_survives_a_kill(void **state)
{
	struct proc p;
	int fd = dial_recorded(&p, "jsonl", NULL);
	(void)state;
	net_send_text(fd, "before");
	proc_expect_out(&p, "before");
	proc_write_text(&p, "after");
	net_expect(fd, "after");
	proc_watch(&p, 100);
	kill(p.pid, SIGKILL);
	proc_expect_signal(&p, SIGKILL);
	close(fd);
	proc_finish(&p);
	check_data("in", "before", 6);
	check_data("out", "after", 5);
}

static void recordings_have_frames_which_a_pipe_alone_has_not(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--frame", "u16", "127.0.0.1", "9", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "--frame");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "--frame", "u16", RECORD("jsonl"),
	              RECORD("text"), "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	net_send(fd, "\0\3ab", 4);
	proc_watch(&p, 100);
	net_send(fd, "c\0\1d\0\2x", 7);
	close(fd);
	close(listener);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_int_equal(p.out_text.len, 11);
	proc_finish(&p);
	assert_recorded("text", " < ^@^Cabc\n");
	assert_recorded("jsonl", "\"kind\":\"message\",\"dir\":\"in\"");
	assert_recorded("jsonl", "\"code\":\"frame-unfinished\"");
}

static void failures_are_recorded(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_bind(&port);
	(void)state;
	proc_sockchat(&p, "connect", RECORD("jsonl"), "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	close(fd);
	assert_recorded("jsonl", "\"kind\":\"error\"");
	assert_recorded("jsonl", "\"code\":\"ECONNREFUSED\"");
	unlink(at_path("jsonl"));
	fd = dial_recorded(&p, "jsonl", NULL);
	net_send_text(fd, "bye");
	proc_expect_out(&p, "bye");
	net_reset(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	assert_recorded("jsonl", "\"code\":\"ECONNRESET\"");
	assert_recorded("jsonl", "\"state\":\"closed\"");
	unlink(at_path("jsonl"));
	fd = net_bind(&port);
	proc_sockchat(&p, "listen", RECORD("jsonl"), "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	close(fd);
	assert_recorded("jsonl", "\"code\":\"EADDRINUSE\"");
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, unix_setup, unix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_talk_is_recorded_in_every_format),
		T(nothing_of_it_is_for_others),
		T(big_streams_pass_unchanged_while_they_are_recorded),
		T(peers_one_after_another_have_numbers),
		T(each_peer_may_have_a_file),
		T(what_is_recorded_of_tls_is_plain),
		T(unix_sockets_are_recorded_too),
		T(a_full_disk_is_told_and_the_talk_goes_on),
		T(what_was_recorded_survives_a_kill),
		T(recordings_have_frames_which_a_pipe_alone_has_not),
		T(failures_are_recorded),
	};
	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
