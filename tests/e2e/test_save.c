/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /save: what stands in the file, where none is made, and what goes wrong on
 * the way. */

#include <errno.h>
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
#include "pty.h"

static void save(struct proc *p, const char *name)
{
	char line[400];
	snprintf(line, sizeof(line), "/save %s\n", pty_home(name));
	proc_write_text(p, line);
}

/* A file's bytes; the caller finishes them. */
static struct text read_file(const char *name)
{
	struct text t = { NULL, 0 };
	char bytes[4096];
	FILE *file = fopen(pty_home(name), "re");
	assert_non_null(file);
	for (size_t n; (n = fread(bytes, 1, sizeof(bytes), file)) > 0;)
		text_append(&t, bytes, n);
	fclose(file);
	return t;
}

static struct stat stat_file(const char *name)
{
	struct stat st;
	assert_int_equal(lstat(pty_home(name), &st), 0);
	return st;
}

static void leave(struct proc *p, int fd, int status)
{
	proc_end_in(p);
	close(fd);
	proc_expect_exit(p, status);
	assert_silent(p);
	proc_finish(p);
}

static int talk(struct proc *p)
{
	int fd = connect_with(p, "--ui=lines", "--frame=line");
	net_send(fd, "a\0b\xff\033\r\n", 7);
	net_send_text(fd, "안녕\nrest");
	proc_expect_out(p, " < rest");
	proc_write_text(p, "typed\n");
	net_expect(fd, "typed\n");
	proc_expect_out(p, " > typed");
	return fd;
}

/* Text */

static void full_text_is_what_was_printed(void **state)
{
	struct proc p;
	int fd = talk(&p);
	(void)state;
	char line[300];
	snprintf(line, sizeof(line), "/save full:%s\n", pty_home("all.txt"));
	proc_write_text(&p, line);
	proc_expect_out(&p, "* saved ");
	struct text t = read_file("all.txt");
	assert_true(t.len > 100);
	assert_non_null(strstr(t.bytes, " < a^@b\\xff^[\\r\\n\n"));
	assert_non_null(strstr(t.bytes, " < 안녕\\n\n"));
	assert_int_equal(strncmp(t.bytes, "# sockchat ", 11), 0);
	assert_non_null(strstr(t.bytes, ", our end is 127.0.0.1:"));
	const char *behind = strstr(t.bytes, "\n# connect ") + 1;
	behind = strchr(behind, '\n') + 1;
	assert_non_null(strstr(p.out_text.bytes, behind));
	assert_int_equal(stat_file("all.txt").st_mode & 07777, 0600);
	text_finish(&t);
	leave(&p, fd, 0);
}

static void raw_files_have_the_bytes_of_messages_alone(void **state)
{
	static const char all[] = "a\0b\xff\033\r\n안녕\nresttyped\n";
	static const char *const names[] = { "m.bin", "m.raw" };
	struct proc p;
	int fd = talk(&p);
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		save(&p, names[i]);
		proc_expect_out(&p, names[i]);
		struct text t = read_file(names[i]);
		assert_int_equal(t.len, sizeof(all) - 1);
		assert_memory_equal(t.bytes, all, t.len);
		text_finish(&t);
	}
	leave(&p, fd, 0);
}

static void a_jsonl_file_is_what_the_json_front_end_prints(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui=json", "--frame=line");
	(void)state;
	net_send(fd, "a\0b\xff\033\n", 6);
	net_send_text(fd, "안녕\n");
	proc_expect_out(&p, "안녕");
	save(&p, "all.jsonl");
	proc_expect_out(&p, "saved ");
	struct text t = read_file("all.jsonl");
	assert_non_null(strstr(t.bytes, "\"base64\":\"YQBi/xsK\""));
	assert_memory_equal(p.out_text.bytes, t.bytes, t.len);
	text_finish(&t);
	leave(&p, fd, 0);
}

