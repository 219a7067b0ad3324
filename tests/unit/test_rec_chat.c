/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a .chat recording has of the entries of a conversation. */

#include <errno.h>
#include <unistd.h>

#include <sockchat/chatfile.h>
#include <sockchat/link.h>
#include <sockchat/sink.h>

#include "unit.h"

#define HEAD CHATFILE_FIRST "\nconnect 127.0.0.1:9999\n"
#define TIME "# recorded 2026-11-28T20:14:57Z\n"

static struct {
	struct sink *sink;
	struct bytes out;
	int64_t ms;
} now;

static int start(void **state)
{
	(void)state;
	now.sink = sink_new(&sink_chat);
	now.sink->mode = ENDPOINT_CONNECT;
	now.sink->endpoint = "127.0.0.1:9999";
	now.ms = 1000;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	sink_free(now.sink);
	bytes_finish(&now.out);
	return 0;
}

static struct entry drafted(uint32_t session, enum entry_kind kind)
{
	return (struct entry){
		.session = session, .kind = (uint8_t)kind,
		.time = { .wall_us = INT64_C(1795896896000000) + now.ms * 1000,
		          .mono_ns = now.ms * MS_NS },
		.peer = "", .local = "", .code = "", .hint = "",
		.bytes = (const uint8_t *)"",
	};
}

static void put(const struct entry *e, size_t from)
{
	assert_int_equal(now.sink->ops->entry(now.sink, e, from, &now.out), 0);
}

static void begin(void)
{
	assert_int_equal(now.sink->ops->open(now.sink, &now.out), 0);
}

static void say(uint32_t session, enum entry_dir dir, const char *text)
{
	struct entry e = drafted(session, ENTRY_MESSAGE);
	e.dir = (uint8_t)dir;
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	put(&e, 0);
}

/* Sent by hand, when this waits for the peer. */
static void enter(const char *text, struct sink_queue queue)
{
	struct entry e = drafted(1, ENTRY_MESSAGE);
	e.dir = ENTRY_OUT;
	e.flags = ENTRY_COMPLETE | ENTRY_BY_HAND;
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	now.sink->queue = queue;
	put(&e, 0);
}

static void pass(bool is_out, const char *text, struct sink_queue queue)
{
	struct link link = { .number = 1, .bytes_out = queue.gone };
	now.sink->queue = queue;
	assert_int_equal(now.sink->ops->wire(now.sink, &(struct wire_news){
		.kind = WIRE_BYTES,
		.layers = WIRE_USER,
		.is_out = is_out,
		.link = &link,
		.bytes = text,
		.len = strlen(text),
	}, &now.out), 0);
}

/* The steps alone, without pauses: the wire has the time of today. */
static void assert_steps(const char *text)
{
	char steps[400] = "";
	for (char *line = strtok((char *)bytes_text(&now.out), "\n"); line;
	     line = strtok(NULL, "\n")) {
		const char *mark = strpbrk(line, "<>");
		if (*line != '#' && mark)
			text_add(steps, sizeof(steps), "%s|", mark);
	}
	assert_string_equal(steps, text);
}

static void tell_state(uint32_t session, enum entry_state state, unsigned ended)
{
	struct entry e = drafted(session, ENTRY_STATE);
	e.state = (uint8_t)state;
	e.ended = (uint8_t)ended;
	put(&e, 0);
}

static void tell(uint32_t session, enum entry_kind kind, const char *code,
                 const char *text)
{
	struct entry e = drafted(session, kind);
	e.code = code;
	e.hint = "see";
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	put(&e, 0);
}

static void assert_file(const char *text)
{
	struct error e;
	assert_string_equal(bytes_text(&now.out), text);
	struct chatfile *f = chatfile_open_text("a.chat", now.out.data,
	                                        now.out.len, &e);
	if (!f || !chatfile_check(f, CHAT_OUT, &e) ||
	    !chatfile_check(f, CHAT_IN, &e))
		fail_msg("%s", e.text);
	chatfile_close(f);
}

static void a_conversation_is_steps_and_pauses(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_CONNECTING, 0);
	tell_state(1, ENTRY_OPEN, 0);
	now.ms += 9;
	say(1, ENTRY_OUT, "HELO me\r\n");
	now.ms += 250;
	say(1, ENTRY_IN, "250 $x\r\n");
	tell_state(1, ENTRY_HALF_CLOSED, ENTRY_IN);
	now.ms += 1000;
	tell_state(1, ENTRY_CLOSED, ENTRY_IN | ENTRY_OUT);
	assert_file(HEAD TIME "> \"HELO me\\r\\n\"\n"
	            "+0.250 < \"250 \\$x\\r\\n\"\n< fin\n+1.000 > fin\n");
}

