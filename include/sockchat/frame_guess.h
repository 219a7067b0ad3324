/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which frame a conversation's bytes fit, when the user has not set any.  Pure,
 * and rather silent than wrong. */

#ifndef SOCKCHAT_FRAME_GUESS_H
#define SOCKCHAT_FRAME_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/frame.h>

#define FRAME_GUESS_MAX ((size_t)32 << 10) /* more bytes are not looked at */
#define FRAME_GUESS_TEXT_MAX 320

/* The first bytes of a direction. */
struct guess_bytes {
	const uint8_t *at;
	size_t len;
	bool is_open; /* more has come or may come: they end anywhere */
};

struct frame_guess {
	unsigned number; /* below 64: the same for the same SPEC */
	char spec[FRAME_SPEC_MAX];
	/* "what the peer sends looks like messages of u32,le", and which
	 * command shows them. */
	char text[FRAME_GUESS_TEXT_MAX], hint[FRAME_GUESS_TEXT_MAX];
};

/* Guess from what came and what was sent; `out` is NULL when its frame is set.
 * False when nothing fits, when too little has come, and when different frames
 * fit; then `*g` is not written. */
MUST_USE
bool frame_guess(struct frame_guess *g, const struct guess_bytes *in,
                 const struct guess_bytes *out);

#endif
