/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that wait. */

#include <stdlib.h>

#include <sockchat/hold.h>
#include <sockchat/lane.h>

/* Empty ones count as well. */
static size_t cost_of(const struct held *m)
{
	return sizeof(*m) + m->message.bytes.len;
}

size_t hold_room(const struct hold *h)
{
	return h->bytes < HOLD_MAX ? HOLD_MAX - h->bytes : 0;
}

/* Where it goes: behind those that pass already, or behind all. */
static struct held *find_place(const struct held_list *list, bool is_first)
{
	struct held *behind = NULL;
	if (!is_first)
		return list->last;
	for (struct held *m = list->first; m && m->passes; m = m->next)
		behind = m;
	return behind;
}

struct held *hold_add(struct hold *h, struct held_list *list, struct lane *lane,
                      bool is_first)
{
	struct held *m = calloc(1, sizeof(*m));
	struct held *behind = find_place(list, is_first);
	if (!m)
		return NULL;
	m->lane = lane;
	m->next = behind ? behind->next : list->first;
	*(behind ? &behind->next : &list->first) = m;
	if (!m->next)
		list->last = m;
	h->bytes += cost_of(m);
	return m;
}

int hold_append(struct hold *h, struct held *m, const void *bytes, size_t len)
{
	if (bytes_append(&m->message.bytes, bytes, len))
		return -1;
	h->bytes += len;
	return 0;
}

void hold_shorten(struct hold *h, struct held *m, size_t len)
{
	m->message.bytes.len -= len;
	h->bytes -= len;
}

void hold_replace(struct hold *h, struct held *m, const struct framed *by)
{
	h->bytes -= cost_of(m);
	bytes_finish(&m->message.bytes);
	m->message = *by;
	h->bytes += cost_of(m);
}

/* Take it out of its lane. */
static void unlink_held(struct held_list *list, struct held *m)
{
	struct held **at = &list->first, *behind = NULL;
	while (*at != m) {
		behind = *at;
		at = &behind->next;
	}
	*at = m->next;
	if (list->last == m)
		list->last = behind;
	if (list->open == m)
		list->open = NULL;
	if (list->unjudged == m)
		list->unjudged = m->next;
}

void hold_remove(struct hold *h, struct held_list *list, struct held *m)
{
	hold_release(h, m);
	unlink_held(list, m);
	h->bytes -= cost_of(m);
	bytes_finish(&m->message.bytes);
	free(m);
}

void hold_number(struct hold *h, struct held *m)
{
	m->number = ++h->last_number;
	m->has_word = true;
	m->before = h->last;
	*(h->last ? &h->last->after : &h->first) = m;
	h->last = m;
	h->count[m->lane->dir == ENTRY_OUT]++;
}

void hold_release(struct hold *h, struct held *m)
{
	if (!m->has_word)
		return;
	*(m->before ? &m->before->after : &h->first) = m->after;
	*(m->after ? &m->after->before : &h->last) = m->before;
	m->before = m->after = NULL;
	m->has_word = false;
	h->count[m->lane->dir == ENTRY_OUT]--;
}

struct held *hold_find(const struct hold *h, uint32_t number)
{
	struct held *m = h->first;
	while (m && m->number < number)
		m = m->after;
	return m && m->number == number ? m : NULL;
}

struct entry hold_entry(const struct held *m)
{
	const struct framed *f = &m->message;
	return (struct entry){
		.seq = m->seq,
		.kind = ENTRY_MESSAGE,
		.dir = m->lane->dir,
		.flags = m->is_whole ? ENTRY_COMPLETE : 0,
		.bytes = f->bytes.data ? f->bytes.data
		                       : (const uint8_t *)"",
		.len = f->bytes.len,
		.frame = f->kind,
		.prefix_at = f->prefix_at,
		.prefix = f->prefix,
		.suffix = f->suffix,
		.held = m->number,
		.peer = "", .local = "", .code = "", .hint = "",
	};
}
