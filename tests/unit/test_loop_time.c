/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The loop's timers, deferred calls and turns, on both of its backends, with
 * real sockets and pipes. */

#include "loop_scene.h"

static struct probe *add_timer(char name, int64_t delay_ns)
{
	struct probe *p = add_probe(name);
	timer_start(loop, &p->timer, delay_ns);
	return p;
}

static struct probe *add_later(char name)
{
	struct probe *p = add_probe(name);
	loop_later(loop, &p->later);
	return p;
}

static void stop_loop(struct probe *p)
{
	(void)p;
	loop_stop(loop, 7);
}

/* Timers */

static void timers_run_in_the_order_of_their_times(void **state)
{
	(void)state;
	for (int i = 0; i < 26; i++)
		add_timer((char)('a' + i * 7 % 26), i * 7 % 26 * MS_NS);
	clock_ns += SECOND_NS;
	assert_string_equal(turn(), "abcdefghijklmnopqrstuvwxyz");
}

static void timers_of_one_delay_run_as_they_were_started(void **state)
{
	(void)state;
	for (char c = 'a'; c <= 'z'; c++)
		add_timer(c, MS_NS);
	clock_ns += SECOND_NS;
	assert_string_equal(turn(), "abcdefghijklmnopqrstuvwxyz");
}

static void a_timer_is_stopped_or_moved_from_anywhere_in_the_heap(void **state)
{
	(void)state;
	for (int i = 0; i < 26; i++)
		add_timer((char)('a' + i), i * 7 % 26 * SECOND_NS);
	for (size_t i = 0; i < 26; i += 2)
		timer_stop(&probes[i]->timer);
	for (int i = 1; i < 26; i += 4)
		timer_start(loop, &probes[i]->timer, (100 - i) * SECOND_NS);
	clock_ns += 50 * SECOND_NS;
	assert_string_equal(turn(), "ptxdhl");
	clock_ns += 50 * SECOND_NS;
	assert_string_equal(turn(), "zvrnjfb");
}

static int64_t last_ns;

static void run_in_order(struct probe *p)
{
	assert_true(p->timer.due_ns >= last_ns);
	last_ns = p->timer.due_ns;
}

static void the_order_outlives_any_starts_and_stops(void **state)
{
	size_t count = 0;
	(void)state;
	last_ns = 0;
	srandom(1);
	for (size_t i = 0; i < MANY; i++)
		add_timer('a', random() % SECOND_NS)->act = run_in_order;
	for (size_t i = 0; i < 5 * MANY; i++) {
		struct timer *t = &probes[random() % MANY]->timer;
		if (t->loop)
			timer_stop(t);
		else
			timer_start(loop, t, random() % SECOND_NS);
	}
	for (size_t i = 0; i < MANY; i++)
		count += probes[i]->timer.loop != NULL;
	clock_ns += 2 * SECOND_NS;
	assert_int_equal(strlen(turn()), count);
}

static void start_again(struct probe *p)
{
	timer_start(loop, &p->timer, 0);
}

static void start_overdue(struct probe *p)
{
	timer_start(loop, &p->timer, -SECOND_NS);
}

static void a_timer_without_delay_waits_for_the_next_turn(void **state)
{
	struct probe *p = add_timer('a', 0);
	(void)state;
	add_timer('z', 60 * SECOND_NS);
	p->act = start_again;
	for (int i = 0; i < 3; i++)
		assert_string_equal(turn(), "a");
}

static void a_timer_without_delay_starves_nobody(void **state)
{
	struct probe *p = add_socket('s', LOOP_READ);
	(void)state;
	say(p);
	add_timer('a', 0)->act = start_again;
	add_timer('b', 0)->act = start_overdue;
	for (int i = 0; i < 3; i++)
		assert_string_equal(turn(), "sab");
}

