/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits in the middle: its order, its numbers, its bound. */

#include <sockchat/hold.h>
#include <sockchat/lane.h>

#include "unit.h"

static struct hold hold;
static struct held_list list;
static struct lane lane;

static int begin(void **state)
{
	(void)state;
	hold = (struct hold){ .bytes = 0 };
	list = (struct held_list){ .first = NULL };
	lane = (struct lane){ .dir = ENTRY_OUT };
	return 0;
}

static int end(void **state)
{
	(void)state;
	while (list.first)
		hold_remove(&hold, &list, list.first);
	assert_int_equal(hold.bytes, 0);
	assert_int_equal(hold_count(&hold), 0);
	assert_null(hold.first);
	assert_null(hold.last);
	assert_null(list.last);
	return 0;
}

static struct held *add(const char *text, bool is_first)
{
	struct held *m = hold_add(&hold, &list, &lane, is_first);
	assert_non_null(m);
	assert_int_equal(hold_append(&hold, m, text, strlen(text)), 0);
	return m;
}

static struct held *add_numbered(const char *text)
{
	struct held *m = add(text, false);
	hold_number(&hold, m);
	return m;
}

static void those_with_a_number_are_found_by_it(void **state)
{
	struct held *a = add_numbered("a"), *b = add_numbered("b");
	struct held *c = add_numbered("c");
	(void)state;
	assert_int_equal(hold_count(&hold), 3);
	assert_ptr_equal(hold_find(&hold, 2), b);
	hold_release(&hold, b);
	hold_release(&hold, b);
	assert_null(hold_find(&hold, 2));
	assert_int_equal(b->number, 2);
	assert_ptr_equal(hold.first, a);
	assert_ptr_equal(a->after, c);
	hold_remove(&hold, &list, a);
	assert_ptr_equal(hold_find(&hold, 3), c);
	assert_int_equal(hold.count[1], 1);
	assert_int_equal(hold.count[0], 0);
}

static void numbers_are_not_given_again(void **state)
{
	(void)state;
	hold_remove(&hold, &list, add_numbered("a"));
	assert_int_equal(add_numbered("b")->number, 2);
}

static void what_is_said_stands_before_what_is_held(void **state)
{
	struct held *passes = add("passes", false);
	struct held *held = add_numbered("held");
	(void)state;
	passes->passes = true;
	struct held *said = add("said", true);
	said->passes = true;
	struct held *after = add("after", true);
	assert_ptr_equal(list.first, passes);
	assert_ptr_equal(passes->next, said);
	assert_ptr_equal(said->next, after);
	assert_ptr_equal(after->next, held);
	assert_ptr_equal(list.last, held);
}

static void the_last_may_go_first(void **state)
{
	struct held *a = add("a", false), *b = add("b", false);
	(void)state;
	list.open = list.unjudged = b;
	hold_remove(&hold, &list, b);
	assert_null(list.open);
	assert_null(list.unjudged);
	assert_ptr_equal(list.last, a);
}

static void the_bound_counts_bytes_and_messages(void **state)
{
	static const char filler[1 << 20];
	struct held *m = add("", false);
	(void)state;
	size_t empty = HOLD_MAX - hold_room(&hold);
	assert_true(empty > 0);
	for (int i = 0; i < 15; i++)
		assert_int_equal(
		    hold_append(&hold, m, filler, sizeof(filler)), 0);
	assert_int_equal(hold_room(&hold), (1 << 20) - empty);
	hold_shorten(&hold, m, 1 << 20);
	assert_int_equal(hold_room(&hold), (2 << 20) - empty);
	assert_int_equal(hold_append(&hold, m, filler, sizeof(filler)), 0);
	assert_int_equal(hold_append(&hold, m, filler, sizeof(filler)), 0);
	assert_int_equal(hold_room(&hold), 0);
	struct framed by = { .kind = NULL };
	assert_int_equal(bytes_append(&by.bytes, "short", 5), 0);
	hold_replace(&hold, m, &by);
	assert_int_equal(hold_room(&hold), HOLD_MAX - empty - 5);
}

static void as_an_entry_it_has_its_payload(void **state)
{
	struct bytes room = { 0 };
	size_t len;
	struct held *m = add("\3abc", false);
	(void)state;
	m->message.kind = frame_find("u8");
	m->message.prefix = 1;
	const struct entry e = hold_entry(m);
	assert_int_equal(e.dir, ENTRY_OUT);
	assert_memory_equal(entry_payload(&e, &room, &len), "abc", 3);
	assert_int_equal(len, 3);
	bytes_finish(&room);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(those_with_a_number_are_found_by_it),
		TEST(numbers_are_not_given_again),
		TEST(what_is_said_stands_before_what_is_held),
		TEST(the_last_may_go_first),
		TEST(the_bound_counts_bytes_and_messages),
		TEST(as_an_entry_it_has_its_payload),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
