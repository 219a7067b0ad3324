/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What recorders hear: entries, when they are to be written, and the wire. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/link.h>

#include "recorder_private.h"

static bool is_gated(const struct recorder *r)
{
	return r->ops->ack && r->all->door.ticks;
}

/* Entries */

/* It was loaded from a file, or a command was asked for it. */
static bool is_unheard(const struct entry *e)
{
	return entry_is_old(e) || entry_is_answer(e);
}

/* Or the wire tells what it does, but not of what did not go as it came. */
static bool is_ignored(const struct recorder *r, const struct entry *e)
{
	return is_unheard(e) || (r->ops->ignores_messages && !e->fate &&
	                          e->kind == ENTRY_MESSAGE);
}

/* There was no memory for its name before. */
static void name_late(struct track *t, const char *peer)
{
	struct error why;
	(void)!recorder_name_track(t, peer, &why);
}

/* What the program says by itself belongs to no conversation; one that is heard
 * on the wire begins there. */
static struct track *track_of_entry(struct recorder *r, const struct entry *e)
{
	struct track *t = recorder_track(r, e->session);
	bool begins = !t && e->session && !(r->ops->hears & SINK_WIRE);
	if (begins)
		return recorder_add_session(r, e->session, e->peer);
	if (t && !t->is_named && r->splits)
		name_late(t, e->peer);
	return t;
}

static void look_now(struct recorder *r, struct track *t)
{
	const struct recorders_door *d = &r->all->door;
	if (t->batch && t->batch == r->all->batch)
		return;
	t->batch = r->all->batch;
	t->sink->look = d->look(d->user);
	for (size_t i = 0; i < 2 && is_gated(r); i++)
		t->sink->look.unpack[i] = r->unpack[i];
}

static void see_queue(const struct recorder *r, struct track *t,
                      uint32_t session)
{
	const struct recorders_door *d = &r->all->door;
	t->sink->queue = (struct sink_queue){ 0 };
	if (r->ops->hears & SINK_UNTOLD && d->queue)
		d->queue(d->user, session, &t->sink->queue);
}

static void write_entry(void *user, const struct entry *e, size_t from)
{
	struct recorder *r = user;
	struct track *t = track_of_entry(r, e);
	if (!t)
		return;
	look_now(r, t);
	see_queue(r, t, e->session);
	track_add_entry(t, e, from);
	if (e->kind == ENTRY_STATE && e->state == ENTRY_CLOSED)
		t->ended |= SINK_ENTRIES;
	recorder_write_soon(r);
}

static void write_ack(struct recorder *r, const struct entry *e)
{
	struct track *t = recorder_track(r, e->session);
	if (!t)
		return;
	look_now(r, t);
	track_add_ack(t, e);
	recorder_write_soon(r);
}

static void show_entry(struct recorder *r, const struct entry *e)
{
	struct track *t = recorder_track(r, e->session);
	if (settle_show(&r->settle, e) && t)
		record_file_lose(&t->file, e->len + 1, 1, ENOMEM);
}

static void on_gate(void *user, enum gate_step step, const struct entry *e)
{
	struct recorder *r = user;
	if (is_unheard(e))
		return;
	switch (step) {
	case GATE_WRITE:
		show_entry(r, e);
		break;
	case GATE_HOLD:
		settle_before(&r->settle, e);
		break;
	case GATE_HELD:
		write_entry(r, e, 0);
		break;
	case GATE_LATE:
		write_ack(r, e);
		break;
	}
}

/* What was said before the formats of fields changed has the old ones. */
static void follow_formats(struct recorder *r)
{
	const struct recorders_door *d = &r->all->door;
	struct wrap_look look = d->look(d->user);
	for (size_t i = 0; i < 2; i++) {
		const char *now = look.unpack[i] ? look.unpack[i] : "";
		if (strcmp(r->unpack[i], now) == 0)
			continue;
		gate_write_all(&r->gate);
		snprintf(r->unpack[i], UNPACK_FORMAT_MAX, "%s", now);
	}
}

static void hear_entries(struct recorder *r, uint64_t first, uint64_t end)
{
	struct entry e;
	if (is_gated(r)) {
		follow_formats(r);
		gate_show(&r->gate, first, end);
		return;
	}
	for (uint64_t seq = first; seq < end; seq++)
		if (transcript_at(r->all->door.transcript, seq, &e) &&
		    !is_ignored(r, &e))
			show_entry(r, &e);
}

