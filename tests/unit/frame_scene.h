/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation that a frame cuts, message by message as it should be: one
 * after the other in pieces of every size. */

#ifndef FRAME_SCENE_H
#define FRAME_SCENE_H

#include <sockchat/frame.h>

#include "unit.h"

struct said {
	bool is_sent;
	const char *bytes;
	size_t len;
};

#define CAME(text)                                                             \
	{                                                                      \
		false, text, sizeof(text) - 1                                  \
	}
#define SENT(text)                                                             \
	{                                                                      \
		true, text, sizeof(text) - 1                                   \
	}

struct frame_scene {
	struct frame frame;
	struct frame_state in, out;
	struct frame_asked asked;
	const struct said *next; /* the message that is under way or comes */
	size_t taken;            /* bytes of it */
};

static inline void scene_take(struct frame_scene *sc, struct frame_state *s,
                              const uint8_t *bytes, size_t len)
{
	frame_begin_read(s, 0);
	while (len) {
		bool was_soft = s->now.is_soft;
		struct frame_cut c = frame_cut(&sc->frame, s, bytes, len);
		assert_true(c.len <= len);
		assert_int_not_equal(c.status, FRAME_WRONG);
		sc->taken += c.len;
		bytes += c.len;
		len -= c.len;
		assert_true(sc->taken <= sc->next->len);
		if (c.status == FRAME_MORE || s->now.is_soft)
			continue;
		assert_true(c.len || was_soft || sc->taken);
		assert_int_equal(sc->taken, sc->next->len);
		sc->next++;
		sc->taken = 0;
	}
}

/* Begin a conversation. */
static inline void scene_begin(struct frame_scene *sc, const char *spec)
{
	struct error e;
	*sc = (struct frame_scene){ 0 };
	assert_int_equal(frame_parse(&sc->frame, spec, &e), 0);
	sc->in.asked = sc->out.asked = &sc->asked;
}

/* Messages of one direction come in pieces. */
static inline void scene_say(struct frame_scene *sc, const struct said *list,
                             size_t count, size_t piece)
{
	struct frame_state *s = list->is_sent ? &sc->out : &sc->in;
	size_t len = 0;
	uint8_t all[100000];
	for (size_t i = 0; i < count; len += list[i++].len)
		memcpy(all + len, list[i].bytes, list[i].len);
	sc->next = list;
	sc->taken = 0;
	for (size_t at = 0; at < len; at += piece)
		scene_take(sc, s, all + at,
		           len - at < piece ? len - at : piece);
	if (sc->next < list + count && s->now.is_soft)
		sc->next++;
	assert_true(sc->next == list + count || (sc->next == list + count - 1 &&
	                                         frame_ends(&sc->frame, s)));
}

static const size_t scene_pieces[] = { 1, 2, 3, 7, SIZE_MAX };
#define SCENE_PIECES (sizeof(scene_pieces) / sizeof(scene_pieces[0]))

/* How many messages from `list` on went the same way. */
static inline size_t scene_run(const struct said *list, size_t count)
{
	size_t n = 1;
	while (n < count && list[n].is_sent == list->is_sent)
		n++;
	return n;
}

static inline void scene_check(const char *spec, const struct said *list,
                               size_t count)
{
	for (size_t i = 0; i < SCENE_PIECES; i++) {
		struct frame_scene sc;
		scene_begin(&sc, spec);
		for (size_t at = 0, n; at < count; at += n) {
			n = scene_run(list + at, count - at);
			scene_say(&sc, list + at, n, scene_pieces[i]);
		}
	}
}

#define SCENE(spec, ...)                                                       \
	do {                                                                   \
		static const struct said list[] = { __VA_ARGS__ };             \
		scene_check(spec, list, sizeof(list) / sizeof(list[0]));       \
	} while (0)

/* Bytes that come cannot be messages: however they come. */
static inline void scene_wrong(const char *spec, const struct said *said,
                               enum frame_wrong why)
{
	for (size_t i = 0; i < SCENE_PIECES; i++) {
		size_t piece = scene_pieces[i];
		struct frame_scene sc;
		scene_begin(&sc, spec);
		for (size_t at = 0; at < said->len && !sc.in.is_raw;) {
			size_t left = said->len - at;
			at += frame_cut(&sc.frame, &sc.in,
			                (const uint8_t *)said->bytes + at,
			                left < piece ? left : piece)
			          .len;
		}
		assert_true(sc.in.is_raw);
		assert_int_equal(sc.in.now.wrong, why);
	}
}

#define WRONG(spec, text, why) scene_wrong(spec, &(struct said)CAME(text), why)

/* These bytes are the beginning of a message, which the peer's end makes whole
 * or does not. */
static inline void scene_ends(const char *spec, const struct said *said,
                              bool is_whole)
{
	struct frame_scene sc;
	scene_begin(&sc, spec);
	struct frame_cut c = frame_cut(&sc.frame, &sc.in,
	                               (const uint8_t *)said->bytes, said->len);
	assert_int_equal(c.status, FRAME_MORE);
	assert_int_equal(frame_ends(&sc.frame, &sc.in), is_whole);
}

#define ENDS(spec, text, is_whole)                                             \
	scene_ends(spec, &(struct said)CAME(text), is_whole)

/* What is around a payload when it is sent. */
static inline void scene_wraps(const char *spec, const struct said *payload,
                               const struct said *message, size_t prefix_at,
                               size_t prefix)
{
	struct frame f;
	struct framed out = { 0 };
	struct error e;
	assert_int_equal(frame_parse(&f, spec, &e), 0);
	assert_int_equal(frame_wrap(&f, payload->bytes, payload->len, &out, &e),
	                 0);
	assert_int_equal(out.bytes.len, message->len);
	assert_memory_equal(out.bytes.data, message->bytes, message->len);
	assert_int_equal(out.prefix_at, prefix_at);
	assert_int_equal(out.prefix, prefix);
	assert_int_equal(out.suffix, 0);
	bytes_finish(&out.bytes);
}

#define WRAPS(spec, payload, message, prefix_at, prefix) \
	scene_wraps(spec, &(struct said)SENT(payload), \
	            &(struct said)SENT(message), prefix_at, prefix)

#endif
