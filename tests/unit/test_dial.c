/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Dialling: who is tried, when, and who wins.  Neither network nor resolver. */

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/bytes.h>
#include <sockchat/dial.h>
#include <sockchat/explain.h>

#include "../fake/fake_transport.h"

/* The resolver of this program: it answers with these addresses; or, if there
 * are none, with this EAI_… number; or, if that is 0, never. */
static const char *const *answers;
static int answer_eai;

struct resolve {
	struct later later;
	resolve_fn *fn;
	void *user;
};

static void answer(struct later *later)
{
	struct resolve *r = later->user;
	struct address list[16];
	struct error e = { 0 };
	size_t count = 0;

	for (; answers[count]; count++)
		list[count] = fake_address(answers[count]);
	if (count == 0)
		explain_resolve(&e, answer_eai, 0, "name", "9999");
	r->fn(r->user, list, count, &e);
	free(r);
}

struct resolve *resolve_start(struct loop *l, const struct endpoint *ep,
                              const struct resolve_settings *settings,
                              resolve_fn *fn, void *user)
{
	struct resolve *r = calloc(1, sizeof(*r));

	(void)ep;
	(void)settings;
	assert_non_null(r);
	r->later.on_call = answer;
	r->later.user = r;
	r->fn = fn;
	r->user = user;
	if (answers[0] || answer_eai)
		loop_later(l, &r->later);
	return r;
}

void resolve_cancel(struct resolve *r)
{
	if (r)
		later_cancel(&r->later);
	free(r);
}

/* What a dial has told, and the loop it runs on. */
struct scene {
	struct loop *loop;
	struct dial *dial;
	struct transport *transport;
	struct address peer;
	struct error error;
	struct timing timing;
	char called[EXPLAIN_WHERE_MAX];
	struct bytes steps; /* one a line */
	size_t connecting, done;
	bool cancels_in_steps;
};

static void on_connecting(void *user)
{
	((struct scene *)user)->connecting++;
}

static void on_step(void *user, const char *code, const char *text)
{
	assert_true(*code);
	struct scene *s = user;

	/* how long it took is another matter */
	const char *time = strstr(text, "after ");
	assert_true(!time || strstr(time, " ms"));
	int len = (int)(time ? time - text + 5 : (long)strlen(text));
	assert_int_equal(bytes_printf(&s->steps, "%.*s\n", len, text), 0);
	if (s->cancels_in_steps)
		dial_cancel(s->dial);
}

static void on_done(void *user, struct transport *t, const struct address *peer,
                    const struct error *e)
{
	struct scene *s = user;

	s->done++;
	s->transport = t;
	s->timing = *dial_timing(s->dial);
	snprintf(s->called, sizeof(s->called), "%s", dial_where(s->dial));
	if (t)
		s->peer = *peer;
	else
		s->error = *e;
	dial_cancel(s->dial); /* too late, and harmless */
}


static int set_up(void **state)
{
	static const char *const one[] = { "127.0.0.1:9999", NULL };
	struct scene *s = calloc(1, sizeof(*s));

	answers = one;
	answer_eai = 0;
	fake_start();
	s->loop = loop_new(LOOP_AUTO);
	*state = s;
	return s->loop ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	if (s->transport)
		s->transport->ops->close(s->transport, false);
	bytes_finish(&s->steps);
	loop_free(s->loop);
	free(s);
	return fake_finish() == 0 ? 0 : -1;
}

static void dial_to(struct scene *s, const char *host, int64_t timeout_ms)
{
	struct endpoint ep = { .port = "9999" };
	struct dial_settings settings = { .timeout_ms = timeout_ms };
	struct dial_steps steps = {
		.on_connecting = on_connecting,
		.on_step = on_step,
		.user = s,
	};

	snprintf(ep.host, sizeof(ep.host), "%s", host);
	s->dial = dial_start(s->loop, &transport_fake, &ep, &settings,
	                     &steps, on_done, s);
	assert_non_null(s->dial);
	assert_int_equal(s->done + s->connecting, 0);
}

static void run(struct scene *s)
{
	for (int i = 0; !s->done && i < 100; i++)
		loop_turn(s->loop, 1000);
	assert_int_equal(s->done, 1);
}

