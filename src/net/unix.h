/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the transport of unix sockets asks the system: for src/net alone. */

#ifndef NET_UNIX_H
#define NET_UNIX_H

#include <stdbool.h>

#include <sockchat/transport.h>

extern const struct transport_ops transport_unix;

struct stat;

/* The inode of a socket that is bound to this file and is not a connection; 0
 * if the system shows none. */
unsigned unix_diag_holder(const struct stat *file);

/* What is known of the other end of our connection; of one that is waiting,
 * neither what is unread nor its listener. */
void unix_diag_peer(int fd, struct owner_peer *out);
/* How many connections wait for the listener with this inode, and how many may;
 * both stay where nothing is known. */
void unix_diag_backlog(unsigned inode, struct owner_peer *out);

/* The path of a unix socket's address; NULL if it has none. */
const char *unix_path(const struct address *a);

/* Put words about unix sockets into `e`, for transport_ops. */
void unix_explain(const struct failure *f, struct error *e);

#endif
