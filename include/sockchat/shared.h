/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A message sent to several peers at once is an entry for each of them, and one
 * row for all: that of the first. */

#ifndef SOCKCHAT_SHARED_H
#define SOCKCHAT_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/filter.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>

/* Whether the entry stands for all of them: no peer is shown alone. */
bool shared_is_for_all(const struct filter *f, const struct entry *e);
/* Whether another entry stands for this one. */
bool shared_is_hidden(const struct filter *f, const struct entry *e);

/* How far the message `seq` has got, which is the first of several. */
struct shared_sum {
	size_t count, acked;
	enum tick_state state; /* of the one that is least far; or lost */
};

/* It looks at what was said right behind it, up to a bound. */
struct shared_sum shared_sum(const struct transcript *t,
                             const struct ticks *ticks, uint64_t seq);

#endif
