/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the loop watches, on both of its backends: real sockets and pipes. */

#include "loop_scene.h"

#include <sys/mman.h>

/* The ways to have something to read. */
static struct probe *(*const kinds[])(char, unsigned) = { add_socket,
	                                                  add_pipe };

static void hear(struct probe *p)
{
	char byte;
	assert_int_equal(read(p->fd, &byte, 1), 1);
}

static void a_socket_is_ready_for_what_it_is_watched_for(void **state)
{
	static const struct {
		unsigned events;
		bool has_input;
		unsigned ready;
	} cases[] = {
		{ LOOP_READ, false, 0 },
		{ LOOP_READ, true, LOOP_READ },
		{ LOOP_WRITE, true, LOOP_WRITE },
		{ LOOP_READ | LOOP_WRITE, false, LOOP_WRITE },
		{ LOOP_READ | LOOP_WRITE, true, LOOP_READ | LOOP_WRITE },
		{ LOOP_HANGUP, true, 0 },
		{ 0, true, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct probe *p = add_socket('a', cases[i].events);
		if (cases[i].has_input)
			say(p);
		turn();
		assert_int_equal(p->ready, cases[i].ready);
		assert_int_equal(p->watch.is_epoll_only, backend == LOOP_EPOLL);
		drop(p);
	}
}

static void a_watch_may_change_what_it_waits_for(void **state)
{
	struct probe *p = add_socket('a', 0);
	(void)state;
	say(p);
	static const unsigned events[] = { LOOP_READ, LOOP_WRITE, 0, LOOP_WRITE,
		                           LOOP_READ };
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		p->ready = 0;
		watch_set(&p->watch, events[i]);
		turn();
		assert_int_equal(p->ready, events[i]);
	}
}

static void unread_bytes_are_ready_again(void **state)
{
	struct probe *a = add_pipe('a', LOOP_READ);
	struct probe *b = add_socket('b', LOOP_READ);
	(void)state;
	say(a);
	say(b);
	assert_string_equal(turn(), "ab");
	assert_string_equal(turn(), "ab");
	hear(a);
	assert_string_equal(turn(), "b");
	hear(b);
	assert_string_equal(turn(), "");
}

static void a_hang_up_is_ready_for_all_that_is_watched(void **state)
{
	static const unsigned events[] = { LOOP_READ, LOOP_WRITE, LOOP_HANGUP,
		                           LOOP_READ | LOOP_HANGUP, 0 };
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(events) / sizeof(*events); i++) {
		struct probe *p = kinds[i % 2]('a', events[i / 2]);
		close_fd(&p->other);
		turn();
		assert_int_equal(p->ready, events[i / 2]);
		drop(p);
	}
}

static void a_closed_descriptor_is_told_to_its_watch(void **state)
{
	struct probe *p = add_pipe('a', LOOP_READ);
	(void)state;
	close_fd(&p->fd);
	assert_string_equal(turn(), "a");
}

static void nothing_watched_does_not_wake_when_the_peer_is_gone(void **state)
{
	struct probe *a = add_pipe('a', 0), *b = add_socket('b', 0);
	(void)state;
	for (int i = 0; i < 2; i++) {
		close_fd(&a->other);
		close_fd(&b->other);
		assert_int_equal(loop_turn(loop, 5), 0);
		assert_int_equal(sleeps, i + 1);
		watch_set(&a->watch, LOOP_READ);
		watch_set(&b->watch, LOOP_READ);
		watch_set(&a->watch, 0);
		watch_set(&b->watch, 0);
	}
	assert_string_equal(trace, "");
}

static void a_file_is_ready_although_epoll_refuses_it(void **state)
{
	struct probe *p = add_probe('a');
	(void)state;
	p->fd = memfd_create("file", MFD_CLOEXEC);
	assert_int_equal(watch_add_socket(loop, &p->watch, p->fd, 0), 0);
	watch_set(&p->watch, LOOP_READ);
	assert_string_equal(turn(), "a");
	watch_remove(&p->watch);
	watch_add_socket(loop, &p->watch, p->fd, LOOP_READ);
	assert_string_equal(turn(), "a");
}

static void a_socket_epoll_has_no_room_for_is_polled(void **state)
{
	struct probe *a = add_socket('a', 0);
	(void)state;
	epoll_error = ENOSPC;
	struct probe *b = add_socket('b', LOOP_READ);
	epoll_error = ENOSPC;
	watch_set(&a->watch, LOOP_READ);
	say(a);
	say(b);
	turn();
	assert_true(a->calls == 1 && b->calls == 1);
	watch_set(&a->watch, 0);
	watch_remove(&b->watch);
	assert_string_equal(turn(), "");
}

