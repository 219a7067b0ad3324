/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The packets of datagrams (RFC 768).  None is cut: those of other programs'
 * captures come in fragments, and are put together again. */

#ifndef SOCKCHAT_PCAPNG_UDP_H
#define SOCKCHAT_PCAPNG_UDP_H

#include "pcapng_ip.h"

/* A datagram, of as many bytes as UDP can have between these addresses. */
MUST_USE
int pcapng_udp_datagram(const struct pcapng_stream *s,
                        struct pcapng_packets *p, enum pcapng_side from,
                        const void *bytes, size_t len);

#endif
