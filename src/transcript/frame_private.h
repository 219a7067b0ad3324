/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of frames share: frame.c has the table and calls all others;
 * each family of kinds has a file, and calls nobody but frame_cut.h's rules
 * below. */

#ifndef FRAME_PRIVATE_H
#define FRAME_PRIVATE_H

#include <sockchat/frame.h>

/* How a kind's cut answers. */

/* All these bytes belong to the message, and more has to come. */
static inline struct frame_cut frame_more(size_t len)
{
	return (struct frame_cut){ .len = len, .status = FRAME_MORE };
}

/* The message ends behind `len` bytes. */
static inline struct frame_cut frame_whole(size_t len)
{
	return (struct frame_cut){ .len = len, .status = FRAME_WHOLE };
}

/* Behind `len` bytes it cannot be what it should. */
static inline struct frame_cut frame_wrong(struct frame_state *s, size_t len,
                                           enum frame_wrong why)
{
	s->now.wrong = why;
	return (struct frame_cut){ .len = len, .status = FRAME_WRONG };
}

/* Behind `len` bytes come `rest` more that need no look; then cut is called
 * again. */
static inline struct frame_cut frame_skip(struct frame_state *s, size_t len,
                                          uint64_t rest)
{
	s->now.rest = rest;
	return frame_more(len);
}

/* Behind `len` bytes come `rest` more, with which the message ends. */
static inline struct frame_cut frame_rest(struct frame_state *s, size_t len,
                                          uint64_t rest)
{
	s->now.total = rest;
	s->now.rest = rest;
	s->now.is_last = true;
	return rest ? frame_more(len) : frame_whole(len);
}

/* One function for each family; frame.c's rows say who uses which. */
frame_cut_fn frame_cut_line, frame_cut_read, frame_cut_idle, frame_cut_length;

#endif
