/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Printed text cannot be changed.  So a message sent by hand waits until it has
 * arrived, but not for long, and all entries after it wait with it. */

#ifndef SOCKCHAT_GATE_H
#define SOCKCHAT_GATE_H

#include <stdint.h>

#include <sockchat/loop.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>

enum gate_step {
	GATE_WRITE, /* this entry is to be written */
	GATE_HOLD,  /* it waits: what came before it has to be out */
	GATE_HELD,  /* it has waited, and is to be written */
	GATE_LATE,  /* it has arrived or is lost, but was written before */
};

/* The entry is borrowed for the call. */
typedef void gate_fn(void *user, enum gate_step step, const struct entry *e);

/* Embedded in a front end. */
struct gate {
	struct loop *loop;
	const struct transcript *transcript;
	struct ticks *ticks;
	gate_fn *step;
	void *user;
	struct ticks_listener listener;
	uint64_t next, end; /* those that wait */
	uint64_t held;      /* the first of them has been told to wait */
	size_t waiting;     /* their bytes */
	struct timer timer;
};

/* Begin with the oldest entry, and listen to ticks. */
void gate_init(struct gate *g);
/* Write all that waits. */
void gate_write_all(struct gate *g);
/* The transcript has been cut anew: begin behind it. */
void gate_recut(struct gate *g);
/* Drop all that waits, and listen to no ticks any more. */
void gate_stop(struct gate *g);

/* As frontend_ops.show. */
void gate_show(struct gate *g, uint64_t first, uint64_t end);

#endif