static void an_open_connection_is_handed_over_with_its_address(void **state)
{
	struct scene *s = *state;
	struct address expected = fake_address("127.0.0.1:9999");

	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_ptr_equal(s->transport, fake_transport(fake_last()));
	assert_memory_equal(&s->peer, &expected, sizeof(expected));
	assert_int_equal(s->connecting, 1);
	assert_int_equal(fake_end(fake_last()), FAKE_IN_USE);
}

static void the_steps_are_told(void **state)
{
	struct scene *s = *state;

	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_string_equal(bytes_text(&s->steps),
	                    "trying 127.0.0.1:9999\n"
	                    "connected to 127.0.0.1:9999 after\n");
}

static void dial_tls(struct scene *s)
{
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9999",
		                     .is_tls = true };
	const struct dial_settings settings = { .timeout_ms = 0 };
	const struct dial_steps steps = { .on_step = on_step, .user = s };

	s->dial = dial_start(s->loop, &transport_fake, &ep, &settings,
	                     &steps, on_done, s);
	assert_non_null(s->dial);
	while (!fake_last())
		loop_turn(s->loop, 1000);
}

static const struct tls_facts secured = {
	.version = "TLSv1.3", .cipher = "X",
	.chain = { { .subject = "CN=a", .issuer = "CN=b", .end_s = 86400 },
	           { .subject = "CN=b", .issuer = "CN=b", .end_s = 86400 } },
	.chain_count = 2,
};

static void the_steps_of_tls_are_told_with_its_certificates(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), ".");
	run(s);
	const char *told = strstr(bytes_text(&s->steps), "TLS handshake");
	assert_non_null(told);
	assert_ptr_equal(strstr(told, "TLS handshake begins\n"
	                 "certificate 1: CN=a, signed by CN=b, from 1970-01-01 "
	                 "to 1970-01-02, EXPIRED "), told);
	assert_non_null(strstr(told, " ago\ncertificate 2: CN=b, "));
	assert_non_null(strstr(told, "\nsecured by TLSv1.3 with X, "
	                             "certificate CN=a valid until "
	                             "1970-01-02, EXPIRED "));
	assert_true(s->timing.tls_us >= 0);
}

static void a_dial_may_end_while_its_certificates_are_told(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	while (!strstr(bytes_text(&s->steps), "handshake begins"))
		loop_turn(s->loop, 1000);
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), ".");
	s->cancels_in_steps = true;
	for (int i = 0; i < 3; i++)
		loop_turn(s->loop, 1);
	assert_int_equal(s->done, 0);
	assert_non_null(strstr(bytes_text(&s->steps), "certificate 1"));
	assert_null(strstr(bytes_text(&s->steps), "certificate 2"));
}

static void certificates_that_are_not_good_are_told_too(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), "!");
	run(s);
	assert_null(s->transport);
	assert_non_null(strstr(bytes_text(&s->steps), "certificate 2: CN=b"));
	assert_null(strstr(bytes_text(&s->steps), "secured"));
	assert_int_equal(s->timing.tls_us, -1);
	assert_int_equal(s->timing.try_count, 1); /* the address is good */
	assert_int_equal(s->timing.tries[0].errnum, 0);
}

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

static void a_strangers_host_name_cannot_drive_the_terminal(void **state)
{
	struct scene *s = *state;

	answer_eai = EAI_NONAME;
	answers = (const char *const[]){ NULL };
	dial_to(s, "\033[2Jx", 0);
	run(s);
	assert_string_equal(bytes_text(&s->steps), "resolving ^[[2Jx\n");
	assert_null(strchr(s->error.text, '\033'));
}

static void a_failed_lookup_ends_it(void **state)
{
	struct scene *s = *state;

	answer_eai = EAI_NONAME;
	answers = (const char *const[]){ NULL };
	dial_to(s, "nohost", 0);
	run(s);
	assert_string_equal(s->error.code, "EAI_NONAME");
	assert_int_equal(s->connecting, 0);
}

static void the_time_limit_includes_the_lookup(void **state)
{
	struct scene *s = *state;

	answers = (const char *const[]){ NULL };
	dial_to(s, "slowhost", 20);
	run(s);
	assert_string_equal(s->error.text,
	                    "timed out: no name server has told about "
	                    "slowhost within 0.02 s");
}

