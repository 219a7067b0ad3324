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

/* Bytes that are looked at in one go. */
#define BLOCK 64
typedef uint8_t block __attribute__((vector_size(BLOCK / 4)));

/* Which bytes need a look of their own: those that stand not just anywhere in
 * text, and IAC.  Less 7, text's 0x07 to 0x0f are 0 to 8, ESC is 0x14, and IAC
 * stands before 0x00 to 0x06. */
static inline block find_odd(const uint8_t *bytes)
{
	block b;
	memcpy(&b, bytes, sizeof(b));
	b -= 0x07;
	return (block)((b >= IAC - 0x07) | ((b - 9 <= 0x1f - 0x07 - 9) &
	                                    (b != 0x1b - 0x07)));
}

static bool is_plain(const uint8_t *bytes)
{
	uint64_t halves[2];
	block odd = find_odd(bytes);
	for (size_t at = sizeof(odd); at < BLOCK; at += sizeof(odd))
		odd |= find_odd(bytes + at);
	memcpy(halves, &odd, sizeof(odd));
	return !(halves[0] | halves[1]);
}

/* Whether a byte is one that no text has there. */
static bool is_odd(uint8_t byte, bool is_first)
{
	return byte < 0x20 &&
	       (BIT(byte) & NEVER || (is_first && BIT(byte) & NOT_FIRST));
}

/* How many bytes at the beginning are text. */
static size_t text_len(const struct frame_message *now, const uint8_t *bytes,
                       size_t len)
{
	uint8_t step = now->step;
	for (size_t at = 0, end; at < len;) {
		end = len - at < BLOCK ? len : at + BLOCK;
		if (end - at == BLOCK && step == OUTSIDE &&
		    is_plain(bytes + at))
			at = end;
		for (; at < end; at++) {
			bool is_first = at ? bytes[at - 1] == '\n' : !now->len;
			if (!negotiates(&step, bytes[at]) &&
			    is_odd(bytes[at], is_first))
				return at;
		}
	}
	return len;
}

/* Lines */

/* How many bytes are up to an LF that is not within a negotiation; 0: there is
 * none.  `kept` is not 0 if the read may have negotiations in it. */
static size_t next_line(struct frame_state *s, const uint8_t *bytes,
                        size_t len)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) + 1 : len;
	if (!s->kept || (s->now.step == OUTSIDE && !memchr(bytes, IAC, n)))
		return end ? n : 0;
	for (size_t at = 0; at < len; at++)
		if (!negotiates(&s->now.step, bytes[at]) && bytes[at] == '\n')
			return at + 1;
	return 0;
}

/* The same for an LF that ends a line; at `odd` is a byte that no text has. */
static size_t find_line(struct frame_state *s, const uint8_t *bytes,
                        size_t len, size_t odd)
{
	size_t at = 0, n;
	while ((n = next_line(s, bytes + at, len - at))) {
		at += n;
		bool has_cr = frame_is_after(&s->now, '\r', bytes, at - 1);
		s->now.suffix = has_cr ? 2 : 1;
		if (has_cr || odd - (at - 1) > NEAR)
			return at;
	}
	s->now.suffix = 0;
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
	size_t n = find_line(s, bytes, text, odd);
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
	if (!s->clear) {
		s->clear = text_len(&s->now, bytes, len);
		s->kept = s->now.step || memchr(bytes, IAC, len);
	}
	struct frame_cut c = cut_text(s, bytes, len);
	s->clear = s->is_binary ? 0 : s->clear + c.back - c.len;
	return c;
}
