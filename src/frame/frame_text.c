/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that end at a text, at a pause, or with a read.
 *
 * In a message under way `n` bytes at the end are the beginning of the text
 * that is looked for, `value` has the last three bytes, and `more` counts all.
 */

#include <string.h>

#include <sockchat/utf8.h>

#include "frame_private.h"

#define TAIL 3 /* bytes that are kept in `value` */
#define SLIP_END     0xc0
#define SLIP_ESC     0xdb
#define SLIP_ESC_END 0xdc
#define SLIP_ESC_ESC 0xdd

/* A text that is looked for. */
struct text {
	const uint8_t *bytes;
	size_t len;
};

static struct text text_of_row(const struct frame *f)
{
	return (struct text){ (const uint8_t *)f->kind->row.end,
		              f->kind->row.end_len };
}

static struct text end_of(const struct frame *f)
{
	return f->kind->row.end_len ? text_of_row(f)
	                            : (struct text){ f->end, f->end_len };
}

/* Found */

/* How many bytes at the end of the first `n`, but not all, are how the text
 * begins. */
static size_t shorter_start(const struct text *t, size_t n)
{
	size_t len = n - 1;
	while (len && memcmp(t->bytes, t->bytes + n - len, len) != 0)
		len--;
	return len;
}

/* Go on with a text whose beginning came before: how many bytes are up to its
 * end, 0 if it does not end here. */
static size_t find_on(struct frame_message *now, const struct text *t,
                      const uint8_t *bytes, size_t len)
{
	size_t n = now->n;
	for (; n; n = shorter_start(t, n)) {
		size_t left = t->len - n;
		if (memcmp(bytes, t->bytes + n, left < len ? left : len) != 0)
			continue;
		now->n = (uint32_t)(n + len);
		return left <= len ? left : 0;
	}
	now->n = 0;
	return 0;
}

/* How many bytes are up to the end of the text; 0: it is not there. */
static size_t find_text(struct frame_message *now, const struct text *t,
                        const uint8_t *bytes, size_t len)
{
	size_t found = find_on(now, t, bytes, len);
	if (found || now->n)
		return found;
	const uint8_t *at = memmem(bytes, len, t->bytes, t->len);
	if (at)
		return (size_t)(at - bytes) + t->len;
	size_t n = t->len - 1 < len ? t->len - 1 : len;
	while (n && memcmp(bytes + len - n, t->bytes, n) != 0)
		n--;
	now->n = (uint32_t)n;
	return 0;
}

/* Cut */

/* How many bytes the message may still get. */
static size_t room_of(const struct frame_message *now)
{
	return FRAME_CUT_MAX - (size_t)now->more;
}

static void note_bytes(struct frame_message *now, const uint8_t *bytes,
                       size_t len)
{
	now->more += len;
	for (size_t i = len > TAIL ? len - TAIL : 0; i < len; i++)
		now->value = now->value << 8 | bytes[i];
}

/* End the message `len` bytes before the first `taken` of these: some of those
 * may have come before these. */
static struct frame_cut give_back(size_t taken, size_t len,
                                  enum frame_status status)
{
	bool is_here = len <= taken;
	return (struct frame_cut){
		.len = is_here ? taken - len : 0,
		.back = is_here ? 0 : (uint32_t)(len - taken),
		.status = status,
	};
}

/* How many of the last bytes are the beginning of a character. */
static size_t unfinished(const struct frame_message *now)
{
	uint8_t tail[TAIL];
	for (size_t i = 0; i < TAIL; i++)
		tail[i] = (uint8_t)(now->value >> 8 * (TAIL - 1 - i));
	return utf8_unfinished(tail, TAIL);
}

struct frame_cut frame_cut_long(struct frame_message *now,
                                const uint8_t *bytes, size_t len)
{
	size_t room = room_of(now);
	note_bytes(now, bytes, len < room ? len : room);
	if (len < room)
		return frame_more(len);
	return give_back(room, now->n ? now->n : unfinished(now), FRAME_CUT);
}

bool frame_is_after(const struct frame_message *now, uint8_t byte,
                    const uint8_t *bytes, size_t at)
{
	return at ? bytes[at - 1] == byte
	          : now->more && (uint8_t)now->value == byte;
}

struct frame_cut frame_cut_line(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)f;
	size_t room = room_of(&s->now);
	const uint8_t *end = memchr(bytes, '\n', len < room ? len : room);
	if (!end)
		return frame_cut_long(&s->now, bytes, len);
	size_t at = (size_t)(end - bytes);
	s->now.suffix = frame_is_after(&s->now, '\r', bytes, at) ? 2 : 1;
	return frame_whole(at + 1);
}

static struct frame_cut cut_at(const struct text *t, struct frame_message *now,
                               const uint8_t *bytes, size_t len)
{
	size_t room = room_of(now);
	size_t found = find_text(now, t, bytes, len < room ? len : room);
	if (!found)
		return frame_cut_long(now, bytes, len);
	now->suffix = (uint32_t)t->len;
	return frame_whole(found);
}

