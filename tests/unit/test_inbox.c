/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams wait whole and in their order. */

#include "unit.h"

#include "../../src/net/inbox.h"

static void put(struct inbox *box, const char *text)
{
	assert_int_equal(inbox_put(box, text, strlen(text)), 0);
}

static void assert_next(struct inbox *box, const char *text)
{
	char bytes[64];
	size_t n = inbox_take(box, bytes, sizeof(bytes));

	assert_int_equal(n, strlen(text));
	assert_memory_equal(bytes, text, n);
}

static void datagrams_are_taken_whole_and_in_their_order(void **state)
{
	struct inbox box = { .at = 0 };

	(void)state;
	put(&box, "one");
	put(&box, "");
	put(&box, "three");
	assert_next(&box, "one");
	put(&box, "four");
	assert_next(&box, "");
	assert_next(&box, "three");
	assert_next(&box, "four");
	assert_int_equal(inbox_len(&box), 0);
	inbox_finish(&box);
}

static void an_empty_inbox_has_no_memory(void **state)
{
	struct inbox box = { .at = 0 };

	(void)state;
	put(&box, "one");
	assert_next(&box, "one");
	assert_null(box.bytes.data);
}

static void what_does_not_fit_the_reader_is_cut(void **state)
{
	struct inbox box = { .at = 0 };
	char bytes[2];

	(void)state;
	put(&box, "one");
	put(&box, "two");
	assert_int_equal(inbox_take(&box, bytes, sizeof(bytes)), 2);
	assert_next(&box, "two");
	inbox_finish(&box);
}

static void empty_datagrams_fill_it_as_well(void **state)
{
	struct inbox box = { .at = 0 };
	size_t count = 0;

	(void)state;
	for (; !inbox_is_full(&box); count++)
		put(&box, "");
	assert_true(count > 1000 && count <= INBOX_MAX);
	while (inbox_len(&box))
		assert_next(&box, "");
	inbox_finish(&box);
}

static void what_was_read_is_forgotten_on_the_way(void **state)
{
	struct inbox box = { .at = 0 };

	(void)state;
	put(&box, "first");
	for (int i = 0; i < 10000; i++) {
		put(&box, "again and again");
		inbox_take(&box, (char[64]){ 0 }, 64);
	}
	assert_true(box.bytes.cap <= 1024);
	inbox_finish(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams_are_taken_whole_and_in_their_order),
		cmocka_unit_test(an_empty_inbox_has_no_memory),
		cmocka_unit_test(what_does_not_fit_the_reader_is_cut),
		cmocka_unit_test(empty_datagrams_fill_it_as_well),
		cmocka_unit_test(what_was_read_is_forgotten_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
