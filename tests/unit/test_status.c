/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The status line: what it says, what it leaves out first, what a click on it
 * does. */

#include <sockchat/audience.h>
#include <sockchat/command.h>
#include <sockchat/fault.h>
#include <sockchat/glyph.h>
#include <sockchat/hold.h>
#include <sockchat/pair.h>
#include <sockchat/record.h>

#include "../../src/chat/chat_private.h"
#include "../../src/tui/status.h"
#include "../fake/fake_transport.h"
#include "screen_scene.h"

static struct status status;
static struct spots spots;
static struct pace pace;

static int start(void **state)
{
	int failed = set_up(state);
	pace = (struct pace){ .subject = 0 };
	status = (struct status){
		.chat = chat, .percent = 100, .mode = "", .notice = "",
		.moment = "", .draft = "",
		.pace = &pace,
	};
	return failed;
}

static const char *draw(int width)
{
	resize(2, width);
	screen_erase();
	spots.count = 0;
	status_draw(&status, 0, &spots);
	finish(1, 0);
	return row(0);
}

static bool shows(const char *text)
{
	return strstr(draw(400), text) != NULL;
}

static struct session *meet(void)
{
	static const struct frontend_ops silent = { .stays = true };
	struct address peer = fake_address("127.0.0.1:9");
	fake_start();
	struct fake *f = fake_open();
	fake_facts(f)->local = fake_address("127.0.0.1:8");
	chat->ops = &silent;
	chat_on_peer(chat, fake_transport(f), &peer);
	return chat_session(chat, 0);
}

static void leave(struct session *s)
{
	session_reset(s);
	fake_finish();
}

static void without_anybody_it_says_so(void **state)
{
	(void)state;
	assert_string_equal(draw(80), " not connected | text | eol lf");
	snprintf(chat->own->listening, sizeof(chat->own->listening), "*:9");
	chat->is_exposed = true;
	chat->reach = "open to other machines";
	assert_true(shows(" listening on *:9 | not connected | open"));
	assert_true(shows("open to other machines"));
	chat->accepts = false;
	assert_true(shows("open to other machines | not accepting"));
	chat->accepts = true;
	snprintf(chat->own->forwarding, sizeof(chat->own->forwarding), "a:1");
	assert_true(shows("listening on *:9 | forwarding to a:1 | no client | "
	                  "open to other machines | text"));
}

static void a_connection_has_its_facts(void **state)
{
	(void)state;
	struct session *s = meet();
	assert_string_equal(draw(100),
	                    " 127.0.0.1:9 | open | text | eol lf | "
	                    "0 B in, 0 B out");
	assert_string_equal(draw(51), " :9 local | open | text | eol lf | "
	                              "0 B in, 0 B out");
	assert_string_equal(draw(17), " :9 local | open");
	command_run(chat, "/pause", 6);
	assert_true(shows("| 0 B in, 0 B out | paused"));
	leave(s);
}

/* A client at :50000 and the target at :9 are one peer. */
static struct session *meet_pair(void)
{
	struct address client = fake_address("127.0.0.1:50000");
	struct session *far = meet();
	assert_int_equal(pair_begin(far, &chat->own->near_settings,
	                            fake_transport(fake_open()), &client), 0);
	return far;
}

static void a_pair_shortens_its_ends_before_it_leaves_them_out(void **state)
{
	(void)state;
	struct session *far = meet_pair();
	assert_true(shows(" 127.0.0.1:50000 → 127.0.0.1:9 | open |"));
	assert_non_null(strstr(draw(60), " :50000 → :9 | open |"));
	assert_non_null(strstr(draw(20), ":50000 → :9"));
	status.glyph_flags = GLYPH_ASCII;
	assert_true(shows("127.0.0.1:50000 -> 127.0.0.1:9"));
	far->link.where = "unix:/run/a/b.sock";
	assert_non_null(strstr(draw(40), ":50000 -> b.sock"));
	leave(far);
}

