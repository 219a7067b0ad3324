/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A proxy as a layer of the opening: it lies on the connection to the proxy
 * until that has connected us, and leaves. */

#ifndef NET_PROXY_OVER_H
#define NET_PROXY_OVER_H

#include <sockchat/transport.h>

extern const struct transport_ops transport_proxy;

#endif
