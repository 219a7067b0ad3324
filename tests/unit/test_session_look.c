/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is found out about a peer of this machine, and when it is told. */

#include "session_scene.h"

static int64_t next_search_ns;

static void look_when_due(void)
{
	int64_t due = session_look_due(now.session);
	if (due && due <= loop_now_ns(now.loop))
		session_look(now.session);
}

static void wait_s(int seconds)
{
	for (int i = 0; i < 10 * seconds; i++) {
		clock_ns += 100 * MS_NS;
		turn();
		look_when_due();
	}
}

static int set_up(void **state)
{
	start(state);
	next_search_ns = 0;
	now.settings.next_search_ns = &next_search_ns;
	return 0;
}

static struct owner_peer *far_end(void)
{
	return &fake_facts(now.fake)->far;
}

static void set_owner(const char *owner)
{
	snprintf(fake_facts(now.fake)->owner, OWNER_TEXT_MAX, "%s", owner);
}

/* The notes since then, "code: text (hint)" a line each. */
static const char *notes_from(uint64_t seq)
{
	static char page[2000];
	const struct entry *e;
	page[0] = '\0';
	for (; (e = entry_at(now.transcript, seq)); seq++) {
		size_t len = strlen(page);
		if (e->kind == ENTRY_NOTE)
			snprintf(page + len, sizeof(page) - len,
			         "%s: %.*s (%s)\n", e->code, (int)e->len,
			         (const char *)e->bytes, e->hint);
	}
	return page;
}

/* A server that has not accepted us. */
static uint64_t dial_waiting(void)
{
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	set_owner("python3 (pid 7, user bob)");
	*far_end() = (struct owner_peer){
		.is_here = true, .is_waiting = true, .waiting = 2, .backlog = 5,
	};
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	return transcript_end(now.transcript);
}

#define NO_ACCEPT                                                             \
	"the peer is python3 (pid 7, user bob). The server listens, but does " \
	"not call accept(): it serves somebody else, hangs, or is stopped"

static void a_server_that_does_not_accept_is_told_once(void **state)
{
	(void)state;
	uint64_t seq = dial_waiting();
	wait_s(2);
	assert_string_equal(notes_from(seq), "");
	wait_s(2);
	assert_string_equal(notes_from(seq),
	                    "not-accepted: not accepted yet, 2 wait in its "
	                    "backlog of 5 (" NO_ACCEPT ")\n");
	wait_s(60);
	seq = transcript_end(now.transcript);
	far_end()->is_waiting = false;
	set_owner("worker (pid 8, user bob)");
	wait_s(1);
	assert_string_equal(notes_from(seq),
	                    "accepted: accepted: the peer is worker (pid 8, "
	                    "user bob) ()\n");
	wait_s(60);
	assert_int_equal(session_look_due(now.session), 0);
}

static void who_accepts_at_once_is_no_news(void **state)
{
	(void)state;
	uint64_t seq = dial_waiting();
	far_end()->is_waiting = false;
	wait_s(5);
	assert_string_equal(notes_from(seq), "");
	assert_int_equal(session_look_due(now.session), 0);
}

static void another_process_than_the_listeners_is_told(void **state)
{
	(void)state;
	uint64_t seq = dial_waiting();
	far_end()->is_waiting = false;
	set_owner("worker (pid 8, user bob)");
	wait_s(5);
	assert_string_equal(notes_from(seq),
	                    "accepted: accepted: the peer is worker (pid 8, "
	                    "user bob) ()\n");
}

static void a_peer_that_does_not_read_is_told_once(void **state)
{
	(void)state;
	adopt();
	*far_end() = (struct owner_peer){
		.is_here = true, .unread = 6, .searched_ns = INT64_MAX,
	};
	send_text("hello\n");
	uint64_t seq = transcript_end(now.transcript);
	wait_s(2);
	assert_string_equal(notes_from(seq), "");
	wait_s(2);
	assert_non_null(strstr(notes_from(seq), "not-read: no answer for 3 s: "
	                                        "6 bytes lie unread ("));
	seq = transcript_end(now.transcript);
	send_text("hello\n");
	wait_s(20);
	assert_string_equal(notes_from(seq), "");
}

