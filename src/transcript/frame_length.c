/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that begin by how long they are. */

#include "frame_private.h"

/* The message's length is known: so much follows it. */
static struct frame_cut follow_length(const struct frame *f,
                                      struct frame_state *s, size_t len)
{
	uint64_t value = s->now.value;
	if (f->add < 0 && value < (uint64_t)-f->add)
		return frame_wrong(s, len, FRAME_TOO_SHORT);
	if (value > f->max || value + (uint64_t)f->add > f->max)
		return frame_wrong(s, len, FRAME_TOO_LONG);
	return frame_rest(s, len, value + (uint64_t)f->add);
}

struct frame_cut frame_cut_length(const struct frame *f, struct frame_state *s,
                                  const uint8_t *bytes, size_t len)
{
	struct frame_message *now = &s->now;
	uint32_t size = f->kind->row.size;
	size_t at = 0;
	if (now->len + at < f->at && !now->step++)
		return frame_skip(s, 0, f->at);
	now->prefix_at = f->at;
	for (; at < len && now->prefix < size; at++, now->prefix++) {
		uint64_t byte = bytes[at];
		if (f->is_little)
			now->value |= byte << 8 * now->prefix;
		else
			now->value = now->value << 8 | byte;
	}
	return now->prefix < size ? frame_more(at) : follow_length(f, s, at);
}
