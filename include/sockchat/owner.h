/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whose a socket of this machine is: what Linux tells of sockets (sock_diag(7))
 * and of processes (proc(5)).  Where they do not tell, it is not known, and
 * nothing else changes. */

#ifndef SOCKCHAT_OWNER_H
#define SOCKCHAT_OWNER_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/address.h>

#define OWNER_TEXT_MAX 128

/* A TCP or UDP socket of this machine. */
struct owner_socket {
	struct address local, peer;
	bool is_listening, is_time_wait;
	bool is_finishing;         /* its FIN has been sent */
	unsigned uid, inode;       /* inode 0: no process has it (any more) */
	/* Of a listener: peers that wait to be accepted, and their limit; of
	 * others `waiting` bytes are unread. */
	unsigned waiting, backlog;
	unsigned left_ms; /* how long it stays in TIME-WAIT */
};

/* The socket at the other end of a connection, as far as this machine knows. */
struct owner_peer {
	bool is_here;    /* this machine has it; if not, the rest is unknown */
	bool is_missing; /* UDP: no socket of this machine is there */
	bool is_waiting; /* no process has accepted it yet */
	bool is_gone;    /* no process has it any more: nobody reads from it */
	bool is_stopped; /* its process, if it was asked for, by SIGSTOP */
	size_t unread;   /* bytes of ours that no process has read */
	/* As of the listener, while it is waiting; 0: not known. */
	unsigned waiting, backlog;
	/* Up to when its process was searched for (monotonic): one that was
	 * there and is not named may not be seen.  0: the search goes on with
	 * the next call. */
	int64_t searched_ns;
};

typedef void owner_fn(void *user, const struct owner_socket *s);

/* Call `fn` for each listener. */
void owner_each_listener(owner_fn *fn, void *user);
/* Call `fn` for each UDP socket that is bound and not connected. */
void owner_each_datagram_socket(owner_fn *fn, void *user);
/* Call `fn` for each other socket whose own port is `port`; those in TIME-WAIT
 * count. */
void owner_each_on_port(unsigned port, owner_fn *fn, void *user);

/* Who has the socket, safe to show: "python3 (pid 123, user bob)", "user bob"
 * when the process may not be seen; one that SIGSTOP stopped is "stopped".
 * Takes up to about 50 ms. */
void owner_describe(char out[OWNER_TEXT_MAX], const struct owner_socket *s);

/* The same for a process; `pid` 0: "user bob".  True if it is stopped. */
bool owner_describe_process(char out[OWNER_TEXT_MAX], long pid, unsigned uid);

#endif
