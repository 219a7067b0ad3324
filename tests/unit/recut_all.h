/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A whole transcript cut anew, both ways alike. */

#ifndef TESTS_RECUT_ALL_H
#define TESTS_RECUT_ALL_H

#include <sockchat/recut.h>

#include "unit.h"

static inline void recut_all(struct transcript *t, const char *spec)
{
	struct frame f;
	struct error e;
	assert_int_equal(frame_parse(&f, spec, &e), 0);
	struct recut *r = recut_new(t, &f, &f);
	while (recut_step(r, SECOND_NS) > 0)
		;
	recut_finish(r);
	recut_free(r);
}

#endif
