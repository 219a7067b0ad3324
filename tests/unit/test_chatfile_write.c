/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How steps are written, and that what is written is read as the same. */

#include <sockchat/number.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

#include "chatfile_scene.h"

#define TEXT(text) text, sizeof(text) - 1

static void write_bytes(struct bytes *out, const void *bytes, size_t len)
{
	struct chat_step s = {
		.kind = CHAT_BYTES, .side = CHAT_OUT,
		.bytes = { .data = (uint8_t *)bytes, .len = len },
	};
	assert_int_equal(chatfile_write_step(out, &s), 0);
}

static void assert_written(const void *bytes, size_t len, const char *text)
{
	struct bytes out = { 0 };
	write_bytes(&out, bytes, len);
	assert_string_equal(bytes_text(&out), text);
	bytes_finish(&out);
}

static void text_has_a_string_for_each_line(void **state)
{
	(void)state;
	assert_written(TEXT(""), "> \"\"\n");
	assert_written(TEXT("250 ok\r\n"), "> \"250 ok\\r\\n\"\n");
	assert_written(TEXT("a\nb\n\nc"),
	               "> \"a\\n\"\n  \"b\\n\"\n  \"\\n\"\n  \"c\"\n");
	assert_written(TEXT("\xec\x95\x88\xeb\x85\x95 \"x\" \\ $1 ${a}"),
	               "> \"\xec\x95\x88\xeb\x85\x95 \\\"x\\\" \\\\ \\$1 "
	               "\\${a}\"\n");
}

static void what_does_not_show_itself_is_escaped(void **state)
{
	(void)state;
	assert_written(TEXT("a long text\x1b[2J\x07\0" "1\0\t\x7f\xff"),
	               "> \"a long text\\e[2J\\x07\\x001\\0\\t\\x7f\\xff\"\n");
	assert_written(TEXT("a long text\xe2\x80\xae\xe2\x80\x8b\xc2\x85"),
	               "> \"a long text\\u{202e}\\u{200b}\\u{85}\"\n");
}

static void long_lines_go_on_in_the_next_row(void **state)
{
	char text[200];
	struct bytes out = { 0 };
	(void)state;
	memset(text, 'a', sizeof(text));
	write_bytes(&out, text, sizeof(text));
	const char *row = bytes_text(&out);
	for (const char *end; (end = strchr(row, '\n')); row = end + 1)
		assert_true(end - row <= 80);
	assert_string_equal(row, "");
	bytes_finish(&out);
}

static void what_is_no_text_has_rows_of_hex(void **state)
{
	static const uint8_t bytes[18] = { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc,
	                                   3, 3, 'a', 'b', 'c', 'd', 'e', 0,
	                                   1 };
	(void)state;
	assert_written(bytes, sizeof(bytes),
	               "> hex \"16 03 01 02 00 01 00 01 fc 03 03 61 62 63 64 "
	               "65\"\n  hex \"00 01\"\n");
	assert_written(TEXT("\0"), "> hex \"00\"\n");
}

static void long_text_among_bytes_stays_readable(void **state)
{
	char text[100] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
	(void)state;
	assert_written(text, 64,
	               "> \"HTTP/1.1 200 OK\\r\\n\"\n  \"A: b\\r\\n\"\n"
	               "  \"\\r\\n\"\n"
	               "  hex \"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
	               "00\"\n"
	               "  hex \"00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
	               "00\"\n"
	               "  hex \"00 00 00 00 00 00 00\"\n");
}

/* The text that the steps of `text` are written as. */
static void write_again(struct bytes *out, const char *text)
{
	struct chatfile *f = opened(text);
	const struct chat_head *h = chatfile_head(f);
	struct chat_step s;
	struct error e;
	int got;
	chatfile_want_comments(f);
	assert_int_equal(chatfile_write_head(out, h->mode, h->endpoint), 0);
	while ((got = chatfile_next(f, &s, &e)) > 0)
		assert_int_equal(chatfile_write_step(out, &s), 0);
	if (got)
		fail_msg("%s", e.text);
	chatfile_close(f);
}

static void what_was_written_is_written_the_same_again(void **state)
{
	static const char text[] =
	    FIRST "connect \"unix:/tmp/a\\nb\"\n# recorded\n#\n"
	    "[2] +0.250 > \"x ${a}\\${\\r\\n\"\n  \"${1}\"\n"
	    "[10] < hex \"00 01\"\nwait 1.500\nframe delim:\\r\\n\n"
	    "[2] < ...\n[2] < /a\\/\\x{202e}/\n[2] > starttls\n"
	    "[2] > fin\n[2] < rst\n";
	struct bytes out = { 0 };
	(void)state;
	write_again(&out, text);
	assert_string_equal(bytes_text(&out), text);
	bytes_finish(&out);
}

