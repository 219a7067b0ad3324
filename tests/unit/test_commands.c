/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the commands do. */

#include <stdlib.h>
#include <unistd.h>

#include <sockchat/session_state.h>
#include <sockchat/wrap.h>

#include "chat_scene.h"

static void a_search_without_a_screen_lists_what_it_found(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("first needle");
	type("hay");
	type("a needle, another needle");
	uint64_t end = transcript_end(c->transcript);
	type("/find NEEDLE");
	assert_last(ENTRY_NOTE, "0 found in 0 entries");
	type("/find needle");
	const struct entry *e = entry_at(c->transcript, end + 1);
	assert_int_equal(e->len, strlen("3 found in 2 entries"));
	assert_memory_equal(e->bytes, "3 found in 2 entries", e->len);
	e = last();
	assert_non_null(memmem(e->bytes, e->len, ": > a needle, another needle",
	                       28));
	type("/find re:(");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	type("/find");
	assert_last(ENTRY_ERROR, "what should be found?");
	fake_forget_written(f);
}

#define NASTY "re:(a+)+$[bx]"

/* Hear messages on each of which NASTY takes as many steps as it may. */
static void hear_long_lines(size_t count)
{
	static uint8_t line[65000];
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = 'b';
	for (size_t i = 0; i < count; i++)
		assert_true(transcript_append(c->transcript, &(struct entry){
			.kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
			.bytes = line, .len = sizeof(line),
		}));
}

static bool was_said(const char *text)
{
	struct entry room;
	const struct entry *e;
	uint64_t seq = transcript_end(c->transcript);
	while ((e = transcript_at(c->transcript, --seq, &room)))
		if (memmem(e->bytes, e->len, text, strlen(text)))
			return true;
	return false;
}

static void a_long_search_leaves_turns_to_others(void **state)
{
	(void)state;
	hear_long_lines(20);
	reading_ns = 6 * MS_NS;
	type("/find " NASTY);
	assert_non_null(c->search);
	assert_false(was_said("found in"));
	type("/find aaab"); /* another one ends it */
	assert_true(was_said("0 found in 0 entries, and not all were looked "
	                     "at"));
	while (c->search)
		turn();
	assert_true(was_said("20 found in 20 entries"));
	type("/find " NASTY);
	while (c->search)
		turn();
	assert_last(ENTRY_ERROR, "the expression takes too long on some "
	                         "entries: they count as no match");
}

static void a_long_filter_leaves_turns_while_it_is_saved(void **state)
{
	char path[] = "/tmp/sockchat-save-XXXXXX", command[64];
	(void)state;
	assert_non_null(mkdtemp(path));
	hear_long_lines(20);
	reading_ns = 6 * MS_NS;
	type("/filter text " NASTY);
	snprintf(command, sizeof(command), "/save %s/file", path);
	type(command);
	assert_non_null(c->save);
	while (c->save)
		turn();
	assert_true(was_said("20 that the filter hides were left out"));
	assert_last(ENTRY_ERROR, "the expression takes too long on some "
	                         "entries: they count as no match");
	assert_int_equal(unlink(command + strlen("/save ")), 0);
	assert_int_equal(rmdir(path), 0);
}

static void a_filter_is_told_and_a_wrong_one_is_refused(void **state)
{
	(void)state;
	type("/filter");
	assert_last(ENTRY_NOTE, "all entries are shown");
	type("/filter in text x");
	assert_last(ENTRY_NOTE, "filter: in text x (/filter off shows all)");
	type("/filter nonsense");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	assert_true(filter_is_on(&c->filter));
	type("/filter off");
	assert_false(filter_is_on(&c->filter));
}

static void keys_are_listed_only_on_a_screen(void **state)
{
	(void)state;
	type("/keys");
	assert_last(ENTRY_ERROR, "/keys: there is no screen here, and no keys");
}

struct frontend {
	char args[32];
};

static int keep_args(struct frontend *f, char *args)
{
	snprintf(f->args, sizeof(f->args), "%s", args);
	return 0;
}

static void a_front_end_does_commands_in_its_own_way(void **state)
{
	static const struct frontend_command own[] = {
		{ "help", keep_args }, { "find", keep_args }, { NULL, NULL },
	};
	static const struct frontend_ops ops = { .commands = own };
	struct frontend f = { "" };
	(void)state;
	c->ops = &ops;
	c->frontend = &f;
	type("/fin  two words");
	assert_string_equal(f.args, "two words");
	assert_null(last());
	type("/filter");
	assert_last(ENTRY_NOTE, "all entries are shown");
	assert_string_equal(f.args, "two words");
	type("/help me");
	assert_string_equal(f.args, "me");
}

