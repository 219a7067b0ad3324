/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Stories told with a frame, and cut anew. */

#ifndef RECUT_SCENE_H
#define RECUT_SCENE_H

#include <stdio.h>
#include <stdlib.h>

#include <sockchat/lens.h>
#include <sockchat/loop.h>
#include <sockchat/recut.h>
#include <sockchat/ticks.h>

#include "entry_at.h"
#include "made_clock.h"

#define SESSIONS 5
#define DAY_NS   (INT64_C(86400) * SECOND_NS)

/* A story, told with a frame: what a chat would make of it. */
struct told {
	struct transcript *t;
	struct frame frame;
	struct framing framings[SESSIONS][2];
	struct frame_asked asked[SESSIONS];
	int64_t now_ns;
	size_t slices; /* that the last cut took */
	bool was_recut;
	struct transcript_listener listener;
};

static struct told a, b;

static inline struct frame frame_of(const char *spec)
{
	struct frame f;
	struct error e;
	assert_int_equal(frame_parse(&f, spec, &e), 0);
	return f;
}

static inline void on_entries(void *user, uint64_t first, uint64_t end)
{
	(void)user;
	assert_true(first < end);
}

static inline void on_recut(void *user, const struct recut *r)
{
	struct told *s = user;
	s->was_recut = r;
}

static inline void begin_with(struct told *s, const char *spec, size_t max)
{
	transcript_free(s->t);
	*s = (struct told){
		.t = transcript_new(max),
		.frame = frame_of(spec),
		.now_ns = 20 * DAY_NS,
		.listener = { .on_entries = on_entries, .on_recut = on_recut,
		              .user = s },
	};
	for (size_t i = 0; i < SESSIONS; i++)
		for (size_t k = 0; k < 2; k++) {
			s->framings[i][k].dir = k ? ENTRY_OUT : ENTRY_IN;
			s->framings[i][k].state.asked = &s->asked[i];
		}
	transcript_listen(s->t, &s->listener);
}

static inline void begin(struct told *s, const char *spec)
{
	begin_with(s, spec, (size_t)4 << 20);
}

static inline struct stamp stamp_of(const struct told *s)
{
	return (struct stamp){ s->now_ns / 1000, s->now_ns };
}

static inline struct framing_read read_of(const struct told *s,
                                          uint32_t session)
{
	static char peer[16];
	snprintf(peer, sizeof(peer), "peer:%u", session);
	return (struct framing_read){
		.transcript = s->t,
		.frame = &s->frame,
		.time = stamp_of(s),
		.session = session,
		.peer = peer,
	};
}

static inline void pass(struct told *s, int64_t us)
{
	s->now_ns += us * 1000 + 1;
	for (size_t i = 0; i < SESSIONS; i++)
		for (size_t k = 0; k < 2; k++) {
			struct framing *f = &s->framings[i][k];
			int64_t ns = framing_silence_ns(f, &s->frame);
			if (ns && s->now_ns - f->grown_ns >= ns)
				framing_complete(f, s->t);
		}
}

static inline void take(struct told *s, uint32_t session, enum entry_dir dir,
                        const void *bytes, size_t len)
{
	struct framing *f = &s->framings[session][dir == ENTRY_OUT];
	pass(s, 3);
	const struct framing_read r = read_of(s, session);
	bool was_raw = f->state.is_raw;
	assert_int_equal(framing_take(f, &r, bytes, len), 0);
	if (!was_raw && f->state.is_raw && f->state.now.wrong)
		framing_tell_wrong(f, &r);
}

static inline void come(struct told *s, uint32_t session, const char *text)
{
	take(s, session, ENTRY_IN, text, strlen(text));
}

static inline void append(struct told *s, uint32_t session, struct entry e,
                          const char *text)
{
	const struct framing_read r = read_of(s, session);
	pass(s, 2);
	e.time = stamp_of(s);
	e.session = session;
	e.peer = session ? r.peer : "";
	e.bytes = (const uint8_t *)text;
	e.len = strlen(text);
	assert_true(transcript_append(s->t, &e));
}