void recorders_on_entries(void *user, uint64_t first, uint64_t end)
{
	struct recorders *all = user;
	all->batch = ++all->batches;
	for (struct recorder *r = all->first; r; r = r->next)
		if (r->ops->hears & SINK_ENTRIES)
			hear_entries(r, first, end);
	all->batch = 0;
}

static void follow_recut(struct recorder *r, const struct recut *recut)
{
	if (!recut && is_gated(r))
		gate_write_all(&r->gate);
	if (!recut)
		return;
	if (is_gated(r))
		gate_recut(&r->gate);
	if (settle_recut(&r->settle, recut) && r->tracks)
		record_file_lose(&r->tracks->file, 1, 1, ENOMEM);
}

void recorders_on_recut(void *user, const struct recut *recut)
{
	struct recorders *all = user;
	for (struct recorder *r = all->first; r; r = r->next)
		if (r->ops->hears & SINK_ENTRIES)
			follow_recut(r, recut);
}

/* The wire */

/* A socket has a number, and its file a name, when a link is open on it.  A
 * failure is told when the turn is over. */
static void name_by_link(struct track *t, const struct link *l)
{
	struct error e;
	t->session = l->number;
	if (!t->is_named)
		(void)!recorder_name_track(t, l->where, &e);
}

static struct track *track_of_wire(struct recorder *r,
                                   const struct wire_news *n)
{
	struct track *t;
	if (!r->splits)
		return r->tracks;
	t = n->socket ? recorder_find_socket(r, n->socket) : NULL;
	if (!t && n->link)
		t = recorder_track(r, n->link->number);
	if (!t && n->kind != WIRE_CLOSED && (t = recorder_add_track(r)))
		track_begin(t);
	if (!t)
		return NULL;
	t->socket = n->socket;
	if (n->link)
		name_by_link(t, n->link);
	return t;
}

/* The bytes of a client in the middle are those of its target as well. */
static bool is_twice(const struct recorder *r, const struct wire_news *n)
{
	return n->link && n->link->is_near && !(r->ops->hears & SINK_SOCKETS);
}

static void hear_wire(struct recorder *r, const struct wire_news *n)
{
	struct track *t = track_of_wire(r, n);
	if (t)
		track_add_wire(t, n);
	if (t && n->kind == WIRE_CLOSED && r->splits) {
		recorder_name_by_address(t, n->socket);
		t->ended |= SINK_WIRE;
		t->socket = NULL;
	}
	recorder_write_soon(r);
}

/* Its conversations begin and end by entries. */
static void hear_untold(struct recorder *r, const struct wire_news *n)
{
	if (n->kind != WIRE_BYTES || !(n->layers & WIRE_USER))
		return;
	struct track *t = recorder_track(r, n->link->number);
	if (!t && r->splits)
		t = recorder_add_session(r, n->link->number, n->link->where);
	if (!t)
		return;
	see_queue(r, t, n->link->number);
	track_add_wire(t, n);
	recorder_write_soon(r);
}

void recorders_on_wire(void *user, const struct wire_news *n)
{
	struct recorders *all = user;
	for (struct recorder *r = all->first; r; r = r->next)
		if (is_twice(r, n))
			continue;
		else if (r->ops->hears & SINK_WIRE)
			hear_wire(r, n);
		else if (r->ops->hears & SINK_UNTOLD && all->door.queue)
			hear_untold(r, n);
}

void recorder_start_hearing(struct recorder *r)
{
	const struct recorders_door *d = &r->all->door;
	settle_init(&r->settle, d->loop, d->transcript, write_entry, r);
	if (r->ops->is_text)
		r->settle.encoding = d->encoding;
	r->settle.waits_states = r->ops->is_text;
	if (!is_gated(r))
		return;
	r->gate = (struct gate){
		.loop = d->loop,
		.transcript = d->transcript,
		.ticks = d->ticks,
		.step = on_gate,
		.user = r,
	};
	gate_init(&r->gate);
	gate_recut(&r->gate); /* begin with what comes */
	follow_formats(r);
}

void recorder_stop_hearing(struct recorder *r)
{
	if (is_gated(r)) {
		gate_write_all(&r->gate);
		gate_stop(&r->gate);
	}
	settle_write_all(&r->settle);
	settle_finish(&r->settle);
}
