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
	uint8_t len, known; /* of the whole of it, and of `bytes` */
	uint8_t done;       /* 0: there is no cut */
	uint32_t size;      /* of that recv(); 0: we sent it in pieces */
	uint64_t at;        /* bytes of the burst that end there */
};

/* A burst is what was sent since the peer had read all before. */
struct cuts {
	uint64_t sent, come; /* bytes since the peer answered last */
	uint64_t base, piece_end; /* what was sent before those places */
	int64_t began_ns, out_ns, piece_ns;
	bool begins;     /* the next bytes begin a burst */
	bool is_over;    /* the peer has ended: it reads no more */
	uint8_t tail[3]; /* the last bytes that were sent */
	size_t tail_len;
	struct cut piece, sizes[CUT_SIZES];
};

/* A message is to be sent, and nothing waits before it. */
void cuts_begin(struct cuts *c, int64_t now_ns);
/* `n` of these `len` bytes have been written, at once. */
void cuts_out(struct cuts *c, const uint8_t *bytes, size_t n, size_t len,
              bool is_dripped, int64_t now_ns);
/* The peer has most likely died of this cut, or NULL.  It has ended, or reset
 * the connection; `is_whole`: nothing of what was to be sent is left. */
const struct cut *cuts_end(struct cuts *c, bool is_reset, bool is_whole,
                           int64_t now_ns);

/* "it closed after ec, the 1st of 3 bytes of X: …". */
void cut_text(char *out, size_t size, const struct cut *cut);

#endif
