/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a peer speaks, by its first bytes. */

#include "golden.h"
#include "recognise_samples.h"

#include <sockchat/bytes.h>
#include <sockchat/frame.h>

#include "../../src/diagnose/recognise_private.h"

#define END (samples + sizeof(samples) / sizeof(samples[0]))
#define EACH_SAMPLE(s) for (const struct sample *s = samples; s < END; s++)

static const uint8_t *bytes_of(const char *text)
{
	return (const uint8_t *)text;
}

/* Of a copy, so that not one byte behind them can be looked at. */
static enum recognise_result look(struct recognised *r, const char *bytes,
                                  size_t len, bool is_all,
                                  enum recognise_side from)
{
	uint8_t *copy = malloc(len ? len : 1);
	memcpy(copy, bytes, len);
	enum recognise_result result =
	    recognise(r, copy, len, is_all,
	              &(struct speaker){ .side = from,
	                                .where = "127.0.0.1:9999" });
	free(copy);
	return result;
}

/* Whole, and in pieces. */
static bool is_silent(const char *text, enum recognise_side from)
{
	struct recognised r;
	size_t len = strlen(text);
	for (size_t n = 0; n <= len; n++)
		if (look(&r, text, n, false, from) == RECOGNISE_YES)
			return false;
	return look(&r, text, len, true, from) == RECOGNISE_NO;
}

static void every_protocol_is_named_with_what_would_speak_it(void **state)
{
	struct bytes all = { 0 };
	struct recognised r;
	(void)state;
	EACH_SAMPLE(s) {
		assert_int_equal(look(&r, s->bytes, s->len, s->is_all, s->from),
		                 RECOGNISE_YES);
		bytes_printf(&all, "%s\n  hint: %s\n", r.text, r.hint);
	}
	assert_golden("tests/golden/recognise.txt", bytes_text(&all));
	bytes_finish(&all);
}

static void the_frames_of_protocols_are_kinds(void **state)
{
	struct recognised r;
	size_t count = 0;
	(void)state;
	EACH_SAMPLE(s) {
		look(&r, s->bytes, s->len, s->is_all, s->from);
		count += r.frame != NULL;
		if (r.frame && !frame_find(r.frame))
			fail_msg("%s of %s is no frame", r.frame, r.name);
	}
	assert_true(count >= 4);
}

static void bytes_that_come_one_by_one_give_the_same_answer(void **state)
{
	struct recognised whole, r;
	(void)state;
	EACH_SAMPLE(s) {
		enum recognise_result result = RECOGNISE_MORE;
		look(&whole, s->bytes, s->len, s->is_all, s->from);
		for (size_t n = 0; n < s->len && result == RECOGNISE_MORE; n++)
			result = look(&r, s->bytes, n, false, s->from);
		if (result == RECOGNISE_MORE)
			result = look(&r, s->bytes, s->len, s->is_all,
			              s->from);
		assert_int_equal(result, RECOGNISE_YES);
		assert_string_equal(r.text, whole.text);
		assert_string_equal(r.hint, whole.hint);
	}
}

/* Rows of the same name and words are one to the user. */
static bool has_sample(const struct recogniser *row)
{
	struct recognised r;
	EACH_SAMPLE(s) {
		look(&r, s->bytes, s->len, s->is_all, s->from);
		if (s->from == row->from && strcmp(r.name, row->name) == 0 &&
		    strncmp(r.hint, row->hint,
		            strcspn(row->hint, "HPA")) == 0)
			return true;
	}
	return false;
}

static void every_row_of_the_table_has_a_sample(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECOGNISER_STREAMS; i++)
		assert_true(has_sample(&recognisers[i]));
}

static void the_other_side_saying_the_same_is_no_news(void **state)
{
	struct recognised r;
	size_t both = 0;
	(void)state;
	EACH_SAMPLE(s) {
		enum recognise_side other = s->from == RECOGNISE_CLIENT
		                                ? RECOGNISE_SERVER
		                                : RECOGNISE_CLIENT;
		both += look(&r, s->bytes, s->len, true, other) ==
		        RECOGNISE_YES;
	}
	assert_int_equal(both, 7); /* SSH, Redis' arrays, Telnet */
}

