/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The places where peers are accepted. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sockchat/datagram.h>
#include <sockchat/explain.h>
#include <sockchat/tls_words.h>

#include "listener_private.h"

#define BATCH_MAX      64 /* peers that are accepted at once */
#define PORT_TRIES     32
#define RETRY_NS       SECOND_NS
#define OWN_LIMIT_NS   (5 * SECOND_NS)
#define TROUBLE_GAP_NS (5 * SECOND_NS)

/* The system says how many it has dropped since the start. */
static void tell_dropped(struct place *p)
{
	const struct listener *ls = p->listener;
	struct transport_facts facts;
	char text[DATAGRAM_DROPPED_MAX];
	transport_facts(p->transport, FACTS_DATAGRAMS, &facts);
	uint64_t more = facts.datagrams.dropped - p->dropped;
	if (!more)
		return;
	p->dropped = facts.datagrams.dropped;
	datagram_say_dropped(text, more);
	ls->ops->on_note(ls->user, "datagrams-dropped", text);
}

static void close_places(struct listener *ls)
{
	for (size_t i = 0; i < ls->count; i++) {
		struct place *p = &ls->places[i];
		watch_remove(&p->watch);
		p->transport->ops->close(p->transport, false);
	}
	ls->count = 0;
	if (ls->given)
		transport_close(ls->given, true);
	ls->given = NULL;
}

void listener_free(struct listener *ls)
{
	if (!ls)
		return;
	for (size_t i = 0; i < ls->count; i++)
		tell_dropped(&ls->places[i]);
	ls->is_over = true;
	resolve_cancel(ls->resolve);
	timer_stop(&ls->retry);
	openings_finish(&ls->headers);
	openings_finish(&ls->openings);
	close_places(ls);
	refusals_finish(&ls->refusals);
	if (!ls->busy)
		listener_free_memory(ls);
}

/* Whether new peers are taken or refused: else they wait. */
static bool is_heedful(const struct listener *ls)
{
	return !ls->is_over && (!ls->is_paused || listener_has_messages(ls));
}

static void update_watches(struct listener *ls)
{
	bool is_open = is_heedful(ls) && !ls->is_starved;
	for (size_t i = 0; i < ls->count; i++)
		watch_set(&ls->places[i].watch, is_open ? LOOP_READ : 0);
}

void listener_pause(struct listener *ls)
{
	ls->is_paused = true;
	openings_hold(&ls->openings, true);
	openings_hold(&ls->headers, true);
	update_watches(ls);
}

void listener_retry(struct listener *ls)
{
	if (!ls->is_starved)
		return;
	timer_stop(&ls->retry);
	ls->is_starved = false;
	update_watches(ls);
}

/* A descriptor may have become free while it was paused. */
void listener_resume(struct listener *ls)
{
	ls->is_paused = false;
	openings_hold(&ls->openings, false);
	openings_hold(&ls->headers, false);
	listener_retry(ls);
	update_watches(ls);
}

/* Peers need not wait any more.  That is told only when it has lasted for a
 * while, for a listener at its limit changes back and forth. */
static void tell_relief(struct listener *ls)
{
	int64_t left = ls->trouble_ns + TROUBLE_GAP_NS - loop_now_ns(ls->loop);
	char shown[ENDPOINT_TEXT_MAX];
	if (!ls->trouble)
		return;
	if (left > 0) {
		timer_start(ls->loop, &ls->retry, left);
		return;
	}
	ls->trouble = 0;
	endpoint_show(&ls->endpoint, shown);
	ls->ops->on_relief(ls->user, shown);
}

static void on_retry(struct timer *t)
{
	struct listener *ls = t->user;
	if (ls->is_starved)
		listener_retry(ls);
	else
		tell_relief(ls);
}

/* The system can't give us a peer now, and to ask again at once would only keep
 * the processor busy.  Our own limit of descriptors holds until one of ours is
 * closed (then listener_retry() is called), or until somebody raises it. */
static void pause_starved(struct listener *ls, int errnum)
{
	ls->is_starved = true;
	update_watches(ls);
	timer_start(ls->loop, &ls->retry,
	            errnum == EMFILE ? OWN_LIMIT_NS : RETRY_NS);
	listener_tell_trouble(ls, errnum);
}

/* One peer is accepted at once, and more only when they come turn by turn: to
 * ask in vain for another costs as much as to wait for it.  Whoever waits for a
 * relief has to be told that nobody is left. */
static int next_batch(struct place *p)
{
	uint64_t turn = loop_turns(p->listener->loop);
	bool is_queue = p->batch && turn == p->turn + 1;
	p->turn = turn;
	p->batch = !is_queue ? 1 : 2 * p->batch;
	if (p->listener->trouble || p->batch > BATCH_MAX)
		p->batch = BATCH_MAX;
	return p->batch;
}

/* Who leaves before another comes has made room for him, though in one turn the
 * socket that listens may be the first that is looked at. */