static void pieces_of_a_message_are_in_order(void **state)
{
	struct entry e = drafted(1, ENTRY_MESSAGE);
	(void)state;
	e.dir = ENTRY_IN;
	e.bytes = (const uint8_t *)"one two";
	e.len = 4;
	begin();
	put(&e, 0);
	e.len = 7;
	put(&e, 4);
	now.ms += 40;
	put(&e, 7); /* its end brought no bytes */
	say(1, ENTRY_OUT, "x");
	assert_file(HEAD TIME "< \"one \"\n< \"two\"\n+0.040 > \"x\"\n");
}

static void each_way_to_end_has_its_step(void **state)
{
	static const struct {
		const char *code;
		unsigned ended;
		const char *steps;
	} rows[] = {
		{ "", ENTRY_IN | ENTRY_OUT, "< fin\n> fin\n" },
		{ "", ENTRY_OUT, "> fin\n" },
		{ "", ENTRY_IN, "< fin\n> rst\n" },
		{ "", 0, "> rst\n" },
		{ "ECONNRESET", 0, "< rst\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[200];
		snprintf(text, sizeof(text), HEAD TIME "%s", rows[i].steps);
		begin();
		tell_state(1, ENTRY_OPEN, 0);
		struct entry e = drafted(1, ENTRY_STATE);
		e.state = ENTRY_CLOSED;
		e.ended = (uint8_t)rows[i].ended;
		e.code = rows[i].code;
		put(&e, 0);
		assert_file(text);
		finish(NULL);
		now.out = (struct bytes){ 0 };
		start(NULL);
	}
}

static void what_was_loaded_from_json_has_ended_in_order(void **state)
{
	struct moved moved = { 1, 1 };
	(void)state;
	begin();
	tell_state(1 | ENTRY_OLD_SESSION, ENTRY_OPEN, 0);
	struct entry e = drafted(1 | ENTRY_OLD_SESSION, ENTRY_STATE);
	e.state = ENTRY_CLOSED;
	e.moved = &moved;
	put(&e, 0);
	assert_file(HEAD TIME "< fin\n> fin\n");
}

static void a_comment_that_was_loaded_stays_as_it_was(void **state)
{
	struct entry e = drafted(0, ENTRY_NOTE);
	(void)state;
	e.code = "comment";
	e.bytes = (const uint8_t *)"* hm";
	e.len = 4;
	begin();
	put(&e, 0);
	assert_file(HEAD TIME "# * hm\n");
}

static void a_loaded_error_takes_no_end_away(void **state)
{
	(void)state;
	begin();
	tell_state(1 | ENTRY_OLD_SESSION, ENTRY_OPEN, 0);
	struct entry e = drafted(1 | ENTRY_OLD_SESSION, ENTRY_ERROR);
	e.code = "told";
	e.bytes = (const uint8_t *)"oh";
	e.len = 2;
	put(&e, 0);
	e = drafted(1 | ENTRY_OLD_SESSION, ENTRY_STATE);
	e.state = ENTRY_CLOSED;
	e.code = "ECONNRESET";
	put(&e, 0);
	assert_file(HEAD TIME "# ! oh\n< rst\n");
}

static void a_reset_follows_its_error_and_others_have_no_step(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	tell(1, ENTRY_ERROR, "ECONNRESET", "reset by peer");
	tell_state(1, ENTRY_CLOSED, 0);
	assert_file(HEAD TIME "# ! reset by peer (see)\n< rst\n");
	finish(NULL);
	now.out = (struct bytes){ 0 };
	start(NULL);
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	tell(1, ENTRY_ERROR, "ETIMEDOUT", "no answer");
	tell_state(1, ENTRY_CLOSED, 0);
	assert_file(HEAD TIME "# ! no answer (see)\n");
}

static void what_never_opened_has_no_steps(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_CONNECTING, 0);
	tell_state(1, ENTRY_HANDSHAKING, 0);
	tell(1, ENTRY_ERROR, "ECONNRESET", "refused");
	tell_state(1, ENTRY_CLOSED, 0);
	tell(0, ENTRY_NOTE, "x", "hello");
	assert_file(HEAD TIME "# ! refused (see)\n# * hello (see)\n");
}