static void a_timer_stopped_by_another_does_not_run(void **state)
{
	struct probe *a = add_timer('a', 1);
	(void)state;
	a->act = drop_others;
	for (int i = 0; i < 5; i++)
		add_timer('b', 2);
	clock_ns += SECOND_NS;
	assert_string_equal(turn(), "a");
	a->act = drop;
	start_again(a);
	assert_string_equal(turn(), "a");
}

static void start_late(struct probe *p)
{
	clock_ns += SECOND_NS;
	p->act = NULL;
	timer_start(loop, &p->timer, MS_NS);
}

static void a_delay_counts_from_its_start_in_a_long_turn(void **state)
{
	add_timer('a', 0)->act = start_late;
	(void)state;
	assert_string_equal(turn(), "a");
	assert_string_equal(turn(), "");
	clock_ns += MS_NS;
	assert_string_equal(turn(), "a");
}

static void one_sleep_lasts_until_the_next_timer(void **state)
{
	(void)state;
	add_timer('b', 90 * SECOND_NS);
	struct probe *a = add_timer('a', 30 * SECOND_NS);
	int64_t start_ns = clock_ns;
	a->act = stop_loop;
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(trace, "a");
	assert_int_equal(sleeps, 1);
	assert_between(clock_ns - start_ns, 30 * SECOND_NS,
	                30 * SECOND_NS + 10);
}

static void a_turn_waits_no_longer_than_it_was_told(void **state)
{
	int64_t start_ns = clock_ns;
	(void)state;
	add_timer('a', 60 * SECOND_NS);
	loop_turn(loop, 2500);
	assert_string_equal(trace, "");
	assert_between(clock_ns - start_ns, 2500 * MS_NS, 2500 * MS_NS + 10);
	loop_turn(loop, 600000);
	assert_string_equal(trace, "a");
	assert_between(clock_ns - start_ns, 60 * SECOND_NS,
	                60 * SECOND_NS + 10);
}

/* Deferred calls */

static void queue_again(struct probe *p)
{
	loop_later(loop, &p->later);
}

static void a_deferred_call_comes_once(void **state)
{
	struct probe *p = add_later('a');
	(void)state;
	add_later('b');
	queue_again(p);
	assert_string_equal(turn(), "ab");
	assert_string_equal(turn(), "");
}

static void a_call_deferred_by_a_deferred_call_comes_next_turn(void **state)
{
	(void)state;
	add_later('a')->act = queue_again;
	for (int i = 0; i < 3; i++) {
		memset(trace, 0, sizeof(trace));
		assert_int_equal(loop_turn(loop, -1), 0);
		assert_string_equal(trace, "a");
	}
	assert_int_equal(sleeps, 0);
}

static void a_cancelled_call_does_not_come(void **state)
{
	(void)state;
	for (char c = 'a'; c <= 'e'; c++)
		add_later(c);
	later_cancel(&probes[0]->later);
	later_cancel(&probes[2]->later);
	later_cancel(&probes[4]->later);
	add_later('f');
	assert_string_equal(turn(), "bdf");
}

static void replace_others(struct probe *p)
{
	drop_others(p);
	add_later('n');
	p->act = drop;
	queue_again(p);
}

static void a_deferred_call_may_cancel_those_behind_it(void **state)
{
	(void)state;
	for (char c = 'a'; c <= 'd'; c++)
		add_later(c)->act = replace_others;
	assert_string_equal(turn(), "a");
	assert_string_equal(turn(), "na");
	assert_string_equal(turn(), "");
}

/* Turns */

static void on_turn_end(void *user)
{
	called(user);
}

static void a_turn_has_its_order(void **state)
{
	(void)state;
	loop_on_turn_end(loop, on_turn_end, add_probe('e'));
	add_later('l');
	add_timer('t', 0);
	say(add_socket('s', LOOP_READ));
	assert_string_equal(turn(), "stle");
	drop_others(probes[0]);
	assert_string_equal(turn(), "e");
}

