/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which endpoints were used: the last of each kind, and the names of them
 * all, the latest first. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat_private.h"

/* Take the name out of its place, or the oldest where there is no more room.
 * How many stand before the place. */
static size_t open_used_place(char **list, const char *name)
{
	size_t i = 0;
	while (i < USED_MAX - 1 && list[i] && strcmp(list[i], name) != 0)
		i++;
	free(list[i]);
	return i;
}

void chat_note_used(struct chat *c, enum endpoint_mode mode,
                    const struct endpoint *ep)
{
	char **list = c->own->used.names[mode];
	char name[ENDPOINT_TEXT_MAX + 6];
	snprintf(name, sizeof(name), "tcp://");
	endpoint_format(ep, name + 6);
	/* --tls and --udp change what does not say that it is plain */
	bool says_plain = ep->scheme == ENDPOINT_TCP && !ep->is_tls &&
	                  (c->options->is_udp ||
	                   options_wants_tls(c->options, mode, name + 6));
	char *copy = strdup(says_plain ? name : name + 6);
	if (!copy)
		return; /* it is not offered */
	size_t before = open_used_place(list, copy);
	memmove(list + 1, list, before * sizeof(*list));
	list[0] = copy;
}

const char *chat_used(const struct chat *c, enum endpoint_mode mode, size_t i)
{
	return i < USED_MAX ? c->own->used.names[mode][i] : NULL;
}

void chat_use(struct chat *c, enum endpoint_mode mode,
              const struct endpoint *ep)
{
	struct used *u = &c->own->used;
	u->last[mode] = *ep;
	u->has_last[mode] = true;
	u->latest = mode;
	c->own->again.is_offered = false;
	chat_note_used(c, mode, ep);
}

void chat_use_target(struct chat *c, const struct endpoint *target)
{
	struct used *u = &c->own->used;
	u->has_target = target != NULL;
	if (target && target != &u->target)
		u->target = *target;
}

const struct endpoint *chat_last_target(const struct chat *c)
{
	const struct used *u = &c->own->used;
	return u->has_target ? &u->target : NULL;
}

const struct endpoint *chat_last(const struct chat *c, enum endpoint_mode mode)
{
	const struct used *u = &c->own->used;
	return u->has_last[mode] ? &u->last[mode] : NULL;
}

void chat_forget_used(struct chat *c)
{
	for (size_t mode = 0; mode < ENDPOINT_MODES; mode++)
		for (size_t i = 0; i < USED_MAX; i++)
			free(c->own->used.names[mode][i]);
}
