/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Packets for what entries tell, where nobody has heard the sockets: what a
 * transcript has kept. */

#ifndef SOCKCHAT_PCAPNG_ENTRIES_H
#define SOCKCHAT_PCAPNG_ENTRIES_H

#include <sockchat/endpoint.h>

#include "pcapng_conns.h"

/* The packets of an entry, at its own times; of a message, from its byte `from`
 * on.  -1 without memory. */
MUST_USE
int pcapng_entry(struct pcapng_conns *cs, enum endpoint_mode mode,
                 const struct entry *e, size_t from);

#endif
