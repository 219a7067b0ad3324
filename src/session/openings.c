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
	bool is_silent;       /* it may begin TLS, or be plain */
	struct watch watch;   /* until its first bytes, */
	struct timer limit;   /* for so long */
};

static void drop_opening(struct opening *o)
{
	struct opening **p = &o->openings->first;

	while (*p != o)
		p = &(*p)->next;
	*p = o->next;
	if (!o->next)
		o->openings->end = p;
	o->openings->count--;
	dial_cancel(o->dial, false);
	watch_remove(&o->watch);
	timer_stop(&o->limit);
	if (o->transport)
		transport_close(o->transport, true);
	free(o);
}

static bool is_ready(const struct opening *o)
{
	return o->transport && !o->is_silent;
}

static struct opening *first_open(const struct openings *list)
{
	struct opening *o = list->first;

	while (o && !is_ready(o))
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

static void on_second(struct timer *t)
{
	struct openings *list = t->user;
	size_t all = list->failures;
	struct error e;

	list->failures = 0;
	if (all <= OPENINGS_TOLD)
		return;
	error_set(&e, "%zu more connections did not open",
	          all - OPENINGS_TOLD);
	error_set_hint(&e, "this may be a port scan or a flood");
	list->ops.on_failed(list->ops.user, &e);
}

/* Thousands that fail do not bury the conversation. */
static void tell_failure(struct openings *list, const struct error *e)
{
	if (!list->failures++)
		timer_start(list->loop, &list->second, SECOND_NS);
	if (list->failures <= OPENINGS_TOLD)
		list->ops.on_failed(list->ops.user, e);
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
		tell_failure(list, e);
	}
}

static void give_up_oldest(struct openings *list)
{
	struct opening *o = list->first;

	while (o && is_ready(o))
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
		.end = &list->first,
		.second = { .on_time = on_second, .user = list },
	};
}

void openings_finish(struct openings *list)
{
	later_cancel(&list->deliver);
	timer_stop(&list->second);
	while (list->first)
		drop_opening(list->first);
}

static void fail_to_add(struct openings *list, struct transport *t,
                        const struct address *peer)
{
	char where[ADDRESS_TEXT_MAX];
	struct error e;

	address_format(peer, where);
	transport_close(t, true);
	error_set_errno(&e, ENOMEM, "cannot serve %s", where);
	list->ops.on_failed(list->ops.user, &e);
}

/* At the end of the list.  NULL without memory. */
static struct opening *opening_new(struct openings *list,
                                   const struct address *peer)
{
	struct opening *o;

	if (list->count >= OPENINGS_MAX)
		give_up_oldest(list);
	o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->openings = list;
	o->peer = *peer;
	list->count++;
	*list->end = o;
	list->end = &o->next;
	return o;
}

void openings_add(struct openings *list, struct transport *t,
                  const struct address *peer)
{
	struct opening *o = opening_new(list, peer);
	char where[ADDRESS_TEXT_MAX];

	address_format(peer, where);
	if (o)
		o->dial = dial_take(list->loop, t, peer, where,
		                    list->timeout_ms, on_opened, o);
	if (o && o->dial)
		return;
	if (o)
		drop_opening(o);
	fail_to_add(list, t, peer);
}

/* TLS or plain */

static void take_plain(struct opening *o)
{
	watch_remove(&o->watch);
	timer_stop(&o->limit);
	o->is_silent = false;
	loop_later(o->openings->loop, &o->openings->deliver);
}

static void take_hello(struct opening *o)
{
	struct openings *list = o->openings;
	struct transport *t = o->transport;
	struct address peer = o->peer;

	o->transport = NULL;
	drop_opening(o);
	list->ops.on_hello(list->ops.user, t, &peer);
}

/* Its type, and its version: 3.0 to 3.4. */
bool openings_is_hello(const uint8_t *bytes, size_t len)
{
	return len && bytes[0] == 22 && (len < 2 || bytes[1] == 3) &&
	       (len < 3 || bytes[2] <= 4);
}

/* An end or a failure is for whoever gets a plain peer. */
static void on_first_bytes(struct watch *w, unsigned ready)
{
	struct opening *o = w->user;
	uint8_t bytes[3];
	ssize_t n = o->transport->ops->peek(o->transport, bytes, sizeof(bytes));

	(void)ready;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0 && openings_is_hello(bytes, (size_t)n))
		take_hello(o);
	else
		take_plain(o);
}

static void on_silence(struct timer *t)
{
	take_plain(t->user);
}

void openings_sort(struct openings *list, struct transport *t,
                   const struct address *peer)
{
	struct opening *o = opening_new(list, peer);

	if (o) {
		o->is_silent = true;
		o->watch = (struct watch){ .on_ready = on_first_bytes,
			                   .user = o };
		o->limit = (struct timer){ .on_time = on_silence, .user = o };
	}
	if (!o || watch_add_socket(list->loop, &o->watch, t->fd, LOOP_READ)) {
		if (o)
			drop_opening(o);
		fail_to_add(list, t, peer);
		return;
	}
	o->transport = t;
	timer_start(list->loop, &o->limit, OPENINGS_SILENT_MS * MS_NS);
}

void openings_hold(struct openings *list, bool is_held)
{
	list->is_held = is_held;
	if (!is_held && first_open(list))
		loop_later(list->loop, &list->deliver);
}
