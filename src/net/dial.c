/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* From an endpoint to an open connection: "happy eyeballs", RFC 8305. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/stamp.h>

#include "dial_source.h"

#define STAGGER_NS (250 * MS_NS)

static void dial_free(struct dial *d)
{
	free(d->attempts);
	free(d);
}

/* `abort`: one that the other end has taken already is broken. */
static void attempt_close(struct attempt *a, bool abort)
{
	watch_remove(&a->watch);
	if (a->transport)
		transport_close(a->transport, abort);
	a->transport = NULL;
}

/* The dial is over: nothing wakes it any more. */
static void dial_stop_by(struct dial *d, bool abort)
{
	d->is_over = true;
	resolve_cancel(d->resolve);
	d->resolve = NULL;
	timer_stop(&d->stagger);
	timer_stop(&d->deadline);
	for (size_t i = 0; i < d->count; i++)
		attempt_close(&d->attempts[i], abort);
}

static void dial_stop(struct dial *d)
{
	dial_stop_by(d, false);
}

static void dial_leave(struct dial *d)
{
	d->is_busy = false;
	if (d->is_over)
		dial_free(d);
}

const char *dial_where(const struct dial *d)
{
	return d->where;
}

const struct timing *dial_timing(const struct dial *d)
{
	return &d->timing;
}

void dial_cancel(struct dial *d, bool abort)
{
	if (!d)
		return;
	dial_stop_by(d, abort);
	if (!d->is_busy)
		dial_free(d);
}

static void dial_fail(struct dial *d, const struct error *e)
{
	dial_stop(d);
	d->on_done(d->user, NULL, NULL, e);
}

static bool is_under_way(const struct dial *d)
{
	for (size_t i = 0; i < d->next; i++)
		if (d->attempts[i].transport && !d->attempts[i].errnum)
			return true;
	return false;
}

/* All attempts have failed; `is_late`: their time is over. */
static void fail_all(struct dial *d, bool is_late)
{
	struct error e;

	dial_explain(d, is_late, &e);
	dial_fail(d, &e);
}

static int64_t since_us(int64_t start_ns)
{
	return (stamp_mono_ns() - start_ns) / 1000;
}

/* Remember how an attempt has ended.  Returns how long it took. */
static int64_t note_end(const struct attempt *a, int errnum)
{
	struct timing *t = &a->dial->timing;
	int64_t us = since_us(a->start_ns);

	if (t->try_count == TIMING_TRIES) /* the last is worth most */
		t->try_count--;
	struct timing_try *try = &t->tries[t->try_count++];
	address_format(&a->address, try->where);
	try->errnum = errnum;
	return try->us = us;
}

static void tell_end(struct attempt *a, int errnum)
{
	char outcome[OUTCOME_MAX];
	double ms = (double)note_end(a, errnum) / 1000;

	a->errnum = errnum;
	dial_outcome(a, outcome);
	dial_tell_step(a->dial, "tried", "%s after %.1f ms", outcome, ms);
}

static void attempt_fail(struct attempt *a, int errnum)
{
	watch_remove(&a->watch);
	if (!a->dial->winner) {
		tell_end(a, errnum);
		return;
	}
	a->errnum = errnum; /* its connection was told of already */
	dial_tell_certificates(a->dial, a->transport);
}

/* Another address has answered first. */
static void attempt_give_up(struct attempt *a)
{
	if (a->transport && !a->errnum)
		tell_end(a, ECANCELED);
	attempt_close(a, false);
}

static void on_attempt(struct watch *w, unsigned ready);

/* Let the loop call on_attempt() for the first time.  -1 with errno. */
static int attempt_watch(struct attempt *a)
{
	a->watch.on_ready = on_attempt;
	a->watch.user = a;
	return watch_add_socket(a->dial->loop, &a->watch, a->transport->fd,
	                        LOOP_WRITE);
}

