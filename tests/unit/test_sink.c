/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the simple formats of recordings write. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sockchat/link.h>
#include <sockchat/sink.h>

#define WALL_US INT64_C(1795896897123456) /* 2026-11-28T20:14:57.123456Z */

static struct bytes out;

static struct entry entry(enum entry_kind kind, enum entry_dir dir,
                          const char *text)
{
	return (struct entry){
		.seq = 7,
		.time = { .wall_us = WALL_US },
		.session = 2,
		.kind = (uint8_t)kind,
		.dir = (uint8_t)dir,
		.flags = ENTRY_COMPLETE,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = "",
		.local = "",
		.code = "",
		.hint = "",
	};
}

static struct sink *begin(const char *name)
{
	struct sink *s = sink_new(sink_named(name));
	assert_non_null(s);
	s->look.time = TIME_OFF;
	bytes_init(&out, 0);
	return s;
}

static void expect(const char *text)
{
	assert_string_equal(bytes_text(&out), text);
	bytes_clear(&out);
}

static void end(struct sink *s)
{
	bytes_finish(&out);
	sink_free(s);
}

static void names_and_endings_choose_a_format(void **state)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{ "a.txt", "text" }, { "/b/a.log", "text" },
		{ "a.hex", "hex" }, { "a.raw", "raw" }, { "a.bin", "raw" },
		{ "a.txt.jsonl", "jsonl" },
		{ "a", NULL }, { ".txt", NULL }, { "a.txt/b", NULL },
		{ "atxt", NULL }, { "", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct sink_ops *ops = sink_of(rows[i].path);
		assert_ptr_equal(ops, rows[i].name ? sink_named(rows[i].name)
		                                   : NULL);
	}
	assert_null(sink_named("nosuch"));
}

static void text_has_a_line_for_an_entry_but_no_folded_ones(void **state)
{
	struct sink *s = begin("text");
	struct entry e = entry(ENTRY_MESSAGE, ENTRY_IN, "hi\x01");
	(void)state;
	assert_int_equal(s->ops->entry(s, &e, 0, &out), 0);
	expect("< hi^A\n");
	e = entry(ENTRY_STATE, ENTRY_NO_DIR, "connected");
	e.flags = ENTRY_FOLDED;
	assert_int_equal(s->ops->entry(s, &e, 0, &out), 0);
	expect("");
	end(s);
}

static void text_has_a_head_and_only_when_full_notices(void **state)
{
	static const char *const names[] = { "text", "full" };
	struct entry e = entry(ENTRY_NOTE, ENTRY_NO_DIR, "told");
	struct entry typo = entry(ENTRY_ERROR, ENTRY_NO_DIR, "no such command");
	(void)state;
	typo.session = 0;
	typo.code = "EINVAL";
	for (size_t i = 0; i < 2; i++) {
		struct sink *s = begin(names[i]);
		s->mode = ENDPOINT_CONNECT;
		s->endpoint = "10.0.0.1:9";
		s->local = "10.0.0.2:5";
		assert_int_equal(s->ops->open(s, &out), 0);
		assert_int_equal(strncmp(bytes_text(&out), "# sockchat ", 11),
		                 0);
		assert_string_equal(strchr(bytes_text(&out), '\n') + 1,
		                    "# connect 10.0.0.1:9, our end is "
		                    "10.0.0.2:5\n");
		bytes_clear(&out);
		assert_int_equal(s->ops->entry(s, &e, 0, &out), 0);
		expect(i ? "* told\n" : "");
		assert_int_equal(s->ops->entry(s, &typo, 0, &out), 0);
		expect(i ? "! no such command\n" : "");
		end(s);
	}
}

static void json_is_what_the_front_end_prints_with_its_acks(void **state)
{
	struct sink *s = begin("jsonl");
	struct entry e = entry(ENTRY_MESSAGE, ENTRY_OUT, "hi\n");
	struct tick tick = { .state = TICK_ACKED, .ack_us = 1500 };
	(void)state;
	assert_int_equal(s->ops->entry(s, &e, 1, &out), 0);
	expect("{\"seq\":7,\"time\":\"2026-11-28T20:14:57.123456Z\","
	       "\"session\":2,\"kind\":\"message\",\"dir\":\"out\",\"len\":2,"
	       "\"text\":\"i\\n\",\"complete\":true}\n");
	e.tick = &tick;
	assert_int_equal(s->ops->ack(s, &e, &out), 0);
	expect("{\"seq\":7,\"time\":\"2026-11-28T20:14:57.123456Z\","
	       "\"session\":2,\"kind\":\"ack\",\"dir\":\"out\","
	       "\"state\":\"acked\",\"ack_ms\":1.500}\n");
	end(s);
}

