/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What PostgreSQL speaks (its manual, "Message Formats"): a type and a length
 * that counts itself.  A client begins with messages without a type, and one
 * byte answers some of them. */

#include "frame_steps.h"

enum {
	PG_TYPE,
	PG_LENGTH,
	PG_CODE, /* of a message without a type: n bytes have come */
};

#define FIELD_SIZE 4 /* of a length, and of a code */

/* These ask whether what follows is encrypted, which is not shown apart. */
#define CODE_SSL 80877103
#define CODE_GSS 80877104

/* What is kept: the last message was such a request. */
#define HAS_ASKED 1

static bool is_type(uint8_t c)
{
	uint8_t letter = c | 32;
	return frame_is_digit(c) || (letter >= 'a' && letter <= 'z');
}

/* Whether this byte answers what the other direction has asked. */
static bool is_answer(const struct frame_state *s, uint8_t c)
{
	return s->asked && s->asked->count && s->kept != HAS_ASKED &&
	       (c == 'S' || c == 'G' || c == 'N');
}

static enum frame_status take_answer(struct frame_run *r)
{
	(void)frame_answer(r->s);
	if (*r->at++ != 'N')
		frame_leave(r->s, 0);
	return FRAME_WHOLE;
}

static enum frame_status step_type(struct frame_run *r)
{
	struct frame_state *s = r->s;
	uint8_t c = *r->at;
	if (is_answer(s, c))
		return take_answer(r);
	if (!is_type(c) && (c || (s->is_begun && s->kept != HAS_ASKED)))
		return frame_blame(r, FRAME_NOT_IT);
	r->now->prefix_at = is_type(c);
	r->at += r->now->prefix_at;
	return frame_go(r, PG_LENGTH);
}

/* The length is known. */
static enum frame_status end_length(struct frame_run *r)
{
	struct frame_message *now = r->now;
	if (now->value < FIELD_SIZE)
		return frame_blame(r, FRAME_TOO_SHORT);
	if (now->value - FIELD_SIZE > r->f->max)
		return frame_blame(r, FRAME_TOO_LONG);
	now->total = now->value - FIELD_SIZE;
	if (now->prefix_at)
		return frame_follow(now, now->total);
	r->s->kept = 0;
	return now->total < FIELD_SIZE ? frame_blame(r, FRAME_NOT_IT)
	                               : frame_go(r, PG_CODE);
}

static enum frame_status step_length(struct frame_run *r)
{
	struct frame_message *now = r->now;
	now->value = now->value << 8 | *r->at++;
	return ++now->prefix < FIELD_SIZE ? FRAME_MORE : end_length(r);
}

static enum frame_status step_code(struct frame_run *r)
{
	struct frame_message *now = r->now;
	now->more = now->more << 8 | *r->at++;
	if (++now->n < FIELD_SIZE)
		return FRAME_MORE;
	if (now->more == CODE_SSL || now->more == CODE_GSS) {
		frame_ask(r->s, 0);
		r->s->kept = HAS_ASKED;
	}
	now->rest = now->total - FIELD_SIZE;
	now->is_last = true;
	return now->rest ? FRAME_MORE : FRAME_WHOLE;
}

struct frame_cut frame_cut_postgres(const struct frame *f,
                                    struct frame_state *s, const uint8_t *bytes,
                                    size_t len)
{
	static frame_step_fn *const steps[] = {
		[PG_TYPE] = step_type,
		[PG_LENGTH] = step_length,
		[PG_CODE] = step_code,
	};
	return frame_run(steps, f, s, bytes, len);
}

/* A payload that begins with no type is one of those that have none. */
int frame_wrap_postgres(const struct frame *f, const uint8_t *payload,
                        size_t len, struct bytes *out, struct error *e)
{
	struct frame bare = *f;
	if (!len)
		return error_set(e, "a message begins with its type, like the "
		                    "Q of a query: this payload is empty");
	bare.at = is_type(*payload);
	if (!bare.at && len < FIELD_SIZE)
		return error_set(e, "a message without a type begins with a "
		                    "code of %d bytes: the payload has %zu",
		                 FIELD_SIZE, len);
	return frame_wrap_length(&bare, payload, len, out, e);
}