static void what_people_and_their_programs_say_is_left_alone(void **state)
{
	static const char *const said[] = {
		"hello\n", "안녕!", "GET", "GET well soon\n", "POST office\r\n",
		"SSH?\n", "220 volts\r\n", "+OK\r\n", "-ERR\r\n", "* OK\r\n",
		"PROXY war\r\n", "PRI\n", "*\n", "*1\n", "{\"id\": 1}\n",
		"HTTP is a protocol\n", "E\n", "<xml/>\n", "\x05\x01\x07",
		"\x10\x04some", "\x16\x03\x09\x01", "QUIT\r\n", "",
		"EHLO localhost\r\n", "A_VERY_LONG_WORD_IN_CAPITALS",
		"AN_UNUSUAL_METHOD", "GET / HTTP/1.1 or so\n\n",
		"\xff\xfb\x90\x64", "\xff\xfe\x01x", "\xff\xfd\x01\x80",
		"\xff\xf1", "\xff\xfc\x01", "\xff\xffhi\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		assert_true(is_silent(said[i], RECOGNISE_CLIENT));
		assert_true(is_silent(said[i], RECOGNISE_SERVER));
	}
}

static void a_chat_is_known_to_be_one_by_its_first_line(void **state)
{
	struct recognised r;
	(void)state;
	assert_int_equal(look(&r, "hi", 2, false, RECOGNISE_CLIENT),
	                 RECOGNISE_NO);
	assert_int_equal(look(&r, "HELLO you\n", 10, false, RECOGNISE_CLIENT),
	                 RECOGNISE_NO);
}

static void a_banner_is_known_by_its_words_before_its_line_ends(void **state)
{
	static const char *const said[] = {
		"SSH-2.0-", "+OK POP", "-NOAUTH ", "220 x ESMTP",
	};
	struct recognised r;
	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		assert_int_equal(look(&r, said[i], strlen(said[i]), false,
		                      RECOGNISE_SERVER), RECOGNISE_YES);
}

/* "FTP" could still be followed by "SMTP". */
static void a_banner_without_an_end_is_known_when_nothing_follows(void **state)
{
	static const char text[] = "220 FTP here";
	struct recognised r;
	(void)state;
	assert_int_equal(look(&r, text, strlen(text), false,
	                      RECOGNISE_SERVER), RECOGNISE_MORE);
	assert_int_equal(look(&r, text, strlen(text), true, RECOGNISE_SERVER),
	                 RECOGNISE_YES);
	assert_string_equal(r.name, "FTP");
}

static bool is_telnet_later(const char *bytes, size_t len)
{
	static const struct speaker server = {
		.side = RECOGNISE_SERVER, .where = "127.0.0.1:9999",
	};
	struct recognised r = { .name = "" };
	uint8_t *copy = malloc(len);
	memcpy(copy, bytes, len);
	bool is_seen = recognise_later(&r, copy, len, &server);
	free(copy);
	return is_seen && strcmp(r.name, "Telnet") == 0;
}

static void telnet_is_known_behind_text_too(void **state)
{
	static const char login[] = "login: \xff\xfb\x01", mark[] =
		"\xff\xfe" "a\0", latin[] = "caf\xe9 \xff\xfb\x01",
		sound[] = "\xff\xfb\x10\xc4";
	(void)state;
	assert_true(is_telnet_later(login, sizeof(login) - 1));
	assert_true(is_telnet_later("\xff\xfd\x18", 3));
	assert_false(is_telnet_later("\xff\xfd", 2));
	assert_false(is_telnet_later("text\n", 5));
	assert_false(is_telnet_later("text", 0));
	assert_false(is_telnet_later(mark, 4));
	assert_false(is_telnet_later(latin, sizeof(latin) - 1));
	assert_false(is_telnet_later(sound, 4));
}

static void assert_hint(const char *bytes, const char *where, bool is_over_tls,
                        const char *hint)
{
	const struct speaker server = {
		.side = RECOGNISE_SERVER,
		.is_over_tls = is_over_tls,
		.where = where,
	};
	struct recognised r;
	assert_int_equal(recognise(&r, bytes_of(bytes), strlen(bytes), true,
	                           &server), RECOGNISE_YES);
	if (!strstr(r.hint, hint))
		fail_msg("%s lacks %s", r.hint, hint);
}

static void what_came_through_tls_is_answered_through_tls(void **state)
{
	(void)state;
	assert_hint("HTTP/1.1 200 OK\r\n\r\n", "tls://[::1]:443", true,
	            "use `curl -v https://[::1]:443/`. By hand: `/eol "
	            "crlf`, then `GET / HTTP/1.0` and an empty line");
	assert_hint("+PONG\r\n", "h:1", true,
	            "use `redis-cli --tls -h h -p 1`. By hand: `PING`, "
	            "`INFO`");
	assert_hint("SSH-2.0-x\r\n", "tls://h:1", true,
	            "use `ssh -p 1 h`");
}

