/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries as they are written: text, JSON, bytes. */

#include <errno.h>
#include <locale.h>

#include <sockchat/format.h>

#include "unit.h"

#define BYTES(text) .bytes = (const uint8_t *)(text), .len = sizeof(text) - 1
#define NO_WORDS    .peer = "", .local = "", .code = "", .hint = ""
#define TIME        "\"time\":\"2026-01-02T03:04:05.678901Z\","

static void assert_encoded(enum encode encode, const struct entry *e,
                           size_t from, const char *line)
{
	const struct wrap_look look = { .encode = encode };
	struct entry stamped = *e;
	struct bytes out = { 0 };
	stamped.seq = 7;
	stamped.time.wall_us = 1767323045678901;
	assert_int_equal(
	    format_entry(&out, FORMAT_JSON, &look, &stamped, from), 0);
	assert_string_equal(bytes_text(&out), line);
	bytes_finish(&out);
}

static void assert_json(const struct entry *e, size_t from, const char *line)
{
	assert_encoded(ENCODE_AUTO, e, from, line);
}

static void a_message_is_text_when_it_is_utf8(void **state)
{
	const struct entry e = {
		.session = 2, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.flags = ENTRY_COMPLETE, NO_WORDS, BYTES("caf\xc3\xa9\r\n"),
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":2,"
	                   "\"kind\":\"message\",\"dir\":\"in\",\"len\":7,"
	                   "\"text\":\"caf\xc3\xa9\\r\\n\","
	                   "\"complete\":true}\n");
}

static void a_message_is_base64_when_it_is_not(void **state)
{
	const struct entry e = {
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_OUT,
		.flags = ENTRY_COMPLETE | ENTRY_CUT, .peer = "[::1]:9",
		.local = "", .code = "", .hint = "", BYTES("a\xff\n"),
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"message\",\"dir\":\"out\","
	                   "\"peer\":\"[::1]:9\",\"len\":3,"
	                   "\"base64\":\"Yf8K\",\"complete\":true,"
	                   "\"cut\":true}\n");
}

static void all_messages_are_in_the_form_that_was_asked_for(void **state)
{
	const struct entry e = {
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.flags = ENTRY_COMPLETE, NO_WORDS, BYTES("abc\n"),
	};
	(void)state;
	assert_encoded(ENCODE_HEX, &e, 1, "{\"seq\":7," TIME "\"session\":1,"
	               "\"kind\":\"message\",\"dir\":\"in\",\"len\":3,"
	               "\"hex\":\"62630a\",\"complete\":true}\n");
	assert_encoded(ENCODE_BASE64, &e, 0, "{\"seq\":7," TIME
	               "\"session\":1,\"kind\":\"message\",\"dir\":\"in\","
	               "\"len\":4,\"base64\":\"YWJjCg==\","
	               "\"complete\":true}\n");
}

static void only_the_rest_of_a_message_is_written(void **state)
{
	const struct entry e = {
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		BYTES("\xffrest"),
	};
	(void)state;
	assert_json(&e, 1, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"message\",\"dir\":\"in\",\"len\":4,"
	                   "\"text\":\"rest\",\"complete\":false}\n");
	assert_json(&e, 5, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"message\",\"dir\":\"in\",\"len\":0,"
	                   "\"text\":\"\",\"complete\":false}\n");
}

static void a_state_says_its_name_and_our_address(void **state)
{
	const struct entry e = {
		.session = 1, .kind = ENTRY_STATE, .state = ENTRY_OPEN,
		.peer = "127.0.0.1:9", .local = "127.0.0.1:7", .code = "",
		.hint = "", BYTES("connected"),
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"state\",\"peer\":\"127.0.0.1:9\","
	                   "\"state\":\"open\",\"local\":\"127.0.0.1:7\","
	                   "\"text\":\"connected\"}\n");
}

