/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What holds for every kind of frame, whatever the bytes are. */

#ifndef FRAME_LAWS_H
#define FRAME_LAWS_H

#include <sockchat/frame.h>

/* SPEC `i` of those that are tried: all kinds, and some with options.  NULL
 * behind the last.  Borrowed until the next call. */
const char *frame_law_spec(size_t i);

/* The bytes give the same messages in one read and in reads of these sizes, in
 * turns; a size of 0 is 1.  True as well for kinds that look at reads. */
bool frame_law_cut(const struct frame *f, const uint8_t *bytes, size_t len,
                   const uint8_t *sizes, size_t count);

/* What is wrapped is cut into one message with this payload.  True as well if
 * it cannot be, or is a text with the frame's own in it. */
bool frame_law_wrap(const struct frame *f, const uint8_t *payload, size_t len);

/* What is written is read as the same. */
bool frame_law_spec_is_stable(const struct frame *f);

#endif
