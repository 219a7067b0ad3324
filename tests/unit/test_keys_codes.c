/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys that come with their codes (CSI u), as newer terminals send them. */

#include "keys_scene.h"

static void a_key_with_its_code_is_the_key_of_old(void **unused)
{
	static const struct row rows[] = {
		{ "\033[97u\033[98;1u\033[27;1;99~", "text:abc" },
		{ "\033[97;2u\033[97:65;2u\033[27;2;65~", "text:AAA" },
		{ "\033[228;2u\033[50504u", "text:\\c3\\84\\ec\\95\\88" },
		{ "\033[99;5u\033[27;5;99~\033[99;5:1u\033[99;69u",
		  "^c ^c ^c ^c" },
		{ "\033[100;5u\033[27;5;100~", "^d ^d" },
		{ "\033[1089::99;5u", "^c" }, /* the key of a Cyrillic layout */
		{ "\033[12618;5u", "" },
		{ "\033[27u\033[27;1u\033[91;5u\033[27;5;91~",
		  "escape escape escape escape" },
		{ "\033[13u\033[13;1u\033[13;5u\033[27;5;13~",
		  "none:\\0d none:\\0d none:\\0d none:\\0d" },
		{ "\033[13;3u\033[27;3;13~", "alt-enter alt-enter" },
		{ "\033[13;2u\033[27;2;13~", "alt-enter alt-enter" },
		{ "\033[9u\033[9;2u\033[27;2;9~",
		  "none:\\09 none:\\1b[Z none:\\1b[Z" },
		{ "\033[127u\033[127;3u\033[127;5u",
		  "none:\\7f none:\\1b\\7f none:\\08" },
		{ "\033[102;3u\033[102;33u\033[27;3;102~",
		  "none:\\1bf none:\\1bf none:\\1bf" },
		{ "\033[120;7u", "none:\\1b\\18" },
		{ "\033[32;5u\033[50;5u\033[47;5u\033[95;5u\033[63;5u",
		  "none:\\00 none:\\00 none:\\1f none:\\1f none:\\7f" },
		{ "\033[57399u\033[57410;129u\033[57414u\033[57419u",
		  "text:0/ none:\\0d up" },
		{ "\033[0;;50504:45397u\033[97;2;65u",
		  "text:\\ec\\95\\88\\eb\\85\\95A" },
		{ "\033[60;3u", "top" }, { "\033[63;3u", "f1" },
		{ "\033[P\033[Q\033[13~\033[S", "f1 f2 f3 f4" },
		{ "\033[1;129A\033[1;1:1B\033[5;1~\033[1;65P",
		  "up down pgup f1" },
		{ "\033[1;133H\033[1;5:2F", "top bottom" },
		{ "\033[1;5:2D", "none:\\1b[1;5D" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void what_no_old_keyboard_has_is_nothing(void **unused)
{
	static const struct row rows[] = {
		{ "\033[97;1:3u\033[99;5:3u\033[13;1:3ux", "text:x" },
		{ "\033[1;1:3A\033[15;1:3~\033[1;1:3Px", "text:x" },
		{ "\033[57441;2u\033[57358u\033[57376ux", "text:x" },
		{ "\033[99;9u\033[99;17ux", "text:x" },
		{ "\033[128u\033[155u\033[55296u\033[1114112ux", "text:x" },
		{ "\033[99999999999ux", "none:\\1b[99999999999u text:x" },
		{ "\033[?1u\033[ux", "none:\\1b[?1u none:\\1b[u text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

/* As tmux sends them when its extended-keys is on. */
static void keys_with_their_codes_in_a_paste_are_what_was_pasted(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~a\033[106;5ub\033[27;5;106~c\033[201~",
		  "paste:a\\0ab\\0ac" },
		{ "\033[200~a\033[109;5u\033[106;5ub\r\033[106;5u\033[201~",
		  "paste:a\\0ab\\0a" },
		{ "\033[200~a\033[9u\033[105;5u\033[50504u\033[201~",
		  "paste:a\\09\\09\\ec\\95\\88" },
		{ "\033[200~a\033[99;5u\033[97;3u\033[97;1:3ub\033[201~",
		  "paste:ab" },
		{ "\033[200~[106;5u\033[31m\033[1\033[201~",
		  "paste:[106;5u[31m[1" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_with_its_code_is_the_key_of_old),
		cmocka_unit_test(what_no_old_keyboard_has_is_nothing),
		cmocka_unit_test(
		    keys_with_their_codes_in_a_paste_are_what_was_pasted),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("keys_codes", tests, NULL, NULL);
}
