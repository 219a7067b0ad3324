/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a client and its target become a pair, and how each follows the end of
 * the other. */

#include <stdlib.h>

#include <sockchat/pair.h>

#include "session_private.h"
#include "side.h"
#include "under_way.h"

/* The client's end.  Whatever is wrong with it is told as of the pair. */
static void on_near_end(void *user, struct session *near, bool failed,
                        const struct error *why)
{
	struct session *far = near->pair->far;
	(void)user;
	(void)failed;
	if (why)
		session_reset(far);
	else
		session_update(far);
}

static void on_near_in_end(void *user, struct session *near)
{
	(void)user;
	(void)near; /* the lane has noted it */
}

static void on_near_lost(void *user, struct session *near)
{
	struct session *far = near->pair->far;
	(void)user;
	far->settings->ops->on_lost(far->settings->ops->user, far);
}

void pair_settings(struct session_settings *near,
                   const struct session_settings *all)
{
	static const struct session_ops ops = {
		.on_in_end = on_near_in_end,
		.on_lost = on_near_lost,
		.on_end = on_near_end,
	};
	*near = *all;
	near->ops = &ops;
	near->echo = near->keeps_entries = near->tells_states = false;
	near->tells_steps = near->folds = near->discards_in = false;
	near->hints = NULL;
	near->faults = NULL; /* a word strikes once for each direction */
	near->probe_ns = 0; /* a client has the usual settings */
	near->idle_ns = 0; /* the target's session counts it for both */
}

static struct lane lane_of(struct pair *p, uint8_t dir)
{
	bool is_out = dir == ENTRY_OUT;
	return (struct lane){
		.from = is_out ? p->near : p->far,
		.to = is_out ? p->far : p->near,
		.pair = p,
		.dir = dir,
	};
}

int pair_begin(struct session *far, const struct session_settings *near,
               struct transport *t, const struct address *peer)
{
	struct pair *p = calloc(1, sizeof(*p));
	if (p)
		p->near = session_new(far->link.loop, near, far->link.number);
	if (!p || !p->near) {
		free(p);
		transport_close(t, true);
		return -1;
	}
	p->near->link.is_near = true;
	far->link.is_far = true;
	p->far = far;
	p->in = lane_of(p, ENTRY_IN);
	p->out = lane_of(p, ENTRY_OUT);
	far->pair = p->near->pair = p;
	session_adopt(p->near, t, peer);
	side_call(p->near, "the client");
	return 0;
}

void pair_recut(struct pair *p, const struct recut *r)
{
	const struct talk *near = p->near->talk;
	lane_recut(&p->in, r);
	lane_recut(&p->out, r);
	if (near)
		under_way_recut(near->under_way, r);
}

void pair_end(struct session *far)
{
	struct session *near = far->pair->near;
	if (session_is_open(near) && !link_is_tcp(&near->link) &&
	    !link_has_messages(&near->link))
		session_tell_note(far, "no-reset", "a unix socket has no reset",
		                  "the client was closed at once");
	session_reset(near);
}
