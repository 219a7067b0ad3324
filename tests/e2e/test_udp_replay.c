/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations over UDP as files: recorded in each format, played by either
 * side, and what is said when they are not as written. */

#include "capture.h"
#include "datagrams.h"
#include "replay.h"

#define TALK                                                                   \
	"> \"hello\\n\"\n"                                                     \
	"< \"HELLO\\n\"\n"                                                     \
	"> \"\"\n"                                                             \
	"< \"\"\n"                                                             \
	"> \"two\"\n"                                                          \
	"< \"1\"\n"                                                            \
	"< \"2\"\n"

/* The server of that. */
static void serve_talk(int fd)
{
	struct sender from;
	udp_expect(fd, "hello\n", &from);
	udp_answer(fd, &from, "HELLO\n", 6);
	udp_expect(fd, "", &from);
	udp_answer(fd, &from, "", 0);
	udp_expect(fd, "two", &from);
	udp_answer(fd, &from, "1", 1);
	udp_answer(fd, &from, "2", 1);
}

/* Its client. */
static void ask_talk(int fd)
{
	assert_int_equal(send(fd, "hello\n", 6, 0), 6);
	udp_expect(fd, "HELLO\n", NULL);
	assert_int_equal(send(fd, "", 0, 0), 0);
	udp_expect(fd, "", NULL);
	assert_int_equal(send(fd, "two", 3, 0), 3);
	udp_expect(fd, "1", NULL);
	udp_expect(fd, "2", NULL);
}

/* Play these steps as the client of a socket of ours, which is returned. */
static int play_udp_client(struct proc *p, const char *steps, const char *name)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	char file[400];
	snprintf(file, sizeof(file), "%s", chat_file("talk.chat", steps));
	proc_sockchat(p, "connect", "--replay", file, "--step-timeout", "5",
	              "-u", "127.0.0.1", port_text(port),
	              name ? "--record" : NULL, name, NULL);
	proc_end_in(p);
	return fd;
}

static uint16_t play_udp_server(struct proc *p, const char *steps)
{
	proc_sockchat(p, "listen", "--replay", chat_file("serve.chat", steps),
	              "udp://127.0.0.1:0", NULL);
	proc_end_in(p);
	return proc_lines_port(p);
}

static void the_connecting_side_is_played(void **state)
{
	struct proc p;
	(void)state;
	int fd = play_udp_client(&p, TALK, NULL);
	serve_talk(fd);
	expect_success(&p);
	close(fd);
}

static void the_listening_side_is_played(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = play_udp_server(&p, "connect udp://127.0.0.1:9\n" TALK);
	int fd = udp_connect(port);
	ask_talk(fd);
	expect_success(&p);
	close(fd);
}

static void each_source_is_a_peer_of_its_own(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = play_udp_server(&p, "listen udp://127.0.0.1:9\n"
	                                    "[1] < \"a\"\n"
	                                    "[2] < \"b\"\n"
	                                    "[2] > \"for b\"\n"
	                                    "[1] > \"for a\"\n");
	int a = udp_connect(port), b = udp_connect(port);
	assert_int_equal(send(a, "a", 1, 0), 1);
	proc_expect_out(&p, "< a");
	assert_int_equal(send(b, "b", 1, 0), 1);
	udp_expect(b, "for b", NULL);
	udp_expect(a, "for a", NULL);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(a);
	close(b);
}

/* The step on a line, without its peer and its pause; NULL: it has none. */
static const char *step_of(const char *line)
{
	const char *step = strpbrk(line, "<>");
	return *line == '#' ? NULL : step;
}

/* The lines of a recorded file that are steps. */
static void assert_steps(const char *name, const char *steps)
{
	struct text t = captured(name), kept = { NULL, 0 };
	char *line = t.bytes, *end;
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		const char *step = step_of(line);
		if (!step)
			continue;
		text_append(&kept, step, strlen(step));
		text_append(&kept, "\n", 1);
	}
	text_append(&kept, "", 0);
	assert_string_equal(kept.bytes, steps);
	text_finish(&kept);
	text_finish(&t);
}

static void record_as(const char *name)
{
	struct proc p;
	int fd = play_udp_client(&p, TALK, at_path(name));
	serve_talk(fd);
	expect_success(&p);
	close(fd);
}

static void a_recording_has_a_step_for_each_datagram(void **state)
{
	(void)state;
	record_as("r.chat");
	assert_steps("r.chat", TALK);
}

