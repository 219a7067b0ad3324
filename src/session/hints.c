/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Hints from the bytes of a conversation: the protocol, once, and the traps. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/recognise.h>
#include <sockchat/traps.h>

#include "session_private.h"

struct watcher {
	struct traps traps;
	unsigned seen;              /* traps, told or not */
	struct session_hints given; /* unless the peer connected to us */
	const char *spoken;         /* the protocol that we speak, or NULL */
	bool is_known;              /* no more is tried to find the peer's */
	struct bytes head;          /* its first bytes, until then */
};

/* The watcher, which is made if there is none, as long as hints are wanted.
 * `is_fresh`: it has missed nothing. */
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

/* The hints that have been given: a listener gives each once, however many
 * peers it concerns. */
static struct session_hints *hints_told(const struct session *s)
{
	return s->link.is_accepted ? s->settings->hints
	                           : &s->talk->watcher->given;
}

/* Give hints about traps, but not in the middle of a message. */
static void hint_traps(struct session *s)
{
	struct session_hints *hints = hints_told(s);
	unsigned news = s->talk->watcher->seen & ~hints->traps;
	if (s->talk->in.seq)
		return;
	hints->traps |= news;
	for (unsigned i = 0; i < TRAP_COUNT; i++)
		if (news & 1u << i)
			session_tell_note(s, trap_rows[i].code,
			                  trap_rows[i].hint, "%s",
			                  trap_rows[i].text);
}

/* Tell the peer's protocol, but not to somebody who speaks it. */
static void hint_protocol(struct session *s, const struct recognised *r)
{
	uint64_t row = UINT64_C(1) << r->row;
	struct session_hints *hints = hints_told(s);
	const char *spoken = s->talk->watcher->spoken;
	if (hints->protocols & row || (spoken && strcmp(spoken, r->name) == 0))
		return;
	hints->protocols |= row;
	session_tell_note(s, r->code, r->hint, "%s", r->text);
}

/* Keep the peer's first bytes.  -1 without memory. */
static int keep_head(struct watcher *w, const uint8_t *bytes, size_t len)
{
	size_t room = RECOGNISE_MAX - w->head.len;
	return bytes_append(&w->head, bytes, len < room ? len : room);
}

/* Recognise the protocol by the peer's first bytes, of which these are the
 * next; `is_all`: no more are waited for. */
static void recognise_head(struct session *s, const uint8_t *bytes, size_t len,
                 bool is_all)
{
	struct watcher *w = s->talk->watcher;
	struct recognised r;
	if (w->head.len && !keep_head(w, bytes, len)) {
		bytes = w->head.data;
		len = w->head.len;
	}
	enum recognise_result result = recognise(
	    &r, bytes, len, is_all,
	    s->link.is_accepted ? RECOGNISE_CLIENT : RECOGNISE_SERVER,
	    s->link.is_accepted ? session_local(s) : s->link.where);
	if (result == RECOGNISE_MORE &&
	    (w->head.len || !keep_head(w, bytes, len)))
		return;
	if (result == RECOGNISE_YES)
		hint_protocol(s, &r);
	w->is_known = true;
	bytes_finish(&w->head);
}

static void recognise_rest(struct session *s)
{
	if (s->talk->watcher->head.len)
		recognise_head(s, NULL, 0, true);
}

void hints_in(struct session *s, const uint8_t *bytes, size_t len)
{
	struct watcher *w =
	    watcher_of(s, s->link.bytes_in == len && !s->link.bytes_out);
	if (!w)
		return;
	if (!w->is_known)
		recognise_head(s, bytes, len, false);
	unsigned seen = traps_in(&w->traps, bytes, len);
	w->seen |= s->settings->is_decoded ? seen & ~TRAPS_OF_ENCODING : seen;
	hint_traps(s);
}

void hints_out(struct session *s, const void *bytes, size_t len)
{
	bool is_first = !s->link.bytes_in && !s->link.bytes_out &&
	                queue_len(s->queue) == len;
	struct watcher *w = watcher_of(s, is_first);
	struct recognised r;
	if (!w)
		return;
	recognise_rest(s);
	if (is_first && recognise(&r, bytes, len, true,
	                          s->link.is_accepted ? RECOGNISE_SERVER
	                                              : RECOGNISE_CLIENT,
	                          "") == RECOGNISE_YES)
		w->spoken = r.name;
	w->seen |= traps_out(&w->traps, bytes, len,
	                     s->settings->drip_bytes != 0);
	hint_traps(s);
}

void hints_end(struct session *s)
{
	if (!s->talk->watcher || !watcher_of(s, false))
		return;
	recognise_rest(s);
	hint_traps(s);
}
