/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What stands in a transcript, cut anew as other frames say: what came, and
 * what was sent back.  Messages sent by hand, those that have a fate and all
 * other entries stay as they are.  It is done in slices, into a second
 * transcript, which then takes the place of the first: all entries have other
 * seqs then, above those before. */

#ifndef SOCKCHAT_RECUT_H
#define SOCKCHAT_RECUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/frame.h>
#include <sockchat/framing.h>
#include <sockchat/transcript.h>

struct recut;

/* Begin.  The transcript is borrowed, the frames are copied.  What is appended
 * to the transcript meanwhile is cut too; it may drop its oldest entries.  But
 * nothing that comes may be cut by the frames before.  NULL without memory. */
MUST_USE
struct recut *recut_new(struct transcript *t, const struct frame *in,
                        const struct frame *out);
/* NULL is fine.  Before recut_finish() the transcript is as it was. */
void recut_free(struct recut *r);

/* Work for about so long.  1: there is more to do.  0: all is cut.  -1 without
 * memory. */
MUST_USE int recut_step(struct recut *r, int64_t budget_ns);

/* When recut_step() has returned 0: let the new entries take the place of the
 * old ones, and tell the transcript's listeners before and after. */
void recut_finish(struct recut *r);

/* After recut_finish(): let the framings of a session go on from there.  Their
 * `state.asked` is `asked`, which is set too. */
void recut_give(const struct recut *r, uint32_t session, struct framing *in,
                struct framing *out, struct frame_asked *asked);

/* After recut_finish(), in on_recut too: where the byte `*offset` of the old
 * entry `*seq` is now.  An entry that is not there any more is replaced by the
 * one that follows, and `*offset` is 0. */
void recut_find(const struct recut *r, uint64_t *seq, size_t *offset);
/* The same for the first byte; 0, which is no entry, stays 0. */
static inline void recut_move(const struct recut *r, uint64_t *seq)
{
	size_t offset = 0;
	if (*seq)
		recut_find(r, seq, &offset);
}

/* After recut_finish(): the entry that says what cannot be messages of the new
 * frames, the newest if there are several; 0: there is none. */
uint64_t recut_wrong(const struct recut *r);

/* Then too: the next message under way; `*i` is 0 at first.  0: there are no
 * more. */
uint64_t recut_under_way(const struct recut *r, size_t *i);

#endif
