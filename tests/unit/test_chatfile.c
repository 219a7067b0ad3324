/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Every legal form of a .chat file, and what is read of it. */

#include "chatfile_scene.h"

static void the_example_of_the_manual_is_read(void **state)
{
	(void)state;
	assert_steps(FIRST "connect 127.0.0.1:9999\n"
	             "# recorded 2026-11-28T20:14:57Z\n"
	             "> \"HELO me\\r\\n\"\n"
	             "< \"250 \"\n"
	             "  \"hello\\r\\n\"\n"
	             "+0.250 > \"AUTH\\r\\n\"\n"
	             "< /token=(?<token>[0-9a-f]+)\\r\\n/\n"
	             "> \"USE ${token}\\r\\n\"\n"
	             "< ...\n"
	             "< \"bye\\r\\n\"\n"
	             "> fin\n"
	             "< fin\n",
	             "4 > bytes b'HELO me\\r\\n'\n"
	             "5 < bytes b'250 hello\\r\\n'\n"
	             "7 +250 > bytes b'AUTH\\r\\n'\n"
	             "8 < match b'token=(?<token>[0-9a-f]+)\\\\r\\\\n'\n"
	             "9 > bytes b'USE ' token b'\\r\\n'\n"
	             "10 < any\n"
	             "11 < bytes b'bye\\r\\n'\n"
	             "12 > fin\n"
	             "13 < fin\n");
}

static void a_head_tells_which_side_the_mark_is(void **state)
{
	static const struct {
		const char *text, *endpoint;
		bool has_side;
		enum endpoint_mode mode;
	} rows[] = {
		{ "connect 127.0.0.1:9999\n", "127.0.0.1:9999", true,
		  ENDPOINT_CONNECT },
		{ "listen 9999\n", "9999", true, ENDPOINT_LISTEN },
		{ "listen *:9999 # all\n", "*:9999", true, ENDPOINT_LISTEN },
		{ "# a\n\n  # b\nconnect  ::1 80\n> fin\n", "[::1]:80", true,
		  ENDPOINT_CONNECT },
		{ "connect tls://a.test:443", "tls://a.test:443", true,
		  ENDPOINT_CONNECT },
		{ "connect \"unix:/tmp/a \\\"b\\\"\"\r\n",
		  "unix:/tmp/a \"b\"", true, ENDPOINT_CONNECT },
		{ "> fin\n", "", false, ENDPOINT_CONNECT },
		{ "", "", false, ENDPOINT_CONNECT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];
		snprintf(text, sizeof(text), FIRST "%s", rows[i].text);
		struct chatfile *f = opened(text);
		const struct chat_head *h = chatfile_head(f);
		assert_string_equal(h->endpoint, rows[i].endpoint);
		assert_int_equal(h->has_side, rows[i].has_side);
		assert_int_equal(h->mode, rows[i].mode);
		chatfile_close(f);
	}
}

static void marks_of_byte_order_and_carriage_returns_do_no_harm(void **state)
{
	(void)state;
	assert_steps("\xef\xbb\xbf" CHATFILE_FIRST " \r\n\r\n> \"a\"\r\n"
	             "\t\"b\"  \r\n# c\r\n< fin",
	             "3 > bytes b'ab'\n6 < fin\n");
}

static void strings_have_the_escapes_of_send_and_a_dollar(void **state)
{
	(void)state;
	assert_steps(FIRST "> \"\\n\\r\\t\\0\\e\\\\\\\"\\$\\xfF\\u{e9}\"\n"
	             "> \"$ $1 \\${a} ${a}${1}b\"\n> \"\"\n>\"a\"\n",
	             "2 > bytes b'\\n\\r\\t\\x00\\x1b\\\\\"$\\xff\\xc3\\xa9'\n"
	             "3 > bytes b'$ $1 ${a} ' a b'' 1 b'b'\n"
	             "4 > bytes b''\n5 > bytes b'a'\n");
}

