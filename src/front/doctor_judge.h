/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the doctor's files share: how it comes to a verdict. */

#ifndef FRONT_DOCTOR_JUDGE_H
#define FRONT_DOCTOR_JUDGE_H

#include <sockchat/link.h>
#include <sockchat/options.h>
#include <sockchat/recognise.h>
#include <sockchat/retry.h>
#include <sockchat/wire.h>

#include "doctor.h"
#include "report.h"

#define DOCTOR_COMMAND_MAX (ENDPOINT_TEXT_MAX + PROXY_URL_MAX + 64)

struct doctor {
	struct link link; /* first, for it knows no other owner */
	struct report report;
	const struct options *options;
	struct retry retry;
	struct timer again, timeout;
	char where[ENDPOINT_TEXT_MAX];
	int64_t opened_ns; /* the connection; 0: there was none */
	int64_t sent_ns;   /* an empty datagram, or 0 */
	struct error icmp; /* what the network says of it */
	int family; /* that is asked after the other one; 0: both */
	const char *step; /* which is under way, for programs */
	struct wire wire;
	struct wire_listener hears;
	/* The first bytes; during a handshake those below TLS. */
	uint8_t bytes[RECOGNISE_MAX];
	size_t len;
};

static inline struct doctor *doctor_of(struct link *l)
{
	return (struct doctor *)l;
}

/* Whether there is a proxy on the way. */
bool doctor_has_proxy(const struct doctor *d);
/* Write the command line that connects there. */
void doctor_command(const struct doctor *d, char out[DOCTOR_COMMAND_MAX]);

/* The last word, and the end.  `name` is the verdict for programs. */
void doctor_conclude(struct doctor *d, const char *name, const char *verdict,
                     const char *next, const struct checkup *facts);
/* The same after a connection. */
void doctor_judge(struct doctor *d, const char *name, const char *verdict,
                  const char *next);
/* The same after a failure. */
void doctor_judge_failure(struct doctor *d, const struct error *e);

/* --retry: another try will follow, and the link is closed until then. */
bool doctor_tries_again(struct doctor *d, const struct error *e);
/* One of both, as the on_over of struct link_ops. */
void doctor_over(struct link *l, const struct error *e, uint64_t unacked);

#endif
