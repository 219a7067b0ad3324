/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recorders: how long they live, and when they write. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/record_name.h>

#include "recorder_private.h"

/* Who is to be told of what. */
static void listen_as_needed(struct recorders *all)
{
	unsigned hears = 0;
	transcript_unlisten(all->door.transcript, &all->entries);
	wire_unlisten(all->door.wire, &all->wire);
	for (struct recorder *r = all->first; r; r = r->next)
		hears |= r->ops->hears;
	all->is_told_entries = hears & SINK_ENTRIES;
	if (hears & SINK_ENTRIES)
		transcript_listen(all->door.transcript, &all->entries);
	if (hears & SINK_WIRE || (hears & SINK_UNTOLD && all->door.queue))
		wire_listen(all->door.wire, &all->wire);
}

/* Writing */

static void tell_over(const struct recorders_door *d, const struct track *t)
{
	char size[SINK_GAP_SIZE_MAX], path[160], text[300];
	glyph_copy(path, sizeof(path), t->file.path, GLYPH_ANY_WIDTH);
	sink_gap_size(size, &t->over);
	snprintf(text, sizeof(text), "%s can be written again; %s are missing "
	         "in it", path, size);
	d->on_note(d->user, "record-again", text);
}

static void tell_failure(const struct recorders_door *d, struct track *t,
                         int errnum)
{
	struct error e;
	if (t->has_told)
		return;
	t->has_told = true;
	track_explain(t, errnum, &e);
	d->on_error(d->user, &e);
}

/* That something was lost is told also when it can be written again since. */
static void tell_track(const struct recorders_door *d, struct track *t)
{
	if (t->over.bytes) {
		tell_failure(d, t, t->over.errnum);
		tell_over(d, t);
	}
	if (t->over.errnum)
		t->has_told = false;
	t->over = (struct sink_gap){ .errnum = 0 };
	if (track_fails(t))
		tell_failure(d, t, t->file.gap.errnum);
}

static void finish_track(struct recorder *r, struct track **at)
{
	const struct recorders_door *d = &r->all->door;
	struct track *t = *at;
	struct error e;
	*at = t->next;
	if (!t->is_named && t->socket)
		recorder_name_by_address(t, t->socket);
	bool is_lost = !t->is_named && t->out.len;
	if (is_lost)
		error_set_errno(&e, ENOMEM, "cannot record to %s", r->name);
	if (is_lost || (t->is_named && track_finish(t, &e)))
		d->on_error(d->user, &e);
	r->written += t->file.written;
	track_free(t);
}

/* All who hear have told the end. */
static bool is_over(const struct recorder *r, const struct track *t)
{
	unsigned told = r->ops->hears & (SINK_ENTRIES | SINK_WIRE);
	unsigned wanted = t->is_named ? told : SINK_WIRE;
	return r->splits && (t->ended & wanted) == wanted;
}

/* True if one of its files is to be tried again later. */
static bool write_tracks(struct recorder *r)
{
	bool fails = false;
	for (struct track **at = &r->tracks; *at;) {
		struct track *t = *at;
		track_flush(t);
		track_write(t);
		if (t->is_named)
			tell_track(&r->all->door, t);
		if (is_over(r, t)) {
			finish_track(r, at);
			continue;
		}
		fails |= t->file.gap.errnum != 0;
		at = &t->next;
	}
	return fails;
}

static void write_all(struct recorders *all)
{
	bool fails = false;
	for (struct recorder *r = all->first; r; r = r->next)
		fails |= write_tracks(r);
	if (fails)
		timer_start(all->door.loop, &all->retry, SECOND_NS);
	else
		timer_stop(&all->retry);
}

static void on_write(struct later *l)
{
	write_all(l->user);
}

static void on_retry(struct timer *t)
{
	write_all(t->user);
}

/* Life */

struct recorders *recorders_new(const struct recorders_door *door)
{
	struct recorders *all = calloc(1, sizeof(*all));
	if (!all)
		return NULL;
	all->door = *door;
	snprintf(all->endpoint, sizeof(all->endpoint), "%s", door->endpoint);
	all->door.endpoint = all->endpoint;
	all->entries = (struct transcript_listener){
		.on_entries = recorders_on_entries,
		.on_recut = recorders_on_recut,
		.user = all,
	};
	all->wire = (struct wire_listener){
		.on_wire = recorders_on_wire, .user = all,
	};
	all->write = (struct later){ .on_call = on_write, .user = all };
	all->retry = (struct timer){ .on_time = on_retry, .user = all };
	return all;
}

