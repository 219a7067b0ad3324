/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* JSON values, one a message (RFC 8259).  What stands between two belongs to
 * the first up to the end of its line, and then to the next: white space,
 * commas, and the RS of RFC 7464, which ends a line as LF does. */

#include <string.h>

#include "frame_steps.h"

#define KINDS_MAX 64 /* of open brackets that are known */

enum {
	JSON_BEFORE,   /* a value */
	JSON_BRACKETS, /* n are open; value has the kinds of the innermost, of
	                * which `more` are known */
	JSON_STRING,
	JSON_ESCAPE,
	JSON_WORD,   /* words[value], of which n bytes have come */
	JSON_BEHIND, /* a value */
	JSON_SIGN,   /* of a number, and what follows it */
	JSON_INTEGER,
	JSON_POINT,
	JSON_FRACTION,
	JSON_E,
	JSON_E_SIGN,
	JSON_EXPONENT,
};

static const char *const words[] = { "true", "false", "null" };
#define WORDS (sizeof(words) / sizeof(words[0]))

/* Which bytes mean something in strings (1) and between them (2). */
static const uint8_t marks[256] = {
	[0 ... 8] = 3, [11 ... 12] = 3,   [14 ... 31] = 3,   ['!'] = 2,
	['"'] = 3,     ['#' ... '*'] = 2, ['/'] = 2,         [';' ... '@'] = 2,
	['['] = 2,     ['\\'] = 3,        [']' ... '`'] = 2, ['{' ... 255] = 2,
};

/* Take the bytes up to the next one that means something, and it.  False: there
 * is none. */
static bool take_mark(struct frame_run *r, unsigned where, uint8_t *c)
{
	const uint8_t *at = r->at;
	while (at < r->end && !(marks[*at] & where))
		at++;
	r->at = at < r->end ? at + 1 : at;
	*c = at < r->end ? *at : 0;
	return at < r->end;
}

static enum frame_status open_bracket(struct frame_run *r, uint8_t c)
{
	r->now->n++;
	r->now->value = r->now->value << 1 | (c == '[');
	r->now->more += r->now->more < KINDS_MAX;
	return frame_go(r, JSON_BRACKETS);
}

static enum frame_status close_bracket(struct frame_run *r, uint8_t c)
{
	struct frame_message *now = r->now;
	if (now->more && (now->value & 1) != (c == ']'))
		return frame_blame(r, FRAME_NOT_IT);
	now->value >>= 1;
	now->more -= now->more > 0;
	return --now->n ? FRAME_MORE : FRAME_WHOLE;
}

static enum frame_status step_brackets(struct frame_run *r)
{
	uint8_t c;
	if (!take_mark(r, 2, &c))
		return FRAME_MORE;
	if (c == '"')
		return frame_go(r, JSON_STRING);
	if (c == '[' || c == '{')
		return open_bracket(r, c);
	return c == ']' || c == '}' ? close_bracket(r, c)
	                            : frame_blame(r, FRAME_NOT_IT);
}

static enum frame_status step_string(struct frame_run *r)
{
	uint8_t c;
	if (!take_mark(r, 1, &c))
		return FRAME_MORE;
	if (c == '\\')
		return frame_go(r, JSON_ESCAPE);
	if (c != '"')
		return frame_blame(r, FRAME_NOT_IT);
	r->now->step = JSON_BRACKETS;
	return r->now->n ? FRAME_MORE : FRAME_WHOLE;
}

static enum frame_status step_escape(struct frame_run *r)
{
	r->at++;
	return frame_go(r, JSON_STRING);
}

static enum frame_status step_word(struct frame_run *r)
{
	const char *rest = words[r->now->value] + r->now->n++;
	if (*r->at++ != (uint8_t)rest[0])
		return frame_blame(r, FRAME_NOT_IT);
	return rest[1] ? FRAME_MORE : FRAME_WHOLE;
}

static bool is_number(uint8_t step)
{
	return step == JSON_INTEGER || step == JSON_FRACTION ||
	       step == JSON_EXPONENT;
}

