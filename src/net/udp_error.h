/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the network says about datagrams that we sent: the error queue of a
 * socket (ip(7), IP_RECVERR). */

#ifndef NET_UDP_ERROR_H
#define NET_UDP_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/error.h>

#include "udp_table.h"

enum udp_trouble_kind {
	UDP_PORT, /* unreachable, as the other two */
	UDP_HOST,
	UDP_NET,
	UDP_PROHIBITED, /* by somebody on the way */
	UDP_EXPIRED,    /* the hop limit was used up */
	UDP_TOO_BIG,
	UDP_OTHER,
};

struct udp_trouble {
	int errnum; /* 0: there is none */
	enum udp_trouble_kind kind;
	bool is_v6;
	bool is_local; /* this system says so, without having asked anybody */
	uint32_t mtu;  /* UDP_TOO_BIG: of the way; 0: it was not said */
	uint32_t dropped; /* ENOBUFS: datagrams of the peer that we dropped */
	struct address offender; /* who says so; len 0: not known */
};

/* Have an error queue. */
void udp_ask_troubles(int fd, int family);

#define UDP_TROUBLES_MAX 64 /* that are taken at once */

/* Take the oldest, about a datagram that we sent to the source of `to`.  False
 * when there is none. */
bool udp_take_trouble(int fd, struct udp_trouble *out, struct udp_ends *to);

/* Whether a call may have failed with what the queue tells, perhaps about an
 * earlier datagram and another peer. */
bool udp_is_trouble(int errnum);

#endif
