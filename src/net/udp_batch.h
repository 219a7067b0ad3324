/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams that are read many at a time, and which address of ours each was
 * sent to. */

#ifndef NET_UDP_BATCH_H
#define NET_UDP_BATCH_H

#include <stdbool.h>

#include <sockchat/error.h>

#include "udp_table.h"

#define UDP_BATCH_MAX 32

struct udp_datagram {
	struct udp_ends ends;
	const uint8_t *bytes; /* borrowed until the next read */
	size_t len;
};

struct udp_batch;

/* NULL without memory. */
MUST_USE struct udp_batch *udp_batch_new(void);
void udp_batch_free(struct udp_batch *b);

/* Ask the system to tell which address of ours they were sent to. */
void udp_batch_ask(int fd, int family);

/* Read what has come.  Returns how many; -1 with errno. */
MUST_USE int udp_batch_read(struct udp_batch *b, int fd);

/* The one at `index` of those. */
void udp_batch_get(struct udp_batch *b, int index,
                   struct udp_datagram *out);

#endif
