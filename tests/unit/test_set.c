/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options that change in the middle of a conversation. */

#include "chat_scene.h"

static void expect_end_after(int ms)
{
	wait_ms(ms - 10);
	assert_int_equal(chat_session_count(c), 1);
	wait_ms(10);
	assert_int_equal(chat_session_count(c), 0);
}

static void formats_are_changed_for_both_directions_or_one(void **state)
{
	(void)state;
	type("/unpack >H:a *");
	assert_last(ENTRY_NOTE, "fields of what comes: >H:a *; of what you "
	                        "send: >H:a *");
	type("/unpack  out  off ");
	assert_last(ENTRY_NOTE, "fields of what comes: >H:a *; of what you "
	                        "send: not set");
	type("/set unpack");
	assert_last(ENTRY_NOTE, "unpack: >H:a * in, default out (changed in "
	                        "the chat)");
	type("/unpack in \"B x *:all\"");
	assert_string_equal(options.unpack[0], "B x *:all");
	type("/unpack B B:");
	assert_last(ENTRY_ERROR, "option unpack: column 5: a name is 1 to 63 "
	                         "letters, digits, _, - and ., and a space "
	                         "follows it");
	type("/unpack");
	assert_last(ENTRY_NOTE, "fields of what comes: B x *:all; of what you "
	                        "send: not set");
	type("/unpack off");
	assert_last(ENTRY_NOTE, "fields of what comes: not set; of what you "
	                        "send: not set");
}

/* What is sent while it is cut anew is no end of what the old frame saw. */
static void frames_change_within_a_message(void **state)
{
	(void)state;
	struct fake *f = connect_one();
	type("/frame http");
	type("/send POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n"
	     "\\r\\n5;x");
	for (int i = 0; i < 100; i++)
		type("/send y");
	reading_ns = SECOND_NS; /* so that a slice is short */
	type("/frame postgres");
	assert_non_null(c->own->reframe);
	type("/send Qy");
	reading_ns = 0;
	wait_ms(100);
	assert_null(c->own->reframe);
	fake_forget_written(f);
	type("/send Qz");
	SENT(f, "Q\0\0\0\5z");
}

static void an_option_is_changed_and_told(void **state)
{
	(void)state;
	type("/set eol crlf");
	assert_last(ENTRY_NOTE, "eol is now crlf");
	type("/set eol");
	assert_last(ENTRY_NOTE, "eol: crlf (changed in the chat)");
	type("/set   numeric   yes  ");
	assert_true(options.dial.resolve.is_numeric);
	type("/set ipv6 on");
	type("/set ipv4");
	assert_last(ENTRY_NOTE, "ipv4: off (changed in the chat)");
	type("/set eol default");
	assert_last(ENTRY_NOTE, "eol is now lf");
	type("/view mixed");
	assert_last(ENTRY_NOTE, "view is now mixed");
	assert_true(entry_is_answer(last()));
	type("/set view");
	assert_last(ENTRY_NOTE, "view: mixed (changed in the chat)");
	type("/set connect-timeout 1.5");
	assert_last(ENTRY_NOTE, "connect-timeout is now 1500ms");
	type("/set linger inf");
	assert_last(ENTRY_NOTE, "linger is now inf");
	type("/set scrollback 65537");
	assert_last(ENTRY_NOTE, "scrollback is now 65537");
	type("/set allow ::1,10.0.0.1/8");
	assert_last(ENTRY_NOTE, "new peers may come from these only: ::1, "
	                        "10.0.0.0/8");
	type("/set allow");
	assert_last(ENTRY_NOTE, "allow: ::1, 10.0.0.0/8 (changed in the "
	                        "chat)");
	type("/set allow default");
	assert_last(ENTRY_NOTE, "--allow is off: peers may come from "
	                        "everywhere");
	type("/set max-conns");
	assert_last(ENTRY_NOTE, "max-conns: not set (the default)");
}

static void an_option_that_cannot_change_is_refused(void **state)
{
	(void)state;
	type("/set ui json");
	assert_last(ENTRY_ERROR, "option ui cannot change at run time");
	type("/set ui");
	assert_last(ENTRY_NOTE,
	            "ui: auto (the default; it cannot be changed now)");
	type("/frame u32 le");
	assert_last(ENTRY_ERROR, "option frame: 'u32 le' is not a frame");
	type("/set colour red");
	assert_last(ENTRY_ERROR, "unknown option colour");
	assert_string_equal(last()->hint, "did you mean color?");
	type("/set co always"); /* connect-timeout, config, color */
	assert_last(ENTRY_ERROR, "option co is ambiguous");
	type("/set eol tab");
	assert_last(ENTRY_ERROR,
	            "option eol: 'tab' is not lf, crlf, cr, nul or none");
	type("/set help on");
	assert_last(ENTRY_ERROR, "option help cannot change at run time");
	assert_int_equal(options.eol, EOL_LF);
}

