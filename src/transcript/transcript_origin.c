/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What stands beside the bytes of entries is kept once for many of them: a
 * moment for those of one read, which has the time since that of its origin. */

#include <sockchat/dial.h>

#include "transcript_private.h"

/* A moment's number: nanoseconds since the origin's time, by how many
 * microseconds the wall clock is off then, and where the origin is. */
#define NS_BITS  44 /* almost five hours */
#define FIX_BITS 4
#define FIX_BIAS 8
#define AT_SHIFT (NS_BITS + FIX_BITS)
#define AT_UNIT  sizeof(uint64_t) /* origins stand at multiples of it */
#define AT_MAX   ((size_t)UINT16_MAX * AT_UNIT)

struct moment {
	uint64_t number; /* without the origin's place */
	uint32_t later;  /* microseconds from the origin's question to this
	                  * one's */
};

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *store_text(struct chunk *c, const char *text)
{
	size_t len = strlen(or_empty(text));
	return len ? store_bytes(c, text, len + 1) : "";
}

/* Something of so many bytes; NULL is fine. */
static const void *store(struct chunk *c, const void *from, size_t size)
{
	if (!from)
		return NULL;
	align_used(c);
	return store_bytes(c, from, size);
}

static bool is_rare(const struct entry *d)
{
	return *or_empty(d->local) || *or_empty(d->client) ||
	       *or_empty(d->proxy) || *or_empty(d->code) ||
	       *or_empty(d->hint) || d->timing || d->moved || d->mismatch;
}

static size_t mismatch_size(const struct mismatch *m)
{
	return m ? sizeof(*m) + m->awaited_len + m->came_len : 0;
}

static const struct mismatch *store_mismatch(struct chunk *c,
                                             const struct mismatch *m)
{
	if (!m)
		return NULL;
	struct mismatch own = *m;
	if (m->awaited)
		own.awaited = store_bytes(c, m->awaited, m->awaited_len);
	if (m->came)
		own.came = store_bytes(c, m->came, m->came_len);
	return store(c, &own, sizeof(own));
}

size_t origin_size(const struct entry *d)
{
	return 5 * _Alignof(struct origin) + sizeof(struct origin) +
	       MOMENT_SIZE + ASKED_SIZE + sizeof(struct rare) +
	       (d->timing ? sizeof(*d->timing) : 0) +
	       (d->moved ? sizeof(*d->moved) : 0) +
	       mismatch_size(d->mismatch) +
	       strlen(or_empty(d->peer)) + strlen(or_empty(d->local)) +
	       strlen(or_empty(d->client)) + strlen(or_empty(d->proxy)) +
	       strlen(or_empty(d->code)) + strlen(or_empty(d->hint)) + 6;
}

static const struct rare *store_rare(struct chunk *c, const struct entry *d)
{
	if (!is_rare(d))
		return NULL;
	struct rare r = {
		.local = store_text(c, d->local),
		.client = store_text(c, d->client),
		.proxy = store_text(c, d->proxy),
		.code = store_text(c, d->code),
		.hint = store_text(c, d->hint),
		.timing = store(c, d->timing, sizeof(*d->timing)),
		.moved = store(c, d->moved, sizeof(*d->moved)),
		.mismatch = store_mismatch(c, d->mismatch),
	};
	return store(c, &r, sizeof(r));
}

/* Where the place of an origin for such entries is kept. */
static uint16_t *slot_of(struct transcript *t, const struct entry *d, bool back)
{
	bool is_out = d->dir == ENTRY_OUT;
	return &t->origins[(2 * d->session + (is_out ^ back)) % ORIGINS];
}

static const struct origin *origin_in(const struct chunk *c, uint16_t slot)
{
	return slot ? (const void *)(c->data + (slot - 1) * AT_UNIT) : NULL;
}

/* A peer's name is there already if it was spoken to, or has spoken. */
static const char *store_peer(struct transcript *t, struct chunk *c,
                              const struct entry *d)
{
	const struct origin *known[] = {
		c->origin, origin_in(c, *slot_of(t, d, true)),
	};
	for (size_t i = 0; i < 2; i++)
		if (known[i] && strcmp(known[i]->peer, or_empty(d->peer)) == 0)
			return known[i]->peer;
	return store_text(c, d->peer);
}

static const struct origin *store_origin(struct transcript *t, struct chunk *c,
                                         const struct entry *d)
{
	struct origin o = {
		.time = d->time,
		.asked_ns = d->time.mono_ns - d->wait_ns,
		.waits = d->wait_ns != 0,
		.stream_at = (uint32_t)d->stream_at,
		.first = (uint16_t)c->count,
		.peer = store_peer(t, c, d),
		.frame = d->frame,
		.rare = store_rare(c, d),
		.session = d->session,
		.prefix_at = d->prefix_at,
		.kind = d->kind & 7u,
		.dir = d->dir & 3u,
		.state = d->state & 7u,
		.ended = d->ended & 3u,
		.has_datagrams = d->has_datagrams,
		.role = d->role & 3u,
		.share = d->share & 3u,
	};
	const struct origin *stored = store(c, &o, sizeof(o));
	size_t at = (size_t)((const uint8_t *)stored - c->data);
	if (d->kind == ENTRY_MESSAGE)
		*slot_of(t, d, false) = (uint16_t)(at / AT_UNIT + 1);
	return stored;
}