static void tls_where_it_is_plain_leads_to_tls(void **state)
{
	static const uint8_t alert[] = { 0x15, 3, 3, 0, 2, 2, 50 };
	struct speaker server = { .side = RECOGNISE_SERVER,
		                  .where = "h:443" };
	struct recognised r;
	(void)state;
	assert_int_equal(recognise(&r, alert, sizeof(alert), true, &server),
	                 RECOGNISE_YES);
	assert_string_equal(r.hint, "the server wants TLS. Connect to "
	                            "`tls://h:443`");
	server.where = "unix:/x";
	assert_int_equal(recognise(&r, alert, sizeof(alert), true, &server),
	                 RECOGNISE_YES);
	assert_string_equal(r.hint, "the other side wants TLS. Start sockchat "
	                            "with --tls and this socket");
}

static void no_more_than_two_kib_are_looked_at(void **state)
{
	char text[3000] = "GET / HTTP/1.1\r\nCookie: ";
	struct recognised whole, r;
	(void)state;
	memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
	assert_int_equal(look(&r, text, RECOGNISE_MAX - 1, false,
	                      RECOGNISE_CLIENT), RECOGNISE_MORE);
	assert_int_equal(look(&r, text, RECOGNISE_MAX, false,
	                      RECOGNISE_CLIENT), RECOGNISE_YES);
	look(&whole, text, sizeof(text) - 1, false, RECOGNISE_CLIENT);
	assert_string_equal(r.text, whole.text);
}

/* One byte longer than a method, which the space behind it does not mend. */
static void a_word_that_is_too_long_is_no_method(void **state)
{
	static const char text[] = "_________________ HTT";
	struct recognised r;
	(void)state;
	for (size_t len = 17; len < sizeof(text); len++)
		assert_int_equal(look(&r, text, len, false, RECOGNISE_CLIENT),
		                 RECOGNISE_NO);
}

static void what_a_stranger_chose_is_made_safe_and_cut(void **state)
{
	char text[256] = "GET /\033[2J\xec\x95\x88", expected[256];
	struct recognised r;
	(void)state;
	memset(text + strlen(text), 'x', 100);
	memcpy(text + strlen(text), " HTTP/1.1\r\n\r\n", 14);
	assert_int_equal(look(&r, text, strlen(text), false, RECOGNISE_CLIENT),
	                 RECOGNISE_YES);
	snprintf(expected, sizeof(expected), "what the peer sends looks like "
	         "HTTP/1: GET /^[[2J\\xec\\x95\\x88%.*s...", 46,
	         strchr(text, 'x'));
	assert_string_equal(r.text, expected);
}

static void a_hint_names_the_address_in_the_way_of_its_program(void **state)
{
	(void)state;
	assert_hint("SSH-2.0-x\n", "[::1]:22", false,
	            "use `ssh -p 22 ::1`");
	assert_hint("HTTP/1.0 200 OK\n\n", "[::1]:80", false,
	            "`curl -v http://[::1]:80/`");
	assert_hint("HTTP/1.0 200 OK\n\n", "tls://h:80", false,
	            "`curl -v http://h:80/`");
	assert_hint("+PONG\r\n", "unix:/run/x", false, "`redis-cli -s`");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_protocol_is_named_with_what_would_speak_it),
		cmocka_unit_test(the_frames_of_protocols_are_kinds),
		cmocka_unit_test(
		    bytes_that_come_one_by_one_give_the_same_answer),
		cmocka_unit_test(every_row_of_the_table_has_a_sample),
		cmocka_unit_test(the_other_side_saying_the_same_is_no_news),
		cmocka_unit_test(
		    what_people_and_their_programs_say_is_left_alone),
		cmocka_unit_test(a_chat_is_known_to_be_one_by_its_first_line),
		cmocka_unit_test(
		    a_banner_is_known_by_its_words_before_its_line_ends),
		cmocka_unit_test(
		    a_banner_without_an_end_is_known_when_nothing_follows),
		cmocka_unit_test(telnet_is_known_behind_text_too),
		cmocka_unit_test(what_came_through_tls_is_answered_through_tls),
		cmocka_unit_test(tls_where_it_is_plain_leads_to_tls),
		cmocka_unit_test(no_more_than_two_kib_are_looked_at),
		cmocka_unit_test(a_word_that_is_too_long_is_no_method),
		cmocka_unit_test(what_a_stranger_chose_is_made_safe_and_cut),
		cmocka_unit_test(
		    a_hint_names_the_address_in_the_way_of_its_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
