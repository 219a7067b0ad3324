/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Readable on dark and on light, with any number of colours. */

#include "unit.h"

#include "../../src/tui/theme.h"

/* WCAG 2: the relative luminance of a colour of the cube, whose levels are 0,
 * 95, 135, 175, 215 and 255, here as light. */
static double luminance(int color)
{
	static const double light[] = { 0, 0.1144, 0.2423, 0.4287, 0.6795, 1 };
	int i = color - 16;
	return 0.2126 * light[i / 36] + 0.7152 * light[i / 6 % 6] +
	       0.0722 * light[i % 6];
}

static void of_256_colours_all_stand_out_from_black_and_from_white(void **state)
{
	(void)state;
	for (int i = 0; i < STYLE_COUNT; i++) {
		struct look look = theme_look((enum style)i, 256);
		if (look.color < 0)
			continue;
		assert_between(look.color, 16, 231);
		double light = luminance(look.color) + 0.05;
		assert_true(light / 0.05 >= 3.0);
		assert_true(1.05 / light >= 3.0);
	}
}

static void with_few_colours_none_is_lost_on_black_or_white(void **state)
{
	static const int counts[] = { 8, 16, 88 };
	(void)state;
	for (size_t n = 0; n < 3; n++)
		for (int i = 0; i < STYLE_COUNT; i++) {
			struct look look = theme_look((enum style)i,
			                              counts[n]);
			if (look.color < 0)
				continue;
			assert_true(look.color < counts[n]);
			/* black, yellow, blue, white; and the bright ones */
			assert_null(strchr("\3\4\7\10\12\13\16\17",
			                   look.color));
			assert_int_not_equal(look.color, 0);
			assert_int_equal(look.bits & LOOK_BOLD, 0);
		}
}

static void without_colours_what_matters_stands_out(void **state)
{
	static const enum style matter[] = {
		STYLE_ESCAPED, STYLE_IN,  STYLE_OUT,     STYLE_ERROR,
		STYLE_STATUS,  STYLE_WARNING, STYLE_BAR_KEY, STYLE_PROMPT,
	};
	(void)state;
	for (int colors = 0; colors < 8; colors++)
		for (int i = 0; i < STYLE_COUNT; i++)
			assert_int_equal(
			    theme_look((enum style)i, colors).color, -1);
	for (size_t i = 0; i < sizeof(matter) / sizeof(matter[0]); i++)
		assert_true(theme_look(matter[i], 0).bits &
		            (LOOK_BOLD | LOOK_REVERSE | LOOK_LINE));
}

static void neighbours_have_different_colours(void **state)
{
	static const int counts[] = { 8, 16, 256 };
	(void)state;
	for (size_t n = 0; n < 3; n++)
		for (uint32_t i = 1; i < 40; i++)
			assert_int_not_equal(
			    theme_look(theme_peer(i), counts[n]).color,
			    theme_look(theme_peer(i + 1), counts[n]).color);
	assert_int_equal(theme_peer(1), STYLE_PEER);
	assert_between(theme_peer(0), STYLE_PEER, STYLE_COUNT - 1);
	assert_between(theme_peer(UINT32_MAX), STYLE_PEER, STYLE_COUNT - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    of_256_colours_all_stand_out_from_black_and_from_white),
		cmocka_unit_test(
		    with_few_colours_none_is_lost_on_black_or_white),
		cmocka_unit_test(
		    without_colours_what_matters_stands_out),
		cmocka_unit_test(neighbours_have_different_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