static void what_excludes_each_other_is_refused_and_nothing_changes(
    void **state)
{
	(void)state;
	options.send_only = true;
	type("/set echo on");
	assert_last(ENTRY_ERROR,
	            "options --echo and --send-only cannot be used together");
	assert_false(options.echo || c->session_settings.echo);
}

static void every_option_that_can_change_is_listed(void **state)
{
	uint64_t before = transcript_end(c->transcript);
	size_t count = 0;
	(void)state;
	type("/set");
	for (size_t i = 0; options_row(i); i++)
		if (options_life(i)) {
			const struct entry *e =
			    entry_at(c->transcript, before + count++);
			const char *name = options_row(i)->name;
			assert_non_null(e);
			assert_memory_equal(e->bytes, name, strlen(name));
		}
	assert_int_equal(transcript_end(c->transcript), before + count);
}

static void an_open_session_echoes_from_now_on(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/set echo on");
	fake_feed(f, "abc");
	turn();
	assert_string_equal(fake_written(f), "abc");
}

static void an_idle_time_begins_for_an_open_session(void **state)
{
	(void)state;
	connect_one();
	type("/set idle-timeout 50ms");
	expect_end_after(50);
	connect_one();
	type("/set idle-timeout default");
	wait_ms(1000);
	assert_int_equal(chat_session_count(c), 1);
}

static void a_peer_that_has_ended_is_waited_for_as_long_as_is_said(
    void **state)
{
	static const struct frontend_ops leaves = { .stays = false };
	(void)state;
	c->ops = &leaves;
	type("/set linger inf");
	fake_feed_end(connect_one());
	turn();
	assert_int_equal(chat_session_count(c), 1);
	assert_null(c->own->linger.loop);
	type("/set linger 50ms");
	expect_end_after(50);
}

static void limits_are_listed_as_they_are_set(void **state)
{
	static const char *const wanted[] = {
		("queue-max: 7M; bytes that may wait for all peers together "
		 "(/set changes it)"),
		"peer-queue: 256k; ",
		"message: 64k; ",
		"files: 16; files that may wait for one peer",
		"max-conns: not set; ",
	};
	uint64_t first = transcript_end(c->transcript) + 1;
	(void)state;
	type("/set queue-max 7M");
	assert_int_equal(c->session_settings.queues->max, 7 << 20);
	type("/limits");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		bool is_told = false;
		for (uint64_t seq = first; seq < transcript_end(c->transcript);
		     seq++) {
			const struct entry *e = entry_at(c->transcript, seq);
			is_told |= e->len >= strlen(wanted[i]) &&
			           memcmp(e->bytes, wanted[i],
			                  strlen(wanted[i])) == 0;
		}
		assert_true(is_told);
	}
}

static void a_smaller_scrollback_drops_at_once(void **state)
{
	struct fake *f = connect_one();
	static char line[40000];
	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 30; i++) {
		fake_feed(f, line);
		turn();
	}
	assert_int_equal(transcript_sums(c->transcript).dropped, 0);
	type("/set scrollback 1k");
	assert_true(transcript_sums(c->transcript).dropped > 0);
	assert_true(transcript_sums(c->transcript).memory <= 512 << 10);
}

/* The answer's own first row may drop the entry that it is about. */
static void an_explanation_is_whole_where_the_transcript_is_full(void **state)
{
	static char what[201];
	const char *why = "this is why";
	(void)state;
	memset(what, 'x', sizeof(what) - 1);
	transcript_set_max(c->transcript, 1);
	chat_note(c, "trouble", "%s; %s", what, why);
	do
		type("/why");
	while (last()->len == strlen(why) &&
	       memcmp(last()->bytes, why, strlen(why)) == 0);
	assert_last(ENTRY_NOTE, "nothing has happened that needs an "
	                        "explanation");
}

static void steps_are_told_once_asked_for(void **state)
{
	uint64_t before;
	(void)state;
	chat_connect(c, &options.endpoint);
	type("/set verbose on");
	before = transcript_end(c->transcript);
	turn();
	const struct entry *e = entry_at(c->transcript, before + 1);
	assert_non_null(memmem(e->bytes, e->len, "trying", 6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(formats_are_changed_for_both_directions_or_one),
		TEST(frames_change_within_a_message),
		TEST(an_option_is_changed_and_told),
		TEST(an_option_that_cannot_change_is_refused),
		TEST(what_excludes_each_other_is_refused_and_nothing_changes),
		TEST(every_option_that_can_change_is_listed),
		TEST(an_open_session_echoes_from_now_on),
		TEST(an_idle_time_begins_for_an_open_session),
		TEST(a_peer_that_has_ended_is_waited_for_as_long_as_is_said),
		TEST(limits_are_listed_as_they_are_set),
		TEST(a_smaller_scrollback_drops_at_once),
		TEST(an_explanation_is_whole_where_the_transcript_is_full),
		TEST(steps_are_told_once_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