/* Whether the entry can be told from this origin, and how. */
static bool fits(struct moment *m, const struct origin *o,
                 const struct entry *d)
{
	int64_t ns = d->time.mono_ns - o->time.mono_ns;
	int64_t fix = d->time.wall_us - o->time.wall_us - ns / 1000 + FIX_BIAS;
	int64_t asked_ns = d->time.mono_ns - d->wait_ns - o->asked_ns;
	int64_t later = o->waits ? asked_ns / 1000 : 0;
	*m = (struct moment){
		.number = (uint64_t)ns | (uint64_t)fix << NS_BITS,
		.later = (uint32_t)later,
	};
	return (uint64_t)ns < UINT64_C(1) << NS_BITS &&
	       (uint64_t)fix < 1 << FIX_BITS && later >= 0 &&
	       later <= UINT32_MAX && o->waits == (d->wait_ns != 0) &&
	       o->session == d->session && o->dir == d->dir &&
	       o->kind == d->kind && o->frame == d->frame &&
	       o->prefix_at == d->prefix_at && o->share == d->share &&
	       strcmp(o->peer, or_empty(d->peer)) == 0;
}

/* The origin of the entry, which is made if there is none that fits. */
static const struct origin *find_origin(struct transcript *t, struct chunk *c,
                                        const struct entry *d,
                                        struct moment *m)
{
	const struct origin *o = origin_in(c, *slot_of(t, d, false));
	if (o && !d->jumps && d->kind == ENTRY_MESSAGE && !o->rare &&
	    !is_rare(d) && fits(m, o, d))
		return o;
	o = store_origin(t, c, d);
	(void)fits(m, o, d); /* it does: the first of them */
	return o;
}

bool origin_has_place(size_t used, const struct entry *d)
{
	return used + origin_size(d) <= AT_MAX;
}

void origin_begin(struct transcript *t, struct chunk *c, const struct entry *d)
{
	struct moment m;
	const struct origin *o = find_origin(t, c, d, &m);
	size_t at = (size_t)((const uint8_t *)o - c->data);
	m.number |= (uint64_t)(at / AT_UNIT) << AT_SHIFT;
	c->origin = o;
	c->time = d->time;
	c->wait_ns = d->wait_ns;
	c->is_later = m.later != 0;
	c->moment = (uint32_t)c->used;
	store_bytes(c, &m.number, MOMENT_SIZE);
	if (c->is_later)
		store_bytes(c, &m.later, ASKED_SIZE);
}

const struct origin *origin_of(struct chunk *c, const struct kept *k)
{
	uint32_t at = k->flags & KEPT_GROWS ? k->growth->moment : k->moment;
	uint64_t number;
	memcpy(&number, c->data + at, MOMENT_SIZE);
	return (const void *)(c->data + (number >> AT_SHIFT) * AT_UNIT);
}

static struct moment load_moment(const struct chunk *c, uint32_t at,
                                 bool is_later)
{
	struct moment m = { 0 };
	memcpy(&m.number, c->data + at, MOMENT_SIZE);
	if (is_later)
		memcpy(&m.later, c->data + at + MOMENT_SIZE, ASKED_SIZE);
	return m;
}

void origin_read(struct entry *e, const struct chunk *c, uint32_t moment,
                 bool is_later)
{
	static const struct rare none = {
		.local = "", .client = "", .proxy = "", .code = "",
		.hint = "",
	};
	struct moment m = load_moment(c, moment, is_later);
	const struct origin *o =
	    (const void *)(c->data + (m.number >> AT_SHIFT) * AT_UNIT);
	const struct rare *rare = o->rare ? o->rare : &none;
	int64_t ns = m.number & ((UINT64_C(1) << NS_BITS) - 1);
	int64_t fix = m.number >> NS_BITS & ((1 << FIX_BITS) - 1);
	e->time.mono_ns = o->time.mono_ns + ns;
	e->time.wall_us = o->time.wall_us + ns / 1000 + fix - FIX_BIAS;
	if (o->waits)
		e->wait_ns = e->time.mono_ns - o->asked_ns -
		             m.later * INT64_C(1000);
	e->session = o->session;
	e->kind = o->kind;
	e->dir = o->dir;
	e->state = o->state;
	e->ended = o->ended;
	e->has_datagrams = o->has_datagrams;
	e->role = o->role;
	e->share = o->share;
	e->frame = o->frame;
	e->prefix_at = o->prefix_at;
	e->peer = o->peer;
	e->local = rare->local;
	e->client = rare->client;
	e->proxy = rare->proxy;
	e->code = rare->code;
	e->hint = rare->hint;
	e->timing = rare->timing;
	e->moved = rare->moved;
	e->mismatch = rare->mismatch;
}
