/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the time went until a connection spoke. */

#include <sockchat/timing.h>

void timing_begin(struct timing *t)
{
	*t = (struct timing){
		.resolve_us = -1, .total_us = -1, .first_byte_us = -1,
	};
}

void timing_add(struct timing *t, const struct address *a, int errnum,
                int64_t us)
{
	if (t->try_count == TIMING_TRIES) /* the last is worth most */
		t->try_count--;
	struct timing_try *try = &t->tries[t->try_count++];
	address_format(a, try->where);
	try->errnum = errnum;
	try->us = us;
}
