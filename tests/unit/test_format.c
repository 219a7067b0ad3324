/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries as they are written: text, JSON, bytes. */

#include <errno.h>
#include <locale.h>

#include <sockchat/format.h>
#include <sockchat/frame.h>

#include "entry_piece.h"
#include "unit.h"

#define BYTES(text) .bytes = (const uint8_t *)(text), .len = sizeof(text) - 1
#define NO_WORDS \
	.peer = "", .local = "", .client = "", .proxy = "", \
	.code = "", .hint = ""
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

static void an_empty_datagram_is_seen(void **state)
{
	const struct entry e = {
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.flags = ENTRY_COMPLETE, NO_WORDS, BYTES(""),
		.frame = frame_datagram.kind,
	};
	const struct wrap_look look = { .time = TIME_OFF };
	struct bytes out = { 0 };
	(void)state;
	assert_json(&e, 0, "{\"seq\":7," TIME "\"session\":1,"
	                   "\"kind\":\"message\",\"dir\":\"in\",\"len\":0,"
	                   "\"text\":\"\",\"complete\":true}\n");
	assert_int_equal(format_entry(&out, FORMAT_TEXT, &look, &e, 0), 0);
	assert_string_equal(bytes_text(&out), "< (empty datagram)\n");
	bytes_finish(&out);
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

static void bytes_as_they_moved_are_data(void **state)
{
	const struct wrap_look data = { .has_data = true };
	const struct entry moved = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS, BYTES("a\nb"),
	};
	const struct entry note = { .kind = ENTRY_NOTE, NO_WORDS, BYTES("x") };
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(format_entry(&out, FORMAT_JSON, &data, &moved, 0), 0);
	assert_non_null(strstr(bytes_text(&out), "\"kind\":\"data\","));
	assert_int_equal(format_entry(&out, FORMAT_JSON, &data, &note, 0), 0);
	assert_non_null(strstr(bytes_text(&out), "\"kind\":\"note\","));
	bytes_finish(&out);
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
		.peer = "127.0.0.1:9", .local = "127.0.0.1:7", .client = "",
		.proxy = "",
		.code = "", .hint = "", BYTES("connected"),
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
		.tls_us = 511,
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
	            "\"tls_ms\":0.511,"
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

static void an_end_that_brings_no_bytes_has_no_row(void **state)
{
	struct entry e = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		BYTES("\1ab"), .flags = ENTRY_COMPLETE,
	};
	(void)state;
	assert_format(FORMAT_TEXT, &e, 3, "");
	e.flags |= ENTRY_CUT;
	assert_format(FORMAT_TEXT, &e, 3, "< \u2026 cut\n");
	e.fate = FATE_DROPPED;
	e.flags = ENTRY_COMPLETE;
	assert_format(FORMAT_TEXT, &e, 3, "<  (dropped)\n");
	e.fate = FATE_NONE;
	e.len = 0;
	assert_format(FORMAT_TEXT, &e, 0, "< \n");
}

