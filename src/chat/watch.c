/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The last minute of each connection, or of the shown one when there are many:
 * one sample in each second in which something moves, none while nothing
 * does.  And what is found out about peers, when it is time. */

#include "chat_private.h"

/* Looking at peers takes so much time, and then rests for so long. */
#define WORK_NS (5 * MS_NS)
#define REST_NS (50 * MS_NS)

bool chat_facts(const struct chat *c, struct facts *out)
{
	const struct session *s = chat_shown(c);
	if (s)
		session_facts_to_show(s, out);
	else if (!chat_session_count(c) ||
	         c->target == c->own->last.number)
		*out = c->own->last;
	else
		out->number = 0;
	out->now = stamp_now();
	return out->number != 0;
}

/* The samples of this session; NULL: it is not watched. */
static struct health *find_health(const struct chat *c, uint32_t number)
{
	for (size_t i = 0; i < WATCH_MAX; i++)
		if (c->own->health[i].number == number)
			return &c->own->health[i];
	return NULL;
}

const struct health *chat_health(const struct chat *c, uint32_t number)
{
	static const struct health unknown;
	const struct health *h = find_health(c, number);
	return h ? h : &unknown;
}

/* Where its samples go: its own place, or that of a session that has gone, or
 * else another's. */
static struct health *place_for(struct chat *c, uint32_t number)
{
	struct health *list = c->own->health, *own = find_health(c, number);
	if (own)
		return own;
	for (size_t i = 0; i < WATCH_MAX; i++)
		if (!chat_find(c, list[i].number))
			return &list[i];
	return &list[number % WATCH_MAX];
}

/* Number `i` of the sessions that are watched; NULL behind the last. */
static struct session *watched(const struct chat *c, size_t i)
{
	if (chat_session_count(c) <= WATCH_MAX)
		return chat_session(c, i);
	return i ? NULL : chat_shown(c);
}

static bool has_news(const struct chat *c)
{
	const struct session *s;
	for (size_t i = 0; (s = watched(c, i)); i++)
		if (session_is_open(s) &&
		    !health_is_known(chat_health(c, s->number),
		                     s->number, s->link.bytes_in,
		                     s->link.bytes_out))
			return true;
	return false;
}

static void take_samples(struct timer *t)
{
	struct chat *c = t->user;
	const struct session *s;
	struct facts facts;
	bool goes_on = false;
	for (size_t i = 0; (s = watched(c, i)); i++) {
		if (!session_is_open(s))
			continue;
		session_sample(s, &facts);
		goes_on |= health_look(place_for(c, facts.number), &facts);
	}
	if (goes_on)
		chat_start_timer(t, take_samples, HEALTH_STEP_NS);
}

void watch_turn(struct chat *c)
{
	if (!c->own->look.loop && c->session_settings.tells_states &&
	    has_news(c))
		take_samples(&c->own->look);
}

/* Look at the peers of which something is to be found out. */
static void look_at_peers(struct timer *t)
{
	struct chat *c = t->user;
	int64_t now = loop_now_ns(c->loop), end = stamp_mono_ns() + WORK_NS;
	int64_t next = INT64_MAX;
	struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		int64_t due = session_look_due(s);
		if (due && due <= now && stamp_mono_ns() < end) {
			session_look(s);
			due = session_look_due(s);
		}
		if (due && due < next)
			next = due;
	}
	if (next != INT64_MAX)
		chat_start_timer(t, look_at_peers,
		                 next - now > REST_NS ? next - now : REST_NS);
}

void watch_plan(void *user, struct session *s)
{
	struct chat *c = user;
	struct timer *t = &c->own->peers;
	int64_t delay = session_look_due(s) - loop_now_ns(c->loop);
	if (delay < REST_NS)
		delay = REST_NS;
	if (!t->loop || t->due_ns > loop_now_ns(c->loop) + delay)
		chat_start_timer(t, look_at_peers, delay);
}

void watch_end(struct chat *c, const struct session *s)
{
	struct facts *last = &c->own->last;
	if (!c->session_settings.tells_states ||
	    (chat_session_count(c) && c->target != s->number))
		return;
	session_sample(s, last);
	last->tls = session_tls(s);
	if (last->tls) { /* the session's goes with it */
		c->own->last_tls = *last->tls;
		last->tls = &c->own->last_tls;
	}
	if (last->timing) {
		c->own->last_timing = *last->timing;
		last->timing = &c->own->last_timing;
	}
}