static void what_is_held_is_counted_each_way(void **state)
{
	(void)state;
	struct session *s = meet_pair();
	struct hold *h = chat->session_settings.hold;
	assert_false(shows("‖"));
	chat->options->hold = HOLD_OUT;
	assert_true(shows(" B out | hold out"));
	h->count[1] = 3;
	assert_true(shows("| ‖ 3 out"));
	assert_non_null(strstr(draw(20), "‖ 3 out"));
	h->count[0] = 1;
	assert_true(shows("| ‖ 4: 3 out, 1 in"));
	status.glyph_flags = GLYPH_ASCII;
	assert_true(shows("| held 4: 3 out, 1 in"));
	h->count[1] = 0;
	assert_true(shows("| held 1 in"));
	h->count[0] = 0;
	leave(s);
}

static void faults_that_are_on_are_named(void **state)
{
	struct fault_spec spec = { .seed = { .is_on = false } };
	struct error e;
	(void)state;
	assert_false(shows("fault"));
	assert_int_equal(fault_parse(&spec, "latency=200ms in:rate=10k", &e),
	                 0);
	faults_set(chat->session_settings.faults, &spec);
	assert_true(shows("| fault "));
	assert_true(shows("latency=200ms"));
	assert_non_null(strstr(draw(30), "faults"));
	assert_null(strstr(draw(30), "latency"));
}

static void a_connection_with_tls_says_so(void **state)
{
	static const struct tls_facts facts = { .version = "TLSv1.3" };
	(void)state;
	struct session *s = meet();
	fake_facts(fake_last())->tls = &facts;
	assert_true(shows(" 127.0.0.1:9 | open | TLSv1.3 | text"));
	assert_false(shows("VERIFIED"));
	leave(s);
}

static void recordings_tell_how_much_they_are_and_that_they_fail(void **state)
{
	static struct wire wire;
	struct error e;
	(void)state;
	chat->options->dial.wire = &wire;
	assert_int_equal(record_begin(chat, true, &e), 0);
	assert_false(shows("| rec "));
	assert_int_equal(recorders_start(chat->recorders, "jsonl:/dev/null",
	                                 RECORD_NEW, &e), 0);
	assert_true(shows("| eol lf | rec 0 B"));
	chat_note(chat, "note", "some note");
	assert_int_equal(loop_turn(chat->loop, 0), 0);
	assert_false(shows("| rec 0 B"));
	assert_int_equal(recorders_start(chat->recorders, "text:/dev/full",
	                                 RECORD_NEW, &e), 0);
	chat_note(chat, "note", "lost");
	assert_int_equal(loop_turn(chat->loop, 0), 0);
	assert_true(shows("| rec FAILS, "));
	record_end(chat);
}

/* Also when it is not connected, and however narrow the screen is. */
static void a_server_that_proves_nothing_leaves_a_mark(void **state)
{
	static const struct tls_facts facts = {
		.version = "TLSv1.2", .trust = TLS_TRUST_ANYONE,
	};
	struct options *o = chat->options;
	(void)state;
	assert_false(shows("VERIFIED"));
	o->tls.insecure = true;
	assert_string_equal(draw(19), " TLS NOT VERIFIED");
	assert_string_equal(draw(8), " TLS NOT");
	struct session *s = meet();
	fake_facts(fake_last())->tls = &facts;
	assert_string_equal(draw(30), " TLS NOT VERIFIED | open");
	assert_true(shows("| TLSv1.2 |"));
	status.notice = "a notice that takes all of the room";
	assert_string_equal(draw(20), " TLS NOT VERIFIED");
	leave(s);
	snprintf(o->tls.pin, sizeof(o->tls.pin), "sha256//x");
	assert_false(shows("VERIFIED")); /* it is known by its key */
	o->tls = (struct tls_settings){ .insecure = false };
}

static void peers_that_are_gone_are_counted_apart(void **state)
{
	(void)state;
	struct address peer = fake_address("127.0.0.1:9");
	meet();
	for (int i = 0; i < 2; i++)
		chat_on_peer(chat, fake_transport(fake_open()), &peer);
	assert_true(shows(" 3 peers |"));
	session_pause(chat_session(chat, 1));
	assert_true(shows(" 3 peers, 1 paused |"));
	chat_session(chat, 0)->is_gone = true;
	assert_true(shows(" 2 peers, 1 paused, 1 gone |"));
	session_resume(chat_session(chat, 1));
	assert_true(shows(" 2 peers, 1 gone |"));
	chat_session(chat, 1)->is_gone = true;
	chat_session(chat, 2)->is_gone = true;
	assert_true(shows(" 0 peers, 3 gone |"));
	chat_for_all(chat, session_reset);
	fake_finish();
}