/* Programs are told that it is whole, also where reads parted it. */
static void an_end_that_brings_no_bytes_is_an_object(void **state)
{
	const struct entry_part part = { .at = 1, .is_late = true };
	const struct entry e = {
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		BYTES("abc"), .flags = ENTRY_COMPLETE,
		.parts = &part, .part_count = 1,
	};
	(void)state;
	assert_json(&e, 3, "{\"seq\":7," TIME "\"session\":0,"
	                   "\"kind\":\"message\",\"dir\":\"in\","
	                   "\"len\":0,\"text\":\"\","
	                   "\"complete\":true}\n");
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

/* It came in pieces: at once, .2 s, .9 s and 2.9 s after; what came between was
 * not late. */
static struct entry in_pieces(const char *bytes, size_t len)
{
	static const struct entry_part parts[] = {
		{ 1, false, 100000 },
		{ 2, true, 200000 },
		{ 3, true, 900000 },
		{ 4, false, 950000 },
		{ 5, true, 2900000 },
	};
	return (struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, NO_WORDS,
		.time = { 1000000, 1000000000 }, .wait_ns = 1000000,
		.flags = ENTRY_COMPLETE, .parts = parts, .part_count = 5,
		.bytes = (const uint8_t *)bytes, .len = len,
	};
}

#define PIECE(s, us) \
	"{\"seq\":0,\"time\":\"1970-01-01T00:00:0" s "." us "00000Z\"," \
	"\"session\":0,\"kind\":\"message\",\"dir\":\"in\","

static void each_piece_is_an_object_with_its_time(void **state)
{
	const struct entry e = in_pieces("aabccd\n", 7);
	(void)state;
	assert_format(FORMAT_JSON, &e, 1,
	              PIECE("1", "0") "\"len\":1,\"text\":\"a\","
	              "\"complete\":false,\"wait_ms\":1.000}\n"
	              PIECE("1", "2") "\"len\":1,\"text\":\"b\","
	              "\"complete\":false,\"wait_ms\":201.000}\n"
	              PIECE("1", "9") "\"len\":2,\"text\":\"cc\","
	              "\"complete\":false,\"wait_ms\":901.000}\n"
	              PIECE("3", "9") "\"len\":2,\"text\":\"d\\n\","
	              "\"complete\":true,\"wait_ms\":2901.000}\n");
	assert_format(FORMAT_BYTES, &e, 1, "abccd\n");
}

static void a_framed_message_is_one_object_however_slow_it_was(void **state)
{
	struct entry e = in_pieces("aabccd\n", 7);
	(void)state;
	e.frame = frame_find("fixed");
	assert_format(FORMAT_JSON, &e, 0,
	              PIECE("1", "0") "\"frame\":\"fixed\",\"len\":7,"
	              "\"text\":\"aabccd\\n\",\"complete\":true,"
	              "\"wait_ms\":1.000}\n");
}

static void a_piece_does_not_end_within_a_character(void **state)
{
	const struct entry e = in_pieces("a\xec\x95\x88" "b\n", 6);
	(void)state;
	assert_format(FORMAT_JSON, &e, 0,
	              PIECE("1", "0") "\"len\":1,\"text\":\"a\","
	              "\"complete\":false,\"wait_ms\":1.000}\n"
	              PIECE("1", "0") "\"len\":4,\"text\":\"\uc548b\","
	              "\"complete\":false,\"wait_ms\":1.000}\n"
	              PIECE("3", "9") "\"len\":1,\"text\":\"\\n\","
	              "\"complete\":true,\"wait_ms\":2901.000}\n");
}

static void text_has_a_line_for_what_came_clearly_later(void **state)
{
	const struct wrap_look since = {
		.time = TIME_START, .start_ns = 1000000000, .endings = true,
	};
	const struct entry e = in_pieces("aabccd\n", 7);
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(format_entry(&out, FORMAT_TEXT, &since, &e, 0), 0);
	assert_string_equal(bytes_text(&out), "0.000000 < aab\n"
	                                      "0.900000 < cc\n"
	                                      "   2.900 < d\\n\n");
	bytes_finish(&out);
	assert_format(FORMAT_TEXT, &e, 0, "< aabccd\\n\n"); /* TIME_OFF */
}

static void a_line_begins_with_the_time_since_the_piece_before(void **state)
{
	struct transcript *t = transcript_new(1 << 20);
	const struct wrap_look since = { .time = TIME_DELTA, .transcript = t };
	struct entry e = in_pieces("aa", 2), room;
	struct bytes out = { 0 };
	(void)state;
	e.flags = 0;
	uint64_t seq = transcript_append(t, &e);
	transcript_part(t, seq, &(struct stamp){ 1, 1700000000 }, true);
	assert_int_equal(transcript_extend(t, seq, ENTRY_PIECE("b", 1, 0)), 0);
	e.time.mono_ns = 1800000000;
	transcript_append(t, &e);
	for (seq = 1; seq <= 2; seq++)
		assert_int_equal(
		    format_entry(&out, FORMAT_TEXT, &since,
		                 transcript_at(t, seq, &room), 0), 0);
	assert_string_equal(bytes_text(&out), "0.000000 < aa\n"
	                                      "0.700000 < b\n"
	                                      "0.100000 < aa\n");
	bytes_finish(&out);
	transcript_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_text_when_it_is_utf8),
		cmocka_unit_test(an_empty_datagram_is_seen),
		cmocka_unit_test(a_message_is_base64_when_it_is_not),
		cmocka_unit_test(
		    all_messages_are_in_the_form_that_was_asked_for),
		cmocka_unit_test(a_half_close_says_whose_it_is),
		cmocka_unit_test(an_end_says_how_many_bytes_there_were),
		cmocka_unit_test(bytes_as_they_moved_are_data),
		cmocka_unit_test(only_the_rest_of_a_message_is_written),
		cmocka_unit_test(a_state_says_its_name_and_our_address),
		cmocka_unit_test(an_error_says_its_code_and_what_to_look_at),
		cmocka_unit_test(a_note_becomes_an_object_with_a_code_and_text),
		cmocka_unit_test(where_the_time_went_is_in_milliseconds),
		cmocka_unit_test(writing_without_memory_fails),
		cmocka_unit_test(an_end_that_brings_no_bytes_has_no_row),
		cmocka_unit_test(an_end_that_brings_no_bytes_is_an_object),
		cmocka_unit_test(an_entry_has_a_form_in_each_format),
		cmocka_unit_test(
		    a_line_begins_with_the_time_since_the_one_before),
		cmocka_unit_test(each_piece_is_an_object_with_its_time),
		cmocka_unit_test(
		    a_framed_message_is_one_object_however_slow_it_was),
		cmocka_unit_test(a_piece_does_not_end_within_a_character),
		cmocka_unit_test(text_has_a_line_for_what_came_clearly_later),
		cmocka_unit_test(
		    a_line_begins_with_the_time_since_the_piece_before),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