static void two_watches_of_one_socket_are_both_called(void **state)
{
	struct probe *a = add_socket('a', LOOP_READ);
	struct probe *b = add_probe('b');
	(void)state;
	say(a);
	watch_add_socket(loop, &b->watch, a->fd, LOOP_READ);
	assert_string_equal(turn(), "ab");
	watch_remove(&b->watch);
	assert_string_equal(turn(), "a");
}

static void a_removed_watch_is_not_called_in_the_same_turn(void **state)
{
	(void)state;
	for (unsigned mix = 0; mix < 8; mix++) {
		for (unsigned i = 0; i < 3; i++) {
			struct probe *p = kinds[mix >> i & 1]('a', LOOP_READ);
			p->act = drop_others;
			say(p);
		}
		assert_string_equal(turn(), "a");
		drop_others(NULL);
		probe_count = 0;
	}
}

static void a_watch_may_be_freed_in_its_own_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		say(add_socket('a', LOOP_READ));
		say(add_pipe('a', LOOP_READ));
	}
	for (size_t i = 0; i < probe_count; i++)
		probes[i]->act = drop;
	assert_string_equal(turn(), "aaaaaa");
	assert_string_equal(turn(), "");
}

static void stop_watching_others(struct probe *p)
{
	for (size_t i = 0; i < probe_count; i++)
		if (probes[i] != p)
			watch_set(&probes[i]->watch, 0);
}

static void a_change_of_a_watch_holds_in_the_same_turn(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < 2; i++) {
			struct probe *p = kinds[kind]('a', LOOP_READ);
			p->act = stop_watching_others;
			say(p);
		}
		assert_string_equal(turn(), "a");
		drop_others(NULL);
		probe_count = 0;
	}
}

/* A child has inherited the socket, so that it outlives its descriptor here. */
static void a_watch_can_be_removed_although_epoll_fails(void **state)
{
	(void)state;
	for (unsigned events = 0; events <= LOOP_WRITE; events++) {
		struct probe *p = add_socket('a', LOOP_READ), *b;
		int inherited = dup(p->fd);
		epoll_error = events != LOOP_READ ? ENOMEM : 0;
		watch_set(&p->watch, events);
		epoll_error = ENOMEM;
		drop(p);
		epoll_error = 0;
		sleeps = 0;
		assert_int_equal(loop_turn(loop, 5), 0);
		assert_int_equal(sleeps, 1);
		b = add_socket('b', LOOP_READ);
		say(b);
		assert_string_equal(turn(), "b");
		drop(b);
		close(inherited);
	}
}

static void fail_and_stop_others(struct probe *p)
{
	epoll_error = ENOMEM;
	stop_watching_others(p);
}

static void a_batch_goes_on_when_epoll_fails_within(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		say(add_socket('a', LOOP_READ));
	probes[0]->act = fail_and_stop_others;
	turn();
	assert_int_equal(probes[0]->calls, 1);
	for (size_t i = 1; i < MANY; i++)
		watch_set(&probes[i]->watch, LOOP_READ);
	probes[0]->act = NULL;
	assert_int_equal(strlen(turn()), MANY);
}

static void sockets_are_served_when_epoll_cannot_be_asked(void **state)
{
	struct probe *p = add_socket('a', LOOP_READ);
	(void)state;
	say(p);
	wait_error = EINTR;
	turn();
	assert_int_equal(p->watch.is_epoll_only, backend == LOOP_EPOLL);
	wait_error = EBADF;
	turn();
	assert_string_equal(turn(), "a");
}

static void an_added_watch_needs_no_more_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		say(add_socket('a', 0));
	has_no_memory = true;
	for (size_t i = 0; i < MANY; i++) {
		epoll_error = ENOSPC;
		watch_set(&probes[i]->watch, LOOP_READ);
	}
	assert_int_equal(strlen(turn()), MANY);
}

static void without_memory_a_watch_is_refused(void **state)
{
	struct probe *p = add_probe('a');
	(void)state;
	has_no_memory = true;
	assert_int_equal(watch_add_socket(loop, &p->watch, 0, 0), -1);
	assert_int_equal(watch_add(loop, &p->watch, 0, 0), -1);
	assert_null(p->watch.loop);
	has_no_memory = false;
	say(add_socket('b', LOOP_READ));
	assert_string_equal(turn(), "b");
}

