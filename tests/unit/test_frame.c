/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages of the plain kinds: cut in pieces of every size, and put together
 * from a payload. */

#include <sockchat/entry.h>

#include "frame_rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void messages_end_where_their_kind_says(void **state)
{
	static const struct {
		const char *spec, *messages;
	} rows[] = {
		{ "line", "a\\n|\\r\\n|b\\r\\n|\\n" },
		{ "cr", "a\\r|\\nb\\r|\\r" },
		{ "nul", "a\\x00|\\x00|bc\\n\\x00" },
		{ "delim:\\r\\n\\r\\n",
		  "a\\r\\nb\\r\\n\\r\\n|\\r\\n\\r\\n|\\r\\r\\n\\r\\n|"
		  "\\r\\n\\r\\r\\n\\r\\n" },
		{ "delim:aab", "aaab|aab|aaaaaaab|baab|aaacaab" },
		{ "delim:abab", "abaabab|abab|cabab" },
		{ "delim:END", "someEND|EENEND|END" },
		{ "between:\\x02,\\x03",
		  "\\x02a\\x03|\\x02\\x03|\\x02a\\x02\\x03|\\r\\n|"
		  "\\x02b\\x03" },
		{ "between:<<,>>", "<<a>>|<x|<<<>>|<<<<a>>|>>|<<b> >>" },
		{ "between:#,#", "#a#|b|##|#c#" },
		{ "between:ab,ab", "abab|abxab|a|abaab" },
		{ "fixed:3", "abc|d\\ne|\\x00\\x00\\x00" },
		{ "fixed:1", "a|b" },
		{ "u8", "\\x05hello|\\x00|\\x01\\n|\\x0210" },
		{ "u16", "\\x00\\x02hi|\\x00\\x00|\\x00\\x01a" },
		{ "u16,le", "\\x02\\x00hi|\\x00\\x00|\\x01\\x00a" },
		{ "u24", "\\x00\\x00\\x02hi|\\x00\\x00\\x00" },
		{ "u24,le", "\\x02\\x00\\x00hi|\\x00\\x00\\x00" },
		{ "u32",
		  "\\x00\\x00\\x00\\x05a\\nb\\nc|\\x00\\x00\\x00\\x00" },
		{ "u32,le", "\\x02\\x00\\x00\\x00hi|\\x00\\x00\\x00\\x00" },
		{ "u64", "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02hi" },
		{ "u64,le", "\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00hi" },
		{ "u32,add=-4", "\\x00\\x00\\x00\\x06hi|\\x00\\x00\\x00\\x04" },
		{ "u16,add=2", "\\x00\\x00hi|\\x00\\x01hi!" },
		{ "u16,at=3", "abc\\x00\\x02hi|def\\x00\\x00" },
		{ "u8,at=2,add=-3", "ab\\x05hi|cd\\x03" },
		{ "varint", "\\x02hi|\\x00|\\x82\\x00ho|\\x01a" },
		{ "dec:3", "002hi|000|010abcdefghij" },
		{ "dec:2,add=-2", "04hi|02" },
		{ "hex:2", "0aabcdefghij|0Aabcdefghij|00" },
		{ "netstring", "5:hello,|0:,|1:,,|2:1:," },
		{ "mqtt", "0\\x07\\x00\\x03a/bhi|\\xc0\\x00|\\xd0\\x00" },
		{ "modbus", "\\x00\\x01\\x00\\x00\\x00\\x03\\x01\\x83\\x0a|"
		            "\\x00\\x02\\x00\\x00\\x00\\x05\\x01\\x03\\x02\\n"
		            "\\n" },
		{ "mysql", "\\x01\\x00\\x00\\x00\\x0e|\\x00\\x00\\x00\\x01|"
		           "\\x02\\x00\\x00\\x02ab" },
		{ "dns", "\\x00\\x04abcd|\\x00\\x00" },
		{ "slip", "a\\xc0|\\xc0b\\xc0|\\xc0\\xdb\\xdc\\xc0|\\xc0\\xc0|"
		          "\\xc0c\\xc0" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_rows(rows[i].spec, rows[i].messages, FRAME_WHOLE);
}

static void what_is_not_whole_is_under_way(void **state)
{
	static const struct {
		const char *spec, *messages;
	} rows[] = {
		{ "line", "a\\n|b" },           { "delim:\\r\\n", "a\\r" },
		{ "between:\\x02,\\x03", "\\x02a" },
		{ "between:\\x02,\\x03", "\\x02a\\x03|\\r\\n" },
		{ "between:<<,>>", "<" },       { "between:<<,>>", "a<" },
		{ "fixed:3", "abc|de" },        { "u32", "\\x00\\x00" },
		{ "u32", "\\x00\\x00\\x00\\x02a" }, { "u16,at=4", "abc" },
		{ "varint", "\\x80" },          { "dec:4", "00" },
		{ "netstring", "5" },           { "netstring", "2:ab" },
		{ "slip", "\\xc0" },            { "slip", "\\xc0a" },
		{ "mqtt", "0" },                { "mqtt", "0\\x80" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_rows(rows[i].spec, rows[i].messages, FRAME_MORE);
}

static void what_cannot_be_is_wrong(void **state)
{
	static const struct {
		const char *spec, *messages;
		enum frame_wrong wrong;
		uint64_t value;
	} rows[] = {
		{ "u32", "\\x00\\x00\\x00\\x01a|PONG\\r\\n", FRAME_TOO_LONG,
		  0x504f4e47 },
		{ "u32,max=4", "\\x00\\x00\\x00\\x05hello", FRAME_TOO_LONG, 5 },
		{ "u8,add=3,max=4", "\\x02hello", FRAME_TOO_LONG, 2 },
		{ "u64", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
		  FRAME_TOO_LONG, UINT64_MAX },
		{ "u64,add=9", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
		  FRAME_TOO_LONG, UINT64_MAX },
		{ "u32,add=-4", "\\x00\\x00\\x00\\x03hi", FRAME_TOO_SHORT, 3 },
		{ "varint", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
		            "\\x02", FRAME_NO_LENGTH, INT64_MAX },
		{ "varint", "\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80"
		            "\\x80\\x01", FRAME_NO_LENGTH, 0 },
		{ "mqtt", "0\\x80\\x80\\x80\\x80\\x01", FRAME_NO_LENGTH, 0 },
		{ "dec:4", "0003abc|12a4", FRAME_NO_LENGTH, 12 },
		{ "hex:2", "0g", FRAME_NO_LENGTH, 0 },
		{ "netstring", ":", FRAME_NO_LENGTH, 0 },
		{ "netstring", "x", FRAME_NO_LENGTH, 0 },
		{ "netstring", "12345678901:", FRAME_NO_LENGTH, 12345678901 },
		{ "netstring", "5:hello;", FRAME_NO_END, 5 },
		{ "modbus", "\\x00\\x01\\x00\\x00\\x01\\x00", FRAME_TOO_LONG,
		  256 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes all = row_bytes(rows[i].messages);
		struct cutter c = cut_in(&f, &all, all.len);
		assert_rows(rows[i].spec, rows[i].messages, FRAME_WRONG);
		assert_int_equal(c.messages[c.count - 1].now.wrong,
		                 rows[i].wrong);
		assert_int_equal(c.messages[c.count - 1].now.value,
		                 rows[i].value);
		cutter_finish(&c);
		bytes_finish(&all);
	}
}

static void the_rest_after_what_is_wrong_is_raw(void **state)
{
	struct frame f = frame_of("u32");
	const struct bytes all = { .data = (uint8_t *)"PONG\0\0\0\1a",
		                   .len = 9 };
	struct cutter c = { .frame = &f, .bytes = all.data };
	(void)state;
	cutter_read(&c, 2, 0);
	cutter_read(&c, 4, 0);
	cutter_read(&c, 3, 0);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.messages[0].len, 6);
	assert_int_equal(c.messages[1].len, 3);
	assert_true(c.state.is_raw);
	cutter_finish(&c);
}

/* Take the payload of a message apart, as entries do. */
static void assert_payload(const char *spec, const struct framed *framed,
                           const char *payload)
{
	struct frame f = frame_of(spec);
	struct bytes room = { 0 }, want = row_bytes(payload);
	const struct entry e = {
		.bytes = framed->bytes.data, .len = framed->bytes.len,
		.frame = f.kind, .prefix_at = framed->prefix_at,
		.prefix = framed->prefix, .suffix = framed->suffix,
	};
	size_t len;
	const uint8_t *bytes = entry_payload(&e, &room, &len);
	if (len != want.len ||
	    memcmp(bytes, want.data ? want.data : bytes, len) != 0)
		fail_msg("%s: the payload of %s is not it", spec, payload);
	bytes_finish(&room);
	bytes_finish(&want);
}

static void a_payload_is_wrapped_and_found_again(void **state)
{
	static const struct {
		const char *spec, *payload, *message;
	} rows[] = {
		{ "line", "hi", "hi\\n" },
		{ "line", "a\\nb", "a\\nb\\n" },
		{ "line", "", "\\n" },
		{ "cr", "hi", "hi\\r" },
		{ "nul", "a\\x00b", "a\\x00b\\x00" },
		{ "delim:\\r\\n\\r\\n", "hi", "hi\\r\\n\\r\\n" },
		{ "between:\\x02,\\x03", "hi", "\\x02hi\\x03" },
		{ "between:<<,>>", "", "<<>>" },
		{ "fixed:3", "abc", "abc" },
		{ "u8", "hello", "\\x05hello" },
		{ "u8", "", "\\x00" },
		{ "u16", "hello", "\\x00\\x05hello" },
		{ "u16,le", "hello", "\\x05\\x00hello" },
		{ "u24", "hello", "\\x00\\x00\\x05hello" },
		{ "u32", "hello", "\\x00\\x00\\x00\\x05hello" },
		{ "u64,le", "hi",
		  "\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00hi" },
		{ "u32,add=-4", "hi", "\\x00\\x00\\x00\\x06hi" },
		{ "u8,add=2", "hi!", "\\x01hi!" },
		{ "u16,at=4", "abcdhi", "abcd\\x00\\x02hi" },
		{ "u16,at=4", "abcd", "abcd\\x00\\x00" },
		{ "varint", "hi", "\\x02hi" },
		{ "dec:4", "hello", "0005hello" },
		{ "hex:4", "hello world", "000bhello world" },
		{ "netstring", "hello", "5:hello," },
		{ "netstring", "", "0:," },
		{ "netstring", "0123456789", "10:0123456789," },
		{ "mqtt", "0\\x00\\x01ab", "0\\x04\\x00\\x01ab" },
		{ "mqtt", "\\xc0", "\\xc0\\x00" },
		{ "modbus", "\\x00\\x01\\x00\\x00\\x01\\x03\\x00",
		  "\\x00\\x01\\x00\\x00\\x00\\x03\\x01\\x03\\x00" },
		{ "mysql", "\\x00\\x0e", "\\x01\\x00\\x00\\x00\\x0e" },
		{ "dns", "abc", "\\x00\\x03abc" },
		{ "slip", "a\\xc0\\xdbb",
		  "\\xc0a\\xdb\\xdc\\xdb\\xddb\\xc0" },
		{ "slip", "", "\\xc0\\xc0" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes payload = row_bytes(rows[i].payload);
		struct bytes want = row_bytes(rows[i].message);
		struct framed out = { 0 };
		struct error e;
		assert_int_equal(frame_wrap(&f, payload.data, payload.len, &out,
		                            &e), 0);
		if (out.bytes.len != want.len ||
		    memcmp(out.bytes.data, want.data, want.len) != 0)
			fail_msg("%s does not make %s", rows[i].spec,
			         rows[i].message);
		assert_payload(rows[i].spec, &out, rows[i].payload);
		bytes_finish(&payload);
		bytes_finish(&want);
		bytes_finish(&out.bytes);
	}
}

static void a_whole_message_of_a_protocol_goes_as_it_is(void **state)
{
	static const struct {
		const char *spec, *message;
	} rows[] = {
		{ "netstring", "5:hello," },
		{ "mqtt", "\\x10\\x02ab" },
		{ "modbus", "\\x00\\x01\\x00\\x00\\x00\\x03\\x01\\x83\\x0a" },
		{ "mysql", "\\x01\\x00\\x00\\x00\\x0e" },
		{ "dns", "\\x00\\x04abcd" },
		{ "slip", "\\xc0a\\xc0" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes want = row_bytes(rows[i].message);
		struct framed out = { 0 };
		struct error e;
		assert_int_equal(frame_wrap(&f, want.data, want.len, &out, &e),
		                 0);
		assert_int_equal(out.bytes.len, want.len);
		assert_memory_equal(out.bytes.data, want.data, want.len);
		bytes_finish(&want);
		bytes_finish(&out.bytes);
	}
}

static void a_line_is_wrapped_in_the_ending_that_is_set(void **state)
{
	struct frame f = frame_of("line");
	struct framed out = { 0 };
	struct error e;
	(void)state;
	memcpy(f.end, "\r\n", 2);
	f.end_len = 2;
	assert_int_equal(frame_wrap(&f, "hi", 2, &out, &e), 0);
	assert_int_equal(out.bytes.len, 4);
	assert_memory_equal(out.bytes.data, "hi\r\n", 4);
	assert_int_equal(out.suffix, 2);
	bytes_finish(&out.bytes);
}

static void a_payload_that_does_not_fit_is_refused(void **state)
{
	static const struct {
		const char *spec;
		size_t len;
		const char *text;
	} rows[] = {
		{ "fixed:10", 7, "the payload has 7 bytes, a message has 10: "
		                 "3 are missing" },
		{ "fixed:10", 11, "the payload has 11 bytes, a message has 10: "
		                  "1 is too many" },
		{ "fixed:2", 1, "the payload has 1 byte, a message has 2: "
		                "1 is missing" },
		{ "u8", 256, "the length would be 256, it can be at most 255" },
		{ "u8,add=-1", 255, "the length would be 256, it can be at "
		                    "most 255" },
		{ "u16", 65536, "the length would be 65536, it can be at most "
		                "65535" },
		{ "dec:2", 100, "the length would be 100, it can be at most "
		                "99" },
		{ "hex:1", 16, "the length would be 16, it can be at most 15" },
		{ "u32,max=4", 5, "5 bytes would follow the length, the limit "
		                  "is 4 bytes" },
		{ "modbus", 259, "255 bytes would follow the length, the limit "
		                 "is 254 bytes" },
		{ "u16,at=4", 3, "the payload has 3 bytes, 4 must stand before "
		                 "the length" },
		{ "mqtt", 0, "the payload has 0 bytes, 1 must stand before the "
		             "length" },
		{ "u16,add=4", 3, "3 bytes would follow the length, at least 4 "
		                  "must" },
		{ "mysql", 0, "0 bytes would follow the length, at least 1 "
		              "must" },
	};
	static const uint8_t payload[70000];
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct framed out = { 0 };
		struct error e = { 0 };
		assert_int_equal(frame_wrap(&f, payload, rows[i].len, &out, &e),
		                 -1);
		assert_memory_equal(e.text, rows[i].spec, strlen(rows[i].spec));
		assert_string_equal(strchr(e.text, ' ') + 1, rows[i].text);
		assert_int_equal(out.bytes.len, 0);
		bytes_finish(&out.bytes);
	}
}

/* Bytes without an end of their own. */
static struct bytes fill(const char *text, size_t len)
{
	struct bytes b = { 0 };
	size_t n = strlen(text);
	while (b.len < len)
		assert_int_equal(bytes_append(&b, text, n), 0);
	return b;
}

static void a_text_that_does_not_end_is_cut_between_characters(void **state)
{
	static const struct {
		const char *spec, *fill;
	} rows[] = {
		{ "line", "a" },      { "line", "\xe2\x82\xac" },
		{ "line", "\xf0\x9f\x98\x80" }, { "auto", "\xe2\x82\xac" },
		{ "nul", "\xe2\x82\xac" }, { "delim:END", "aENE" },
		{ "delim:\\r\\n\\r\\n", "\r\n\r" }, { "between:ab,cd", "aca" },
		{ "between:a,b", "acc" }, { "slip", "a\xdb\xdc" },
		{ "slip", "\xe2\xdb\xdd" }, { "cr", "\xc3\xa9" },
	};
	static const size_t sizes[] = { 1, 2, 3, 7, 65535, 65536, 65537 };
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes all = fill(rows[i].fill, 3 * FRAME_CUT_MAX);
		struct cutter whole = cut_in(&f, &all, all.len);
		size_t len = whole.messages[0].len;
		assert_int_equal(whole.messages[0].status, FRAME_CUT);
		assert_true(len <= FRAME_CUT_MAX && len > FRAME_CUT_MAX - 4);
		assert_true(whole.count >= 3);
		for (size_t k = 0; k < COUNT(sizes); k++) {
			struct cutter c = cut_in(&f, &all, sizes[k]);
			if (!cutter_is_like(&whole, &c))
				fail_msg("%s: other messages in pieces of %zu",
				         rows[i].spec, sizes[k]);
			cutter_finish(&c);
		}
		cutter_finish(&whole);
		bytes_finish(&all);
	}
}

static void an_end_that_lies_across_the_cut_is_an_end(void **state)
{
	struct frame f = frame_of("delim:END");
	struct bytes all = fill("a", FRAME_CUT_MAX - 1);
	(void)state;
	assert_int_equal(bytes_append_text(&all, "ENDbEND"), 0);
	struct cutter c = cut_in(&f, &all, 1000);
	assert_int_equal(c.count, 3);
	assert_int_equal(c.messages[0].len, FRAME_CUT_MAX - 1);
	assert_int_equal(c.messages[1].len, 3);
	assert_int_equal(c.messages[2].len, 4);
	cutter_finish(&c);
	bytes_finish(&all);
}

static void what_was_cut_within_two_texts_goes_on_to_its_end(void **state)
{
	struct frame f = frame_of("between:<,>");
	struct bytes all = fill("<", 1);
	(void)state;
	while (all.len < FRAME_CUT_MAX + 10)
		assert_int_equal(bytes_append_byte(&all, 'a'), 0);
	assert_int_equal(bytes_append_text(&all, ">x<b>"), 0);
	struct cutter c = cut_in(&f, &all, 999);
	assert_int_equal(c.count, 4);
	assert_int_equal(c.messages[1].len, 11);
	assert_int_equal(c.messages[1].now.suffix, 1);
	assert_true(c.messages[2].now.is_plain);
	assert_int_equal(c.messages[3].now.prefix, 1);
	cutter_finish(&c);
	bytes_finish(&all);
}

static void an_end_makes_whole_what_has_no_end_of_its_own(void **state)
{
	static const struct {
		const char *spec, *bytes;
		bool is_whole;
	} rows[] = {
		{ "between:<,>", "<a>\\r\\n", true },
		{ "between:<,>", "<a", false }, { "slip", "\\xc0", true },
		{ "slip", "\\xc0a", false },    { "u32", "\\x00", false },
		{ "netstring", "1:a", false },  { "nul", "a", false },
		{ "idle:1s", "a", true },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes all = row_bytes(rows[i].bytes);
		struct cutter c = cut_in(&f, &all, 1);
		assert_int_equal(frame_ends(&f, &c.state), rows[i].is_whole);
		cutter_finish(&c);
		bytes_finish(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_end_where_their_kind_says),
		cmocka_unit_test(what_is_not_whole_is_under_way),
		cmocka_unit_test(what_cannot_be_is_wrong),
		cmocka_unit_test(the_rest_after_what_is_wrong_is_raw),
		cmocka_unit_test(a_payload_is_wrapped_and_found_again),
		cmocka_unit_test(a_whole_message_of_a_protocol_goes_as_it_is),
		cmocka_unit_test(a_line_is_wrapped_in_the_ending_that_is_set),
		cmocka_unit_test(a_payload_that_does_not_fit_is_refused),
		cmocka_unit_test(
		    a_text_that_does_not_end_is_cut_between_characters),
		cmocka_unit_test(an_end_that_lies_across_the_cut_is_an_end),
		cmocka_unit_test(
		    what_was_cut_within_two_texts_goes_on_to_its_end),
		cmocka_unit_test(an_end_makes_whole_what_has_no_end_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
