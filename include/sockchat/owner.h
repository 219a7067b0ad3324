/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whose a socket of this machine is: what Linux tells of sockets (sock_diag(7))
 * and of processes (proc(5)).  Elsewhere, and where nobody tells, it is not
 * known, and nothing else changes. */

#ifndef SOCKCHAT_OWNER_H
#define SOCKCHAT_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/endpoint.h>

#define OWNER_TEXT_MAX 128

/* A TCP socket of this machine. */
struct owner_socket {
	struct address local, peer;
	bool is_listening, is_time_wait;
	unsigned uid, inode;       /* inode 0: no process has it (any more) */
	unsigned waiting, backlog; /* listening: not accepted; at most */
	unsigned left_ms;          /* TIME-WAIT: for so long */
};

typedef void owner_fn(void *user, const struct owner_socket *s);

/* All listeners. */
void owner_each_listener(owner_fn *fn, void *user);
/* All other sockets whose own port is `port`, those in TIME-WAIT too. */
void owner_each_on_port(unsigned port, owner_fn *fn, void *user);

/* Who has the socket, safe to show: "python3 (pid 123, user bob)", "user bob"
 * when the process may not be seen.  Takes up to about 50 ms. */
void owner_describe(char out[OWNER_TEXT_MAX], const struct owner_socket *s);

/* Who is at the other end of our connection from `local` to `peer`, as
 * owner_describe(); "" when that is not on this machine or not known.  One that
 * no process has accepted yet is the listener's, and `*is_waiting`, which may
 * be NULL. */
void owner_of_peer(char out[OWNER_TEXT_MAX], const struct address *local,
                   const struct address *peer, bool *is_waiting);

/* A thousand peers at once must not mean a thousand searches: after one that
 * took some time there is none for fifty times as long.  Begins as 0. */
struct owner_budget {
	int64_t free_ns;
};
/* As owner_of_peer(), and "" when the budget is spent. */
void owner_of_peer_within(struct owner_budget *b, char out[OWNER_TEXT_MAX],
                          const struct address *local,
                          const struct address *peer);

#endif
