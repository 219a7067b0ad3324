/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files about the guess of frames share. */

#ifndef DIAGNOSE_FRAME_GUESS_PRIVATE_H
#define DIAGNOSE_FRAME_GUESS_PRIVATE_H

#include <sockchat/frame_guess.h>

/* A whole message of a candidate. */
struct guess_message {
	const uint8_t *at;
	size_t len;
	struct frame_message parts; /* where its length and its end are */
	const struct guess_message *before; /* NULL: it is the first */
};

/* How a message looks to a kind that is known by more than its lengths. */
enum guess_look {
	GUESS_NO,    /* this kind has no such message */
	GUESS_MAYBE,
	GUESS_PROOF, /* hardly another kind has such a message */
};

typedef enum guess_look guess_look_fn(const struct guess_message *m);

/* A kind that is known by its looks. */
struct guess_row {
	const char *spec;
	guess_look_fn *look;
	unsigned least;   /* so many messages are enough, one of them a proof;
	                   * 0: its lengths have to be evidence, too, */
	unsigned bits;    /* beside so many bits for each message */
	bool is_no_lines; /* it is text without an LF */
	bool is_binary;   /* it is not all text */
};

/* Rows that look closer stand first; `spec` is NULL behind the last. */
extern const struct guess_row guess_rows[];

#endif
