/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The header of the PROXY protocol as a layer of the opening, which leaves:
 * read from those who came to us, written to those whom we dial. */

#ifndef NET_PROXY_HEADER_OVER_H
#define NET_PROXY_HEADER_OVER_H

#include <sockchat/transport.h>

extern const struct transport_ops transport_header;

#endif
