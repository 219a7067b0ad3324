/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a conversation begins, what it waits for, what the user asks of it, and
 * how it ends. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>
#include <sockchat/number.h>
#include <sockchat/tls_words.h>

#include "session_frame.h"
#include "session_look.h"
#include "session_private.h"
#include "session_secure.h"
#include "under_way.h"

#define LAST_READS   64 /* of a broken connection, which has no more */

/* The end, whoever ends it */

/* Say how many bytes do not reach the peer any more. */
static void describe_loss(const struct session *s, uint64_t unacked, char *text,
                          size_t size)
{
	size_t unsent = queue_len(s->queue);
	int len = 0;
	*text = '\0';
	if (unsent)
		len = snprintf(text, size, "; %zu bytes were never sent",
		               unsent);
	if (unacked)
		snprintf(text + len, size - (size_t)len,
		         "; %" PRIu64 " bytes were never %s", unacked,
		         link_arrived(&s->link));
}

/* What was agreed on may be asked for when it is over. */
static void keep_tls(struct session *s)
{
	const struct tls_facts *tls = session_tls(s);
	if (!tls || !s->approach || s->approach->tls)
		return;
	s->approach->tls = malloc(sizeof(*tls));
	if (s->approach->tls)
		*s->approach->tls = *tls;
}

/* Close the connection if there is one: by FIN, or by RST to `abort`. */
static void close_connection(struct session *s, bool abort)
{
	session_lose(s);
	if (s->settings->tells_states && s->approach)
		keep_tls(s);
	link_close(&s->link, abort);
}

/* Tell that it is over, with this hint, which may be "".  `why` is what broke
 * it, or NULL.  `unacked` bytes were never acknowledged. */
static void conclude_session(struct session *s, const struct error *why,
                             const char *hint, uint64_t unacked)
{
	const struct session_ops *ops = s->settings->ops;
	bool failed = why || !s->opened_ns;
	char lost[128];
	if (s->phase == ENTRY_CLOSED)
		return;
	if (queue_len(s->queue)) /* its loss has to be told */
		s->is_quiet = false;
	session_show(s, why && session_is_harmless(s));
	session_end_message(s, "the connection ended");
	s->phase = ENTRY_CLOSED;
	close_connection(s, false);
	s->link.halves = HALVES_CLOSED;
	describe_loss(s, failed ? 0 : unacked, lost, sizeof(lost));
	bool has_lost = unacked || queue_len(s->queue);
	bool has_file = queue_has_file(s->queue);
	if (s->queue)
		queue_lose_files(s->queue);
	if (s->is_folded)
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "connection %s: 0 bytes received or sent "
		                   "(%s)", why ? "reset" : "closed",
		                   s->link.where);
	else if (s->opened_ns)
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "connection closed%s: %" PRIu64
		                   " byte%s received, %" PRIu64
		                   " byte%s sent%s",
		                   session_is_harmless(s) ? " by a reset" : "",
		                   s->link.bytes_in, plural(s->link.bytes_in),
		                   s->link.bytes_out,
		                   plural(s->link.bytes_out), lost);
	else
		session_tell_state(s, ENTRY_CLOSED, hint, "not connected%s",
		                   lost);
	session_drop_queue(s);
	if (has_lost && !s->settings->echo)
		ops->on_lost(ops->user, s);
	ops->on_end(ops->user, s, failed || has_lost || has_file, why);
}

static void fail_session(struct session *s, const struct error *e)
{
	session_tell_error(s, e);
	conclude_session(s, e, "", 0);
}

/* Keep how long the steps of connecting took, now that it has ended. */
static void keep_timing(struct session *s)
{
	if (!s->link.dial || !s->approach)
		return;
	s->approach->timing = *dial_timing(s->link.dial);
	s->approach->is_timed = true;
}

/* Whether the peer had ended, and nothing has moved for so long that our system
 * has asked whether it is still there: then the break is no news. */
static bool is_long_over(const struct session *s, uint64_t unacked)
{
	const struct link *l = &s->link;
	int64_t quiet_ns = loop_now_ns(l->loop) - link_moved_ns(l);
	return l->broken && l->broken != ENOMEM && l->has_peer_ended &&
	       !l->is_silent && !unacked && !queue_len(s->queue) &&
	       !queue_has_file(s->queue) &&
	       quiet_ns > (TRANSPORT_PROBE_S - 1) * 1000 * MS_NS;
}

