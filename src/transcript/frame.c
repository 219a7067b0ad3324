/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of kinds, and what is alike for all of them. */

#include <string.h>

#include "frame_private.h"

const struct frame_kind frame_kinds[] = {
	{ .name = "auto", .args = "",
	  .help = "a line; of what is no text, what comes without a pause",
	  .traits = FRAME_PIECES | FRAME_CUTS | FRAME_IDLES,
	  .cut = frame_cut_line, .row = { .end = "\n", .end_len = 1 } },
	{ .name = "line", .args = "", .help = "a line",
	  .traits = FRAME_PIECES | FRAME_CUTS, .cut = frame_cut_line,
	  .row = { .end = "\n", .end_len = 1 } },
	{ .name = "read", .args = "", .help = "what one read brought",
	  .cut = frame_cut_read },
	{ .name = "idle", .args = ":TIME", .traits = FRAME_IDLES,
	  .help = "what comes without such a pause", .arg = FRAME_ARG_TIME,
	  .cut = frame_cut_idle },
	{ .name = "u32", .args = "[,le][,at=N][,add=N][,max=SIZE]",
	  .help = "a length of 4 bytes, then so many", .has_length = true,
	  .cut = frame_cut_length, .row = { .size = 4 } },
};

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
		c.len = at;
	} while (c.status == FRAME_MORE && (s->now.rest || at < len));
	return c;
}

struct frame_cut frame_cut(const struct frame *f, struct frame_state *s,
                           const uint8_t *bytes, size_t len)
{
	if (s->is_over && !s->now.is_soft)
		s->now = (struct frame_message){ 0 };
	struct frame_cut c = s->is_raw ? frame_cut_read(f, s, bytes, len)
	                               : cut_on(f, s, bytes, len);
	if (c.status == FRAME_WRONG)
		c.len = len; /* it is shown with what came with it */
	s->now.len += c.len;
	s->now.len -= c.back;
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
