/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's conversation over a transport without a network; its standard
 * descriptors are real pipes. */

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../src/front/pipe_stream.h"
#include "each_kind.h"
#include "made_clock.h"

#define WHERE "127.0.0.1:9"

static struct {
	struct loop *loop;
	struct options options;
	struct conn conn;
	struct fake *fake;
	int in, out; /* our ends of its standard descriptors; -1: closed */
	int out_number;
	size_t opens, ends, ends_out;
	enum conn_end end;
	struct error error;
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
	assert_null(user);
	assert_int_equal(address_port(peer), 9);
	now.opens++;
}

static void on_end_out(void *user)
{
	(void)user;
	now.ends_out++;
}

static void on_note(void *user, const char *sentence)
{
	(void)user;
	(void)sentence;
}

static void on_end(void *user, enum conn_end end, const struct error *e)
{
	assert_null(user);
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
	assert_int_equal(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(fcntl(out[0], F_SETFL, O_NONBLOCK), 0);
	now.in = in[1];
	now.out = out[0];
	now.out_number = out[1];
	now.loop = loop_new(LOOP_AUTO);
	options_init(&now.options);
	now.options.dial.timeout_ms = 50;
	now.conn = (struct conn){
		.options = &now.options,
		.on_end = on_end,
		.on_note = on_note,
		.on_end_out = on_end_out,
		.on_open = on_open,
	};
	stream_init(&now.conn, now.loop);
	assert_int_equal(conn_open(&now.conn, in[0], out[1]), 0);
	return 0;
}

static void close_in(void)
{
	close(now.in);
	now.in = -1;
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
		close_in();
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

static void assert_printed(const char *text)
{
	char got[256] = "";
	assert_true(read(now.out, got, sizeof(got) - 1) >= 0);
	assert_string_equal(got, text);
}

static void assert_ended(enum conn_end end, const char *text)
{
	assert_int_equal(now.ends, 1);
	assert_int_equal(now.end, end);
	assert_string_equal(now.error.text, text);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

static void bytes_go_both_ways_until_both_have_ended(void **state)
{
	(void)state;
	accept_peer();
	assert_int_equal(now.opens, 1);
	type_text("hello");
	assert_string_equal(fake_written(now.fake), "hello");
	fake_feed(now.fake, "bye");
	turn();
	assert_printed("bye");
	close_in();
	turn();
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(now.ends_out, 1);
	assert_int_equal(now.ends, 0);
	fake_feed_end(now.fake);
	turn();
	assert_ended(CONN_DONE, "");
}

static void it_is_not_done_before_all_has_arrived(void **state)
{
	(void)state;
	accept_peer();
	type_text("hello");
	fake_set_pending(now.fake, 5, 0);
	close_in();
	fake_feed_end(now.fake);
	wait_ms(200);
	assert_int_equal(now.ends, 0);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(60);
	assert_ended(CONN_DONE, "");
}

static void a_reset_is_the_peers_failing(void **state)
{
	(void)state;
	accept_peer();
	fake_feed(now.fake, "last words");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_printed("last words");
	assert_ended(CONN_FAILED, "connection reset by " WHERE " after 10 "
	                          "bytes received and 0 bytes sent");
}

/* Nobody reads standard output: it gets full, and so do we. */
static void fill_output(void)
{
	static char bytes[BUFFER_CAP + 70000];
	accept_peer();
	fake_feed_bytes(now.fake, bytes, sizeof(bytes));
	turn();
	assert_true(fake_unread(now.fake) > 0);
}

static size_t drain_output(void)
{
	static char bytes[BUFFER_CAP];
	size_t sum = 0;
	for (int i = 0; i < 100; i++) {
		ssize_t n = read(now.out, bytes, sizeof(bytes));
		sum += n > 0 ? (size_t)n : 0;
		turn();
	}
	return sum;
}

static void a_slow_reader_outlives_a_peer_that_was_given_up(void **state)
{
	(void)state;
	now.options.keep_open = true;
	now.options.idle_timeout_ms = 10;
	fill_output();
	wait_ms(20);
	assert_int_equal(now.end, CONN_FAILED);
	(void)drain_output();
	accept_peer();
	fake_feed(now.fake, "the next");
	turn();
	assert_printed("the next");
}

static void what_had_come_is_written_before_we_leave(void **state)
{
	(void)state;
	now.options.quit_after_ms = 10;
	fill_output();
	close_in();
	wait_ms(20);
	fake_feed(now.fake, "too late");
	assert_int_equal(now.ends, 0);
	assert_true(drain_output() >= BUFFER_CAP + 70000);
	wait_ms(60);
	assert_ended(CONN_DONE, "");
	assert_true(now.conn.is_cut);
}

/* The same rule in its plainest form: a CR before each LF that has none. */
static size_t with_crs(char *to, const char *from, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++) {
		if (from[i] == '\n' && (!i || from[i - 1] != '\r'))
			to[n++] = '\r';
		to[n++] = from[i];
	}
	return n;
}

static void restart_with_crs(void)
{
	int in = now.conn.in.fd;
	now.options.crlf_given = true;
	source_open(&now.conn.in, in);
	source_add_crs(&now.conn.in);
}

static void every_lf_goes_out_as_cr_lf_wherever_reads_are_cut(void **state)
{
	static const char bytes[] = "\r\nab\0";
	char text[400], wanted[2 * sizeof(text)];
	unsigned seed = 1;
	(void)state;
	restart_with_crs();
	accept_peer();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = bytes[(seed = seed * 1103515245 + 12345) >> 16 & 3];
	for (size_t at = 0, len; at < sizeof(text); at += len) {
		seed = seed * 1103515245 + 12345;
		len = 1 + (seed >> 16) % 7;
		if (len > sizeof(text) - at)
			len = sizeof(text) - at;
		assert_int_equal(write(now.in, text + at, len), len);
		turn();
	}
	size_t len = with_crs(wanted, text, sizeof(text));
	assert_int_equal(now.conn.link.bytes_out, len);
	assert_int_equal(strlen(fake_written(now.fake)), len);
	assert_memory_equal(fake_written(now.fake), wanted, len);
}

static void a_full_buffer_of_lfs_doubles_and_stays_within_it(void **state)
{
	static uint8_t lfs[BUFFER_CAP];
	struct buffer b;
	struct source s;
	char path[] = "/tmp/sockchat-crs-XXXXXX";
	int fd = mkstemp(path);
	(void)state;
	unlink(path);
	memset(lfs, '\n', sizeof(lfs));
	assert_int_equal(write(fd, lfs, sizeof(lfs)), sizeof(lfs));
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(buffer_init(&b), 0);
	source_open(&s, fd);
	source_add_crs(&s);
	assert_int_equal(source_fill(&s, &b), BUFFER_CAP / 2);
	assert_int_equal(b.len, BUFFER_CAP);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.bytes[i], i & 1 ? '\n' : '\r');
	buffer_finish(&b);
	close(fd);
}

static void the_next_peer_gets_whole_line_ends(void **state)
{
	(void)state;
	now.options.keep_open = true;
	restart_with_crs();
	accept_peer();
	type_text("a\r");
	fake_feed_end(now.fake);
	wait_ms(LINGER_DEFAULT_MS + 10);
	accept_peer();
	type_text("\nb");
	assert_string_equal(fake_written(now.fake), "\r\nb");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_go_both_ways_until_both_have_ended),
		TEST(it_is_not_done_before_all_has_arrived),
		TEST(a_reset_is_the_peers_failing),
		TEST(a_slow_reader_outlives_a_peer_that_was_given_up),
		TEST(what_had_come_is_written_before_we_leave),
		TEST(every_lf_goes_out_as_cr_lf_wherever_reads_are_cut),
		TEST(a_full_buffer_of_lfs_doubles_and_stays_within_it),
		TEST(the_next_peer_gets_whole_line_ends),
	};
	return run_over_each_kind(tests);
}
