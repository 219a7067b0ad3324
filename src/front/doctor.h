/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z -v: the way to an endpoint, step by step, and a verdict. */

#ifndef FRONT_DOCTOR_H
#define FRONT_DOCTOR_H

#include <sockchat/loop.h>
#include <sockchat/options.h>

/* Sends nothing.  The exit status: 0 when there was a connection. */
MUST_USE int doctor_run(struct loop *l, const struct options *o);

/* What is to be made of a failure, by its code; the last one has "" and is for
 * all others. */
struct remedy {
	const char *code, *verdict, *next;
};

extern const struct remedy doctor_remedies[];

#endif
