/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that begin by how long they are. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>

#include "frame_private.h"

#define FIELD_MAX 21 /* bytes of a length: 20 digits and a colon */

/* How long a length can be that is written in this frame; at most. */
static uint32_t field_size(const struct frame *f)
{
	return f->kind->arg == FRAME_ARG_DIGITS ? (uint32_t)f->count
	                                        : f->kind->row.size;
}

/* Read */

/* Take the next byte of a length: FRAME_WHOLE if it is the last one. */
typedef enum frame_status take_fn(const struct frame *f,
                                  struct frame_message *now, uint8_t byte);

static enum frame_status take_binary(const struct frame *f,
                                     struct frame_message *now, uint8_t byte)
{
	if (f->is_little)
		now->value |= (uint64_t)byte << 8 * now->prefix;
	else
		now->value = now->value << 8 | byte;
	return ++now->prefix < f->kind->row.size ? FRAME_MORE : FRAME_WHOLE;
}

static enum frame_status take_varint(const struct frame *f,
                                     struct frame_message *now, uint8_t byte)
{
	uint64_t bits = byte & 0x7f;
	unsigned shift = 7 * now->prefix++;
	now->value |= bits << shift;
	if (now->value >> shift != bits)
		return FRAME_WRONG;
	if (!(byte & 0x80))
		return FRAME_WHOLE;
	return now->prefix < f->kind->row.size ? FRAME_MORE : FRAME_WRONG;
}

/* The value of a digit; one that no base has for what is none. */
static unsigned digit_value(uint8_t byte)
{
	unsigned letter = byte | 0x20;
	if (byte >= '0' && byte <= '9')
		return byte - (unsigned)'0';
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 99;
}

static enum frame_status take_digit(const struct frame *f,
                                    struct frame_message *now, uint8_t byte,
                                    unsigned base)
{
	unsigned digit = digit_value(byte);
	now->prefix++;
	if (digit >= base)
		return FRAME_WRONG;
	now->value = now->value * base + digit;
	return now->prefix < field_size(f) ? FRAME_MORE : FRAME_WHOLE;
}

static enum frame_status take_dec(const struct frame *f,
                                  struct frame_message *now, uint8_t byte)
{
	return take_digit(f, now, byte, 10);
}

static enum frame_status take_hex(const struct frame *f,
                                  struct frame_message *now, uint8_t byte)
{
	return take_digit(f, now, byte, 16);
}

static enum frame_status take_colon(const struct frame *f,
                                    struct frame_message *now, uint8_t byte)
{
	if (byte != ':')
		return take_digit(f, now, byte, 10) == FRAME_MORE
		           ? FRAME_MORE : FRAME_WRONG;
	return now->prefix++ ? FRAME_WHOLE : FRAME_WRONG;
}

/* Written */

/* Write a length that fits.  How long it is. */
typedef size_t put_fn(const struct frame *f, uint64_t value, uint8_t *out);

static size_t put_binary(const struct frame *f, uint64_t value, uint8_t *out)
{
	number_write_bits(out, f->kind->row.size, f->is_little, value);
	return f->kind->row.size;
}

static size_t put_varint(const struct frame *f, uint64_t value, uint8_t *out)
{
	size_t len = 0;
	(void)f;
	for (; value > 0x7f; value >>= 7)
		out[len++] = (uint8_t)(value | 0x80);
	out[len++] = (uint8_t)value;
	return len;
}

static size_t put_digits(uint64_t value, unsigned base, size_t len,
                         uint8_t *out)
{
	for (size_t i = len; i-- > 0; value /= base)
		out[i] = (uint8_t)"0123456789abcdef"[value % base];
	return len;
}

static size_t put_dec(const struct frame *f, uint64_t value, uint8_t *out)
{
	return put_digits(value, 10, field_size(f), out);
}

static size_t put_hex(const struct frame *f, uint64_t value, uint8_t *out)
{
	return put_digits(value, 16, field_size(f), out);
}

static size_t put_colon(const struct frame *f, uint64_t value, uint8_t *out)
{
	size_t len = 1;
	(void)f;
	for (uint64_t left = value; left >= 10; left /= 10)
		len++;
	put_digits(value, 10, len, out);
	out[len] = ':';
	return len + 1;
}

static const struct field {
	take_fn *take;
	put_fn *put;
	unsigned base; /* of each byte or digit; of the length alone */
	uint32_t extra; /* bytes of it that are no digits */
} fields[] = {
	[FRAME_FIELD_BINARY] = { take_binary, put_binary, 256, 0 },
	[FRAME_FIELD_VARINT] = { take_varint, put_varint, 128, 0 },
	[FRAME_FIELD_DEC] = { take_dec, put_dec, 10, 0 },
	[FRAME_FIELD_HEX] = { take_hex, put_hex, 16, 0 },
	[FRAME_FIELD_COLON] = { take_colon, put_colon, 10, 1 },
};