static void a_stop_lets_the_turn_come_to_its_end(void **state)
{
	struct probe *p = add_pipe('a', LOOP_READ);
	(void)state;
	p->act = stop_loop;
	say(p);
	say(add_pipe('b', LOOP_READ));
	add_timer('c', 0);
	add_later('d');
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(trace, "abcd");
	assert_int_equal(loop_run(loop), 7);
	assert_int_equal(p->calls, 2);
}

static void a_stop_before_the_run_is_kept(void **state)
{
	(void)state;
	loop_stop(loop, 3);
	assert_int_equal(loop_run(loop), 3);
	assert_int_equal(loop_turns(loop), 0);
}

static void a_signal_makes_an_ordinary_turn(void **state)
{
	(void)state;
	say(add_pipe('a', LOOP_READ));
	assert_string_equal(turn(), "a");
	add_timer('t', 0);
	poll_error = EINTR;
	assert_string_equal(turn(), "t");
	assert_string_equal(turn(), "a");
}

static void a_poll_that_fails_ends_the_run(void **state)
{
	(void)state;
	poll_error = ENOMEM;
	assert_int_equal(loop_run(loop), -1);
	assert_int_equal(errno, ENOMEM);
}

static int64_t seen_ns[2];

static void look_at_the_clock(struct probe *p)
{
	seen_ns[p->name == 'b'] = loop_now_ns(loop);
	clock_ns += SECOND_NS;
}

static void the_clock_stands_still_in_a_turn(void **state)
{
	(void)state;
	add_timer('a', 0)->act = look_at_the_clock;
	add_later('b')->act = look_at_the_clock;
	assert_string_equal(turn(), "ab");
	assert_true(seen_ns[0] == seen_ns[1]);
	turn();
	assert_true(loop_now_ns(loop) >= seen_ns[0] + 2 * SECOND_NS);
}

static void wake_up(void)
{
	assert_int_equal(loop_turns(loop), 0);
	say(probes[0]);
}

static void an_idle_loop_sleeps_without_a_turn(void **state)
{
	(void)state;
	add_pipe('a', LOOP_READ)->act = stop_loop;
	add_socket('b', LOOP_READ);
	add_socket('c', LOOP_HANGUP);
	close_fd(&add_socket('d', 0)->other);
	timer_stop(&add_timer('e', MS_NS)->timer);
	on_sleep_for_ever = wake_up;
	assert_int_equal(loop_run(loop), 7);
	assert_int_equal(sleeps, 1);
	assert_int_equal(loop_turns(loop), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_run_in_the_order_of_their_times),
		TEST(timers_of_one_delay_run_as_they_were_started),
		TEST(a_timer_is_stopped_or_moved_from_anywhere_in_the_heap),
		TEST(the_order_outlives_any_starts_and_stops),
		TEST(a_timer_without_delay_waits_for_the_next_turn),
		TEST(a_timer_without_delay_starves_nobody),
		TEST(a_timer_stopped_by_another_does_not_run),
		TEST(a_delay_counts_from_its_start_in_a_long_turn),
		TEST(one_sleep_lasts_until_the_next_timer),
		TEST(a_turn_waits_no_longer_than_it_was_told),
		TEST(a_deferred_call_comes_once),
		TEST(a_call_deferred_by_a_deferred_call_comes_next_turn),
		TEST(a_cancelled_call_does_not_come),
		TEST(a_deferred_call_may_cancel_those_behind_it),
		TEST(a_turn_has_its_order),
		TEST(a_stop_lets_the_turn_come_to_its_end),
		TEST(a_stop_before_the_run_is_kept),
		TEST(a_signal_makes_an_ordinary_turn),
		TEST(a_poll_that_fails_ends_the_run),
		TEST(the_clock_stands_still_in_a_turn),
		TEST(an_idle_loop_sleeps_without_a_turn),
	};
	return RUN_ON_BOTH(tests);
}
