/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said of bytes that are no messages of their frame. */

#include "frame_rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

/* Explain the last message of these bytes. */
static void explain(const char *spec, const struct bytes *all, size_t size,
                    struct error *e)
{
	struct frame f = frame_of(spec);
	struct cutter c = cut_in(&f, all, size);
	const struct cutter_message *last = c.messages + c.count - 1;
	struct frame_seen seen = { .bytes = all->data + last->at,
		                   .len = last->len };
	if (c.count > 1) {
		seen.before = all->data + last[-1].at;
		seen.before_len = last[-1].len;
	}
	if (last->status != FRAME_WRONG)
		fail_msg("%s: nothing is wrong", spec);
	frame_explain(&f, &c.state, &seen, e);
	cutter_finish(&c);
}

static void what_cannot_be_is_explained(void **state)
{
	static const struct {
		const char *spec, *bytes, *text;
	} rows[] = {
		{ "u32", "PONG\\r\\n", "length 1347374663 is over the limit of "
		  "16 MiB: its bytes are the text \"PONG\": is this a line "
		  "protocol?" },
		{ "u32,le", "HTTP/1.1 200\\r\\n", "length 1347703880 is over "
		  "the limit of 16 MiB: its bytes are the text \"HTTP\": is "
		  "this a line protocol?" },
		{ "u64", "OK\\r\\nmore\\r\\n", "length 5713674890686460517 is "
		  "over the limit of 16 MiB: its bytes are the text "
		  "\"OK\\r\\nmore\": is this a line protocol?" },
		{ "u32", "\\x05\\x00\\x00\\x00hello", "length 83886080 is over "
		  "the limit of 16 MiB: read the other way round it is 5: try "
		  "/frame u32,le" },
		{ "u32,le,max=1M", "\\x00\\x00\\x00\\x05hello",
		  "length 83886080 is over the limit of 1 MiB: read the other "
		  "way round it is 5: try /frame u32,max=1M" },
		{ "u32", "\\x00\\x00\\x00\\x06hi\\x00\\x00\\x00\\x09hello",
		  "length 1751477356 is over the limit of 16 MiB: does a "
		  "length count itself? try /frame u32,add=-4" },
		{ "u16,at=2,max=4k",
		  "ab\\x00\\x06hicd\\x00\\x06hoef\\x00\\x06hu",
		  "length 25958 is over the limit of 4 KiB: does a length "
		  "count itself? try /frame u16,at=2,add=-4,max=4k" },
		{ "u32,add=-4", "\\x00\\x00\\x00\\x03abc", "length 3 is too "
		  "short: with add=-4 it must be at least 4" },
		{ "u32,add=-4", "\\x00\\x00\\x00\\x00", "length 0 is too "
		  "short: with add=-4 it must be at least 4" },
		{ "u32", "\\xff\\xff\\xff\\xff",
		  "length 4294967295 is over the limit of 16 MiB" },
		{ "u32", "\\x16\\x03\\x01\\x00", "length 369295616 is over the "
		  "limit of 16 MiB: TLS begins with such bytes" },
		{ "u16,max=1000", "\\x03\\xe9",
		  "length 1001 is over the limit of 1000 bytes" },
		{ "modbus", "HTTP/1.1", "length 12081 is over the limit of 254 "
		  "bytes: its bytes are the text \"/1\": is this a line "
		  "protocol?" },
		{ "dec:8", "99999999",
		  "length 99999999 is over the limit of 16 MiB" },
		{ "dec:4", "12a4xyz", "\"12a4\" is not a length of 4 digits: "
		  "is this a line protocol?" },
		{ "hex:2", "\\x00\\x01", "\"\\x00\\x01\" is not a length of 2 "
		  "hex digits" },
		{ "varint", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
		  "\\x7f",
		  "\"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x7f\" is "
		  "not a length: a length has at most 10 bytes and 64 bits" },
		{ "mqtt", "0\\xff\\xff\\xff\\xff\\x01",
		  "\"\\xff\\xff\\xff\\xff\" is not a length: a length has at "
		  "most 4 bytes" },
		{ "netstring", "hello\\r\\n", "\"hello\\r\\n\" is not a "
		  "netstring: one begins with up to 10 digits and a colon, "
		  "like 5:hello," },
		{ "netstring", "5:hello;x", "a comma ends a netstring: after "
		  "the 5 bytes of this one comes \";\"" },
		{ "postgres", "\\x01hello", "this is not a message of "
		  "postgres: \"\\x01hello\"" },
		{ "headers", "A: b\\r\\n\\r\\n", "this is not a message of "
		  "headers, its header lines have no valid Content-Length: "
		  "\"A: b\\r\\n\\r\\n\"" },
		{ "resp", "$x\\r\\n", "this is not a message of resp, the type "
		  "of a value has no number after it: \"$x\\r\\n\"" },
		{ "resp", "$1\\r\\nab", "this is not a message of resp, its "
		  "end is not where it should be: \"$1\\r\\nab\"" },
		{ "json", "]0123456789012345678901234567890", "this is not a "
		  "message of json: \"]01234567890123456789012…\"" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes all = row_bytes(rows[i].bytes);
		struct error e;
		explain(rows[i].spec, &all, all.len, &e);
		if (strcmp(e.text, rows[i].text) != 0)
			fail_msg("%s: %s", rows[i].spec, e.text);
		bytes_finish(&all);
	}
}

static void a_limit_that_may_be_raised_is_named(void **state)
{
	struct bytes all = row_bytes("\\xff\\xff\\xff\\xff");
	struct error e;
	(void)state;
	explain("u32", &all, 4, &e);
	assert_string_equal(e.hint, "max=SIZE raises the limit, up to a "
	                            "quarter of --scrollback");
	bytes_finish(&all);
}

static void an_end_within_a_message_is_explained(void **state)
{
	static const struct {
		const char *spec, *bytes, *text, *hint;
	} rows[] = {
		{ "u8", "\\x64hello world.",
		  "a message is not whole: 12 of 100 bytes came before FIN",
		  "" },
		{ "u32", "\\x00\\x00\\x00\\x06hi",
		  "a message is not whole: 2 of 6 bytes came before FIN",
		  "does the length count itself? try /frame u32,add=-4" },
		{ "fixed:10", "hello",
		  "a message is not whole: 5 of 10 bytes came before FIN",
		  "" },
		{ "u16,at=4", "abcd\\x00\\x03a",
		  "a message is not whole: 1 of 3 bytes came before FIN", "" },
		{ "netstring", "5:he",
		  "a message is not whole: 2 of 6 bytes came before FIN", "" },
		{ "u32", "\\x00", "a message is not whole: 1 byte of it came "
		                  "before FIN", "" },
		{ "nul", "abc", "a message is not whole: 3 bytes of it came "
		                "before FIN", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct frame f = frame_of(rows[i].spec);
		struct bytes all = row_bytes(rows[i].bytes);
		struct cutter c = cut_in(&f, &all, 1);
		struct error e;
		frame_explain_end(&f, &c.state, "FIN", &e);
		assert_string_equal(e.text, rows[i].text);
		assert_string_equal(e.hint, rows[i].hint);
		cutter_finish(&c);
		bytes_finish(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_explained),
		cmocka_unit_test(a_limit_that_may_be_raised_is_named),
		cmocka_unit_test(an_end_within_a_message_is_explained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
