/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a lane share: lane.c, which moves bytes, calls lane_word.c,
 * where it is said what becomes of them. */

#ifndef SESSION_LANE_PRIVATE_H
#define SESSION_LANE_PRIVATE_H

#include <sockchat/hold.h>
#include <sockchat/pair.h>

#include "session_private.h"

static inline struct session *lane_far(const struct lane *l)
{
	return l->pair->far;
}

static inline struct hold *lane_hold(const struct lane *l)
{
	return lane_far(l)->settings->hold;
}

static inline struct framing *lane_framing(const struct lane *l)
{
	struct talk *t = lane_far(l)->talk;
	return !t ? NULL : l->dir == ENTRY_OUT ? &t->out : &t->in;
}

static inline const struct frame *lane_frame(const struct lane *l)
{
	const struct session_settings *s = lane_far(l)->settings;
	return l->dir == ENTRY_OUT ? s->frame_out : s->frame_in;
}

/* Whether its messages wait for the user's word. */
static inline bool lane_holds(const struct lane *l)
{
	return lane_far(l)->settings->holds & l->dir;
}

static inline bool lane_has_judge(const struct lane *l)
{
	const struct judge *j = lane_far(l)->settings->judge;
	return j && j->wants(j->user, (enum entry_dir)l->dir);
}

static inline bool lane_has_waiting(const struct lane *l)
{
	return l->waiting && l->waiting->first;
}

/* Whether a message that begins now does not go at once. */
static inline bool lane_stops(const struct lane *l)
{
	return lane_has_waiting(l) || lane_holds(l) || lane_has_judge(l);
}

/* Look again after so long, if not before. */
void lane_wake(const struct lane *l, int64_t ns);
/* Whether nothing has come for so long; if not, that is looked at again. */
bool lane_is_silent(const struct lane *l, int64_t grown_ns, int64_t ms);

/* Tell a message that goes in place of another, or is said for a side; its seq.
 * 0 without memory. */
uint64_t lane_tell_made(struct lane *l, const struct framed *m,
                        enum entry_fate fate, uint32_t held);
/* Tell what becomes of a message of this number; it is `folded` if a later note
 * tells of several. */
void lane_tell_word(const struct lane *l, const char *code, uint32_t held,
                    bool folded, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Let what follows the message under way be another one, if it is cut so. */
void lane_break_message(struct lane *l);
/* Drop it, and what still comes of it. */
void lane_forget(struct lane *l, struct held *m);
/* Ask the rules about what waits for them. */
void lane_judge(struct lane *l);

#endif
