/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle: a client that has come to us, and the target to which we
 * connect for it.  What one of them says goes to the other, its end and its
 * reset as well.  The target's session is the one that the chat knows; the
 * client's belongs to the pair. */

#ifndef SOCKCHAT_PAIR_H
#define SOCKCHAT_PAIR_H

#include <sockchat/lane.h>
#include <sockchat/session.h>

/* A reset goes to the other side behind what came before it, so much later at
 * most. */
#define PAIR_RESET_MS 5000

/* Both sessions have the same number and point here. */
struct pair {
	struct session *near, *far; /* of the client; of the target */
	struct lane in, out;        /* to the client; to the target */
};

/* The lane that a session of a pair feeds, and the one that feeds it. */
static inline struct lane *lane_from(const struct session *s)
{
	return s == s->pair->far ? &s->pair->in : &s->pair->out;
}
static inline struct lane *lane_to(const struct session *s)
{
	return s == s->pair->far ? &s->pair->out : &s->pair->in;
}
/* The other side; NULL: it is no session of a pair. */
static inline struct session *pair_other(const struct session *s)
{
	return s->pair ? lane_from(s)->to : NULL;
}

/* The settings of clients' sessions, made from those of all: nothing is told of
 * them but what is wrong. */
void pair_settings(struct session_settings *near,
                   const struct session_settings *all);

/* Make a pair of `far`, which is new, and of the client that has come by `t`;
 * then session_connect() of `far`.  Nothing is read from the client before the
 * target is there.  `near` is borrowed as by session_new().  Takes `t`.  -1
 * without memory. */
MUST_USE
int pair_begin(struct session *far, const struct session_settings *near,
               struct transport *t, const struct address *peer);
/* The entries of both are cut anew. */
void pair_recut(struct pair *p, const struct recut *r);
/* The session of the target is over.  A client that is still there is told by a
 * reset: it ends first when all goes well. */
void pair_end(struct session *far);

#endif