static void tls_in_mid_conversation_is_a_step_of_its_client(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	tell_state(1, ENTRY_HANDSHAKING, 0);
	tell_state(1, ENTRY_OPEN, 0);
	say(1, ENTRY_OUT, "x");
	now.sink->mode = ENDPOINT_LISTEN;
	tell_state(2, ENTRY_OPEN, 0);
	tell_state(2, ENTRY_HANDSHAKING, 0);
	assert_file(HEAD TIME "> starttls\n> \"x\"\n[2] < starttls\n");
}

static void what_is_typed_before_a_handshake_makes_no_step_of_it(void **state)
{
	(void)state;
	begin();
	say(1, ENTRY_OUT, "early");
	tell_state(1, ENTRY_HANDSHAKING, 0);
	tell_state(1, ENTRY_OPEN, 0);
	say(1, ENTRY_IN, "x");
	assert_file(HEAD TIME "> \"early\"\n< \"x\"\n");
}

static void the_second_peer_gives_numbers_to_all(void **state)
{
	(void)state;
	begin();
	tell_state(4, ENTRY_OPEN, 0);
	say(4, ENTRY_IN, "a");
	tell_state(9, ENTRY_OPEN, 0);
	say(4, ENTRY_IN, "b");
	now.ms += 20;
	say(9, ENTRY_IN, "c");
	tell(9, ENTRY_NOTE, "x", "hm");
	tell_state(4, ENTRY_CLOSED, ENTRY_OUT);
	say(12, ENTRY_OUT, "d");
	assert_file(HEAD TIME "< \"a\"\n[1] < \"b\"\n[2] +0.020 < \"c\"\n"
	            "# [2] * hm (see)\n[1] +0.020 > fin\n[3] > \"d\"\n");
}

static void where_many_may_come_the_first_has_a_number(void **state)
{
	(void)state;
	now.sink->has_peers = true;
	begin();
	say(1, ENTRY_IN, "a");
	assert_file(HEAD TIME "[1] < \"a\"\n");
}

static void a_chosen_frame_is_written_when_it_changes(void **state)
{
	struct error e;
	struct frame frame;
	(void)state;
	assert_int_equal(frame_parse(&frame, "auto", &e), 0);
	now.sink->frame = &frame;
	begin();
	say(1, ENTRY_IN, "a");
	assert_int_equal(frame_parse(&frame, "u32,le", &e), 0);
	say(1, ENTRY_IN, "b");
	say(1, ENTRY_IN, "c");
	assert_int_equal(frame_parse(&frame, "line", &e), 0);
	say(1, ENTRY_IN, "d");
	assert_file(HEAD TIME "< \"a\"\nframe u32,le\n< \"b\"\n< \"c\"\n"
	            "frame line\n< \"d\"\n");
}

static void a_gap_is_a_comment(void **state)
{
	const struct sink_gap gap = {
		.bytes = 100, .entries = 2, .errnum = ENOSPC,
	};
	(void)state;
	begin();
	say(1, ENTRY_IN, "a");
	assert_int_equal(now.sink->ops->gap(now.sink, &gap, &now.out), 0);
	assert_file(HEAD TIME "< \"a\"\n# * 100 B (2 entries) are missing "
	            "here: No space left on device\n");
}

static void a_file_that_goes_on_has_no_second_head(void **state)
{
	(void)state;
	now.sink->continues = true;
	begin();
	say(1, ENTRY_IN, "a");
	assert_string_equal(bytes_text(&now.out), TIME "< \"a\"\n");
}

static void peers_that_are_added_have_numbers_above(void **state)
{
	static const struct {
		const char *before, *added;
	} rows[] = {
		{ HEAD "> \"a\"\n> fin\n", "[2] < \"a\"\n" },
		{ HEAD "[7] < \"a\"\n", "[8] < \"a\"\n" },
		{ HEAD, "< \"a\"\n" },
		{ "no .chat file\n", "< \"a\"\n" },
	};
	char path[] = "/tmp/sockchat-rec-XXXXXX", text[200];
	int fd = mkstemp(path);
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].before);
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, rows[i].before, len, 0), len);
		finish(NULL);
		now.out = (struct bytes){ 0 };
		start(NULL);
		now.sink->continues = true;
		now.sink->path = path;
		begin();
		say(1, ENTRY_IN, "a");
		snprintf(text, sizeof(text), TIME "%s", rows[i].added);
		assert_string_equal(bytes_text(&now.out), text);
	}
	close(fd);
	unlink(path);
}

