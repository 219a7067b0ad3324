/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings by the real binary: what stands in the files, what ends and full
 * disks do to them, and which files are refused. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

/* A file's bytes; the caller finishes them. */
static struct text read_file(const char *name)
{
	struct text t = { NULL, 0 };
	char bytes[4096];
	FILE *file = fopen(pty_home(name), "re");
	if (!file)
		fail_msg("%s: %s", pty_home(name), strerror(errno));
	for (size_t n; (n = fread(bytes, 1, sizeof(bytes), file)) > 0;)
		text_append(&t, bytes, n);
	text_append(&t, "", 0);
	fclose(file);
	return t;
}

static void expect_in_file(const char *name, const char *text)
{
	struct text t = read_file(name);
	if (!t.bytes || !strstr(t.bytes, text))
		fail_msg("%s has not '%s' but '%s'", name, text,
		         t.bytes ? t.bytes : "");
	text_finish(&t);
}

static void leave(struct proc *p, int fd, int status)
{
	proc_end_in(p);
	close(fd);
	proc_expect_exit(p, status);
	proc_finish(p);
}

/* What stands in the files */

static void json_lines_are_what_the_front_end_prints(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--json", "--record", pty_home("a.jsonl"),
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	net_send_text(fd, "안녕\nhalf a li");
	proc_expect_out(&p, "half a li");
	net_send(fd, "ne\n\xff\0\n", 6);
	proc_write_text(&p, "typed\n");
	net_expect(fd, "typed\n");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	struct text t = read_file("a.jsonl");
	assert_string_equal(t.bytes, p.out_text.bytes);
	text_finish(&t);
	proc_finish(&p);
}

