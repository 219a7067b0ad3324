/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's datagrams over a transport without a network; its standard
 * descriptors are real pipes.  What is written is told with a ";" behind each
 * datagram. */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../src/front/pipe_datagram.h"
#include "../fake/fake_transport.h"
#include "made_clock.h"

#define WHERE "127.0.0.1:9"

static struct {
	struct loop *loop;
	struct options options;
	struct conn conn;
	struct fake *fake;
	int in, out; /* our ends of its standard descriptors; -1: closed */
	int out_number;
	size_t ends, errors;
	enum conn_end end;
	struct error error; /* the last one */
} now;

static void turn(void)
{
	turn_loop(now.loop);
}

static void wait_ms(int ms)
{
	pass_ms(now.loop, ms);
}

static void on_open(void *user, const struct address *peer)
{
	(void)user;
	(void)peer;
}

static void on_note(void *user, const char *sentence)
{
	(void)user;
	(void)sentence;
}

static void on_error(void *user, const struct error *e)
{
	(void)user;
	now.errors++;
	now.error = *e;
}

static void on_end(void *user, enum conn_end end, const struct error *e)
{
	(void)user;
	now.ends++;
	now.end = end;
	now.error = *e;
}

static int start(void **state)
{
	int in[2], out[2];
	(void)state;
	memset(&now, 0, sizeof(now));
	clock_ns = 1000000 * MS_NS;
	fake_start();
	fake_choose_kind(&transport_fake_messages);
	assert_int_equal(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(fcntl(out[0], F_SETFL, O_NONBLOCK), 0);
	now.in = in[1];
	now.out = out[0];
	now.out_number = out[1];
	now.loop = loop_new(LOOP_AUTO);
	options_init(&now.options);
	now.conn = (struct conn){
		.options = &now.options,
		.on_end = on_end,
		.on_error = on_error,
		.on_note = on_note,
		.on_open = on_open,
	};
	datagram_init(&now.conn, now.loop);
	assert_int_equal(conn_open(&now.conn, in[0], out[1]), 0);
	return 0;
}

static void close_in(void)
{
	close(now.in);
	now.in = -1;
	turn();
}

static int finish(void **state)
{
	struct error e;
	int in = now.conn.in.fd;
	(void)state;
	conn_finish(&now.conn);
	(void)conn_close_out(&now.conn, &e);
	close(in);
	close(now.out);
	close(now.out_number); /* /dev/null by now */
	if (now.in != -1)
		close(now.in);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

static void accept_peer(void)
{
	const struct address peer = fake_address(WHERE);
	now.fake = fake_open();
	conn_take(&now.conn, fake_transport(now.fake), &peer);
	turn();
}

static void type_text(const char *text)
{
	assert_int_equal(write(now.in, text, strlen(text)), strlen(text));
	turn();
}

static void come(const char *text)
{
	fake_feed_bytes(now.fake, text, strlen(text));
	turn();
}

static void assert_printed(const char *text)
{
	char got[256] = "";
	ssize_t n = read(now.out, got, sizeof(got) - 1);
	assert_true(n >= 0 || (n == -1 && errno == EAGAIN));
	assert_string_equal(got, text);
}

static void assert_sent(const char *text)
{
	assert_string_equal(fake_written(now.fake), text);
}

static void assert_ended(enum conn_end end, const char *text)
{
	assert_int_equal(now.ends, 1);
	assert_int_equal(now.end, end);
	assert_string_equal(now.error.text, text);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

static void lines_go_out_whole_and_datagrams_come_in(void **state)
{
	(void)state;
	accept_peer();
	type_text("one\ntwo\nthr");
	assert_sent("one\n;two\n;");
	come("a");
	come("");
	come("b");
	assert_printed("ab");
	close_in();
	assert_sent("one\n;two\n;thr;");
	assert_int_equal(now.ends, 0);
	wait_ms(1990);
	assert_int_equal(now.ends, 0);
	wait_ms(20);
	assert_ended(CONN_DONE, "");
}

static void what_is_not_taken_now_is_sent_later_in_its_order(void **state)
{
	(void)state;
	accept_peer();
	fake_set_room(now.fake, 0);
	type_text("one\n");
	type_text("two\n");
	close_in();
	assert_sent("");
	wait_ms(3000); /* nothing is over before that */
	assert_int_equal(now.ends, 0);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	assert_sent("one\n;two\n;");
	wait_ms(2010);
	assert_ended(CONN_DONE, "");
}

static void answers_put_the_end_off(void **state)
{
	(void)state;
	accept_peer();
	type_text("x");
	close_in();
	for (int i = 0; i < 3; i++) {
		wait_ms(1500);
		come("y");
	}
	assert_int_equal(now.ends, 0);
	wait_ms(2010);
	assert_ended(CONN_DONE, "");
	assert_printed("yyy");
}

static void linger_and_other_limits_end_the_waiting(void **state)
{
	(void)state;
	now.options.linger_ms = 100;
	now.options.quit_after_ms = 5000;
	accept_peer();
	close_in();
	wait_ms(110);
	assert_ended(CONN_DONE, "");
}

static void quit_after_alone_waits_its_time_whatever_comes(void **state)
{
	(void)state;
	now.options.quit_after_ms = 5000;
	accept_peer();
	close_in();
	wait_ms(4900);
	assert_int_equal(now.ends, 0);
	come("late");
	wait_ms(110);
	assert_ended(CONN_DONE, "");
	assert_printed("late");
}

static void linger_inf_waits_for_ever(void **state)
{
	(void)state;
	now.options.linger_ms = LINGER_FOREVER;
	accept_peer();
	close_in();
	wait_ms(60000);
	assert_int_equal(now.ends, 0);
}

static void errors_are_told_once_a_second_and_what_follows_is_sent(void **state)
{
	(void)state;
	accept_peer();
	for (int i = 0; i < 5; i++) {
		fake_feed_error(now.fake, ECONNREFUSED);
		turn();
	}
	assert_int_equal(now.errors, 1);
	assert_string_equal(now.error.code, "ECONNREFUSED");
	fake_fail_write(now.fake, EPERM);
	type_text("lost\n");
	assert_int_equal(now.errors, 2);
	type_text("sent\n");
	assert_sent("sent\n;");
	close_in();
	wait_ms(2010);
	assert_int_equal(now.errors, 3);
	assert_ended(CONN_FAILED, "");
}

static void one_error_that_was_told_is_not_told_again(void **state)
{
	(void)state;
	accept_peer();
	fake_feed_error(now.fake, ECONNREFUSED);
	close_in();
	wait_ms(2010);
	assert_int_equal(now.errors, 1);
	assert_ended(CONN_FAILED, "");
}

static void a_slow_reader_stops_the_reading(void **state)
{
	static char bytes[60000];
	size_t unread;
	(void)state;
	accept_peer();
	for (int i = 0; i < 20; i++)
		fake_feed_bytes(now.fake, bytes, sizeof(bytes));
	turn();
	unread = fake_unread(now.fake);
	assert_true(unread >= 14 * sizeof(bytes));
	wait_ms(100);
	assert_int_equal(fake_unread(now.fake), unread);
}

static void leaving_writes_what_had_come(void **state)
{
	(void)state;
	accept_peer();
	fake_feed(now.fake, "last words");
	conn_abandon(&now.conn);
	turn();
	assert_printed("last words");
	assert_ended(CONN_DONE, "");
}

static void the_beginning_of_a_line_is_for_the_next_peer(void **state)
{
	(void)state;
	now.options.keep_open = true;
	accept_peer();
	type_text("be");
	wait_ms(60010);
	assert_ended(CONN_DONE, "");
	accept_peer();
	type_text("gin\n");
	assert_sent("begin\n;");
}

static void a_silent_peer_is_let_go_by_a_listener(void **state)
{
	(void)state;
	now.options.idle_timeout_ms = 500;
	accept_peer();
	wait_ms(300);
	come("x");
	wait_ms(490);
	assert_int_equal(now.ends, 0);
	wait_ms(20);
	assert_ended(CONN_DONE, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)
		TEST(lines_go_out_whole_and_datagrams_come_in),
		TEST(what_is_not_taken_now_is_sent_later_in_its_order),
		TEST(answers_put_the_end_off),
		TEST(linger_and_other_limits_end_the_waiting),
		TEST(quit_after_alone_waits_its_time_whatever_comes),
		TEST(linger_inf_waits_for_ever),
		TEST(errors_are_told_once_a_second_and_what_follows_is_sent),
		TEST(one_error_that_was_told_is_not_told_again),
		TEST(a_slow_reader_stops_the_reading),
		TEST(leaving_writes_what_had_come),
		TEST(the_beginning_of_a_line_is_for_the_next_peer),
		TEST(a_silent_peer_is_let_go_by_a_listener),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
