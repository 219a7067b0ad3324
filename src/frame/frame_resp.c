/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Redis speaks, RESP2 and RESP3: values that begin by a type, some of
 * which have a length or hold so many others; and commands typed as a line. */

#include <string.h>

#include "frame_steps.h"

/* Of the message under way, n is the type of the value, and `more` how many
 * values are not whole, with it.  One that holds others may have no count: then
 * IN_STREAM is set, those above it wait, and a value of type '.' ends it. */
enum {
	RESP_TYPE,
	RESP_LINE,
	RESP_NUMBER, /* a length or a count: `value` */
	RESP_NUMBER_END,
	RESP_CR, /* behind so many bytes */
	RESP_LF,
};

#define IN_STREAM ((uint64_t)1 << 63)
#define ABOVE     32

/* What is known of a number. */
enum { HAS_DIGIT = 1, IS_NEGATIVE = 2, IS_UNKNOWN = 4 };

/* How a value goes on behind its type. */
enum { LINE = 1, LAST, BYTES, VALUES, PAIRS };

static const uint8_t types[256] = {
	['+'] = LINE,   ['-'] = LINE,   [':'] = LINE,   [','] = LINE,
	['#'] = LINE,   ['_'] = LINE,   ['('] = LINE,   ['.'] = LAST,
	['$'] = BYTES,  ['!'] = BYTES,  ['='] = BYTES,  [';'] = BYTES,
	['*'] = VALUES, ['~'] = VALUES, ['>'] = VALUES, ['%'] = PAIRS,
	['|'] = PAIRS,
};

static enum frame_status end_value(struct frame_run *r)
{
	if (!--r->now->more)
		return FRAME_WHOLE;
	return frame_go(r, RESP_TYPE);
}

static enum frame_status begin_stream(struct frame_run *r)
{
	if (r->now->more & IN_STREAM)
		return frame_blame(r, FRAME_NOT_IT);
	r->now->more = IN_STREAM | r->now->more << ABOVE;
	return frame_go(r, RESP_TYPE);
}

static enum frame_status end_stream(struct frame_run *r)
{
	uint64_t more = r->now->more;
	if (!(more & IN_STREAM) || (uint32_t)more)
		return frame_blame(r, FRAME_NOT_IT);
	r->now->more = (more & ~IN_STREAM) >> ABOVE;
	return frame_go(r, RESP_LINE);
}

/* A command as people type it, or an empty line. */
static enum frame_status begin_command(struct frame_run *r)
{
	uint8_t c = *r->at;
	bool is_text = (c >= ' ' && c <= '~') || c == '\r' || c == '\n';
	if (!is_text || frame_place(r))
		return frame_blame(r, FRAME_NOT_IT);
	r->now->more = 1;
	return frame_go(r, RESP_LINE);
}

static enum frame_status step_type(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint8_t type = types[*r->at];
	if (!type)
		return begin_command(r);
	now->n = *r->at++;
	now->value = 0;
	now->seen = 0;
	if (type == LAST)
		return end_stream(r);
	if (!(uint32_t)now->more)
		now->more++;
	return frame_go(r, type == LINE ? RESP_LINE : RESP_NUMBER);
}

static enum frame_status step_line(struct frame_run *r)
{
	const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	r->at = end ? end + 1 : r->end;
	return end ? end_value(r) : FRAME_MORE;
}

/* So many bytes come. */
static enum frame_status begin_bytes(struct frame_run *r)
{
	struct frame_message *now = r->now;
	if (now->n == ';' && !now->value)
		return end_value(r);
	now->more += now->n == ';'; /* another piece */
	now->rest = now->value;
	if (now->more == 1)
		now->total = frame_place(r) + now->rest + 2;
	return frame_go(r, RESP_CR);
}

/* It is not known how many come. */
static enum frame_status begin_unknown(struct frame_run *r)
{
	if (types[r->now->n] != BYTES)
		return begin_stream(r);
	r->now->more++; /* a piece */
	return end_value(r);
}

/* A length or a count has ended. */
static enum frame_status end_number(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint8_t type = types[now->n];
	uint64_t room = r->f->max - frame_place(r);
	if (now->seen == IS_UNKNOWN)
		return begin_unknown(r);
	if (now->seen & IS_NEGATIVE && now->value == 1)
		return end_value(r); /* no such value */
	if (now->seen != HAS_DIGIT)
		return frame_blame(r, FRAME_NO_LENGTH);
	if (now->value > room || (uint32_t)now->more > room - now->value)
		return frame_blame(r, FRAME_TOO_LONG);
	if (type == BYTES)
		return begin_bytes(r);
	/* An attribute stands before the value that it belongs to. */
	now->more += now->value * (type == PAIRS ? 2 : 1) + (now->n == '|');
	return end_value(r);
}

static enum frame_status step_number_end(struct frame_run *r)
{
	return *r->at++ == '\n' ? end_number(r)
	                        : frame_blame(r, FRAME_NO_LENGTH);
}

/* What stands before a number or behind it. */
static enum frame_status take_sign(struct frame_run *r, uint8_t c)
{
	if (c == '\r')
		return frame_go(r, RESP_NUMBER_END);
	if (r->now->seen || (c != '-' && c != '?'))
		return frame_blame(r, FRAME_NO_LENGTH);
	r->now->seen = c == '-' ? IS_NEGATIVE : IS_UNKNOWN;
	return FRAME_MORE;
}

static enum frame_status step_number(struct frame_run *r)
{
	struct frame_message *now = r->now;
	const uint8_t *at = r->at;
	for (; at < r->end && frame_is_digit(*at); at++)
		frame_add_digit(&now->value, 10, *at - '0');
	if (at > r->at)
		now->seen |= HAS_DIGIT;
	r->at = at < r->end ? at + 1 : at;
	return at < r->end ? take_sign(r, *at) : FRAME_MORE;
}

static enum frame_status step_lf(struct frame_run *r)
{
	return *r->at++ == '\n' ? end_value(r) : frame_blame(r, FRAME_NO_END);
}

static enum frame_status step_cr(struct frame_run *r)
{
	if (*r->at++ != '\r')
		return frame_blame(r, FRAME_NO_END);
	r->now->step = RESP_LF;
	return r->at < r->end ? step_lf(r) : FRAME_MORE;
}

struct frame_cut frame_cut_resp(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	static frame_step_fn *const steps[] = {
		[RESP_TYPE] = step_type,
		[RESP_LINE] = step_line,
		[RESP_NUMBER] = step_number,
		[RESP_CR] = step_cr,
		[RESP_LF] = step_lf,
		[RESP_NUMBER_END] = step_number_end,
	};
	return frame_run(steps, f, s, bytes, len);
}
