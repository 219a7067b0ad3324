/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A chat that is real, whose peers are not, and somebody who types: on a clock
 * that is made here.  For one program of tests each. */

#ifndef TESTS_CHAT_SCENE_H
#define TESTS_CHAT_SCENE_H

#include "unit.h"

#include <sockchat/audience.h>
#include <sockchat/command.h>
#include <sockchat/record.h>

#include "../../src/chat/chat_private.h"
#include "../fake/fake_transport.h"
#include "entry_at.h"
#include "made_clock.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct loop *loop;
static struct options options;
static struct chat *c;

static inline int set_up(void **state)
{
	static const struct frontend_ops silent = { .stays = true };
	char *argv[] = { (char[]){ "sockchat" }, (char[]){ "connect" },
		         (char[]){ "127.0.0.1" }, (char[]){ "9" }, NULL };
	struct error e;
	(void)state;
	clock_ns = 1000000 * MS_NS;
	reading_ns = 0;
	fake_start();
	loop = loop_new(LOOP_AUTO);
	if (!loop || options_parse(&options, 4, argv, &e) ||
	    options_take_operands(&options, &e))
		return -1;
	c = chat_new(loop, &options);
	c->commands = record_commands;
	c->transport = &transport_fake;
	c->ops = &silent;
	c->type = command_run;
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	chat_free(c);
	loop_free(loop);
	return fake_finish() ? -1 : 0;
}

static inline void turn(void)
{
	for (int i = 0; i < 4; i++) {
		assert_int_equal(loop_turn(loop, 0), 0);
		watch_turn(c);
	}
}

static inline void wait_ms(int ms)
{
	turn();
	for (; ms > 0; ms -= 10) {
		clock_ns += 10 * MS_NS;
		turn();
	}
}

static inline struct fake *connect_one(void)
{
	size_t count = chat_session_count(c);
	chat_connect(c, &options.endpoint);
	turn();
	assert_int_equal(chat_session_count(c), count + 1);
	return fake_last();
}

/* Type a line: it has failed when an ERROR entry says so.  Others may come of
 * the lines that /repeat types, and of a search that ends. */
static inline void type(const char *line)
{
	struct entry e;
	uint64_t from = transcript_end(c->transcript);
	bool has_others = c->search || strncmp(line, "/repeat", 7) == 0;
	bool failed = command_run(c, line, strlen(line)) < 0, has_error = false;
	for (; from < transcript_end(c->transcript); from++)
		has_error |= transcript_at(c->transcript, from, &e) &&
		             e.kind == ENTRY_ERROR;
	if (failed != has_error && !has_others)
		fail_msg("%s: it has%s failed", line, failed ? "" : " not");
}

static inline const struct entry *last(void)
{
	return entry_at(c->transcript, transcript_end(c->transcript) - 1);
}

static inline void assert_last(enum entry_kind kind, const char *text)
{
	const struct entry *e = last();
	assert_int_equal(e->kind, kind);
	if (e->len != strlen(text) || memcmp(e->bytes, text, e->len) != 0)
		fail_msg("'%.*s' in place of '%s'", (int)e->len,
		         (const char *)e->bytes, text);
}

static inline void assert_sent(struct fake *f, const char *bytes, size_t len)
{
	assert_int_equal(fake_written_len(f), len);
	assert_memory_equal(fake_written(f), bytes, len);
	fake_forget_written(f);
}

#define SENT(f, text) assert_sent(f, text, sizeof(text) - 1)

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
