/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Dialling a name with several addresses: which is tried when, which wins, and
 * what is said when none does. */

#include "dial_scene.h"

static const char *const both[] = { "[::1]:9999", "127.0.0.1:9999", NULL };

static void a_name_is_told_with_its_addresses(void **state)
{
	static const char expected[] = "resolving localhost\n"
	                               "localhost is ::1, 127.0.0.1, after\n"
	                               "trying [::1]:9999\n";
	struct scene *s = *state;

	answers = both;
	dial_to(s, "localhost", 0);
	run(s);
	assert_memory_equal(s->steps.data, expected, strlen(expected));
}

static void dial_both(struct scene *s, int64_t timeout_ms)
{
	answers = both;
	dial_to(s, "localhost", timeout_ms);
}

/* The addresses in the order in which they were tried, one a line. */
static void assert_tried(struct scene *s, const char *expected)
{
	const char *line = bytes_text(&s->steps);
	struct bytes tried;

	bytes_init(&tried, 0);
	for (; *line; line += strcspn(line, "\n") + 1)
		if (strncmp(line, "trying ", 7) == 0)
			bytes_append(&tried, line + 7,
			             strcspn(line + 7, "\n") + 1);
	assert_string_equal(bytes_text(&tried), expected);
	bytes_finish(&tried);
}

static void the_families_take_turns(void **state)
{
	static const char *const list[] = { "[::1]:1",     "[::1]:2",
		                            "[::1]:3",     "127.0.0.1:1",
		                            "127.0.0.1:2", "[::1]:4",
		                            NULL };
	struct scene *s = *state;

	answers = list;
	for (size_t i = 0; list[i]; i++)
		fake_on_connect_call(list[i], ECONNREFUSED);
	dial_to(s, "name", 0);
	run(s);
	assert_tried(s, "[::1]:1\n127.0.0.1:1\n[::1]:2\n127.0.0.1:2\n"
	                "[::1]:3\n[::1]:4\n");
}

static const char *const many[] = {
	"127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.1:1003",
	"127.0.0.1:1004", "127.0.0.1:1005", "127.0.0.1:1006",
	"127.0.0.1:1007", "127.0.0.1:1008", "127.0.0.1:1009",
	"127.0.0.1:1010", "127.0.0.1:1011", "127.0.0.1:1012",
	"127.0.0.1:1013", "127.0.0.1:1014", "127.0.0.1:1015",
	NULL
};

static void more_addresses_than_the_hint_holds_are_counted(void **state)
{
	struct scene *s = *state;

	answers = many;
	fake_on_connect(many[0], ENETUNREACH);
	for (size_t i = 1; many[i]; i++)
		fake_on_connect(many[i], ECONNREFUSED);
	dial_to(s, "name", 0);
	run(s);
	assert_non_null(strstr(s->error.hint, "127.0.0.1:1013: "));
	assert_non_null(strstr(s->error.hint, "; 2 more"));
}

static void more_addresses_than_the_sentence_holds_are_counted(void **state)
{
	struct scene *s = *state;

	answers = many;
	for (size_t i = 0; many[i]; i++)
		fake_on_connect(many[i], ECONNREFUSED);
	dial_to(s, "name", 0);
	run(s);
	assert_non_null(strstr(s->error.text, ", 127.0.0.1 and 7 more) is "));
}

static void a_failed_address_starts_the_next_at_once(void **state)
{
	struct scene *s = *state;
	struct address expected = fake_address("127.0.0.1:9999");

	fake_on_connect("[::1]:9999", ECONNREFUSED);
	dial_both(s, 100); /* less than the stagger */
	run(s);
	assert_non_null(s->transport);
	assert_memory_equal(&s->peer, &expected, sizeof(expected));
}

static void a_silent_address_is_overtaken_and_closed(void **state)
{
	struct scene *s = *state;
	struct address expected = fake_address("127.0.0.1:9999");
	int64_t start_ns;

	fake_on_connect("[::1]:9999", FAKE_HANGS);
	dial_both(s, 0);
	turn_loop(s->loop);
	assert_int_equal(fake_count(), 1); /* the second waits its turn */
	start_ns = loop_now_ns(s->loop);
	run(s);
	assert_true(loop_now_ns(s->loop) - start_ns >= 250 * MS_NS);
	assert_memory_equal(&s->peer, &expected, sizeof(expected));
	assert_int_equal(fake_count(), 2);
	assert_int_equal(fake_end(fake_at(0)), FAKE_CLOSED);
	assert_int_equal(fake_end(fake_at(1)), FAKE_IN_USE);
}

