/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rows of a hex dump. */

#include <sockchat/hexdump.h>

#include "unit.h"

static void assert_row(const char *bytes, size_t len, size_t offset,
                       size_t per_row, const char *row)
{
	char out[HEXDUMP_ROW_MAX];
	size_t n = hexdump_row(out, (const uint8_t *)bytes, len, offset,
	                       per_row);

	assert_string_equal(out, row);
	assert_int_equal(n, strlen(row));
}

static void a_full_row_has_a_gap_in_its_middle(void **state)
{
	(void)state;
	assert_row("0123456789abcdef", 16, 0, 16,
	           "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66"
	           "  |0123456789abcdef|");
}

static void a_short_row_keeps_its_text_in_place(void **state)
{
	(void)state;
	assert_row("0123456789abcdefhello\n", 22, 16, 16,
	           "00000010  68 65 6c 6c 6f 0a                               "
	           "  |hello.|");
	assert_row("abcde", 5, 4, 4, "00000004  65           |e|");
}

static void only_printable_ascii_is_shown_as_itself(void **state)
{
	(void)state;
	assert_row("\0\033 ~", 4, 0, 4, "00000000  00 1b 20 7e  |.. ~|");
	assert_row("\x7f\x80\xc3\xff", 4, 0, 4,
	           "00000000  7f 80 c3 ff  |....|");
}

static void nothing_behind_the_end_is_shown(void **state)
{
	(void)state;
	assert_row("ab", 2, 2, 2, "00000002         ||");
}

static void as_many_bytes_as_fit_the_columns(void **state)
{
	char out[HEXDUMP_ROW_MAX];

	(void)state;
	assert_int_equal(hexdump_bytes_per_row(80), 16);
	assert_int_equal(hexdump_bytes_per_row(0), 1);
	for (size_t columns = 17; columns < 200; columns++) {
		size_t per_row = hexdump_bytes_per_row(columns);
		const uint8_t bytes[16] = { 0 };
		size_t len = hexdump_row(out, bytes, 16, 0, per_row);
		assert_between(len, 1, columns);
		/* and twice as many would not */
		if (per_row < 16)
			assert_true(hexdump_row(out, bytes, 16, 0,
			                        2 * per_row) > columns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_row_has_a_gap_in_its_middle),
		cmocka_unit_test(a_short_row_keeps_its_text_in_place),
		cmocka_unit_test(only_printable_ascii_is_shown_as_itself),
		cmocka_unit_test(nothing_behind_the_end_is_shown),
		cmocka_unit_test(as_many_bytes_as_fit_the_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
