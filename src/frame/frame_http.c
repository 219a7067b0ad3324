/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* HTTP/1 in either direction (RFC 9112).  What was asked says whether an answer
 * has a body. */

#include <string.h>

#include "frame_steps.h"

enum {
	HTTP_BEGIN,               /* empty lines, and then a message */
	HTTP_WORD = HEADER_STEPS, /* a method, or "HTTP": its end is in value */
	HTTP_TARGET,              /* the rest of the line: its end as well */
	HTTP_STATUS,              /* "1.1 200", of which n bytes have come */
	HTTP_SIZE,                /* of a chunk: n digits */
	HTTP_EXTENSION,           /* the rest of its line */
	HTTP_CHUNK,               /* a chunk's bytes, and the end of its line */
	HTTP_CHUNK_CR,
	HTTP_ALL, /* the body goes on until the end */
};

/* What has been seen, beside what fields say. */
enum {
	HTTP_IS_ANSWER = HEADER_BITS,
	HTTP_HAS_CHUNKS = 2 * HEADER_BITS, /* trailers come */
	HTTP_ASKS_SHIFT = 16, /* above, what a request asks, or the status */
};

enum { ASKS_BODY, ASKS_HEAD, ASKS_TUNNEL };

#define WORD_MAX 32 /* of a method, in bytes */

/* The last bytes of a text as they are in value, eight at most. */
static uint64_t end_of(const char *text)
{
	uint64_t value = 0;
	while (*text)
		value = value << 8 | (uint8_t)*text++;
	return value;
}

static enum frame_status step_begin(struct frame_run *r)
{
	if (*r->at != '\r' && *r->at != '\n')
		return frame_go(r, HTTP_WORD);
	r->at++;
	return FRAME_MORE;
}

static bool is_token(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("0123456789!#$%&'*+-.^_`|~", c));
}

static enum frame_status end_method(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint32_t asks = now->value == end_of("HEAD")      ? ASKS_HEAD
	                : now->value == end_of("CONNECT") ? ASKS_TUNNEL
	                                                  : ASKS_BODY;
	now->seen = asks << HTTP_ASKS_SHIFT;
	return now->n ? frame_go(r, HTTP_TARGET) : frame_blame(r, FRAME_NOT_IT);
}

static enum frame_status step_word(struct frame_run *r)
{
	struct frame_message *now = r->now;
	uint8_t c = *r->at++;
	if (c == ' ')
		return end_method(r);
	if (c == '/' && now->value == end_of("HTTP")) {
		now->seen = HTTP_IS_ANSWER;
		now->value = 0;
		now->n = 0;
		return frame_go(r, HTTP_STATUS);
	}
	now->value = now->value << 8 | c;
	return is_token(c) && ++now->n <= WORD_MAX
	           ? FRAME_MORE
	           : frame_blame(r, FRAME_NOT_IT);
}

/* Keep the last bytes before `end`: nine, of which `more` has one. */
static void keep_end(struct frame_run *r, const uint8_t *end)
{
	struct frame_message *now = r->now;
	const uint8_t *at = end - r->at > 9 ? end - 9 : r->at;
	for (; at < end; at++) {
		now->more = now->value >> 56;
		now->value = now->value << 8 | *at;
	}
	r->at = end;
}

static enum frame_status step_target(struct frame_run *r)
{
	struct frame_message *now = r->now;
	const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	keep_end(r, end ? end : r->end);
	if (!end)
		return FRAME_MORE;
	r->at++;
	if ((now->value & 0xff) == '\r')
		now->value = now->more << 56 | now->value >> 8;
	return now->value >> 8 == end_of("HTTP/1.")
	           ? frame_go(r, HEADER_BEGIN)
	           : frame_blame(r, FRAME_NOT_IT);
}

static enum frame_status step_status(struct frame_run *r)
{
	static const char form[] = "1.0 000";
	struct frame_message *now = r->now;
	uint8_t c = *r->at++, wanted = (uint8_t)form[now->n++];
	if (wanted == '0' ? !frame_is_digit(c) : c != wanted)
		return frame_blame(r, FRAME_NOT_IT);
	now->value = now->value * 10 + c % 16;
	if (form[now->n])
		return FRAME_MORE;
	now->seen |= (uint32_t)(now->value % 1000) << HTTP_ASKS_SHIFT;
	return frame_go(r, HEADER_REST);
}

/* The line before a chunk has ended. */
static enum frame_status begin_chunk(struct frame_run *r)
{
	struct frame_message *now = r->now;
	if (!now->n)
		return frame_blame(r, FRAME_NO_LENGTH);
	if (now->value > r->f->max - frame_place(r))
		return frame_blame(r, FRAME_TOO_LONG);
	now->rest = now->value;
	if (now->rest)
		return frame_go(r, HTTP_CHUNK);
	now->seen &= ~(uint32_t)HEADER_HAS_LENGTH;
	return frame_go(r, HEADER_BEGIN);
}

