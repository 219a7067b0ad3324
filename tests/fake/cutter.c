/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdlib.h>

#include <sockchat/array.h>

#include "cutter.h"

static void begin_message(struct cutter *c)
{
	c->messages = array_grow(c->messages, &c->cap, c->count,
	                         sizeof(*c->messages));
	if (!c->messages)
		abort();
	c->messages[c->count++] = (struct cutter_message){ .at = c->at };
	c->is_open = true;
}

static void take(struct cutter *c, size_t len);

static void put_piece(struct cutter *c, const struct frame_cut *cut)
{
	if (!c->is_open)
		begin_message(c);
	struct cutter_message *m = &c->messages[c->count - 1];
	m->len += cut->len;
	c->at += cut->len;
	if (cut->back > m->len)
		abort();
	m->len -= cut->back;
	m->status = cut->status;
	m->now = c->state.now;
	if (cut->status == FRAME_MORE || m->now.is_soft)
		return;
	c->is_open = false;
	c->at -= cut->back;
	take(c, cut->back);
}

static void take(struct cutter *c, size_t len)
{
	while (len) {
		bool was_soft = c->is_open && c->state.now.is_soft;
		struct frame_cut cut = frame_cut(c->frame, &c->state,
		                                 c->bytes + c->at, len);
		if (cut.len > len)
			abort();
		len -= cut.len;
		if (was_soft && !cut.len)
			c->is_open = false;
		else
			put_piece(c, &cut);
	}
}

void cutter_read(struct cutter *c, size_t len, uint64_t pause_ms)
{
	c->state.asked = &c->asked;
	frame_begin_read(&c->state, pause_ms);
	take(c, len);
}

void cutter_finish(struct cutter *c)
{
	free(c->messages);
}

static bool is_like(const struct cutter_message *a,
                    const struct cutter_message *b)
{
	return a->at == b->at && a->len == b->len && a->status == b->status &&
	       a->now.prefix_at == b->now.prefix_at &&
	       a->now.prefix == b->now.prefix &&
	       a->now.suffix == b->now.suffix &&
	       a->now.total == b->now.total &&
	       a->now.is_plain == b->now.is_plain;
}

bool cutter_is_like(const struct cutter *a, const struct cutter *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct cutter_message *m = &a->messages[i];
		const struct cutter_message *n = &b->messages[i];
		if (m->status == FRAME_WRONG || n->status == FRAME_WRONG)
			return m->status == n->status && m->at == n->at &&
			       m->now.wrong == n->now.wrong &&
			       m->now.value == n->now.value;
		if (!is_like(m, n))
			return false;
	}
	return a->count == b->count;
}