/* Of which no process is found yet. */
static uint64_t wait_for_reader(void)
{
	adopt();
	*far_end() = (struct owner_peer){ .is_here = true, .unread = 6 };
	send_text("hello\n");
	uint64_t seq = transcript_end(now.transcript);
	wait_s(4);
	assert_string_equal(notes_from(seq), "");
	return seq;
}

static void the_search_for_who_does_not_read_is_waited_for(void **state)
{
	(void)state;
	uint64_t seq = wait_for_reader();
	set_owner("python3 (pid 7, user bob)");
	wait_s(1);
	assert_non_null(strstr(notes_from(seq), "6 bytes lie unread (the peer "
	                                        "is python3 (pid 7"));
}

static void a_search_without_end_is_not_waited_for(void **state)
{
	(void)state;
	uint64_t seq = wait_for_reader();
	wait_s(2);
	assert_non_null(strstr(notes_from(seq), "6 bytes lie unread ("));
	assert_null(strstr(notes_from(seq), "pid"));
	seq = transcript_end(now.transcript);
	wait_s(20);
	assert_string_equal(notes_from(seq), "");
}

static void a_peer_that_reads_and_is_silent_is_no_note(void **state)
{
	(void)state;
	adopt();
	*far_end() = (struct owner_peer){ .is_here = true };
	send_text("hello\n");
	uint64_t seq = transcript_end(now.transcript);
	wait_s(20);
	assert_string_equal(notes_from(seq), "");
	assert_int_equal(session_look_due(now.session), 0);
}

static void an_answer_ends_the_silence(void **state)
{
	struct facts f;
	(void)state;
	adopt();
	send_text("hello\n");
	wait_s(5);
	session_facts(now.session, &f);
	assert_int_equal(f.now.mono_ns - f.asked_ns, 5000 * MS_NS);
	fake_feed(now.fake, "hi\n");
	turn();
	session_facts(now.session, &f);
	assert_int_equal(f.asked_ns, 0);
}

/* The FIN of a program that has gone says as much; of one that goes later, a
 * note does. */
static void a_peer_without_a_program_is_gone(void **state)
{
	(void)state;
	adopt();
	*far_end() = (struct owner_peer){ .is_here = true };
	fake_feed_end(now.fake);
	turn();
	assert_true(session_has_reader(now.session));
	uint64_t seq = transcript_end(now.transcript);
	wait_s(5);
	assert_string_equal(notes_from(seq), "");
	far_end()->is_gone = true;
	wait_s(8);
	assert_string_equal(notes_from(seq),
	                    "peer-gone: the peer is gone: no program reads "
	                    "what you send ()\n");
	assert_false(session_has_reader(now.session));
	assert_string_equal(session_state_text(now.session),
	                    "half-closed (by the peer, which is gone)");
	assert_int_equal(session_look_due(now.session), 0);
}

static void the_fin_of_one_that_is_gone_says_so(void **state)
{
	(void)state;
	adopt();
	*far_end() = (struct owner_peer){ .is_here = true, .is_gone = true };
	fake_feed(now.fake, "bye\n");
	fake_feed_end(now.fake);
	turn();
	const struct entry *e =
	    entry_at(now.transcript, transcript_end(now.transcript) - 1);
	static const char text[] =
	    "the peer has finished sending (FIN received) and is gone";
	assert_int_equal(e->len, sizeof(text) - 1);
	assert_memory_equal(e->bytes, text, e->len);
	uint64_t seq = transcript_end(now.transcript);
	wait_s(20);
	assert_string_equal(notes_from(seq), "");
	wait_s(40);
	fake_set_pending(now.fake, -1, EPIPE);
	session_shutdown(now.session);
	turn();
	e = entry_at(now.transcript, transcript_end(now.transcript) - 1);
	assert_int_equal(strncmp((const char *)e->bytes, "connection closed: 4",
	                         20), 0);
	assert_string_equal(e->hint, "");
}

/* What the other half can do is no news once both have ended. */
static void half_an_end_is_folded_when_both_have_ended(void **state)
{
	(void)state;
	adopt();
	uint64_t seq = transcript_end(now.transcript);
	fake_feed_end(now.fake);
	turn();
	const struct entry *e = entry_at(now.transcript, seq);
	assert_int_equal(e->state, ENTRY_HALF_CLOSED);
	assert_string_equal(e->hint, "you can still send. /close hangs up");
	assert_false(e->flags & ENTRY_FOLDED);
	session_shutdown(now.session);
	turn();
	assert_true(entry_at(now.transcript, seq)->flags & ENTRY_FOLDED);
	e = entry_at(now.transcript, transcript_end(now.transcript) - 1);
	assert_int_equal(e->state, ENTRY_CLOSED);
}

