/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z -v: the way to an endpoint, step by step, and a verdict. */

#ifndef FRONT_DOCTOR_H
#define FRONT_DOCTOR_H

#include <sockchat/loop.h>
#include <sockchat/options.h>

/* Sends nothing, or over UDP an empty datagram: there it is for -z without -v
 * as well, and tells the outcome alone.  The exit status: 0 when there was a
 * connection, or an answer. */
MUST_USE int doctor_run(struct loop *l, const struct options *o);

/* What is to be made of a failure, by its code, and whose fault it most likely
 * is, for programs: here, network, server, proxy, clock, trust.  The last one
 * has "" and is for all others. */
struct remedy {
	const char *code, *fault, *verdict;
	const char *next; /* "": the same without TLS */
};

extern const struct remedy doctor_remedies[];

/* The remedy for a failure of this code at this step: look-up, connect, proxy,
 * handshake, certificate, conversation. */
const struct remedy *doctor_remedy(const char *step, const char *code);

#endif
