/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is refused, one by one or in a flood: each is counted, and the user is
 * told of them at most once a second.
 *
 *     10.0.0.7:4711 refused: it is not in --allow
 *     2000 more connections refused, the last from 10.0.0.9:4712: ... */

#ifndef SOCKCHAT_REFUSALS_H
#define SOCKCHAT_REFUSALS_H

#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/loop.h>

struct refusals {
	uint64_t count; /* since the start */
	struct loop *loop;
	const char *what; /* several of them: "connections" */
	/* What the user is told: a note's code and sentence. */
	void (*on_note)(void *user, const char *code, const char *text);
	void *user;
	/* Those that are not told yet, and the last of them. */
	uint64_t untold;
	struct address from;
	const char *why;
	struct timer second; /* runs for a second after each sentence */
};

/* `what` is borrowed until refusals_finish(). */
void refusals_init(struct refusals *r, struct loop *l, const char *what,
                   void (*on_note)(void *user, const char *code,
                                   const char *text),
                   void *user);
/* Tell of those that are not told yet. */
void refusals_finish(struct refusals *r);

/* One more, for a reason that ends a sentence: "it is in --deny".  It is
 * static. */
void refusals_add(struct refusals *r, const struct address *from,
                  const char *why);

#endif
