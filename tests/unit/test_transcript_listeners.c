/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Those who listen to a transcript: who is told what, and in which order. */

#include <stdio.h>

#include <sockchat/transcript.h>

#include "entry_piece.h"
#include "entry_at.h"
#include "unit.h"

static struct transcript *t;

static uint64_t add_text(const char *text)
{
	return transcript_append(t, &(struct entry){
		.session = 1,
		.kind = ENTRY_MESSAGE,
		.dir = ENTRY_IN,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = "127.0.0.1:9",
	});
}

static int extend_text(uint64_t seq, const char *text)
{
	return transcript_extend(t, seq, ENTRY_PIECE(text, strlen(text), 0));
}

struct seen {
	struct transcript_listener listener;
	size_t calls;
	uint64_t seq, count;
	size_t len;
};

static void on_entries(void *user, uint64_t first, uint64_t end)
{
	struct seen *seen = user;
	seen->calls++;
	seen->seq = end - 1;
	seen->count += end - first;
	seen->len = entry_at(t, first)->len;
}

static void listen_for(struct seen *seen)
{
	seen->listener.on_entries = on_entries;
	seen->listener.user = seen;
	transcript_listen(t, &seen->listener);
}

static void every_addition_is_told_once(void **state)
{
	struct seen seen = { .calls = 0 };
	(void)state;
	listen_for(&seen);
	add_text("a");
	add_text("bc");
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.len, 2);
	extend_text(1, "a");
	assert_int_equal(seen.calls, 3);
	assert_int_equal(seen.seq, 1);
	assert_int_equal(seen.len, 2);
	assert_int_equal(extend_text(9, "a"), -1);
	assert_int_equal(seen.calls, 3);
}

/* Told later, with others that are like it. */
static uint64_t add_alike(void)
{
	return transcript_add(t, &(struct entry){
		.time = { .wall_us = 5, .mono_ns = 6 },
		.session = 1,
		.kind = ENTRY_MESSAGE,
		.peer = "a:1",
	}, ENTRY_PIECE("x", 1, 0));
}

static void many_are_told_together(void **state)
{
	struct seen seen = { .calls = 0 };
	(void)state;
	listen_for(&seen);
	for (int i = 0; i < 3; i++)
		add_alike();
	assert_int_equal(seen.calls, 0);
	transcript_tell(t);
	transcript_tell(t);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.seq, 3);
	add_alike();
	extend_text(1, "a"); /* in the order in which it happened */
	assert_int_equal(seen.calls, 3);
	assert_int_equal(seen.count, 5);
	assert_int_equal(seen.seq, 1);
}

static void entries_are_told_before_they_are_dropped(void **state)
{
	struct seen seen = { .calls = 0 };
	(void)state;
	listen_for(&seen);
	while (transcript_first(t) == 1)
		add_alike();
	assert_true(seen.count >= transcript_first(t) - 1);
	transcript_tell(t);
	assert_int_equal(seen.count, transcript_end(t) - 1);
}

/* Three listeners write down what they are told, and one of them acts. */
struct party {
	struct transcript_listener listener;
	char name;
	void (*act)(void);
};

static struct party *parties[3]; /* in the order in which they are told */
static char told[100];

static void write_down(void *user, uint64_t first, uint64_t end)
{
	struct party *p = user;
	size_t used = strlen(told);
	void (*act)(void) = p->act;
	snprintf(told + used, sizeof(told) - used, "%c%d-%d ", p->name,
	         (int)first, (int)end);
	p->act = NULL;
	if (act)
		act();
}

static void leave_party(size_t i)
{
	transcript_unlisten(t, &parties[i]->listener);
	free(parties[i]);
	parties[i] = NULL;
}

static void join_parties(void)
{
	told[0] = '\0';
	for (size_t i = 3; i-- > 0;) {
		parties[i] = calloc(1, sizeof(*parties[i]));
		assert_non_null(parties[i]);
		parties[i]->name = (char)('A' + i);
		parties[i]->listener.on_entries = write_down;
		parties[i]->listener.user = parties[i];
		transcript_listen(t, &parties[i]->listener);
	}
}

static void leave_all(void)
{
	for (size_t i = 0; i < 3; i++)
		if (parties[i])
			leave_party(i);
}

static void leave_first_two(void)
{
	leave_party(0);
	leave_party(1);
}

static void add_and_extend(void)
{
	add_text("more");
	extend_text(1, "!");
	leave_party(2);
}

static void all_listeners_are_told_in_the_same_order(void **state)
{
	(void)state;
	join_parties();
	add_text("a");
	assert_string_equal(told, "A1-2 B1-2 C1-2 ");
	told[0] = '\0';
	extend_text(1, "b");
	assert_string_equal(told, "A1-2 B1-2 C1-2 ");
	leave_all();
	add_text("c");
	assert_string_equal(told, "A1-2 B1-2 C1-2 ");
}

static void listeners_may_go_while_they_are_told(void **state)
{
	static void (*const acts[])(void) = { leave_first_two, leave_all };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		join_parties();
		parties[0]->act = acts[i];
		add_text("a");
		assert_string_equal(told, i ? "A2-3 " : "A1-2 C1-2 ");
		leave_all();
	}
}

static void what_a_listener_adds_is_told_to_all_afterwards(void **state)
{
	(void)state;
	add_text("one");
	join_parties();
	parties[0]->act = add_and_extend;
	add_text("two");
	assert_string_equal(told, "A2-3 A1-2 B1-2 C1-2 "
	                          "B2-3 A3-4 B3-4 ");
	leave_all();
}

static int set_up(void **state)
{
	(void)state;
	t = transcript_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_addition_is_told_once),
		TEST(many_are_told_together),
		TEST(entries_are_told_before_they_are_dropped),
		TEST(all_listeners_are_told_in_the_same_order),
		TEST(listeners_may_go_while_they_are_told),
		TEST(what_a_listener_adds_is_told_to_all_afterwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
