/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* When a peer is looked at, and what is told of it at the beginning: for the
 * files of a session. */

#ifndef SESSION_LOOK_H
#define SESSION_LOOK_H

#include "session_private.h"

/* Keep the addresses of both ends as text, and the proxy in front of the peer;
 * ours costs a call, and is only asked for when it may be told.  -1 without
 * memory. */
MUST_USE
int session_name_ends(struct session *s, const struct transport *t,
                      const char *peer);

/* Have the peer's process searched for when there is time. */
static inline void session_plan_search(struct session *s)
{
	const struct session_ops *ops = s->settings->ops;
	if (ops->on_look)
		ops->on_look(ops->user, s);
}

/* Have the peer looked at by session_look(), so much later at the latest.  The
 * session has a `talk`. */
static inline void session_plan_look(struct session *s, int64_t delay_ns)
{
	int64_t due_ns = loop_now_ns(s->link.loop) + delay_ns;
	if (!s->settings->tells_states)
		return;
	if (!s->talk->look_ns || due_ns < s->talk->look_ns)
		s->talk->look_ns = due_ns;
	session_plan_search(s);
}

/* Write who has made the client's socket, where it is a unix one; else "". */
void session_name_client(const struct session *far, char *hint, size_t size);

/* The connection is open: tell that, and who is at the other end.  Where rows
 * are folded, a peer that came to us gets a moment before: if it leaves at once
 * without a word, one row tells of it. */
void session_begin(struct session *s);
/* It is over: tell that, with a hint, which may be "", and what is `lost`.
 * `why` is what broke it, or NULL: an error that was told tells the end. */
void session_tell_over(struct session *s, const struct error *why,
                       const char *hint, const char *lost);
/* Tell an opening that still waits to be told, as something else comes next.
 * `is_over`: that is the peer's end, and its row stands for both. */
void session_show(struct session *s, bool is_over);

#endif
