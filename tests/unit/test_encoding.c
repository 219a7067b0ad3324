/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Text that is not UTF-8, there and back. */

#include <locale.h>

#include <sockchat/encoding.h>

#include "unit.h"

static struct encoding *open_encoding(enum encoding_id id)
{
	struct error e;
	struct encoding *enc = encoding_open(id, &e);
	assert_non_null(enc);
	assert_int_equal(encoding_id(enc), id);
	return enc;
}

/* All glyphs of these bytes as text. */
static void assert_shown(const struct encoding *enc, const char *bytes,
                         size_t len, const char *text)
{
	struct bytes out = { 0 };
	const uint8_t *at = (const uint8_t *)bytes;
	struct glyph g;
	for (size_t n; (n = encoding_next(enc, &g, at, len, 0));
	     at += n, len -= n)
		assert_int_equal(bytes_append(&out, g.text, g.text_len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(bytes_text(&out), text);
	bytes_finish(&out);
}

static const struct {
	enum encoding_id id;
	const char *bytes, *text;
} samples[] = {
	{ ENCODING_CP949, "\xbe\xc8\xb3\xe7 hi \x8c\x63", "안녕 hi 똠" },
	{ ENCODING_EUC_KR, "\xbe\xc8\xb3\xe7!", "안녕!" },
	{ ENCODING_SHIFT_JIS, "\x82\xb1\x82\xf1\x83\x5c \xb1", "こんソ ｱ" },
	{ ENCODING_EUC_JP, "\xa4\xb3\xa4\xf3", "こん" },
	{ ENCODING_GBK, "\xc4\xe3\xba\xc3", "你好" },
	{ ENCODING_BIG5, "\xa7\x41\xa6\x6e", "你好" },
	{ ENCODING_LATIN1, "gr\xfc\xdf" "e", "grüße" },
	{ ENCODING_LATIN9, "5\xa4", "5€" },
	{ ENCODING_CP1251, "\xef\xf0\xe8", "при" },
	{ ENCODING_CP1252, "\x80\x93", "€“" },
	{ ENCODING_CP437, "\xc9\xcd", "╔═" },
	{ ENCODING_KOI8_R, "\xd0\xd2\xc9", "при" },
};

static void each_encoding_is_shown_and_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct encoding *enc = open_encoding(samples[i].id);
		struct bytes out = { 0 };
		struct error e;
		size_t len = strlen(samples[i].bytes);
		assert_shown(enc, samples[i].bytes, len, samples[i].text);
		assert_int_equal(encoding_append(enc, &out, samples[i].text,
		                                 strlen(samples[i].text), &e),
		                 0);
		assert_int_equal(out.len, len);
		assert_memory_equal(out.data, samples[i].bytes, len);
		bytes_clear(&out);
		assert_int_equal(encoding_decode(
		    enc, &out, (const uint8_t *)samples[i].bytes, len), 0);
		assert_string_equal(bytes_text(&out), samples[i].text);
		bytes_finish(&out);
		encoding_close(enc);
	}
}

/* ASCII stays what it is, in every one that can be chosen. */
static void ascii_is_the_same_in_each_encoding(void **state)
{
	(void)state;
	for (int id = ENCODING_UTF8 + 1; id < ENCODING_COUNT; id++) {
		struct encoding *enc = open_encoding((enum encoding_id)id);
		assert_shown(enc, "a~\\\n\x1b", 5, "a~\\^J^[");
		encoding_close(enc);
	}
}

static void bytes_that_do_not_decode_are_shown_as_bytes(void **state)
{
	struct encoding *enc = open_encoding(ENCODING_CP949);
	(void)state;
	assert_shown(enc, "\xff" "a\xbe", 3, "\\xffa\\xbe");
	assert_shown(enc, "\xbe\n", 2, "\\xbe^J");
	encoding_close(enc);
	enc = open_encoding(ENCODING_LATIN1);
	assert_shown(enc, "\x9b" "2J\xad", 4, "<U+009B>2J<U+00AD>");
	encoding_close(enc);
}

static void half_a_character_is_seen_until_it_is_whole(void **state)
{
	struct encoding *enc = open_encoding(ENCODING_CP949);
	struct glyph g;
	(void)state;
	assert_shown(enc, "a\xbe", 2, "a\\xbe");
	assert_int_equal(encoding_next(enc, &g, (const uint8_t *)"\xbe\xc8", 2,
	                               0), 2);
	assert_int_equal(g.len, 2);
	assert_int_equal(g.width, 2);
	encoding_close(enc);
}

static void a_character_outside_the_encoding_is_refused(void **state)
{
	struct encoding *enc = open_encoding(ENCODING_LATIN1);
	struct bytes out = { 0 };
	struct error e;
	(void)state;
	assert_int_equal(bytes_append(&out, "x", 1), 0);
	assert_int_equal(encoding_append(enc, &out, "a안", 4, &e), -1);
	assert_string_equal(e.text, "not sent: ISO-8859-1 has no character "
	                            "\"안\"");
	assert_int_equal(out.len, 1);
	bytes_finish(&out);
	encoding_close(enc);
}

static void text_is_found_in_its_encoding(void **state)
{
	static const uint8_t bytes[] = "a \xbe\xc8\xb3\xe7";
	struct encoding *enc = open_encoding(ENCODING_CP949);
	struct error e;
	struct pattern_scan s;
	size_t start, end;
	(void)state;
	struct pattern *p = encoding_pattern(enc, "안녕", &e);
	assert_non_null(p);
	pattern_begin(&s, p, bytes, 6);
	assert_true(pattern_next(&s, &start, &end));
	assert_int_equal(start, 2);
	assert_int_equal(end, 6);
	pattern_free(p);
	encoding_close(enc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_encoding_is_shown_and_typed),
		cmocka_unit_test(ascii_is_the_same_in_each_encoding),
		cmocka_unit_test(bytes_that_do_not_decode_are_shown_as_bytes),
		cmocka_unit_test(half_a_character_is_seen_until_it_is_whole),
		cmocka_unit_test(a_character_outside_the_encoding_is_refused),
		cmocka_unit_test(text_is_found_in_its_encoding),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