static void a_refusal_says_so_and_ends_it(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", ECONNREFUSED);
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_null(s->transport);
	assert_string_equal(s->error.text,
	                    "connection refused: 127.0.0.1:9999 is "
	                    "reachable, but nothing listens on that port");
	assert_string_equal(s->error.code, "ECONNREFUSED");
	assert_string_equal(bytes_text(&s->steps),
	                    "trying 127.0.0.1:9999\n"
	                    "127.0.0.1:9999: connection refused after\n");
}

static void a_connect_that_fails_at_once_ends_it(void **state)
{
	struct scene *s = *state;

	fake_on_connect_call("127.0.0.1:9999", ENETUNREACH);
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_string_equal(s->error.code, "ENETUNREACH");
	assert_int_equal(fake_count(), 0);
}

static void a_silent_address_ends_at_the_time_limit(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	dial_to(s, "127.0.0.1", 20);
	run(s);
	assert_string_equal(s->error.text, "timed out: 127.0.0.1:9999 has "
	                                   "not answered within 0.02 s");
	assert_int_equal(fake_end(fake_last()), FAKE_CLOSED);
}

static void a_cancelled_dial_calls_nobody_and_closes_all(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	dial_to(s, "127.0.0.1", 0);
	loop_turn(s->loop, 1000);
	assert_int_equal(fake_count(), 1);
	dial_cancel(s->dial);
	assert_int_equal(fake_end(fake_last()), FAKE_CLOSED);
	fake_settle(fake_last(), FAKE_OPENS);
	loop_turn(s->loop, 0);
	assert_int_equal(s->done, 0);
}

static void a_dial_may_be_cancelled_before_its_first_turn(void **state)
{
	struct scene *s = *state;

	dial_to(s, "name", 1000);
	dial_cancel(s->dial);
	dial_cancel(NULL);
	loop_turn(s->loop, 0);
	assert_int_equal(s->done + s->connecting, 0);
	assert_int_equal(fake_count(), 0);
}

static void a_dial_may_be_cancelled_from_within_a_step(void **state)
{
	struct scene *s = *state;

	s->cancels_in_steps = true;
	dial_to(s, "127.0.0.1", 0);
	loop_turn(s->loop, 0);
	assert_string_equal(bytes_text(&s->steps), "trying 127.0.0.1:9999\n");
	assert_int_equal(s->done, 0);
	assert_int_equal(fake_count(), 0);
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
	loop_turn(s->loop, 1000);
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
	while (fake_count() < 2)
		loop_turn(s->loop, 1000);
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

static void an_address_that_was_not_tried_is_not_said_to_be_silent(void **state)
{
	struct scene *s = *state;

	fake_on_connect("[::1]:9999", FAKE_HANGS);
	dial_both(s, 20); /* less than the stagger */
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_open_connection_is_handed_over_with_its_address),
		TEST(the_steps_are_told),
		TEST(the_steps_of_tls_are_told_with_its_certificates),
		TEST(a_dial_may_end_while_its_certificates_are_told),
		TEST(certificates_that_are_not_good_are_told_too),
		TEST(a_name_is_told_with_its_addresses),
		TEST(a_strangers_host_name_cannot_drive_the_terminal),
		TEST(a_failed_lookup_ends_it),
		TEST(the_time_limit_includes_the_lookup),
		TEST(a_refusal_says_so_and_ends_it),
		TEST(a_connect_that_fails_at_once_ends_it),
		TEST(a_silent_address_ends_at_the_time_limit),
		TEST(a_cancelled_dial_calls_nobody_and_closes_all),
		TEST(a_dial_may_be_cancelled_before_its_first_turn),
		TEST(a_dial_may_be_cancelled_from_within_a_step),
		TEST(a_failed_address_starts_the_next_at_once),
		TEST(a_silent_address_is_overtaken_and_closed),
		TEST(a_slow_first_address_can_still_win),
		TEST(each_address_is_timed),
		TEST(total_failure_names_each_address_and_its_end),
		TEST(addresses_that_end_alike_stand_in_one_sentence),
		TEST(an_address_that_was_not_tried_is_not_said_to_be_silent),
		TEST(an_open_connection_is_called_by_its_name_and_address),
		TEST(a_refusal_tells_more_than_a_silence),
		TEST(the_families_take_turns),
		TEST(more_addresses_than_the_hint_holds_are_counted),
		TEST(more_addresses_than_the_sentence_holds_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
