/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as people paste them. */

#include "unit.h"

#include "hextext_forms.h"

#define PAIRS   "a byte is two hex digits: 0d 0a ff"
#define MAYBE                                                                  \
	"this may be an offset or bytes: write a colon after an offset, or "   \
	"no spaces between bytes"
#define NO_TEXT                                                                \
	"\\x16\\x03 has nothing else in it: put text into quotes, b'\\x16a', " \
	"or use /send"
#define ORDER                                                                  \
	"the order of the bytes in such groups is unknown: use hexdump -C or " \
	"xxd -g1, which show single bytes"

/* What the tools say of these 40 bytes. */
#define SAMPLE                                                                 \
	"\x16\x03\x01\x00\xa5 hello | world <$> {}\r\n\xfa\xfb\xfc\xfd\xfe\xff"

struct sample {
	const char *text, *bytes;
	size_t len;
};

#define READS(text, bytes)                                                     \
	{                                                                      \
		text, bytes, sizeof(bytes) - 1                                 \
	}

static void assert_reads(const struct sample *s)
{
	struct bytes out = { 0 };
	struct error e = { .text = "" };
	if (hextext_parse(&out, s->text, strlen(s->text), &e))
		fail_msg("%s: %s", s->text, e.text);
	assert_int_equal(out.len, s->len);
	if (s->len)
		assert_memory_equal(out.data, s->bytes, s->len);
	bytes_finish(&out);
}

static void assert_all_read(const struct sample *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_reads(&list[i]);
}

#define ALL_READ(list) assert_all_read(list, sizeof(list) / sizeof(list[0]))

static void assert_refused(const char *text, size_t len, const char *sentence)
{
	struct bytes out = { 0 };
	struct error e = { .text = "" };
	/* no byte longer, so that a sanitizer sees who reads on */
	char *exact = malloc(len);
	assert_non_null(exact);
	memcpy(exact, text, len);
	assert_int_equal(bytes_append_text(&out, "kept"), 0);
	if (!hextext_parse(&out, exact, len, &e))
		fail_msg("%.*s is read", (int)len, text);
	free(exact);
	assert_string_equal(e.text, sentence);
	assert_string_equal(bytes_text(&out), "kept");
	bytes_finish(&out);
}

