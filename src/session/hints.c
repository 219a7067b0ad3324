/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session's bytes let us say to somebody who wonders: which protocol
 * the peer speaks, and the traps. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/recognise.h>
#include <sockchat/traps.h>

#include "hints.h"
#include "session_private.h"

struct watcher {
	struct traps traps;
	unsigned seen;             /* of traps, told or not */
	struct session_hints told; /* to somebody who connects */
	const char *spoken;        /* what we began with, or NULL */
	bool is_known;             /* … that of the peer, or nobody knows it */
	struct bytes head;         /* its first bytes, while they say nothing */
};

/* One that comes after the first bytes has not seen them. */
static struct watcher *watcher_of(struct session *s, bool is_fresh)
{
	struct watcher **w = &s->talk->watcher;
	if (!s->settings->hints || !s->settings->keeps_entries) {
		hints_free(*w);
		*w = NULL;
	} else if (!*w && (*w = calloc(1, sizeof(**w)))) {
		traps_init(&(*w)->traps, is_fresh);
		(*w)->is_known = !is_fresh;
	}
	return *w;
}

void hints_free(struct watcher *w)
{
	if (w)
		bytes_finish(&w->head);
	free(w);
}

/* A listener tells each thing once, however many peers do it. */
static struct session_hints *told(const struct session *s)
{
	return s->link.is_accepted ? s->settings->hints
	                           : &s->talk->watcher->told;
}

/* Not in the middle of a message. */
static void tell_traps(struct session *s)
{
	struct session_hints *hints = told(s);
	unsigned news = s->talk->watcher->seen & ~hints->traps;
	if (s->talk->in.seq)
		return;
	hints->traps |= news;
	for (unsigned i = 0; i < TRAP_COUNT; i++)
		if (news & 1u << i)
			session_tell_note(s, trap_hint(i), "%s", trap_text(i));
}

/* Who speaks a protocol on purpose need not be told. */
static void tell_protocol(struct session *s, const struct recognised *r)
{
	uint64_t row = UINT64_C(1) << r->row;
	struct session_hints *hints = told(s);
	const char *spoken = s->talk->watcher->spoken;
	if (hints->protocols & row || (spoken && strcmp(spoken, r->name) == 0))
		return;
	hints->protocols |= row;
	session_tell_note(s, r->hint, "%s", r->text);
}

/* -1 without memory; then they are judged as they are. */
static int keep(struct watcher *w, const uint8_t *bytes, size_t len)
{
	size_t room = RECOGNISE_MAX - w->head.len;
	return bytes_append(&w->head, bytes, len < room ? len : room);
}

/* The first bytes, or those that follow; `is_all`: no more are waited for. */
static void look(struct session *s, const uint8_t *bytes, size_t len,
                 bool is_all)
{
	struct watcher *w = s->talk->watcher;
	struct recognised r;
	if (w->head.len && !keep(w, bytes, len)) {
		bytes = w->head.data;
		len = w->head.len;
	}
	enum recognise_result result = recognise(
	    &r, bytes, len, is_all,
	    s->link.is_accepted ? RECOGNISE_CLIENT : RECOGNISE_SERVER,
	    s->link.is_accepted ? session_local(s) : s->link.where);
	if (result == RECOGNISE_MORE && (w->head.len || !keep(w, bytes, len)))
		return;
	if (result == RECOGNISE_YES)
		tell_protocol(s, &r);
	w->is_known = true;
	bytes_finish(&w->head);
}

static void look_at_rest(struct session *s)
{
	if (s->talk->watcher->head.len)
		look(s, NULL, 0, true);
}

void hints_in(struct session *s, const uint8_t *bytes, size_t len)
{
	struct watcher *w =
	    watcher_of(s, s->link.bytes_in == len && !s->link.bytes_out);
	if (!w)
		return;
	if (!w->is_known)
		look(s, bytes, len, false);
	unsigned seen = traps_in(&w->traps, bytes, len);
	w->seen |= s->settings->is_decoded ? seen & ~TRAPS_OF_ENCODING : seen;
	tell_traps(s);
}

void hints_out(struct session *s, const void *bytes, size_t len)
{
	bool is_first = !s->link.bytes_in && !s->link.bytes_out &&
	                queue_len(s->queue) == len;
	struct watcher *w = watcher_of(s, is_first);
	struct recognised r;
	if (!w)
		return;
	look_at_rest(s);
	if (is_first && recognise(&r, bytes, len, true,
	                          s->link.is_accepted ? RECOGNISE_SERVER
	                                              : RECOGNISE_CLIENT,
	                          "") == RECOGNISE_YES)
		w->spoken = r.name;
	w->seen |= traps_out(&w->traps, bytes, len,
	                     s->settings->drip_bytes != 0);
	tell_traps(s);
}

void hints_end(struct session *s)
{
	if (!s->talk || !s->talk->watcher || !watcher_of(s, false))
		return;
	look_at_rest(s);
	tell_traps(s);
}