static inline void note(struct told *s, uint32_t session, const char *text)
{
	append(s, session, (struct entry){ .kind = ENTRY_NOTE, .code = "x",
	                                   .hint = "h" }, text);
}

static inline void say(struct told *s, uint32_t session, const char *text)
{
	struct framing *f = s->framings[session];
	framing_break(&f[0], &s->frame, s->t);
	framing_break(&f[1], &s->frame, s->t);
	append(s, session, (struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_OUT,
		.flags = ENTRY_COMPLETE | ENTRY_BY_HAND,
	}, text);
	f[0].asked_ns = s->now_ns;
	framing_see(&f[1], &s->frame, &s->frame, text, strlen(text));
}

static inline void state(struct told *s, uint32_t session,
                         enum entry_state state)
{
	const struct framing_read r = read_of(s, session);
	if (state == ENTRY_HALF_CLOSED)
		framing_end(&s->framings[session][0], &r, "FIN");
	append(s, session, (struct entry){
		.kind = ENTRY_STATE, .state = (uint8_t)state,
		.ended = ENTRY_IN,
	}, entry_state_name(state));
}

static inline void recut(struct told *s, const char *spec, int64_t slice_ns)
{
	int more;
	clock_ns = s->now_ns;
	s->frame = frame_of(spec);
	struct recut *r = recut_new(s->t, &s->frame, &s->frame);
	assert_non_null(r);
	for (s->slices = 1; (more = recut_step(r, slice_ns)) > 0; s->slices++)
		;
	assert_int_equal(more, 0);
	recut_finish(r);
	assert_true(s->was_recut);
	for (uint32_t i = 0; i < SESSIONS; i++)
		recut_give(r, i, &s->framings[i][0], &s->framings[i][1],
		           &s->asked[i]);
	recut_free(r);
}

/* Equality */

static inline bool is_near(int64_t x, int64_t y, int64_t most)
{
	return x - y <= most && y - x <= most;
}

static inline void assert_same_parts(const struct entry *x,
                                     const struct entry *y)
{
	assert_int_equal(x->part_count, y->part_count);
	for (size_t i = 0; i < x->part_count; i++) {
		assert_int_equal(x->parts[i].at, y->parts[i].at);
		assert_int_equal(x->parts[i].is_late, y->parts[i].is_late);
		assert_true(is_near(x->parts[i].after, y->parts[i].after, 2));
	}
}

static inline void assert_same_entry(const struct entry *x,
                                     const struct entry *y)
{
	assert_int_equal(x->kind, y->kind);
	assert_int_equal(x->dir, y->dir);
	assert_int_equal(x->session, y->session);
	assert_int_equal(x->len, y->len);
	assert_memory_equal(x->bytes, y->bytes, x->len);
	assert_int_equal(x->flags, y->flags);
	assert_int_equal(x->state, y->state);
	assert_int_equal(x->prefix_at, y->prefix_at);
	assert_int_equal(x->prefix, y->prefix);
	assert_int_equal(x->suffix, y->suffix);
	assert_ptr_equal(x->frame, y->frame);
	assert_string_equal(x->code, y->code);
	assert_string_equal(x->hint, y->hint);
	assert_string_equal(x->peer, y->peer);
	assert_true(is_near(x->time.mono_ns, y->time.mono_ns, 3000));
	assert_true(is_near(x->time.wall_us, y->time.wall_us, 3));
	assert_true(is_near(x->wait_ns, y->wait_ns, 2000));
	assert_same_parts(x, y);
}

static inline void assert_same(const struct told *s, struct told *other)
{
	uint64_t x = transcript_first(s->t), y = transcript_first(other->t);
	pass(other, 0);
	assert_int_equal(transcript_end(s->t) - x,
	                 transcript_end(other->t) - y);
	for (; x < transcript_end(s->t); x++, y++)
		assert_same_entry(entry_at(s->t, x), entry_at(other->t, y));
}

#endif
