/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes of a direction cut into messages: a line each, with its ending. */

#ifndef SOCKCHAT_FRAMING_H
#define SOCKCHAT_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/transcript.h>

#define FRAMING_MESSAGE_MAX ((size_t)64 << 10) /* longer ones are cut */
/* What is added to a message after such a pause, or so long after a part began,
 * is a part with a time of its own. */
#define FRAMING_PAUSE_MS 100
#define FRAMING_PART_MS  2000

/* The message that is being put together, in one direction of one session. */
struct framing {
	uint64_t seq; /* 0: none is under way */
	uint64_t count; /* messages that have begun so far */
	int64_t asked_ns; /* when we last sent what it may answer; 0: never */
	/* When the message under way grew last, and its newest part began. */
	int64_t grown_ns, part_ns;
	uint32_t len;
	uint8_t dir; /* an enum entry_dir */
};

/* Add bytes as messages of `session`; an unfinished one is in the transcript
 * already, and grows there.  -1 without memory. */
MUST_USE
int framing_take(struct framing *f, struct transcript *t, uint32_t session,
                 const char *peer, const void *bytes, size_t len);

/* End the message under way, unless it ends within a character. */
void framing_break(struct framing *f, const struct transcript *t);

/* End the message under way. */
void framing_end(struct framing *f);

#endif