static void what_is_looked_at_is_said(void **state)
{
	(void)state;
	status.below = 12;
	status.percent = 45;
	status.mode = "vi:cmd";
	assert_true(shows(" | vi:cmd "));
	assert_string_equal(draw(60) + 47, "12 new below");
	status.below = 0;
	assert_string_equal(draw(60) + 46, "in the middle");
	status.percent = 0;
	assert_true(shows("at the beginning"));
	status.percent = 24;
	assert_true(shows("near the beginning"));
	status.percent = 99;
	assert_true(shows("near the end"));
	status.percent = 100;
	assert_string_equal(draw(60),
	                    " not connected | text | eol lf | vi:cmd");
}

static void a_filter_says_what_it_hides(void **state)
{
	struct error e;
	(void)state;
	assert_false(shows("filter"));
	assert_int_equal(filter_set(&chat->filter, "peer 2", 1, NULL,
	                            &e), 0);
	status.hidden = 120;
	assert_true(shows("filter: peer 2, 120 hidden"));
	assert_non_null(strstr(draw(60), "120 hidden"));
}

static void rates_are_shown_while_something_moves(void **state)
{
	(void)state;
	struct session *s = meet();
	assert_false(shows("/s"));
	pace.in_rate = 2048;
	assert_true(shows("0 B in, 0 B out | 2.0 KiB/s in"));
	pace.out_rate = 7;
	assert_true(shows("| 2.0 KiB/s in, 7 B/s out"));
	pace.in_rate = 0;
	assert_true(shows("| 7 B/s out"));
	leave(s);
}

static void a_queue_is_blamed_on_the_peer_when_it_stands(void **state)
{
	(void)state;
	struct session *s = meet();
	fake_limit_write(fake_last(), 0);
	command_run(chat, "queued", 6);
	assert_true(shows("| 7 B queued"));
	pace.is_stuck = true;
	assert_true(shows("| peer not reading, 7 B queued"));
	command_run(chat, "/drip 1", 7); /* we are slow ourselves */
	assert_true(shows("| 7 B queued"));
	leave(s);
}

/* Under a sanitizer this says that there is room for all of it. */
static void a_wide_status_line_shows_everything_at_once(void **state)
{
	struct error e;
	(void)state;
	struct session *s = meet();
	fake_limit_write(fake_last(), 0);
	snprintf(chat->own->listening, sizeof(chat->own->listening), "*:9");
	chat->is_exposed = true;
	chat->reach = "open to other machines";
	command_run(chat, "queued", 6);
	command_run(chat, "/pause", 6);
	filter_set(&chat->filter, "in", 1, NULL, &e);
	status.below = UINT64_MAX;
	status.hidden = UINT64_MAX;
	status.percent = 1;
	status.mode = "vi:cmd";
	status.notice = "a notice";
	status.draft = "1 B";
	pace.in_rate = pace.out_rate = UINT64_MAX;
	pace.is_stuck = true;
	resize(2, 600);
	assert_non_null(strstr(draw(600), "a notice"));
	assert_non_null(strstr(row(0), "peer not reading"));
	assert_non_null(strstr(row(0), "vi:cmd | 1 B | listening on *:9 "));
	for (int width = 1; width <= 200; width++) {
		assert_true(strlen(draw(width)) <= (size_t)width);
		if (width >= 9)
			assert_memory_equal(row(0), " a notice", 9);
		if (width >= 70)
			assert_non_null(strstr(row(0), "| open"));
	}
	leave(s);
}