static bool waits_for_room(struct place *p)
{
	const struct listener *ls = p->listener;
	bool is_full = !listener_has_messages(ls) && ls->ops->is_full &&
	               ls->ops->is_full(ls->user);
	p->has_waited = is_full && !p->has_waited;
	return p->has_waited;
}

static void on_knock(struct watch *w, unsigned ready)
{
	struct place *p = w->user;
	struct listener *ls = p->listener;
	int batch = next_batch(p);
	if (waits_for_room(p))
		return;
	ls->busy++;
	if (ready & LOOP_HANGUP)
		tell_dropped(p);
	for (int i = 0; i < batch && is_heedful(ls); i++) {
		struct address peer;
		struct transport *t =
		    p->transport->ops->accept(p->transport, &peer);
		if (t) {
			listener_take(ls, t, &peer);
			continue;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			tell_relief(ls);
		else
			pause_starved(ls, errno);
		break;
	}
	listener_leave(ls);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur >= limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

void listener_apply(struct listener *ls, const struct socket_settings *s)
{
	for (size_t i = 0; i < ls->count; i++)
		transport_apply(ls->places[i].transport, s);
}

static void real_address(const struct place *p, struct address *a)
{
	struct transport_facts facts;
	transport_facts(p->transport, FACTS_LOCAL, &facts);
	facts.local.mode = a->mode;
	facts.local.is_inherited = a->is_inherited;
	facts.local.fd = a->fd;
	if (facts.local.len)
		*a = facts.local;
	if (a->is_inherited)
		address_read_mode(a);
}

/* -1 with errno. */
static int open_place(struct listener *ls, struct address *a)
{
	struct place *p = &ls->places[ls->count];
	struct socket_settings own = ls->settings->socket;
	own.refused = &ls->unset;
	*p = (struct place){
		.listener = ls,
		.transport = ls->transport->listen(a, &own),
		.watch = { .on_ready = on_knock, .user = p },
	};
	if (!p->transport)
		return -1;
	if (p->transport->is_open) {
		ls->given = p->transport;
		return 0;
	}
	if (transport_watch(p->transport, ls->loop, &p->watch, LOOP_READ)) {
		int saved = errno;
		p->transport->ops->close(p->transport, false);
		errno = saved;
		return -1;
	}
	real_address(p, a);
	ls->count++;
	return 0;
}

/* Whether the other addresses of an endpoint will do when one gives `errnum`:
 * this machine does not have it.  One that somebody else has is an error, for
 * some of the peers would come to them. */
static bool is_dispensable(int errnum)
{
	return errnum == EAFNOSUPPORT || errnum == EADDRNOTAVAIL ||
	       errnum == EINVAL || errnum == ENODEV;
}

static void leave_out(struct listener *ls, const struct address *a, int errnum)
{
	ls->left_out[ls->left_count++] =
	    (struct left_out){ .address = *a, .errnum = errnum };
}

/* Listen on as many of `list` as can be, all with the same port; the real
 * addresses stand at the front of `out`.  0, or the errno that forbids it, with
 * its address the last that was left out. */
static int open_places(struct listener *ls, const struct address *list,
                       size_t count, struct address *out)
{
	ls->left_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct address *a = &out[ls->count];
		*a = list[i];
		if (ls->count > 0 && address_port(a) == 0)
			address_set_port(a, address_port(&out[0]));
		int errnum = open_place(ls, a) ? errno : 0;
		if (ls->given && count > 1)
			errnum = EISCONN;
		if (!errnum)
			continue;
		leave_out(ls, a, errnum);
		if (is_dispensable(errnum))
			continue;
		close_places(ls);
		return errnum;
	}
	return ls->count > 0 || ls->given ? 0 : ls->left_out[count - 1].errnum;
}

/* As open_places(); when a free port was asked for and turns out to be taken
 * at another address, another one is asked for. */
static int open_all(struct listener *ls, const struct address *list,
                    size_t count, struct address *out)
{
	int errnum = EADDRINUSE;
	for (int i = 0; i < PORT_TRIES && errnum == EADDRINUSE; i++) {
		errnum = open_places(ls, list, count, out);
		if (strcmp(ls->endpoint.port, "0") != 0)
			break;
	}
	return errnum;
}

/* Name what gave `errnum`: this address, or for a name all that did. */
static void name_failed(const struct listener *ls, int errnum,
                        const struct address *a, char where[EXPLAIN_WHERE_MAX])
{
	const struct address *alike[RESOLVE_MAX];
	size_t count = 0;
	for (size_t i = 0; i < ls->left_count && count < RESOLVE_MAX; i++)
		if (ls->left_out[i].errnum == errnum)
			alike[count++] = &ls->left_out[i].address;
	if (endpoint_has_name(&ls->endpoint))
		explain_where(where, &ls->endpoint, alike, count);
	else
		address_format(a, where);
}

static void fail_to_listen(struct listener *ls, int errnum,
                           const struct address *a)
{
	struct error e;
	char where[EXPLAIN_WHERE_MAX];
	name_failed(ls, errnum, a, where);
	transport_explain(ls->transport, &(struct failure){
		.kind = FAILED_TO_LISTEN,
		.errnum = errnum,
		.where = where,
		.address = a,
		.refused = ls->unset.errnum[SOCKET_DEVICE] ? SOCKET_DEVICE
		                                             : 0,
		.settings = &ls->settings->socket,
	}, &e);
	ls->ops->on_failed(ls->user, &e);
}

/* What the user has to know of our certificate, and of the settings. */
static void tell_tls(struct listener *ls, const struct address *a)
{
	char where[ADDRESS_TEXT_MAX], text[TLS_NOTE_MAX];
	struct tls *tls = ls->settings->tls;
	const char *code;
	struct tls_own own;
	if (!ls->endpoint.is_tls || !tls)
		return;
	address_format(a, where);
	if (tls_own(tls, &own))
		tls_own_notes(&own, where, stamp_wall_s(), ls->ops->on_note,
		              ls->user);
	while (!ls->is_over && tls_take_note(tls, &code, text))
		ls->ops->on_note(ls->user, code, text);
}

/* Without a name the peer is called like our end. */
static void tell_given(struct listener *ls, const struct address *where)
{
	struct transport *t = ls->given;
	struct transport_facts facts;
	transport_facts(t, FACTS_PEER | FACTS_LOCAL, &facts);
	ls->given = NULL;
	ls->is_single = true;
	listener_take(ls, t, facts.peer.len    ? &facts.peer
	                : facts.local.len ? &facts.local
	                                  : where);
}

static void tell_settings(struct listener *ls)
{
	struct socket_settings own = ls->settings->socket;
	char text[SOCKET_TEXT_MAX];
	own.refused = &ls->unset;
	while (!ls->is_over && socket_take_refusal(&own, text))
		ls->ops->on_note(ls->user, "setting-refused", text);
}

static void tell_places(struct listener *ls, const struct address *list)
{
	char text[EXPLAIN_TEXT_MAX];
	if (endpoint_is_ip(&ls->endpoint))
		snprintf(ls->endpoint.port, sizeof(ls->endpoint.port), "%u",
		         address_port(&list[0]));
	update_watches(ls);
	ls->ops->on_listening(ls->user, list, ls->count);
	for (size_t i = 0; i < ls->left_count && !ls->is_over; i++) {
		explain_left_out(text, ls->left_out[i].errnum,
		                 &ls->left_out[i].address);
		ls->ops->on_note(ls->user, "address-left-out", text);
	}
	tell_settings(ls);
	if (!ls->is_over)
		tell_tls(ls, &list[0]);
	if (!ls->is_over && ls->given)
		tell_given(ls, &list[0]);
}

static void begin_listening(struct listener *ls, const struct address *list,
                            size_t count)
{
	struct address *out = calloc(count, sizeof(*out));
	int errnum = ENOMEM;
	ls->left_count = 0;
	ls->places = calloc(count, sizeof(*ls->places));
	ls->left_out = calloc(count, sizeof(*ls->left_out));
	raise_descriptor_limit();
	if (out && ls->places && ls->left_out)
		errnum = open_all(ls, list, count, out);
	if (errnum == 0)
		tell_places(ls, out);
	else
		fail_to_listen(ls, errnum, ls->left_count
		               ? &ls->left_out[ls->left_count - 1].address
		               : list);
	free(ls->left_out);
	ls->left_out = NULL;
	free(out);
}

static void on_resolved(void *user, const struct address *list, size_t count,
                        const struct error *e)
{
	struct listener *ls = user;
	ls->resolve = NULL;
	ls->busy++;
	if (count == 0)
		ls->ops->on_failed(ls->user, e);
	else
		begin_listening(ls, list, count);
	listener_leave(ls);
}

struct listener *listener_new(struct loop *l,
                              const struct transport_ops *transport,
                              const struct endpoint *ep,
                              const struct dial_settings *settings,
                              const struct listener_ops *ops, void *user)
{
	struct resolve_settings passive = settings->resolve;
	struct listener *ls = calloc(1, sizeof(*ls));
	if (!ls)
		return NULL;
	passive.is_passive = true;
	*ls = (struct listener){
		.loop = l,
		.transport = transport,
		.ops = ops,
		.user = user,
		.endpoint = *ep,
		.settings = settings,
		.retry = { .on_time = on_retry, .user = ls },
	};
	if (!*ep->host && settings->socket.groups.count &&
	    listener_has_messages(ls)) /* what groups get comes from others */
		memcpy(ls->endpoint.host, "*", sizeof("*"));
	listener_init_peers(ls);
	ls->resolve =
	    resolve_start(l, &ls->endpoint, &passive, on_resolved, ls);
	if (!ls->resolve) {
		listener_free_memory(ls);
		return NULL;
	}
	return ls;
}
