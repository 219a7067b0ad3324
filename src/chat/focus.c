/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <sockchat/focus.h>

#define HEARD_SCAN 1000 /* entries that are looked at */

static void show_alone(struct chat *c, uint32_t number)
{
	filter_focus(&c->filter, number, transcript_end(c->transcript));
}

void chat_speak_to(struct chat *c, uint32_t number)
{
	c->target = number;
	c->target_side = ENTRY_OUT;
	if (c->filter.focus)
		show_alone(c, number);
}

void chat_speak_to_client(struct chat *c, uint32_t number)
{
	chat_speak_to(c, number);
	c->target_side = ENTRY_IN;
}

void chat_next_target(struct chat *c)
{
	const struct session *s = c->target ? chat_find(c, c->target) : NULL;
	size_t i = 0;
	if (s && s->pair && c->target_side != ENTRY_IN) {
		chat_speak_to_client(c, c->target);
		return;
	}
	while ((s = chat_session(c, i)) &&
	       (s->link.number <= c->target || s->is_gone))
		i++;
	chat_speak_to(c, s ? s->link.number : 0);
}

/* The peer of the newest entry that is about one who is still there, else the
 * first peer; 0 if there is none. */
static uint32_t last_heard(const struct chat *c)
{
	uint64_t seq = transcript_end(c->transcript);
	const struct session *first = chat_session(c, 0);
	struct entry room;
	const struct entry *e;
	for (int n = 0; n < HEARD_SCAN; n++) {
		e = transcript_at(c->transcript, --seq, &room);
		if (!e)
			break;
		if (e->session && chat_find(c, e->session))
			return e->session;
	}
	return first ? first->link.number : 0;
}

bool chat_toggle_focus(struct chat *c)
{
	bool is_there = c->target && chat_find(c, c->target);
	uint32_t number = c->filter.focus ? 0
	                  : is_there      ? c->target
	                                  : last_heard(c);
	if (!number && !c->filter.focus)
		return false;
	show_alone(c, number);
	if (number != c->target)
		c->target_side = ENTRY_OUT;
	c->target = number;
	return true;
}

void chat_end_focus(struct chat *c, const struct session *s)
{
	if (c->filter.focus != s->link.number || c->is_leaving)
		return;
	show_alone(c, 0);
	chat_note(c, "focus-ended", "peer %u, which was shown alone, has gone; "
	          "all peers are shown again%s", s->link.number,
	          c->target ? ". /to all speaks to all" : "");
}