/* The other one's number and memory now belong to a quiet socket. */
static void replace_the_other(struct probe *p)
{
	struct probe *other = probes[probes[0] == p];
	int fds[2];
	p->act = NULL;
	watch_remove(&other->watch);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(dup2(fds[0], other->fd), other->fd);
	close(fds[0]);
	close(other->other);
	other->other = fds[1];
	other->name = 'n';
	watch_add_socket(loop, &other->watch, other->fd, LOOP_READ);
}

static void a_number_used_again_does_not_inherit_readiness(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		add_socket('a', LOOP_READ);
		say(probes[i]);
		probes[i]->act = replace_the_other;
	}
	assert_string_equal(turn(), "a");
	say(probes[0]->name == 'n' ? probes[0] : probes[1]);
	turn();
	assert_non_null(strchr(trace, 'n'));
}

static void add_ready_ones(struct probe *p)
{
	p->act = NULL;
	for (int i = 0; i < 40; i++) {
		say(add_socket('s', LOOP_READ));
		say(add_pipe('p', LOOP_READ));
	}
}

static void watches_added_in_a_call_are_called_in_the_next_turn(void **state)
{
	struct probe *p = add_pipe('a', LOOP_READ);
	(void)state;
	say(p);
	p->act = add_ready_ones;
	assert_string_equal(turn(), "a");
	assert_int_equal(strlen(turn()), 81);
}

static void sockets_that_are_always_ready_take_turns(void **state)
{
	size_t sum = 0;
	(void)state;
	for (size_t i = 0; i < MANY; i++)
		add_socket('a', LOOP_WRITE);
	turn();
	turn();
	for (size_t i = 0; i < MANY; i++) {
		assert_true(probes[i]->calls > 0);
		sum += probes[i]->calls;
	}
	assert_true(sum <= 2 * MANY);
}

static void what_is_not_one_of_many_need_not_queue_up(void **state)
{
	struct probe *p = add_pipe('p', LOOP_READ);
	(void)state;
	for (size_t i = 1; i < MANY; i++)
		say(add_socket('a', LOOP_READ));
	say(p);
	turn();
	assert_int_equal(p->calls, 1);
}

static void use_automatic_backend(void)
{
	loop_free(loop);
	loop = loop_new(LOOP_AUTO);
}

static void a_few_are_polled_and_many_stand_in_one_set(void **state)
{
	struct probe *last = add_probe('z');
	(void)state;
	use_automatic_backend();
	say(add_pipe('p', LOOP_READ));
	do
		say(last = add_socket('s', LOOP_READ));
	while (!last->watch.is_epoll_only);
	polls = 0;
	assert_int_equal(strlen(turn()), probe_count - 1);
	assert_int_equal(polls, 0);
	drop(last);
	say(add_socket('t', LOOP_READ));
	assert_int_equal(strlen(turn()), probe_count - 2);
}

static void a_file_beside_a_set_is_ready_as_long_as_it_is_watched(void **state)
{
	struct probe *s = add_socket('s', LOOP_READ), *f = add_probe('f');
	(void)state;
	f->fd = memfd_create("file", MFD_CLOEXEC);
	assert_int_equal(watch_add(loop, &f->watch, f->fd, LOOP_READ), 0);
	say(s);
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(loop_turn(loop, 5), 0);
		assert_true(f->calls == i && s->calls == i && !sleeps);
	}
	hear(s);
	for (unsigned events = 0; events <= LOOP_HANGUP; events += LOOP_HANGUP)
	{
		watch_set(&f->watch, events);
		sleeps = 0;
		assert_int_equal(loop_turn(loop, 5), 0);
		assert_true(f->calls == 3 && sleeps == 1);
	}
	assert_int_equal(s->watch.is_epoll_only, backend == LOOP_EPOLL);
}

static void a_kernel_that_counts_in_milliseconds_waits_as_long(void **state)
{
	struct probe *p = add_socket('a', LOOP_READ);
	(void)state;
	has_no_pwait2 = true;
	assert_int_equal(loop_turn(loop, 5), 0);
	assert_int_equal(sleeps, 1);
	say(p);
	assert_string_equal(turn(), "a");
	assert_int_equal(p->watch.is_epoll_only, backend == LOOP_EPOLL);
}

