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

struct unix_diag_peer {
	bool is_waiting; /* no process has accepted our connection yet */
	int unread;      /* bytes of ours that it has not read, if one has */
};

/* What is known of the other end of our connection; false if nothing is. */
bool unix_diag_peer(int fd, struct unix_diag_peer *out);

/* The path of a unix socket's address; NULL if it has none. */
const char *unix_path(const struct address *a);

/* Put words about unix sockets into `e`, for transport_ops. */
void unix_explain(const struct failure *f, struct error *e);

#endif
