/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is there, and who is spoken to. */

#include <string.h>

#include <sockchat/array.h>

#include "chat_private.h"

struct session *chat_add_session(struct chat *c)
{
	struct chat_private *p = c->own;
	size_t all = p->session_count + p->ended_count;
	struct session **grown =
	    array_grow(p->sessions, &p->session_cap, all, sizeof(*grown));
	if (!grown)
		return NULL;
	p->sessions = grown;
	struct session *s = session_new(c->loop, &c->session_settings,
	                                p->last_number + 1);
	if (!s)
		return NULL;
	p->last_number++;
	if (p->ended_count) /* their order does not matter */
		grown[all] = grown[p->session_count];
	grown[p->session_count++] = s;
	if (p->session_count > 1 ||
	    (p->listener_count && p->last_number > 1) ||
	    (p->listener_count && !c->ops->stays)) {
		p->shows_numbers = true;
		chat_begin_column(c);
	}
	return s;
}

/* What stands there already is not indented anew. */
void chat_begin_column(struct chat *c)
{
	struct chat_private *p = c->own;
	bool has_begun = p->last_number > 0 && c->last_old <= 1;
	if (!p->has_column && has_begun && c->ops->stays)
		p->numbers_since = transcript_end(c->transcript);
	p->has_column = true;
}

void chat_for_all(struct chat *c, chat_session_fn *fn)
{
	for (size_t i = c->own->session_count; i-- > 0;)
		if (i < c->own->session_count)
			fn(c->own->sessions[i]);
}

/* The index of the first session whose number is not below `number`. */
static size_t lower_bound(const struct chat *c, uint32_t number)
{
	struct session *const *list = c->own->sessions;
	size_t i;
	ARRAY_FIND(i, c->own->session_count, list[i]->link.number >= number);
	return i;
}

void chat_remove_session(struct chat *c, struct session *s)
{
	struct chat_private *p = c->own;
	size_t i = lower_bound(c, s->link.number);
	p->session_count--;
	memmove(p->sessions + i, p->sessions + i + 1,
	        (p->session_count - i) * sizeof(*p->sessions));
	p->sessions[p->session_count] = s;
	p->ended_count++;
	if (p->session_count)
		return;
	c->target = 0; /* a new peer would not be spoken to */
	c->target_side = ENTRY_OUT;
}

struct session *chat_session(const struct chat *c, size_t index)
{
	return index < c->own->session_count ? c->own->sessions[index] : NULL;
}

size_t chat_session_count(const struct chat *c)
{
	return c->own->session_count;
}

struct session *chat_find(const struct chat *c, uint32_t number)
{
	struct session *s = chat_session(c, lower_bound(c, number));
	return s && s->link.number == number ? s : NULL;
}

bool chat_addresses(const struct chat *c, const struct session *s)
{
	return c->target ? s->link.number == c->target : !s->closes;
}

bool chat_speaks_to(const struct chat *c, const struct session *s)
{
	return chat_addresses(c, s) && (c->target || !s->is_gone);
}

struct session *chat_shown(const struct chat *c)
{
	struct session *only = NULL;
	if (c->target)
		return chat_find(c, c->target);
	if (chat_session_count(c) == 1)
		return chat_session(c, 0);
	for (size_t i = 0; i < c->own->session_count; i++) {
		if (c->own->sessions[i]->is_gone)
			continue;
		if (only)
			return NULL;
		only = c->own->sessions[i];
	}
	return only;
}

bool chat_awaits_first(const struct chat *c)
{
	return c->own->listener_count && !c->own->last_number;
}

bool chat_awaited_first(const struct chat *c)
{
	return chat_awaits_first(c) ||
	       (c->own->first_turn &&
	        c->own->first_turn == loop_turns(c->loop));
}

size_t chat_audience(const struct chat *c)
{
	size_t count = 0;
	for (size_t i = 0; i < c->own->session_count; i++)
		count += chat_speaks_to(c, c->own->sessions[i]);
	return count;
}

bool chat_has_audience(const struct chat *c)
{
	return chat_audience(c) || chat_awaits_first(c);
}
