/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Fields of binary data beside Python's own struct, and in the program. */

#include "../unit/unit.h"

#include <time.h>
#include <unistd.h>

#include <sockchat/format.h>
#include <sockchat/hextext.h>
#include <sockchat/quote.h>
#include <sockchat/unpack.h>

#include "peer.h"
#include "pty.h"

#define CASES "8000"

static void append_hex(struct text *out, const struct bytes *b)
{
	char pair[3];
	for (size_t i = 0; i < b->len; i++) {
		snprintf(pair, sizeof(pair), "%02x", b->data[i]);
		text_append(out, pair, 2);
	}
}

static void answer_packed(struct text *out, const char *format,
                          const char *values)
{
	struct bytes line = { 0 }, packed = { 0 };
	struct error e;
	assert_int_equal(bytes_printf(&line, "'%s' %s", format, values), 0);
	if (pack_parse(&packed, (const char *)line.data, line.len, &e))
		fail_msg("/pack %s: %s", bytes_text(&line), e.text);
	append_hex(out, &packed);
	bytes_finish(&packed);
	bytes_finish(&line);
}

static void answer_fields(struct text *out, const char *format, const char *hex)
{
	const struct wrap_look look = { .unpack = { format, NULL } };
	struct bytes payload = { 0 }, line = { 0 };
	struct error e;
	assert_int_equal(bytes_reserve(&payload, 1), 0);
	assert_int_equal(hextext_parse(&payload, hex, strlen(hex), &e), 0);
	const struct entry entry = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .peer = "",
		.flags = ENTRY_COMPLETE, .bytes = payload.data,
		.len = payload.len,
	};
	assert_int_equal(format_entry(&line, FORMAT_JSON, &look, &entry, 0), 0);
	text_append(out, line.data, line.len);
	bytes_finish(&payload);
	bytes_finish(&line);
}

/* Cut off what stands before the next tab. */
static char *cut(char **line)
{
	return strsep(line, "\t");
}

static void answer(struct text *out, char *line)
{
	const char *kind = cut(&line), *format = cut(&line);
	struct error e;
	if (strcmp(kind, "format") == 0) {
		bool is_one = !unpack_check(format, strlen(format), &e);
		text_append(out, is_one ? "yes\n" : "no\n", is_one ? 4 : 3);
		return;
	}
	answer_packed(out, format, cut(&line));
	text_append(out, "\t", 1);
	answer_fields(out, format, cut(&line));
}

static void fields_are_those_of_python(void **state)
{
	struct proc p;
	struct text out = { 0 };
	char seed[24], *lines, *line;
	(void)state;
	snprintf(seed, sizeof(seed), "%lld", (long long)time(NULL));
	const char *argv[] = { "python3", peer_path("struct_peer.py"),
		               getenv("STRUCT_SEED") ? getenv("STRUCT_SEED")
		                                     : seed, CASES, NULL };
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&p, "\nend\n");
	lines = p.out_text.bytes;
	while ((line = strsep(&lines, "\n")) && strcmp(line, "end") != 0)
		answer(&out, line);
	proc_write(&p, out.bytes, out.len);
	proc_end_in(&p);
	proc_wait(&p);
	assert_silent(&p);
	assert_int_equal(p.status, 0);
	text_finish(&out);
	proc_finish(&p);
}

/* A sockchat with such a front end that connects to us. */
static int connect_ui(struct proc *p, const char *ui)
{
	uint16_t port;
	int listener = net_listen(&port);
	proc_sockchat(p, "connect", "--ui", ui, "--frame", "u16", "--unpack",
	              ">H:type *:rest", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void json_has_the_fields_of_both_directions(void **state)
{
	struct proc p;
	int fd = connect_ui(&p, "json");
	(void)state;
	net_send(fd, "\0\4\0\3hi\0\1", 8);
	proc_expect_out(&p, "\"fields\":{\"type\":3,\"rest\":\"hi\"}}\n");
	net_send(fd, "x", 1);
	proc_expect_out(&p, "\"fields\":{},\"fields_error\":\"byte 0: type "
	                    "needs 2 bytes from here, and the payload has "
	                    "1\"}\n");
	proc_write_text(&p, "/pack >HB 5 65\n/unpack out B:first *\n"
	                    "/pack B 7\n/unpack in off\n");
	struct text came = { 0 };
	assert_int_equal(net_read(fd, &came, 8), 0);
	assert_memory_equal(came.bytes, "\0\3\0\5A\0\1\7", 8);
	text_finish(&came);
	/* a change is none of what was said before it */
	proc_expect_out(&p, "\"fields\":{\"type\":5,\"rest\":\"A\"}}\n");
	proc_expect_out(&p, "\"fields\":{\"first\":7,\"field2\":\"\"}}\n");
	proc_expect_out(&p, "what comes: not set; of what you send: B:first *");
	net_send(fd, "\0\1\5", 3);
	proc_expect_out(&p, "\"text\":\"\\u0000\\u0001\\u0005\","
	                    "\"complete\":true,\"wait_ms\":");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void lines_have_a_row_of_fields(void **state)
{
	struct proc p;
	int fd = connect_ui(&p, "lines");
	(void)state;
	net_send(fd, "\0\4\0\3\033c", 6);
	proc_expect_out(&p, " < ^@^D^@^C^[c\n           type=3 "
	                    "rest=\"\\ec\"\n");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void the_screen_shows_the_fields_of_what_has_come(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	net_send_text(fd, "abc\n");
	pty_expect(&p, "< abc");
	pty_type(&p, "/unpack c:initial *:rest" PTY_ENTER);
	pty_expect(&p, "initial=\"a\" rest=\"bc\"");
	pty_type(&p, "/unpack 3s" PTY_ENTER);
	pty_expect(&p, "field1=\"abc\"");
	assert_int_equal(pty_find(&p, "initial=\"a\""), -1);
	pty_type(&p, "/pack BB 65 66");
	pty_expect(&p, "2 bytes");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "AB");
	pty_type(&p, "/unpack off" PTY_ENTER);
	pty_expect_gone(&p, "field1=\"abc\"");
	close(fd);
	pty_quit(&p, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_those_of_python),
		cmocka_unit_test(json_has_the_fields_of_both_directions),
		cmocka_unit_test(lines_have_a_row_of_fields),
		cmocka_unit_test(the_screen_shows_the_fields_of_what_has_come),
	};
	return cmocka_run_group_tests(tests, pty_setup, pty_teardown);
}
