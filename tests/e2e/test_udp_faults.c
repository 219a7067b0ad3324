/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Trouble on purpose over UDP: datagrams are dropped, doubled, reordered and
 * delayed as wholes, and a seed repeats it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "datagrams.h"

#define COUNT 200

/* Start a client of ours that has these faults.  Returns our socket. */
static int start_client(struct proc *p, const char *faults)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	proc_sockchat(p, "connect", "--ui=lines", "--eol", "none", "--fault",
	              faults, "-u", "127.0.0.1", port_text(port), NULL);
	return fd;
}

static size_t count_of(const struct proc *p, const char *text)
{
	size_t count = 0;
	for (const char *at = p->out_text.bytes; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void leave(struct proc *p, int fd, int status)
{
	proc_write_text(p, "/quit\n");
	proc_expect_exit(p, status);
	proc_finish(p);
	close(fd);
}

/* Which of the datagrams 0 to COUNT - 1 come, in their order, up to the one
 * that says "end". */
static size_t send_many(const char *faults, int come[2 * COUNT])
{
	struct proc p;
	char bytes[DATAGRAM_CAP], line[20];
	size_t count = 0;
	int fd = start_client(&p, faults);
	for (int i = 0; i < COUNT; i++) {
		snprintf(line, sizeof(line), "%d\n", i);
		proc_write_text(&p, line);
	}
	proc_write_text(&p, "/fault\n");
	proc_expect_out(&p, "has struck ");
	proc_write_text(&p, "/fault off\nend\n");
	for (;;) {
		bytes[udp_take(fd, bytes, NULL)] = '\0';
		if (strcmp(bytes, "end") == 0)
			break;
		assert_true(count < 2 * COUNT);
		come[count++] = atoi(bytes);
	}
	leave(&p, fd, 0);
	return count;
}

static void one_in_ten_is_dropped_and_a_seed_repeats_which(void **state)
{
	int first[2 * COUNT], again[2 * COUNT], others[2 * COUNT];
	(void)state;
	size_t count = send_many("drop=0.1 seed=42", first);
	assert_between(count, COUNT * 80 / 100, COUNT * 97 / 100);
	for (size_t i = 1; i < count; i++)
		assert_true(first[i] > first[i - 1]);
	assert_int_equal(send_many("drop=0.1 seed=42", again), count);
	assert_memory_equal(first, again, count * sizeof(*first));
	size_t other = send_many("drop=0.1 seed=43", others);
	assert_true(other != count ||
	            memcmp(first, others, count * sizeof(*first)) != 0);
}

static void some_are_doubled_and_come_one_after_the_other(void **state)
{
	int come[2 * COUNT], twice = 0;
	(void)state;
	size_t count = send_many("out:dup=0.2 seed=1", come);
	for (size_t i = 1; i < count; i++) {
		assert_true(come[i] >= come[i - 1]);
		twice += come[i] == come[i - 1];
	}
	assert_int_equal(count, COUNT + twice);
	assert_between(twice, COUNT / 10, COUNT * 3 / 10);
}

static void some_come_behind_the_next_and_none_is_lost(void **state)
{
	int come[2 * COUNT], behind = 0;
	bool has_come[COUNT] = { false };
	(void)state;
	size_t count = send_many("reorder=0.1 seed=1", come);
	assert_int_equal(count, COUNT);
	for (size_t i = 0; i < count; i++) {
		assert_false(has_come[come[i]]);
		has_come[come[i]] = true;
		behind += i && come[i] < come[i - 1];
	}
	assert_between(behind, COUNT / 20, COUNT / 5);
}

static void what_befalls_a_datagram_is_told(void **state)
{
	struct proc p;
	int fd = start_client(&p, "out:drop=1");
	(void)state;
	proc_write_text(&p, "abc\n");
	proc_expect_out(&p, "fault out:drop=1.0: datagram 1 sent (3 bytes) was "
	                    "dropped");
	udp_expect_none(fd, 0);
	proc_write_text(&p, "/fault in:dup=1\nhi\n");
	struct sender from;
	udp_expect(fd, "hi", &from);
	udp_answer(fd, &from, "yo", 2);
	proc_expect_out(&p, "fault in:dup=1.0: datagram 1 received (2 bytes) "
	                    "was doubled");
	int64_t late = now_ms() + DEADLINE_MS;
	while (count_of(&p, "< yo\n") < 2) {
		assert_true(now_ms() < late);
		proc_watch(&p, 10);
	}
	leave(&p, fd, 0);
}

static void datagrams_are_delayed_as_wholes_and_empty_ones_too(void **state)
{
	struct proc p;
	struct sender from;
	int64_t begin = now_ms();
	int fd = start_client(&p, "out:latency=300ms");
	(void)state;
	proc_write_text(&p, "one\n\ntwo\n");
	udp_expect(fd, "one", &from);
	assert_true(now_ms() - begin >= 300);
	udp_expect(fd, "", NULL);
	udp_expect(fd, "two", NULL);
	leave(&p, fd, 0);
}

static void a_limit_cuts_no_datagram_and_lets_no_more_pass(void **state)
{
	struct proc p;
	int fd = start_client(&p, "out:limit=5");
	(void)state;
	proc_write_text(&p, "abc\ndef\ng\n");
	udp_expect(fd, "abc", NULL);
	proc_expect_out(&p, "fault out:limit=5: nothing more is sent after 3 "
	                    "bytes");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "4 bytes were thrown away"));
	udp_expect_none(fd, 0);
	proc_finish(&p);
	close(fd);
}

