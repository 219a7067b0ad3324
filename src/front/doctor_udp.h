/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z over UDP: an empty datagram is sent, and what comes back, or not,
 * is judged. */

#ifndef FRONT_DOCTOR_UDP_H
#define FRONT_DOCTOR_UDP_H

#include <sockchat/link.h>

/* Of a link that is the first member of struct doctor. */
extern const struct link_ops doctor_udp_ops;

#endif
