/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Kinds that lie on a fake: one that stays, like TLS, and one for the opening
 * alone, like a proxy's. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/loop.h>

#include "fake_private.h"

#define HOLD_MAX   16
#define RECORD_MAX 4

struct fake_layer {
	struct transport head;
	size_t rounds;
	uint8_t hold[HOLD_MAX]; /* what came from below */
	size_t held;
	bool has_end;
};

static size_t rounds = 1; /* of the layers to come */
static bool swaps, is_unproven, owes;

void fake_set_layer_rounds(size_t count)
{
	rounds = count;
}

void fake_swap_wants(bool is_on)
{
	swaps = is_on;
}

void fake_leave_end_unproven(bool is_on)
{
	is_unproven = is_on;
}

void fake_owe_records(bool is_on)
{
	owes = is_on;
}

bool fake_owes_records(void)
{
	return owes;
}

static struct fake_layer *layer_of(const struct transport *t)
{
	return (struct fake_layer *)(uintptr_t)t;
}

static struct transport *layer_over(struct transport *lower,
                                    const struct over *how)
{
	struct fake_layer *l = fake_need(calloc(1, sizeof(*l)));

	if (!lower->is_open || how->early_len > HOLD_MAX)
		fake_broken("a layer has to lie on an open connection");
	l->rounds = rounds;
	l->held = how->early_len;
	if (l->held)
		memcpy(l->hold, how->early, l->held);
	return &l->head;
}

/* EAGAIN when nothing comes and nothing is held. */
static ssize_t fill(struct fake_layer *l)
{
	ssize_t n = transport_read(l->head.lower, l->hold + l->held,
	                                 HOLD_MAX - l->held);

	if (n > 0)
		l->held += (size_t)n;
	l->has_end = l->has_end || n == 0;
	return n;
}

static void take(struct fake_layer *l, void *out, size_t len)
{
	memcpy(out, l->hold, len);
	l->held -= len;
	memmove(l->hold, l->hold + len, l->held);
}

/* Each round trip is a byte from the peer, "!" to stop it. */
static int layer_advance(struct transport *t)
{
	struct fake_layer *l = layer_of(t);
	char answer;

	while (l->rounds > 0) {
		ssize_t n = l->held ? 1 : fill(l);

		if (n < 0)
			return errno == EAGAIN ? (int)LOOP_READ : -1;
		if (n == 0)
			return errno = ECONNRESET, -1;
		take(l, &answer, 1);
		if (answer == '!')
			return errno = EPROTO, -1;
		l->rounds--;
	}
	return 0;
}

static unsigned layer_wants(const struct transport *t, unsigned wishes)
{
	(void)t;
	if (!swaps)
		return owes ? wishes | LOOP_WRITE : wishes;
	return (wishes & LOOP_READ ? LOOP_WRITE : 0) |
	       (wishes & LOOP_WRITE ? LOOP_READ : 0);
}

static bool layer_has_buffered(const struct transport *t)
{
	return layer_of(t)->held > 0;
}

/* A record at a time, and more than one may come from below. */
static ssize_t layer_read(struct transport *t, void *bytes, size_t cap)
{
	struct fake_layer *l = layer_of(t);
	ssize_t n = l->held ? 1 : fill(l);
	size_t len = cap < RECORD_MAX ? cap : RECORD_MAX;

	if (n <= 0)
		return n;
	len = len < l->held ? len : l->held;
	take(l, bytes, len);
	return (ssize_t)len;
}

static ssize_t layer_write(struct transport *t, const void *bytes, size_t len)
{
	return transport_write(t->lower, bytes, len);
}

static int layer_shutdown(struct transport *t)
{
	return t->lower->ops->shutdown(t->lower);
}

static ssize_t layer_pending(struct transport *t)
{
	owes = false;
	return t->lower->ops->pending(t->lower);
}

static void layer_facts(const struct transport *t, unsigned wanted,
                        struct transport_facts *out)
{
	t->lower->ops->facts(t->lower, wanted, out);
	if (wanted & FACTS_END)
		out->is_end_unproven = is_unproven && layer_of(t)->has_end;
}

static void layer_explain(const struct failure *f, struct error *e)
{
	if (!f->errnum)
		error_set(e, "%s: the end is unproven", f->where);
	else if (f->errnum == EPROTO)
		error_set(e, "%s: the layer did not open", f->where);
}

static void layer_close(struct transport *t, bool abort)
{
	t->lower->ops->close(t->lower, abort);
	free(t);
}

static void layer_leave(struct transport *t)
{
	free(t);
}

#define OPERATIONS                                                             \
	.over = layer_over, .advance = layer_advance, .wants = layer_wants,    \
	.has_buffered = layer_has_buffered, .read = layer_read,                \
	.write = layer_write, .shutdown = layer_shutdown,                      \
	.pending = layer_pending, .facts = layer_facts,                        \
	.explain = layer_explain, .close = layer_close

const struct transport_ops transport_fake_layer = { OPERATIONS };
const struct transport_ops transport_fake_through = {
	OPERATIONS,
	.leave = layer_leave,
};
