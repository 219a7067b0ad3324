/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of kinds, and what is alike for all of them. */

#include <string.h>

#include "frame_private.h"

#define LENGTH_ARGS "[,at=N][,add=N][,max=SIZE]"
#define ORDER_ARGS  "[,le]" LENGTH_ARGS
#define TEXT(text)  .end = (text), .end_len = sizeof(text) - 1

const struct frame_kind frame_kinds[] = {
	{ .name = "auto", .args = "",
	  .help = "a line of text, or binary that comes without a pause",
	  .traits = FRAME_PIECES | FRAME_CUTS | FRAME_IDLES,
	  .cut = frame_cut_auto },
	{ .name = "line", .args = "", .help = "a line, which ends in LF",
	  .traits = FRAME_PIECES | FRAME_CUTS, .cut = frame_cut_line,
	  .wrap = frame_wrap_text, .row = { TEXT("\n") } },
	{ .name = "cr", .args = "", .help = "what ends in CR",
	  .traits = FRAME_CUTS, .cut = frame_cut_text,
	  .wrap = frame_wrap_text, .row = { TEXT("\r") } },
	{ .name = "nul", .args = "", .help = "what ends in a NUL byte",
	  .traits = FRAME_CUTS, .cut = frame_cut_text,
	  .wrap = frame_wrap_text, .row = { TEXT("\0") } },
	{ .name = "delim", .args = ":TEXT", .help = "what ends in TEXT",
	  .traits = FRAME_CUTS, .arg = FRAME_ARG_TEXT,
	  .cut = frame_cut_text, .wrap = frame_wrap_text },
	{ .name = "between", .args = ":START,END",
	  .help = "what is between two texts",
	  .traits = FRAME_CUTS, .arg = FRAME_ARG_TEXTS,
	  .cut = frame_cut_between, .ends = frame_ends_between,
	  .wrap = frame_wrap_text },
	{ .name = "read", .args = "", .help = "what one read brought",
	  .cut = frame_cut_read },
	{ .name = "fixed", .args = ":N", .help = "N bytes",
	  .arg = FRAME_ARG_COUNT, .cut = frame_cut_fixed,
	  .wrap = frame_wrap_fixed },
	{ .name = "idle", .args = ":TIME", .traits = FRAME_IDLES,
	  .help = "what comes without a pause of TIME", .arg = FRAME_ARG_TIME,
	  .cut = frame_cut_idle, .ends = frame_ends_idle },
	{ .name = "u8", .args = ORDER_ARGS, .has_length = true,
	  .help = "a length of 1 byte, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .size = 1 } },
	{ .name = "u16", .args = ORDER_ARGS, .has_length = true,
	  .help = "a length of 2 bytes, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .size = 2 } },
	{ .name = "u24", .args = ORDER_ARGS, .has_length = true,
	  .help = "a length of 3 bytes, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .size = 3 } },
	{ .name = "u32", .args = ORDER_ARGS, .has_length = true,
	  .help = "a length of 4 bytes, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .size = 4 } },
	{ .name = "u64", .args = ORDER_ARGS, .has_length = true,
	  .help = "a length of 8 bytes, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .size = 8 } },
	{ .name = "varint", .args = LENGTH_ARGS, .has_length = true,
	  .help = "a length in LEB128, as protobuf has it, then that many",
	  .cut = frame_cut_length, .wrap = frame_wrap_length,
	  .row = { .field = FRAME_FIELD_VARINT, .size = 10 } },
	{ .name = "dec", .args = ":N" LENGTH_ARGS, .has_length = true,
	  .help = "a length of N decimal digits, then that many bytes",
	  .arg = FRAME_ARG_DIGITS, .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { .field = FRAME_FIELD_DEC, .size = 19 } },
	{ .name = "hex", .args = ":N" LENGTH_ARGS, .has_length = true,
	  .help = "a length of N hex digits, then that many bytes",
	  .arg = FRAME_ARG_DIGITS, .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { .field = FRAME_FIELD_HEX, .size = 16 } },
	{ .name = "netstring", .args = "", .traits = FRAME_WHOLE_TOO,
	  .help = "a netstring: 5:hello,", .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { TEXT(","), .field = FRAME_FIELD_COLON, .size = 11 } },
	{ .name = "mqtt", .args = "", .traits = FRAME_WHOLE_TOO,
	  .help = "a packet of MQTT", .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { .field = FRAME_FIELD_VARINT, .size = 4, .at = 1 } },
	{ .name = "modbus", .args = "", .traits = FRAME_WHOLE_TOO,
	  .help = "a message of Modbus/TCP", .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { .size = 2, .at = 4, .max = 254 } },
	{ .name = "mysql", .args = "", .traits = FRAME_WHOLE_TOO,
	  .help = "a packet of MySQL", .cut = frame_cut_length,
	  .wrap = frame_wrap_length,
	  .row = { .size = 3, .is_little = true, .add = 1 } },
	{ .name = "dns", .args = "", .traits = FRAME_WHOLE_TOO,
	  .help = "a message of DNS over TCP", .cut = frame_cut_length,
	  .wrap = frame_wrap_length, .row = { .size = 2 } },
	{ .name = "slip", .args = "", .traits = FRAME_CUTS | FRAME_WHOLE_TOO,
	  .help = "a packet of SLIP", .cut = frame_cut_slip,
	  .ends = frame_ends_slip, .wrap = frame_wrap_slip,
	  .unwrap = frame_unwrap_slip, .row = { TEXT("\xc0") } },
	{ .name = "json", .args = "", .help = "a JSON value",
	  .traits = FRAME_BOUNDED | FRAME_GROWS, .cut = frame_cut_json,
	  .ends = frame_ends_json },
	{ .name = "headers", .args = "",
	  .help = "header lines, and Content-Length bytes (LSP, DAP)",
	  .no_length = "its header lines have no valid Content-Length",
	  .traits = FRAME_WHOLE_TOO, .cut = frame_cut_headers,
	  .wrap = frame_wrap_headers },
	{ .name = "http", .args = "", .help = "a request, or an answer to one",
	  .no_length = "the length of its body or of a chunk is not a valid "
	               "number",
	  .traits = FRAME_ASKS | FRAME_BOUNDED, .cut = frame_cut_http,
	  .ends = frame_ends_http },
	{ .name = "resp", .args = "", .help = "a value, or a command (Redis)",
	  .no_length = "the type of a value has no number after it",
	  .traits = FRAME_BOUNDED, .cut = frame_cut_resp },
	{ .name = "postgres", .args = "",
	  .help = "a type, and a length of 4 bytes that counts itself",
	  .traits = FRAME_ASKS | FRAME_WHOLE_TOO, .cut = frame_cut_postgres,
	  .wrap = frame_wrap_postgres,
	  .row = { .size = 4, .at = 1, .add = -4 } },
};

static const struct frame_kind datagram_kind = {
	.name = "", .args = "", .help = "a datagram", .cut = frame_cut_read,
};
const struct frame frame_datagram = { .kind = &datagram_kind };

const struct frame_kind *frame_kind(size_t i)
{
	return i < sizeof(frame_kinds) / sizeof(*frame_kinds)
	           ? &frame_kinds[i] : NULL;
}

const struct frame_kind *frame_find(const char *name)
{
	for (size_t i = 0; frame_kind(i); i++)
		if (strcmp(frame_kinds[i].name, name) == 0)
			return &frame_kinds[i];
	return NULL;
}

/* Cutting */

void frame_begin_read(struct frame_state *s, uint64_t pause_ms)
{
	s->is_read = true;
	s->pause_ms = pause_ms;
}

/* Take what belongs to the message without a look; true if it ends there. */
static bool take_rest(struct frame_message *now, size_t *at, size_t len)
{
	size_t left = len - *at;
	size_t n = now->rest < left ? (size_t)now->rest : left;
	*at += n;
	now->len += n;
	now->rest -= n;
	return n && !now->rest && now->is_last;
}

/* As frame_cut(), for a message that has begun. */
static struct frame_cut cut_on(const struct frame *f, struct frame_state *s,
                               const uint8_t *bytes, size_t len)
{
	size_t at = 0;
	struct frame_cut c;
	do {
		if (take_rest(&s->now, &at, len))
			return (struct frame_cut){ at, 0, FRAME_WHOLE };
		if (s->now.rest)
			return (struct frame_cut){ at, 0, FRAME_MORE };
		c = f->kind->cut(f, s, bytes + at, len - at);
		at += c.len;
		s->now.len += c.len;
		c.len = at;
	} while (c.status == FRAME_MORE && (s->now.rest || at < len));
	return c;
}

/* As cut_on(), for a message of which no length tells that it is too long. */
static struct frame_cut cut_bounded(const struct frame *f,
                                    struct frame_state *s,
                                    const uint8_t *bytes, size_t len)
{
	uint64_t room = f->max - s->now.len;
	struct frame_cut c = cut_on(f, s, bytes, len < room ? len : room);
	if (c.status != FRAME_MORE || s->now.len < f->max)
		return c;
	s->now.value = s->now.len;
	return frame_wrong(s, c.len, FRAME_TOO_LONG);
}

static struct frame_cut cut_next(const struct frame *f, struct frame_state *s,
                                 const uint8_t *bytes, size_t len)
{
	if (s->is_over && s->asked && s->asked->is_raw)
		s->is_raw = true;
	if (s->is_raw)
		return frame_cut_read(f, s, bytes, len);
	return f->kind->traits & FRAME_BOUNDED ? cut_bounded(f, s, bytes, len)
	                                       : cut_on(f, s, bytes, len);
}

struct frame_cut frame_cut(const struct frame *f, struct frame_state *s,
                           const uint8_t *bytes, size_t len)
{
	if (s->is_over && !s->now.is_soft)
		s->now = (struct frame_message){ 0 };
	uint64_t before = s->now.len;
	struct frame_cut c = cut_next(f, s, bytes, len);
	if (c.status == FRAME_WRONG)
		c.len = len; /* it is shown with what came with it */
	s->now.len = before + c.len - c.back;
	s->is_over = c.status != FRAME_MORE;
	s->is_begun |= s->is_over;
	s->is_raw |= c.status == FRAME_WRONG;
	s->is_read = false;
	return c;
}

uint64_t frame_silence_ms(const struct frame *f, const struct frame_state *s)
{
	bool is_timed = f->kind->traits & FRAME_IDLES &&
	                (s->is_binary || f->kind->arg == FRAME_ARG_TIME);
	return is_timed && !s->is_over && s->now.len ? f->count : 0;
}

bool frame_ends(const struct frame *f, const struct frame_state *s)
{
	return !s->is_over && s->now.len && f->kind->ends &&
	       f->kind->ends(f, s);
}
