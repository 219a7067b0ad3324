/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits for all peers together has one ceiling. */

#include <sys/mman.h>
#include <unistd.h>

#include "session_scene.h"

#define KIB   ((size_t)1024)
#define PEERS 3

static struct fake *fakes[PEERS];
static uint8_t block[64 * KIB];

/* Start peers that take nothing, with this ceiling. */
static void start_peers(size_t max)
{
	now.queues.max = max;
	now.settings.keeps_entries = false;
	for (size_t i = 0; i < PEERS; i++) {
		add_session();
		adopt();
		fakes[i] = now.fake;
		fake_limit_write(now.fake, 0);
	}
}

static size_t queued(size_t i)
{
	return queue_len(now.sessions[i]->queue);
}

/* They do not read either. */
static void feed(size_t i, size_t blocks)
{
	while (blocks--)
		fake_feed_bytes(fakes[i], block, sizeof(block));
	for (int n = 0; n < 200; n++)
		turn();
}

static void the_longest_queue_is_the_first_that_grows_no_more(void **state)
{
	(void)state;
	now.settings.echo = true;
	start_peers(256 * KIB);
	feed(0, 8);
	assert_between(queued(0), 128 * KIB, 192 * KIB);
	for (size_t i = 1; i < PEERS; i++) {
		feed(i, 8);
		assert_between(queued(i), 16 * KIB, queued(i - 1));
		assert_true(fake_unread(fakes[i]) > 0);
	}
	assert_between(now.queues.used, queued(0) + queued(1) + queued(2),
	               now.queues.max + 64 * KIB);
}

static void over_the_ceiling_everybody_gets_on_a_little(void **state)
{
	(void)state;
	now.settings.echo = true;
	start_peers(0);
	for (size_t i = 0; i < PEERS; i++) {
		feed(i, 1);
		assert_between(queued(i), 1, 8 * KIB);
		fake_limit_write(fakes[i], SIZE_MAX);
	}
	for (int n = 0; n < 200; n++)
		turn();
	for (size_t i = 0; i < PEERS; i++)
		assert_int_equal(fake_written_len(fakes[i]), sizeof(block));
	assert_int_equal(now.queues.used, 0);
}

static void what_one_gives_back_is_for_the_others(void **state)
{
	(void)state;
	now.settings.echo = true;
	start_peers(128 * KIB);
	feed(0, 4);
	feed(1, 4);
	size_t before = queued(1);
	now.session = now.sessions[0];
	session_reset(now.session);
	fake_limit_write(fakes[1], SIZE_MAX);
	fake_set_room(fakes[1], 60 * KIB);
	for (int n = 0; n < 200; n++)
		turn();
	assert_true(queued(1) > before);
	assert_between(now.queues.used, queued(1), queued(1) + 64 * KIB);
}

static void what_waits_for_others_leaves_less_to_say(void **state)
{
	struct error e;
	(void)state;
	start_peers(100 * KIB);
	assert_int_equal(session_send(now.sessions[0], block, 60 * KIB, &e), 0);
	assert_int_equal(session_send(now.sessions[1], block, 60 * KIB, &e),
	                 -1);
	assert_string_equal(e.text, "not sent: 0 bytes already wait for " WHERE
	                            " (64.0 KiB for all peers, the limit is "
	                            "100.0 KiB)");
	assert_string_equal(e.code, "EMSGSIZE");
	assert_int_equal(queued(1), 0);
	fake_limit_write(fakes[0], SIZE_MAX);
	turn();
	assert_int_equal(session_send(now.sessions[1], block, 60 * KIB, &e), 0);
}

static void files_are_read_no_faster_than_there_is_room(void **state)
{
	struct feed_file file = { .name = "f", .total = 16 * sizeof(block) };
	struct error e;
	(void)state;
	file.fd = memfd_create("file", MFD_CLOEXEC);
	for (int i = 0; i < 16; i++)
		assert_int_equal(write(file.fd, block, sizeof(block)),
		                 sizeof(block));
	start_peers(100 * KIB);
	for (size_t i = 0; i < PEERS; i++)
		session_send_file(now.sessions[i], &file, &e);
	close(file.fd);
	turn();
	assert_between(now.queues.used, 64 * KIB, 164 * KIB);
	for (size_t i = 0; i < PEERS; i++)
		fake_limit_write(fakes[i], SIZE_MAX);
	for (int n = 0; n < 200; n++)
		turn();
	for (size_t i = 0; i < PEERS; i++)
		assert_int_equal(fake_written_len(fakes[i]), file.total);
	assert_int_equal(now.queues.used, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_empty, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_longest_queue_is_the_first_that_grows_no_more),
		TEST(over_the_ceiling_everybody_gets_on_a_little),
		TEST(what_one_gives_back_is_for_the_others),
		TEST(what_waits_for_others_leaves_less_to_say),
		TEST(files_are_read_no_faster_than_there_is_room),
	};
	return run_over_each_kind(tests);
}