#define WAITS(gone, plain) ((struct sink_queue){ gone, plain, false, false })
#define FILE_BEHIND(gone, plain)                                              \
	((struct sink_queue){ gone, plain, true, false })
#define BETWEEN ((struct sink_queue){ 0, 0, false, true })

static void bytes_of_files_are_written_as_they_leave(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	enter("one", WAITS(0, 3));
	pass(true, "on", FILE_BEHIND(0, 3));
	enter("behind", FILE_BEHIND(2, 1));
	pass(true, "e", FILE_BEHIND(2, 1));
	pass(true, "FI", FILE_BEHIND(3, 0));
	say(1, ENTRY_IN, "meanwhile");
	pass(true, "LE", FILE_BEHIND(5, 0));
	enter("last", WAITS(7, 10));
	pass(true, "behind", WAITS(7, 10));
	pass(true, "last", WAITS(13, 4));
	enter("alone", WAITS(17, 5));
	pass(true, "alone", WAITS(17, 5));
	assert_steps("> \"one\"|> \"FI\"|< \"meanwhile\"|> \"LE\"|"
	             "> \"behind\"|> \"last\"|> \"alone\"|");
}

static void what_waits_when_a_recording_begins_is_written_too(void **state)
{
	(void)state;
	begin();
	enter("new", WAITS(100, 8));
	pass(true, "older", WAITS(100, 8));
	pass(true, "new", WAITS(105, 3));
	enter("next", WAITS(108, 4));
	pass(true, "next", WAITS(108, 4));
	assert_steps("> \"older\"|> \"new\"|> \"next\"|");
}

static void the_rest_of_a_file_is_written(void **state)
{
	(void)state;
	begin();
	pass(true, "LE", FILE_BEHIND(2, 0));
	enter("a", WAITS(4, 1));
	assert_steps("> \"LE\"|> \"a\"|");
}

static void what_is_sent_back_is_written_once(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	say(1, ENTRY_IN, "hel");
	pass(true, "hel", WAITS(0, 0));
	say(1, ENTRY_OUT, "hel");
	assert_steps("< \"hel\"|> \"hel\"|");
}

static void what_comes_is_written_though_nobody_is_told(void **state)
{
	(void)state;
	begin();
	tell_state(1, ENTRY_OPEN, 0);
	pass(false, "unheard", WAITS(0, 0));
	now.sink->has_untold_in = true;
	pass(false, "hello\n", WAITS(0, 0));
	assert_steps("< \"hello\\n\"|");
}

static void a_file_is_missing_where_there_are_entries_alone(void **state)
{
	(void)state;
	now.sink->has_entries_alone = true;
	begin();
	tell(1, ENTRY_NOTE, "file-sending", "sending x (1 KiB)");
	assert_file(HEAD TIME "# * sending x (1 KiB) (see)\n"
	            "# the bytes of this file are missing here: they are not "
	            "part of what is shown and saved; --record and /record "
	            "have them\n");
}

#define FRESH(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_conversation_is_steps_and_pauses),
		FRESH(pieces_of_a_message_are_in_order),
		FRESH(each_way_to_end_has_its_step),
		FRESH(what_was_loaded_from_json_has_ended_in_order),
		FRESH(a_loaded_error_takes_no_end_away),
		FRESH(a_comment_that_was_loaded_stays_as_it_was),
		FRESH(a_reset_follows_its_error_and_others_have_no_step),
		FRESH(what_never_opened_has_no_steps),
		FRESH(tls_in_mid_conversation_is_a_step_of_its_client),
		FRESH(what_is_typed_before_a_handshake_makes_no_step_of_it),
		FRESH(the_second_peer_gives_numbers_to_all),
		FRESH(where_many_may_come_the_first_has_a_number),
		FRESH(a_chosen_frame_is_written_when_it_changes),
		FRESH(a_gap_is_a_comment),
		FRESH(a_file_that_goes_on_has_no_second_head),
		FRESH(peers_that_are_added_have_numbers_above),
		FRESH(bytes_of_files_are_written_as_they_leave),
		FRESH(what_waits_when_a_recording_begins_is_written_too),
		FRESH(the_rest_of_a_file_is_written),
		FRESH(what_is_sent_back_is_written_once),
		FRESH(what_comes_is_written_though_nobody_is_told),
		FRESH(a_file_is_missing_where_there_are_entries_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
