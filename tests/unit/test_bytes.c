/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A growable run of bytes, and its ceiling. */

#include <errno.h>

#include <sockchat/bytes.h>

#include "unit.h"

static void assert_bytes(struct bytes *b, const char *text)
{
	assert_int_equal(b->len, strlen(text));
	assert_string_equal(bytes_text(b), text);
}

static void a_zeroed_buffer_is_empty(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_bytes(&b, "");
	assert_int_equal(bytes_append(&b, NULL, 0), 0);
	bytes_consume(&b, 0);
	assert_bytes(&b, "");
	bytes_finish(&b);
}

static void appended_bytes_follow_those_before(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	assert_int_equal(bytes_append(&b, "a\0b", 3), 0);
	assert_memory_equal(b.data, "a\0b", 3);
	bytes_clear(&b);
	assert_int_equal(bytes_append_text(&b, "one"), 0);
	assert_int_equal(bytes_append_byte(&b, ','), 0);
	assert_int_equal(bytes_printf(&b, "%d%s", 2, ""), 0);
	assert_bytes(&b, "one,2");
	bytes_finish(&b);
}

static void a_buffer_grows_to_any_length(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(bytes_append_byte(&b, (uint8_t)i), 0);
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(b.data[i], i & 0xff);
	bytes_finish(&b);
}

static void a_full_buffer_refuses_more(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 4);
	assert_int_equal(bytes_append_text(&b, "four"), 0);
	assert_int_equal(bytes_append(&b, "", 0), 0);
	errno = 0;
	assert_int_equal(bytes_append_byte(&b, '!'), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(bytes_printf(&b, "%d", 5), -1);
	assert_bytes(&b, "four");
	bytes_finish(&b);
}

static void bytes_that_do_not_fit_are_refused_whole(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 4);
	assert_int_equal(bytes_append_text(&b, "abc"), 0);
	assert_int_equal(bytes_append_text(&b, "de"), -1);
	assert_int_equal(bytes_printf(&b, "%s", "de"), -1);
	assert_bytes(&b, "abc");
	bytes_finish(&b);
}

static void the_ceiling_does_not_count_the_final_nul(void **state)
{
	struct bytes b;

	(void)state;
	/* 64 is what is allocated first: the NUL is the 65th. */
	bytes_init(&b, 64);
	assert_int_equal(bytes_printf(&b, "%064d", 7), 0);
	assert_int_equal(strlen(bytes_text(&b)), 64);
	assert_int_equal(bytes_append_byte(&b, '!'), -1);
	bytes_finish(&b);
	bytes_init(&b, 100);
	assert_int_equal(bytes_printf(&b, "%0100d", 7), 0);
	assert_int_equal(bytes_append_byte(&b, '!'), -1);
	bytes_finish(&b);
}

static void reading_it_as_text_allocates_nothing(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		size_t cap = b.cap;
		assert_int_equal(strlen(bytes_text(&b)), i);
		assert_int_equal(b.cap, cap);
		assert_int_equal(bytes_append_byte(&b, 'x'), 0);
	}
	bytes_finish(&b);
	assert_int_equal(bytes_printf(&b, "%s", ""), 0);
	assert_bytes(&b, "");
}

static void a_ceiling_of_size_max_means_no_ceiling(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, SIZE_MAX);
	assert_int_equal(bytes_append_text(&b, "a"), 0);
	assert_int_equal(bytes_reserve(&b, SIZE_MAX - 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(bytes_reserve(&b, SIZE_MAX), -1);
	assert_int_equal(bytes_printf(&b, "%c", 'b'), 0);
	assert_bytes(&b, "ab");
	bytes_finish(&b);
}

static void reserved_room_stays_where_it_is(void **state)
{
	struct bytes b = { 0 };
	const uint8_t *at;

	(void)state;
	assert_int_equal(bytes_reserve(&b, 1000), 0);
	at = b.data;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(bytes_append_byte(&b, 'x'), 0);
	assert_ptr_equal(b.data, at);
	bytes_finish(&b);
}

static void consuming_moves_the_rest_to_the_front(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 6);
	assert_int_equal(bytes_append_text(&b, "abcdef"), 0);
	bytes_consume(&b, 2);
	assert_bytes(&b, "cdef");
	assert_int_equal(bytes_append_text(&b, "gh"), 0);
	assert_bytes(&b, "cdefgh");
	bytes_consume(&b, 6);
	assert_bytes(&b, "");
	bytes_finish(&b);
}

static void a_finished_buffer_is_empty_and_keeps_its_ceiling(void **state)
{
	struct bytes b;

	(void)state;
	bytes_init(&b, 3);
	assert_int_equal(bytes_append_text(&b, "abc"), 0);
	bytes_finish(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(bytes_append_text(&b, "abcd"), -1);
	assert_int_equal(bytes_append_text(&b, "abc"), 0);
	bytes_finish(&b);
}

#ifndef __SANITIZE_ADDRESS__ /* it ends a program that asks for too much */

static void a_failed_allocation_is_reported(void **state)
{
	(void)state;
	assert_true(bytes_have_memory(1));
	assert_false(bytes_have_memory(SIZE_MAX / 2));
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_buffer_is_empty),
		cmocka_unit_test(appended_bytes_follow_those_before),
		cmocka_unit_test(a_buffer_grows_to_any_length),
		cmocka_unit_test(a_full_buffer_refuses_more),
		cmocka_unit_test(bytes_that_do_not_fit_are_refused_whole),
		cmocka_unit_test(the_ceiling_does_not_count_the_final_nul),
		cmocka_unit_test(reading_it_as_text_allocates_nothing),
		cmocka_unit_test(a_ceiling_of_size_max_means_no_ceiling),
		cmocka_unit_test(reserved_room_stays_where_it_is),
		cmocka_unit_test(consuming_moves_the_rest_to_the_front),
		cmocka_unit_test(
		    a_finished_buffer_is_empty_and_keeps_its_ceiling),
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(a_failed_allocation_is_reported),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