static enum frame_status step_size(struct frame_run *r)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	struct frame_message *now = r->now;
	const char *digit = *r->at ? strchr(digits, *r->at) : NULL;
	if (!digit)
		return frame_go(r, HTTP_EXTENSION);
	r->at++;
	now->n = 1;
	frame_add_digit(&now->value, 16, (unsigned)(digit - digits) % 16);
	return FRAME_MORE;
}

static enum frame_status step_extension(struct frame_run *r)
{
	const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
	r->at = end ? end + 1 : r->end;
	return end ? begin_chunk(r) : FRAME_MORE;
}

static enum frame_status step_chunk(struct frame_run *r)
{
	uint8_t c = *r->at++;
	if (c == '\r' && r->now->step == HTTP_CHUNK)
		return frame_go(r, HTTP_CHUNK_CR);
	r->now->value = 0;
	r->now->n = 0;
	return c == '\n' ? frame_go(r, HTTP_SIZE)
	                 : frame_blame(r, FRAME_NO_END);
}

/* Bodies: what comes behind the `len` bytes that end with the fields. */

static struct frame_cut begin_chunks(struct frame_state *s, size_t len)
{
	s->now.seen |= HTTP_HAS_CHUNKS;
	s->now.step = HTTP_SIZE;
	s->now.value = 0;
	s->now.n = 0;
	return frame_more(len);
}

static struct frame_cut begin_all(struct frame_state *s, size_t len)
{
	s->now.step = HTTP_ALL;
	return frame_skip(s, len, UINT64_MAX);
}

static struct frame_cut begin_length(const struct frame *f,
                                     struct frame_state *s, size_t len)
{
	uint64_t before = s->now.len + len;
	if (s->now.value > f->max - before)
		return frame_wrong(s, len, FRAME_TOO_LONG);
	struct frame_cut c = frame_rest(s, len, s->now.value);
	s->now.total += before;
	return c;
}

static struct frame_cut begin_body(const struct frame *f, struct frame_state *s,
                                   size_t len)
{
	uint32_t seen = s->now.seen;
	if (seen & HEADER_IS_CHUNKED)
		return begin_chunks(s, len);
	if (seen & HEADER_HAS_CODING)
		return seen & HTTP_IS_ANSWER
		           ? begin_all(s, len)
		           : frame_wrong(s, len, FRAME_NO_LENGTH);
	if (seen & HEADER_HAS_LENGTH)
		return begin_length(f, s, len);
	return seen & HTTP_IS_ANSWER ? begin_all(s, len) : frame_whole(len);
}

static struct frame_cut end_request(const struct frame *f,
                                    struct frame_state *s, size_t len)
{
	frame_ask(s, s->now.seen >> HTTP_ASKS_SHIFT);
	return begin_body(f, s, len);
}

static struct frame_cut end_answer(const struct frame *f, struct frame_state *s,
                                   size_t len)
{
	unsigned status = s->now.seen >> HTTP_ASKS_SHIFT;
	if (status / 100 == 1 && status != 101)
		return frame_whole(len);
	unsigned asked = frame_answer(s);
	if (status == 101 || (asked == ASKS_TUNNEL && status / 100 == 2))
		return frame_leave(s, len);
	return asked == ASKS_HEAD || status == 204 || status == 304
	           ? frame_whole(len)
	           : begin_body(f, s, len);
}

static struct frame_cut end_fields(const struct frame *f, struct frame_state *s,
                                   size_t len)
{
	if (s->now.seen & HTTP_HAS_CHUNKS)
		return frame_whole(len);
	return s->now.seen & HTTP_IS_ANSWER ? end_answer(f, s, len)
	                                    : end_request(f, s, len);
}

struct frame_cut frame_cut_http(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	static frame_step_fn *const steps[] = {
		FRAME_HEADER_STEPS,
		[HTTP_BEGIN] = step_begin,
		[HTTP_WORD] = step_word,
		[HTTP_TARGET] = step_target,
		[HTTP_STATUS] = step_status,
		[HTTP_SIZE] = step_size,
		[HTTP_EXTENSION] = step_extension,
		[HTTP_CHUNK] = step_chunk,
		[HTTP_CHUNK_CR] = step_chunk,
	};
	bool is_head =
	    s->now.step < HTTP_SIZE && !(s->now.seen & HTTP_HAS_CHUNKS);
	struct frame_cut c = is_head
	                         ? frame_run_headers(steps, f, s, bytes, len)
	                         : frame_run(steps, f, s, bytes, len);
	return c.status == FRAME_WHOLE ? end_fields(f, s, c.len) : c;
}

bool frame_ends_http(const struct frame *f, const struct frame_state *s)
{
	(void)f;
	return s->now.step == HTTP_BEGIN || s->now.step == HTTP_ALL;
}
