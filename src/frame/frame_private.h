/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of frames share: frame.c has the table and calls all others;
 * each family of kinds has a file, and calls nobody but the functions
 * below. */

#ifndef FRAME_PRIVATE_H
#define FRAME_PRIVATE_H

#include <errno.h>

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

/* The message ends with `rest` more bytes. */
static inline enum frame_status frame_follow(struct frame_message *now,
                                             uint64_t rest)
{
	now->total = rest;
	now->rest = rest;
	now->is_last = true;
	return rest ? FRAME_MORE : FRAME_WHOLE;
}

/* Behind `len` bytes come `rest` more, with which the message ends. */
static inline struct frame_cut frame_rest(struct frame_state *s, size_t len,
                                          uint64_t rest)
{
	return (struct frame_cut){ len, 0, frame_follow(&s->now, rest) };
}

/* A wrap had no memory. */
static inline int frame_wrap_failed(struct error *e)
{
	return error_set_errno(e, errno, "cannot put a frame around this");
}

/* frame_text.c, for frame_auto.c as well */

/* Take all these bytes, in which no end was found; or cut the message, between
 * two characters, when it is FRAME_CUT_MAX bytes long. */
struct frame_cut frame_cut_long(struct frame_message *now,
                                const uint8_t *bytes, size_t len);
/* Whether this byte stands before that `at`. */
bool frame_is_after(const struct frame_message *now, uint8_t byte,
                    const uint8_t *bytes, size_t at);

/* Functions of the families; frame.c's rows say who uses which. */
frame_cut_fn frame_cut_auto, frame_cut_line, frame_cut_text, frame_cut_between,
    frame_cut_slip, frame_cut_read, frame_cut_idle, frame_cut_fixed,
    frame_cut_length, frame_cut_json, frame_cut_headers, frame_cut_http,
    frame_cut_resp, frame_cut_postgres;
frame_ends_fn frame_ends_between, frame_ends_slip, frame_ends_idle,
    frame_ends_json, frame_ends_http;
frame_wrap_fn frame_wrap_text, frame_wrap_slip, frame_wrap_fixed,
    frame_wrap_length, frame_wrap_headers, frame_wrap_postgres;
frame_unwrap_fn frame_unwrap_slip;

#endif