static void assert_all_refused(const char *const rows[][2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_refused(rows[i][0], strlen(rows[i][0]), rows[i][1]);
}

#define ALL_REFUSED(rows)                                                      \
	assert_all_refused(rows, sizeof(rows) / sizeof(rows[0]))

static void pairs_of_hex_digits_are_bytes(void **state)
{
	static const struct sample list[] = {
		READS("", ""),
		READS("16 03 01", "\x16\x03\x01"),
		READS("160301", "\x16\x03\x01"),
		READS("16:03:01", "\x16\x03\x01"),
		READS("0D0aFf", "\r\n\xff"),
		READS(" 0d:0a-ff,41\t42\r\n43\n", "\r\n\xff" "ABC"),
		READS("0x16, 0x03", "\x16\x03"),
		READS("0x0d, 0X0a 0x00", "\r\n\0"),
		READS("0x0, 0xf", "\0\x0f"),
		READS("0xdeadbeef", "\xde\xad\xbe\xef"),
		READS("\\x16\\x03", "\x16\x03"),
		READS("\\x16 \\\n\\x03,\\X00", "\x16\x03\0"),
		READS(" ,:- ", ""),
	};
	(void)state;
	ALL_READ(list);
}

static void half_a_byte_is_refused_with_its_column(void **state)
{
	static const char *const rows[][2] = {
		{ "0", "column 1: " PAIRS },
		{ "123", "column 3: " PAIRS },
		{ "0d 0", "column 4: " PAIRS },
		{ "0 d", "column 1: " PAIRS },
		{ "0d0g", "column 3: " PAIRS },
		{ "0x", "column 3: " PAIRS },
		{ "0x123", "column 5: " PAIRS },
		{ "0x0x41", "column 4: " PAIRS },
		{ "16 03\n4 1\n", "line 2, column 1: " PAIRS },
		{ "\xc3\xa9", "column 1: " PAIRS },
		{ "16 03\n*\n01 00", "line 2, column 1: " PAIRS },
		{ "\\x16a", "column 5: " NO_TEXT },
		{ "\\x1", "column 1: " NO_TEXT },
		{ "\\xff\\n", "column 5: " NO_TEXT },
	};
	(void)state;
	ALL_REFUSED(rows);
	assert_refused("41\0", 3, "column 3: " PAIRS);
	assert_refused("0d0a", 3, "column 3: " PAIRS);
}

static void arrays_of_c_are_read(void **state)
{
	static const struct sample list[] = {
		READS("unsigned char a[] = { 0x16, 0x03 };", "\x16\x03"),
		READS("{0x16,0x03,}", "\x16\x03"),
		READS("[0x16, 0x3]", "\x16\x03"),
		READS("data = [0x16]", "\x16"),
		READS("{ 'G', '\\n', '\\'', '\"', 0, 9 }", "G\n'\"\0\t"),
		READS("{}", ""),
		READS("static const unsigned char pkt1[3] = {\n"
		      "0x47, 0x45, /* GE */\n"
		      "0x54 // T\n};\n", "GET"),
		READS("unsigned char _tmp_h2_bin[] = {\n"
		      "  0x61, 0x62, 0x63, 0x20, 0x20\n};\n"
		      "unsigned int _tmp_h2_bin_len = 5;\n", "abc  "),
		READS("  0x61, 0x62, 0x63, 0x20,\n  0x20\n", "abc  "),
	};
	(void)state;
	ALL_READ(list);
}

static void an_array_that_may_mean_something_else_is_refused(void **state)
{
	static const char member[] =
	    "column 3: a byte in an array is 0x and two hex digits: "
	    "{ 0x0d, 0x0a }";
	static const char *const rows[][2] = {
		{ "{ 0x1603 }", member },
		{ "{ 0xgg }", member },
		{ "{ ff }", member },
		{ "{ 0x16u }", member },
		{ "{ 16, 3 }", "column 3: 16 may be decimal: write 0x before "
		               "it if it is hex" },
		{ "{ 0x16", "column 1: this has no }" },
		{ "[0x16}", "column 6: a byte in an array is 0x and two hex "
		            "digits: { 0x0d, 0x0a }" },
		{ "{ 'ab' }", "column 3: 'a' is one byte: put several into "
		              "double quotes" },
		{ "{'", "column 2: 'a' is one byte: put several into double "
		        "quotes" },
		{ "char a[3] = {0x16}",
		  "column 1: this says 3 bytes, and there is 1" },
		{ "unsigned char a[] = {\n  0x16, 0x03\n};\n"
		  "unsigned int a_len = 3;\n",
		  "line 4, column 22: this says 3 bytes, and there are 2" },
		{ "char a[] = {0x16}; char b[] = {0x03};",
		  "column 20: nothing may follow: it is read one at a time" },
	};
	(void)state;
	ALL_REFUSED(rows);
}

static void literals_in_quotes_are_read(void **state)
{
	static const struct sample list[] = {
		READS("b'\\x16\\x03abc\\r\\n'", "\x16\x03" "abc\r\n"),
		READS("b\"\\x16'\\\"\\0\\033\"", "\x16'\"\0\033"),
		READS("B'\\a\\b\\f\\v\\t\\\\\\''", "\a\b\f\v\t\\'"),
		READS("b'\\x414'", "A4"),
		READS("rb'\\x16'", "\\x16"),
		READS("b''", ""),
		READS("b'''a\n'b'''", "a\n'b"),
		READS("data = b'a' \\\n  b'b'\n", "ab"),
		READS("(\n  b'a'\n  b'b'\n)", "ab"),
		READS("\"\\x16\\x03\" \\\n\"\\x00\"", "\x16\x03\0"),
		READS("char a[] = \"\\026\\3GET\";", "\026\3GET"),
		READS("'hello'", "hello"),
		READS("b'1603'", "1603"),
	};
	(void)state;
	ALL_READ(list);
}

static void a_literal_that_two_languages_read_differently_is_refused(
    void **state)
{
	static const char text[] =
	    "column 2: in quotes this is text: remove the quotes if it is hex, "
	    "or use /send";
	static const char open[] = "column 1: the quote is not closed";
	static const char escape[] =
	    "column 3: C and Python both know \\n \\r \\t \\a \\b \\f \\v "
	    "\\\\ \\' \\\" \\xNN and \\ooo here";
	static const char *const rows[][2] = {
		{ "\"160301\"", text },
		{ "'16 03 01'", text },
		{ "\"\\x160\"", "column 2: C reads more than two digits here, "
		                "Python does not: write \"\\x16\" \"3\" or "
		                "b'\\x163'" },
		{ "b'\\x1'", "column 3: \\x needs two hex digits" },
		{ "b'\\400'", "column 3: \\400 is not a byte: the largest is "
		              "\\377" },
		{ "b'\\q'", escape },
		{ "b'\\N{DASH}'", escape },
		{ "b'\\", escape },
		{ "b'\xc3\xa9'", "column 3: b'' may contain only ASCII: write "
		                 "\\xc3" },
		{ "b'abc", open },
		{ "b'''abc''", open },
		{ "b'a\nb'", "line 1, column 1: the quote is not closed" },
		{ "(b'a'", "column 6: a ) is missing here" },
		{ "b'a'.hex()",
		  "column 5: nothing may follow: it is read one at a time" },
	};
	(void)state;
	ALL_REFUSED(rows);
}

static void dumps_of_the_tools_are_read(void **state)
{
	static const struct sample list[] = {
		/* xxd; -g1; -p; -u, and -d, which counts in decimal */
		READS("00000000: 1603 0100 a520 6865 6c6c 6f20 7c20 776f  "
		      "..... hello | wo\n"
		      "00000010: 726c 6420 3c24 3e20 7b7d 0d0a fafb fcfd  "
		      "rld <$> {}......\n"
		      "00000020: feff                                     ..\n",
		      SAMPLE),
		READS("00000000: 16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 "
		      "6f  ..... hello | wo\n"
		      "00000010: 72 6c 64 20 3c 24 3e 20 7b 7d 0d 0a fa fb fc "
		      "fd  rld <$> {}......\n"
		      "00000020: fe ff                                       "
		      "     ..\n", SAMPLE),
		READS("16030100a52068656c6c6f207c20776f726c64203c243e207b7d0d"
		      "0afafb\nfcfdfeff\n", SAMPLE),
		READS("00000000: 1603 0100 A520 6865 6C6C 6F20 7C20 776F  "
		      "..... hello | wo\n"
		      "00000016: 726C 6420 3C24 3E20 7B7D 0D0A FAFB FCFD  "
		      "rld <$> {}......\n"
		      "00000032: FEFF                                     ..\n",
		      SAMPLE),
		/* hexdump -C */
		READS("00000000  16 03 01 00 a5 20 68 65  6c 6c 6f 20 7c 20 77 "
		      "6f  |..... hello | wo|\n"
		      "00000010  72 6c 64 20 3c 24 3e 20  7b 7d 0d 0a fa fb fc "
		      "fd  |rld <$> {}......|\n"
		      "00000020  fe ff                                       "
		      "      |..|\n00000022\n", SAMPLE),
		/* od -tx1; -Ax -tx1z; -Ad; -An */
		READS("0000000 16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 6f"
		      "\n0000020 72 6c 64 20 3c 24 3e 20 7b 7d 0d 0a fa fb fc "
		      "fd\n0000040 fe ff\n0000042\n", SAMPLE),
		READS("000000 16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 6f"
		      "  >..... hello | wo<\n"
		      "000010 72 6c 64 20 3c 24 3e 20 7b 7d 0d 0a fa fb fc fd"
		      "  >rld <$> {}......<\n"
		      "000020 fe ff                                          "
		      "  >..<\n000022\n", SAMPLE),
		READS("0000000 16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 6f"
		      "\n0000016 72 6c 64 20 3c 24 3e 20 7b 7d 0d 0a fa fb fc "
		      "fd\n0000032 fe ff\n0000034\n", SAMPLE),
		READS(" 16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 6f\n"
		      " 72 6c 64 20 3c 24 3e 20 7b 7d 0d 0a fa fb fc fd\n"
		      " fe ff\n", SAMPLE),
		/* tcpdump -X, which has a dot for a space */
		READS("\t0x0000:  4500 003c 1c46 4000 4006 b1e6 ac10 0a63  "
		      "E..<.F@.@......c\n"
		      "\t0x0010:  2041                                     "
		      ".A\n",
		      "\x45\x00\x00\x3c\x1c\x46\x40\x00\x40\x06\xb1\xe6\xac"
		      "\x10\x0a\x63 A"),
		/* Wireshark, tshark -x, text2pcap */
		READS("0000   16 03 01 00 a5 20 68 65 6c 6c 6f 20 7c 20 77 6f"
		      "   ..... hello | wo\n0010   72 6c 64   rld\n",
		      "\x16\x03\x01\0\xa5 hello | world"),
		READS("0000  16 03 01 00 a5 20 68 65  6c 6c 6f 20 7c 20 77 6f"
		      "   ..... hello | wo\n",
		      "\x16\x03\x01\0\xa5 hello | wo"),
		READS("000000 00 e0 1e a7 05 6f 00 10 .....o..\n"
		      "000008 5a a0 b9 12 08 00 46 00 Z.....F.\n"
		      "000010 03 68\n",
		      "\x00\xe0\x1e\xa7\x05\x6f\x00\x10\x5a\xa0\xb9\x12\x08\x00"
		      "\x46\x00\x03\x68"),
	};
	(void)state;
	ALL_READ(list);
}

static void rows_from_the_middle_of_a_dump_are_read(void **state)
{
	static const struct sample list[] = {
		READS("00000010  72 6c 64 20 3c 24 3e 20  7b 7d 0d 0a fa fb fc "
		      "fd  |rld <$> {}......|\n00000020  fe ff",
		      "rld <$> {}\r\n\xfa\xfb\xfc\xfd\xfe\xff"),
		READS("00000020: feff  ..", "\xfe\xff"),
		READS("0000120 16 03", "\x16\x03"),
	};
	(void)state;
	ALL_READ(list);
}

static void a_star_repeats_the_row_above_it(void **state)
{
	static const char zeros[] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	                            "abc  ";
	static const char *const texts[] = {
		"00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  "
		"|................|\n*\n00000030  61 62 63 20 20              "
		"                      |abc  |\n00000035\n",
		"00000000: 0000 0000 0000 0000 0000 0000 0000 0000  "
		"................\n*\n"
		"00000030: 6162 6320 20                             abc  \n",
		"0000000 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n"
		"0000060 61 62 63 20 20\n0000065\n",
		"000000 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  "
		">................<\n*\n000030 61 62 63 20 20               "
		"                    >abc  <\n000035\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_reads(&(struct sample){ texts[i], zeros, 53 });
}

/* Their characters are blanks, which may be cut off at the end of the line. */
static void rows_of_spaces_do_not_hide_the_column_of_characters(void **state)
{
	static const struct sample list[] = {
		READS("00000000: 61 20 20 20 20 20 20 20  a\n"
		      "00000008: 20 20 20 20 20 20 20 20          \n"
		      "00000010: 37 32 20 36 63 20 36 64  72 6c 6d\n",
		      "a               72 6c 6d"),
	};
	(void)state;
	ALL_READ(list);
}

#define OWN "00000000  68 65 6c 6c 6f 0a"

static void rows_of_our_own_hex_view_are_read(void **state)
{
	static const struct sample list[] = {
		READS("12:34:56 < " OWN "                                 "
		      "|hello.|", "hello\n"),
		READS("12:34:56 2 > 00000000  68 65  |he| \u2713\u2713\n"
		      "             00000002  0a     |.|", "he\n"),
		READS("2026-11-29 12:34:56 < 00000000  68  |h|", "h"),
		READS("  1.25 ms > 00000000  68  |h| ++", "h"),
	};
	(void)state;
	ALL_READ(list);
}

static void what_a_dump_says_twice_must_agree(void **state)
{
	static const char *const rows[][2] = {
		{ "00000000: 6162 6364  abcd\n00000005: 65  e",
		  "line 2, column 1: the offset should be 00000004, because "
		  "there are 4 bytes above" },
		{ "0000000 61 62\n0000003",
		  "line 2, column 1: the offset should be 0000002, because "
		  "there are 2 bytes above" },
		{ "00000000: 6162 6364  abxd",
		  "column 24: the byte here is 63, so 'c' should be here" },
		{ "00000000: 6162 0a64  abcd",
		  "column 24: the byte here is 0a, so '.' should be here" },
		{ "00000000  61 62 63  |abd|\n",
		  "line 1, column 24: the byte here is 63, so 'c' should be "
		  "here" },
		{ "00000000: 6162\nand 63",
		  "line 2, column 1: each line of a dump begins with an "
		  "offset" },
		{ "61 62\n00000002: 63",
		  "line 1, column 1: each line of a dump begins with an "
		  "offset" },
		/* xxd -e and -b, hexdump without -C, od alone */
		{ "00000000: 6c6c6568 0000006f  hello...",
		  "column 30: the byte here is 6c, so 'l' should be here" },
		{ "00000000: 04030201  ....", "column 11: " ORDER },
		{ "0000000 0316 0001\n0000004", "line 1, column 9: " ORDER },
		{ "0000000 001426 000001\n0000004",
		  "line 1, column 9: " ORDER },
		{ "00000000: 01101000 01100101  he",
		  "column 11: not a row of a dump: after the offset come bytes "
		  "of two digits, and then their characters or nothing" },
	};
	(void)state;
	ALL_REFUSED(rows);
}

static void a_star_that_says_too_little_or_too_much_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "00000000: 0000  ..\n*\n",
		  "line 2, column 1: an offset is missing below *: without it "
		  "the length of * is unknown" },
		{ "00000000: 0000  ..\n*\n00000005: 00  .",
		  "line 3, column 1: rows of 2 bytes do not fill what * "
		  "leaves out up to this offset" },
		{ "00000000: 0000  ..\n*\n00000002: 00  .",
		  "line 3, column 1: rows of 2 bytes do not fill what * "
		  "leaves out up to this offset" },
		{ "00000000: 0000  ..\n*\n10000000\n",
		  "line 2, column 1: * means more than 16 MiB here" },
		{ "*\n00000000: 0000  ..\n",
		  "line 1, column 1: each line of a dump begins with an "
		  "offset" },
	};
	(void)state;
	ALL_REFUSED(rows);
}