static void watches_that_come_and_go_leave_no_slots_behind(void **state)
{
	struct probe *p = add_pipe('a', LOOP_READ);
	struct probe *last = add_pipe('b', LOOP_READ);
	(void)state;
	say(last);
	for (int i = 0; i < 2000; i++) {
		watch_remove(&p->watch);
		watch_add(loop, &p->watch, p->fd, LOOP_READ);
		if (i % 500 == 0)
			assert_string_equal(turn(), "b");
	}
	watch_remove(&p->watch);
	turn();
	assert_true(poll_count <= 2);
}

static void a_watch_that_is_not_watched_is_left_alone(void **state)
{
	struct probe *p = add_probe('a');
	(void)state;
	watch_set(&p->watch, LOOP_READ);
	watch_remove(&p->watch);
	timer_stop(&p->timer);
	later_cancel(&p->later);
	assert_string_equal(turn(), "");
}

static void the_environment_chooses_an_automatic_backend(void **state)
{
	static const struct {
		enum loop_backend backend;
		const char *wish;
		bool is_epoll_only;
	} cases[] = {
		{ LOOP_AUTO, "poll", false }, { LOOP_AUTO, "epoll", true },
		{ LOOP_AUTO, "", false },     { LOOP_POLL, "epoll", false },
		{ LOOP_EPOLL, "poll", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setenv("SOCKCHAT_LOOP", cases[i].wish, 1);
		loop_free(loop);
		loop = loop_new(cases[i].backend);
		struct probe *p = add_socket('a', LOOP_READ);
		assert_int_equal(p->watch.is_epoll_only,
		                 cases[i].is_epoll_only);
		drop(p);
	}
	unsetenv("SOCKCHAT_LOOP");
}

struct host {
	struct watch_host head;
	unsigned events;
};

static void note_events(struct watch_host *h, unsigned events)
{
	((struct host *)h)->events = events;
}

static void a_host_is_told_what_a_watch_waits_for(void **state)
{
	struct host h = { .head = { note_events } };
	struct watch w = { .on_ready = NULL };
	(void)state;
	watch_by_host(loop, &w, &h.head, LOOP_READ);
	assert_int_equal(h.events, LOOP_READ);
	watch_set(&w, LOOP_WRITE);
	assert_int_equal(h.events, LOOP_WRITE);
	turn();
	watch_remove(&w);
	assert_int_equal(h.events, 0);
	assert_null(w.loop);
	watch_remove(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_socket_is_ready_for_what_it_is_watched_for),
		TEST(a_watch_may_change_what_it_waits_for),
		TEST(unread_bytes_are_ready_again),
		TEST(a_hang_up_is_ready_for_all_that_is_watched),
		TEST(a_closed_descriptor_is_told_to_its_watch),
		TEST(nothing_watched_does_not_wake_when_the_peer_is_gone),
		TEST(a_file_is_ready_although_epoll_refuses_it),
		TEST(a_socket_epoll_has_no_room_for_is_polled),
		TEST(two_watches_of_one_socket_are_both_called),
		TEST(a_removed_watch_is_not_called_in_the_same_turn),
		TEST(a_watch_may_be_freed_in_its_own_call),
		TEST(a_change_of_a_watch_holds_in_the_same_turn),
		TEST(a_watch_can_be_removed_although_epoll_fails),
		TEST(a_batch_goes_on_when_epoll_fails_within),
		TEST(sockets_are_served_when_epoll_cannot_be_asked),
		TEST(an_added_watch_needs_no_more_memory),
		TEST(without_memory_a_watch_is_refused),
		TEST(a_number_used_again_does_not_inherit_readiness),
		TEST(watches_added_in_a_call_are_called_in_the_next_turn),
		TEST(sockets_that_are_always_ready_take_turns),
		TEST(what_is_not_one_of_many_need_not_queue_up),
		TEST(a_few_are_polled_and_many_stand_in_one_set),
		TEST(a_file_beside_a_set_is_ready_as_long_as_it_is_watched),
		TEST(watches_that_come_and_go_leave_no_slots_behind),
		TEST(a_watch_that_is_not_watched_is_left_alone),
		TEST(the_environment_chooses_an_automatic_backend),
		TEST(a_host_is_told_what_a_watch_waits_for),
		TEST(a_kernel_that_counts_in_milliseconds_waits_as_long),
	};
	return RUN_ON_BOTH(tests);
}
