/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of protocols share, which go through a message step by step,
 * and may have to know what the other direction asked. */

#ifndef FRAME_STEPS_H
#define FRAME_STEPS_H

#include "frame_private.h"

/* now->step says which step is next.  It moves `at`, where a byte is at least;
 * FRAME_WHOLE ends the run, and so does now->rest. */
struct frame_run {
	const struct frame *f;
	struct frame_state *s;
	struct frame_message *now;       /* of `s` */
	const uint8_t *begin, *at, *end; /* of the bytes */
};

typedef enum frame_status frame_step_fn(struct frame_run *r);

/* Take bytes that need no look, but for the end of a message. */
static inline void frame_take_rest(struct frame_run *r)
{
	size_t left = (size_t)(r->end - r->at);
	size_t n = r->now->rest < left ? (size_t)r->now->rest : left;
	r->at += n;
	r->now->rest -= n;
}

static inline struct frame_cut frame_run(frame_step_fn *const *steps,
                                         const struct frame *f,
                                         struct frame_state *s,
                                         const uint8_t *bytes, size_t len)
{
	struct frame_run r = { f, s, &s->now, bytes, bytes, bytes + len };
	enum frame_status status = FRAME_MORE;
	while (status == FRAME_MORE && r.at < r.end && !s->now.rest) {
		status = steps[s->now.step](&r);
		if (s->now.rest && !s->now.is_last)
			frame_take_rest(&r);
	}
	return (struct frame_cut){ .len = (size_t)(r.at - bytes),
		                   .status = status };
}

/* Bytes of the message before `at`. */
static inline uint64_t frame_place(const struct frame_run *r)
{
	return r->now->len + (uint64_t)(r->at - r->begin);
}

/* What a step answers: what comes next, and that this cannot be. */
static inline enum frame_status frame_go(struct frame_run *r, uint8_t step)
{
	r->now->step = step;
	return FRAME_MORE;
}

static inline enum frame_status frame_blame(struct frame_run *r,
                                            enum frame_wrong why)
{
	r->now->wrong = why;
	return FRAME_WRONG;
}

static inline bool frame_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Add a digit to a number, which stays at UINT64_MAX once it is so big. */
static inline void frame_add_digit(uint64_t *number, unsigned base,
                                   unsigned digit)
{
	if (*number >= UINT64_MAX / base)
		*number = UINT64_MAX;
	else
		*number = *number * base + digit;
}

/* Header lines: the steps that read them, for the table of a kind whose own
 * steps begin at HEADER_STEPS.  Begin at HEADER_BEGIN; behind the empty line
 * the run ends at HEADERS_END. */
enum {
	HEADER_BEGIN = 1, /* of a line */
	HEADER_CR,
	HEADER_NAME,
	HEADER_REST,   /* of a line that means nothing here */
	HEADER_LENGTH, /* the value of Content-Length */
	HEADER_CODING, /* of Transfer-Encoding */
	HEADERS_END,
	HEADER_STEPS,
};

/* Run them.  A block that is too long is wrong. */
struct frame_cut frame_run_headers(frame_step_fn *const *steps,
                                   const struct frame *f, struct frame_state *s,
                                   const uint8_t *bytes, size_t len);

frame_step_fn frame_header_begin, frame_header_cr, frame_header_name,
    frame_header_rest, frame_header_length, frame_header_coding;

#define FRAME_HEADER_STEPS                                                     \
	[HEADER_BEGIN] = frame_header_begin, [HEADER_CR] = frame_header_cr,    \
	[HEADER_NAME] = frame_header_name, [HEADER_REST] = frame_header_rest,  \
	[HEADER_LENGTH] = frame_header_length,                                 \
	[HEADER_CODING] = frame_header_coding

/* What they have seen, in `seen`; a kind's own bits are above them. */
enum {
	HEADER_HAS_LENGTH = 1, /* which is in `value` */
	HEADER_HAS_CODING = 2,
	HEADER_IS_CHUNKED = 4, /* the last coding */
	HEADER_BITS = 8,
};

#define FRAME_HEADERS_MAX UINT16_MAX /* bytes of a block of them */

/* What one direction asks and the other answers, each in its order. */

#define FRAME_ASK_BITS 2
#define FRAME_ASKS_MAX (64 / FRAME_ASK_BITS) /* more are all 0 */

/* Remember that this has been asked. */
static inline void frame_ask(struct frame_state *s, uint64_t what)
{
	struct frame_asked *a = s->asked;
	if (!a)
		return;
	if (a->count < FRAME_ASKS_MAX)
		a->bits |= what << FRAME_ASK_BITS * a->count;
	a->count++;
}

/* What the oldest question was, which is answered now; 0 if nothing is asked.
 */
static inline unsigned frame_answer(struct frame_state *s)
{
	struct frame_asked *a = s->asked;
	if (!a || !a->count)
		return 0;
	unsigned what = a->bits & ((1u << FRAME_ASK_BITS) - 1);
	a->bits >>= FRAME_ASK_BITS;
	a->count--;
	return what;
}

/* The message ends behind `len` bytes, and with it the protocol: whatever comes
 * then in either direction is shown as it came. */
static inline struct frame_cut frame_leave(struct frame_state *s, size_t len)
{
	s->is_raw = true;
	if (s->asked)
		s->asked->is_raw = true;
	return frame_whole(len);
}

#endif
