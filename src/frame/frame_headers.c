/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Header lines, as HTTP (RFC 9112) and language servers have them, and messages
 * that begin by such lines, of which one says how long the rest is. */

#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "frame_steps.h"

/* Names that mean something, and one that nothing is like. */
static const uint8_t names[][20] = {
	"content-length", "transfer-encoding", "",
};
enum { NAME_LENGTH, NAME_CODING, NAME_OTHER };

/* Of a name, n is how much of which one has come. */
#define NAME_SHIFT 8
#define NAME_NONE  (NAME_OTHER << NAME_SHIFT | 1)

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

enum frame_status frame_header_begin(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint8_t c = *r->at;
	if (c == ' ' || c == '\t')
		return frame_go(r, HEADER_REST); /* of the line before */
	if (c != '\r' && c != '\n') {
		now->n = 0;
		return frame_go(r, HEADER_NAME);
	}
	r->at++;
	now->step = c == '\r' ? HEADER_CR : HEADERS_END;
	return c == '\r' ? FRAME_MORE : FRAME_WHOLE;
}

enum frame_status frame_header_cr(struct frame_run *r)
{
	if (*r->at != '\n')
		return frame_blame(r, FRAME_NOT_IT);
	return frame_header_begin(r);
}

/* Another byte of a name has come. */
static uint32_t match_name(uint32_t n, uint8_t c)
{
	uint32_t which = n >> NAME_SHIFT, place = n & 0xff;
	c = lower(c);
	if (!place)
		which = c == 'c' ? NAME_LENGTH : NAME_CODING;
	return names[which][place] == c ? which << NAME_SHIFT | (place + 1)
	                                : NAME_NONE;
}

/* What comes behind the colon. */
static enum frame_status begin_value(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint32_t which = now->n >> NAME_SHIFT, place = now->n & 0xff;
	if (which == NAME_OTHER || names[which][place])
		return frame_go(r, HEADER_REST);
	now->n = 0;
	now->more = 0;
	return frame_go(r,
	                which == NAME_LENGTH ? HEADER_LENGTH : HEADER_CODING);
}

enum frame_status frame_header_name(struct frame_run *r)
{
	const uint8_t *at = r->at;
	uint32_t n = r->now->n;
	for (; at < r->end && *at >= ' ' && *at <= '~' && *at != ':'; at++)
		if (n != NAME_NONE && *at != ' ')
			n = match_name(n, *at);
	r->at = at;
	r->now->n = n;
	if (at == r->end)
		return FRAME_MORE;
	return *r->at++ == ':' ? begin_value(r) : frame_blame(r, FRAME_NOT_IT);
}

enum frame_status frame_header_rest(struct frame_run *r)
{
	const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	r->at = end ? end + 1 : r->end;
	return end ? frame_go(r, HEADER_BEGIN) : FRAME_MORE;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Content-Length is in `more`: another one has to be the same. */
static enum frame_status end_length(struct frame_run *r, uint8_t c)
{
	struct frame_message *now = r->now;
	bool is_another = now->seen & HEADER_HAS_LENGTH;
	if (!now->n || (is_another && now->value != now->more))
		return frame_blame(r, FRAME_NO_LENGTH);
	now->seen |= HEADER_HAS_LENGTH;
	now->value = now->more;
	now->n = 0;
	now->more = 0;
	return frame_go(r, c == ',' ? HEADER_LENGTH : HEADER_BEGIN);
}

/* n is 1 when digits have come, and 2 behind them. */
enum frame_status frame_header_length(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint8_t c = *r->at++;
	if (c == '\n' || c == ',')
		return end_length(r, c);
	if (is_blank(c)) {
		now->n = now->n ? 2 : 0;
		return FRAME_MORE;
	}
	if (!frame_is_digit(c) || now->n == 2)
		return frame_blame(r, FRAME_NO_LENGTH);
	now->n = 1;
	frame_add_digit(&now->more, 10, c - '0');
	return FRAME_MORE;
}

/* n is how much of "chunked" has come, or more than its length. */
enum frame_status frame_header_coding(struct frame_run *r)
{
	static const uint8_t chunked[] = "chunked";
	struct frame_message *now = r->now;
	uint8_t c = *r->at++;
	if (is_blank(c))
		return FRAME_MORE;
	if (c != ',' && c != '\n') {
		bool is_like =
		    now->n < sizeof(chunked) && lower(c) == chunked[now->n];
		now->n = is_like ? now->n + 1 : sizeof(chunked);
		return FRAME_MORE;
	}
	if (now->n) {
		now->seen |= HEADER_HAS_CODING | HEADER_IS_CHUNKED;
		if (now->n != sizeof(chunked) - 1)
			now->seen &= ~(uint32_t)HEADER_IS_CHUNKED;
	}
	now->n = 0;
	return frame_go(r, c == ',' ? HEADER_CODING : HEADER_BEGIN);
}

struct frame_cut frame_run_headers(frame_step_fn *const *steps,
                                   const struct frame *f, struct frame_state *s,
                                   const uint8_t *bytes, size_t len)
{
	size_t room = FRAME_HEADERS_MAX - (size_t)s->now.len;
	struct frame_cut c =
	    frame_run(steps, f, s, bytes, len < room ? len : room);
	return c.status == FRAME_MORE && c.len == room
	           ? frame_wrong(s, c.len, FRAME_NO_END)
	           : c;
}

/* Messages */

/* The block has ended: so much follows it. */
static struct frame_cut follow_block(const struct frame *f,
                                     struct frame_state *s, size_t len)
{
	if (!(s->now.seen & HEADER_HAS_LENGTH))
		return frame_wrong(s, len, FRAME_NO_LENGTH);
	if (s->now.value > f->max)
		return frame_wrong(s, len, FRAME_TOO_LONG);
	return frame_rest(s, len, s->now.value);
}

struct frame_cut frame_cut_headers(const struct frame *f, struct frame_state *s,
                                   const uint8_t *bytes, size_t len)
{
	static frame_step_fn *const steps[] = { frame_header_begin,
		                                FRAME_HEADER_STEPS };
	struct frame_cut c = frame_run_headers(steps, f, s, bytes, len);
	s->now.prefix = (uint32_t)(s->now.len + c.len);
	return c.status == FRAME_WHOLE ? follow_block(f, s, c.len) : c;
}

int frame_wrap_headers(const struct frame *f, const uint8_t *payload,
                       size_t len, struct bytes *out, struct error *e)
{
	char block[64], most[NUMBER_BYTES_MAX];
	if (len > f->max)
		return error_set(e, "%zu bytes are over the limit of %s", len,
		                 number_format_bytes(most, f->max));
	int n = snprintf(block, sizeof(block), "Content-Length: %zu\r\n\r\n",
	                 len);
	return bytes_append(out, block, (size_t)n) ||
	               bytes_append(out, payload, len)
	           ? frame_wrap_failed(e) : 0;
}
