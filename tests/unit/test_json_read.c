/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Objects of JSON, read member by member. */

#include <errno.h>

#include <sockchat/json.h>
#include <sockchat/json_read.h>

#include "unit.h"

static struct json_walk walk;

static enum json_verdict begin(const char *text, struct json_fault *fault)
{
	return json_walk_begin(&walk, (const uint8_t *)text, strlen(text),
	                       fault);
}

/* Find a member of a good object. */
static struct json_member member(const char *text, const char *name)
{
	struct json_fault fault;
	struct json_member m;
	assert_int_equal(begin(text, &fault), JSON_GOOD);
	while (json_walk_next(&walk, &m))
		if (json_is(m.name, name))
			return m;
	fail_msg("%s has no %s", text, name);
	return m;
}

static void members_come_in_their_order_and_without_their_insides(void **state)
{
	static const char text[] =
	    " { \"a\" : 1 ,\"b\":{\"a\":[\"}\",{}],\"c\":\"\\\"]\"},"
	    "\"c\":[[],\"[\"],\"d\":null,\"e\":\"x\" } \n";
	static const char *const seen[][2] = {
		{ "a", "1" }, { "b", "{\"a\":[\"}\",{}],\"c\":\"\\\"]\"}" },
		{ "c", "[[],\"[\"]" }, { "d", "null" }, { "e", "x" },
	};
	struct json_fault fault;
	struct json_member m;
	(void)state;
	assert_int_equal(begin(text, &fault), JSON_GOOD);
	for (size_t i = 0; i < 5; i++) {
		assert_true(json_walk_next(&walk, &m));
		assert_true(json_is(m.name, seen[i][0]));
		assert_true(json_is(m.value, seen[i][1]));
	}
	assert_false(json_walk_next(&walk, &m));
	assert_int_equal(json_walk_rest(&walk), sizeof(text) - 1);
	assert_int_equal(begin("{} {}", &fault), JSON_GOOD);
	assert_false(json_walk_next(&walk, &m));
	assert_int_equal(json_walk_rest(&walk), 3);
	assert_int_equal(begin("{}", &fault), JSON_GOOD);
	assert_false(json_walk_next(&walk, &m));
}

static void a_fault_has_its_place(void **state)
{
	static const struct {
		const char *text;
		enum json_verdict verdict;
		size_t at;
	} bad[] = {
		{ "", JSON_BROKEN, 0 },
		{ "[1]", JSON_BROKEN, 0 },
		{ "x", JSON_BROKEN, 0 },
		{ "{\"a\":1}{", JSON_UNFINISHED, 8 },
		{ "{\"a\" 1}", JSON_BROKEN, 5 },
		{ "{\"a\":1", JSON_UNFINISHED, 6 },
		{ "{\"a\":\"\\u00", JSON_UNFINISHED, 10 },
		{ "{\"a\":\"\n\"}", JSON_BROKEN, 6 },
	};
	struct json_fault fault;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (begin(bad[i].text, &fault) != bad[i].verdict ||
		    fault.at != bad[i].at)
			fail_msg("%s: at %zu: %s", bad[i].text, fault.at,
			         fault.expected);
	}
}

static void assert_text(const char *string, const char *text, size_t len)
{
	char object[256];
	struct bytes out = { 0 };
	snprintf(object, sizeof(object), "{\"s\":\"%s\"}", string);
	assert_int_equal(json_append_text(&out, member(object, "s").value), 0);
	if (out.len != len || memcmp(out.data, text, len) != 0)
		fail_msg("%s became '%s'", string, bytes_text(&out));
	bytes_finish(&out);
}

static void escapes_are_read(void **state)
{
	(void)state;
	assert_text("a\\\"\\\\\\/\\b\\f\\n\\r\\tz", "a\"\\/\b\f\n\r\tz", 10);
	assert_text("\\u0000x\\u00E9\\u20ac", "\0x\xc3\xa9\xe2\x82\xac", 7);
	assert_text("\\ud83d\\ude00", "\xf0\x9f\x98\x80", 4);
	assert_text("\\ud83dx", "\xef\xbf\xbdx", 4);
	assert_text("\\ude00\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd", 6);
	assert_text("\xc3\xa9", "\xc3\xa9", 2);
}

