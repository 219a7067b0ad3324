/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A listener accepts peers at the addresses of one endpoint.  When there are no
 * more descriptors, it pauses until one has been closed.  A connection that we
 * were started with is a peer that has come. */

#ifndef SOCKCHAT_LISTENER_H
#define SOCKCHAT_LISTENER_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/dial.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

struct listener;

struct listener_ops {
	/* It listens on these addresses, whose ports are the real ones; on none
	 * for a connection that we were started with.  Borrowed for the
	 * call. */
	void (*on_listening)(void *user, const struct address *list,
	                     size_t count);
	/* Something that the user should know of it, after on_listening: a
	 * note's code, which is static, and sentence. */
	void (*on_note)(void *user, const char *code, const char *text);
	/* A peer has come, and its connection is open.  Takes `t`. */
	void (*on_peer)(void *user, struct transport *t,
	                const struct address *peer);
	/* A peer has come, and its connection did not open. */
	void (*on_unopened)(void *user, const struct error *e);
	/* Why this peer is reset at once, as refusals_add() takes it; "" when
	 * the user has been told.  NULL: it may come.  Without this function
	 * all may.  `is_named`: the header of a proxy, which may come, calls it
	 * so. */
	const char *(*refuses)(void *user, const struct address *peer,
	                       bool is_named);
	/* Whether one more would be refused for their number: he waits for a
	 * turn of the loop, in which others may leave.  May be NULL. */
	bool (*is_full)(void *user);
	/* New peers have to wait: told once, at most every 5 s. */
	void (*on_trouble)(void *user, const struct error *e);
	/* New peers need not wait any more.  `where` is safe to show. */
	void (*on_relief)(void *user, const char *where);
	/* The connection that we were started with has been told or refused:
	 * nobody else will come. */
	void (*on_spent)(void *user);
	/* It can't listen, and never will; the owner frees it. */
	void (*on_failed)(void *user, const struct error *e);
};

/* Look `ep` up, bind and listen; nothing is called from within.  With port 0
 * all addresses get the same free port.  An address that this machine does not
 * have is left out when another one works; one that somebody else listens on is
 * an error.  For an endpoint of TLS a peer is told when its handshake is done:
 * `settings` has its time limit and what it needs, and is borrowed until
 * listener_free(), as `ops` is.  NULL with errno. */
MUST_USE
struct listener *listener_new(struct loop *l,
                              const struct transport_ops *transport,
                              const struct endpoint *ep,
                              const struct dial_settings *settings,
                              const struct listener_ops *ops, void *user);
/* Close the sockets: the system refuses later peers.  Those that were refused
 * and not told yet are told from within.  NULL is fine. */
void listener_free(struct listener *ls);

/* Let the sockets have other settings, and who is accepted from now on. */
void listener_apply(struct listener *ls, const struct socket_settings *s);

/* Stop accepting; peers wait in the backlog meanwhile.  A kind that moves
 * messages has none: there new peers are refused, and those of before are
 * served. */
void listener_pause(struct listener *ls);
/* Go on accepting, and try again as listener_retry() does. */
void listener_resume(struct listener *ls);

/* Reset a peer that has come, which it takes: it is counted, and told as
 * refusals_add() does. */
void listener_refuse(struct listener *ls, struct transport *t,
                     const struct address *peer, const char *why);
/* How many have been refused. */
uint64_t listener_refused(const struct listener *ls);

/* To be called when a descriptor has been closed: the listener may have waited
 * for one, and accepts again. */
void listener_retry(struct listener *ls);

#endif