static void every_command_is_found_by_its_name(void **state)
{
	const struct command_row *row, *other;
	(void)state;
	for (size_t i = 0; (row = command_row(i)); i++) {
		assert_true(*row->name && *row->help && row->args);
		for (size_t k = 0; k < i && (other = command_row(k)); k++)
			assert_string_not_equal(row->name, other->name);
	}
	type("/help");
	for (size_t i = 0; (row = command_row(i)); i++) {
		const struct entry *e = entry_at(c->transcript, i + 1);
		assert_non_null(e);
		assert_int_equal(e->kind, ENTRY_NOTE);
		assert_non_null(memmem(e->bytes, e->len, row->help,
		                       strlen(row->help)));
	}
}

static void help_is_about_the_word(void **state)
{
	(void)state;
	type("/help clear");
	assert_last(ENTRY_NOTE,
	            "/clear: clear the screen; nothing is lost");
	assert_int_equal(transcript_end(c->transcript), 2);
	type("/help /clear");
	assert_int_equal(transcript_end(c->transcript), 3);
	type("/help nonsense");
	assert_last(ENTRY_ERROR, "there is no command /nonsense: nothing was "
	                         "sent");
	type("/help exit");
	assert_last(ENTRY_NOTE,
	            "/quit: leave, after everything queued is delivered");
}

