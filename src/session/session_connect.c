/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The way to a peer that we connect to. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "session_private.h"

struct approach {
	struct timing timing;
	bool is_timed; /* it has ended by itself */
	char called[];        /* the peer as the user calls it */
};

static void on_connecting(void *user)
{
	struct session *s = user;
	session_tell_state(s, ENTRY_CONNECTING, "", "connecting to %s",
	                   s->link.where);
}

static void on_step(void *user, const char *text)
{
	const struct session *s = user;
	if (s->settings->tells_steps)
		session_tell_note(user, "", "%s", text);
}

void session_note_timing(struct session *s)
{
	if (!s->link.dial || !s->approach)
		return;
	s->approach->timing = *dial_timing(s->link.dial);
	s->approach->is_timed = true;
}

static struct approach *approach_new(const char *called)
{
	size_t len = strlen(called);
	struct approach *a = calloc(1, sizeof(*a) + len + 1);
	if (!a)
		return NULL;
	memcpy(a->called, called, len);
	return a;
}

void session_connect(struct session *s, const struct transport_ops *transport,
                     const struct endpoint *ep,
                     const struct dial_settings *settings)
{
	char text[ENDPOINT_TEXT_MAX], called[ENDPOINT_TEXT_MAX];
	const struct dial_steps steps = {
		.on_connecting = on_connecting,
		.on_step = on_step,
		.user = s,
	};
	struct error e;
	endpoint_format(ep, text);
	glyph_copy(called, sizeof(called), text, GLYPH_ASCII);
	s->approach = approach_new(called);
	if (s->approach && !session_set_addresses(s, called, "")) {
		session_tell_state(s, ENTRY_RESOLVING, "", "resolving %s",
		                   called);
		if (!link_dial(&s->link, transport, ep, settings, &steps))
			return;
	}
	error_set_errno(&e, errno, "cannot connect to %s", called);
	session_fail(s, &e);
}

struct timing *session_timing(const struct session *s)
{
	struct approach *a = s->approach;
	return a && a->is_timed ? &a->timing : NULL;
}

const char *session_called(const struct session *s)
{
	return s->approach ? s->approach->called : "";
}

void session_drop_approach(struct session *s)
{
	free(s->approach);
	s->approach = NULL;
}

int session_set_addresses(struct session *s, const char *peer,
                          const char *local)
{
	size_t peer_size = strlen(peer) + 1, local_size = strlen(local) + 1;
	char *both = malloc(peer_size + local_size);
	if (!both)
		return -1;
	memcpy(both, peer, peer_size);
	memcpy(both + peer_size, local, local_size);
	free(s->addresses);
	s->addresses = both;
	s->link.where = both;
	s->local = both + peer_size;
	return 0;
}