static void on_over(struct link *l, const struct error *e, uint64_t unacked)
{
	struct session *s = session_of(l);
	bool is_old = is_long_over(s, unacked);
	bool is_told = s->is_unproven && !l->broken && !l->is_silent;
	bool failed = e && !is_old && !is_told;
	keep_timing(s);
	if (failed && !session_is_harmless(s)) {
		session_show(s, false);
		session_tell_error(s, e);
	}
	if (l->broken == ECONNRESET || l->broken == EPIPE)
		hints_end(s, true);
	/* a FIN would say that the peer has all there is */
	close_connection(s, failed && l->broken);
	/* one that is gone has been told to be */
	conclude_session(s, failed ? e : NULL,
	                 is_old && !s->is_gone ? explain_long_over : "",
	                 unacked);
}

/* What we have sent to end our half. */
static const char *name_our_end(const struct link *l, bool is_kept)
{
	if (is_kept)
		return "";
	if (l->traits & TRANSPORT_TLS)
		return " (close_notify sent)";
	return link_is_tcp(l) ? " (FIN sent)" : "";
}

static void on_end_out(struct link *l)
{
	struct session *s = session_of(l);
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_END, &facts);
	session_show(s, false);
	session_tell_state(s, ENTRY_HALF_CLOSED,
	                   facts.is_end_kept ? explain_end_kept : "",
	                   "our half is closed%s: nothing more can be sent, "
	                   "the peer may go on",
	                   name_our_end(l, facts.is_end_kept));
	if (s->closes) /* what is kept back, closing alone tells the peer */
		link_set_alarm(l, ALARM_LINGER, facts.is_end_kept
		                                    ? 0
		                                    : s->settings->linger_ns);
}

/* Readiness */

/* Reading goes on when a quarter of what stopped it waits. */
static bool wants_read(struct session *s)
{
	if (!s->queue ||
	    queue_len(s->queue) <= queues_share(s->settings->queues) / 4)
		s->is_full = false;
	else if (session_is_congested(s))
		s->is_full = true;
	if (s->link.broken)
		return !s->settings->is_held;
	if (s->link.is_accepted && session_upgrade_of(s))
		return false; /* it is TLS's */
	return !s->is_paused && !s->settings->is_held &&
	       !(s->settings->echo && s->is_full);
}

static unsigned wishes_of(struct session *s)
{
	unsigned w = wants_read(s) ? LOOP_READ : 0;
	if (s->queue && session_plain_room(s) &&
	    !link_has_alarm(&s->link, ALARM_DRIP))
		w |= LOOP_WRITE;
	if (!s->settings->is_held)
		w |= LOOP_HANGUP;
	if (s->shuts_down && !s->queue && !session_upgrade_of(s))
		w |= LINK_END_OUT;
	return s->leaves ? w | LINK_LEAVE : w;
}

/* Read what the peer had sent before it broke: nothing may wake us for it. */
static void read_last_words(struct session *s)
{
	if (s->leaves)
		link_break(&s->link, s->link.broken);
	for (int i = 0; i < LAST_READS && !s->settings->is_held &&
	                halves_is_in_open(s->link.halves); i++)
		session_read(s);
}

static void go_on_upgrading(struct session *s)
{
	struct error e;
	if (session_upgrade(s, &e))
		fail_session(s, &e);
}

void session_update(struct session *s)
{
	bool was_broken;
	if (!s->link.transport)
		return;
	if ((s->queue || s->talk) && halves_is_out_open(s->link.halves))
		session_write(s);
	go_on_upgrading(s);
	if (!s->link.transport)
		return;
	do {
		was_broken = s->link.broken;
		if (was_broken)
			read_last_words(s);
		link_step(&s->link, wishes_of(s));
	} while (s->link.transport && s->link.broken && !was_broken);
}

static void on_ready(struct link *l, unsigned ready)
{
	struct session *s = session_of(l);
	if (s->settings->rests)
		ready &= LOOP_WRITE;
	bool has_acks = s->talk && under_way_read(s->talk->under_way);
	if (has_acks && !(ready & LOOP_READ)) /* they alone have woken us */
		ready &= ~LOOP_HANGUP;
	if (ready & (LOOP_READ | LOOP_HANGUP) && halves_is_in_open(l->halves))
		session_read(s);
	else if (ready & LOOP_HANGUP)
		link_hang_up(l);
	session_update(s);
}

static void on_alarm(struct link *l, unsigned which)
{
	struct session *s = session_of(l);
	if (which == ALARM_LINGER)
		s->leaves = true;
	if (which == ALARM_FRAME)
		session_end_silent(s);
	if (which == ALARM_SECURE)
		session_stop_waiting(s);
	session_update(s);
}

