/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A .chat recording holds every byte that moved, also those that the screen
 * does not show: bytes of files, and what --send-only throws away.  So each is
 * played again here, in both roles, and recorded again. */

#include "replay.h"

#define FILE_LEN ((size_t)300000)
#define DRIP     "/drip 20000 1ms\n"
#define BEHIND   "behind\nand more\n"

static uint8_t file[FILE_LEN];

/* As pty_home(), for two names at once. */
static const char *again_at(const char *name)
{
	static char path[300];
	snprintf(path, sizeof(path), "%s", pty_home(name));
	return path;
}

static void write_file(void)
{
	FILE *f = fopen(pty_home("request.bin"), "we");
	assert_non_null(f);
	stream_fill(file, FILE_LEN, 0);
	assert_int_equal(fwrite(file, 1, FILE_LEN, f), FILE_LEN);
	assert_int_equal(fclose(f), 0);
}

static void type_file(struct proc *p)
{
	char line[300];
	snprintf(line, sizeof(line), "/file %s\n", pty_home("request.bin"));
	proc_write_text(p, line);
}

/* What the one who sends the file sends, in the end. */
static struct text all_bytes(void)
{
	struct text t = { NULL, 0 };
	text_append(&t, "first\n", 6);
	text_append(&t, file, FILE_LEN);
	text_append(&t, BEHIND, strlen(BEHIND));
	text_append(&t, file, FILE_LEN);
	text_append(&t, "last\nalone\n", 11);
	text_append(&t, "", 0);
	return t;
}

/* Move so many bytes, while the program prints what it likes. */
static void move_bytes(struct proc *p, int fd, bool is_out, uint8_t *bytes,
                       size_t len)
{
	int64_t until = now_ms() + 60000;
	while (len) {
		ssize_t n = is_out ? send(fd, bytes, len, MSG_DONTWAIT)
		                   : recv(fd, bytes, len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN) || now_ms() > until)
			fail_msg("%zu bytes are missing", len);
		if (n < 0)
			proc_watch(p, 1);
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

/* Wait for its end, while it prints what it likes: it reads no peer while its
 * output is not read. */
static void expect_end(struct proc *p, int fd)
{
	int64_t until = now_ms() + 60000;
	uint8_t byte;
	ssize_t n;
	while ((n = recv(fd, &byte, 1, MSG_DONTWAIT)) < 0 && errno == EAGAIN) {
		assert_true(now_ms() < until);
		proc_watch(p, 1);
	}
	assert_int_equal(n, 0);
	close(fd);
}

/* Let it send all of its bytes; `thanks` come before the last of them. */
static void expect_all(struct proc *p, int fd)
{
	struct text wanted = all_bytes();
	uint8_t *got = malloc(wanted.len);
	move_bytes(p, fd, false, got, wanted.len - 6);
	net_send_text(fd, "thanks\n");
	if (p->in >= 0) {
		proc_expect_out(p, "thanks");
		proc_write_text(p, "alone\n");
		proc_end_in(p);
	}
	move_bytes(p, fd, false, got + wanted.len - 6, 6);
	assert_memory_equal(got, wanted.bytes, wanted.len);
	expect_end(p, fd);
	free(got);
	text_finish(&wanted);
}

/* Send all of them to it. */
static void send_all(struct proc *p, int fd)
{
	struct text t = all_bytes();
	uint8_t thanks[7];
	net_expect(fd, "login: ");
	move_bytes(p, fd, true, (uint8_t *)t.bytes, t.len - 6);
	move_bytes(p, fd, false, thanks, sizeof(thanks));
	assert_memory_equal(thanks, "thanks\n", sizeof(thanks));
	net_send_text(fd, "alone\n");
	shutdown(fd, SHUT_WR);
	expect_end(p, fd);
	text_finish(&t);
}

static void record_conversation(const char *name)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	write_file();
	proc_sockchat(&p, "connect", "--ui=lines", "--record", pty_home(name),
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	net_send_text(fd, "login: ");
	proc_expect_out(&p, "login: ");
	proc_write_text(&p, "first\n" DRIP);
	type_file(&p);
	proc_write_text(&p, BEHIND);
	type_file(&p);
	proc_write_text(&p, "last\n");
	expect_all(&p, fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void play_as_client(const char *name, const char *again)
{
	const char *path = again_at(again);
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(&p, "connect", "--record", path,
	              "--replay", pty_home(name), "127.0.0.1",
	              port_text(port), NULL);
	proc_end_in(&p);
	int fd = net_accept(listener);
	close(listener);
	net_send_text(fd, "login: ");
	expect_all(&p, fd);
	expect_success(&p);
}

static void play_as_server(const char *name, const char *again)
{
	const char *path = again_at(again);
	struct proc p;
	proc_sockchat(&p, "listen", "--record", path, "--replay",
	              pty_home(name), "127.0.0.1", "0", NULL);
	proc_end_in(&p);
	send_all(&p, net_connect(proc_lines_port(&p)));
	expect_success(&p);
}

static void a_recording_with_a_file_is_played_in_both_roles(void **state)
{
	(void)state;
	record_conversation("a.chat");
	play_as_client("a.chat", "b.chat");
	play_as_server("a.chat", "c.chat");
}

static void what_is_played_is_recorded_again(void **state)
{
	(void)state;
	record_conversation("a.chat");
	play_as_client("a.chat", "b.chat");
	play_as_server("b.chat", "c.chat");
	play_as_client("c.chat", "d.chat");
}

/* The file is on its way when a recording begins. */
static void a_recording_that_begins_within_a_file_has_its_rest(void **state)
{
	struct proc p;
	struct text got = { NULL, 0 };
	char line[300];
	int fd = connect_with(&p, "--ui", "lines");
	(void)state;
	write_file();
	proc_write_text(&p, "/drip 1000 1h\n");
	type_file(&p);
	assert_int_equal(net_read(fd, &got, 1000), 0);
	snprintf(line, sizeof(line), "/record %s\n", pty_home("rest.chat"));
	proc_write_text(&p, line);
	proc_expect_out(&p, "recording chat to");
	proc_write_text(&p, "behind\n/drip off\n");
	proc_end_in(&p);
	assert_int_equal(net_read(fd, &got, 0), 0);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(&p, "connect", "--replay", pty_home("rest.chat"),
	              "127.0.0.1", port_text(port), NULL);
	proc_end_in(&p);
	size_t len = FILE_LEN - 1000 + strlen("behind\n");
	uint8_t *again = malloc(len);
	assert_int_equal(got.len, 1000 + len);
	fd = net_accept(listener);
	close(listener);
	move_bytes(&p, fd, false, again, len);
	net_expect_end(fd);
	close(fd);
	expect_success(&p);
	assert_memory_equal(again, got.bytes + 1000, len);
	free(again);
	text_finish(&got);
}

static void what_nobody_reads_is_recorded(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "--send-only", "--record",
	              pty_home("a.chat"), "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "who are you?\n");
	close(fd);
	proc_expect_out(&p, "closed");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	proc_sockchat(&p, "listen", "--replay", pty_home("a.chat"),
	              "127.0.0.1", "0", NULL);
	proc_end_in(&p);
	fd = net_connect(proc_lines_port(&p));
	net_send_text(fd, "hello\n");
	net_expect(fd, "who are you?\n");
	shutdown(fd, SHUT_WR);
	expect_end(&p, fd);
	expect_success(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_recording_with_a_file_is_played_in_both_roles),
		TEST(what_is_played_is_recorded_again),
		TEST(a_recording_that_begins_within_a_file_has_its_rest),
		TEST(what_nobody_reads_is_recorded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
