/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What comes, compared with what the steps of the peer await. */

#include <errno.h>
#include <string.h>

#include <sockchat/entry.h>

#include "player_private.h"

#define TAIL_MAX ((size_t)256) /* bytes kept of what `...` takes */

/* Bytes that come */

static void consume(struct player *p, size_t len)
{
	p->in += len;
	p->in_len -= len;
	p->heard += len;
	p->sent -= len < p->sent ? len : p->sent;
}

/* Take bytes that are none of a message. */
static void consume_plain(struct player *p, size_t len)
{
	cutter_pass(&p->cutter, false, p->in, len);
	consume(p, len);
}

/* Remember the end of what `...` takes, to be shown. */
static void keep_tail(struct player *p, size_t len)
{
	struct bytes *t = &p->tail;
	size_t n = len < TAIL_MAX ? len : TAIL_MAX;
	if (t->len > TAIL_MAX - n)
		bytes_consume(t, t->len - (TAIL_MAX - n));
	if (bytes_append(t, p->in + len - n, n))
		bytes_clear(t); /* no memory: show less */
}

/* The step needs more: it fails if nothing more can come. */
static bool await_more(struct player *p)
{
	bool is_over = p->has_fin || p->is_broken;
	return is_over ? player_fail(p, WHY_ENDED) : false;
}

/* Strings */

static size_t count_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	size_t n = 0;
	if (len && memcmp(a, b, len) == 0)
		return len;
	while (n < len && a[n] == b[n])
		n++;
	return n;
}

static bool hear_bytes(struct player *p)
{
	size_t rest = p->len - p->at, n = rest < p->in_len ? rest : p->in_len;
	size_t same = count_same(p->in, p->bytes + p->at, n);
	p->at += same;
	consume_plain(p, same);
	if (same < n)
		return player_fail(p, WHY_DIFFERS);
	return p->at == p->len || await_more(p);
}

static bool hear_bytes_within(struct player *p)
{
	size_t n = needle_take(&p->needle, p->in, p->in_len);
	keep_tail(p, n);
	consume_plain(p, n);
	return needle_is_found(&p->needle) || await_more(p);
}

/* Datagrams */

/* `...` takes one that is not awaited. */
static bool pass_datagram(struct player *p)
{
	keep_tail(p, p->in_len);
	consume(p, p->in_len);
	p->passed++;
	return false;
}

static bool hear_datagram(struct player *p)
{
	bool is_as_long = p->in_len == p->len;
	size_t n = p->in_len < p->len ? p->in_len : p->len;
	size_t same = count_same(p->in, p->bytes, n);
	if (p->skips && (same < n || !is_as_long))
		return pass_datagram(p);
	p->at = same;
	consume(p, same);
	if (same < n)
		return player_fail(p, WHY_DIFFERS);
	return is_as_long || player_fail(p, WHY_LENGTH);
}

/* Ends */

/* `...` takes all bytes, and a FIN before an RST; without it there may be
 * none. */
static bool is_at_end(struct player *p)
{
	if (p->skips && p->in_len) {
		keep_tail(p, p->in_len);
		consume_plain(p, p->in_len);
	}
	return !p->in_len || player_fail(p, WHY_MORE);
}

static bool hear_fin(struct player *p)
{
	if (!is_at_end(p))
		return false;
	if (!p->has_fin || p->is_fin_met)
		return await_more(p);
	return p->is_fin_met = true;
}

static bool hear_rst(struct player *p)
{
	if (!is_at_end(p))
		return false;
	if (p->has_fin && !p->is_fin_met && !p->skips)
		return player_fail(p, WHY_ENDED);
	if (p->is_broken && p->end != PLAYER_RST)
		return player_fail(p, WHY_ENDED);
	if (!p->is_broken)
		return false;
	p->unsent = 0; /* a reset was to be, which may do that */
	return true;
}

/* Messages */

/* The payload of the message; NULL if that is all of it. */
static const uint8_t *find_payload(struct player *p, size_t *len)
{
	const struct frame_message *now = &p->cutter.in.now;
	struct entry e = {
		.kind = ENTRY_MESSAGE,
		.bytes = p->in,
		.len = p->cutter.seen,
		.frame = p->cutter.frame.kind,
		.prefix_at = now->prefix_at,
		.prefix = now->len == p->cutter.seen ? now->prefix : 0,
		.suffix = now->suffix,
	};
	bool has_one = e.prefix || e.suffix || e.frame->unwrap;
	if (!has_one || (size_t)e.prefix + e.suffix > e.len)
		return NULL;
	return entry_payload(&e, &p->payload, len);
}

/* Whether the message matches, or its payload does: `*bytes` is what did. */
static enum expression_found match(struct player *p, const uint8_t **bytes,
                                   size_t *len)
{
	*bytes = p->in;
	*len = p->cutter.seen;
	enum expression_found found =
	    expression_whole(p->expression, *bytes, *len);
	if (found != EXPRESSION_NONE)
		return found;
	size_t payload_len;
	const uint8_t *payload = find_payload(p, &payload_len);
	if (!payload)
		return found;
	found = expression_whole(p->expression, payload, payload_len);
	if (found == EXPRESSION_FOUND) {
		*bytes = payload;
		*len = payload_len;
	}
	return found;
}

