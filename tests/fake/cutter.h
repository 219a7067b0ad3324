/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages of a run of bytes that a frame cuts, in pieces of any size. */

#ifndef CUTTER_H
#define CUTTER_H

#include <sockchat/frame.h>

struct cutter_message {
	size_t at, len;
	enum frame_status status; /* FRAME_MORE: it is under way */
	struct frame_message now;
};

/* All zero but for `frame` and `bytes` at first. */
struct cutter {
	const struct frame *frame;
	const uint8_t *bytes;
	size_t at; /* so many are cut */
	struct frame_state state;
	struct frame_asked asked;
	struct cutter_message *messages;
	size_t count, cap;
	bool is_open; /* the last one is under way */
};

/* A read brings the next `len` bytes, after such a pause. */
void cutter_read(struct cutter *c, size_t len, uint64_t pause_ms);
void cutter_finish(struct cutter *c);

/* Whether both found the same messages in the same bytes; what comes behind one
 * that is wrong does not count. */
bool cutter_is_like(const struct cutter *a, const struct cutter *b);

#endif
