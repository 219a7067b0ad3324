/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings of what goes on between a client and its target. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "entries.h"
#include "peer.h"

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int listener; /* of the target */
	uint16_t target_port, port;
	int client, target;
} now;

static void start(const char *name, const char *option, const char *value)
{
	char target[32];
	now.listener = net_listen(&now.target_port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward", target,
	              "--record", at_path(name), option, value, NULL);
	now.port = proc_lines_port(&now.p);
}

static void meet(void)
{
	now.client = net_connect(now.port);
	now.target = net_accept(now.listener);
}

static void end_middle(void)
{
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	close(now.listener);
}

/* A question, its answer, and the end of both. */
static void talk(const char *question, const char *answer)
{
	meet();
	net_send_text(now.client, question);
	net_expect(now.target, question);
	net_send_text(now.target, answer);
	net_expect(now.client, answer);
	close(now.client);
	net_expect_end(now.target);
	close(now.target);
	proc_expect_out(&now.p, "connection closed");
}

static void each_side_is_a_stream_of_packets(void **state)
{
	char filter[80];
	(void)state;
	start("x.pcapng", NULL, NULL);
	talk("hello\n", "world\n");
	end_middle();
	assert_capture("x.pcapng", 2, 0);
	assert_follow_texts("x.pcapng", "tcp", 0, "hello\n", "world\n");
	assert_follow_texts("x.pcapng", "tcp", 1, "hello\n", "world\n");
	snprintf(filter, sizeof(filter), "tcp.flags.syn==1&&tcp.dstport==%u",
	         now.port);
	assert_tshark("x.pcapng", "peer 1: the connection of its client",
	              "-Y", filter, "-T", "fields", "-e", "frame.comment",
	              NULL);
	snprintf(filter, sizeof(filter), "tcp.flags.syn==1&&tcp.dstport==%u",
	         now.target_port);
	assert_tshark("x.pcapng", "peer 1: the connection to its target",
	              "-Y", filter, "-T", "fields", "-e", "frame.comment",
	              NULL);
}

static void a_reset_is_in_both_streams(void **state)
{
	(void)state;
	start("x.pcapng", NULL, NULL);
	meet();
	net_send_text(now.client, "hello\n");
	net_expect(now.target, "hello\n");
	net_reset(now.client);
	proc_expect_out(&now.p, "connection reset by");
	close(now.target);
	end_middle();
	assert_capture("x.pcapng", 2, 2);
}

/* A slow machine has a pause in front of any step: take it out of here. */
static void drop_pauses(char *text)
{
	for (char *at; (at = strstr(text, "[1] +"));) {
		const char *end = at + strlen("[1] +");
		end += strspn(end, "0123456789.") + 1;
		memmove(at + strlen("[1] "), end, strlen(end) + 1);
	}
}

/* What is in a file: once, and in order. */
static void assert_file(const char *name, const char *const *parts)
{
	struct text t = captured(name);
	const char *at = t.bytes;
	drop_pauses(t.bytes);
	for (; *parts; parts++) {
		const char *next = strstr(at, *parts);
		if (!next)
			fail_msg("no \"%s\" in:\n%s", *parts, t.bytes);
		at = next + strlen(*parts);
	}
	text_finish(&t);
}

static void assert_once(const char *name, const char *text)
{
	struct text t = captured(name);
	drop_pauses(t.bytes);
	const char *at = strstr(t.bytes, text);
	if (!at || strstr(at + 1, text))
		fail_msg("not once: \"%s\" in:\n%s", text, t.bytes);
	text_finish(&t);
}

