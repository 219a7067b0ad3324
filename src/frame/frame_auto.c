/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines as long as what comes is text; from the first byte on that no text has,
 * what comes without a pause.
 *
 * Telnet's negotiations stand in text, and have any bytes in them: in a message
 * under way `step` says where in one it is.  A byte that no text has may come
 * soon after an LF that ends no line, but is a number: so a read is looked
 * through before it is cut, and `clear` of its bytes are known to be text. */

#include <string.h>

#include "frame_private.h"

#define BIT(byte) (1u << (byte))
/* Bytes below 0x20 that no text has. */
#define NEVER (BIT(0x00) | BIT(0x04) | BIT(0x05) | BIT(0x06) | BIT(0x10) | \
               BIT(0x12) | BIT(0x14) | BIT(0x15) | BIT(0x17) | BIT(0x18) | \
               BIT(0x19) | BIT(0x1a) | BIT(0x1c))
/* Those that no message of text begins with: IRC's formats are among them. */
#define NOT_FIRST (BIT(0x01) | BIT(0x02) | BIT(0x03) | BIT(0x11) | BIT(0x13) | \
                   BIT(0x16) | BIT(0x1d) | BIT(0x1e) | BIT(0x1f))
/* An LF that is no farther before such a byte is a number. */
#define NEAR 64

#define IAC 0xff

/* Where in a negotiation of Telnet (RFC 854) the next byte is. */
enum { OUTSIDE, COMMAND, OPTION, WITHIN, WITHIN_COMMAND };
enum { SE = 0xf0, SB = 0xfa, WILL = 0xfb, DONT = 0xfe };

/* Whether this byte belongs to a negotiation. */
static bool negotiates(uint8_t *step, uint8_t byte)
{
	uint8_t was = *step;
	switch (was) {
	case OUTSIDE:
		*step = byte == IAC ? COMMAND : OUTSIDE;
		return byte == IAC;
	case COMMAND:
		*step = byte == SB ? WITHIN
		        : byte >= WILL && byte <= DONT ? OPTION : OUTSIDE;
		return byte >= SE;
	case OPTION:
		*step = OUTSIDE;
		return byte != '\n'; /* 0xff is a letter in some encodings */
	case WITHIN:
		*step = byte == IAC ? WITHIN_COMMAND : WITHIN;
		return true;
	default:
		*step = byte == SE ? OUTSIDE : WITHIN;
		return true;
	}
}

/* Look through */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many bytes at the beginning, in eights, need no look: none is below 0x20
 * or IAC. */
static size_t skip_plain(const uint8_t *bytes, size_t len)
{
	size_t at = 0;
	for (uint64_t w; len - at >= sizeof(w); at += sizeof(w)) {
		memcpy(&w, bytes + at, sizeof(w));
		uint64_t controls = (w - EACH(0x20)) & ~w;
		uint64_t iacs = (~w - EACH(1)) & w;
		if ((controls | iacs) & EACH(0x80))
			break;
	}
	return at;
}

/* How many bytes at the beginning are text. */
static size_t text_len(const struct frame_message *now, const uint8_t *bytes,
                       size_t len)
{
	uint8_t step = now->step;
	size_t first = now->len ? SIZE_MAX : 0; /* that of the next message */
	for (size_t at = 0; at < len; at++) {
		if (step == OUTSIDE)
			at += skip_plain(bytes + at, len - at);
		if (at == len || negotiates(&step, bytes[at]) ||
		    bytes[at] >= 0x20)
			continue;
		unsigned bit = BIT(bytes[at]);
		if (bit & NEVER || (bit & NOT_FIRST && at == first))
			return at;
		if (bytes[at] == '\n')
			first = at + 1;
	}
	return len;
}

/* Lines */

/* How many bytes are up to an LF that is not within a negotiation; 0: there is
 * none. */
static size_t next_line(struct frame_message *now, const uint8_t *bytes,
                        size_t len)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) + 1 : len;
	if (now->step == OUTSIDE && !memchr(bytes, IAC, n))
		return end ? n : 0;
	for (size_t at = 0; at < len; at++)
		if (!negotiates(&now->step, bytes[at]) && bytes[at] == '\n')
			return at + 1;
	return 0;
}

/* The same for an LF that ends a line; at `odd` is a byte that no text has. */
static size_t find_line(struct frame_message *now, const uint8_t *bytes,
                        size_t len, size_t odd)
{
	size_t at = 0, n;
	while ((n = next_line(now, bytes + at, len - at))) {
		at += n;
		now->suffix = frame_is_after(now, '\r', bytes, at - 1) ? 2 : 1;
		if (now->suffix == 2 || odd - (at - 1) > NEAR)
			return at;
	}
	now->suffix = 0;
	return 0;
}

/* Take bytes of what is no text. */
static struct frame_cut cut_binary(struct frame_state *s, size_t len)
{
	size_t room = FRAME_CUT_MAX - (size_t)s->now.len;
	if (len < room)
		return frame_more(len);
	return (struct frame_cut){ .len = room, .status = FRAME_CUT };
}

static struct frame_cut cut_text(struct frame_state *s, const uint8_t *bytes,
                                 size_t len)
{
	size_t room = FRAME_CUT_MAX - (size_t)s->now.len;
	size_t seen = len < room ? len : room;
	size_t odd = s->clear < len ? (size_t)s->clear : SIZE_MAX;
	size_t text = odd < seen ? odd : seen;
	size_t n = find_line(&s->now, bytes, text, odd);
	if (n)
		return frame_whole(n);
	if (text == seen)
		return frame_cut_long(&s->now, bytes, len);
	s->is_binary = true;
	return cut_binary(s, len);
}

struct frame_cut frame_cut_auto(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	if (s->is_binary) {
		struct frame_cut c = frame_cut_idle(f, s, bytes, len);
		return c.status == FRAME_MORE ? cut_binary(s, len) : c;
	}
	if (!s->clear)
		s->clear = text_len(&s->now, bytes, len);
	struct frame_cut c = cut_text(s, bytes, len);
	s->clear = s->is_binary ? 0 : s->clear + c.back - c.len;
	return c;
}
