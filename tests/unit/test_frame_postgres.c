/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What PostgreSQL speaks: types, lengths, and what comes before them. */

#include "frame_scene.h"

#define SSL     "\0\0\0\x08\x04\xd2\x16\x2f"
#define GSS     "\0\0\0\x08\x04\xd2\x16\x30"
#define CANCEL  "\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2"
#define STARTUP "\0\0\0\x11\0\3\0\0user\0me\0\0"
#define QUERY   "Q\0\0\0\x0dselect 1\0"
#define AUTH    "R\0\0\0\x08\0\0\0\0"
#define READY   "Z\0\0\0\5I"

static void a_client_begins_without_a_type(void **state)
{
	(void)state;
	SCENE("postgres", SENT(STARTUP), CAME(AUTH),
	      CAME("S\0\0\0\x10tz\0Europe/x\0"), CAME(READY), SENT(QUERY),
	      SENT("X\0\0\0\4"), CAME("1\0\0\0\4"), CAME(READY));
	SCENE("postgres", SENT(CANCEL));
}

static void one_byte_answers_what_was_asked(void **state)
{
	(void)state;
	SCENE("postgres", SENT(SSL), CAME("N"), SENT(GSS), CAME("N"),
	      SENT(STARTUP), CAME(AUTH), CAME("N\0\0\0\5\0"), CAME(READY));
	SCENE("postgres", SENT(SSL), CAME("E\0\0\0\6x\0"));
}

/* What comes after the answer is encrypted. */
static void check_left(const struct said said[2])
{
	static const uint8_t hello[] = "\x16\x03\x01\x00";
	struct frame_scene sc;
	scene_begin(&sc, "postgres");
	scene_say(&sc, &said[0], 1, 3);
	scene_say(&sc, &said[1], 1, 3);
	struct frame_cut c = frame_cut(&sc.frame, &sc.out, hello, 4);
	assert_int_equal(c.len, 4);
	assert_int_equal(c.status, FRAME_WHOLE);
	c = frame_cut(&sc.frame, &sc.in, hello, 4);
	assert_int_equal(c.status, FRAME_WHOLE);
	assert_false(sc.out.now.wrong || sc.in.now.wrong);
}

static void what_is_encrypted_then_is_shown_as_it_comes(void **state)
{
	const struct said tls[] = { SENT(SSL), CAME("S") };
	const struct said gss[] = { SENT(GSS), CAME("G") };
	(void)state;
	check_left(tls);
	check_left(gss);
}

static void what_is_no_postgres_is_wrong(void **state)
{
	(void)state;
	WRONG("postgres", "\x16\x03\x01\x02", FRAME_NOT_IT);
	WRONG("postgres", "\r\n", FRAME_NOT_IT);
	WRONG("postgres", READY "\0\0\0\x08", FRAME_NOT_IT);
	WRONG("postgres", "Q\0\0\0\3", FRAME_TOO_SHORT);
	WRONG("postgres", "\0\0\0\7\0\0\0", FRAME_NOT_IT);
	WRONG("postgres", "HTTP/1.1 200 OK\r\n", FRAME_TOO_LONG);
}

static void a_payload_is_a_type_and_what_follows_the_length(void **state)
{
	struct frame f;
	struct framed out = { 0 };
	struct error e;
	(void)state;
	WRAPS("postgres", "Qselect 1\0", QUERY, 1, 4);
	WRAPS("postgres", "X", "X\0\0\0\4", 1, 4);
	WRAPS("postgres", "\0\3\0\0user\0me\0\0", STARTUP, 0, 4);
	WRAPS("postgres", "\x04\xd2\x16\x2f", SSL, 0, 4);
	WRAPS("postgres", QUERY, QUERY, 1, 4);
	WRAPS("postgres", SSL, SSL, 0, 4);
	assert_int_equal(frame_parse(&f, "postgres", &e), 0);
	assert_int_equal(frame_wrap(&f, "", 0, &out, &e), -1);
	assert_int_equal(out.bytes.len, 0);
	bytes_finish(&out.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_begins_without_a_type),
		cmocka_unit_test(one_byte_answers_what_was_asked),
		cmocka_unit_test(what_is_encrypted_then_is_shown_as_it_comes),
		cmocka_unit_test(
		    a_payload_is_a_type_and_what_follows_the_length),
		cmocka_unit_test(what_is_no_postgres_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