static void what_may_be_an_offset_or_bytes_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "0000 16 03 01", "column 1: " MAYBE },
		{ "00000000 61", "column 1: " MAYBE },
		{ "1603 01 00\n2222 33 44", "line 1, column 1: " MAYBE },
		{ "0000 61 62 ab",
		  "column 5: a group here may be bytes or the column of "
		  "characters: remove that column" },
	};
	static const struct sample list[] = {
		READS("0000 61\n0001 62", "ab"),
		READS("0000: 61", "a"),
		READS("00000000 61626364", "\0\0\0\0abcd"),
		READS("1603 0100\na501 0000", "\x16\x03\1\0\xa5\1\0\0"),
		READS("00000000: 6162                           ab", "ab"),
		READS("0000 61 62 ab\n0002 63", "abc"),
	};
	(void)state;
	ALL_REFUSED(rows);
	ALL_READ(list);
}

static void every_form_of_any_bytes_is_read_back(void **state)
{
	uint8_t data[70];
	unsigned seed = 1;
	(void)state;
	for (size_t round = 0; round < 400; round++) {
		size_t len = 1 + round % sizeof(data);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245 + 12345;
			data[i] = (uint8_t)(seed >> 16);
			if (round % 3 == 0)
				data[i] = ' ' + data[i] % 95;
		}
		for (size_t i = 0; i < HEXTEXT_FORMS; i++) {
			struct bytes text = { 0 };
			const struct hextext_form *f = &hextext_forms[i];
			hextext_write(&text, f, data, len);
			if (!f->may_be_refused)
				assert_reads(&(struct sample){
				    bytes_text(&text), (char *)data, len });
			bytes_finish(&text);
		}
	}
}

