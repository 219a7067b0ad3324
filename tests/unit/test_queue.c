/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A queue towards a peer, without a session. */

#include "unit.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockchat/queue.h>

#include "../fake/fake_transport.h"

static struct {
	struct queues all;
	struct queue *queue;
	struct link link;
	struct fake *fake;
	size_t begun, lost, written;
	size_t unsent;
	char note[512];
} now;

static void on_file(void *user)
{
	assert_ptr_equal(user, &now);
	now.begun++;
}

static void on_written(void *user, const uint8_t *bytes, size_t n, size_t len)
{
	assert_ptr_equal(user, &now);
	assert_non_null(bytes);
	assert_true(n <= len);
	now.written += n;
}

static void on_note(void *user, const char *code, const char *text)
{
	assert_true(*code);
	assert_ptr_equal(user, &now);
	snprintf(now.note, sizeof(now.note), "%s", text);
}

static void on_lost(void *user, const struct error *e)
{
	on_note(user, e->code, e->text);
	now.lost++;
}

static void on_unsent(struct link *l, const struct error *e)
{
	assert_ptr_equal(l, &now.link);
	assert_true(*e->code);
	now.unsent++;
}

static int start_kind(const struct transport_ops *kind)
{
	static const struct link_ops link_ops = { .on_unsent = on_unsent };
	static const struct queue_ops ops = {
		on_file, on_written, on_note, on_lost,
	};
	memset(&now, 0, sizeof(now));
	fake_start();
	fake_choose_kind(kind);
	now.fake = fake_open();
	link_init(&now.link, loop_new(LOOP_AUTO), &link_ops);
	now.link.transport = fake_transport(now.fake);
	now.link.traits = (uint8_t)kind->traits;
	now.all.max = (size_t)1 << 20;
	now.queue = queue_new(now.link.loop, &now.all,
	                      link_has_messages(&now.link), &ops, &now);
	return 0;
}

static int start(void **state)
{
	(void)state;
	return start_kind(&transport_fake);
}

static int start_messages(void **state)
{
	(void)state;
	return start_kind(&transport_fake_messages);
}

static int finish(void **state)
{
	(void)state;
	queue_free(now.queue);
	assert_int_equal(now.all.used, 0);
	link_close(&now.link, false);
	loop_free(now.link.loop);
	return fake_finish() ? -1 : 0;
}

static void append(const char *text)
{
	assert_int_equal(queue_append(now.queue, text, strlen(text)), 0);
}

static void add_file(const char *text)
{
	struct feed_file f = {
		.name = "f", .total = strlen(text), .piece = 3,
	};
	f.fd = memfd_create("file", MFD_CLOEXEC);
	assert_int_equal(write(f.fd, text, strlen(text)), strlen(text));
	assert_int_equal(queue_add_file(now.queue, &f), 0);
	close(f.fd);
}

static void write_all(void)
{
	for (int i = 0; i < 8; i++)
		queue_write(now.queue, &now.link, SIZE_MAX);
}

static void bytes_and_files_leave_in_the_order_they_were_added(void **state)
{
	(void)state;
	append("one ");
	add_file("two ");
	append("three ");
	add_file("four ");
	append("five");
	assert_int_equal(queue_len(now.queue), 4 + 6 + 4);
	assert_int_equal(queue_file_rest(now.queue), 4 + 5);
	write_all();
	assert_string_equal(fake_written(now.fake), "one two three four five");
	assert_int_equal(now.written, 23);
	assert_int_equal(now.begun, 2);
	assert_string_equal(now.note, "sent f: 5 bytes");
	assert_false(queue_has_file(now.queue));
}

static void no_more_is_written_than_asked_for(void **state)
{
	(void)state;
	append("ab");
	add_file("cdef");
	assert_int_equal(queue_write(now.queue, &now.link, 3), 3);
	assert_string_equal(fake_written(now.fake), "abc");
	assert_int_equal(now.written, 3);
	assert_int_equal(queue_file_rest(now.queue), 3);
}

