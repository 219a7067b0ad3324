/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Questions to Linux about the sockets of this machine: sock_diag(7). */

#ifndef NET_SOCK_DIAG_H
#define NET_SOCK_DIAG_H

#include <stddef.h>

/* A socket, as its family tells of it: `len` bytes at `message`, a struct
 * inet_diag_msg or unix_diag_msg with its attributes. */
typedef void sock_diag_fn(void *user, const void *message, size_t len);

/* Ask with a struct inet_diag_req_v2 or unix_diag_req, about all sockets that
 * match if `flags` is NLM_F_DUMP, else about one.  Nothing is told where the
 * system does not answer; its answers are waited for 100 ms at most. */
#define SOCK_DIAG_BODY_MAX 64
void sock_diag_ask(const void *body, size_t len, unsigned flags,
                   sock_diag_fn *fn, void *user);

#endif
