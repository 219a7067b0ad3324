/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <sockchat/chatfile.h>

#include "cutter.h"

void cutter_set(struct cutter *c, const struct frame *f)
{
	*c = (struct cutter){ .frame = *f, .is_between = true };
	frame_limit(&c->frame, CHATFILE_STEP_MAX);
	c->in.asked = c->out.asked = &c->asked;
}

/* Look at bytes of which nobody asks how they are cut. */
static void follow(const struct cutter *c, struct frame_state *s,
                   const uint8_t *bytes, size_t len)
{
	frame_begin_read(s, 0);
	while (len) {
		struct frame_cut cut = frame_cut(&c->frame, s, bytes, len);
		bytes += cut.len;
		len -= cut.len;
	}
}

void cutter_pass(struct cutter *c, bool is_out, const uint8_t *bytes,
                 size_t len)
{
	if (c->frame.kind->traits & FRAME_ASKS)
		follow(c, is_out ? &c->out : &c->in, bytes, len);
	else if (!is_out)
		c->is_between = true;
}

/* A message begins here, whatever came before it. */
static void begin_message(struct cutter *c)
{
	if (!(c->frame.kind->traits & FRAME_ASKS))
		c->in = (struct frame_state){ .asked = &c->asked };
	c->is_between = false;
	c->seen = 0;
}

enum frame_status cutter_cut(struct cutter *c, const uint8_t *bytes, size_t len)
{
	bool is_soft = c->frame.kind->traits & FRAME_GROWS;
	enum frame_status status = FRAME_MORE;
	if (c->is_between)
		begin_message(c);
	if (c->seen < len)
		frame_begin_read(&c->in, 0);
	while (c->seen < len && status == FRAME_MORE) {
		size_t n = is_soft ? 1 : len - c->seen;
		struct frame_cut cut =
		    frame_cut(&c->frame, &c->in, bytes + c->seen, n);
		c->seen += cut.len - cut.back;
		status = cut.status;
	}
	return status;
}

void cutter_next(struct cutter *c)
{
	c->trails = c->in.now.is_soft;
	c->seen = 0;
	c->in.is_over = true;
}

size_t cutter_trail(struct cutter *c, const uint8_t *bytes, size_t len)
{
	size_t at = 0;
	while (c->trails && at < len) {
		struct frame_cut cut =
		    frame_cut(&c->frame, &c->in, bytes + at, 1);
		at += cut.len;
		c->trails = c->in.now.is_soft;
	}
	return at;
}