static void put_wire(struct sink *s, bool is_out, unsigned layers,
                     const char *bytes, uint32_t number)
{
	struct link link = { .number = number };
	struct wire_news n = {
		.kind = WIRE_BYTES,
		.layers = layers,
		.is_out = is_out,
		.link = &link,
		.bytes = bytes,
		.len = strlen(bytes),
	};
	assert_int_equal(s->ops->wire(s, &n, &out), 0);
}

static void raw_has_what_came_for_its_user_and_nothing_else(void **state)
{
	struct sink *s = begin("raw");
	struct entry e = entry(ENTRY_MESSAGE, ENTRY_IN, "entry");
	(void)state;
	put_wire(s, false, WIRE_USER | WIRE_SOCKET, "ab", 1);
	put_wire(s, true, WIRE_USER | WIRE_SOCKET, "sent", 1);
	put_wire(s, false, WIRE_SOCKET, "record of TLS", 1);
	put_wire(s, false, WIRE_USER, "c", 2);
	assert_int_equal(s->ops->entry(s, &e, 0, &out), 0);
	expect("abc");
	end(s);
}

static void hex_begins_offsets_anew_with_each_direction_and_time(void **state)
{
	struct sink *s = begin("hex");
	(void)state;
	put_wire(s, true, WIRE_USER, "ab cd\n", 1);
	assert_true(strncmp(bytes_text(&out), "# peer 1\nO 2", 12) == 0);
	assert_non_null(strstr(bytes_text(&out), "Z\n00000000  61 62 20 63 64 "
	                       "0a                                 "
	                       "|ab cd.|\n"));
	bytes_clear(&out);
	put_wire(s, false, WIRE_USER, "x", 1);
	assert_true(strncmp(bytes_text(&out), "I 2", 3) == 0);
	bytes_clear(&out);
	put_wire(s, false, WIRE_USER, "x", 2);
	assert_true(strncmp(bytes_text(&out), "# peer 2\nI 2", 12) == 0);
	end(s);
}

static void a_long_block_of_hex_is_parted(void **state)
{
	struct sink *s = begin("hex");
	char *bytes = calloc(1, 70001);
	size_t blocks = 0;
	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', 70000);
	put_wire(s, false, WIRE_USER, bytes, 1);
	for (const char *at = bytes_text(&out);
	     (at = strstr(at, "\n00000000 ")); at++)
		blocks++;
	assert_int_equal(blocks, 3);
	free(bytes);
	end(s);
}

static void entries_alone_stand_for_the_wire(void **state)
{
	struct entry in = entry(ENTRY_MESSAGE, ENTRY_IN, "in");
	struct entry sent = entry(ENTRY_MESSAGE, ENTRY_OUT, "out");
	struct entry note = entry(ENTRY_NOTE, ENTRY_NO_DIR, "note");
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sink *s = begin(i ? "hex" : "raw");
		s->has_entries_alone = true;
		assert_int_equal(s->ops->entry(s, &in, 0, &out), 0);
		assert_int_equal(s->ops->entry(s, &note, 0, &out), 0);
		assert_int_equal(s->ops->entry(s, &sent, 1, &out), 0);
		if (i)
			assert_non_null(strstr(
			    bytes_text(&out),
			    "\nO 2026-11-28T20:14:57.123456Z\n"
			    "00000000  75 74 "));
		else
			expect("inut");
		end(s);
	}
}

static void a_gap_says_how_much_is_missing_and_why(void **state)
{
	struct sink_gap gap = { 3000, 1, ENOSPC, { WALL_US, 0 } };
	struct sink *s = begin("text");
	(void)state;
	assert_int_equal(s->ops->gap(s, &gap, &out), 0);
	expect("* 2.9 KiB (1 entry) are missing here: No space left on "
	       "device\n");
	end(s);
	s = begin("jsonl");
	assert_int_equal(s->ops->gap(s, &gap, &out), 0);
	assert_non_null(strstr(bytes_text(&out), "\"seq\":0,"));
	assert_non_null(strstr(bytes_text(&out), "\"kind\":\"note\","
	                       "\"code\":\"recording-gap\""));
	end(s);
	s = begin("hex");
	gap.entries = 0;
	assert_int_equal(s->ops->gap(s, &gap, &out), 0);
	expect("# 2.9 KiB are missing here: No space left on device\n");
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_endings_choose_a_format),
		cmocka_unit_test(
		    text_has_a_line_for_an_entry_but_no_folded_ones),
		cmocka_unit_test(text_has_a_head_and_only_when_full_notices),
		cmocka_unit_test(
		    json_is_what_the_front_end_prints_with_its_acks),
		cmocka_unit_test(
		    raw_has_what_came_for_its_user_and_nothing_else),
		cmocka_unit_test(
		    hex_begins_offsets_anew_with_each_direction_and_time),
		cmocka_unit_test(a_long_block_of_hex_is_parted),
		cmocka_unit_test(entries_alone_stand_for_the_wire),
		cmocka_unit_test(a_gap_says_how_much_is_missing_and_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
