/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The last minute of each connection, or of the shown one when there are many:
 * one sample in each second in which something moves, none while nothing
 * does.  And what is found out about peers, when it is time. */

#include <sockchat/pair.h>

#include "chat_private.h"

/* Looking at peers takes so much time, and then rests for so long. */
#define WORK_NS (5 * MS_NS)
#define REST_NS (50 * MS_NS)

/* The client's session, in the middle. */
static const struct session *client_of(const struct session *s)
{
	return s && s->pair ? s->pair->near : NULL;
}

/* The facts of this session; when the one that is shown has gone, the last ones
 * of it. */
static bool find_facts(const struct chat *c, const struct session *s,
                       const struct facts *last, struct facts *out)
{
	bool has_gone = !chat_shown(c) && (!chat_session_count(c) ||
	                                   c->target == last->number);
	if (s)
		session_facts_to_show(s, out);
	else if (has_gone)
		*out = *last;
	else
		out->number = 0;
	out->now = stamp_now();
	return out->number != 0;
}

bool chat_facts(const struct chat *c, struct facts *out)
{
	return find_facts(c, chat_shown(c), &c->own->last.facts, out);
}

bool chat_client_facts(const struct chat *c, struct facts *out)
{
	return find_facts(c, client_of(chat_shown(c)),
	                  &c->own->last_client.facts, out);
}

/* The samples of this session; NULL: it is not watched. */
static struct health *find_health(struct health *list, uint32_t number)
{
	for (size_t i = 0; i < WATCH_MAX; i++)
		if (list[i].number == number)
			return &list[i];
	return NULL;
}

static const struct health unknown;

const struct health *chat_health(const struct chat *c, uint32_t number)
{
	const struct health *h = find_health(c->own->health, number);
	return h ? h : &unknown;
}

const struct health *chat_client_health(const struct chat *c, uint32_t number)
{
	const struct health *h = find_health(c->own->client_health, number);
	return h ? h : &unknown;
}

/* Where its samples go: its own place, or that of a session that has gone, or
 * else another's. */
static struct health *place_for(const struct chat *c, struct health *list,
                                uint32_t number)
{
	struct health *own = find_health(list, number);
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

static bool is_news(struct health *list, const struct session *s)
{
	const struct health *h =
	    s ? find_health(list, s->link.number) : NULL;
	return s && session_is_open(s) &&
	       !health_is_known(h ? h : &unknown, s->link.number,
	                        s->link.bytes_in, s->link.bytes_out);
}

static bool has_news(const struct chat *c)
{
	const struct session *s;
	for (size_t i = 0; (s = watched(c, i)); i++)
		if (is_news(c->own->health, s) ||
		    is_news(c->own->client_health, client_of(s)))
			return true;
	return false;
}

static bool take_sample(const struct chat *c, struct health *list,
                        const struct session *s)
{
	struct facts facts;
	if (!s || !session_is_open(s))
		return false;
	session_sample(s, &facts);
	return health_look(place_for(c, list, facts.number), &facts);
}

static void take_samples(struct timer *t)
{
	struct chat *c = t->user;
	const struct session *s;
	bool goes_on = false;
	for (size_t i = 0; (s = watched(c, i)); i++) {
		goes_on |= take_sample(c, c->own->health, s);
		goes_on |= take_sample(c, c->own->client_health, client_of(s));
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

/* The session goes with what it has lent: keep a copy. */
static void keep_facts(struct last_facts *last, const struct session *s)
{
	struct facts *f = &last->facts;
	f->number = 0;
	if (!s)
		return;
	session_sample(s, f);
	f->tls = session_tls(s);
	if (f->tls) {
		last->tls = *f->tls;
		f->tls = &last->tls;
	}
	if (f->timing) {
		last->timing = *f->timing;
		f->timing = &last->timing;
	}
}

void watch_end(struct chat *c, const struct session *s)
{
	if (!c->session_settings.tells_states ||
	    (chat_session_count(c) && c->target != s->link.number))
		return;
	keep_facts(&c->own->last, s);
	keep_facts(&c->own->last_client, client_of(s));
}