static void a_half_close_says_whose_it_is(void **state)
{
	struct entry e = {
		.session = 1, .kind = ENTRY_STATE, .state = ENTRY_HALF_CLOSED,
		.ended = ENTRY_OUT, NO_WORDS, BYTES("x"),
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"state\",\"state\":\"half-closed\","
	                   "\"side\":\"us\",\"text\":\"x\"}\n");
	e.ended = ENTRY_IN;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"state\",\"state\":\"half-closed\","
	                   "\"side\":\"peer\",\"text\":\"x\"}\n");
}

static void an_end_says_how_many_bytes_there_were(void **state)
{
	const struct moved moved = { .received = 5000000000, .sent = 0 };
	const struct entry e = {
		.session = 1, .kind = ENTRY_STATE, .state = ENTRY_CLOSED,
		NO_WORDS, BYTES("x"), .moved = &moved,
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"state\",\"state\":\"closed\","
	                   "\"text\":\"x\",\"received\":5000000000,"
	                   "\"sent\":0}\n");
}

static void an_error_says_its_code_and_what_to_look_at(void **state)
{
	const struct entry e = {
		.kind = ENTRY_ERROR, .peer = "", .local = "", BYTES("refused"),
		.code = "ECONNREFUSED", .hint = "start the \"server\"",
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":0,"
	                   "\"kind\":\"error\",\"code\":\"ECONNREFUSED\","
	                   "\"text\":\"refused\","
	                   "\"hint\":\"start the \\\"server\\\"\"}\n");
}

static void a_note_becomes_an_object_with_a_code_and_text(void **state)
{
	const struct entry e = {
		.kind = ENTRY_NOTE, .peer = "", .local = "", .code = "saved",
		.hint = "", BYTES("hi"),
	};
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":0,"
	                   "\"kind\":\"note\",\"code\":\"saved\","
	                   "\"text\":\"hi\"}\n");
}

/* However little room there is, half a line is never called a line. */
static void where_the_time_went_is_in_milliseconds(void **state)
{
	static const struct timing timing = {
		.resolve_us = 1070,
		.total_us = 1302,
		.first_byte_us = -1,
		.tries = {
			{ .where = "[::1]:1", .errnum = ECONNREFUSED, .us = 9 },
			{ .where = "127.0.0.1:1", .us = 211 },
		},
		.try_count = 2,
	};
	const struct entry open = {
		.kind = ENTRY_STATE, .state = ENTRY_OPEN, BYTES("x"), NO_WORDS,
		.timing = &timing,
	};
	const struct entry answer = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, BYTES("x"), NO_WORDS,
		.wait_ns = 10660000,
	};
	(void)state;
	assert_json(&open, 0, "{\"seq\":7," TIME "\"session\":0,"
	            "\"kind\":\"state\",\"state\":\"open\","
	            "\"text\":\"x\",\"timing\":{\"resolve_ms\":1.070,"
	            "\"tried\":[{\"address\":\"[::1]:1\",\"ms\":0.009,"
	            "\"code\":\"ECONNREFUSED\"},{\"address\":"
	            "\"127.0.0.1:1\",\"ms\":0.211}],\"connect_ms\":0.211,"
	            "\"total_ms\":1.302}}\n");
	assert_json(&answer, 0, "{\"seq\":7," TIME "\"session\":0,"
	            "\"kind\":\"message\",\"dir\":\"in\",\"len\":1,"
	            "\"text\":\"x\",\"complete\":false,"
	            "\"wait_ms\":10.660}\n");
}

static void writing_without_memory_fails(void **state)
{
	const struct entry e = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		BYTES("one line\ttwo"),
	};
	const struct wrap_look colored = { .is_colored = true };
	struct bytes out = { 0 };
	(void)state;
	for (enum format f = FORMAT_TEXT; f <= FORMAT_BYTES; f++) {
		assert_int_equal(format_entry(&out, f, &colored, &e, 0), 0);
		size_t len = out.len;
		for (size_t max = 1; max <= len; max++) {
			bytes_finish(&out);
			bytes_init(&out, max);
			assert_int_equal(
			    format_entry(&out, f, &colored, &e, 0),
			    max < len ? -1 : 0);
		}
		bytes_finish(&out);
		bytes_init(&out, 0);
	}
}

