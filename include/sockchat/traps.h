/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What everybody who learns about sockets falls into, noticed in the bytes of
 * one conversation.  Pure, and rather silent than wrong. */

#ifndef SOCKCHAT_TRAPS_H
#define SOCKCHAT_TRAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trap {
	TRAP_EOL,
	TRAP_ECHO,
	TRAP_MERGED,
	TRAP_PARTED,
	TRAP_CHARACTER,
	TRAP_BOM,
	TRAP_NUL,
	TRAP_CP949,
	TRAP_SHIFT_JIS,
	TRAP_LATIN1,
	TRAP_COUNT,
};

/* The traps that are no news to a user who has chosen an encoding. */
#define TRAPS_OF_ENCODING                                                      \
	(1u << TRAP_CP949 | 1u << TRAP_SHIFT_JIS | 1u << TRAP_LATIN1)

/* What is told of a trap, and what to do about it; the code is its name for
 * programs. */
extern const struct trap_row {
	const char *code, *text, *hint;
} trap_rows[TRAP_COUNT];

/* Whether what comes is what was sent: sums of both streams, compared where a
 * message of ours ended. */
#define MIRROR_MARKS 8
struct mirror {
	bool is_on, is_cut;
	uint32_t sum_in, sum_out;
	uint64_t in, out;
	struct {
		uint64_t end;
		uint32_t sum;
	} marks[MIRROR_MARKS]; /* of messages that have not come back */
	size_t mark_count, matched;
	unsigned seen; /* of MERGED and PARTED */
};

struct traps {
	struct mirror mirror;
	unsigned looks;      /* at whole reads; only the first ones are */
	unsigned unanswered; /* lines ending in LF since something came */
	bool is_first;       /* nothing has come yet */
	bool is_middle;      /* a character may have been cut */
	bool has_crlf;       /* lines of the peer end in CR LF */
	bool has_nul;        /* what we send ends in NUL */
	bool is_dripped;     /* what we send goes in pieces */
	uint8_t part[4];     /* of a character */
	size_t part_len;
};

/* `is_fresh`: nothing has been said either way. */
void traps_init(struct traps *t, bool is_fresh);

/* A message that is sent, what one read brought: the traps noticed, as bits
 * 1u << TRAP_…, the same one perhaps again. */
unsigned traps_out(struct traps *t, const void *bytes, size_t len,
                   bool is_dripped);
unsigned traps_in(struct traps *t, const uint8_t *bytes, size_t len);

#endif
