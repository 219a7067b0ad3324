/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One direction of a connection that has faults: what may move when.  Bytes
 * are put behind a delay line, and leave it as the rules say.  Of datagrams
 * each call takes one, and gives one back, whole.  Pure: the clock is given,
 * and the generator has a seed.
 *
 *     fault_way_take(w, bytes, len, now_ns);
 *     while (fault_way_front(w, now_ns, &piece))
 *             … move some of it, of a datagram all, and then
 *             fault_way_gone(w, n, now_ns);
 *     fault_way_strikes(w, now_ns) …: cut it, or the connection
 *     fault_way_due(w, now_ns, true): when to look again
 */

#ifndef FAULT_WAY_H
#define FAULT_WAY_H

#include <sockchat/fault.h>
#include <sockchat/outq.h>

/* A fault that has struck a byte, FAULT_CORRUPT, or a datagram. */
struct fault_hit {
	enum fault_word word;
	uint64_t at; /* so many bytes of the direction, or datagrams, stand
	              * before it */
	size_t len;  /* of a datagram */
	uint8_t was, is; /* a byte that was changed */
};

/* What may go now.  A datagram may be empty. */
struct fault_piece {
	const uint8_t *bytes;
	size_t len;
	bool is_copy; /* `dup` has made this datagram */
};

struct fault_way {
	const struct fault_value *rules; /* FAULT_WAY_WORDS; borrowed */
	void (*on_hit)(void *user, const struct fault_hit *hit);
	void *user;
	bool has_datagrams;

	struct outq line; /* of a stream */
	/* A ring: how the line's bytes are due; or the datagrams. */
	struct fault_mark *marks;
	size_t head, count, cap;
	size_t len; /* bytes that wait, without those of copies */
	size_t owned; /* memory of datagrams */
	uint64_t taken, gone; /* bytes in all */
	uint64_t datagrams; /* that were taken */
	/* One that goes behind the next, or when that does not come until
	 * `late_ns`, which is 0 when there is none. */
	struct bytes late;
	int64_t late_ns;
	uint64_t lost;        /* bytes that were thrown away */
	uint64_t chances, delays; /* the generators */
	bool has_end;     /* an end waits behind the line */
	bool is_released; /* nothing is held back any more */
	enum fault_word over; /* FAULT_LIMIT, FAULT_STALL; or FAULT_NONE */
	unsigned struck;      /* ends that have, as bits */
	int64_t end_ns;       /* when the end may go */

	/* Since these rules hold. */
	int64_t began_ns;
	uint64_t began_gone;
	double tokens; /* bytes that the rate has saved up */
	int64_t filled_ns;
	uint64_t piece;    /* what is left of the slice that has begun */
	int64_t piece_ns;  /* when the next one may begin */
	bool has_waited;   /* for the rate, since it was last asked */
};

/* Begin; the first four members are set, the rest is zero. */
void fault_way_begin(struct fault_way *w, uint64_t seed, int64_t now_ns);
/* The rules have changed: what waits may go by the new ones. */
void fault_way_renew(struct fault_way *w, int64_t now_ns);
void fault_way_finish(struct fault_way *w);

/* Put bytes behind the line; some are changed, and datagrams may be dropped,
 * doubled or reordered.  When the way is over they are thrown away.  -1 without
 * memory. */
MUST_USE
int fault_way_take(struct fault_way *w, const uint8_t *bytes, size_t len,
                   int64_t now_ns);
/* Put an end behind it, once. */
void fault_way_end(struct fault_way *w, int64_t now_ns);
/* Hold nothing back any more: the connection has broken. */
void fault_way_release(struct fault_way *w);

/* What may go now, in one write; false: nothing. */
MUST_USE
bool fault_way_front(struct fault_way *w, int64_t now_ns,
                     struct fault_piece *piece);
/* `n` bytes of it have gone. */
void fault_way_gone(struct fault_way *w, size_t n, int64_t now_ns);
/* Whether anything waits, be it an empty datagram. */
bool fault_way_waits(const struct fault_way *w);
/* Whether all has gone, and the end may. */
bool fault_way_is_ended(const struct fault_way *w, int64_t now_ns);

/* The limit, reset or stall whose byte or time has come, once each; or
 * FAULT_NONE. */
enum fault_word fault_way_strikes(struct fault_way *w, int64_t now_ns);
/* Nothing more goes: throw away what waits and what comes.  `over` is
 * FAULT_LIMIT or FAULT_STALL. */
void fault_way_cut(struct fault_way *w, enum fault_word over);

/* When a strike or, if bytes `may_move`, these or the end are due, perhaps now;
 * 0: never, without something new. */
int64_t fault_way_due(const struct fault_way *w, int64_t now_ns,
                      bool may_move);

/* The memory that its line has in use. */
size_t fault_way_memory(const struct fault_way *w);

#endif