/* The beginning */

/* Keep both addresses as text; ours costs a call, and is only asked for when it
 * may be told.  False, and the session has failed, without memory. */
static bool name_ends(struct session *s, const struct transport *t,
                      const char *peer)
{
	struct transport_facts facts;
	char here[ADDRESS_TEXT_MAX] = "";
	struct error e;
	transport_facts(t, s->settings->tells_states ? FACTS_LOCAL : 0, &facts);
	if (facts.local.len)
		address_format(&facts.local, here);
	size_t here_size = strlen(here) + 1, peer_size = strlen(peer) + 1;
	char *both = malloc(here_size + peer_size);
	if (!both) {
		error_set_errno(&e, ENOMEM, "cannot serve %s", peer);
		fail_session(s, &e);
		return false;
	}
	memcpy(both, here, here_size);
	s->link.where = memcpy(both + here_size, peer, peer_size);
	free(s->local);
	s->local = both;
	return true;
}

static void on_link_open(struct link *l, const struct address *peer)
{
	struct session *s = session_of(l);
	const struct session_ops *ops = s->settings->ops;
	char at[ADDRESS_TEXT_MAX];
	keep_timing(s);
	address_format(peer, at);
	if (!l->is_accepted &&
	    !name_ends(s, l->transport, peer->len ? at : l->where))
		return;
	session_begin(s);
	if (ops->on_open)
		ops->on_open(ops->user, s);
	link_set_idle(&s->link, s->settings->idle_ns);
	session_update(s);
}

static void on_link_secured(struct link *l)
{
	struct session *s = session_of(l);
	struct transport_facts facts;
	char text[TLS_WORDS_MAX] = "";
	transport_facts(l->transport, FACTS_TLS, &facts);
	if (facts.tls)
		tls_say_secured(text, facts.tls,
		                stamp_now().wall_us / 1000000);
	session_tell_state(s, ENTRY_OPEN, text, "%s now speaks TLS",
	                   s->link.where);
	link_set_idle(l, s->settings->idle_ns);
	session_update(s);
}

static void on_session_urgent(struct link *l)
{
	session_show(session_of(l), false);
	session_tell_note(session_of(l), "urgent-data", "", "%s",
	                  explain_urgent);
}

struct session *session_new(struct loop *l,
                            const struct session_settings *settings,
                            uint32_t number)
{
	static const struct link_ops link_ops = {
		.on_open = on_link_open,
		.on_ready = on_ready,
		.on_secured = on_link_secured,
		.on_urgent = on_session_urgent,
		.on_alarm = on_alarm,
		.on_end_out = on_end_out,
		.on_over = on_over,
	};
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	link_init(&s->link, l, &link_ops);
	s->settings = settings;
	s->number = number;
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	close_connection(s, false);
	if (s->approach)
		free(s->approach->tls);
	free(s->approach);
	session_end_upgrade(s);
	if (s->talk) {
		hints_free(s->talk->watcher);
		free(s->talk->lag);
	}
	free(s->talk);
	session_drop_queue(s);
	session_forget_names(s);
	free(s->local);
	free(s);
}

void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer)
{
	char at[ADDRESS_TEXT_MAX];
	address_format(peer, at);
	if (name_ends(s, t, at))
		link_take(&s->link, t, peer);
	else
		t->ops->close(t, true);
}

static void on_connecting(void *user)
{
	struct session *s = user;
	session_tell_state(s, ENTRY_CONNECTING, "", "connecting to %s%s",
	                   s->link.where, s->approach->through);
}

static void on_handshaking(void *user)
{
	struct session *s = user;
	session_tell_state(s, ENTRY_HANDSHAKING, "", "TLS handshake with %s",
	                   s->link.where);
}

static void on_step(void *user, const char *code, const char *text)
{
	const struct session *s = user;
	if (s->settings->tells_steps)
		session_tell_note(user, code, "", "%s", text);
}

static void on_note(void *user, const char *code, const char *text)
{
	session_tell_note(user, code, "", "%s", text);
}

/* Keep how the user calls the peer, and behind that the proxy on the way, as
 * sentences have it.  NULL without memory. */
static struct approach *approach_new(const struct endpoint *ep,
                                     const struct endpoint *proxy)
{
	char called[ENDPOINT_TEXT_MAX], through[ENDPOINT_TEXT_MAX] = "";
	static const char before[] = " through the proxy ";
	endpoint_show(ep, called);
	if (proxy)
		endpoint_show(proxy, through);
	size_t size = strlen(called) + 1;
	size_t more = proxy ? strlen(before) + strlen(through) + 1 : 1;
	struct approach *a = calloc(1, sizeof(*a) + size + more);
	if (!a)
		return NULL;
	memcpy(a->called, called, size);
	snprintf(a->called + size, more, "%s%s", proxy ? before : "", through);
	a->through = a->called + size;
	a->endpoint = *ep;
	return a;
}