static void a_comment_cannot_drive_a_terminal(void **state)
{
	struct bytes out = { 0 };
	struct chat_step s = {
		.kind = CHAT_COMMENT,
		.bytes = { .data = (uint8_t *)"a\x1b[m\nb", .len = 6 },
	};
	(void)state;
	assert_int_equal(chatfile_write_step(&out, &s), 0);
	assert_string_equal(bytes_text(&out), "# a^[[m\n# b\n");
	bytes_finish(&out);
}

/* Round trips */

static void assert_printable(struct bytes *out)
{
	assert_true(utf8_is_valid(out->data, out->len));
	for (size_t i = 0; i < out->len; i++)
		assert_true(out->data[i] >= ' ' || out->data[i] == '\n');
}

/* One step with these bytes comes back, and is written the same again. */
static void check_round_trip(const uint8_t *bytes, size_t len)
{
	struct bytes out = { 0 }, again = { 0 };
	struct chat_step s;
	struct error e;
	assert_int_equal(
	    chatfile_write_head(&out, ENDPOINT_CONNECT, ""), 0);
	write_bytes(&out, bytes, len);
	assert_printable(&out);
	struct chatfile *f = opened(bytes_text(&out));
	assert_int_equal(chatfile_next(f, &s, &e), 1);
	assert_int_equal(s.bytes.len, len);
	assert_memory_equal(s.bytes.data, bytes, len);
	assert_int_equal(s.fill_count, 0);
	assert_int_equal(chatfile_next(f, &s, &e), 0);
	chatfile_close(f);
	write_again(&again, bytes_text(&out));
	assert_string_equal(bytes_text(&out), bytes_text(&again));
	bytes_finish(&again);
	bytes_finish(&out);
}

static void a_pause_is_no_longer_than_can_be_read(void **state)
{
	struct chat_step s = {
		.kind = CHAT_FIN, .side = CHAT_OUT, .has_pause = true,
		.pause_ns = NUMBER_DURATION_MAX_MS * MS_NS + SECOND_NS,
	};
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(chatfile_write_step(&out, &s), 0);
	assert_string_equal(bytes_text(&out), "+864000.000 > fin\n");
	bytes_finish(&out);
}

static void each_byte_survives_beside_each_other(void **state)
{
	uint8_t text[70] = "some text that is long enough to stay text for what"
	                   " follows:";
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		uint8_t pair[2] = { (uint8_t)first };
		check_round_trip(pair, 1);
		for (unsigned second = 0; second < 256; second++) {
			pair[1] = (uint8_t)second;
			check_round_trip(pair, 2);
			memcpy(text + 60, pair, 2);
			check_round_trip(text, 62 + second % 8);
		}
	}
}

static void random_bytes_survive(void **state)
{
	static const char *const pieces[] = {
		"a", "\r\n", "\n", "\"", "\\", "$", "${", "}", "0", "9",
		"\xec\x95\x88", "e\xcc\x81", "\xe2\x80\xae", "\xff", "\x1b[",
		" the quick brown fox jumps over the lazy dog ", "\x80\x01",
	};
	uint8_t bytes[3000];
	(void)state;
	srandom(1);
	for (int round = 0; round < 2000; round++) {
		size_t len = 0, want = (size_t)random() % 400;
		while (len < want) {
			long r = random() % 40;
			const char *piece = pieces[r % 17];
			if (r < 17) {
				memcpy(bytes + len, piece, strlen(piece));
				len += strlen(piece);
			} else {
				bytes[len++] = (uint8_t)random();
			}
		}
		check_round_trip(bytes, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_a_string_for_each_line),
		cmocka_unit_test(what_does_not_show_itself_is_escaped),
		cmocka_unit_test(long_lines_go_on_in_the_next_row),
		cmocka_unit_test(what_is_no_text_has_rows_of_hex),
		cmocka_unit_test(long_text_among_bytes_stays_readable),
		cmocka_unit_test(what_was_written_is_written_the_same_again),
		cmocka_unit_test(a_comment_cannot_drive_a_terminal),
		cmocka_unit_test(a_pause_is_no_longer_than_can_be_read),
		cmocka_unit_test(each_byte_survives_beside_each_other),
		cmocka_unit_test(random_bytes_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