static void free_recorder(struct recorder *r)
{
	for (size_t i = 0; i < MADE_MAX; i++)
		free(r->made[i]);
	free(r->name);
	free(r);
}

/* What waits for its acknowledgement or its rest is written as it is. */
static void end_recorder(struct recorder *r)
{
	recorder_stop_hearing(r);
	while (r->tracks)
		finish_track(r, &r->tracks);
	free_recorder(r);
}

size_t recorders_stop(struct recorders *all)
{
	size_t count = 0;
	for (; all->first; count++) {
		struct recorder *r = all->first;
		all->first = r->next;
		end_recorder(r);
	}
	timer_stop(&all->retry);
	listen_as_needed(all);
	return count;
}

void recorders_end(struct recorders *all)
{
	if (!all)
		return;
	recorders_stop(all);
	later_cancel(&all->write);
	free(all);
}

static bool is_recorded(const struct recorders *all, const char *name)
{
	for (const struct recorder *r = all->first; r; r = r->next)
		if (strcmp(r->name, name) == 0)
			return true;
	return false;
}

/* NULL with a sentence. */
static struct recorder *new_recorder(struct recorders *all, const char *name,
                                     struct error *e)
{
	const char *file;
	const struct sink_ops *ops = record_name_parse(name, &file, e);
	struct recorder *r = ops ? calloc(1, sizeof(*r)) : NULL;
	struct bytes path = { 0 };
	if (r && file_append_path(&path, file, strlen(file)) == 0)
		r->name = strdup(bytes_text(&path));
	bytes_finish(&path);
	if (r && r->name) {
		r->all = all;
		r->ops = ops;
		r->splits = record_name_splits(r->name);
		return r;
	}
	free(r);
	if (ops)
		error_set_errno(e, ENOMEM, "cannot record");
	return NULL;
}

/* The file of all conversations.  -1 with a sentence. */
static int open_common(struct recorder *r, struct error *e)
{
	struct track *t = recorder_add_track(r);
	if (!t)
		return error_set_errno(e, ENOMEM, "cannot record");
	if (recorder_name_track(t, "", e))
		return -1;
	track_begin(t);
	recorder_write_soon(r);
	return 0;
}

static void give_up(struct recorder *r)
{
	if (r->tracks)
		track_free(r->tracks);
	free_recorder(r);
}

int recorders_start(struct recorders *all, const char *name,
                    enum record_over over, struct error *e)
{
	struct recorder *r = new_recorder(all, name, e);
	struct recorder **end = &all->first;
	if (!r)
		return -1;
	r->over = over;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (is_recorded(all, r->name))
		error_set(e, "%s is being recorded already", r->name);
	if (is_recorded(all, r->name) || (!r->splits && open_common(r, e))) {
		give_up(r);
		return -1;
	}
	recorder_start_hearing(r);
	while (*end)
		end = &(*end)->next;
	*end = r;
	listen_as_needed(all);
	return 0;
}

/* Looking */

bool recorders_hear_entries(const struct recorders *all)
{
	return all && all->is_told_entries;
}

static void add_sums(const struct recorder *r, struct recorder_sums *out)
{
	out->written += r->written;
	for (const struct track *t = r->tracks; t; t = t->next) {
		out->files += t->file.fd >= 0;
		out->written += t->file.written;
		out->missing += t->file.gap.bytes;
		out->fails |= track_fails(t);
	}
}

bool recorders_at(const struct recorders *all, size_t i,
                  struct recorder_sums *out)
{
	const struct recorder *r = all->first;
	while (r && i--)
		r = r->next;
	if (!r)
		return false;
	*out = (struct recorder_sums){
		.format = r->ops->name, .name = r->name,
	};
	add_sums(r, out);
	return true;
}

size_t recorders_sum(const struct recorders *all, struct recorder_sums *out)
{
	size_t count = 0;
	*out = (struct recorder_sums){ .files = 0 };
	for (const struct recorder *r = all ? all->first : NULL; r;
	     r = r->next, count++)
		add_sums(r, out);
	return count;
}
