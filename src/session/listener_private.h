/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The inside of a listener: listener.c has the places, and calls
 * listener_peers.c with who comes there. */

#ifndef LISTENER_PRIVATE_H
#define LISTENER_PRIVATE_H

#include <sockchat/listener.h>
#include <sockchat/openings.h>
#include <sockchat/refusals.h>

struct place {
	struct listener *listener;
	struct transport *transport;
	struct watch watch;
	int batch;     /* how many are accepted at once */
	uint64_t turn; /* the last in which some were */
	bool has_waited; /* there was no room, and a turn has gone by */
	uint64_t dropped; /* datagrams by the system, as far as told */
};

/* An address that cannot be listened on, and why. */
struct left_out {
	struct address address;
	int errnum;
};

struct listener {
	struct loop *loop;
	const struct transport_ops *transport;
	const struct listener_ops *ops;
	void *user;
	struct endpoint endpoint;
	const struct dial_settings *settings;
	struct socket_refusals unset; /* of the settings, by the system */
	struct openings openings;
	struct refusals refusals;
	struct openings headers; /* those that a proxy has still to name */
	struct resolve *resolve;
	struct place *places;
	size_t count;
	struct transport *given; /* a connection, until it is told; or NULL */
	bool is_single; /* nobody else will come */
	struct left_out *left_out; /* while the places are opened */
	size_t left_count;
	struct timer retry;
	int trouble;        /* errno that was told, while peers wait; or 0 */
	int64_t trouble_ns; /* when it was told last, 0 for never */
	bool is_paused, is_starved;
	/* As long as calls of ours are on the stack it isn't freed. */
	unsigned busy;
	bool is_over;
};

/* There is no backlog in which somebody could wait. */
static inline bool listener_has_messages(const struct listener *ls)
{
	return ls->transport->traits & TRANSPORT_MESSAGES;
}

/* Each of our calls that may call the owner begins by `busy++`, and ends so. */
void listener_leave(struct listener *ls);
/* For listener_free() alone, and not within such a call. */
void listener_free_memory(struct listener *ls);

/* New peers have to wait, or are lost: told once for each errno. */
void listener_tell_trouble(struct listener *ls, int errnum);

/* Make ready for peers. */
void listener_init_peers(struct listener *ls);
/* A peer has come: it is refused, or told once its header and TLS are done.
 * Takes `t`. */
void listener_take(struct listener *ls, struct transport *t,
                   const struct address *peer);

#endif
