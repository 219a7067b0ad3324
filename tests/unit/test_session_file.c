/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files on their way to a peer: whole, in order with what is typed, told. */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "session_scene.h"

#define KIB ((size_t)1024)

static struct feed_file files[QUEUE_FILES_MAX + 1];
static size_t file_count;
static size_t checked; /* of what has been written */

static int set_up(void **state)
{
	checked = file_count = 0;
	return start(state);
}

static int set_up_open(void **state)
{
	checked = file_count = 0;
	return start_open(state);
}

static int tear_down(void **state)
{
	int unclosed = finish(state);
	while (file_count)
		close(files[--file_count].fd);
	return unclosed;
}

/* Each place has its own value, and each file. */
static void make_bytes(uint8_t *bytes, size_t len, size_t which)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)((i + which * 7) % 251);
}

static struct feed_file *make_file(size_t len)
{
	struct feed_file *f = &files[file_count];
	uint8_t *bytes = malloc(len + 1);
	make_bytes(bytes, len, file_count);
	f->fd = memfd_create("file", MFD_CLOEXEC);
	assert_int_equal(write(f->fd, bytes, len), len);
	f->total = len;
	snprintf(f->name, sizeof(f->name), "f%zu", file_count++);
	free(bytes);
	return f;
}

static void send_file(const struct feed_file *f)
{
	struct error e;
	assert_int_equal(session_send_file(now.session, f, &e), 0);
	turn();
}

/* What has been written goes on with this. */
static void expect_file(size_t which, size_t len)
{
	uint8_t *bytes = malloc(len + 1);
	make_bytes(bytes, len, which);
	assert_true(fake_written_len(now.fake) >= checked + len);
	assert_memory_equal(fake_written(now.fake) + checked, bytes, len);
	checked += len;
	free(bytes);
}

static void expect_text(const char *text)
{
	assert_true(fake_written_len(now.fake) >= checked + strlen(text));
	assert_memory_equal(fake_written(now.fake) + checked, text,
	                    strlen(text));
	checked += strlen(text);
}

static void expect_no_more(void)
{
	assert_int_equal(fake_written_len(now.fake), checked);
}

static const struct entry *find_entry(const char *text)
{
	uint64_t seq = transcript_end(now.transcript);
	while (--seq) {
		const struct entry *e = entry_at(now.transcript, seq);
		if (e->len == strlen(text) &&
		    memcmp(e->bytes, text, e->len) == 0)
			return e;
	}
	return NULL;
}

static void assert_told(enum entry_kind kind, const char *text)
{
	const struct entry *e = find_entry(text);
	if (!e)
		fail_msg("nobody said: %s", text);
	assert_int_equal(e->kind, kind);
	assert_int_equal(e->session, 1);
}

static void assert_untold(const char *text)
{
	assert_null(find_entry(text));
}

/* Whole and in order */

static void a_file_goes_whole_and_both_ends_of_it_are_told(void **state)
{
	(void)state;
	send_file(make_file(600 * KIB));
	wait_ms(3);
	expect_file(0, 600 * KIB);
	expect_no_more();
	assert_told(ENTRY_NOTE, "sending f0 (600.0 KiB)");
	assert_false(queue_has_file(now.session->queue));
	send_text("x");
	assert_int_equal(fake_written_len(now.fake), 600 * KIB + 1);
}

static void the_end_tells_bytes_time_and_rate(void **state)
{
	(void)state;
	fake_set_room(now.fake, 1024);
	send_file(make_file(2048));
	wait_ms(2000);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	assert_told(ENTRY_NOTE, "sent f0: 2048 bytes in 2.0 s, 1.0 KiB/s");
}

static void an_empty_file_is_sent_at_once(void **state)
{
	(void)state;
	send_file(make_file(0));
	assert_told(ENTRY_NOTE, "sent f0: 0 bytes");
	expect_no_more();
}

static void short_writes_lose_nothing(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 997);
	send_text("before");
	send_file(make_file(700 * KIB));
	send_text("after");
	for (int i = 0; i < 1000 && queue_has_file(now.session->queue); i++)
		turn();
	turn();
	expect_text("before");
	expect_file(0, 700 * KIB);
	expect_text("after");
	expect_no_more();
}

static void what_is_typed_meanwhile_follows_the_file(void **state)
{
	(void)state;
	fake_set_room(now.fake, 10);
	send_file(make_file(300 * KIB));
	send_text("one\n");
	send_text("two\n");
	assert_int_equal(queue_len(now.session->queue), 8);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 300 * KIB);
	expect_text("one\ntwo\n");
	expect_no_more();
}

static void files_and_lines_keep_their_order(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	send_text("a\n");
	send_file(make_file(300 * KIB));
	send_text("b\n");
	send_file(make_file(0));
	send_file(make_file(100 * KIB));
	send_text("c\n");
	assert_told(ENTRY_NOTE, "f2 (100.0 KiB) waits for its turn");
	fake_limit_write(now.fake, SIZE_MAX);
	turn();
	expect_text("a\n");
	expect_file(0, 300 * KIB);
	expect_text("b\n");
	expect_file(2, 100 * KIB);
	expect_text("c\n");
	expect_no_more();
}