static const struct wrap_look look = { .time = TIME_OFF, .endings = true };

static void assert_format(enum format format, const struct entry *e,
                          size_t from, const char *wanted)
{
	struct bytes out = { 0 };
	assert_int_equal(format_entry(&out, format, &look, e, from), 0);
	assert_string_equal(bytes_text(&out), wanted);
	bytes_finish(&out);
}

static void an_entry_has_a_form_in_each_format(void **state)
{
	const struct entry message = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		BYTES("a\tbc\n"),
	};
	const struct entry error = {
		.kind = ENTRY_ERROR, BYTES("it broke"), .peer = "",
		.local = "", .code = "EIO", .hint = "mend it",
	};
	(void)state;
	assert_format(FORMAT_TEXT, &message, 0, "< a^Ibc\\n\n");
	assert_format(FORMAT_TEXT, &message, 3, "< c\\n\n");
	assert_format(FORMAT_TEXT, &error, 0, "! it broke; mend it\n");
	assert_format(FORMAT_BYTES, &message, 0, "a\tbc\n");
	assert_format(FORMAT_BYTES, &message, 3, "c\n");
	assert_format(FORMAT_BYTES, &error, 0, "");
}

static void a_line_begins_with_the_time_since_the_one_before(void **state)
{
	struct transcript *t = transcript_new(1 << 20);
	struct wrap_look since = { .time = TIME_DELTA, .transcript = t };
	struct bytes out = { 0 };
	struct entry e = { .kind = ENTRY_NOTE, .time = { 5, 7000000 }, };
	struct entry room;
	(void)state;
	transcript_append(t, &e);
	e.time.mono_ns += 1234567;
	uint64_t seq = transcript_append(t, &e);
	assert_int_equal(format_entry(&out, FORMAT_TEXT, &since,
	                              transcript_at(t, seq, &room), 0), 0);
	assert_string_equal(bytes_text(&out), "0.001234 * \n");
	bytes_finish(&out);
	transcript_free(t);
}

static void the_name_of_a_file_asks_for_its_format(void **state)
{
	(void)state;
	assert_int_equal(format_of("a/b.jsonl"), FORMAT_JSON);
	assert_int_equal(format_of("b.bin"), FORMAT_BYTES);
	assert_int_equal(format_of("b.bin.raw"), FORMAT_BYTES);
	assert_int_equal(format_of("b.bin.txt"), FORMAT_TEXT);
	assert_int_equal(format_of("b.json"), FORMAT_TEXT);
	assert_int_equal(format_of(".jsonl"), FORMAT_TEXT);
	assert_int_equal(format_of(""), FORMAT_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_text_when_it_is_utf8),
		cmocka_unit_test(a_message_is_base64_when_it_is_not),
		cmocka_unit_test(
		    all_messages_are_in_the_form_that_was_asked_for),
		cmocka_unit_test(a_half_close_says_whose_it_is),
		cmocka_unit_test(an_end_says_how_many_bytes_there_were),
		cmocka_unit_test(only_the_rest_of_a_message_is_written),
		cmocka_unit_test(a_state_says_its_name_and_our_address),
		cmocka_unit_test(an_error_says_its_code_and_what_to_look_at),
		cmocka_unit_test(a_note_becomes_an_object_with_a_code_and_text),
		cmocka_unit_test(where_the_time_went_is_in_milliseconds),
		cmocka_unit_test(writing_without_memory_fails),
		cmocka_unit_test(an_entry_has_a_form_in_each_format),
		cmocka_unit_test(
		    a_line_begins_with_the_time_since_the_one_before),
		cmocka_unit_test(the_name_of_a_file_asks_for_its_format),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
