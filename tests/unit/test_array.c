/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "unit.h"

#include <stdlib.h>

#include <sockchat/array.h>

static void an_array_keeps_what_it_has_as_it_grows(void **state)
{
	uint64_t *numbers = NULL;
	size_t cap = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		numbers = array_grow(numbers, &cap, i, sizeof(*numbers));
		assert_non_null(numbers);
		assert_true(cap > i);
		numbers[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

static void items_make_room_for_another_and_close_its_gap(void **state)
{
	char *items = NULL;
	size_t cap = 0, count = 0;
	static const char in_order[] = "abcd";
	(void)state;
	for (const char *c = "cadb"; *c; c++, count++) {
		size_t i = 0;
		ARRAY_FIND(i, count, items[i] >= *c);
		items = array_insert(items, &cap, count, 1, i);
		assert_non_null(items);
		items[i] = *c;
	}
	assert_memory_equal(items, in_order, 4);
	array_remove(items, count--, 1, 1);
	assert_memory_equal(items, "acd", 3);
	array_remove(items, count--, 1, 2);
	assert_memory_equal(items, "ac", 2);
	free(items);
}

static void an_array_with_room_stays_where_it_is(void **state)
{
	char items[4];
	size_t cap = sizeof(items);

	(void)state;
	assert_ptr_equal(array_grow(items, &cap, 3, 1), items);
	assert_int_equal(cap, sizeof(items));
}

static void without_memory_an_array_stays_as_it_was(void **state)
{
	size_t cap = 0;

	(void)state;
	assert_null(array_grow(NULL, &cap, 1000, SIZE_MAX / 2));
	assert_int_equal(cap, 0);
}

static void the_first_item_that_is_reached_is_found(void **state)
{
	const int items[] = { 1, 3, 3, 7 };
	size_t i;

	(void)state;
	for (size_t count = 0; count <= 4; count++)
		for (int wanted = 0; wanted < 9; wanted++) {
			size_t first = 0;
			while (first < count && items[first] < wanted)
				first++;
			ARRAY_FIND(i, count, items[i] >= wanted);
			assert_int_equal(i, first);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_keeps_what_it_has_as_it_grows),
		cmocka_unit_test(
		    items_make_room_for_another_and_close_its_gap),
		cmocka_unit_test(an_array_with_room_stays_where_it_is),
		cmocka_unit_test(without_memory_an_array_stays_as_it_was),
		cmocka_unit_test(the_first_item_that_is_reached_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