static void what_has_just_changed_is_named_at_the_right_end(void **state)
{
	(void)state;
	status.moment = "view: hex";
	assert_string_equal(draw(46), " not connected | text | eol lf"
	                              "      view: hex");
	assert_string_equal(draw(40),
	                    " not connected | text         view: hex");
	assert_string_equal(draw(12), " view: hex");
	assert_string_equal(draw(5), " view");
	status.moment = "\033x";
	assert_non_null(strstr(draw(60), " ^[x"));
}

static void nothing_changes_its_place_for_a_moment(void **state)
{
	struct session *s = meet();
	(void)state;
	assert_string_equal(draw(80), " 127.0.0.1:9 | open | text | eol lf | "
	                              "0 B in, 0 B out");
	status.moment = "time: since the start, in seconds";
	assert_string_equal(draw(80),
	                    " 127.0.0.1:9 | open | text | eol lf          "
	                    " time: since the start, in seconds");
	status.moment = "view: hex"; /* what is held is not hidden by it */
	chat->session_settings.hold->count[1] = 1;
	assert_non_null(strstr(draw(60), "‖ 1 out"));
	chat->session_settings.hold->count[1] = 0;
	leave(s);
}

static void a_narrow_status_line_leaves_out_the_least_important(void **state)
{
	(void)state;
	status.below = 12;
	status.mode = "vi:cmd";
	assert_string_equal(draw(39), " not connected | vi:cmd   12 new below");
	assert_string_equal(draw(37), " not connected          12 new below");
	assert_string_equal(draw(18), " 12 new below");
	assert_string_equal(draw(5), " 12 n");
}

/* Wide letters take the room that they need. */
static void what_is_wide_is_counted_as_it_is_seen(void **state)
{
	(void)state;
	status.notice = "안녕";
	assert_string_equal(draw(23), " 안녕 | not connected");
	assert_string_equal(draw(22), " 안녕 | not connected");
	status.notice = "\033]2;x\a\xc2\x9b";
	assert_string_equal(draw(80), " ^[]2;x^G<U+009B> | not connected | "
	                              "text | eol lf");
	status.notice = "안";
	status.glyph_flags = GLYPH_ASCII;
	assert_string_equal(draw(32), " \\xec\\x95\\x88 | not connected");
	assert_string_equal(draw(31), " \\xec\\x95\\x88 | not connected");
}

static enum key at(const char *text)
{
	const char *found = strstr(row(0), text);
	assert_non_null(found);
	return spots_find(&spots, 0, (int)(found - row(0)));
}

static void a_click_is_as_good_as_a_key(void **state)
{
	(void)state;
	struct session *s = meet();
	status.below = 3;
	draw(200);
	assert_int_equal(at("3 new"), KEY_BOTTOM);
	assert_int_equal(at("127.0.0.1:9"), KEY_F6);
	assert_int_equal(at("text"), KEY_F2);
	assert_int_equal(at("eol"), KEY_NEXT_EOL);
	assert_int_equal(at("open"), KEY_F5);
	assert_int_equal(at("| text"), KEY_NONE);
	draw(20);
	for (int column = 0; column < 20; column++)
		assert_int_not_equal(spots_find(&spots, 0, column), KEY_F2);
	leave(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_anybody_it_says_so),
		TEST(a_connection_has_its_facts),
		TEST(a_pair_shortens_its_ends_before_it_leaves_them_out),
		TEST(what_is_held_is_counted_each_way),
		TEST(faults_that_are_on_are_named),
		TEST(a_connection_with_tls_says_so),
		TEST(recordings_tell_how_much_they_are_and_that_they_fail),
		TEST(a_server_that_proves_nothing_leaves_a_mark),
		TEST(peers_that_are_gone_are_counted_apart),
		TEST(what_is_looked_at_is_said),
		TEST(a_filter_says_what_it_hides),
		TEST(rates_are_shown_while_something_moves),
		TEST(a_queue_is_blamed_on_the_peer_when_it_stands),
		TEST(a_wide_status_line_shows_everything_at_once),
		TEST(what_has_just_changed_is_named_at_the_right_end),
		TEST(nothing_changes_its_place_for_a_moment),
		TEST(a_narrow_status_line_leaves_out_the_least_important),
		TEST(what_is_wide_is_counted_as_it_is_seen),
		TEST(a_click_is_as_good_as_a_key),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