static void lines_that_are_indented_belong_to_their_step(void **state)
{
	(void)state;
	assert_steps(FIRST ">\n  \"a\"\n\n# not here\n \t\"b\" \"c\"\n"
	             "   # nor here\n  hex \"64\"\n<\n /e/ # end\n",
	             "2 > bytes b'abcd'\n9 < match b'e'\n");
}

static void bytes_have_four_forms(void **state)
{
	(void)state;
	assert_steps(FIRST "> hex \"00 01fF\" \"x\" hex \"0x0d,0x0a\"\n"
	             "> pack \">HI\" 3 500 \"x\" pack B 7 # seven\n"
	             "> pack '<4s H' \"a\\x20\\\"\" 0x100 hex \"2e\"\n",
	             "2 > bytes b'\\x00\\x01\\xffx\\r\\n'\n"
	             "3 > bytes b'\\x00\\x03\\x00\\x00\\x01\\xf4x\\x07'\n"
	             "4 > bytes b'a \"\\x00\\x00\\x01.'\n");
}

static void a_step_may_have_a_peer_and_a_pause(void **state)
{
	(void)state;
	assert_steps(FIRST "[2] +0.250 > \"x\"\n[10]+1 < fin\n"
	             "+500ms starttls\n[1] wait 2\n[1] frame u32,le\n"
	             "> starttls\n+0.0001 < rst\n",
	             "2 [2] +250 > bytes b'x'\n3 [10] +1000 < fin\n"
	             "4 +500 starttls\n5 [1] wait 2000\n6 [1] frame u32,le\n"
	             "7 > starttls\n8 +1 < rst\n");
}

static void a_slash_within_an_expression_has_a_backslash(void **state)
{
	(void)state;
	assert_steps(FIRST "< /a\\/b\\\\/\n< //\n",
	             "2 < match b'a\\\\/b\\\\\\\\'\n3 < match b''\n");
}

static void who_asks_for_comments_gets_those_between_steps(void **state)
{
	struct chatfile *f = opened(FIRST "connect a:1\n# one\n> \"a\"\n# in\n"
	                            " \"b\"\n#two\n  # three\n< fin # no\n#\n");
	struct bytes out = { 0 };
	(void)state;
	chatfile_want_comments(f);
	tell_steps(&out, f);
	assert_string_equal(bytes_text(&out),
	                    "3 comment b'one'\n4 > bytes b'ab'\n"
	                    "7 comment b'two'\n8 comment b'three'\n9 < fin\n"
	                    "10 comment b''\n");
	bytes_finish(&out);
	chatfile_close(f);
}

static void a_file_is_read_again_from_its_first_step(void **state)
{
	struct chatfile *f = opened(FIRST "# a\n> \"a\"\n< \"b\"\n");
	struct bytes out = { 0 };
	(void)state;
	tell_steps(&out, f);
	chatfile_rewind(f);
	tell_steps(&out, f);
	assert_string_equal(bytes_text(&out),
	                    "3 > bytes b'a'\n4 < bytes b'b'\n"
	                    "3 > bytes b'a'\n4 < bytes b'b'\n");
	bytes_finish(&out);
	chatfile_close(f);
}

static void a_step_knows_whose_it_is(void **state)
{
	struct chat_step s = { .kind = CHAT_BYTES, .peer = 2 };
	(void)state;
	assert_true(chat_step_is_of(&s, 0));
	assert_true(chat_step_is_of(&s, 2));
	assert_false(chat_step_is_of(&s, 1));
	s.peer = 0;
	assert_true(chat_step_is_of(&s, 1));
	assert_false(chat_step_is_of(&s, 2));
	s.kind = CHAT_WAIT;
	assert_true(chat_step_is_of(&s, 2));
}

