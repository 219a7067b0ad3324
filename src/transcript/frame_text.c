/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that end at a text. */

#include <string.h>

#include <sockchat/utf8.h>

#include "frame_private.h"

/* How many of these bytes a message takes that must not get longer than
 * FRAME_CUT_MAX.  It is cut between two characters. */
static struct frame_cut cut_long(const struct frame_state *s,
                                 const uint8_t *bytes, size_t len)
{
	size_t room = FRAME_CUT_MAX - (size_t)s->now.len;
	if (len < room)
		return frame_more(len);
	size_t rest = utf8_unfinished(bytes, room);
	return (struct frame_cut){
		.len = room - (rest < room ? rest : 0),
		.status = FRAME_CUT,
	};
}

struct frame_cut frame_cut_line(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)f;
	size_t room = FRAME_CUT_MAX - (size_t)s->now.len;
	const uint8_t *end = memchr(bytes, '\n', len < room ? len : room);
	if (!end)
		return cut_long(s, bytes, len);
	s->now.suffix = 1;
	return frame_whole((size_t)(end - bytes) + 1);
}

struct frame_cut frame_cut_idle(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)bytes;
	bool is_new = s->is_read && s->now.len && s->pause_ms >= f->count;
	return is_new ? frame_whole(0) : frame_more(len);
}

struct frame_cut frame_cut_read(const struct frame *f, struct frame_state *s,
                                const uint8_t *bytes, size_t len)
{
	(void)f, (void)s, (void)bytes;
	return frame_whole(len);
}
