/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* SPECs of frames, read and written. */

#include <sockchat/frame.h>

#include "unit.h"

static struct frame parsed(const char *spec)
{
	struct frame f = { 0 };
	struct error e;
	if (frame_parse(&f, spec, &e))
		fail_msg("%s: %s", spec, e.text);
	return f;
}

static void each_kind_is_read_and_written(void **state)
{
	static const char *const specs[] = {
		"auto", "line", "cr", "nul", "delim:\\r\\n\\r\\n",
		"delim:\\x2c\\x20", "delim:END", "delim:\\x00", "delim:\\\\",
		"delim:a:b", "delim:\xc3\xa9", "delim:\\xff\\xc3", "delim:\\e",
		"delim:\\xe2\\x80\\xae",
		"between:\\x02,\\x03", "between:<,>", "read", "fixed:10",
		"fixed:1", "idle:20ms", "u8", "u16", "u24", "u32", "u64",
		"varint", "dec:1", "dec:19", "hex:1", "hex:16", "u32,le",
		"u16,at=4", "u16,at=65535", "u32,add=4", "u32,add=-4",
		"u32,max=64k", "u32,max=16M", "u8,max=1000", "u32,max=1G",
		"u24,le,at=2,add=-5,max=1M", "dec:4,at=1,add=-4", "netstring",
		"mqtt", "modbus", "mysql", "dns", "slip",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
		struct frame f = parsed(specs[i]);
		char out[FRAME_SPEC_MAX];
		frame_format(&f, out);
		assert_string_equal(out, specs[i]);
	}
}

static void what_is_read_is_in_the_frame(void **state)
{
	(void)state;
	struct frame f = parsed("u16,max=2k,add=-6,at=4,le");
	assert_string_equal(f.kind->name, "u16");
	assert_int_equal(f.is_little, 1);
	assert_int_equal(f.at, 4);
	assert_int_equal(f.add, -6);
	assert_int_equal(f.max, 2048);
	f = parsed("delim:\\x2c\\r\\x00");
	assert_int_equal(f.end_len, 3);
	assert_memory_equal(f.end, ",\r\0", 3);
	assert_int_equal(parsed("idle:1s").count, 1000);
	assert_int_equal(parsed("idle:0.5").count, 500);
	assert_int_equal(parsed("auto").count, 20);
	assert_int_equal(parsed("u32").max, 16 << 20);
	assert_int_equal(parsed("mysql").is_little, 1);
	assert_int_equal(parsed("mysql").add, 1);
	assert_int_equal(parsed("modbus").at, 4);
}

