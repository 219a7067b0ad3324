/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Themes are readable on their backgrounds, with any number of colours. */

#include "unit.h"

#include "../../src/tui/theme.h"

/* By Newton's method. */
static double fifth_root(double x)
{
	double root = 1;
	for (int i = 0; i < 60; i++)
		root -= (root - x / (root * root * root * root)) / 5;
	return root;
}

/* x to the power of 2.4. */
static double power(double x)
{
	double root = fifth_root(x), cube = root * root * root;
	return cube * cube * cube * cube;
}

/* WCAG 2: the relative luminance of a colour. */
static double luminance(const int rgb[3])
{
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;
	for (int i = 0; i < 3; i++) {
		double c = rgb[i] / 255.0;
		sum += weights[i] * (c <= 0.03928
		                         ? c / 12.92
		                         : power((c + 0.055) / 1.055));
	}
	return sum;
}

/* Of a colour of xterm's cube, or of its grays. */
static double luminance_of(int color)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int i = color - 16, gray = 8 + 10 * (color - 232);
	if (color >= 232)
		return luminance((int[]){ gray, gray, gray });
	return luminance((int[]){ levels[i / 36], levels[i / 6 % 6],
		                  levels[i % 6] });
}

static double contrast(double one, double other)
{
	return one > other ? (one + 0.05) / (other + 0.05)
	                   : (other + 0.05) / (one + 0.05);
}

/* Text that is at least so much lighter or darker than the background. */
static void assert_readable(enum theme theme, double least, const int rgb[3])
{
	for (int i = 0; i < STYLE_COUNT; i++) {
		struct look look = theme_look((enum style)i, theme, 256);
		assert_int_equal(look.bits & LOOK_DIM, 0);
		if (look.color < 0)
			continue;
		assert_between(look.color, 16, 255);
		double found = contrast(luminance_of(look.color),
		                        luminance(rgb));
		if (found < least)
			fail_msg("style %d, colour %d: %.2f", i, look.color,
			         found);
	}
}

static void each_theme_is_readable_on_its_background(void **state)
{
	(void)state;
	assert_readable(THEME_DARK, 4.5, (int[]){ 0, 0, 0 });
	assert_readable(THEME_DARK, 4.5, (int[]){ 40, 42, 46 });
	assert_readable(THEME_LIGHT, 4.5, (int[]){ 255, 255, 255 });
	assert_readable(THEME_LIGHT, 4.5, (int[]){ 253, 246, 227 });
}

/* No colour reaches 4.5 on both but for eight, which are too few. */
static void without_a_theme_all_is_readable_on_black_and_on_white(void **state)
{
	(void)state;
	assert_readable(THEME_AUTO, 3.75, (int[]){ 0, 0, 0 });
	assert_readable(THEME_AUTO, 3.75, (int[]){ 255, 255, 255 });
}

static void with_few_colours_none_is_lost_on_black_or_white(void **state)
{
	static const int counts[] = { 8, 16, 88, 256 };
	(void)state;
	for (size_t n = 0; n < 4; n++)
		for (int i = 0; i < STYLE_COUNT; i++) {
			struct look look = theme_look((enum style)i, THEME_16,
			                              counts[n]);
			if (look.color < 0)
				continue;
			assert_true(look.color < (n ? 16 : 8));
			/* black, yellow, blue, white; and the bright ones */
			assert_null(strchr("\3\4\7\10\12\13\16\17",
			                   look.color));
			assert_int_not_equal(look.color, 0);
			assert_int_equal(look.bits & LOOK_BOLD, 0);
		}
}

static void with_few_colours_all_themes_are_one(void **state)
{
	(void)state;
	for (int i = 0; i < STYLE_COUNT; i++)
		for (enum theme t = THEME_AUTO; t < THEME_16; t++) {
			enum style style = (enum style)i;
			struct look one = theme_look(style, t, 16);
			struct look same = theme_look(style, THEME_16, 16);
			assert_int_equal(one.color, same.color);
			assert_int_equal(one.bits, same.bits);
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
			assert_int_equal(theme_look((enum style)i, THEME_DARK,
			                            colors).color, -1);
	for (size_t i = 0; i < sizeof(matter) / sizeof(matter[0]); i++)
		assert_true(theme_look(matter[i], THEME_AUTO, 0).bits &
		            (LOOK_BOLD | LOOK_REVERSE | LOOK_LINE));
}

static void neighbours_have_different_colours(void **state)
{
	static const int counts[] = { 8, 16, 256 };
	(void)state;
	for (enum theme t = THEME_AUTO; t <= THEME_16; t++)
		for (uint32_t i = 0; i < 3 * 40; i++) {
			enum style one = theme_peer(i / 3 + 1);
			enum style next = theme_peer(i / 3 + 2);
			int colors = counts[i % 3];
			assert_int_not_equal(theme_look(one, t, colors).color,
			                     theme_look(next, t, colors).color);
		}
	assert_int_equal(theme_peer(1), STYLE_PEER);
	assert_between(theme_peer(0), STYLE_PEER, STYLE_COUNT - 1);
	assert_between(theme_peer(UINT32_MAX), STYLE_PEER, STYLE_COUNT - 1);
}

static void a_light_background_is_known_by_colorfgbg(void **state)
{
	(void)state;
	assert_int_equal(theme_choose(THEME_AUTO, "0;15"), THEME_LIGHT);
	assert_int_equal(theme_choose(THEME_AUTO, "0;default;7"), THEME_LIGHT);
	assert_int_equal(theme_choose(THEME_AUTO, "15;0"), THEME_AUTO);
	assert_int_equal(theme_choose(THEME_AUTO, "15"), THEME_AUTO);
	assert_int_equal(theme_choose(THEME_AUTO, NULL), THEME_AUTO);
	assert_int_equal(theme_choose(THEME_DARK, "0;15"), THEME_DARK);
	assert_int_equal(theme_choose(THEME_16, "0;15"), THEME_16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_theme_is_readable_on_its_background),
		cmocka_unit_test(
		    without_a_theme_all_is_readable_on_black_and_on_white),
		cmocka_unit_test(
		    with_few_colours_none_is_lost_on_black_or_white),
		cmocka_unit_test(with_few_colours_all_themes_are_one),
		cmocka_unit_test(without_colours_what_matters_stands_out),
		cmocka_unit_test(neighbours_have_different_colours),
		cmocka_unit_test(a_light_background_is_known_by_colorfgbg),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