static void a_wrong_argument_is_said_with_what_would_be_right(void **state)
{
	static const struct {
		const char *line, *sentence;
	} rows[] = {
		{ "/view x", "option view: 'x' is not text, hex or mixed" },
		{ "/eol c",
		  "option eol: 'c' is not lf, crlf, cr, nul or none" },
		{ "/echo maybe", "option echo: 'maybe' is not on or off" },
		{ "/close 7", "there is no peer 7" },
		{ "/close x",
		  "'x' is not a peer's number" },
		{ "/to 0", "'0' is not a peer's number" },
		{ "/drip", "/drip needs BYTES [DELAY]: nothing was done" },
		{ "/drip 0", "/drip: '0' is not a number of bytes from 1 to "
		  "1073741824" },
		{ "/drip 1 soon", "/drip: 'soon' is not a time (at most 10 "
		  "days): 50ms, 1.5s, 2m" },
		{ "/drip 3 10", "/drip: 10 ms or 10 s? write 10ms or 10s" },
		{ "/drip 3 1.5", "/drip: 1.5 ms or 1.5 s? write 1.5ms or "
		  "1.5s" },
		{ "/drip 1 2s 3", "/drip: 3 is one word too many: only BYTES "
		  "and DELAY are needed" },
		{ "/repeat", "/repeat needs N EVERY TEXT: nothing was done" },
		{ "/repeat 3 10ms", "/repeat: it needs N, EVERY and TEXT" },
		{ "/repeat 0 1s x", "/repeat: '0' is not a number of times "
		  "from 1 to 1000000000" },
		{ "/repeat 3 10 x", "/repeat: 10 ms or 10 s? write 10ms or "
		  "10s" },
		{ "/save", "/save needs PATH: nothing was done" },
		{ "/close", "nothing to do: nobody is connected" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		type(rows[i].line);
		assert_last(ENTRY_ERROR, rows[i].sentence);
	}
	type("/send");
	assert_string_equal(last()->hint, "for example /send PING\\r\\n");
	type("/connect");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	type("/connect --tls h 443");
	assert_last(ENTRY_ERROR, "--tls is an option of the command line: an "
	                         "endpoint has none");
	type("/connect a b c d e");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	assert_int_equal(chat_session_count(c), 0);
	assert_false(chat_awaits_first(c));
}

static void a_setting_without_a_value_is_told(void **state)
{
	(void)state;
	type("/view");
	assert_last(ENTRY_NOTE, "view: text (the default)");
	type("/eol ");
	assert_last(ENTRY_NOTE, "eol: lf (the default)");
	type("/echo");
	assert_last(ENTRY_NOTE, "echo: off (the default)");
	assert_int_equal(c->options->view, VIEW_TEXT);
}

static void settings_are_what_they_are_set_to(void **state)
{
	(void)state;
	type("/time delta");
	assert_int_equal(c->options->time, TIME_DELTA);
	type("/endings off");
	assert_false(c->options->endings);
	type("/endings on");
	assert_true(c->options->endings);
	type("/json on");
	assert_true(c->options->json_indent);
	type("/json");
	assert_last(ENTRY_NOTE, "json-indent: on (changed in the chat)");
	type("/bar off");
	assert_false(c->options->bar);
	type("/echo on");
	assert_true(c->session_settings.echo);
}

static void drip_is_a_slice_of_what_is_sent(void **state)
{
	char spec[FAULT_TEXT_MAX];
	const struct faults *f = c->session_settings.faults;
	(void)state;
	type("/fault latency=1ms in:slice=7");
	type("/drip 3");
	fault_format(spec, &f->spec);
	assert_string_equal(spec, "latency=1ms in:slice=7,50ms "
	                          "out:slice=3,50ms");
	type("/drip 1 1.5s");
	fault_format(spec, &f->spec);
	assert_string_equal(spec, "latency=1ms in:slice=7,50ms "
	                          "out:slice=1,1500ms");
	type("/drip off");
	fault_format(spec, &f->spec);
	assert_string_equal(spec, "latency=1ms in:slice=7,50ms");
}

static void faults_are_replaced_listed_and_ended(void **state)
{
	(void)state;
	type("/fault");
	assert_last(ENTRY_NOTE, "no fault is on; for example /fault "
	                        "latency=200ms~50ms rate=10k");
	type("/fault rate=1k limit=5s");
	type("/fault in:rate=10k");
	assert_last(ENTRY_NOTE, "faults are on: in:rate=10k (/fault off stops "
	                        "them)");
	type("/fault");
	assert_last(ENTRY_NOTE, "fault in:rate=10k: has struck 0 times");
	type("/fault rate");
	assert_last(ENTRY_ERROR, "option fault: word 1, rate: rate needs a "
	                         "value: rate=…");
	type("/fault off");
	assert_last(ENTRY_NOTE, "faults are off");
}

static void a_line_is_sent_several_times(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/repeat 3 0s x y");
	SENT(f, "x y\n");
	wait_ms(20);
	SENT(f, "x y\nx y\n");
	assert_last(ENTRY_NOTE, "/repeat has typed it 3 of 3 times");
}

static void what_is_repeated_can_be_cancelled(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/repeat 9 1m /hex 00 ff");
	turn();
	SENT(f, "\0\xff");
	type("/repeat 9 1m x");
	assert_last(ENTRY_ERROR,
	            "/repeat: one is running; /cancel stops it");
	type("/cancel");
	assert_last(ENTRY_NOTE, "/repeat has typed it 1 of 9 times");
	SENT(f, "");
	type("/repeat 9 1m /cancel");
	assert_last(ENTRY_NOTE, "/repeat has typed it 0 of 9 times");
	type("/repeat 9 1m /repeat 9 1m x");
	assert_last(ENTRY_NOTE, "/repeat has typed it 0 of 9 times");
}

static void nothing_is_repeated_for_nobody(void **state)
{
	(void)state;
	type("/repeat 3 1s x");
	assert_last(ENTRY_NOTE, "/repeat has typed it 0 of 3 times");
}

static void who_is_spoken_to_is_chosen(void **state)
{
	struct fake *one = connect_one(), *two = connect_one();
	(void)state;
	type("all");
	SENT(one, "all\n");
	SENT(two, "all\n");
	type("/to 2");
	assert_last(ENTRY_NOTE, "what you type goes to peer 2");
	type("x");
	SENT(one, "");
	SENT(two, "x\n");
	type("/close");
	turn();
	assert_true(fake_is_shut_down(two));
	assert_false(fake_is_shut_down(one));
	fake_feed_end(two);
	turn();
	/* nobody else gets what was meant for the one who has gone */
	type("secret");
	assert_last(ENTRY_ERROR, "not sent: peer 2 is gone");
	SENT(one, "");
	type("/to all");
	type("y");
	SENT(one, "y\n");
	type("/to");
	assert_last(ENTRY_NOTE, "what you type goes to peer 1");
	type("/to");
	assert_last(ENTRY_NOTE, "what you type goes to all peers");
}

static void peers_are_shut_down_paused_and_reset(void **state)
{
	struct fake *one = connect_one(), *two = connect_one();
	(void)state;
	type("/pause 1");
	assert_last(ENTRY_NOTE, "peer 1: reading is paused");
	fake_feed(one, "waits\n");
	turn();
	assert_int_equal(fake_reads(one), 0);
	assert_true(chat_find(c, 1)->is_paused);
	assert_false(chat_find(c, 2)->is_paused);
	type("/peers");
	assert_true(was_said("peer 1: 127.0.0.1:9, open, paused, "));
	assert_false(was_said("peer 2: 127.0.0.1:9, open, paused, "));
	type("/resume all");
	assert_last(ENTRY_NOTE, "all peers: reading continues");
	turn();
	assert_last(ENTRY_MESSAGE, "waits\n");
	type("/to 2");
	type("/pause");
	assert_last(ENTRY_NOTE, "peer 2: reading is paused");
	type("/pause 9");
	assert_last(ENTRY_ERROR, "there is no peer 9");
	type("/resume");
	type("/to all");
	type("/shutdown 2");
	assert_true(fake_is_shut_down(two));
	type("/peers");
	assert_non_null(memmem(last()->bytes, last()->len,
	                       "half-closed (by us)", 19));
	type("/reset all");
	turn();
	assert_int_equal(fake_end(one), FAKE_RESET);
	assert_int_equal(fake_end(two), FAKE_RESET);
	assert_int_equal(chat_session_count(c), 0);
	type("/peers");
	assert_last(ENTRY_NOTE, "nobody is connected");
}

static void peers_come_and_go_in_one_turn(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		connect_one();
	session_reset(chat_find(c, 2));
	session_reset(chat_find(c, 1));
	for (int i = 0; i < 3; i++)
		chat_connect(c, &options.endpoint);
	session_reset(chat_find(c, 6));
	assert_int_equal(chat_session_count(c), 4);
	turn();
	static const uint32_t left[] = { 3, 4, 5, 7 };
	for (size_t i = 0; i < COUNT(left); i++)
		assert_int_equal(chat_session(c, i)->link.number, left[i]);
	assert_null(chat_session(c, COUNT(left)));
	assert_null(chat_find(c, 6));
}

static void a_second_connection_is_refused_while_the_first_is_open(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/connect 127.0.0.1 9");
	assert_last(ENTRY_ERROR, "already connected to 127.0.0.1:9");
	assert_int_equal(chat_session_count(c), 1);
	fake_feed_end(f);
	turn();
	type("/connect 127.0.0.1:9");
	turn();
	assert_int_equal(chat_session_count(c), 1);
	assert_int_equal(chat_session(c, 0)->link.number, 2);
}

static void drip_off_lets_go_of_what_waits(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("/drip 1 1h");
	type("abc");
	turn();
	SENT(f, "a");
	type("/drip off");
	SENT(f, "bc\n");
}

static void one_that_only_receives_does_not_echo(void **state)
{
	(void)state;
	options.recv_only = true;
	type("/echo on");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	assert_false(c->options->echo);
	assert_false(c->session_settings.echo);
}

static void a_file_goes_to_all_and_to_each_at_its_own_pace(void **state)
{
	struct fake *a = connect_one(), *b = connect_one();
	char path[] = "/tmp/sockchat file XXXXXX", line[64];
	int fd = mkstemp(path);
	(void)state;
	assert_int_equal(write(fd, "all of it", 9), 9);
	close(fd);
	fake_set_room(b, 3);
	snprintf(line, sizeof(line), "/file %s", path);
	type(line);
	turn();
	SENT(a, "all of it");
	SENT(b, "all");
	assert_true(chat_has_file(c));
	type("x");
	fake_set_room(b, SIZE_MAX);
	turn();
	SENT(a, "x\n");
	SENT(b, " of itx\n");
	assert_false(chat_has_file(c));
	unlink(path);
	type("/cancel");
	assert_last(ENTRY_NOTE, "no file is on its way");
	type(line);
	assert_int_equal(last()->kind, ENTRY_ERROR);
	assert_string_equal(last()->code, "ENOENT");
	type("/file");
	assert_last(ENTRY_ERROR, "/file needs PATH: nothing was done");
	SENT(a, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_search_without_a_screen_lists_what_it_found),
		TEST(a_long_search_leaves_turns_to_others),
		TEST(a_long_filter_leaves_turns_while_it_is_saved),
		TEST(a_filter_is_told_and_a_wrong_one_is_refused),
		TEST(keys_are_listed_only_on_a_screen),
		TEST(a_front_end_does_commands_in_its_own_way),
		TEST(every_command_is_found_by_its_name),
		TEST(help_is_about_the_word),
		TEST(a_wrong_argument_is_said_with_what_would_be_right),
		TEST(a_setting_without_a_value_is_told),
		TEST(settings_are_what_they_are_set_to),
		TEST(a_line_is_sent_several_times),
		TEST(what_is_repeated_can_be_cancelled),
		TEST(nothing_is_repeated_for_nobody),
		TEST(who_is_spoken_to_is_chosen),
		TEST(peers_are_shut_down_paused_and_reset),
		TEST(peers_come_and_go_in_one_turn),
		TEST(a_second_connection_is_refused_while_the_first_is_open),
		TEST(drip_off_lets_go_of_what_waits),
		TEST(drip_is_a_slice_of_what_is_sent),
		TEST(faults_are_replaced_listed_and_ended),
		TEST(one_that_only_receives_does_not_echo),
		TEST(a_file_goes_to_all_and_to_each_at_its_own_pace),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
