/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The way to a peer that we connect to. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "session_private.h"

struct approach {
	struct dial *dial; /* under way, or NULL */
	struct timing timing;
	bool is_timed; /* it has ended by itself */
	char called[];        /* the peer as the user calls it */
};

static void on_connecting(void *user)
{
	struct session *s = user;
	session_tell_state(s, ENTRY_CONNECTING, "", "connecting to %s",
	                   s->peer);
}

static void on_step(void *user, const char *text)
{
	struct session *s = user;
	if (s->settings->tells_steps)
		session_tell_note(s, "%s", text);
}

static void on_dialed(void *user, struct transport *t,
                      const struct address *peer, const struct error *e)
{
	struct session *s = user;
	s->approach->timing = *dial_timing(s->approach->dial);
	s->approach->is_timed = true;
	s->approach->dial = NULL;
	if (t)
		session_open(s, t, peer);
	else
		session_fail(s, e);
}

static const struct dial_ops dial_ops = {
	.on_connecting = on_connecting,
	.on_step = on_step,
	.on_done = on_dialed,
};

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
	struct error e;
	endpoint_format(ep, text);
	glyph_copy(called, sizeof(called), text, GLYPH_ASCII);
	s->approach = approach_new(called);
	if (s->approach && !session_set_addresses(s, called, "")) {
		session_tell_state(s, ENTRY_RESOLVING, "", "resolving %s",
		                   called);
		s->approach->dial = dial_start(s->loop, transport, ep, settings,
		                               &dial_ops, s);
		if (s->approach->dial)
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

void session_stop_connecting(struct session *s)
{
	if (!s->approach)
		return;
	dial_cancel(s->approach->dial);
	s->approach->dial = NULL;
}

void session_drop_approach(struct session *s)
{
	session_stop_connecting(s);
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
	s->peer = both;
	s->local = both + peer_size;
	return 0;
}
