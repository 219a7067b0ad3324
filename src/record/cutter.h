/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the next message of a stream ends, as the frame of a .chat file says:
 * however the stream is cut into reads, unless the frame asks for them. */

#ifndef RECORD_CUTTER_H
#define RECORD_CUTTER_H

#include <sockchat/frame.h>

struct cutter {
	struct frame frame;
	struct frame_state in, out;
	struct frame_asked asked; /* of both: the struct must not move */
	size_t seen;     /* bytes of the message under way, so far */
	bool is_between; /* it begins where the stream is now */
	bool trails;     /* more bytes may belong to the last one */
};

/* From now on messages are cut so. */
void cutter_set(struct cutter *c, const struct frame *f);

/* Bytes that are no message, or that we send, were there. */
void cutter_pass(struct cutter *c, bool is_out, const uint8_t *bytes,
                 size_t len);

/* Look for the end of the message that begins with the first of all these
 * bytes, or began in those that were passed.  With FRAME_WHOLE it has `seen`
 * bytes; cutter_next() if these are taken, else a message that is_soft may
 * still grow. */
enum frame_status cutter_cut(struct cutter *c, const uint8_t *bytes,
                             size_t len);
/* The message is taken: the next one follows it. */
void cutter_next(struct cutter *c);
/* How many of these bytes belong to the message that was taken last. */
size_t cutter_trail(struct cutter *c, const uint8_t *bytes, size_t len);

#endif