static void attempt_begin(struct attempt *a)
{
	const struct dial *d = a->dial;
	char where[ADDRESS_TEXT_MAX];

	address_format(&a->address, where);
	if (d->steps.on_try)
		d->steps.on_try(d->steps.user, &a->address,
		                &d->settings.socket);
	dial_tell_step(d, "trying", "trying %s", where);
	a->start_ns = stamp_mono_ns();
}

/* False when it failed at once.  One whose backlog is full (unix(7)) goes on
 * when the next would begin. */
static bool attempt_start(struct attempt *a)
{
	struct dial *d = a->dial;

	if (!a->start_ns)
		attempt_begin(a);
	if (d->is_over)
		return true;
	dial_connect(a);
	if (a->transport && attempt_watch(a) == 0)
		return true;
	if (!a->transport && errno == EAGAIN) {
		d->next--;
		return true;
	}
	attempt_fail(a, errno);
	return false;
}

/* So that each address is begun within the time limit. */
static int64_t stagger_ns(const struct dial *d)
{
	int64_t share_ns = d->timeout_ms * MS_NS / (int64_t)d->count;

	return share_ns && share_ns < STAGGER_NS ? share_ns : STAGGER_NS;
}

/* Try the next address.  When there is none and no attempt is under way, the
 * dial has failed. */
static void try_next(struct dial *d)
{
	timer_stop(&d->stagger);
	while (!d->is_over && !d->winner && d->next < d->count)
		if (attempt_start(&d->attempts[d->next++]))
			break;
	if (d->is_over)
		return;
	if (d->next < d->count && !d->winner)
		timer_start(d->loop, &d->stagger, stagger_ns(d));
	else if (!is_under_way(d))
		fail_all(d, false);
}

static void set_limit(struct dial *d, int64_t timeout_ms)
{
	d->timeout_ms = timeout_ms;
	if (timeout_ms > 0)
		timer_start(d->loop, &d->deadline, timeout_ms * MS_NS);
}

/* The connection is there; what has to lie on it is put there layer by layer.
 * The other attempts are given up with the first. */
static void keep_alone(struct attempt *winner)
{
	struct dial *d = winner->dial;

	d->winner = winner;
	timer_stop(&d->stagger);
	if (!d->timeout_ms && d->layer_count)
		set_limit(d, DIAL_LAYERS_TIMEOUT_MS);
	for (size_t i = 0; i < d->count; i++)
		if (&d->attempts[i] != winner)
			attempt_give_up(&d->attempts[i]);
	dial_tell_open(d, winner->transport, &winner->address,
	               note_end(winner, 0));
	dial_tell_own_end(d, winner->transport);
}

static void note_layer(struct dial *d, const struct transport *t)
{
	int64_t us = since_us(d->layer_ns);

	if (d->layers[d->layer - 1] == d->transport->secure) {
		d->timing.tls_us = us;
		dial_tell_secured(d, t);
		return;
	}
	if (d->layers[d->layer - 1] == d->transport->header)
		return;
	d->timing.proxy_us = us;
	d->is_through = true;
	dial_tell_step(d, "proxy-connected",
	               "the proxy connected us after %.1f ms",
	               (double)us / 1000);
}

/* -1 with errno; or 0, and the dial may be over. */
static int add_layer(struct attempt *a)
{
	struct dial *d = a->dial;
	const struct transport_ops *ops = d->layers[d->layer++];
	struct over how = {
		.target = &d->endpoint,
		.proxy = &d->settings.proxy,
		.tls = d->settings.tls,
		.alpn = d->settings.alpn,
	};
	struct transport *t;

	if (!d->winner)
		keep_alone(a);
	if (d->is_over)
		return 0;
	if (ops == d->transport->header)
		dial_make_header(d, &how);
	t = transport_over(ops, a->transport, &how);
	if (!t)
		return -1;
	a->transport = t;
	d->layer_ns = stamp_mono_ns();
	if (ops == d->transport->secure)
		dial_tell_handshake(d);
	else
		dial_tell_layer(d, ops);
	return 0;
}

