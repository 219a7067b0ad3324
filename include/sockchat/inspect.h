/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What some bytes could mean: every number that they may be the beginning of,
 * in both byte orders.  The inspector of hex editors.  Pure. */

#ifndef SOCKCHAT_INSPECT_H
#define SOCKCHAT_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#define INSPECT_VALUE_MAX 48

struct inspect_row {
	const char *name; /* "u16" */
	/* The value with the highest byte first, and with the lowest first.
	 * "-" when there are not enough bytes, or none of them is such a
	 * value. */
	char big[INSPECT_VALUE_MAX];
	char little[INSPECT_VALUE_MAX]; /* "" where there is no order */
};

/* Write row `i`, about the bytes from the first of `bytes` on.  `glyph_flags`
 * as glyph_next() has them.  Returns `row`, or NULL behind the last one. */
const struct inspect_row *inspect_row(struct inspect_row *row, size_t i,
                                      const uint8_t *bytes, size_t len,
                                      unsigned glyph_flags);

#endif
