/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A connection over a transport without a network, on a clock that is made
 * here: what is noted, and when it is over. */

#include "unit.h"

#include <errno.h>
#include <time.h>

#include <sockchat/link.h>

#include "../fake/fake_transport.h"

#define WHERE "127.0.0.1:9"

static struct owner {
	struct link link;
	struct loop *loop;
	struct fake *fake;
	unsigned wishes;   /* at each step */
	bool reads;        /* all there is, when it is ready */
	char came[64];
	size_t opens, readies, ends_out, overs, waits, alarms[LINK_ALARMS];
	size_t unacked;    /* as was told */
	int code;          /* of the verdict: 0 for as it should */
	struct error error;
} now;

static int64_t clock_ns;

int clock_gettime(clockid_t id, struct timespec *time)
{
	(void)id;
	time->tv_sec = clock_ns / (1000 * MS_NS);
	time->tv_nsec = clock_ns % (1000 * MS_NS);
	return 0;
}

static void turn(void)
{
	for (int i = 0; i < 8; i++)
		assert_int_equal(loop_turn(now.loop, 0), 0);
}

static void wait_ms(int ms)
{
	turn();
	while (ms-- > 0) {
		clock_ns += MS_NS;
		assert_int_equal(loop_turn(now.loop, 0), 0);
	}
	turn();
}

static void step(unsigned wishes)
{
	now.wishes = wishes;
	link_step(&now.link, wishes);
	turn();
}