static void each_format_of_recordings_can_be_saved(void **state)
{
	static const struct {
		const char *name, *has;
	} rows[] = {
		{ "a.hex", "O 20" },
		{ "a.chat", "# sockchat conversation 1\n" },
		{ "b.hex", "00000000  74 79 70 65 64 0a " },
		{ "a.pcapng", "\n\r\r\n" },
	};
	struct proc p;
	char line[400];
	int fd = talk(&p);
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		save(&p, rows[i].name);
		proc_expect_out(&p, rows[i].name);
		struct text t = read_file(rows[i].name);
		assert_non_null(memmem(t.bytes, t.len, rows[i].has,
		                       strlen(rows[i].has)));
		text_finish(&t);
	}
	snprintf(line, sizeof(line), "/save jsonl:%s\n", pty_home("named"));
	proc_write_text(&p, line);
	proc_expect_out(&p, "/named");
	struct text t = read_file("named");
	assert_int_equal(t.bytes[0], '{');
	text_finish(&t);
	leave(&p, fd, 0);
}

static void a_filter_leaves_out_what_it_hides_and_says_so(void **state)
{
	struct proc p;
	int fd = talk(&p);
	(void)state;
	proc_write_text(&p, "/filter out\n");
	save(&p, "out.bin");
	proc_expect_out(&p, " that the filter hides were left out");
	struct text t = read_file("out.bin");
	assert_string_equal(t.bytes, "typed\n");
	text_finish(&t);
	leave(&p, fd, 0);
}

/* Places */

static void nothing_that_is_there_is_touched(void **state)
{
	static const char *const names[] = {
		"file", "folder", "link", "dangling", "fifo",
	};
	struct proc p;
	char path[300];
	int fd = talk(&p);
	(void)state;
	close(creat(pty_home("file"), 0644));
	mkdir(pty_home("folder"), 0755);
	assert_int_equal(symlink("file", pty_home("link")), 0);
	assert_int_equal(symlink("nowhere", pty_home("dangling")), 0);
	assert_int_equal(mkfifo(pty_home("fifo"), 0600), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *hint = strcmp(names[i], "folder") == 0
		                       ? "it is a folder"
		                       : "sockchat overwrites no file";
		snprintf(path, sizeof(path), "! cannot make %s: File exists; "
		         "%s", pty_home(names[i]), hint);
		save(&p, names[i]);
		proc_expect_out(&p, path);
	}
	assert_int_equal(stat_file("file").st_size, 0);
	assert_true(S_ISLNK(stat_file("dangling").st_mode));
	assert_int_equal(access(pty_home("nowhere"), F_OK), -1);
	leave(&p, fd, 1);
}

static void where_no_file_can_be_is_said(void **state)
{
	static const char *const rows[][2] = {
		{ "/save\n", "! /save needs PATH: nothing was done; for "
		             "example /save talk.txt" },
		{ "/save  \n", "! /save needs PATH: nothing was done" },
		{ "/save /\n", "! cannot make /: " },
		{ "/save ./\n", "! cannot make ./: " },
		{ "/save /dev/null\n", "! cannot make /dev/null: File exists; "
		                       "it is a device" },
		{ "/save text:\n", "! /save: a name is missing behind text:" },
		{ "/save /no/such/a\n",
		  "! cannot make /no/such/a: No such file or directory" },
		{ "/save /no/\033[2J\n", "! cannot make /no/^[[2J: " },
	};
	struct proc p;
	struct text line = { NULL, 0 };
	int fd = talk(&p);
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		proc_write_text(&p, rows[i][0]);
		proc_expect_out(&p, rows[i][1]);
	}
	text_append(&line, "/save /", 7);
	for (int i = 0; i < 3000; i++)
		text_append(&line, "a/", 2);
	text_append(&line, "\n", 1);
	proc_write(&p, line.bytes, line.len);
	proc_expect_out(&p, ": File name too long");
	text_finish(&line);
	leave(&p, fd, 1);
}

