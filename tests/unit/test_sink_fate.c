/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What recordings have of messages in the middle that did not go as they
 * came. */

#include <sockchat/chatfile.h>
#include <sockchat/link.h>
#include <sockchat/sink.h>

#include "unit.h"

static struct {
	struct sink *sink;
	struct bytes out;
} now;

static void begin(const struct sink_ops *ops, bool has_entries_alone)
{
	sink_free(now.sink);
	bytes_clear(&now.out);
	now.sink = sink_new(ops);
	now.sink->mode = ENDPOINT_CONNECT;
	now.sink->endpoint = "127.0.0.1:9";
	now.sink->has_entries_alone = has_entries_alone;
	now.sink->queue.is_between = !has_entries_alone;
}

static int finish(void **state)
{
	(void)state;
	sink_free(now.sink);
	bytes_finish(&now.out);
	now.sink = NULL;
	return 0;
}

static struct entry message(enum entry_dir dir, const char *text,
                            enum entry_fate fate, unsigned flags)
{
	return (struct entry){
		.session = 1, .kind = ENTRY_MESSAGE, .dir = (uint8_t)dir,
		.time = { .wall_us = INT64_C(1795896896000000),
		          .mono_ns = SECOND_NS },
		.peer = "", .local = "", .code = "", .hint = "",
		.bytes = (const uint8_t *)text, .len = strlen(text),
		.flags = (uint8_t)(flags | ENTRY_COMPLETE),
		.fate = (uint8_t)fate,
	};
}

static void put(const struct entry *e)
{
	assert_int_equal(now.sink->ops->entry(now.sink, e, 0, &now.out), 0);
}

/* A conversation in the middle, as its entries tell it. */
static void put_all(void)
{
	struct entry e = message(ENTRY_OUT, "GET\n", FATE_NONE, 0);
	put(&e);
	e = message(ENTRY_OUT, "DEL\n", FATE_DROPPED, 0);
	e.held = 3;
	put(&e);
	e = message(ENTRY_OUT, "user=a\n", FATE_CHANGED, 0);
	put(&e);
	e = message(ENTRY_OUT, "user=b\n", FATE_CHANGED, ENTRY_BY_HAND);
	put(&e);
	e = message(ENTRY_OUT, "more\n", FATE_INJECTED, ENTRY_BY_HAND);
	put(&e);
	e = message(ENTRY_IN, "spam\n", FATE_DROPPED, 0);
	put(&e);
	e = message(ENTRY_IN, "hi\n", FATE_INJECTED, ENTRY_BY_HAND);
	put(&e);
	e = message(ENTRY_IN, "wait\n", FATE_HELD, 0);
	e.held = 4;
	put(&e);
}

#define COMMENTS(after_changed, after_injected, after_spam)     \
	"# dropped 3: > \"DEL\\n\"\n"                                          \
	"# changed: > \"user=a\\n\"\n"                                         \
	"# changed to: > \"user=b\\n\"\n" after_changed                        \
	"# injected: > \"more\\n\"\n" after_injected                           \
	"# dropped: < \"spam\\n\"\n" after_spam                                \
	"# injected: < \"hi\\n\"\n"                                            \
	"# held 4: < \"wait\\n\"\n"

static void a_saved_chat_has_what_the_target_got_and_sent(void **state)
{
	(void)state;
	begin(&sink_chat, true);
	put_all();
	assert_string_equal(
	    bytes_text(&now.out),
	    "# recorded 2026-11-28T20:14:56Z\n"
	    "> \"GET\\n\"\n"
	    COMMENTS("> \"user=b\\n\"\n", "> \"more\\n\"\n",
	             "< \"spam\\n\"\n")
	    "< \"wait\\n\"\n");
}

static void pass(bool is_out, const char *text)
{
	static struct link link = { .number = 1 };
	const struct wire_news n = {
		.kind = WIRE_BYTES, .layers = WIRE_USER, .is_out = is_out,
		.link = &link, .bytes = text, .len = strlen(text),
	};
	assert_int_equal(now.sink->ops->wire(now.sink, &n, &now.out), 0);
}

static void a_recorded_chat_has_what_moves_when_it_does(void **state)
{
	(void)state;
	begin(&sink_chat, false);
	put_all();
	pass(true, "GET\n");
	pass(false, "spam\n");
	const char *text = bytes_text(&now.out);
	const char *first = strstr(text, "# dropped 3: > \"DEL\\n\"\n");
	const char *get = strstr(text, "> \"GET\\n\"\n");
	const char *spam = strstr(text, "\n< \"spam\\n\"\n");
	assert_non_null(first);
	assert_non_null(get);
	assert_null(strstr(get + 4, "GET"));
	assert_null(strstr(text, "\n> \"user"));
	assert_true(first < get && get < spam);
}

static void a_dump_has_comments(void **state)
{
	(void)state;
	begin(&sink_hex, false);
	put_all();
	assert_string_equal(bytes_text(&now.out),
	                    "# peer 1\n" COMMENTS(, , ));
	struct entry e = message(ENTRY_NO_DIR, "dropped 4", FATE_NONE, 0);
	e.kind = ENTRY_NOTE;
	put(&e);
	bytes_clear(&now.out);
	e.held = 4;
	put(&e);
	assert_string_equal(bytes_text(&now.out), "# dropped 4\n");
}

static void bytes_alone_are_the_targets(void **state)
{
	(void)state;
	begin(&sink_raw, true);
	put_all();
	assert_string_equal(bytes_text(&now.out),
	                    "GET\nuser=b\nmore\nspam\nwait\n");
}

static void long_messages_are_shown_by_their_beginning(void **state)
{
	char text[1001] = "";
	(void)state;
	begin(&sink_hex, false);
	memset(text, 'x', 1000);
	struct entry e = message(ENTRY_OUT, text, FATE_DROPPED, 0);
	put(&e);
	assert_true(now.out.len < 300);
	assert_non_null(strstr(bytes_text(&now.out),
	                       "xxx\" and so on, 1000 bytes\n"));
}

int main(void)
{
#define T(test) cmocka_unit_test_teardown(test, finish)
	const struct CMUnitTest tests[] = {
		T(a_saved_chat_has_what_the_target_got_and_sent),
		T(a_recorded_chat_has_what_moves_when_it_does),
		T(a_dump_has_comments),
		T(bytes_alone_are_the_targets),
		T(long_messages_are_shown_by_their_beginning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
