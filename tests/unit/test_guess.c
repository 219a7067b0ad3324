/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Text that is not UTF-8. */

#include "unit.h"

#include <iconv.h>

#include <sockchat/encoding.h>

static enum guess guess(const char *text)
{
	return guess_encoding((const uint8_t *)text, strlen(text));
}

/* Of UTF-8 text that is encoded so. */
static enum guess guess_in(const char *name, const char *text)
{
	char out[512], *to = out, *from = (char *)(uintptr_t)text;
	size_t len = strlen(text), room = sizeof(out);
	iconv_t way = iconv_open(name, "UTF-8");
	assert_true(way != (iconv_t)-1);
	assert_true(iconv(way, &from, &len, &to, &room) != (size_t)-1);
	iconv_close(way);
	return guess_encoding((uint8_t *)out, sizeof(out) - room);
}

static void korean_text_is_cp949(void **state)
{
	static const char *const texts[] = {
		"안녕!", "네\n", "안녕하세요, 반갑습니다.\r\n", "이름: 홍길동\n",
		"status=정상 code=200\n", "「따옴표」 안에 있는 말\n",
		"뷁도 글자입니다, 거의 쓰지 않지만요\n", "한",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(guess_in("CP949", texts[i]), GUESS_CP949);
		assert_int_equal(guess(texts[i]), GUESS_NONE);
	}
}

static void japanese_text_is_shift_jis(void **state)
{
	static const char *const texts[] = {
		"こんにちは\n", "日本語", "テスト OK\r\n", "エラー: 接続できません",
		"ファイルが見つかりません。\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(guess_in("SHIFT_JIS", texts[i]),
		                 GUESS_SHIFT_JIS);
}

static void western_text_is_latin_1(void **state)
{
	static const char *const texts[] = {
		"café\n", "Grüße aus München", "Où est la créée?\r\n", "élan",
		"año\n", "Ärger, naïve, für, Füße", "¡Qué!",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(guess_in("ISO-8859-1", texts[i]),
		                 GUESS_LATIN1);
}

static void a_character_may_be_unfinished_at_the_end(void **state)
{
	(void)state;
	assert_int_equal(guess("\xbe\xc8\xb3\xe7\xb3"), GUESS_CP949);
}

static void bytes_of_no_known_encoding_are_left_alone(void **state)
{
	static const char *const others[] = {
		"", "plain", "안녕", "\xec\x95", "\x01\xbe\xc8\xb3\xe7",
		"\xff\xfe\xfd", "\x80\x81\x82", "\xe9", "\x16\x03\x01",
		"\xa4\xb3\xa4\xf3\xa4\xcb\xa4\xc1\xa4\xcf", /* EUC-JP */
		"\xcf\xf0\xe8\xe2\xe5\xf2", /* Russian in CP1251 */
		"\xd6\xd0\xce\xc4\xb2\xe2\xca\xd4\xc4\xe3", /* GBK */
		"\xc5\xd4\xc5\xd4 \x82\xb1\x82\xf1", "\xbe\xc8\xb3\xff",
		"it\x92s a caf\xe9", ("10\xb0""C, 5\xb5s"), "café, crème",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(guess(others[i]), GUESS_NONE);
}

static void only_the_beginning_of_a_long_text_is_looked_at(void **state)
{
	char text[3 * GUESS_MAX + 1];
	(void)state;
	for (size_t i = 0; i < sizeof(text) - 3; i += 3)
		memcpy(text + i, "\xbe\xc8 ", 3);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(guess(text), GUESS_CP949);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(korean_text_is_cp949),
		cmocka_unit_test(japanese_text_is_shift_jis),
		cmocka_unit_test(western_text_is_latin_1),
		cmocka_unit_test(a_character_may_be_unfinished_at_the_end),
		cmocka_unit_test(
		    bytes_of_no_known_encoding_are_left_alone),
		cmocka_unit_test(
		    only_the_beginning_of_a_long_text_is_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