static void what_is_echoed_meanwhile_follows_the_file(void **state)
{
	(void)state;
	now.settings.echo = true;
	fake_set_room(now.fake, 10);
	send_file(make_file(100 * KIB));
	fake_feed(now.fake, "ping\n");
	turn();
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 100 * KIB);
	expect_text("ping\n");
	expect_no_more();
}

static void a_file_before_the_connection_waits_for_it(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	send_file(make_file(1000));
	send_text("x");
	session_shutdown(now.session);
	assert_told(ENTRY_NOTE, "f0 (1000 B) waits for its turn");
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	expect_file(0, 1000);
	expect_text("x");
	expect_no_more();
	assert_true(fake_is_shut_down(now.fake));
}

static void our_end_follows_the_file(void **state)
{
	struct error e;
	(void)state;
	fake_set_room(now.fake, 5);
	send_file(make_file(300 * KIB));
	session_shutdown(now.session);
	turn();
	assert_false(fake_is_shut_down(now.fake));
	assert_int_equal(session_send_file(now.session, make_file(1), &e), -1);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 300 * KIB);
	expect_no_more();
	assert_true(fake_is_shut_down(now.fake));
}

static void leaving_waits_for_the_file(void **state)
{
	(void)state;
	fake_set_room(now.fake, 5);
	send_file(make_file(300 * KIB));
	assert_int_equal(queue_file_rest(now.session->queue), 300 * KIB - 5);
	session_leave(now.session);
	turn();
	assert_false(now.ends);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 300 * KIB);
	expect_no_more();
	assert_true(now.ends);
	assert_false(now.has_failed);
}

static void drip_cuts_a_file_too(void **state)
{
	(void)state;
	have_faults("out:slice=100,10ms");
	send_file(make_file(250));
	send_text("x");
	assert_int_equal(fake_written_len(now.fake), 100);
	wait_ms(10);
	assert_int_equal(fake_written_len(now.fake), 200);
	wait_ms(10);
	assert_int_equal(fake_written_len(now.fake), 251);
	wait_ms(10);
	expect_file(0, 250);
	expect_text("x");
	expect_no_more();
}

static void little_of_it_is_in_memory(void **state)
{
	(void)state;
	fake_set_room(now.fake, 1);
	send_file(make_file(3000 * KIB));
	wait_ms(1000);
	assert_true(now.queues.used <= 320 * KIB);
	assert_int_equal(queue_len(now.session->queue), 0);
	fake_set_room(now.fake, SIZE_MAX);
	wait_ms(10);
	expect_file(0, 3000 * KIB);
	expect_no_more();
}

static void one_turn_takes_one_piece(void **state)
{
	struct error e;
	(void)state;
	session_send_file(now.session, make_file(3000 * KIB), &e);
	assert_int_equal(fake_written_len(now.fake), 256 * KIB);
	loop_turn(now.loop, 0);
	assert_int_equal(fake_written_len(now.fake), 512 * KIB);
}

static void one_behind_a_full_queue_has_its_counts_apart(void **state)
{
	char *line = calloc(1, 100 * KIB + 1);
	struct progress_facts f;
	(void)state;
	memset(line, 'x', 100 * KIB);
	send_text("gone\n");
	fake_limit_write(now.fake, 0);
	send_text(line);
	send_file(make_file(1000));
	assert_told(ENTRY_NOTE, "f0 (1000 B) waits for its turn");
	assert_int_equal(queue_len(now.session->queue), 100 * KIB);
	assert_int_equal(queue_file_rest(now.session->queue), 1000);
	assert_non_null(queue_file(now.session->queue, &f));
	assert_int_equal(f.done, 0);
	fake_limit_write(now.fake, SIZE_MAX);
	turn();
	expect_text("gone\n");
	expect_text(line);
	expect_file(0, 1000);
	expect_no_more();
	free(line);
}

static void too_many_files_are_refused(void **state)
{
	struct error e;
	(void)state;
	fake_limit_write(now.fake, 0);
	for (int i = 0; i < QUEUE_FILES_MAX; i++)
		send_file(make_file(10));
	assert_int_equal(session_send_file(now.session, make_file(10), &e),
	                 -1);
	assert_string_equal(e.text, "not sent: 16 files wait for " WHERE
	                            " already");
	fake_limit_write(now.fake, SIZE_MAX);
	wait_ms(10);
	for (size_t i = 0; i < QUEUE_FILES_MAX; i++)
		expect_file(i, 10);
	expect_no_more();
}

/* What goes wrong */

static void a_cancel_stops_it_and_those_behind(void **state)
{
	(void)state;
	fake_set_room(now.fake, 5);
	send_file(make_file(3000 * KIB));
	send_text("a\n");
	send_file(make_file(10));
	send_text("b\n");
	session_cancel(now.session);
	assert_false(queue_has_file(now.session->queue));
	assert_told(ENTRY_NOTE,
	            "stopped f0 after 262144 of 3072000 bytes");
	assert_told(ENTRY_NOTE, "stopped f1 after 0 of 10 bytes");
	assert_int_equal(queue_file_rest(now.session->queue), 0);
	assert_int_equal(queue_len(now.session->queue), 256 * KIB - 5 + 4);
	session_cancel(now.session);
	send_file(make_file(20));
	send_text("c\n");
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 256 * KIB);
	expect_text("a\nb\n");
	expect_file(2, 20);
	expect_text("c\n");
	expect_no_more();
}

