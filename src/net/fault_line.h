/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The delay line of a direction: when its bytes, or its datagrams, are due.
 * fault_way.h says which of them may go. */

#ifndef FAULT_LINE_H
#define FAULT_LINE_H

#include "fault_way.h"

struct fault_mark {
	int64_t due_ns;
	uint64_t len;
	uint8_t *datagram; /* its bytes; NULL: they stand in the line */
	bool is_copy;
};

/* Sebastiano Vigna's splitmix64: every seed is a good one. */
uint64_t fault_draw(uint64_t *state);
/* From 0 to 1, which is left out. */
double fault_draw_part(uint64_t *state);

/* When something that comes now is due: the order is kept. */
int64_t fault_line_due(struct fault_way *w, int64_t now_ns);
/* Put a mark behind all others; it owns its datagram then.  -1 without
 * memory. */
MUST_USE int fault_line_push(struct fault_way *w, const struct fault_mark *m);
/* The same for bytes of a stream: those that are due at the same time share a
 * mark. */
MUST_USE int fault_line_add(struct fault_way *w, size_t len, int64_t due_ns);

/* How many of the first `len` bytes of a stream are due. */
size_t fault_line_due_bytes(const struct fault_way *w, size_t len,
                            int64_t now_ns);
/* So many bytes of a stream have gone; or the first datagram has. */
void fault_line_drop(struct fault_way *w, uint64_t n);
void fault_line_drop_datagram(struct fault_way *w);
/* Forget all that waits in it. */
void fault_line_forget(struct fault_way *w);

#endif