static void what_was_read_of_a_stopped_file_is_plain_bytes(void **state)
{
	(void)state;
	fake_set_room(now.fake, 1);
	add_file("abcd");
	append("e");
	add_file("never");
	append("f");
	write_all();
	queue_stop_files(now.queue);
	assert_string_equal(now.note, "stopped f after 0 of 5 bytes");
	assert_false(queue_has_file(now.queue));
	assert_int_equal(queue_len(now.queue), 3 + 2);
	fake_set_room(now.fake, SIZE_MAX);
	write_all();
	assert_string_equal(fake_written(now.fake), "abcdef");
	assert_int_equal(now.lost, 0);
}

static void each_file_that_is_lost_is_told(void **state)
{
	(void)state;
	fake_set_room(now.fake, 1);
	add_file("abcd");
	add_file("never");
	write_all();
	queue_lose_files(now.queue);
	assert_int_equal(now.lost, 2);
	assert_string_equal(now.note, "f was not sent whole: 5 of 5 bytes had "
	                              "not left");
}

static void a_queue_that_is_null_is_empty(void **state)
{
	struct progress_facts facts;
	(void)state;
	assert_int_equal(queue_len(NULL), 0);
	assert_int_equal(queue_file_rest(NULL), 0);
	assert_false(queue_has_file(NULL));
	assert_false(queue_file_waits(NULL));
	assert_null(queue_file(NULL, &facts));
}

static void the_share_of_each_is_what_is_left_for_all(void **state)
{
	(void)state;
	assert_int_equal(queues_share(&now.all), QUEUE_SHARE_MAX);
	now.all.max = 100000;
	assert_int_equal(queues_share(&now.all), 100000);
	append("x");
	assert_between(queues_room(&now.all), 90000, 99999);
	now.all.max = 10;
	assert_int_equal(queues_room(&now.all), 0);
	assert_int_equal(queues_share(&now.all), 4096); /* all get on */
}

static void each_addition_is_a_message_an_empty_one_too(void **state)
{
	(void)state;
	append("one");
	append("");
	append("two");
	assert_int_equal(queue_len(now.queue), 6);
	fake_set_room(now.fake, 0);
	write_all();
	assert_int_equal(fake_written_len(now.fake), 0);
	assert_false(queue_is_empty(now.queue));
	fake_set_room(now.fake, SIZE_MAX);
	write_all();
	assert_string_equal(fake_written(now.fake), "one;;two;");
	assert_true(queue_is_empty(now.queue));
}

static void an_empty_message_alone_is_something_that_waits(void **state)
{
	(void)state;
	assert_true(queue_is_empty(now.queue));
	append("");
	assert_int_equal(queue_len(now.queue), 0);
	assert_true(queue_load(now.queue) > 0);
	assert_false(queue_is_empty(now.queue));
	write_all();
	assert_string_equal(fake_written(now.fake), ";");
	assert_true(queue_is_empty(now.queue));
}

static void a_file_leaves_in_messages_between_the_others(void **state)
{
	(void)state;
	append("a");
	add_file("12345678");
	append("b");
	append("");
	add_file("9");
	write_all();
	assert_string_equal(fake_written(now.fake), "a;123;456;78;b;;9;");
	assert_string_equal(now.note, "sent f: 1 bytes");
	assert_true(queue_is_empty(now.queue));
}

static void a_message_that_cannot_be_sent_is_told_and_others_go(void **state)
{
	(void)state;
	append("one");
	append("two");
	fake_fail_write(now.fake, EMSGSIZE);
	write_all();
	assert_int_equal(now.unsent, 1);
	assert_string_equal(fake_written(now.fake), "two;");
	assert_false(now.link.broken);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
#define MESSAGES(name)                                                         \
	cmocka_unit_test_setup_teardown(name, start_messages, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_and_files_leave_in_the_order_they_were_added),
		TEST(no_more_is_written_than_asked_for),
		TEST(what_was_read_of_a_stopped_file_is_plain_bytes),
		TEST(each_file_that_is_lost_is_told),
		TEST(a_queue_that_is_null_is_empty),
		TEST(the_share_of_each_is_what_is_left_for_all),
		MESSAGES(each_addition_is_a_message_an_empty_one_too),
		MESSAGES(an_empty_message_alone_is_something_that_waits),
		MESSAGES(a_file_leaves_in_messages_between_the_others),
		MESSAGES(a_message_that_cannot_be_sent_is_told_and_others_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
