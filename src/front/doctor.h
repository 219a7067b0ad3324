/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z -v: the way to an endpoint, step by step, and a verdict. */

#ifndef FRONT_DOCTOR_H
#define FRONT_DOCTOR_H

#include <sockchat/loop.h>
#include <sockchat/options.h>

/* Sends nothing.  The exit status: 0 when there was a connection. */
int doctor_run(struct loop *l, const struct options *o);

#endif
