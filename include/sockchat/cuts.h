/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Characters of ours that a peer most likely got in two reads: where a piece
 * that we sent ended, or where the buffer of a usual recv() is full.  A peer
 * that decodes each read by itself dies there.  Pure. */

#ifndef SOCKCHAT_CUTS_H
#define SOCKCHAT_CUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CUT_SIZES 9

/* A character, and how much of it the peer got at first. */
struct cut {
	uint8_t bytes[4];
	uint8_t len, known; /* its length, and how many of its bytes we know */
	uint8_t done;       /* so many came first; 0: there is no cut */
	uint32_t size;      /* of that recv(); 0: we sent it in pieces */
	uint64_t at;        /* bytes of the burst before the cut */
};

/* A burst is what was sent since the peer had, most likely, read all that went
 * before. */
struct cuts {
	uint64_t sent, come; /* bytes since the peer answered last */
	uint64_t base;      /* `sent` where the burst began */
	uint64_t piece_end; /* and where the piece ended */
	int64_t began_ns, out_ns, piece_ns;
	bool begins;     /* the next bytes begin a burst */
	bool is_over;    /* the peer has ended: it reads no more */
	uint8_t tail[3]; /* the last bytes that were sent */
	size_t tail_len;
	struct cut piece, sizes[CUT_SIZES];
};

/* Note that a message is to be sent, and nothing waits before it. */
void cuts_begin(struct cuts *c, int64_t now_ns);
/* Note that `n` of these `len` bytes have been written in one call. */
void cuts_out(struct cuts *c, const uint8_t *bytes, size_t n, size_t len,
              bool is_dripped, int64_t now_ns);
/* Note that the peer has ended or, with `is_reset`, reset the connection;
 * `is_whole`: nothing is left to be sent.  Returns the cut of which the peer
 * has most likely died, or NULL. */
const struct cut *cuts_end(struct cuts *c, bool is_reset, bool is_whole,
                           int64_t now_ns);

/* "it closed after ec, the 1st of 3 bytes of X: …". */
void cut_text(char *out, size_t size, const struct cut *cut);

#endif
