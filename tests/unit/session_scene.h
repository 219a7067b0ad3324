/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations over a transport without a network, on a clock that is made
 * here.  For one program of tests each. */

#ifndef TESTS_SESSION_SCENE_H
#define TESTS_SESSION_SCENE_H

#include "unit.h"

#include <errno.h>

#include <sockchat/session_state.h>

#include "each_kind.h"
#include "entry_at.h"
#include "made_clock.h"

#define WHERE        "127.0.0.1:9"
#define SESSIONS_MAX 4
#define QUEUES_MAX   ((size_t)64 << 20)

static struct {
	struct loop *loop;
	struct transcript *transcript;
	struct session_settings settings;
	struct frame frame; /* of both directions */
	struct queues queues;
	struct faults faults;
	struct session_ops ops;
	struct session *sessions[SESSIONS_MAX];
	size_t count;
	struct session *session; /* the latest, */
	struct fake *fake;       /* and what it speaks through */
	size_t opens, ends, in_ends, losses;
	bool has_failed;
	struct error why; /* it ended; no text: it was wished for */
} now;

static inline void turn(void)
{
	turn_loop(now.loop);
}

static inline void wait_ms(int ms)
{
	pass_ms(now.loop, ms);
}

/* Have these faults from now on. */
static inline void have_faults(const char *text)
{
	struct fault_spec spec = { .seed = { 0 } };
	struct error e;
	assert_int_equal(fault_parse(&spec, text, &e), 0);
	faults_set(&now.faults, &spec);
	now.settings.faults = &now.faults;
	if (!now.session)
		return;
	now.session->link.faults = &now.faults;
	session_refresh(now.session);
}

static inline void on_in_end(void *user, struct session *s)
{
	assert_null(user);
	assert_ptr_equal(s, now.session);
	now.in_ends++;
}

static inline void on_session_open(void *user, struct session *s)
{
	assert_null(user);
	assert_ptr_equal(s, now.session);
	now.opens++;
}

static inline void on_lost(void *user, struct session *s)
{
	assert_null(user);
	assert_non_null(s);
	now.losses++;
}

static inline void on_end(void *user, struct session *s, bool failed,
                          const struct error *why)
{
	assert_null(user);
	assert_ptr_equal(s, now.session);
	now.ends++;
	now.has_failed = failed;
	now.why = why ? *why : (struct error){ .text = "" };
}

static inline void add_session(void)
{
	assert_true(now.count < SESSIONS_MAX);
	now.session = session_new(now.loop, &now.settings,
	                          (uint32_t)now.count + 1);
	now.sessions[now.count++] = now.session;
}

/* They have come to us. */
static inline void adopt(void)
{
	struct address peer = fake_address(WHERE);
	now.fake = fake_open();
	session_adopt(now.session, fake_transport(now.fake), &peer);
	turn();
}

static inline void dial(void)
{
	const struct dial_settings settings = { .timeout_ms = 5000 };
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9" };
	session_connect(now.session, fake_kind(), &ep, &settings, false);
	turn();
	now.fake = fake_last();
}

static inline void send_text(const char *text)
{
	struct error e;
	assert_int_equal(session_send(now.session, text, strlen(text), &e), 0);
	turn();
}

/* Three beginnings: no session, one that is not connected, an open one. */
static inline int start_empty(void **state)
{
	(void)state;
	memset(&now, 0, sizeof(now));
	clock_ns = 1000000 * MS_NS;
	fake_start();
	now.loop = loop_new(LOOP_AUTO);
	now.transcript = transcript_new(1 << 20);
	now.settings.keeps_entries = now.settings.tells_states = true;
	now.settings.linger_ns = 100 * MS_NS;
	now.settings.queues = &now.queues;
	now.settings.transcript = now.transcript;
	now.settings.ops = &now.ops;
	now.frame = (struct frame)FRAME_DEFAULT;
	now.settings.frame_in = now.settings.frame_out = &now.frame;
	now.queues.max = QUEUES_MAX;
	now.ops = (struct session_ops){
		.on_open = on_session_open, .on_in_end = on_in_end,
		.on_lost = on_lost, .on_end = on_end,
	};
	return 0;
}

static inline int start(void **state)
{
	start_empty(state);
	add_session();
	return 0;
}

static inline int start_open(void **state)
{
	start(state);
	adopt();
	return 0;
}

static inline int finish(void **state)
{
	(void)state;
	while (now.count)
		session_free(now.sessions[--now.count]);
	assert_int_equal(now.queues.used, 0);
	transcript_free(now.transcript);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

/* Whether nobody keeps up with what comes. */
static inline void hold(bool is_held)
{
	now.settings.is_held = is_held;
	session_update(now.session);
}

static inline void assert_not_sent(const char *sentence)
{
	struct error e;
	assert_int_equal(session_send(now.session, "x", 1, &e), -1);
	assert_string_equal(e.text, sentence);
}

/* Those entries without one of `flags`. */
static inline void assert_entries(const char *wanted, unsigned flags)
{
	static const char states[] = "RCTLOHX";
	char story[128] = "";
	uint64_t end = transcript_end(now.transcript);
	size_t len = 0;
	assert_true(end < sizeof(story));
	for (uint64_t seq = 1; seq < end; seq++) {
		const struct entry *e = entry_at(now.transcript, seq);
		if (e->flags & flags)
			continue;
		story[len++] = e->kind == ENTRY_STATE   ? states[e->state]
		               : e->kind == ENTRY_ERROR ? 'E'
		                                        : entry_mark(e);
	}
	assert_string_equal(story, wanted);
}

/* All entries, a letter each: resolving, connecting, handshaking, open,
 * half-closed and closed are R C T O H X; an error is E, a message < or >. */
static inline void assert_story(const char *wanted)
{
	assert_entries(wanted, 0);
}

/* The same of those that have rows. */
static inline void assert_rows(const char *wanted)
{
	assert_entries(wanted, ENTRY_FOLDED);
}

static inline const struct entry *last_error(void)
{
	uint64_t seq = transcript_end(now.transcript) - 1;
	while (seq && entry_at(now.transcript, seq)->kind != ENTRY_ERROR)
		seq--;
	assert_true(seq > 0);
	return entry_at(now.transcript, seq);
}

static inline void assert_ended(bool failed, enum fake_end how)
{
	assert_int_equal(now.ends, 1);
	assert_int_equal(now.has_failed, failed);
	assert_int_equal(fake_end(now.fake), how);
	assert_int_equal(now.session->link.halves, HALVES_CLOSED);
	assert_false(session_is_open(now.session));
	assert_not_sent("not sent: the connection to " WHERE " has ended");
}

#endif
