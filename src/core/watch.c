/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The last minute of the one connection that is looked at: a sample each second
 * in which something moves, none while nothing does. */

#include <sockchat/diag.h>

#include "chat_private.h"

struct session *chat_shown(const struct chat *c)
{
	if (chat_target(c))
		return chat_find(c, chat_target(c));
	return chat_session_count(c) == 1 ? chat_session(c, 0) : NULL;
}

bool chat_facts(const struct chat *c, struct facts *out)
{
	const struct session *s = chat_shown(c);
	if (s)
		session_facts(s, out);
	else if (!chat_session_count(c) ||
	         chat_target(c) == c->own->last.number)
		*out = c->own->last;
	else
		out->number = 0;
	out->now = stamp_now();
	return out->number != 0;
}

const struct health *chat_health(const struct chat *c)
{
	return &c->own->health;
}

static void look(struct chat *c, const struct session *s)
{
	struct facts facts;
	session_facts(s, &facts);
	if (health_look(&c->own->health, &facts) &&
	    timer_start(c->loop, &c->own->look, HEALTH_STEP_NS))
		die("no memory for a timer");
}

void watch_on_time(struct timer *t)
{
	struct chat *c = t->user;
	const struct session *s = chat_shown(c);
	if (s && session_is_open(s))
		look(c, s);
}

void watch_turn(struct chat *c)
{
	const struct session *s = c->own->look.loop ? NULL : chat_shown(c);
	if (s && session_is_open(s) &&
	    !health_is_known(&c->own->health, session_number(s),
	                     session_bytes_in(s), session_bytes_out(s)))
		look(c, s);
}

void watch_end(struct chat *c, const struct session *s)
{
	if (!chat_session_count(c) || chat_target(c) == session_number(s))
		session_facts(s, &c->own->last);
}
