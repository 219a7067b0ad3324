/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who has come to a listener: the header of a proxy and TLS come first, then it
 * is told. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/explain.h>

#include "listener_private.h"

void listener_free_memory(struct listener *ls)
{
	free(ls->places);
	free(ls);
}

void listener_leave(struct listener *ls)
{
	if (ls->busy == 1 && !ls->is_over && ls->is_single &&
	    !ls->openings.count && !ls->headers.count) {
		ls->is_single = false;
		ls->ops->on_spent(ls->user);
	}
	ls->busy--;
	if (ls->is_over && !ls->busy)
		listener_free_memory(ls);
}

void listener_tell_trouble(struct listener *ls, int errnum)
{
	char shown[ENDPOINT_TEXT_MAX];
	struct error e;
	if (ls->trouble == errnum)
		return;
	ls->trouble = errnum;
	ls->trouble_ns = loop_now_ns(ls->loop);
	endpoint_show(&ls->endpoint, shown);
	explain_accept(&e, errnum, shown);
	ls->ops->on_trouble(ls->user, &e);
}

static void on_opened(void *user, struct transport *t,
                      const struct address *peer)
{
	struct listener *ls = user;
	ls->busy++;
	ls->ops->on_peer(ls->user, t, peer);
	listener_leave(ls);
}

static void on_unopened(void *user, const struct error *e)
{
	struct listener *ls = user;
	ls->busy++;
	ls->ops->on_unopened(ls->user, e);
	listener_leave(ls);
}

static void secure_peer(void *user, struct transport *t,
                        const struct address *peer)
{
	struct listener *ls = user;
	struct transport *upper =
	    transport_over(t->ops->secure, t, &(struct over){
		.is_accepted = true,
		.target = &ls->endpoint,
		.tls = ls->settings->tls,
	    });
	if (upper) {
		openings_add(&ls->openings, upper, peer);
	} else {
		transport_close(t, true);
		listener_tell_trouble(ls, ENOMEM);
	}
}

void listener_refuse(struct listener *ls, struct transport *t,
                     const struct address *peer, const char *why)
{
	if (*why)
		refusals_add(&ls->refusals, peer, why);
	transport_close(t, true); /* `peer` may be what its header names */
}

uint64_t listener_refused(const struct listener *ls)
{
	return ls->refusals.count;
}

/* No proxy is in front of it any more. */
static void open_peer(struct listener *ls, struct transport *t,
                      const struct address *peer)
{
	if (!ls->endpoint.is_tls)
		ls->ops->on_peer(ls->user, t, peer);
	else if (ls->settings->tls && tls_takes_plain(ls->settings->tls))
		openings_sort(&ls->openings, t, peer);
	else
		secure_peer(ls, t, peer);
}

static const char *why_refused(const struct listener *ls,
                               const struct address *peer, bool is_named)
{
	return ls->ops->refuses ? ls->ops->refuses(ls->user, peer, is_named)
	                        : NULL;
}

/* The header has come: the peer is called as it says, unless the proxy speaks
 * for itself. */
static void on_header(void *user, struct transport *t,
                      const struct address *peer)
{
	struct listener *ls = user;
	const struct address *named = &t->header->source;
	const char *why = named->len ? why_refused(ls, named, true) : NULL;
	ls->busy++;
	if (why)
		listener_refuse(ls, t, named, why);
	else
		open_peer(ls, t, named->len ? named : peer);
	listener_leave(ls);
}

static void await_header(struct listener *ls, struct transport *t,
                         const struct address *peer)
{
	struct transport *upper =
	    transport_over(t->ops->header, t,
	                   &(struct over){ .is_accepted = true });
	if (upper) {
		openings_add(&ls->headers, upper, peer);
	} else {
		transport_close(t, true);
		listener_tell_trouble(ls, ENOMEM);
	}
}

/* First the address of the connection itself has to be welcome. */
static void take_peer(struct listener *ls, struct transport *t,
                      const struct address *peer)
{
	bool has_header = t->ops->header &&
	                  ls->settings->proxy_protocol & PROXY_HEADER_READ;
	const char *why = why_refused(ls, peer, false);
	if (!why && ls->is_paused)
		why = "one peer is served at a time";
	if (why)
		listener_refuse(ls, t, peer, why);
	else if (has_header)
		await_header(ls, t, peer);
	else
		open_peer(ls, t, peer);
}

void listener_take(struct listener *ls, struct transport *t,
                   const struct address *peer)
{
	t->is_accepted = true;
	t->wire = ls->settings->wire;
	take_peer(ls, t, peer);
}

void listener_init_peers(struct listener *ls)
{
	int64_t limit_ms = ls->settings->timeout_ms;
	openings_init(&ls->headers, ls->loop, &(struct openings_ops){
		.on_open = on_header, .on_failed = on_unopened, .user = ls,
	}, limit_ms);
	openings_init(&ls->openings, ls->loop, &(struct openings_ops){
		.on_open = on_opened, .on_hello = secure_peer,
		.on_failed = on_unopened, .user = ls,
	}, limit_ms);
	refusals_init(&ls->refusals, ls->loop,
	              listener_has_messages(ls) ? "datagrams" : "connections",
	              ls->ops->on_note, ls->user);
}