static void a_tilde_is_home_and_a_path_may_have_spaces(void **state)
{
	struct proc p;
	uint16_t port;
	char home[300];
	int listener = net_listen(&port);
	(void)state;
	snprintf(home, sizeof(home), "HOME=%s", pty_home(""));
	proc_start(&p, (const char *[]){ NULL, "connect", "--ui", "lines",
	                                 "127.0.0.1", port_text(port), NULL },
	           (const char *[]){ home, NULL }, PROC_PIPE, PROC_PIPE,
	           PROC_PIPE);
	int fd = net_accept(listener);
	net_send_text(fd, "hi\n");
	proc_expect_out(&p, " < hi");
	proc_write_text(&p, "/save ~/two words.raw \n");
	proc_expect_out(&p, "* saved ");
	assert_int_equal(stat_file("two words.raw").st_size, 3);
	proc_write_text(&p, "/save ~ \n"); /* no file of that name */
	proc_expect_out(&p, "! cannot make /");
	close(listener);
	leave(&p, fd, 1);
}

/* What goes wrong */

static void a_full_disk_is_said_and_the_chat_goes_on(void **state)
{
	static const char limit[] = "ulimit -f 1; exec \"$0\" \"$@\"";
	const char *bin = getenv("SOCKCHAT_BIN");
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_start(&p, (const char *[]){
		"sh", "-c", limit, bin ? bin : "build/sockchat", "connect",
		"--ui", "lines", "127.0.0.1", port_text(port), NULL }, NULL,
	    PROC_PIPE, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	for (int i = 0; i < 200; i++)
		net_send_text(fd, "some line\n");
	net_send_text(fd, "the last\n");
	proc_expect_out(&p, " < the last");
	save(&p, "full");
	proc_expect_out(&p, "is incomplete: it ends after 512 bytes: File too "
	                    "large");
	assert_int_equal(stat_file("full").st_size, 512);
	proc_write_text(&p, "still here\n");
	net_expect(fd, "still here\n");
	close(listener);
	leave(&p, fd, 1);
}

/* Much */

static void fill(int fd, size_t total, const char *last)
{
	char block[60001];
	for (size_t i = 0; i < 60000; i += 30)
		snprintf(block + i, 31, "%-29s\n", "some line");
	for (size_t i = 0; i < total; i += 60000)
		net_send(fd, block, 60000);
	net_send_text(fd, last);
}

static size_t count_lines(const struct text *t)
{
	size_t count = 0;
	for (size_t i = 0; i < t->len; i++)
		count += t->bytes[i] == '\n';
	return count;
}

static void leaving_meanwhile_writes_all_of_it(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	fill(fd, 6000000, "the last\n");
	pty_expect(&p, "< the last");
	pty_type(&p, "/save ~/all.raw" PTY_ENTER "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
	struct text t = read_file("all.raw");
	assert_int_equal(t.len, 6000000 + 9);
	assert_int_equal(count_lines(&t), 200001);
	text_finish(&t);
}

static void keys_are_answered_while_much_is_saved(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	int keys = 0, late = 0;
	(void)state;
	fill(fd, 48000000, "the last\n");
	pty_expect(&p, " < the last");
	pty_type(&p, "/save ~/all.txt" PTY_ENTER);
	for (; pty_find(&p, "* saved ") < 0; keys++) {
		int64_t start = now_ms();
		pty_type(&p, keys % 20 ? "k" : "\025k"); /* Ctrl-U */
		pty_expect_cursor(&p, INPUT_ROW, 3 + keys % 20);
		late += now_ms() - start >= 1000;
	}
	assert_true(keys > 1); /* while it was under way */
	assert_true(late * 2 < keys); /* as on a busy machine */
	pty_type(&p, PTY_CTRL_C);
	pty_quit(&p, 0);
	close(fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(full_text_is_what_was_printed),
		TEST(raw_files_have_the_bytes_of_messages_alone),
		TEST(a_jsonl_file_is_what_the_json_front_end_prints),
		TEST(each_format_of_recordings_can_be_saved),
		TEST(a_filter_leaves_out_what_it_hides_and_says_so),
		TEST(nothing_that_is_there_is_touched),
		TEST(where_no_file_can_be_is_said),
		TEST(a_tilde_is_home_and_a_path_may_have_spaces),
		TEST(a_full_disk_is_said_and_the_chat_goes_on),
		TEST(leaving_meanwhile_writes_all_of_it),
		TEST(keys_are_answered_while_much_is_saved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