struct frame_cut frame_cut_text(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	const struct text end = end_of(f);
	return cut_at(&end, &s->now, bytes, len);
}

/* From one text to another */

enum { STEP_OUTSIDE, STEP_INSIDE };

/* Take the text that begins a message; what stands before it is a message of
 * its own. */
static struct frame_cut cut_outside(const struct frame *f,
                                    struct frame_state *s,
                                    const uint8_t *bytes, size_t len)
{
	const struct text start = { f->start, f->start_len };
	struct frame_message *now = &s->now;
	size_t room = room_of(now);
	size_t found = find_text(now, &start, bytes, len < room ? len : room);
	now->is_plain = now->more + (found ? found : len) >
	                (found ? start.len : now->n);
	if (found && now->is_plain)
		return give_back(found, start.len, FRAME_WHOLE);
	if (!found)
		return frame_cut_long(now, bytes, len);
	note_bytes(now, bytes, found);
	now->prefix = f->start_len;
	now->step = STEP_INSIDE;
	now->n = 0;
	return frame_more(found);
}

struct frame_cut frame_cut_between(const struct frame *f,
                                   struct frame_state *s,
                                   const uint8_t *bytes, size_t len)
{
	struct frame_message *now = &s->now;
	const struct text end = { f->end, f->end_len };
	if (!now->more && s->kept) /* the last one was cut within */
		now->step = STEP_INSIDE;
	if (now->step == STEP_OUTSIDE)
		return cut_outside(f, s, bytes, len);
	struct frame_cut c = cut_at(&end, now, bytes, len);
	if (c.status != FRAME_MORE)
		s->kept = c.status == FRAME_CUT;
	return c;
}

bool frame_ends_between(const struct frame *f, const struct frame_state *s)
{
	(void)f;
	return s->now.is_plain;
}

/* SLIP (RFC 1055) */

struct frame_cut frame_cut_slip(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	struct frame_message *now = &s->now;
	if (!now->more && len && *bytes == SLIP_END) {
		note_bytes(now, bytes, 1);
		now->prefix = 1;
		return frame_more(1);
	}
	const struct text end = text_of_row(f);
	size_t room = room_of(now);
	struct frame_cut c = cut_at(&end, now, bytes, len);
	if (c.status != FRAME_CUT)
		return c;
	bool is_torn = (uint8_t)now->value == SLIP_ESC;
	return give_back(room, is_torn, FRAME_CUT);
}

bool frame_ends_slip(const struct frame *f, const struct frame_state *s)
{
	(void)f;
	return s->now.len == s->now.prefix;
}

int frame_wrap_slip(const struct frame *f, const uint8_t *payload, size_t len,
                    struct bytes *out, struct error *e)
{
	int failed = bytes_append_byte(out, SLIP_END);
	(void)f;
	for (size_t i = 0; i < len && !failed; i++) {
		bool is_end = payload[i] == SLIP_END;
		bool is_escaped = is_end || payload[i] == SLIP_ESC;
		failed = bytes_append_byte(out, is_escaped ? SLIP_ESC
		                                           : payload[i]);
		if (is_escaped && !failed)
			failed = bytes_append_byte(out, is_end ? SLIP_ESC_END
			                                       : SLIP_ESC_ESC);
	}
	if (failed || bytes_append_byte(out, SLIP_END))
		return frame_wrap_failed(e);
	return 0;
}

int frame_unwrap_slip(const uint8_t *payload, size_t len, struct bytes *out)
{
	int failed = bytes_reserve(out, len);
	for (size_t i = 0; i < len && !failed; i++) {
		uint8_t next = i + 1 < len ? payload[i + 1] : 0;
		bool is_escaped = payload[i] == SLIP_ESC &&
		                  (next == SLIP_ESC_END ||
		                   next == SLIP_ESC_ESC);
		failed = bytes_append_byte(out, !is_escaped ? payload[i]
		                                : next == SLIP_ESC_END
		                                    ? SLIP_END : SLIP_ESC);
		i += is_escaped;
	}
	return failed;
}

/* Wrapped */

int frame_wrap_text(const struct frame *f, const uint8_t *payload, size_t len,
                    struct bytes *out, struct error *e)
{
	struct text end = f->end_len ? (struct text){ f->end, f->end_len }
	                             : text_of_row(f);
	if (bytes_append(out, f->start, f->start_len) ||
	    bytes_append(out, payload, len) ||
	    bytes_append(out, end.bytes, end.len))
		return frame_wrap_failed(e);
	return 0;
}

/* Not by what the bytes are */

struct frame_cut frame_cut_idle(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)bytes;
	bool is_new = s->is_read && s->now.len && s->pause_ms >= f->count;
	return is_new ? frame_whole(0) : frame_more(len);
}

bool frame_ends_idle(const struct frame *f, const struct frame_state *s)
{
	(void)f, (void)s;
	return true; /* nothing follows the peer's end */
}

struct frame_cut frame_cut_read(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)f, (void)s, (void)bytes;
	return frame_whole(len);
}
