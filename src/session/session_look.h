/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* When a peer is looked at, and what is told of it at the beginning: for the
 * files of a session. */

#ifndef SESSION_LOOK_H
#define SESSION_LOOK_H

#include "session_private.h"

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

/* Write who is at the other end, "" if nothing is known (yet): then it is told
 * by a note later. */
void session_name_process(struct session *s, char *hint, size_t size);

#endif