static void what_does_not_fit_is_removed_again(void **state)
{
	struct bytes out;
	struct error e;
	(void)state;
	bytes_init(&out, 3);
	assert_int_equal(hextext_parse(&out, "01020304", 8, &e), -1);
	assert_string_equal(e.code, "EMSGSIZE");
	assert_int_equal(out.len, 0);
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_of_hex_digits_are_bytes),
		cmocka_unit_test(half_a_byte_is_refused_with_its_column),
		cmocka_unit_test(arrays_of_c_are_read),
		cmocka_unit_test(
		    an_array_that_may_mean_something_else_is_refused),
		cmocka_unit_test(literals_in_quotes_are_read),
		cmocka_unit_test(
		    a_literal_that_two_languages_read_differently_is_refused),
		cmocka_unit_test(dumps_of_the_tools_are_read),
		cmocka_unit_test(rows_from_the_middle_of_a_dump_are_read),
		cmocka_unit_test(a_star_repeats_the_row_above_it),
		cmocka_unit_test(
		    rows_of_spaces_do_not_hide_the_column_of_characters),
		cmocka_unit_test(rows_of_our_own_hex_view_are_read),
		cmocka_unit_test(what_a_dump_says_twice_must_agree),
		cmocka_unit_test(
		    a_star_that_says_too_little_or_too_much_is_refused),
		cmocka_unit_test(what_may_be_an_offset_or_bytes_is_refused),
		cmocka_unit_test(every_form_of_any_bytes_is_read_back),
		cmocka_unit_test(what_does_not_fit_is_removed_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