#define PARTS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void what_is_said_is_in_other_formats_once(void **state)
{
	static const struct {
		const char *name, *question, *answer;
	} rows[] = {
		{ "x.txt", " > hello\\n", " < world\\n" },
		{ "x.jsonl", "\"text\":\"hello\\n\"", "\"text\":\"world\\n\"" },
		{ "x.chat", "\n[1] > \"hello\\n\"\n", "[1] < \"world\\n\"\n" },
		{ "x.hex", "68 65 6c 6c 6f 0a", "77 6f 72 6c 64 0a" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(rows[i].name, NULL, NULL);
		talk("hello\n", "world\n");
		end_middle();
		assert_once(rows[i].name, rows[i].question);
		assert_once(rows[i].name, rows[i].answer);
	}
	start("x.raw", NULL, NULL);
	talk("hello\n", "world\n");
	end_middle();
	struct text t = captured("x.raw");
	assert_string_equal(t.bytes, "world\n");
	text_finish(&t);
}

#define RECORDED(name) "--record", at_path(name)

static void start_marked(void)
{
	static const char rules[] = "drop out /^DEL/\n"
	                            "change out /user=a/ \"user=b\"\n"
	                            "hold out /^WAIT/\n";
	char target[32];
	FILE *f = fopen(at_path("x.rules"), "w");
	assert_non_null(f);
	assert_true(fputs(rules, f) >= 0);
	assert_int_equal(fclose(f), 0);
	now.listener = net_listen(&now.target_port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	const char *path = at_path("x.rules");
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward", target,
	              "--rules", path, RECORDED("x.chat"), NULL);
	now.port = proc_lines_port(&now.p);
	for (const char *name = "hex\0jsonl\0txt\0pcapng\0"; *name;
	     name += strlen(name) + 1) {
		char line[200];
		snprintf(line, sizeof(line), "/record %sx.%s\n", at_path(""),
		         name);
		proc_write_text(&now.p, line);
	}
	proc_expect_out(&now.p, "recording pcapng to ");
}

static void save(const char *name)
{
	char line[200];
	snprintf(line, sizeof(line), "/save %s\n", at_path(name));
	proc_write_text(&now.p, line);
	snprintf(line, sizeof(line), "/%s\n", name);
	proc_expect_out(&now.p, line);
}

static void assert_both_streams(const char *name)
{
	assert_capture(name, 2, 0);
	assert_follow_texts(name, "tcp", 0, "DEL x\nuser=a\nWAIT 1\n", "");
	assert_follow_texts(name, "tcp", 1, "user=b\n", "");
	assert_tshark(name, "dropped: > \"DEL x", "-Y", "frame.comment", "-T",
	              "fields", "-e", "frame.comment", NULL);
}

static void what_did_not_go_as_it_came_is_marked(void **state)
{
	(void)state;
	start_marked();
	meet();
	net_send_text(now.client, "DEL x\nuser=a\nWAIT 1\n");
	net_expect(now.target, "user=b\n");
	proc_expect_out(&now.p, "message 1 is held");
	proc_write_text(&now.p, "/drop\n");
	proc_expect_out(&now.p, "is dropped");
	close(now.client);
	net_expect_end(now.target);
	close(now.target);
	proc_expect_out(&now.p, "connection closed");
	save("y.chat");
	save("y.pcapng");
	end_middle();
	assert_file("x.chat", PARTS("# [1] dropped: > \"DEL x\\n\"\n",
	                            "# [1] changed: > \"user=a\\n\"\n",
	                            "# [1] changed to: > \"user=b\\n\"\n"));
	assert_file("x.chat", PARTS("# [1] held 1: > \"WAIT 1\\n\"\n",
	                            " is dropped: it had 7 bytes\n", "fin\n"));
	assert_once("x.chat", "[1] > \"user=b\\n\"\n");
	assert_file("x.hex", PARTS("# dropped: > \"DEL x\\n\"\n",
	                           "# changed to: "));
	assert_file("x.hex", PARTS("# held 1: ",
	                           " is dropped: it had 7 bytes\n"));
	assert_file("x.jsonl", PARTS("\"DEL x\\n\"", "\"fate\":\"dropped\"",
	                             "user=a", "\"fate\":\"changed\"",
	                             "user=b", "\"fate\":\"changed\""));
	assert_file("x.jsonl", PARTS("\"text\":\"WAIT 1", "\"held\":1"));
	assert_file("x.txt", PARTS("DEL x\\n (dropped)\n",
	                           "user=b\\n (changed)\n"));
	assert_once("y.chat", "\n[1] > \"user=b\\n\"\n");
	assert_file("y.chat", PARTS("# [1] dropped: > \"DEL x\\n\"\n",
	                            "# [1] dropped 1: > \"WAIT 1\\n\"\n",
	                            "> fin\n", "< fin\n"));
	assert_both_streams("x.pcapng");
	assert_both_streams("y.pcapng");
}

static void what_comes_in_pieces_is_marked_as_a_whole(void **state)
{
	(void)state;
	start_marked();
	meet();
	proc_write_text(&now.p, "/frame line\n");
	proc_expect_out(&now.p, "frame is now line");
	net_send_text(now.client, "DE");
	proc_expect_out(&now.p, "> DE");
	net_send_text(now.client, "L x\nuser=");
	proc_expect_out(&now.p, "> user=");
	net_send_text(now.client, "a\n");
	net_expect(now.target, "user=b\n");
	close(now.client);
	net_expect_end(now.target);
	close(now.target);
	proc_expect_out(&now.p, "connection closed");
	end_middle();
	assert_file("x.chat", PARTS("# [1] dropped: > \"DEL x\\n\"\n",
	                            "# [1] changed: > \"user=a\\n\"\n",
	                            "# [1] changed to: > \"user=b\\n\"\n"));
	assert_file("x.hex", PARTS("# dropped: > \"DEL x\\n\"\n",
	                           "# changed: > \"user=a\\n\"\n"));
	assert_file("x.jsonl", PARTS("\"fate\":\"dropped\"", "user=",
	                             "\"fate\":\"changed\"", "user=b",
	                             "\"fate\":\"changed\""));
}

static void a_recorded_conversation_plays_against_the_target(void **state)
{
	struct proc p;
	char head[64];
	int fd;
	(void)state;
	start("x.chat", NULL, NULL);
	talk("hello\n", "world\n");
	snprintf(head, sizeof(head), "\nconnect 127.0.0.1:%u\n",
	         now.target_port);
	assert_file("x.chat", PARTS(head, "> \"hello\\n\"\n",
	                            "< \"world\\n\"\n", "> fin\n", "< fin\n"));
	proc_sockchat(&p, "connect", "--replay", at_path("x.chat"),
	              "127.0.0.1", port_text(now.target_port), NULL);
	fd = net_accept(now.listener);
	net_expect(fd, "hello\n");
	net_send_text(fd, "world\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	end_middle();
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(each_side_is_a_stream_of_packets),
		T(a_reset_is_in_both_streams),
		T(what_is_said_is_in_other_formats_once),
		T(what_did_not_go_as_it_came_is_marked),
		T(what_comes_in_pieces_is_marked_as_a_whole),
		T(a_recorded_conversation_plays_against_the_target),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