static void a_read_error_leaves_the_connection(void **state)
{
	struct feed_file *bad = make_file(1000);
	(void)state;
	close(bad->fd);
	bad->fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	send_file(bad);
	send_file(make_file(10));
	send_text("x");
	const struct entry *e;
	assert_non_null(e = find_entry("cannot read f0 after 0 of 1000 bytes: "
	                               "Bad file descriptor"));
	assert_int_equal(e->kind, ENTRY_ERROR);
	assert_string_equal(e->code, "EBADF");
	expect_file(1, 10);
	expect_text("x");
	expect_no_more();
	assert_false(now.ends);
}

static void one_that_shrinks_ends_where_it_ends(void **state)
{
	struct feed_file *f = make_file(600 * KIB);
	(void)state;
	fake_set_room(now.fake, 5);
	send_file(f);
	assert_int_equal(ftruncate(f->fd, 300 * KIB), 0);
	send_text("x");
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 300 * KIB);
	expect_text("x");
	expect_no_more();
	assert_told(ENTRY_ERROR, "f0 has become shorter: 307200 of the 614400 "
	                         "bytes that it had were sent");
	assert_int_equal(now.losses, 1);
}

static void one_that_grows_is_sent_to_its_end(void **state)
{
	struct feed_file *f = make_file(100);
	(void)state;
	f->total = 60; /* when it was opened */
	fake_set_room(now.fake, 5);
	send_file(f);
	assert_int_equal(queue_file_rest(now.session->queue), 95);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	expect_file(0, 100);
	expect_no_more();
	assert_told(ENTRY_NOTE, "sent f0: 100 bytes; it had 60 bytes when it "
	                        "was opened");
}

static void a_broken_connection_tells_what_had_not_left(void **state)
{
	(void)state;
	fake_set_room(now.fake, 24);
	send_file(make_file(1024 * KIB));
	send_text("typed");
	send_file(make_file(10));
	fake_fail_write(now.fake, EPIPE);
	turn();
	assert_true(now.ends);
	assert_told(ENTRY_ERROR, "f0 was not sent whole: 1048552 of 1048576 "
	                         "bytes had not left");
	assert_told(ENTRY_ERROR, "f1 was not sent whole: 10 of 10 bytes had "
	                         "not left");
	assert_told(ENTRY_STATE, "connection closed: 0 bytes received, 24 "
	                         "bytes sent; 5 bytes were never sent");
	assert_untold("stopped f0");
}

/* What others see of it */

static void the_progress_is_that_of_what_has_left(void **state)
{
	struct progress_facts f;
	(void)state;
	assert_null(queue_file(now.session->queue, &f));
	fake_set_room(now.fake, 100 * KIB);
	send_file(make_file(1000 * KIB));
	send_file(make_file(1));
	wait_ms(1000);
	assert_string_equal(queue_file(now.session->queue, &f), "f0");
	assert_int_equal(f.total, 1000 * KIB);
	assert_int_equal(f.done, 100 * KIB);
	assert_between(f.rate, 99 * KIB, 101 * KIB);
	assert_between(f.left_s, 8, 10);
	wait_ms(10000);
	assert_non_null(queue_file(now.session->queue, &f));
	assert_int_equal(f.rate, 0);
	assert_int_equal(f.left_s, -1);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	assert_null(queue_file(now.session->queue, &f));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_open, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_goes_whole_and_both_ends_of_it_are_told),
		TEST(the_end_tells_bytes_time_and_rate),
		TEST(an_empty_file_is_sent_at_once),
		TEST(short_writes_lose_nothing),
		TEST(what_is_typed_meanwhile_follows_the_file),
		TEST(files_and_lines_keep_their_order),
		TEST(what_is_echoed_meanwhile_follows_the_file),
		cmocka_unit_test_setup_teardown(
		    a_file_before_the_connection_waits_for_it, set_up,
		    tear_down),
		TEST(our_end_follows_the_file),
		TEST(leaving_waits_for_the_file),
		TEST(drip_cuts_a_file_too),
		TEST(little_of_it_is_in_memory),
		TEST(one_turn_takes_one_piece),
		TEST(one_behind_a_full_queue_has_its_counts_apart),
		TEST(too_many_files_are_refused),
		TEST(a_cancel_stops_it_and_those_behind),
		TEST(a_read_error_leaves_the_connection),
		TEST(one_that_shrinks_ends_where_it_ends),
		TEST(one_that_grows_is_sent_to_its_end),
		TEST(a_broken_connection_tells_what_had_not_left),
		TEST(the_progress_is_that_of_what_has_left),
	};
	return run_over_each_kind(tests);
}