/* As advance(), for all layers.  0 also when the dial is over. */
static int attempt_advance(struct attempt *a)
{
	const struct dial *d = a->dial;

	while (!d->is_over) {
		int state = a->transport->ops->advance(a->transport);

		if (state)
			return state;
		a->transport = transport_leave(a->transport);
		a->transport->is_open = true;
		if (d->layer > 0)
			note_layer(a->dial, a->transport);
		if (d->layer == d->layer_count)
			return 0;
		if (add_layer(a))
			return -1;
	}
	return 0;
}

static void attempt_succeed(struct attempt *a)
{
	struct dial *d = a->dial;
	struct transport *t = a->transport;
	struct address peer = a->address;
	char where[EXPLAIN_WHERE_MAX];

	if (!d->winner)
		keep_alone(a);
	if (d->is_over)
		return;
	d->timing.total_us = since_us(d->start_ns);
	if (d->tried) {
		dial_name(d, &(const struct address *){ &peer }, 1, where);
		memcpy(d->where, where, sizeof(where));
	}
	if (dial_has_proxy(d))
		peer = (struct address){ .len = 0 };
	watch_remove(&a->watch);
	a->transport = NULL;
	dial_stop(d);
	d->on_done(d->user, t, &peer, NULL);
}

/* What went out before TLS began may still be acknowledged: the descriptor is
 * ready as long as such a record waits. */
static void forget_acks(struct transport *t)
{
	const struct ack_ops *acks = t->ops->acks;
	struct ack record;

	while (acks && acks->read(t, &record))
		;
}

static void on_attempt(struct watch *w, unsigned ready)
{
	struct attempt *a = w->user;
	struct dial *d = a->dial;
	int state;

	d->is_busy = true;
	if (ready & LOOP_HANGUP)
		forget_acks(a->transport);
	state = attempt_advance(a);
	if (state > 0) {
		watch_set(w, (unsigned)state | LOOP_HANGUP);
	} else if (state == 0 && !d->is_over) {
		attempt_succeed(a);
	} else if (state < 0) {
		attempt_fail(a, errno);
		if (!d->is_over)
			try_next(d);
	}
	dial_leave(d);
}

static void on_stagger(struct timer *t)
{
	struct dial *d = t->user;

	d->is_busy = true;
	try_next(d);
	dial_leave(d);
}

static void on_deadline(struct timer *t)
{
	struct dial *d = t->user;
	struct error e;

	d->is_busy = true;
	if (d->count == 0) {
		explain_resolve_timeout(&e, d->timeout_ms,
		                        d->seeks_source
		                            ? d->settings.socket.source
		                            : d->tried->host);
		if (!d->seeks_source)
			dial_blame_proxy(d, &e);
		dial_fail(d, &e);
	} else {
		for (size_t i = 0; i < dial_tried_count(d); i++) {
			struct attempt *a = &d->attempts[i];

			if (a->errnum || (d->winner && d->winner != a))
				continue;
			a->errnum = ETIMEDOUT;
			if (!d->winner)
				note_end(a, ETIMEDOUT);
		}
		fail_all(d, true);
	}
	dial_leave(d);
}

static void start_attempts(struct dial *d, const struct address *list,
                           size_t count)
{
	struct error e;

	d->attempts = calloc(count, sizeof(*d->attempts));
	if (d->attempts && endpoint_has_name(d->tried))
		dial_tell_addresses(d, list, count);
	if (d->attempts)
		dial_order(d, list, count);
	if (d->is_over)
		return;
	if (!d->attempts)
		explain_connect(&e, ENOMEM, d->where);
	else if (!d->count)
		dial_explain_unfit(d, list, &e);
	if (!d->count) {
		dial_fail(d, &e);
		return;
	}
	if (d->steps.on_connecting)
		d->steps.on_connecting(d->steps.user);
	if (!d->is_over)
		try_next(d);
}