static void a_slow_first_address_can_still_win(void **state)
{
	struct scene *s = *state;
	struct address expected = fake_address("[::1]:9999");

	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	fake_on_connect("[::1]:9999", FAKE_HANGS);
	dial_both(s, 0);
	pass_ms(s->loop, 250);
	assert_int_equal(fake_count(), 2);
	fake_settle(fake_at(0), FAKE_OPENS);
	run(s);
	assert_memory_equal(&s->peer, &expected, sizeof(expected));
	assert_int_equal(fake_end(fake_at(1)), FAKE_CLOSED);
}

static void each_address_is_timed(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", ECONNREFUSED);
	dial_both(s, 0);
	run(s);
	assert_int_equal(s->timing.try_count, 2);
	assert_string_equal(s->timing.tries[0].where, "[::1]:9999");
	assert_int_equal(s->timing.tries[0].errnum, ECONNREFUSED);
	assert_string_equal(s->timing.tries[1].where, "127.0.0.1:9999");
	assert_int_equal(s->timing.tries[1].errnum, 0);
	assert_true(s->timing.tries[0].us >= 0);
	assert_true(s->timing.total_us >= s->timing.tries[1].us);
	assert_int_equal(s->timing.first_byte_us, -1);
}

static void total_failure_names_each_address_and_its_end(void **state)
{
	struct scene *s = *state;

	fake_on_connect_call("[::1]:9999", ENETUNREACH);
	fake_on_connect("127.0.0.1:9999", ECONNREFUSED);
	dial_both(s, 0);
	run(s);
	assert_string_equal(s->error.code, "ECONNREFUSED");
	assert_int_equal(strncmp(s->error.hint,
	                         "[::1]:9999: network unreachable; "
	                         "127.0.0.1:9999: connection refused; start ",
	                         75),
	                 0);
	assert_string_equal(s->error.text,
	                    "connection refused: localhost:9999 (127.0.0.1) "
	                    "is reachable, but nothing listens on that port");
}

static void addresses_that_end_alike_stand_in_one_sentence(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", ECONNREFUSED);
	fake_on_connect("127.0.0.1:9999", ECONNREFUSED);
	dial_both(s, 0);
	run(s);
	assert_string_equal(s->error.text,
	                    "connection refused: localhost:9999 (::1 and "
	                    "127.0.0.1) is reachable, but nothing listens on "
	                    "that port");
	assert_int_equal(strncmp(s->error.hint, "start ", 6), 0);
}

static void a_short_time_limit_is_shared_by_all_addresses(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", FAKE_HANGS);
	dial_both(s, 20); /* less than the time between two attempts */
	run(s);
	assert_non_null(s->transport);
	assert_string_equal(s->called, "localhost:9999 (127.0.0.1)");
}

static void an_address_that_was_not_tried_is_not_said_to_be_silent(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", FAKE_HANGS);
	dial_both(s, 20);
	clock_ns += 15 * MS_NS; /* the lookup has taken so long */
	run(s);
	assert_string_equal(s->error.text,
	                    "timed out: localhost:9999 (::1) has not answered "
	                    "within 0.02 s");
	assert_non_null(strstr(s->error.hint, "[::1]:9999: timed out; 1 more "
	                                      "not tried in time; "));
	assert_null(strstr(s->error.hint, "127.0.0.1"));
}

static void an_open_connection_is_called_by_its_name_and_address(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", ECONNREFUSED);
	dial_both(s, 0);
	run(s);
	assert_string_equal(s->called, "localhost:9999 (127.0.0.1)");
}

static void a_refusal_tells_more_than_a_silence(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", ECONNREFUSED);
	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	dial_both(s, 20);
	run(s);
	assert_string_equal(s->error.code, "ECONNREFUSED");
	assert_non_null(strstr(s->error.hint, "127.0.0.1:9999: timed out"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_told_with_its_addresses),
		TEST(a_failed_address_starts_the_next_at_once),
		TEST(a_silent_address_is_overtaken_and_closed),
		TEST(a_slow_first_address_can_still_win),
		TEST(each_address_is_timed),
		TEST(total_failure_names_each_address_and_its_end),
		TEST(addresses_that_end_alike_stand_in_one_sentence),
		TEST(a_short_time_limit_is_shared_by_all_addresses),
		TEST(an_address_that_was_not_tried_is_not_said_to_be_silent),
		TEST(an_open_connection_is_called_by_its_name_and_address),
		TEST(a_refusal_tells_more_than_a_silence),
		TEST(the_families_take_turns),
		TEST(more_addresses_than_the_hint_holds_are_counted),
		TEST(more_addresses_than_the_sentence_holds_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
