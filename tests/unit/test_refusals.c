/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user is told of refused peers, by a clock that is moved. */

#include <arpa/inet.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/bytes.h>
#include <sockchat/refusals.h>

#include "unit.h"

static int ahead_s; /* of the real clock */
static struct loop *loop;
static struct refusals refused;
static struct bytes notes; /* one a line */

int clock_gettime(clockid_t id, struct timespec *time)
{
	int failed = (int)syscall(SYS_clock_gettime, id, time);
	time->tv_sec += ahead_s;
	return failed;
}

static void on_note(void *user, const char *code, const char *text)
{
	assert_ptr_equal(user, &refused);
	assert_string_equal(code, "peer-refused");
	assert_int_equal(bytes_printf(&notes, "%s\n", text), 0);
}

static int begin(void **state)
{
	(void)state;
	loop = loop_new(LOOP_AUTO);
	refusals_init(&refused, loop, "connections", on_note, &refused);
	return loop ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	refusals_finish(&refused);
	bytes_finish(&notes);
	loop_free(loop);
	return 0;
}

static void refuse(unsigned port, const char *why)
{
	struct address a;
	struct in_addr host = { htonl(0x0a000007) };
	address_set_host(&a, AF_INET, &host);
	address_set_port(&a, port);
	refusals_add(&refused, &a, why);
}

static void pass_a_second(void)
{
	ahead_s++;
	loop_turn(loop, 0);
}

/* All that was told since the last call. */
static void assert_told(const char *text)
{
	assert_string_equal(bytes_text(&notes), text);
	bytes_finish(&notes);
}

static void the_first_is_told_at_once(void **state)
{
	(void)state;
	refuse(4711, "it is in --deny");
	assert_told("10.0.0.7:4711 refused: it is in --deny\n");
	pass_a_second();
	assert_told("");
	refuse(4712, "it is in --deny");
	assert_told("10.0.0.7:4712 refused: it is in --deny\n");
}

static void those_of_a_second_are_told_together(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2001; i++)
		refuse(1000 + i, i < 2000 ? "it is in --deny" : "too many");
	assert_told("10.0.0.7:1000 refused: it is in --deny\n");
	pass_a_second();
	assert_told("2000 more connections refused, the last from "
	            "10.0.0.7:3000: too many\n");
	refuse(5, "too many");
	assert_told("");
	pass_a_second();
	assert_told("10.0.0.7:5 refused: too many\n");
	assert_int_equal(refused.count, 2002);
}

static void none_is_forgotten_at_the_end(void **state)
{
	(void)state;
	for (unsigned i = 1; i < 4; i++)
		refuse(i, "too many");
	assert_told("10.0.0.7:1 refused: too many\n");
	refusals_finish(&refused);
	assert_told("2 more connections refused, the last from 10.0.0.7:3: "
	            "too many\n");
	refusals_finish(&refused);
	assert_told("");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_is_told_at_once),
		TEST(those_of_a_second_are_told_together),
		TEST(none_is_forgotten_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