static void the_process_of_one_in_a_burst_is_told_later(void **state)
{
	(void)state;
	next_search_ns = clock_ns + 200 * MS_NS;
	adopt();
	*far_end() = (struct owner_peer){ .is_here = true };
	set_owner("nc (pid 9, user bob)");
	uint64_t seq = transcript_end(now.transcript);
	assert_true(session_look_due(now.session) > 0);
	wait_s(1);
	if (fake_kind()->traits & TRANSPORT_IP)
		assert_string_equal(notes_from(seq),
		                    "peer-process: the peer is nc (pid 9, user "
		                    "bob) ()\n");
	assert_int_equal(session_look_due(now.session), 0);
}

/* Rows are folded */

static void on_look(void *user, struct session *s)
{
	(void)user;
	assert_ptr_equal(s, now.session);
}

static int set_up_folding(void **state)
{
	set_up(state);
	now.settings.folds = true;
	now.ops.on_look = on_look;
	adopt();
	return 0;
}

/* How many entries are there, and how many of them rows show. */
static void assert_counts(uint64_t count, uint64_t shown)
{
	const struct entry *e;
	uint64_t seq = 1;
	for (; (e = entry_at(now.transcript, seq)); seq++)
		shown -= !(e->flags & ENTRY_FOLDED);
	assert_int_equal(seq - 1, count);
	assert_int_equal(shown, 0);
}

static void who_comes_and_stays_is_told_a_little_later(void **state)
{
	int64_t came_ns = clock_ns;
	(void)state;
	assert_counts(0, 0);
	wait_s(1);
	assert_counts(1, 1);
	assert_story("O");
	assert_int_equal(entry_at(now.transcript, 1)->time.mono_ns, came_ns);
}

static void who_says_something_is_told_before(void **state)
{
	(void)state;
	fake_feed(now.fake, "hello\n");
	turn();
	assert_story("O<");
	assert_counts(2, 2);
}

static void what_we_say_is_told_after_who_came(void **state)
{
	(void)state;
	send_text("hello\n");
	assert_story("O>");
	assert_counts(2, 2);
}

static void who_resets_at_once_has_one_row(void **state)
{
	(void)state;
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_story("OX");
	assert_counts(2, 1);
}

static void who_closes_at_once_is_closed_and_has_one_row(void **state)
{
	(void)state;
	far_end()->is_here = far_end()->is_gone = true;
	fake_feed_end(now.fake);
	wait_ms(10);
	assert_story("OHX");
	assert_counts(3, 1);
	assert_false(now.in_ends);
}

static void who_is_left_before_it_is_told_has_both_rows(void **state)
{
	(void)state;
	session_leave(now.session);
	turn();
	assert_story("OHX");
	assert_counts(3, 2);
}

/* Nobody knows whether it reads. */
static void who_ends_at_once_elsewhere_stays(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	turn();
	assert_story("OH");
	assert_counts(2, 2);
	assert_int_equal(now.in_ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, finish)
		T(a_server_that_does_not_accept_is_told_once),
		T(who_accepts_at_once_is_no_news),
		T(another_process_than_the_listeners_is_told),
		T(a_peer_that_does_not_read_is_told_once),
		T(the_search_for_who_does_not_read_is_waited_for),
		T(a_search_without_end_is_not_waited_for),
		T(a_peer_that_reads_and_is_silent_is_no_note),
		T(an_answer_ends_the_silence),
		T(a_peer_without_a_program_is_gone),
		T(the_fin_of_one_that_is_gone_says_so),
		T(half_an_end_is_folded_when_both_have_ended),
		T(the_process_of_one_in_a_burst_is_told_later),
#define F(name) cmocka_unit_test_setup_teardown(name, set_up_folding, finish)
		F(who_comes_and_stays_is_told_a_little_later),
		F(who_says_something_is_told_before),
		F(what_we_say_is_told_after_who_came),
		F(who_resets_at_once_has_one_row),
		F(who_closes_at_once_is_closed_and_has_one_row),
		F(who_is_left_before_it_is_told_has_both_rows),
		F(who_ends_at_once_elsewhere_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