static void a_reset_ends_the_conversation_here(void **state)
{
	struct proc p;
	int fd = start_client(&p, "reset=1");
	(void)state;
	proc_write_text(&p, "a\n");
	udp_expect(fd, "a", NULL);
	proc_expect_out(&p, "the connection is ended (UDP has no RST)");
	proc_expect_out(&p, "has ended the conversation with");
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	close(fd);
}

static void words_that_can_do_nothing_are_refused(void **state)
{
	static const struct {
		const char *place, *fault, *sentence;
	} rows[] = {
		{ "udp://127.0.0.1:9", "slice=1",
		  "slice= does nothing here: only streams go in pieces" },
		{ "tcp://127.0.0.1:9", "in:dup=0.5",
		  "dup= does nothing here: it works on datagrams" },
		{ "unix:x", "reorder=0.5",
		  "reorder= does nothing here: it works on datagrams" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc p;
		proc_sockchat(&p, "connect", "--ui=lines", "--fault",
		              rows[i].fault, rows[i].place, NULL);
		proc_expect_exit(&p, 2);
		proc_expect_err(&p, rows[i].sentence);
		proc_finish(&p);
	}
}

static void typed_ones_that_can_do_nothing_are_told_once(void **state)
{
	struct proc p;
	int fd = start_client(&p, "latency=1ms");
	(void)state;
	proc_write_text(&p, "/fault slice=1\nabc\n");
	udp_expect(fd, "abc", NULL);
	proc_expect_out(&p, "fault slice=1,50ms: it does nothing to");
	proc_write_text(&p, "def\n");
	udp_expect(fd, "def", NULL);
	proc_write_text(&p, "/drip 1\n");
	proc_expect_out(&p, "/drip is for streams");
	assert_int_equal(count_of(&p, "it does nothing to"), 1);
	leave(&p, fd, 1); /* a command was refused */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    one_in_ten_is_dropped_and_a_seed_repeats_which),
		cmocka_unit_test(
		    some_are_doubled_and_come_one_after_the_other),
		cmocka_unit_test(some_come_behind_the_next_and_none_is_lost),
		cmocka_unit_test(what_befalls_a_datagram_is_told),
		cmocka_unit_test(
		    datagrams_are_delayed_as_wholes_and_empty_ones_too),
		cmocka_unit_test(
		    a_limit_cuts_no_datagram_and_lets_no_more_pass),
		cmocka_unit_test(a_reset_ends_the_conversation_here),
		cmocka_unit_test(words_that_can_do_nothing_are_refused),
		cmocka_unit_test(typed_ones_that_can_do_nothing_are_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