/* The part of a number that follows `step` when this byte comes; 0: it does not
 * belong to the number. */
static uint8_t part_after(uint8_t step, uint8_t c)
{
	static const uint8_t digit[] = {
		[JSON_SIGN] = JSON_INTEGER,
		[JSON_INTEGER] = JSON_INTEGER,
		[JSON_POINT] = JSON_FRACTION,
		[JSON_FRACTION] = JSON_FRACTION,
		[JSON_E] = JSON_EXPONENT,
		[JSON_E_SIGN] = JSON_EXPONENT,
		[JSON_EXPONENT] = JSON_EXPONENT,
	};
	if (frame_is_digit(c))
		return digit[step];
	if (step == JSON_INTEGER && c == '.')
		return JSON_POINT;
	if ((step == JSON_INTEGER || step == JSON_FRACTION) && (c | 32) == 'e')
		return JSON_E;
	return step == JSON_E && (c == '-' || c == '+') ? JSON_E_SIGN : 0;
}

static enum frame_status step_number(struct frame_run *r)
{
	uint8_t next = part_after(r->now->step, *r->at);
	if (next) {
		r->at++;
		return frame_go(r, next);
	}
	return is_number(r->now->step) ? FRAME_WHOLE
	                               : frame_blame(r, FRAME_NOT_IT);
}

static enum frame_status begin_word(struct frame_run *r, uint8_t c)
{
	r->now->n = 1;
	for (size_t i = 0; i < WORDS; i++)
		if ((uint8_t)words[i][0] == c) {
			r->now->value = i;
			return frame_go(r, JSON_WORD);
		}
	return frame_blame(r, FRAME_NOT_IT);
}

static bool is_between(uint8_t c)
{
	return c && strchr(" \t\r\n,\x1e", c);
}

/* A byte order mark stands before the first value of some senders. */
static bool is_mark(const struct frame_run *r)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	uint64_t place = frame_place(r);
	return !r->s->is_begun && place < sizeof(mark) && *r->at == mark[place];
}

static enum frame_status step_before(struct frame_run *r)
{
	bool is_skipped = is_between(*r->at) || is_mark(r);
	uint8_t c = *r->at++;
	if (is_skipped)
		return FRAME_MORE;
	if (c == '[' || c == '{')
		return open_bracket(r, c);
	if (c == '"')
		return frame_go(r, JSON_STRING);
	if (c == '-')
		return frame_go(r, JSON_SIGN);
	return frame_is_digit(c) ? frame_go(r, JSON_INTEGER) : begin_word(r, c);
}

/* Take what stands behind a value. */
static struct frame_cut take_behind(struct frame_message *now,
                                    const uint8_t *bytes, size_t at, size_t len)
{
	now->step = JSON_BEHIND;
	now->is_soft = false;
	while (at < len && is_between(bytes[at])) {
		uint8_t c = bytes[at++];
		if (c == '\n' || c == '\x1e')
			return frame_whole(at);
	}
	now->is_soft = at && at == len;
	return frame_whole(at);
}

struct frame_cut frame_cut_json(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	static frame_step_fn *const steps[] = {
		[JSON_BEFORE] = step_before,   [JSON_BRACKETS] = step_brackets,
		[JSON_STRING] = step_string,   [JSON_ESCAPE] = step_escape,
		[JSON_WORD] = step_word,       [JSON_SIGN] = step_number,
		[JSON_INTEGER] = step_number,  [JSON_POINT] = step_number,
		[JSON_FRACTION] = step_number, [JSON_E] = step_number,
		[JSON_E_SIGN] = step_number,   [JSON_EXPONENT] = step_number,
	};
	if (s->now.step == JSON_BEHIND)
		return take_behind(&s->now, bytes, 0, len);
	struct frame_cut c = frame_run(steps, f, s, bytes, len);
	return c.status == FRAME_WHOLE ? take_behind(&s->now, bytes, c.len, len)
	                               : c;
}

bool frame_ends_json(const struct frame *f, const struct frame_state *s)
{
	(void)f;
	return s->now.step == JSON_BEFORE || is_number(s->now.step);
}
