/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle, both directions are looked at as those of other peers: hints,
 * fields, JSON, search and filter. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int listener; /* of the target */
	int client, target;
} now;

static void start_seeing(const char *const words[6])
{
	char target[32];
	uint16_t port;
	now.listener = net_listen(&port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--forward", target,
	              words[0], words[1], words[2], words[3], words[4],
	              words[5], NULL);
	now.client = net_connect(proc_lines_port(&now.p));
	now.target = net_accept(now.listener);
}

#define SEES(...) start_seeing((const char *[6]){ __VA_ARGS__ })

static int end_seeing(void **state)
{
	(void)state;
	close(now.client);
	close(now.target);
	close(now.listener);
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	return 0;
}

/* From the client to the target, and from the target to the client. */
static void ask(const char *text)
{
	net_send_text(now.client, text);
	net_expect(now.target, text);
}

static void answer(const char *text)
{
	net_send_text(now.target, text);
	net_expect(now.client, text);
}

static void expect(const char *text)
{
	proc_expect_out(&now.p, text);
}

static void a_protocol_is_recognised_on_either_side(void **state)
{
	(void)state;
	SEES(NULL);
	ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	expect("what the client sends looks like HTTP");
	answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
	expect("< hi");
	assert_null(strstr(now.p.out_text.bytes, "what the target sends"));
}

static void a_server_that_speaks_first_is_the_target(void **state)
{
	(void)state;
	SEES(NULL);
	answer("220 mx.example ESMTP\r\n");
	expect("what the target sends looks like SMTP");
	ask("HELO x\n");
	expect("the client's lines end in \\n, those of SMTP in \\r\\n; the "
	       "target may still wait for the end of what the client sent");
}

static void traps_are_found_in_what_the_client_sends(void **state)
{
	(void)state;
	SEES(NULL);
	ask("\xef\xbb\xbfhello\n");
	expect("what the client sends begins with a byte order mark");
}

static void a_frame_is_guessed_from_both_directions(void **state)
{
	(void)state;
	SEES("--json", NULL);
	for (int i = 0; i < 4; i++) {
		net_send(now.client, "\0\5hello", 7);
		expect("\"dir\":\"out\"");
		net_send(now.target, "\0\6world\n", 8);
		expect("\"dir\":\"in\"");
	}
	expect("\"code\":\"frame-guess\"");
	expect("`/frame u16`");
}

static void fields_are_read_in_both_directions(void **state)
{
	(void)state;
	SEES("--json", "--frame=u8", "--unpack-out", ">H:id",
	     "--unpack-in=>B:status");
	net_send(now.client, "\2\1\2", 3);
	expect("\"fields\":{\"id\":258}");
	net_send(now.target, "\1\7", 2);
	expect("\"fields\":{\"status\":7}");
}

static void json_is_indented_in_both_directions(void **state)
{
	(void)state;
	SEES("--ui", "lines", NULL);
	proc_write_text(&now.p, "/json on\n");
	ask("{\"q\":[1,2]}\n");
	expect("\"q\": [");
	answer("{\"a\":[3]}\n");
	expect("\"a\": [");
}

static void a_search_finds_both_directions(void **state)
{
	(void)state;
	SEES(NULL);
	ask("find me here\n");
	answer("find me there\n");
	expect("there");
	proc_write_text(&now.p, "/find find me\n");
	expect("find me there\\n");
	expect("find me here\\n");
}

static void a_filter_chooses_a_direction(void **state)
{
	(void)state;
	SEES("--ui", "lines", NULL);
	proc_write_text(&now.p, "/filter in\n");
	expect(" (/filter off shows all)");
	ask("me, asking\n");
	answer("me, answering\n");
	expect("answering");
	size_t before = now.p.out_text.len;
	proc_write_text(&now.p, "/find me,\n");
	expect("1 found in 1 entries");
	assert_null(strstr(now.p.out_text.bytes + before, "asking"));
}

int main(void)
{
#define T(test) cmocka_unit_test_teardown(test, end_seeing)
	const struct CMUnitTest tests[] = {
		T(a_protocol_is_recognised_on_either_side),
		T(a_server_that_speaks_first_is_the_target),
		T(traps_are_found_in_what_the_client_sends),
		T(a_frame_is_guessed_from_both_directions),
		T(fields_are_read_in_both_directions),
		T(json_is_indented_in_both_directions),
		T(a_search_finds_both_directions),
		T(a_filter_chooses_a_direction),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