static void read_all(void)
{
	size_t len = strlen(now.came);
	ssize_t n = 1;
	while (n > 0 && halves_is_in_open(now.link.halves)) {
		n = link_read(&now.link, now.came + len,
		              sizeof(now.came) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
}

static void on_ready(struct link *l, unsigned ready)
{
	assert_ptr_equal(l, &now.link);
	now.readies++;
	if (ready & LOOP_READ && now.reads)
		read_all();
	if (ready & LOOP_HANGUP)
		link_break(l, EPIPE);
	link_step(l, now.wishes);
}

static void on_open(struct link *l, struct transport *t,
                    const struct address *peer)
{
	assert_int_equal(address_port(peer), 9);
	assert_true(dial_timing(l->dial)->total_us >= 0);
	now.opens++;
	now.fake = fake_of(t);
	assert_int_equal(link_take(l, t), 0);
}

static void on_alarm(struct link *l, unsigned which)
{
	(void)l;
	now.alarms[which]++;
}

static void on_end_out(struct link *l)
{
	(void)l;
	now.ends_out++;
}

static void on_wait(struct link *l, size_t unacked)
{
	(void)l;
	now.waits++;
	now.unacked = unacked;
}

static void on_over(struct link *l, const struct error *e, uint64_t unacked)
{
	assert_int_equal(unacked, 0); /* the fake is no TCP */
	now.overs++;
	now.code = e ? l->is_silent ? ETIMEDOUT : l->broken : 0;
	if (e)
		now.error = *e;
	link_close(l, false);
}

static const struct link_ops ops = {
	.on_open = on_open,
	.on_ready = on_ready,
	.on_alarm = on_alarm,
	.on_end_out = on_end_out,
	.on_wait = on_wait,
	.on_over = on_over,
};

static int start(void **state)
{
	(void)state;
	memset(&now, 0, sizeof(now));
	clock_ns = 1000000 * MS_NS;
	fake_start();
	now.loop = loop_new(LOOP_AUTO);
	now.reads = true;
	link_init(&now.link, now.loop, &ops);
	now.link.where = WHERE;
	return 0;
}

static int start_open(void **state)
{
	start(state);
	now.fake = fake_open();
	assert_int_equal(link_take(&now.link, fake_transport(now.fake)), 0);
	step(LOOP_READ);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	link_close(&now.link, false);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

static void write_text(const char *text)
{
	ssize_t n = link_write(&now.link, text, strlen(text));
	assert_true(n < 0 || (size_t)n == strlen(text));
}

static void assert_over(int code)
{
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.code, code);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

static void dial(void)
{
	const struct dial_settings settings = { .timeout_ms = 5000 };
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9" };
	assert_int_equal(link_dial(&now.link, &transport_fake, &ep, &settings),
	                 0);
	turn();
	now.fake = fake_last();
}

/* The beginning */

static void one_that_was_dialled_opens(void **state)
{
	(void)state;
	dial();
	assert_int_equal(now.opens, 1);
	assert_null(now.link.dial);
	assert_false(now.link.is_accepted);
	step(LOOP_READ);
	fake_feed(now.fake, "hello");
	turn();
	assert_string_equal(now.came, "hello");
}

static void one_that_is_refused_is_over(void **state)
{
	(void)state;
	fake_on_connect(WHERE, ECONNREFUSED);
	dial();
	assert_int_equal(now.overs, 1);
	assert_string_equal(now.error.code, "ECONNREFUSED");
	assert_null(now.link.dial);
	link_step(&now.link, LOOP_READ); /* harmless */
}

static void closing_gives_up_dialling(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	link_close(&now.link, false);
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	assert_int_equal(now.opens + now.overs, 0);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

/* What is noted */

static void bytes_are_counted_with_their_time(void **state)
{
	int64_t opened_ns = now.link.in_ns;
	(void)state;
	assert_true(now.link.is_accepted);
	assert_int_equal(link_moved_ns(&now.link), opened_ns);
	wait_ms(5);
	fake_feed(now.fake, "abc");
	turn();
	assert_int_equal(now.link.bytes_in, 3);
	assert_int_equal(now.link.in_ns, opened_ns + 5 * MS_NS);
	wait_ms(5);
	write_text("xy");
	assert_int_equal(now.link.bytes_out, 2);
	assert_int_equal(link_moved_ns(&now.link), opened_ns + 10 * MS_NS);
	assert_string_equal(fake_written(now.fake), "xy");
}

static void a_transport_that_has_to_look_moves_nothing_unseen(void **state)
{
	(void)state;
	assert_int_equal(link_read_to(&now.link, 0, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(link_write_from(&now.link, 0, true, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(now.link.broken, 0);
}

static void an_end_without_a_word_is_one_soon_after_dialling(void **state)
{
	(void)state;
	dial();
	step(LOOP_READ);
	assert_false(link_is_wordless(&now.link));
	fake_feed_end(now.fake);
	turn();
	assert_true(link_is_wordless(&now.link));
	clock_ns += 1000 * MS_NS;
	turn();
	assert_false(link_is_wordless(&now.link));
}

static void who_came_to_us_owes_no_word(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	turn();
	assert_true(now.link.has_peer_ended);
	assert_false(link_is_wordless(&now.link));
}

/* The end */

static void it_is_over_when_both_halves_have_ended(void **state)
{
	(void)state;
	fake_feed(now.fake, "bye");
	fake_feed_end(now.fake);
	turn();
	assert_string_equal(now.came, "bye");
	assert_int_equal(now.overs, 0);
	assert_int_equal(now.link.halves, HALVES_IN_CLOSED);
	write_text("bye");
	step(LOOP_READ | LINK_END_OUT);
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(now.ends_out, 1);
	assert_over(0);
}

static void our_end_goes_once_and_the_peer_may_go_on(void **state)
{
	(void)state;
	step(LOOP_READ | LINK_END_OUT);
	fake_feed(now.fake, "more");
	turn();
	assert_int_equal(now.ends_out, 1);
	assert_int_equal(now.overs, 0);
	assert_string_equal(now.came, "more");
	fake_feed_end(now.fake);
	turn();
	assert_over(0);
}

static void leaving_waits_for_acknowledgements_alone(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 7, 0);
	step(LOOP_READ | LINK_END_OUT | LINK_LEAVE);
	wait_ms(200);
	assert_int_equal(now.overs, 0);
	assert_int_equal(now.unacked, 7);
	size_t waits = now.waits;
	wait_ms(100); /* it is asked about less and less often */
	assert_true(now.waits > waits && now.waits <= waits + 3);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void leaving_waits_for_our_end(void **state)
{
	(void)state;
	step(LOOP_READ | LINK_LEAVE);
	wait_ms(100);
	assert_int_equal(now.overs, 0);
	step(LOOP_READ | LINK_LEAVE | LINK_END_OUT);
	assert_over(0);
}

static void a_half_that_has_ended_wakes_nobody(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	now.wishes = LOOP_READ;
	fake_feed_end(now.fake);
	turn();
	size_t readies = now.readies;
	turn();
	assert_int_equal(now.readies, readies);
	step(LOOP_READ | LOOP_WRITE | LINK_END_OUT);
	readies = now.readies;
	turn();
	assert_int_equal(now.readies, readies);
}

static void a_hang_up_after_both_ends_is_no_break(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	now.wishes = LOOP_READ;
	fake_feed_end(now.fake);
	turn();
	step(LOOP_HANGUP | LINK_END_OUT);
	fake_feed_error(now.fake, ECONNRESET);
	wait_ms(5);
	assert_int_equal(now.overs, 0);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void nobody_is_asked_before_our_end(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	step(LOOP_READ | LINK_ASK);
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(now.waits, 0); /* our half goes on */
	step(LOOP_READ | LINK_ASK | LINK_END_OUT);
	assert_false(now.link.is_settled);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void who_asks_learns_it_while_the_peer_goes_on(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	step(LOOP_READ | LINK_ASK | LINK_END_OUT);
	assert_false(now.link.is_settled);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_true(now.link.is_settled);
	assert_int_equal(now.overs, 0);
}

static void what_is_at_hand_puts_the_end_off(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	step(LINK_HOLD | LOOP_READ | LINK_END_OUT);
	wait_ms(200);
	assert_int_equal(now.overs, 0);
	step(LINK_END_OUT);
	assert_over(0);
}

static void closing_destroys_nothing_that_the_peer_has_to_read(void **state)
{
	(void)state;
	step(0);
	fake_feed(now.fake, "unread");
	link_close(&now.link, false);
	assert_int_equal(fake_unread(now.fake), 0);
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
	link_close(&now.link, true); /* harmless */
	assert_int_equal(now.overs, 0);
}

static void an_abort_resets_it(void **state)
{
	(void)state;
	link_close(&now.link, true);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
	assert_int_equal(now.link.halves, HALVES_CLOSED);
	assert_null(now.link.watch.loop);
}

/* A break */

static void a_reset_comes_after_what_had_come(void **state)
{
	(void)state;
	now.wishes = LOOP_READ;
	fake_feed(now.fake, "last words");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_string_equal(now.came, "last words");
	assert_over(ECONNRESET);
	assert_non_null(strstr(now.error.text, "by " WHERE " after 10 bytes"));
}

static void a_failed_write_is_told_after_what_had_come(void **state)
{
	(void)state;
	now.reads = false;
	fake_feed(now.fake, "last words");
	fake_feed_error(now.fake, ECONNRESET);
	fake_fail_write(now.fake, EPIPE);
	write_text("x");
	assert_int_equal(now.link.halves, HALVES_OUT_CLOSED);
	now.reads = true;
	step(LOOP_READ | LOOP_WRITE | LINK_END_OUT);
	assert_false(fake_is_shut_down(now.fake));
	assert_string_equal(now.came, "last words");
	assert_over(EPIPE);
	assert_string_equal(now.error.code, "EPIPE");
}

static void a_write_that_has_to_wait_breaks_nothing(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	write_text("x");
	assert_int_equal(now.link.broken, 0);
	step(LOOP_READ);
	assert_int_equal(now.overs, 0);
}

static void what_is_at_hand_is_passed_on_before_a_break(void **state)
{
	(void)state;
	now.wishes = LOOP_READ | LINK_HOLD;
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_int_equal(now.overs, 0);
	step(LOOP_READ);
	assert_over(ECONNRESET);
}

static void one_that_fails_while_all_is_on_its_way_has_broken(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	fake_set_pending(now.fake, 3, 0);
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(5);
	fake_set_pending(now.fake, -1, ETIMEDOUT);
	wait_ms(51);
	assert_over(ETIMEDOUT);
}

static void an_owner_that_cannot_go_on_ends_it(void **state)
{
	(void)state;
	link_break(&now.link, ENOMEM);
	link_break(&now.link, EIO);
	step(LOOP_READ);
	assert_over(ENOMEM);
}

static void a_hang_up_is_told_when_nothing_else_is_wished(void **state)
{
	(void)state;
	step(LOOP_HANGUP);
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_over(EPIPE);
}

/* Time */

static void silence_ends_it_and_anything_that_moves_does_not(void **state)
{
	(void)state;
	link_set_idle(&now.link, 100 * MS_NS);
	for (int i = 0; i < 4; i++) {
		wait_ms(80);
		if (i % 2)
			write_text("x");
		else
			fake_feed(now.fake, "y");
		turn();
	}
	wait_ms(99);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(ETIMEDOUT);
	assert_string_equal(now.error.text, "idle: nothing moved from or to "
	                    WHERE " for 0.1 s");
}

static void a_limit_that_is_taken_back_ends_nothing(void **state)
{
	(void)state;
	link_set_idle(&now.link, 100 * MS_NS);
	wait_ms(50);
	link_set_idle(&now.link, 0);
	wait_ms(100);
	link_set_idle(&now.link, 200 * MS_NS);
	wait_ms(49);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(ETIMEDOUT);
}

static void the_owners_alarms_come_once_each(void **state)
{
	(void)state;
	link_set_alarm(&now.link, LINK_OWN + 1, 20 * MS_NS);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	wait_ms(10);
	assert_int_equal(now.alarms[LINK_OWN], 1);
	assert_false(link_has_alarm(&now.link, LINK_OWN));
	assert_true(link_has_alarm(&now.link, LINK_OWN + 1));
	wait_ms(10);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	link_stop_alarm(&now.link, LINK_OWN);
	wait_ms(50);
	assert_int_equal(now.alarms[LINK_OWN], 1);
	assert_int_equal(now.alarms[LINK_OWN + 1], 1);
}

static void nobody_is_called_after_a_close(void **state)
{
	(void)state;
	link_set_idle(&now.link, 10 * MS_NS);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	link_close(&now.link, false);
	wait_ms(50);
	assert_int_equal(now.overs + now.alarms[LINK_OWN], 0);
}

static void one_after_another_knows_nothing_of_the_one_before(void **state)
{
	(void)state;
	link_set_alarm(&now.link, LINK_OWN, MS_NS);
	fake_feed(now.fake, "one");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_over(ECONNRESET);
	now.fake = fake_open();
	assert_int_equal(link_take(&now.link, fake_transport(now.fake)), 0);
	step(LOOP_READ);
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.link.broken, 0);
	assert_int_equal(now.link.bytes_in, 0);
	assert_int_equal(now.link.halves, HALVES_OPEN);
	link_set_alarm(&now.link, LINK_OWN + 1, 5 * MS_NS);
	wait_ms(5);
	assert_int_equal(now.alarms[LINK_OWN], 0);
}

#define OPEN(name)  cmocka_unit_test_setup_teardown(name, start_open, finish)
#define FRESH(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(one_that_was_dialled_opens),
		FRESH(one_that_is_refused_is_over),
		FRESH(closing_gives_up_dialling),
		OPEN(bytes_are_counted_with_their_time),
		OPEN(a_transport_that_has_to_look_moves_nothing_unseen),
		FRESH(an_end_without_a_word_is_one_soon_after_dialling),
		OPEN(who_came_to_us_owes_no_word),
		OPEN(it_is_over_when_both_halves_have_ended),
		OPEN(our_end_goes_once_and_the_peer_may_go_on),
		OPEN(leaving_waits_for_acknowledgements_alone),
		OPEN(leaving_waits_for_our_end),
		OPEN(a_half_that_has_ended_wakes_nobody),
		OPEN(a_hang_up_after_both_ends_is_no_break),
		OPEN(nobody_is_asked_before_our_end),
		OPEN(who_asks_learns_it_while_the_peer_goes_on),
		OPEN(what_is_at_hand_puts_the_end_off),
		OPEN(closing_destroys_nothing_that_the_peer_has_to_read),
		OPEN(an_abort_resets_it),
		OPEN(a_reset_comes_after_what_had_come),
		OPEN(a_failed_write_is_told_after_what_had_come),
		OPEN(a_write_that_has_to_wait_breaks_nothing),
		OPEN(what_is_at_hand_is_passed_on_before_a_break),
		OPEN(one_that_fails_while_all_is_on_its_way_has_broken),
		OPEN(an_owner_that_cannot_go_on_ends_it),
		OPEN(a_hang_up_is_told_when_nothing_else_is_wished),
		OPEN(silence_ends_it_and_anything_that_moves_does_not),
		OPEN(a_limit_that_is_taken_back_ends_nothing),
		OPEN(the_owners_alarms_come_once_each),
		OPEN(nobody_is_called_after_a_close),
		OPEN(one_after_another_knows_nothing_of_the_one_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