/* Load the first file, and save it as the second. */
static void convert(const char *from, const char *to)
{
	struct proc p;
	char save[400];
	proc_sockchat(&p, "listen", "--ui=lines", "--load", at_path(from),
	              "127.0.0.1", "0", NULL);
	proc_expect_out(&p, "< 2");
	snprintf(save, sizeof(save), "/save %s\n", at_path(to));
	proc_write_text(&p, save);
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void json_keeps_datagrams_and_becomes_the_same_steps(void **state)
{
	(void)state;
	record_as("r.jsonl");
	struct text t = captured("r.jsonl");
	assert_non_null(strstr(t.bytes, "\"kind\":\"message\","
	                                "\"dir\":\"out\""));
	assert_non_null(strstr(t.bytes, "\"len\":0,\"text\":\"\","
	                                "\"complete\":true"));
	assert_non_null(strstr(t.bytes, "\"transport\":\"udp\""));
	assert_null(strstr(t.bytes, "\"frame\""));
	text_finish(&t);
	convert("r.jsonl", "again.chat");
	assert_steps("again.chat", TALK);
	convert("r.jsonl", "again.hex");
	t = captured("again.hex");
	assert_non_null(strstr(t.bytes, "\n# peer :1\n"));
	text_finish(&t);
}

static void a_dump_has_a_block_for_each_datagram(void **state)
{
	(void)state;
	record_as("r.hex");
	struct text t = captured("r.hex");
	assert_non_null(strstr(t.bytes, "text2pcap -D -t ISO -u 1000,2000"));
	assert_non_null(strstr(t.bytes, "Z\n00000000\nI "));
	assert_non_null(strstr(t.bytes, "Z\n00000000  31  "));
	text_finish(&t);
}

/* Lines that go through a pipe, and one without an ending. */
static void a_pipe_is_recorded_datagram_by_datagram(void **state)
{
	struct proc p;
	struct sender from;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	(void)state;
	proc_sockchat(&p, "connect", "--linger", "0.5", "--record",
	              at_path("p.chat"), "--record", at_path("p.jsonl"), "-u",
	              "127.0.0.1", port_text(port), NULL);
	proc_write_text(&p, "one\n\ntwo");
	proc_end_in(&p);
	udp_expect(fd, "one\n", &from);
	udp_expect(fd, "\n", &from);
	udp_expect(fd, "two", &from);
	udp_answer(fd, &from, "", 0);
	udp_answer(fd, &from, "yes", 3);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	assert_steps("p.chat", "> \"one\\n\"\n> \"\\n\"\n> \"two\"\n"
	                       "< \"\"\n< \"yes\"\n");
	expect_captured("p.jsonl", "\"len\":0,", 8);
	expect_captured("p.jsonl", "\"kind\":\"message\"", 16);
}

static void raw_has_what_came(void **state)
{
	(void)state;
	record_as("r.raw");
	struct text t = captured("r.raw");
	assert_int_equal(t.len, 8);
	assert_memory_equal(t.bytes, "HELLO\n12", 8);
	text_finish(&t);
}

static void packets_are_of_udp_and_have_no_warning(void **state)
{
	(void)state;
	record_as("r.pcapng");
	assert_capture("r.pcapng", 0, 0);
	assert_tshark("r.pcapng", "14\n14\n8\n8\n11\n9\n9\n", "-Y",
	              "udp.checksum.status == 1", "-T", "fields", "-e",
	              "udp.length", NULL);
}

static void packets_over_ipv6_are_right_as_well(void **state)
{
	struct proc p;
	struct sender from;
	uint16_t port = 0;
	int fd = udp_at(AF_INET6, &port);
	(void)state;
	proc_sockchat(&p, "connect", "--linger", "0.3", "--record",
	              at_path("v6.pcapng"), "-u", "::1", port_text(port), NULL);
	proc_write_text(&p, "odd");
	proc_end_in(&p);
	udp_expect(fd, "odd", &from);
	udp_answer(fd, &from, "", 0);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	assert_capture("v6.pcapng", 0, 0);
	assert_tshark("v6.pcapng", "11\n8\n", "-Y",
	              "ipv6 && udp.checksum.status == 1", "-T", "fields", "-e",
	              "udp.length", NULL);
}

static void what_was_loaded_becomes_packets_of_udp_as_well(void **state)
{
	static const char *const files[] = { "r.chat", "r.jsonl" };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char saved[40];
		snprintf(saved, sizeof(saved), "saved%zu.pcapng", i);
		record_as(files[i]);
		convert(files[i], saved);
		assert_capture(saved, 0, 0);
		assert_tshark(saved, "14\n14\n8\n8\n11\n9\n9\n", "-Y",
		              "udp.checksum.status == 1", "-T", "fields", "-e",
		              "udp.length", NULL);
	}
}

