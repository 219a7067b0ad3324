/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which conversation goes into which file. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/record_name.h>

#include "recorder_private.h"

void recorder_write_soon(const struct recorder *r)
{
	loop_later(r->all->door.loop, &r->all->write);
}

static void on_broken(void *user)
{
	struct track *t = user;
	recorder_write_soon(t->recorder);
}

static bool has_made(const struct recorder *r, const char *path)
{
	for (size_t i = 0; i < MADE_MAX && r->made[i]; i++)
		if (strcmp(r->made[i], path) == 0)
			return true;
	return false;
}

static void remember_made(struct recorder *r, const char *path)
{
	char **slot = &r->made[r->made_count++ % MADE_MAX];
	if (has_made(r, path))
		return;
	free(*slot);
	*slot = strdup(path);
}

struct track *recorder_add_track(struct recorder *r)
{
	const struct recorders_door *d = &r->all->door;
	struct track *t = track_new(r->ops);
	if (!t)
		return NULL;
	t->recorder = r;
	t->sink->mode = d->mode;
	t->sink->endpoint = d->endpoint;
	t->sink->has_peers = d->has_peers && !r->splits;
	t->sink->frame = d->frame;
	t->sink->has_untold_in = d->has_untold_in;
	t->file.loop = d->loop;
	t->file.on_broken = on_broken;
	t->file.user = t;
	t->file.over = r->over;
	t->next = r->tracks;
	r->tracks = t;
	return t;
}

/* -1 with a sentence. */
int recorder_name_track(struct track *t, const char *peer, struct error *e)
{
	struct recorder *r = t->recorder;
	struct record_facts facts = {
		.wall_us = stamp_now().wall_us,
		.peer = peer,
		.number = t->session,
	};
	struct bytes path = { 0 };
	int failed = record_name_expand(&path, r->name, &facts);
	if (failed) {
		error_set_errno(e, ENOMEM, "cannot record to %s", r->name);
	} else {
		if (has_made(r, bytes_text(&path)))
			t->file.over = RECORD_APPEND;
		failed = track_open(t, bytes_text(&path), e);
	}
	if (!failed && r->splits)
		remember_made(r, bytes_text(&path));
	bytes_finish(&path);
	return failed;
}

/* A conversation begins.  What goes wrong with its file is told when the turn
 * is over. */
struct track *recorder_add_session(struct recorder *r, uint32_t session,
                                       const char *peer)
{
	struct track *t = recorder_add_track(r);
	struct error e;
	if (!t)
		return NULL;
	t->session = session;
	(void)!recorder_name_track(t, peer, &e);
	track_begin(t);
	return t;
}

struct track *recorder_track(const struct recorder *r, uint32_t session)
{
	struct track *t = r->splits && !session ? NULL : r->tracks;
	while (t && r->splits && t->session != session)
		t = t->next;
	return t;
}

struct track *recorder_find_socket(const struct recorder *r,
                                 const struct transport *socket)
{
	struct track *t = r->tracks;
	while (t && t->socket != socket)
		t = t->next;
	return t;
}

/* It has never been open, and has no number. */
void recorder_name_by_address(struct track *t, const struct transport *socket)
{
	struct transport_facts facts;
	char peer[ADDRESS_TEXT_MAX];
	struct error e;
	if (t->is_named || !t->out.len)
		return;
	transport_facts(socket, FACTS_PEER, &facts);
	address_format(&facts.peer, peer);
	(void)!recorder_name_track(t, peer, &e);
}
