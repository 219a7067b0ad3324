/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where auto sees lines, and from where on it sees no text any more. */

#include "frame_rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static void text_is_cut_into_lines_however_it_comes(void **state)
{
	static const char *const rows[] = {
		"hello\\n|how are you?\\r\\n|\\n|\\r\\n|bye\\n",
		"220 mail.example ESMTP\\r\\n|250-SIZE\\r\\n|250 OK\\r\\n",
		"GET / HTTP/1.1\\r\\n|Host: a\\r\\n|\\r\\n",
		/* tabs, bells, backspaces, form feeds, shifts, DEL */
		"a\\tb\\n|\\x07beep\\n|ab\\x08c\\n|\\x0c\\n|a\\x0bb\\x0e\\x0f"
		"\\x7f\\n",
		/* ANSI, as a prompt of a shell has it */
		"\\e[01;32muser@host\\e[0m:\\e[34m~\\e[0m$ ls\\r\\n|\\e]0;title"
		"\\x07\\r\\n",
		/* IRC: bold, colours, italics, reverse, CTCP */
		":a!b@c PRIVMSG #d :\\x02bold\\x02 \\x0304red\\x03 \\x1d"
		"italic\\x1d \\x16reverse\\x16 \\x1funder\\x1f \\x1emono"
		"\\x1e \\x11x\\x11 \\x0fend\\r\\n|:a!b@c PRIVMSG d :\\x01"
		"VERSION\\x01\\r\\n",
		/* Latin-1, KOI8-R, Shift_JIS, UTF-8 */
		"na\\xefve \\xe9t\\xe9 \\xff\\n|\\xf0\\xd2\\xc9\\xd7\\xc5\\xd4"
		"\\n|\\x93\\xfa\\x96\\x7b\\n|\u20ac \u4e2d\u6587\\n",
		/* CP1251: a word that ends as a negotiation of Telnet begins */
		"\\xf1\\xe8\\xff\\xfe\\n|\\xff\\n|\\xff\\xff\\n",
		/* Telnet: DO 1, WILL 3, DO 31, a window of 10 rows, NOP, GA */
		"\\xff\\xfd\\x01\\xff\\xfb\\x03\\xff\\xfd\\x1flogin: \\xff\\xf9"
		"me\\r\\n|\\xff\\xfa\\x1f\\x00P\\x00\\n\\xff\\xf0ok\\n|\\xff"
		"\\xf1\\n",
		/* Telnet: options as numbers that no text has; IAC within */
		"\\xff\\xfd\\x00\\xff\\xfd\\x18\\xff\\xfa\\x22\\x03\\x01\\xff"
		"\\xff\\x04\\n\\xff\\xf0\\n|hi\\r\\n",
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_rows("auto", rows[i], FRAME_WHOLE);
}

/* What one read brings, and how long nothing came before it. */
struct piece {
	const char *bytes;
	uint64_t pause_ms;
};

static struct cutter cut_pieces(const struct piece *pieces, struct frame *f,
                                struct bytes *all)
{
	struct cutter c = { .frame = f };
	for (size_t i = 0; pieces[i].bytes; i++) {
		struct bytes b = row_bytes(pieces[i].bytes);
		assert_int_equal(bytes_append(all, b.data, b.len), 0);
		c.bytes = all->data;
		cutter_read(&c, b.len, pieces[i].pause_ms);
		bytes_finish(&b);
	}
	return c;
}

static void assert_pieces(const struct piece *pieces, const char *row,
                          bool is_binary)
{
	struct frame f = frame_of("auto");
	struct bytes all = { 0 };
	struct cutter c = cut_pieces(pieces, &f, &all);
	size_t count = 0;
	for (size_t len; *row; row += len + (row[len] == '|')) {
		len = strcspn(row, "|");
		assert_row(pieces->bytes, &c, count++, row, len);
	}
	assert_int_equal(c.count, count);
	assert_int_equal(c.state.is_binary, is_binary);
	cutter_finish(&c);
	bytes_finish(&all);
}

static void what_is_no_text_is_cut_at_pauses(void **state)
{
	static const struct {
		struct piece pieces[6];
		const char *messages;
	} rows[] = {
		/* Modbus, with a register of 0x0a */
		{ { { "\\x00\\x01\\x00\\x00\\x00\\x05\\x01\\x03\\x02\\x00\\n",
		      0 },
		    { "\\x00\\x02\\x00\\x00\\x00\\x05\\x01\\x03\\x02\\n\\n",
		      100 } },
		  "\\x00\\x01\\x00\\x00\\x00\\x05\\x01\\x03\\x02\\x00\\n|"
		  "\\x00\\x02\\x00\\x00\\x00\\x05\\x01\\x03\\x02\\n\\n" },
		/* MQTT, whose length is 10 */
		{ { { "0\\n\\x00\\x03a/b12345", 0 } },
		  "0\\n\\x00\\x03a/b12345" },
		/* MQTT's CONNECT: its length is 13 */
		{ { { "\\x10\\r\\x00\\x04MQTT\\x04\\x02\\x00<\\x00\\x01a",
		      0 } },
		  "\\x10\\r\\x00\\x04MQTT\\x04\\x02\\x00<\\x00\\x01a" },
		/* a length before JSON with an LF in it */
		{ { { "\\x00\\x00\\x00\\x0a{\\n\\\"a\\\": 1}", 0 } },
		  "\\x00\\x00\\x00\\x0a{\\n\\\"a\\\": 1}" },
		{ { { "\\n\\x00\\x00\\x00{\\\"ab\\\": 1}\\n", 0 } },
		  "\\n\\x00\\x00\\x00{\\\"ab\\\": 1}\\n" },
		/* protobuf: a length of 10, then field 1 */
		{ { { "\\n\\x08\\x96\\x01\\x12\\x05hello", 0 } },
		  "\\n\\x08\\x96\\x01\\x12\\x05hello" },
		/* HTTP with a body of gzip */
		{ { { "HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\n\\r\\n"
		      "\\x1f\\x8b\\x08\\x00a\\nb", 0 }, { "c\\nd", 3 },
		    { "e", 20 } },
		  "HTTP/1.1 200 OK\\r\\n|Content-Encoding: gzip\\r\\n|\\r\\n|"
		  "\\x1f\\x8b\\x08\\x00a\\nbc\\nd|e" },
		/* a greeting, then binary in the same read */
		{ { { "hello\\r\\n\\x05abc\\n", 0 }, { "x\\n", 19 },
		    { "y", 1000 } },
		  "hello\\r\\n|\\x05abc\\nx\\n|y" },
		/* the message under way stays one with what follows */
		{ { { "Password: ", 0 }, { "\\x00a\\nb", 500 },
		    { "c\\n", 50 } },
		  "Password: \\x00a\\nb|c\\n" },
		/* what was told as a line stays one */
		{ { { "a\\n", 0 }, { "\\x00b\\n", 0 } }, "a\\n|\\x00b\\n" },
		/* bytes that no message begins with */
		{ { { "\\x01\\n\\x02", 0 } }, "\\x01\\n\\x02" },
		{ { { "a\\n\\x02b\\n", 0 } }, "a\\n\\x02b\\n" },
		/* an LF that is far from it ends a line */
		{ { { "a\\n0123456789012345678901234567890123456789012345678901"
		      "23456789012\\x00", 0 } },
		  "a\\n012345678901234567890123456789012345678901234567890123"
		  "456789012\\x00" },
		{ { { "a\\n0123456789012345678901234567890123456789012345678901"
		      "234567890123\\x00", 0 } },
		  "a\\n|0123456789012345678901234567890123456789012345678901234"
		  "567890123\\x00" },
		/* what only looks like Telnet */
		{ { { "\\xff\\xd8\\xff\\xe0\\x00\\x10JFIF\\n", 0 } },
		  "\\xff\\xd8\\xff\\xe0\\x00\\x10JFIF\\n" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_pieces(rows[i].pieces, rows[i].messages, true);
}

static void a_message_of_text_that_pauses_stays_one(void **state)
{
	static const struct piece pieces[] = {
		{ "Pass", 0 }, { "word: ", 1000 }, { "ok\\n", 1000 }, { 0 },
	};
	(void)state;
	assert_pieces(pieces, "Password: ok\\n", false);
}

/* A table of what each byte says, as the manual has it. */
static void each_control_byte_is_text_or_is_not(void **state)
{
	static const char never[] = "\x00\x04\x05\x06\x10\x12\x14\x15\x17\x18"
	                            "\x19\x1a\x1c";
	static const char not_first[] = "\x01\x02\x03\x11\x13\x16\x1d\x1e\x1f";
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const uint8_t first[] = { (uint8_t)byte, 'a', '\n' };
		const uint8_t inner[] = { 'a', (uint8_t)byte, 'a', '\n' };
		bool is_never = memchr(never, (int)byte, sizeof(never) - 1);
		bool is_begin = memchr(not_first, (int)byte,
		                       sizeof(not_first) - 1);
		struct frame f = frame_of("auto");
		struct cutter a = { .frame = &f, .bytes = first };
		struct cutter b = { .frame = &f, .bytes = inner };
		cutter_read(&a, sizeof(first), 0);
		cutter_read(&b, sizeof(inner), 0);
		assert_int_equal(a.state.is_binary, is_never || is_begin);
		assert_int_equal(b.state.is_binary, is_never);
		cutter_finish(&a);
		cutter_finish(&b);
	}
}

/* Long text is looked through in blocks. */
static void a_byte_in_long_text_counts_wherever_it_is(void **state)
{
	static const char inner[] = "ab\x01\t\r\x1b\x0e\x07\x7f\x80\xfe"
	                            "\x1f";
	uint8_t text[300], odd[] = "\x00\x04\x06\x10\x1a\x1c";
	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)inner[i % (sizeof(inner) - 1)];
	for (size_t at = 0; at < sizeof(text); at++) {
		struct frame f = frame_of("auto");
		struct cutter c = { .frame = &f, .bytes = text };
		cutter_read(&c, sizeof(text), 0);
		assert_false(c.state.is_binary);
		uint8_t was = text[at];
		text[at] = odd[at % (sizeof(odd) - 1)];
		struct cutter d = { .frame = &f, .bytes = text };
		cutter_read(&d, sizeof(text), 0);
		assert_true(d.state.is_binary);
		text[at] = was;
		cutter_finish(&c);
		cutter_finish(&d);
	}
}

static void a_silence_ends_only_what_is_no_text(void **state)
{
	struct frame f = frame_of("auto");
	struct cutter c = { .frame = &f, .bytes = (const uint8_t *)"ab\0" };
	(void)state;
	cutter_read(&c, 2, 0);
	assert_int_equal(frame_silence_ms(&f, &c.state), 0);
	cutter_read(&c, 1, 0);
	assert_int_equal(frame_silence_ms(&f, &c.state), FRAME_AUTO_MS);
	cutter_finish(&c);
}

static void a_long_message_that_is_no_text_is_cut(void **state)
{
	static uint8_t bytes[3 * FRAME_CUT_MAX];
	static const size_t sizes[] = { 1000, FRAME_CUT_MAX - 1, FRAME_CUT_MAX,
		                        FRAME_CUT_MAX + 1, sizeof(bytes) };
	struct frame f = frame_of("auto");
	struct bytes all = { .data = bytes, .len = sizeof(bytes) };
	(void)state;
	memset(bytes, '\n', sizeof(bytes));
	bytes[1] = 0;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct cutter c = cut_in(&f, &all, sizes[i]);
		assert_int_equal(c.count, 3);
		for (size_t k = 0; k < 3; k++) {
			assert_int_equal(c.messages[k].len, FRAME_CUT_MAX);
			assert_int_equal(c.messages[k].status, FRAME_CUT);
		}
		cutter_finish(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_into_lines_however_it_comes),
		cmocka_unit_test(what_is_no_text_is_cut_at_pauses),
		cmocka_unit_test(a_message_of_text_that_pauses_stays_one),
		cmocka_unit_test(each_control_byte_is_text_or_is_not),
		cmocka_unit_test(a_byte_in_long_text_counts_wherever_it_is),
		cmocka_unit_test(a_silence_ends_only_what_is_no_text),
		cmocka_unit_test(a_long_message_that_is_no_text_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