static void on_addresses(void *user, const struct address *list, size_t count,
                         const struct error *e)
{
	struct dial *d = user;
	struct error failure = *e;

	d->resolve = NULL;
	d->timing.resolve_us =
	    endpoint_has_name(d->tried) ? since_us(d->start_ns) : 0;
	d->is_busy = true;
	dial_blame_proxy(d, &failure);
	if (count == 0)
		dial_fail(d, &failure);
	else
		start_attempts(d, list, count);
	dial_leave(d);
}

/* -1 with errno. */
static int find_peer(struct dial *d)
{
	if (endpoint_has_name(d->tried))
		dial_tell_resolving(d);
	if (d->is_over)
		return 0;
	d->resolve = resolve_start(d->loop, d->tried, &d->settings.resolve,
	                           on_addresses, d);
	return d->resolve ? 0 : -1;
}

static void on_source(void *user, const struct address *list, size_t count,
                      const struct error *e)
{
	struct dial *d = user;
	struct error failure = *e;

	d->resolve = NULL;
	d->is_busy = true;
	d->seeks_source = false;
	dial_keep_sources(d, list, count);
	if (count == 0)
		dial_blame_source(d, &failure);
	else if (find_peer(d))
		error_set_errno(&failure, errno, "cannot look up %s", d->where);
	if (*failure.text)
		dial_fail(d, &failure);
	dial_leave(d);
}

/* -1 with errno. */
static int find_source(struct dial *d)
{
	struct endpoint source;

	d->seeks_source = true;
	dial_source(d, &source);
	d->resolve = resolve_start(d->loop, &source, &d->settings.resolve,
	                           on_source, d);
	return d->resolve ? 0 : -1;
}

static struct dial *dial_new(struct loop *l,
                             const struct transport_ops *transport,
                             const char *where, dial_done_fn *on_done,
                             void *user)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	glyph_copy(d->where, sizeof(d->where), where, GLYPH_ANY_WIDTH);
	d->loop = l;
	d->transport = transport;
	d->on_done = on_done;
	d->user = user;
	d->start_ns = stamp_mono_ns();
	d->timing = (struct timing){
		.resolve_us = -1, .proxy_us = -1, .tls_us = -1,
		.total_us = -1, .first_byte_us = -1,
	};
	d->stagger.on_time = on_stagger;
	d->stagger.user = d;
	d->deadline.on_time = on_deadline;
	d->deadline.user = d;
	return d;
}

struct dial *dial_start(struct loop *l, const struct transport_ops *transport,
                        const struct endpoint *ep,
                        const struct dial_settings *settings,
                        const struct dial_steps *steps, dial_done_fn *on_done,
                        void *user)
{
	char where[ENDPOINT_TEXT_MAX];
	struct dial *d;

	endpoint_format(ep, where);
	d = dial_new(l, transport, where, on_done, user);
	if (!d)
		return NULL;
	d->endpoint = *ep;
	d->settings = *settings;
	dial_choose_layers(d);
	if (steps)
		d->steps = *steps;
	bool has_source = *settings->socket.source &&
	                  transport->traits & TRANSPORT_IP;
	if (has_source ? find_source(d) : find_peer(d)) {
		int saved = errno;

		dial_cancel(d, true);
		errno = saved;
		return NULL;
	}
	d->wire = settings->wire;
	set_limit(d, settings->timeout_ms);
	return d;
}

struct dial *dial_take(struct loop *l, struct transport *t,
                       const struct address *peer, const char *where,
                       int64_t timeout_ms, dial_done_fn *on_done, void *user)
{
	struct dial *d = dial_new(l, t->ops, where, on_done, user);

	if (!d)
		return NULL;
	d->attempts = calloc(1, sizeof(*d->attempts));
	if (d->attempts) {
		d->attempts[0] = (struct attempt){
			.dial = d, .address = *peer, .transport = t,
			.start_ns = d->start_ns,
		};
	}
	if (!d->attempts || attempt_watch(d->attempts)) {
		dial_cancel(d, true); /* a count of 0 leaves `t` alone */
		errno = ENOMEM;
		return NULL;
	}
	d->count = d->next = 1;
	d->winner = d->attempts;
	set_limit(d, timeout_ms);
	return d;
}
