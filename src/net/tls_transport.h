/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS over any transport, with OpenSSL. */

#ifndef NET_TLS_TRANSPORT_H
#define NET_TLS_TRANSPORT_H

#include <sockchat/transport.h>

/* The second is for what has no acknowledgements below. */
extern const struct transport_ops transport_tls, transport_tls_unix;

#endif
