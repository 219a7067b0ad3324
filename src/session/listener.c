/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The places where peers are accepted. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <sockchat/explain.h>
#include <sockchat/listener.h>
#include <sockchat/openings.h>
#include <sockchat/tls_words.h>

#define BATCH_MAX      64 /* peers that are accepted at once */
#define PORT_TRIES     32
#define RETRY_NS       SECOND_NS
#define OWN_LIMIT_NS   (5 * SECOND_NS)
#define TROUBLE_GAP_NS (5 * SECOND_NS)

struct place {
	struct listener *listener;
	struct transport *transport;
	struct watch watch;
	int batch;     /* how many are accepted at once */
	uint64_t turn; /* the last in which some were */
};

/* An address that cannot be listened on, and why. */
struct left_out {
	struct address address;
	int errnum;
};

struct listener {
	struct loop *loop;
	const struct transport_ops *transport;
	const struct listener_ops *ops;
	void *user;
	struct endpoint endpoint;
	const struct dial_settings *settings;
	struct openings openings;
	struct resolve *resolve;
	struct place *places;
	size_t count;
	struct left_out *left_out; /* while the places are opened */
	size_t left_count;
	struct timer retry;
	int trouble;        /* errno that was told, while peers wait; or 0 */
	int64_t trouble_ns; /* when it was told last, 0 for never */
	bool is_paused, is_starved;
	/* As long as calls of ours are on the stack it isn't freed. */
	unsigned busy;
	bool is_over;
};

static void close_places(struct listener *ls)
{
	for (size_t i = 0; i < ls->count; i++) {
		struct place *p = &ls->places[i];
		watch_remove(&p->watch);
		p->transport->ops->close(p->transport, false);
	}
	ls->count = 0;
}

static void listener_finish(struct listener *ls)
{
	free(ls->places);
	free(ls);
}

static void listener_leave(struct listener *ls)
{
	ls->busy--;
	if (ls->is_over && !ls->busy)
		listener_finish(ls);
}

void listener_free(struct listener *ls)
{
	if (!ls)
		return;
	ls->is_over = true;
	resolve_cancel(ls->resolve);
	timer_stop(&ls->retry);
	openings_finish(&ls->openings);
	close_places(ls);
	if (!ls->busy)
		listener_finish(ls);
}

static void update_watches(struct listener *ls)
{
	bool is_open = !ls->is_paused && !ls->is_starved;
	for (size_t i = 0; i < ls->count; i++)
		watch_set(&ls->places[i].watch, is_open ? LOOP_READ : 0);
}

void listener_pause(struct listener *ls)
{
	ls->is_paused = true;
	openings_hold(&ls->openings, true);
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
	listener_retry(ls);
	update_watches(ls);
}

static void tell_trouble(struct listener *ls, int errnum)
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
	tell_trouble(ls, errnum);
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
		t->ops->close(t, true);
		tell_trouble(ls, ENOMEM);
	}
}

static void take_peer(struct listener *ls, struct transport *t,
                      const struct address *peer)
{
	if (!ls->endpoint.is_tls)
		ls->ops->on_peer(ls->user, t, peer);
	else if (ls->settings->tls && tls_takes_plain(ls->settings->tls))
		openings_sort(&ls->openings, t, peer);
	else
		secure_peer(ls, t, peer);
}

static void on_knock(struct watch *w, unsigned ready)
{
	struct place *p = w->user;
	struct listener *ls = p->listener;
	int batch = next_batch(p);
	(void)ready;
	ls->busy++;
	for (int i = 0; i < batch && !ls->is_over && !ls->is_paused; i++) {
		struct address peer;
		struct transport *t =
		    p->transport->ops->accept(p->transport, &peer);
		if (t) {
			take_peer(ls, t, &peer);
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

static void real_address(const struct place *p, struct address *a)
{
	struct transport_facts facts;
	transport_facts(p->transport, FACTS_LOCAL, &facts);
	facts.local.mode = a->mode;
	if (facts.local.len)
		*a = facts.local;
}

/* -1 with errno. */
static int open_place(struct listener *ls, struct address *a)
{
	struct place *p = &ls->places[ls->count];
	*p = (struct place){
		.listener = ls,
		.transport = ls->transport->listen(a),
		.watch = { .on_ready = on_knock, .user = p },
	};
	if (!p->transport)
		return -1;
	if (watch_add_socket(ls->loop, &p->watch, p->transport->fd, LOOP_READ) <
	    0) {
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
		if (open_place(ls, a) == 0)
			continue;
		int errnum = errno;
		leave_out(ls, a, errnum);
		if (is_dispensable(errnum))
			continue;
		close_places(ls);
		return errnum;
	}
	return ls->count > 0 ? 0 : ls->left_out[count - 1].errnum;
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

static void tell_places(struct listener *ls, const struct address *list)
{
	char text[EXPLAIN_TEXT_MAX];
	if (ls->endpoint.scheme == ENDPOINT_TCP)
		snprintf(ls->endpoint.port, sizeof(ls->endpoint.port), "%u",
		         address_port(&list[0]));
	update_watches(ls);
	ls->ops->on_listening(ls->user, list, ls->count);
	for (size_t i = 0; i < ls->left_count && !ls->is_over; i++) {
		explain_left_out(text, ls->left_out[i].errnum,
		                 &ls->left_out[i].address);
		ls->ops->on_note(ls->user, "address-left-out", text);
	}
	if (!ls->is_over)
		tell_tls(ls, &list[0]);
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
	openings_init(&ls->openings, l, &(struct openings_ops){
		.on_open = on_opened, .on_hello = secure_peer,
		.on_failed = on_unopened, .user = ls,
	}, settings->timeout_ms);
	ls->resolve = resolve_start(l, ep, &passive, on_resolved, ls);
	if (!ls->resolve) {
		listener_finish(ls);
		return NULL;
	}
	return ls;
}