/* The greatest length that can be written. */
static uint64_t field_max(const struct frame *f)
{
	const struct field *field = &fields[f->kind->row.field];
	uint64_t max = 0;
	for (uint32_t i = field->extra; i < field_size(f); i++)
		max = max > UINT64_MAX / field->base
		          ? UINT64_MAX
		          : max * field->base + (field->base - 1);
	return max;
}

/* Cut */

enum { STEP_START, STEP_FIELD, STEP_END };

/* The message's length is known: so much follows it. */
static struct frame_cut follow_length(const struct frame *f,
                                      struct frame_state *s, size_t len)
{
	struct frame_message *now = &s->now;
	uint64_t total = now->value + (uint64_t)f->add;
	if (f->add < 0 && now->value < (uint64_t)-f->add)
		return frame_wrong(s, len, FRAME_TOO_SHORT);
	if ((f->add > 0 && total < now->value) || total > f->max)
		return frame_wrong(s, len, FRAME_TOO_LONG);
	if (!f->kind->row.end_len)
		return frame_rest(s, len, total);
	now->total = total + 1;
	now->step = STEP_END;
	return frame_skip(s, len, total);
}

static struct frame_cut cut_field(const struct frame *f, struct frame_state *s,
                                  const uint8_t *bytes, size_t len)
{
	take_fn *take = fields[f->kind->row.field].take;
	enum frame_status status = FRAME_MORE;
	size_t at = 0;
	while (at < len && status == FRAME_MORE)
		status = take(f, &s->now, bytes[at++]);
	if (status == FRAME_WRONG)
		return frame_wrong(s, at, FRAME_NO_LENGTH);
	return status == FRAME_MORE ? frame_more(at) : follow_length(f, s, at);
}

/* Behind what was counted stands one byte more. */
static struct frame_cut cut_end(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	if (!len)
		return frame_more(0);
	if (*bytes != (uint8_t)*f->kind->row.end)
		return frame_wrong(s, 1, FRAME_NO_END);
	s->now.suffix = 1;
	return frame_whole(1);
}

struct frame_cut frame_cut_length(const struct frame *f, struct frame_state *s,
                                  const uint8_t *bytes, size_t len)
{
	struct frame_message *now = &s->now;
	if (now->step == STEP_END)
		return cut_end(f, s, bytes, len);
	if (now->step == STEP_START) {
		now->step = STEP_FIELD;
		now->prefix_at = f->at;
		if (f->at)
			return frame_skip(s, 0, f->at);
	}
	return cut_field(f, s, bytes, len);
}

struct frame_cut frame_cut_fixed(const struct frame *f, struct frame_state *s,
                                 const uint8_t *bytes, size_t len)
{
	(void)bytes, (void)len;
	return frame_rest(s, 0, f->count);
}

/* Wrap */

/* Find out which length says that `rest` bytes follow it. */
static int find_value(const struct frame *f, size_t rest, uint64_t *value,
                      struct error *e)
{
	char most[NUMBER_BYTES_MAX];
	uint64_t max = field_max(f);
	*value = rest - (uint64_t)f->add;
	if (f->add > 0 && rest < (uint64_t)f->add)
		return error_set(e, "%zu byte%s would follow the length, at "
		                    "least %" PRId64 " must", rest,
		                 plural(rest), f->add);
	if (rest > f->max)
		return error_set(e, "%zu byte%s would follow the length, the "
		                    "limit is %s", rest, plural(rest),
		                 number_format_bytes(most, f->max));
	if (*value > max)
		return error_set(e, "the length would be %" PRIu64 ", it can "
		                    "be at most %" PRIu64, *value, max);
	return 0;
}

int frame_wrap_length(const struct frame *f, const uint8_t *payload,
                      size_t len, struct bytes *out, struct error *e)
{
	uint8_t field[FIELD_MAX];
	uint64_t value;
	if (len < f->at)
		return error_set(e, "the payload has %zu byte%s, %" PRIu32
		                    " must stand before the length", len,
		                 plural(len), f->at);
	size_t rest = len - f->at;
	if (find_value(f, rest, &value, e))
		return -1;
	size_t size = fields[f->kind->row.field].put(f, value, field);
	if (bytes_append(out, payload, f->at) ||
	    bytes_append(out, field, size) ||
	    bytes_append(out, payload + f->at, rest) ||
	    bytes_append(out, f->kind->row.end, f->kind->row.end_len))
		return frame_wrap_failed(e);
	return 0;
}

int frame_wrap_fixed(const struct frame *f, const uint8_t *payload, size_t len,
                     struct bytes *out, struct error *e)
{
	bool is_short = len < f->count;
	uint64_t off = is_short ? f->count - len : len - f->count;
	if (off)
		return error_set(e, "the payload has %zu byte%s, a message has "
		                    "%" PRIu64 ": %" PRIu64 " %s %s", len,
		                 plural(len), f->count, off,
		                 off == 1 ? "is" : "are",
		                 is_short ? "missing" : "too many");
	return bytes_append(out, payload, len) ? frame_wrap_failed(e) : 0;
}