static void the_longest_spec_is_written_whole(void **state)
{
	char spec[FRAME_SPEC_MAX] = "between:", out[FRAME_SPEC_MAX];
	(void)state;
	for (size_t i = 0; i < 2 * FRAME_TEXT_MAX; i++)
		strcat(strcat(spec, i == FRAME_TEXT_MAX ? "," : ""), "\\x80");
	struct frame f = parsed(spec);
	frame_format(&f, out);
	assert_string_equal(out, spec);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *spec, *text, *hint;
	} rows[] = {
		{ "u33", "'u33' is not a frame",
		  "did you mean u32?" },
		{ "u32le", "'u32le' is not a frame", "did you mean u32,le?" },
		{ "u16be", "'u16be' is not a frame", "did you mean u16?" },
		{ "Line", "'Line' is not a frame", "did you mean line?" },
		{ "protobuf", "'protobuf' is not a frame",
		  "kinds: auto, line, cr, nul, delim, between, read, fixed, " },
		{ "", "'' is not a frame", "kinds: auto, line" },
		{ "a\033[31m", "'a^[[31m' is not a frame", "kinds: auto" },
		{ "line:x", "line needs nothing after it: leave out the "
		            "colon", "" },
		{ "delim", "delim needs a text: delim:\\r\\n", "" },
		{ "delim:", "delim needs a text: delim:\\r\\n", "" },
		{ "between:\\x02",
		  "between needs a second text: between:\\x02,\\x03", "" },
		{ "between:\\x02,",
		  "between needs a second text: between:\\x02,\\x03", "" },
		{ "between:,\\x03",
		  "between needs two texts: between:\\x02,\\x03", "" },
		{ "delim:a,b", "delim takes no option 'b': write a comma in "
		               "its text as \\x2c", "" },
		{ "delim:a b", "delim: write the space in its text as \\x20",
		  "" },
		{ "delim:a\\q", "delim: in its text, column 2: a backslash "
		                "begins ", "" },
		{ "delim:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "delim: a text has at most 80 bytes", "" },
		{ "fixed", "fixed needs a number of bytes: fixed:100", "" },
		{ "fixed:0", "fixed:0: write a number of bytes from 1 to ",
		  "" },
		{ "fixed:-1", "fixed:-1: write a number of bytes from 1 to ",
		  "" },
		{ "fixed:x", "fixed:x: write a number of bytes from 1 to ",
		  "" },
		{ "dec:20", "dec:20: write a number of digits from 1 to 19",
		  "" },
		{ "hex:17", "hex:17: write a number of digits from 1 to 16",
		  "" },
		{ "dec", "dec needs a number of digits: dec:4", "" },
		{ "idle", "idle needs a time: idle:20ms", "" },
		{ "idle:0", "idle:0: write a time of up to 10 days: 20ms, 1.5s,"
		            " 2m", "" },
		{ "idle:soon", "idle:soon: write a time of up to 10 days: ",
		  "" },
		{ "line,le", "line takes no options: leave out 'le'", "" },
		{ "mqtt,max=1M", "mqtt takes no options: leave out 'max=1M'",
		  "" },
		{ "u32,", "u32 has no option '': le, at=N, add=N or max=SIZE",
		  "" },
		{ "u32,mx=3", "u32 has no option 'mx=3': le, at=N, add=N or "
		              "max=SIZE", "did you mean max=?" },
		{ "u32,le=1", "u32 has no option 'le=1': ",
		  "did you mean le?" },
		{ "u32,be", "big endian is the default: leave out be", "" },
		{ "varint,le", "varint has no byte order: leave out le", "" },
		{ "u32,at", "u32 has no option 'at'", "did you mean at=?" },
		{ "u32,at=x", "at=x: write a number of bytes from 0 to 65535",
		  "" },
		{ "u32,at=65536", "at=65536: write a number of bytes", "" },
		{ "u32,add=-65536", "add=-65536: write a number of bytes from "
		                    "-65535 to 65535", "" },
		{ "u32,add=--1", "add=--1: write a number", "" },
		{ "u32,max=0", "max=0: write a size: 4096, 64k, 16M", "" },
		{ "u32,max=big", "max=big: write a size: 4096, 64k, 16M", "" },
		{ "u32,at=1,at=2", "at= is given twice", "" },
		{ "u32,le,le", "le is given twice", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct frame f;
		struct error e = { 0 };
		assert_int_equal(frame_parse(&f, rows[i].spec, &e), -1);
		if (strncmp(e.text, rows[i].text, strlen(rows[i].text)) != 0)
			fail_msg("%s: %s", rows[i].spec, e.text);
		if (strncmp(e.hint, rows[i].hint, strlen(rows[i].hint)) != 0 ||
		    !*rows[i].hint != !*e.hint)
			fail_msg("%s: hint %s", rows[i].spec, e.hint);
	}
}

static void a_refused_spec_leaves_the_frame_as_it_was(void **state)
{
	struct frame f = parsed("u16,le");
	struct error e;
	(void)state;
	assert_int_equal(frame_parse(&f, "u32,at=1,foo", &e), -1);
	assert_string_equal(f.kind->name, "u16");
	assert_int_equal(f.at, 0);
}

static void a_spec_that_is_too_long_is_refused(void **state)
{
	char spec[FRAME_SPEC_MAX + 1];
	struct frame f;
	struct error e;
	(void)state;
	memset(spec, 'x', sizeof(spec));
	spec[FRAME_SPEC_MAX] = '\0';
	assert_int_equal(frame_parse(&f, spec, &e), -1);
	assert_string_equal(e.text, "a frame has at most 699 characters");
}

static void a_ceiling_lowers_the_limit_and_gives_it_back(void **state)
{
	struct frame plain = parsed("u32"), asked = parsed("u32,max=1M"),
	             modbus = parsed("modbus");
	(void)state;
	frame_limit(&plain, 4 << 20);
	assert_int_equal(plain.max, 4 << 20);
	frame_limit(&plain, UINT64_MAX);
	assert_int_equal(plain.max, FRAME_MAX);
	frame_limit(&asked, 4 << 20);
	assert_int_equal(asked.max, 1 << 20);
	frame_limit(&modbus, UINT64_MAX);
	assert_int_equal(modbus.max, 254);
}

static void what_asks_for_more_than_a_quarter_is_refused(void **state)
{
	static const struct {
		const char *spec, *text, *hint;
	} rows[] = {
		{ "u32,max=64M", "max=64M is over 16 MiB, a quarter of "
		                 "--scrollback: a message could not be kept",
		  "--scrollback 256M makes room for it" },
		{ "fixed:16777217", "fixed:16777217 is over 16 MiB, a quarter "
		                    "of --scrollback: a message could not be "
		                    "kept",
		  "--scrollback 67108868 makes room for it" },
	};
	struct frame f = parsed("u32,max=16M");
	struct error e;
	(void)state;
	assert_int_equal(frame_check(&f, 16 << 20, &e), 0);
	f = parsed("u32");
	assert_int_equal(frame_check(&f, 1, &e), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		f = parsed(rows[i].spec);
		assert_int_equal(frame_check(&f, 16 << 20, &e), -1);
		assert_string_equal(e.text, rows[i].text);
		assert_string_equal(e.hint, rows[i].hint);
	}
}

static void every_row_says_what_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; frame_kind(i); i++) {
		const struct frame_kind *k = frame_kind(i);
		assert_true(*k->name && *k->help && k->args);
		assert_ptr_equal(frame_find(k->name), k);
		assert_int_equal(!k->has_length,
		                 !strstr(k->args, "[,at=N]"));
	}
	assert_string_equal(frame_kind(0)->name, "auto");
	assert_null(frame_find("nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_read_and_written),
		cmocka_unit_test(what_is_read_is_in_the_frame),
		cmocka_unit_test(the_longest_spec_is_written_whole),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_refused_spec_leaves_the_frame_as_it_was),
		cmocka_unit_test(a_spec_that_is_too_long_is_refused),
		cmocka_unit_test(a_ceiling_lowers_the_limit_and_gives_it_back),
		cmocka_unit_test(what_asks_for_more_than_a_quarter_is_refused),
		cmocka_unit_test(every_row_says_what_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