static void a_check_tells_the_peers_in_their_order(void **state)
{
	struct error e;
	struct chatfile *f = opened(FIRST "> \"a\"\nwait 1\n[7] > \"b\"\n"
	                            "[3] < fin\n[7] > fin\n");
	const struct chat_facts *facts = chatfile_check(f, CHAT_OUT, &e);
	(void)state;
	assert_non_null(facts);
	assert_int_equal(facts->steps, 5);
	assert_int_equal(facts->peer_count, 3);
	assert_int_equal(facts->peers[0], 1);
	assert_int_equal(facts->peers[1], 7);
	assert_int_equal(facts->peers[2], 3);
	assert_int_equal(facts->highest, 7);
	chatfile_close(f);
	f = opened(FIRST "> \"a\"\n");
	facts = chatfile_check(f, CHAT_NEITHER, &e);
	assert_int_equal(facts->peer_count, 0);
	assert_int_equal(facts->highest, 0);
	chatfile_close(f);
}

/* The text of the block that begins behind `from`, as it is shown.  Returns
 * what follows it; NULL: there is none. */
static const char *shown_block(struct bytes *out, const char *from)
{
	const char *at = strstr(from, "\n.Bd "), *end = NULL;
	if (at)
		end = strstr(at, "\n.Ed");
	bytes_clear(out);
	at = end ? strchr(at + 1, '\n') + 1 : NULL;
	for (; end && at <= end; at++) {
		bytes_append_byte(out, (uint8_t)*at);
		at += *at == '\\'; /* \e */
	}
	return end;
}

static void the_examples_of_the_manual_can_be_played(void **state)
{
	static char page[32768];
	FILE *file = fopen("man/sockchat-chat.5", "re");
	struct bytes text = { 0 };
	struct error e;
	int count = 0;
	(void)state;
	assert_non_null(file);
	page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
	fclose(file);
	for (const char *at = page; (at = shown_block(&text, at)); count++) {
		struct chatfile *f = opened(bytes_text(&text));
		if (!chatfile_check(f, CHAT_OUT, &e))
			fail_msg("%s\n%s", e.text, bytes_text(&text));
		chatfile_close(f);
	}
	assert_int_equal(count, 6);
	bytes_finish(&text);
}

static void a_check_passes_what_can_be(void **state)
{
	static const char *const rows[] = {
		"< ...\n> \"a\"\n< ...\n< ...\n< fin\n> fin\n",
		"> fin\n< \"a\"\n< fin\n> rst\n",
		"< /(a)(?<b>c)/\n> \"${1}${2}${b}\"\n< /x/\n> \"${b}\"\n",
		"< \"a\"\nstarttls\n< ...\n",
		"[1] > fin\n[2] > \"a\"\nwait 1\n[2] > fin\n[1] < rst\n",
		"[1] < /(?<a>x)/\n[2] < /(?<b>x)/\n[1] > \"${a}\"\n",
		"< /(?<a>x)|(?<b>y)/\n< /(?<a>z)/\n> \"${a}${1}\"\n",
	};
	struct error e = { .text = "" };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];
		snprintf(text, sizeof(text), FIRST "%s", rows[i]);
		struct chatfile *f = opened(text);
		if (!chatfile_check(f, CHAT_OUT, &e))
			fail_msg("%s", e.text);
		chatfile_close(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_manual_is_read),
		cmocka_unit_test(a_head_tells_which_side_the_mark_is),
		cmocka_unit_test(
		    marks_of_byte_order_and_carriage_returns_do_no_harm),
		cmocka_unit_test(strings_have_the_escapes_of_send_and_a_dollar),
		cmocka_unit_test(lines_that_are_indented_belong_to_their_step),
		cmocka_unit_test(bytes_have_four_forms),
		cmocka_unit_test(a_step_may_have_a_peer_and_a_pause),
		cmocka_unit_test(a_slash_within_an_expression_has_a_backslash),
		cmocka_unit_test(
		    who_asks_for_comments_gets_those_between_steps),
		cmocka_unit_test(a_file_is_read_again_from_its_first_step),
		cmocka_unit_test(a_step_knows_whose_it_is),
		cmocka_unit_test(a_check_tells_the_peers_in_their_order),
		cmocka_unit_test(the_examples_of_the_manual_can_be_played),
		cmocka_unit_test(a_check_passes_what_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