/* Returns the descriptor of the peer. */
static int record_two(struct proc *p, const char *hex)
{
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(p, "connect", "--ui=lines", "-o", pty_home("a.txt"), "-x",
	              hex, "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	net_send(fd, "ab 12 cd\n\xff", 10);
	proc_expect_out(p, "\\xff");
	proc_write_text(p, "sent\n");
	net_expect(fd, "sent\n");
	return fd;
}

static void text_and_hex_are_kept_at_once(void **state)
{
	struct proc p;
	char hex[300];
	(void)state;
	snprintf(hex, sizeof(hex), "%s", pty_home("a.hex"));
	int fd = record_two(&p, hex);
	leave(&p, fd, 0);
	expect_in_file("a.txt", " < ab 12 cd\\n\n");
	expect_in_file("a.txt", " > sent\\n\n");
	expect_in_file("a.hex", "Z\n00000000  73 65 6e 74 0a ");
}

static void text2pcap_reads_the_bytes_and_their_directions(void **state)
{
	static const char script[] =
	    "text2pcap -q -D -t ISO -T 1,2 \"$0\" \"$0.pcapng\" && tshark -r "
	    "\"$0.pcapng\" -T fields -e tcp.srcport -e tcp.payload "
	    "2>/dev/null";
	struct proc p;
	char hex[300];
	(void)state;
	snprintf(hex, sizeof(hex), "%s", pty_home("a.hex"));
	int fd = record_two(&p, hex);
	leave(&p, fd, 0);
	proc_start(&p, (const char *[]){ "sh", "-c", script, hex, NULL }, NULL,
	           PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(p.out_text.bytes,
	                       "1\t61622031322063640aff\n"));
	assert_non_null(strstr(p.out_text.bytes, "2\t73656e740a\n"));
	proc_finish(&p);
}

static void each_peer_has_a_file_of_its_own(void **state)
{
	struct proc p;
	char path[300];
	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui=lines", "--record",
	              pty_home("%n.raw"), "--record", "jsonl:/dev/null",
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	int one = net_connect(port), two = net_connect(port);
	net_send_text(one, "first\n");
	proc_expect_out(&p, "first");
	net_send_text(two, "second\n");
	proc_expect_out(&p, "second");
	proc_write_text(&p, "/record\n");
	snprintf(path, sizeof(path), "recording raw to %s: 13 B",
	         pty_home("%n.raw"));
	proc_expect_out(&p, path);
	proc_end_in(&p);
	close(one);
	close(two);
	proc_wait(&p);
	proc_finish(&p);
	struct text a = read_file("1.raw"), b = read_file("2.raw");
	assert_int_equal(a.len + b.len, 13);
	text_finish(&a);
	text_finish(&b);
}

/* -1: nobody listens there yet. */
static int try_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void an_echo_listener_without_a_log_is_recorded(void **state)
{
	struct proc p;
	(void)state;
	char place[100];
	snprintf(place, sizeof(place), "%s", pty_home("socket"));
	proc_sockchat(&p, "listen", "--echo", "--quiet", "-o",
	              pty_home("a.txt"), "-U", place, NULL);
	int fd;
	while ((fd = try_unix(place)) < 0)
		proc_watch(&p, 10);
	net_send_text(fd, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	expect_in_file("a.txt", " < hello\\n\n");
	expect_in_file("a.txt", " > hello\\n\n");
}

static void a_command_begins_and_ends_a_recording(void **state)
{
	struct proc p;
	char line[300];
	int fd = connect_with(&p, "--ui=lines", NULL);
	(void)state;
	net_send_text(fd, "before\n");
	proc_expect_out(&p, "before");
	proc_write_text(&p, "/record\n");
	proc_expect_out(&p, "* nothing is recorded; ");
	snprintf(line, sizeof(line), "/record %s\n", pty_home("a.txt"));
	proc_write_text(&p, line);
	proc_expect_out(&p, "* recording text to ");
	proc_expect_out(&p, " from now on; /save writes the whole chat");
	net_send_text(fd, "within\n");
	proc_expect_out(&p, "within");
	proc_write_text(&p, line);
	proc_expect_out(&p, "is being recorded already");
	proc_write_text(&p, "/record off\n");
	proc_expect_out(&p, "* recording has ended");
	net_send_text(fd, "after\n");
	proc_expect_out(&p, "after");
	leave(&p, fd, 1);
	struct text t = read_file("a.txt");
	assert_null(strstr(t.bytes, "before"));
	assert_null(strstr(t.bytes, "after"));
	assert_non_null(strstr(t.bytes, " < within\\n\n"));
	text_finish(&t);
}

/* Ends and failures */

static void what_was_recorded_survives_a_kill(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "--record",
	              pty_home("a.jsonl"), "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	for (int i = 0; i < 500; i++)
		net_send_text(fd, "some line of text\n");
	net_send_text(fd, "the last\n");
	proc_expect_out(&p, "the last");
	proc_write_text(&p, "answer\n");
	net_expect(fd, "answer\n");
	proc_watch(&p, 100); /* the turn that has sent it is over */
	kill(p.pid, SIGKILL);
	proc_expect_signal(&p, SIGKILL);
	proc_finish(&p);
	close(fd);
	close(listener);
	struct text t = read_file("a.jsonl");
	assert_int_equal(t.bytes[t.len - 1], '\n');
	assert_non_null(strstr(t.bytes, "\"text\":\"the last\\n\""));
	text_finish(&t);
}

static void a_full_disk_does_not_stop_the_conversation(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "-o", "/dev/full",
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	proc_expect_out(&p, "! cannot write /dev/full: No space left on "
	                    "device; the conversation continues");
	net_send_text(fd, "goes on\n");
	proc_expect_out(&p, " < goes on");
	proc_write_text(&p, "both ways\n");
	net_expect(fd, "both ways\n");
	leave(&p, fd, 1);
}

static void what_is_missing_is_counted_when_there_is_room_again(void **state)
{
	static const char limit[] = "ulimit -S -f 4; exec \"$0\" \"$@\"";
	const char *bin = getenv("SOCKCHAT_BIN");
	struct rlimit none;
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_start(&p, (const char *[]){
		"sh", "-c", limit, bin ? bin : "build/sockchat", "connect",
		"--ui=lines", "-o", pty_home("a.txt"), "127.0.0.1",
		port_text(port), NULL }, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	close(listener);
	net_send_text(fd, "first\n");
	proc_expect_out(&p, "first");
	for (int i = 0; i < 200; i++)
		net_send_text(fd, "some line that fills the file\n");
	proc_expect_out(&p, "! cannot write ");
	getrlimit(RLIMIT_FSIZE, &none);
	assert_int_equal(prlimit(p.pid, RLIMIT_FSIZE, &none, NULL), 0);
	proc_expect_out(&p, "a.txt can be written again; ");
	net_send_text(fd, "goes on\n");
	proc_expect_out(&p, "goes on");
	leave(&p, fd, 1);
	expect_in_file("a.txt", " < first\\n\n");
	expect_in_file("a.txt", " are missing here: File too large\n");
	expect_in_file("a.txt", " < goes on\\n\n");
}

static void a_fifo_without_reader_waits_for_nobody(void **state)
{
	struct proc p;
	char got[8192] = "";
	(void)state;
	assert_int_equal(mkfifo(pty_home("fifo"), 0600), 0);
	char record[300];
	snprintf(record, sizeof(record), "text:%s", pty_home("fifo"));
	int fd = connect_with(&p, "--ui=lines", NULL);
	char line[320];
	snprintf(line, sizeof(line), "/record %s\n", record);
	proc_write_text(&p, line);
	net_send_text(fd, "lost\n");
	proc_expect_out(&p, "fifo: nobody reads it");
	int reader = open(pty_home("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	proc_expect_out(&p, "fifo can be written again; ");
	net_send_text(fd, "heard\n");
	proc_expect_out(&p, "heard");
	leave(&p, fd, 1);
	assert_true(read(reader, got, sizeof(got) - 1) > 0);
	close(reader);
	assert_non_null(strstr(got, " are missing here: nobody reads it\n"));
	assert_non_null(strstr(got, " < heard\\n\n"));
	assert_null(strstr(got, "lost"));
}

/* Names */

static void refuse(const char *option, const char *name, int status,
                   const char *sentence)
{
	struct proc p;
	proc_sockchat(&p, "connect", "--ui=lines", option, name, "127.0.0.1",
	              "1", NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, status);
	assert_err_has(&p, sentence);
	proc_finish(&p);
}

static void what_cannot_be_recorded_is_said_at_the_start(void **state)
{
	(void)state;
	close(creat(pty_home("old.txt"), 0644));
	assert_int_equal(symlink("old.txt", pty_home("link.txt")), 0);
	refuse("--record", "talk", 2, "text, full, hex, raw, ");
	refuse("--record", "nosuch:talk", 2, "has no known format");
	refuse("--record", "nosuch:talk", 2, "or write FORMAT:FILE");
	refuse("--record", "", 2, "--record");
	refuse("--record", "%z.txt", 2, "%n (its number)");
	refuse("-o", pty_home("old.txt"), 1, "File exists");
	refuse("-o", pty_home("old.txt"), 1, "--record-overwrite");
	refuse("-o", pty_home("link.txt"), 1, "symbolic link");
	refuse("-x", pty_home(""), 1, "cannot record to ");
	refuse("-x", "/proc/a.hex", 1, "cannot record to /proc/a.hex: ");
}

static void an_old_recording_is_added_to_or_replaced_when_asked(void **state)
{
	static const char *const over[] = {
		"--record-append", "--record-overwrite",
	};
	(void)state;
	int fd = creat(pty_home("old.txt"), 0644);
	assert_int_equal(write(fd, "old\n", 4), 4);
	close(fd);
	for (int i = 0; i < 2; i++) {
		struct proc p;
		proc_sockchat(&p, "connect", "--ui=lines", over[i], "--record",
		              pty_home("old.txt"), "127.0.0.1", "1", NULL);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
		struct text t = read_file("old.txt");
		assert_int_equal(strncmp(t.bytes, "old\n", 4) == 0, i == 0);
		assert_non_null(strstr(t.bytes, "! "));
		text_finish(&t);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_lines_are_what_the_front_end_prints),
		TEST(text_and_hex_are_kept_at_once),
		TEST(text2pcap_reads_the_bytes_and_their_directions),
		TEST(each_peer_has_a_file_of_its_own),
		TEST(an_echo_listener_without_a_log_is_recorded),
		TEST(a_command_begins_and_ends_a_recording),
		TEST(what_was_recorded_survives_a_kill),
		TEST(a_full_disk_does_not_stop_the_conversation),
		TEST(what_is_missing_is_counted_when_there_is_room_again),
		TEST(a_fifo_without_reader_waits_for_nobody),
		TEST(what_cannot_be_recorded_is_said_at_the_start),
		TEST(an_old_recording_is_added_to_or_replaced_when_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
