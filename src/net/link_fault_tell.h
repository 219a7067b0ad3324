/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the owner of a link with faults is told: each strike that ends
 * something, changed bytes and hit datagrams as long
 * as they are few, and the rest once. */

#ifndef LINK_FAULT_TELL_H
#define LINK_FAULT_TELL_H

#include <sockchat/link.h>

#include "fault_way.h"

struct link_fault {
	struct link *link;
	struct fault_way ways[FAULT_DIRS];
	unsigned turn;     /* of the faults that it follows */
	unsigned wished;   /* by the owner: LOOP_READ, LOOP_WRITE */
	size_t memory;     /* of its lines, counted for all */
	int in_errnum;     /* the break behind what had come; or 0 */
	bool is_in_over;   /* the peer's end, or a break, has been read */
	bool is_stuck;     /* the transport takes no more */
	bool has_shut;     /* a limit has sent our FIN */
	bool has_reset;    /* a reset has broken it */
	/* The word that has ended a direction, or has to reset all; or "". */
	char cut[FAULT_DIRS][64], reset[64];
	int64_t reset_ns;  /* when it does, at the latest */
	unsigned told[FAULT_DIRS];   /* words that are told once, as bits */
	bool is_checked; /* for words that can do nothing here */
	uint64_t untold[FAULT_DIRS][FAULT_LIMIT]; /* hits */
	int64_t sum_ns;    /* when they are; 0: there are none */
	uint64_t counted[FAULT_DIRS]; /* bytes thrown away: of all links; */
	uint64_t told_lost[FAULT_DIRS];   /* and told */
};

/* "received", "sent". */
extern const char *const fault_done[FAULT_DIRS];

/* Tell that a word has struck; the sentence follows it. */
void fault_tell(const struct link_fault *f, enum fault_dir dir,
                enum fault_word word, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Count it, and tell it once for each connection. */
void fault_note(struct link_fault *f, enum fault_dir dir,
                enum fault_word word, const char *what);
/* A byte or a datagram was hit: `user` is the struct link_fault. */
void fault_hit_in(void *user, const struct fault_hit *hit);
void fault_hit_out(void *user, const struct fault_hit *hit);
/* Sum up those that were not told. */
void fault_tell_hits(struct link_fault *f);
/* Tell of a word that can do nothing here, once for all links of a kind. */
void fault_tell_never(struct link_fault *f);
/* Tell how many bytes were thrown away since that was told. */
void fault_tell_lost(struct link_fault *f, enum fault_dir dir);

#endif