static void a_datagram_as_long_as_can_be_is_one_packet(void **state)
{
	static uint8_t bytes[65507];
	struct proc p;
	struct sender from;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "--record",
	              at_path("long.pcapng"), "-x", at_path("long.hex"), "-u",
	              "127.0.0.1", port_text(port), NULL);
	proc_write_text(&p, "hi\n");
	udp_expect(fd, "hi\n", &from);
	memset(bytes, 'x', sizeof(bytes));
	udp_answer(fd, &from, bytes, sizeof(bytes));
	proc_expect_out(&p, "xxxx");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	assert_capture("long.pcapng", 0, 0);
	assert_tshark("long.pcapng", "65515\n", "-T", "fields", "-e",
	              "udp.length", NULL);
	struct text t = captured("long.hex");
	assert_non_null(strstr(t.bytes, "\n0000ffe0  78 78 78  "));
	text_finish(&t);
}

static void what_the_network_says_stands_in_a_comment(void **state)
{
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "--record",
	              at_path("icmp.pcapng"), "-u", "127.0.0.1",
	              port_text(port), NULL);
	close(fd);
	proc_write_text(&p, "anybody?\n");
	proc_expect_out(&p, " ! ");
	proc_write_text(&p, "again\n");
	proc_expect_out(&p, "> again");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	assert_capture("icmp.pcapng", 0, 0);
	assert_tshark("icmp.pcapng", "error: ", "-Y", "frame.comment", "-T",
	              "fields", "-e", "frame.comment", NULL);
}

/* What came in place of the step is told, with the line. */
static void fails_with(const char *steps, const char *comes,
                       const char *sentence)
{
	struct proc p;
	struct sender from;
	int fd = play_udp_client(&p, steps, NULL);
	udp_expect(fd, "a", &from);
	udp_answer(fd, &from, comes, strlen(comes));
	expect_failure(&p, sentence);
	close(fd);
}

static void boundaries_that_differ_are_told(void **state)
{
	(void)state;
	fails_with("> \"a\"\n< \"abcd\"\n", "ab",
	           "talk.chat:3: expected \"abcd\", a datagram of 4 bytes, but "
	           "one of 2 came: \"ab\"");
	fails_with("> \"a\"\n< \"ab\"\n< \"cd\"\n", "abcd",
	           "talk.chat:3: expected \"ab\", a datagram of 2 bytes, but "
	           "one of 4 came: \"abcd\"");
	fails_with("> \"a\"\n< /[ab]+/\n", "abc",
	           "talk.chat:3: expected /[ab]+/, but \"abc\" came");
}

static void steps_of_streams_are_refused_before_anything_is_sent(void **state)
{
	static const struct {
		const char *steps, *sentence;
	} rows[] = {
		{ "> \"a\"\n> fin\n", "talk.chat:3:3: UDP has no end" },
		{ "> \"a\"\n< rst\n", "talk.chat:3:3: UDP has no reset" },
		{ "starttls\n", "talk.chat:2:1: TLS is not spoken over UDP" },
		{ "frame u32\n", "talk.chat:2:1: over UDP each datagram" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc p;
		int fd = play_udp_client(&p, rows[i].steps, NULL);
		proc_expect_exit(&p, 2);
		proc_expect_err(&p, rows[i].sentence);
		proc_finish(&p);
		udp_expect_none(fd, 0);
		close(fd);
	}
}

static int make_folders(void **state)
{
	return pty_setup(state) || unix_setup(state);
}

static int remove_folders(void **state)
{
	return unix_teardown(state) || pty_teardown(state);
}

#define T(test)                                                                \
	cmocka_unit_test_setup_teardown(test, make_folders, remove_folders)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_connecting_side_is_played),
		T(the_listening_side_is_played),
		T(each_source_is_a_peer_of_its_own),
		T(a_recording_has_a_step_for_each_datagram),
		T(json_keeps_datagrams_and_becomes_the_same_steps),
		T(a_dump_has_a_block_for_each_datagram),
		T(a_pipe_is_recorded_datagram_by_datagram),
		T(raw_has_what_came),
		T(packets_are_of_udp_and_have_no_warning),
		T(packets_over_ipv6_are_right_as_well),
		T(what_was_loaded_becomes_packets_of_udp_as_well),
		T(a_datagram_as_long_as_can_be_is_one_packet),
		T(what_the_network_says_stands_in_a_comment),
		T(boundaries_that_differ_are_told),
		T(steps_of_streams_are_refused_before_anything_is_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
