/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the player share. */

#ifndef RECORD_PLAYER_PRIVATE_H
#define RECORD_PLAYER_PRIVATE_H

#include <sockchat/player.h>

#include "cutter.h"
#include "groups.h"
#include "needle.h"

/* Listen for what the step awaits.  True once it is met; the player may have
 * failed instead. */
typedef bool hear_fn(struct player *p);

enum player_why {
	WHY_DIFFERS,   /* other bytes came than those awaited */
	WHY_LENGTH,    /* a datagram has more bytes than that, or fewer */
	WHY_ENDED,     /* the peer's end came */
	WHY_LATE,      /* not all came in time */
	WHY_STUCK,     /* what we do took too long */
	WHY_MORE,      /* bytes came in place of an end */
	WHY_NO_MATCH,  /* a message does not match */
	WHY_TOO_LONG,  /* … took too much work */
	WHY_FRAME,     /* what came cannot be cut into messages */
	WHY_UNSENT,    /* a reset kept a step from being sent */
	WHY_FULL,      /* a message, or what groups have, is too long */
	WHY_FILE,      /* the next step cannot be read: failure.error */
	WHY_NO_MEMORY,
};
struct player {
	struct chatfile *file;
	enum chat_side plays;
	uint32_t peer;
	struct player_want want;
	struct chat_step step;
	bool has_datagrams; /* of chatfile_has_datagrams() */
	bool has_paused;  /* the pause before the step is over */
	size_t unsent;    /* the line of what a reset kept from being sent */

	/* The string of the step, with what groups have. */
	const uint8_t *bytes;
	size_t len, at; /* so many of them have come */
	struct bytes filled;
	struct groups groups;

	/* What else a step awaits. */
	hear_fn *hear;
	bool skips;       /* ... stands before it */
	struct needle needle;
	struct cutter cutter;
	struct expression *expression;
	struct bytes payload;
	uint64_t given_up; /* messages that took the expression too long */

	/* What has come, and no step has taken: in `kept` from `used` on or,
	 * during player_take(), of the caller's.  Each datagram stands there
	 * behind its length; `in` is the one that is looked at. */
	struct bytes kept;
	size_t used;
	const uint8_t *in;
	size_t in_len;
	size_t datagram;  /* bytes of the one that is looked at */
	uint64_t heard;   /* bytes that the step has taken */
	uint64_t passed;  /* messages that `...` has taken before it */
	uint64_t sent;    /* bytes sent, less those that steps have taken */
	bool has_fin;     /* it has come */
	bool is_fin_met;  /* … and a step has awaited it */
	bool is_broken;   /* an RST, or the like, has come */
	enum player_end end;

	/* Why it has failed. */
	enum player_why why;
	int64_t waited_ns;
	struct player_failure failure;
	struct bytes came; /* from byte failure.from on */
	struct bytes tail; /* the last bytes that `...` has taken */
};

/* player_hear.c */

/* Set what the step, which is the peer's, awaits; or fail. */
void player_begin_hearing(struct player *p);
/* Set the string of the step.  False: the player has failed. */
MUST_USE bool player_fill(struct player *p);
/* What came before a silence is a message.  True if the step is met. */
bool player_hear_silence(struct player *p);
/* After how long a silence that is to be done; 0: after none. */
uint64_t player_silence_ms(const struct player *p);
bool player_hears_messages(const struct player *p);

/* player_failed.c: let the player fail, and return false. */

bool player_fail(struct player *p, enum player_why why);
/* Show in addition that this message does not match, as far as it fits. */
bool player_fail_match(struct player *p, enum player_why why,
                       const uint8_t *bytes, size_t len);
/* Show what came since it failed as well, if the step was not met by the bytes
 * before it. */
void player_fail_on(struct player *p, const uint8_t *bytes, size_t len);

/* player_why.c */

/* Write why the player has failed. */
void player_why(const struct player *p, struct error *e);

#endif