static void consume_message(struct player *p)
{
	size_t len = p->cutter.seen;
	cutter_next(&p->cutter);
	consume(p, len);
}

/* `...` takes a message that does not match, as any other step may not. */
static bool refuse_message(struct player *p, bool is_too_long)
{
	p->given_up += is_too_long;
	if (!p->skips)
		return player_fail_match(p, is_too_long ? WHY_TOO_LONG
		                                        : WHY_NO_MATCH,
		                         p->in, p->cutter.seen);
	keep_tail(p, p->cutter.seen);
	consume_message(p);
	p->passed++;
	return false;
}

/* The message is whole; true if it is the one that is awaited. */
static bool take_message(struct player *p, bool may_grow)
{
	const uint8_t *bytes;
	size_t len;
	enum expression_found found = match(p, &bytes, &len);
	if (found != EXPRESSION_FOUND && may_grow)
		return false;
	if (found != EXPRESSION_FOUND)
		return refuse_message(p, found == EXPRESSION_TOO_LONG);
	if (groups_take(&p->groups, p->expression, bytes, len))
		return player_fail(p, errno == EMSGSIZE ? WHY_FULL
		                                        : WHY_NO_MEMORY);
	consume_message(p);
	return true;
}

/* The message is not whole, unless the peer's end makes it so. */
static bool hear_rest(struct player *p)
{
	const struct cutter *c = &p->cutter;
	bool is_whole = c->frame.kind->traits & FRAME_PIECES ||
	                c->in.now.is_soft || frame_ends(&c->frame, &c->in);
	if (p->in_len >= CHATFILE_STEP_MAX)
		return player_fail(p, WHY_FULL);
	if (!p->has_fin || !p->in_len || !is_whole)
		return await_more(p);
	if (take_message(p, false))
		return true;
	return p->want.what == PLAYER_TO_HEAR ? await_more(p) : false;
}

static bool hear_message(struct player *p)
{
	while (p->want.what == PLAYER_TO_HEAR) {
		switch (cutter_cut(&p->cutter, p->in, p->in_len)) {
		case FRAME_MORE:
			return hear_rest(p);
		case FRAME_WRONG:
			return player_fail(p, WHY_FRAME);
		case FRAME_WHOLE:
		case FRAME_CUT:
			if (take_message(p, p->cutter.in.now.is_soft))
				return true;
		}
	}
	return false;
}

/* An expression, for one whole datagram. */
static bool hear_datagram_match(struct player *p)
{
	p->cutter.seen = p->in_len;
	return take_message(p, false);
}

bool player_hears_messages(const struct player *p)
{
	return p->want.what == PLAYER_TO_HEAR && p->hear == hear_message;
}

uint64_t player_silence_ms(const struct player *p)
{
	const struct cutter *c = &p->cutter;
	return player_hears_messages(p) && !c->is_between
	           ? frame_silence_ms(&c->frame, &c->in) : 0;
}

bool player_hear_silence(struct player *p)
{
	return player_silence_ms(p) && p->cutter.seen &&
	       take_message(p, false);
}

/* Steps */

bool player_fill(struct player *p)
{
	p->bytes = p->step.bytes.data;
	p->len = p->step.bytes.len;
	p->at = 0;
	if (!p->step.fill_count)
		return true;
	bytes_clear(&p->filled);
	p->filled.max = CHATFILE_STEP_MAX;
	if (groups_fill(&p->groups, &p->step, &p->filled))
		return player_fail(p, errno == EMSGSIZE ? WHY_FULL
		                                        : WHY_NO_MEMORY);
	p->bytes = p->filled.data;
	p->len = p->filled.len;
	return true;
}

static void begin_bytes(struct player *p)
{
	p->hear = p->has_datagrams ? hear_datagram
	          : p->skips       ? hear_bytes_within
	                           : hear_bytes;
	if (player_fill(p) && p->skips && !p->has_datagrams &&
	    needle_begin(&p->needle, p->bytes, p->len))
		player_fail(p, WHY_NO_MEMORY);
}

static void begin_match(struct player *p)
{
	const struct bytes *b = &p->step.bytes;
	size_t at;
	p->hear = p->has_datagrams ? hear_datagram_match : hear_message;
	p->given_up = 0;
	expression_free(p->expression);
	p->expression = expression_new((const char *)b->data, b->len, &at,
	                               &p->failure.error);
	if (!p->expression)
		player_fail(p, WHY_FILE);
}

static void begin_fin(struct player *p)
{
	p->hear = hear_fin;
}

static void begin_rst(struct player *p)
{
	p->hear = hear_rst;
}

void player_begin_hearing(struct player *p)
{
	static void (*const begins[])(struct player *) = {
		[CHAT_BYTES] = begin_bytes, [CHAT_MATCH] = begin_match,
		[CHAT_FIN] = begin_fin,     [CHAT_RST] = begin_rst,
	};
	p->heard = p->passed = 0;
	bytes_clear(&p->tail);
	begins[p->step.kind](p);
}