static void every_byte_comes_back_as_it_was_written(void **state)
{
	uint8_t all[256];
	struct bytes out = { 0 }, back = { 0 };
	struct json j;
	struct json_member m;
	struct json_fault fault;
	(void)state;
	for (size_t i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	for (size_t len = 0; len <= 256; len++) {
		bytes_clear(&out);
		json_begin(&j, &out);
		json_base64(&j, "b", all + 256 - len, len);
		json_hex(&j, "h", all + 256 - len, len);
		json_bytes(&j, "t", all, len < 128 ? len : 128);
		assert_int_equal(json_end(&j), 0);
		assert_int_equal(json_walk_begin(&walk, out.data, out.len,
		                                 &fault), JSON_GOOD);
		bytes_clear(&back);
		assert_true(json_walk_next(&walk, &m));
		assert_int_equal(json_append_base64(&back, m.value), 0);
		assert_true(json_walk_next(&walk, &m));
		assert_int_equal(json_append_hex(&back, m.value), 0);
		assert_true(json_walk_next(&walk, &m));
		assert_int_equal(json_append_text(&back, m.value), 0);
		assert_int_equal(back.len, 2 * len + (len < 128 ? len : 128));
		assert_memory_equal(back.data, all + 256 - len, len);
		assert_memory_equal(back.data + len, all + 256 - len, len);
		assert_memory_equal(back.data + 2 * len, all,
		                    len < 128 ? len : 128);
	}
	bytes_finish(&out);
	bytes_finish(&back);
}

static void what_is_no_base64_or_hex_is_refused(void **state)
{
	static const char *const bad64[] = { "A", "A===", "AA=A", "====",
		                             "AA A", "AAAAA", "A\\n==" };
	static const char *const bad16[] = { "a", "0x", "0g", " 0" };
	struct bytes out = { 0 };
	char text[64];
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		snprintf(text, sizeof(text), "{\"s\":\"%s\"}", bad64[i]);
		errno = 0;
		if (!json_append_base64(&out, member(text, "s").value) ||
		    errno != EINVAL)
			fail_msg("%s was taken", bad64[i]);
	}
	for (size_t i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "{\"s\":\"%s\"}", bad16[i]);
		assert_int_equal(json_append_hex(&out,
		                                 member(text, "s").value), -1);
	}
	assert_int_equal(out.len, 0);
	bytes_finish(&out);
}

static void assert_number(const char *text, bool is_milli, int64_t value)
{
	char object[64];
	uint64_t got = 0;
	snprintf(object, sizeof(object), "{\"n\":%s}", text);
	struct json_member m = member(object, "n");
	bool is_one = is_milli ? json_milli_of(&m, &got)
	                       : json_whole_of(&m, &got);
	if (is_one != (value >= 0) || (is_one && got != (uint64_t)value))
		fail_msg("%s: %llu", text, (unsigned long long)got);
}

static void numbers_are_read_in_thousandths(void **state)
{
	(void)state;
	assert_number("12", false, 12);
	assert_number("0", false, 0);
	assert_number("9007199254740992", false, INT64_C(9007199254740992));
	assert_number("9007199254740993", false, -1);
	assert_number("99999999999999999999999", false, -1);
	assert_number("1.5", false, -1);
	assert_number("-1", false, -1);
	assert_number("1e3", false, -1);
	assert_number("true", false, -1);
	assert_number("\"12\"", false, -1);
	assert_number("12", true, 12000);
	assert_number("1.5", true, 1500);
	assert_number("0.0429", true, 42);
	assert_number("1.234567", true, 1234);
	assert_number("1e3", true, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    members_come_in_their_order_and_without_their_insides),
		cmocka_unit_test(a_fault_has_its_place),
		cmocka_unit_test(escapes_are_read),
		cmocka_unit_test(every_byte_comes_back_as_it_was_written),
		cmocka_unit_test(what_is_no_base64_or_hex_is_refused),
		cmocka_unit_test(numbers_are_read_in_thousandths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
