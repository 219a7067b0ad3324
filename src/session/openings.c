/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Accepted peers that are not open yet. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/dial.h>
#include <sockchat/openings.h>

struct opening {
	struct openings *openings;
	struct opening *next; /* a later one */
	struct dial *dial;    /* NULL: it is open */
	struct transport *transport; /* once it is open */
	struct address peer;
};

static void drop_opening(struct opening *o)
{
	struct opening **p = &o->openings->first;

	while (*p != o)
		p = &(*p)->next;
	*p = o->next;
	o->openings->count--;
	dial_cancel(o->dial);
	if (o->transport)
		o->transport->ops->close(o->transport, true);
	free(o);
}

static struct opening *first_open(const struct openings *list)
{
	struct opening *o = list->first;

	while (o && !o->transport)
		o = o->next;
	return o;
}

/* One for each call: the owner may end it all, or hold the others. */
static void deliver_one(struct later *call)
{
	struct openings *list = call->user;
	struct opening *o = list->is_held ? NULL : first_open(list);

	if (!o)
		return;
	struct transport *t = o->transport;
	struct address peer = o->peer;
	o->transport = NULL;
	drop_opening(o);
	loop_later(list->loop, call);
	list->ops.on_open(list->ops.user, t, &peer);
}

static void on_opened(void *user, struct transport *t,
                      const struct address *peer, const struct error *e)
{
	struct opening *o = user;
	struct openings *list = o->openings;

	o->dial = NULL;
	if (t) {
		o->transport = t;
		o->peer = *peer;
		loop_later(list->loop, &list->deliver);
	} else {
		drop_opening(o);
		list->ops.on_failed(list->ops.user, e);
	}
}

static void give_up_oldest(struct openings *list)
{
	struct opening *o = list->first;

	while (o && o->transport)
		o = o->next;
	if (o)
		drop_opening(o);
}

void openings_init(struct openings *list, struct loop *l,
                   const struct openings_ops *ops, int64_t timeout_ms)
{
	*list = (struct openings){
		.loop = l,
		.ops = *ops,
		.timeout_ms = timeout_ms > 0 ? timeout_ms
		                             : OPENINGS_TIMEOUT_MS,
		.deliver = { .on_call = deliver_one, .user = list },
	};
}

void openings_finish(struct openings *list)
{
	later_cancel(&list->deliver);
	while (list->first)
		drop_opening(list->first);
}

static void fail_to_add(struct openings *list, struct opening *o,
                        struct transport *t, const char *where)
{
	struct error e;

	free(o);
	t->ops->close(t, true);
	error_set_errno(&e, ENOMEM, "cannot serve %s", where);
	list->ops.on_failed(list->ops.user, &e);
}

void openings_add(struct openings *list, struct transport *t,
                  const struct address *peer)
{
	struct opening *o = calloc(1, sizeof(*o)), **last = &list->first;
	char where[ADDRESS_TEXT_MAX];

	address_format(peer, where);
	if (list->count >= OPENINGS_MAX)
		give_up_oldest(list);
	if (o)
		o->dial = dial_take(list->loop, t, peer, where, true,
		                    list->timeout_ms, on_opened, o);
	if (!o || !o->dial) {
		fail_to_add(list, o, t, where);
		return;
	}
	o->openings = list;
	list->count++;
	while (*last)
		last = &(*last)->next;
	*last = o;
}

void openings_hold(struct openings *list, bool is_held)
{
	list->is_held = is_held;
	if (!is_held && first_open(list))
		loop_later(list->loop, &list->deliver);
}