void session_connect(struct session *s, const struct transport_ops *transport,
                     const struct endpoint *ep,
                     const struct dial_settings *settings, bool is_again)
{
	char called[ENDPOINT_TEXT_MAX];
	const struct dial_steps steps = {
		.on_connecting = on_connecting,
		.on_handshaking = on_handshaking,
		.on_step = on_step,
		.on_note = on_note,
		.user = s,
	};
	struct error e;
	s->is_quiet = is_again;
	endpoint_show(ep, called);
	s->approach = approach_new(ep, dial_proxy(transport, settings));
	if (s->approach) {
		s->link.where = s->approach->called;
		if (transport->traits & TRANSPORT_IP)
			session_tell_state(s, ENTRY_RESOLVING, "",
			                   "resolving %s%s", called,
			                   s->approach->through);
		if (!link_dial(&s->link, transport, ep, settings, &steps))
			return;
	}
	error_set_errno(&e, errno, "cannot connect to %s", called);
	fail_session(s, &e);
}

/* What the user asks for */

int session_send_framed(struct session *s, const struct framed *m,
                        struct error *e)
{
	session_show(s, false);
	if (session_queue_message(s, m, e))
		return -1;
	session_update(s);
	return 0;
}

int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e)
{
	char size[16];
	session_show(s, false);
	if (session_queue_file(s, file, e))
		return -1;
	session_update(s);
	if (queue_file_waits(s->queue)) {
		number_format_size(size, file->total);
		session_tell_note(s, "file-waiting", "",
		                  "%s (%s) waits for its turn", file->name,
		                  size);
	}
	return 0;
}

void session_cancel(struct session *s)
{
	if (s->queue)
		queue_stop_files(s->queue);
	session_update(s);
}

int session_starttls(struct session *s, const void *text, size_t len,
                     const struct dial_settings *settings, struct error *e)
{
	session_show(s, false);
	if (session_begin_upgrade(s, text, len, settings, e))
		return -1;
	session_update(s);
	return 0;
}

void session_shutdown(struct session *s)
{
	s->shuts_down = true;
	session_update(s);
}

void session_pause(struct session *s)
{
	s->is_paused = true;
	session_update(s);
}

void session_resume(struct session *s)
{
	s->is_paused = false;
	session_update(s);
}

static void begin_close(struct session *s)
{
	if (!s->link.transport || session_upgrade_of(s)) {
		conclude_session(s, NULL, "", session_unacked(s));
		return;
	}
	s->closes = s->shuts_down = true;
	s->is_paused = false;
	if (!halves_is_out_open(s->link.halves))
		link_set_alarm(&s->link, ALARM_LINGER,
		               s->settings->linger_ns);
	session_update(s);
}

void session_close(struct session *s)
{
	if (s->phase != ENTRY_CLOSED && !s->closes)
		begin_close(s);
}

void session_finish(struct session *s)
{
	s->closes = s->shuts_down = true;
	if (s->link.transport && !session_upgrade_of(s))
		begin_close(s);
}

void session_leave(struct session *s)
{
	s->leaves = true;
	if (s->phase != ENTRY_CLOSED)
		begin_close(s);
}

void session_lose(struct session *s)
{
	if (s->talk)
		under_way_end(s->talk->under_way);
	if (s->talk)
		s->talk->under_way = NULL;
}

void session_reset(struct session *s)
{
	if (s->phase == ENTRY_CLOSED)
		return;
	size_t unacked = session_unacked(s);
	bool is_tcp = link_is_tcp(&s->link);
	close_connection(s, true);
	conclude_session(s, NULL, is_tcp ? "" : explain_no_reset, unacked);
}

void session_refresh(struct session *s)
{
	if (s->link.transport && !*session_local(s) &&
	    !name_ends(s, s->link.transport, s->link.where))
		return;
	if (!s->settings->drip_bytes)
		link_stop_alarm(&s->link, ALARM_DRIP);
	if (link_has_alarm(&s->link, ALARM_LINGER))
		link_set_alarm(&s->link, ALARM_LINGER, s->settings->linger_ns);
	link_set_idle(&s->link, s->settings->idle_ns);
	session_update(s);
}
