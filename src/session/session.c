/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a conversation begins, what it waits for, and how it ends. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>
#include <sockchat/number.h>
#include <sockchat/pair.h>
#include <sockchat/tls_words.h>

#include "approach.h"
#include "conduit.h"
#include "session_fault.h"
#include "session_frame.h"
#include "session_look.h"
#include "session_messages.h"
#include "session_private.h"
#include "session_secure.h"
#include "side.h"
#include "under_way.h"

#define LAST_READS   64 /* of a broken connection, which has no more */
#define MESSAGES_MAX 64 /* that are read in a turn */

/* The end, whoever ends it */

/* Close the connection if there is one: by FIN, or by RST to `abort`. */
static void close_connection(struct session *s, bool abort)
{
	session_tell_dropped(s);
	session_lose(s);
	if (s->settings->tells_states && s->approach)
		approach_keep_tls(s);
	link_end_faults(&s->link);
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
	bool has_queued = session_queued(s) || !queue_is_empty(s->queue);
	if (has_queued) /* its loss has to be told */
		s->is_quiet = false;
	session_show(s, why && session_is_harmless(s));
	session_end_message(s, "the connection ended");
	lane_lose(s, why != NULL);
	s->phase = ENTRY_CLOSED;
	close_connection(s, false);
	s->link.halves = HALVES_CLOSED;
	session_describe_loss(s, failed ? 0 : unacked, lost, sizeof(lost));
	bool has_lost = unacked || has_queued || session_is_cut(s);
	bool has_file = queue_has_file(s->queue);
	if (s->queue)
		queue_lose_files(s->queue);
	if (s->pair)
		side_tell_losses(s, lost);
	session_tell_over(s, why, hint, lost);
	session_drop_queue(s);
	if (s->pair)
		conduit_close(lane_to(s));
	if (has_lost && !s->settings->echo)
		ops->on_lost(ops->user, s);
	ops->on_end(ops->user, s,
	            failed || has_lost || has_file || s->has_unsent, why);
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
	int64_t probe_ns = s->settings->probe_ns
	                       ? s->settings->probe_ns
	                       : SOCKET_KEEP_IDLE_S * 1000 * MS_NS;
	return l->broken && l->broken != ENOMEM && l->has_peer_ended &&
	       !l->is_silent && !unacked && !session_queued(s) &&
	       !queue_has_file(s->queue) &&
	       quiet_ns > probe_ns - 1000 * MS_NS;
}

static void on_over(struct link *l, const struct error *e, uint64_t unacked)
{
	struct session *s = session_of(l);
	bool is_old = is_long_over(s, unacked);
	bool is_told = s->is_unproven && !l->broken && !l->is_silent;
	bool is_let_go = l->is_silent && session_may_fall_silent(s);
	bool failed = e && !is_old && !is_told && !is_let_go;
	keep_timing(s);
	if (failed && !session_is_harmless(s)) {
		session_show(s, false);
		session_tell_error(s, e);
	}
	if (l->broken == ECONNRESET || l->broken == EPIPE)
		hints_end(s, true);
	/* a FIN would say that the peer has all there is, or in the middle that
	 * the other side has ended */
	close_connection(s, failed && (l->broken || s->pair));
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
	if (l->transport->ends_bare)
		return " (no close_notify sent: there was none either)";
	if (link_is_stalled(l))
		return " (no FIN is sent: stall)";
	if (l->traits & TRANSPORT_TLS)
		return " (close_notify sent)";
	return link_is_tcp(l) ? " (FIN sent)" : "";
}

static void on_end_out(struct link *l)
{
	struct session *s = session_of(l);
	struct transport_facts facts;
	char text[128];
	if (link_has_messages(l))
		return; /* it is over */
	transport_facts(l->transport, FACTS_END, &facts);
	session_show(s, false);
	snprintf(text, sizeof(text), "%s%s", side_name_end(s),
	         name_our_end(l, facts.is_end_kept));
	session_tell_half(s, text,
	                  s->pair ? "the target may still send"
	                          : "the peer may still send",
	                  !facts.is_end_kept ? ""
	                  : s->pair          ? explain_end_waits
	                                     : explain_end_kept);
	if (s->closes) /* what is kept back, closing alone tells the peer */
		link_set_alarm(l, ALARM_LINGER, facts.is_end_kept
		                                    ? 0
		                                    : s->settings->linger_ns);
	else if (s->pair && facts.is_end_kept)
		side_keep_end(s);
}

/* Readiness */

static bool wants_read(struct session *s)
{
	bool is_held = session_flow(s)->is_held;
	if (s->link.broken)
		return !is_held;
	if (s->link.is_accepted && session_upgrade_of(s))
		return false; /* it is TLS's */
	return !session_rests(s) && !is_held &&
	       !(s->pair && lane_is_full(lane_from(s))) &&
	       !(s->settings->echo && session_is_full(s));
}

static unsigned wishes_of(struct session *s)
{
	unsigned w = wants_read(s) ? LOOP_READ : 0;
	if (s->queue && session_plain_room(s))
		w |= LOOP_WRITE;
	if (!session_flow(s)->is_held)
		w |= LOOP_HANGUP;
	if (s->shuts_down && !s->queue && !session_upgrade_of(s))
		w |= LINK_END_OUT;
	if (s->pair)
		w |= side_wishes(s);
	bool awaits_none = s->closes && link_has_messages(&s->link);
	return s->leaves || awaits_none ? w | LINK_LEAVE : w;
}

/* Read what the peer had sent before it broke: nothing may wake us for it. */
static void read_last_words(struct session *s)
{
	if (s->leaves)
		link_break(&s->link, s->link.broken);
	for (int i = 0; i < LAST_READS && !session_flow(s)->is_held &&
	                halves_is_in_open(s->link.halves); i++)
		(void)session_read(s);
}

static void go_on_upgrading(struct session *s)
{
	struct error e;
	if (session_upgrade(s, &e))
		fail_session(s, &e);
}

static void update_one(struct session *s)
{
	bool was_broken;
	if (!s->link.transport)
		return;
	if (s->pair)
		conduit_write(lane_to(s));
	if ((s->queue || s->talk) && halves_is_out_open(s->link.halves))
		session_write(s);
	side_go_on(s);
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

/* Each side makes room for the other.  What the last one has taken may be what
 * the other has waited for, and nothing else would wake that. */
static void update_both(struct session *s, struct session *other)
{
	const struct lane *in = lane_to(s);
	bool was_full;
	do {
		update_one(other);
		was_full = lane_is_full(in);
		update_one(s);
	} while (was_full && !lane_is_full(in));
}

void session_update(struct session *s)
{
	update_one(s);
	if (s->pair)
		update_both(s, pair_other(s));
}

/* A message costs a call: where many come, a turn takes several. */
static void read_on(struct session *s)
{
	int left = link_has_messages(&s->link) ? MESSAGES_MAX : 1;
	while (session_read(s) && --left && wants_read(s))
		;
}

static void on_ready(struct link *l, unsigned ready)
{
	struct session *s = session_of(l);
	if (session_flow(s)->rests)
		ready &= LOOP_WRITE;
	bool has_acks = s->talk && under_way_read(s->talk->under_way);
	if (has_acks && !(ready & LOOP_READ)) /* they alone have woken us */
		ready &= ~LOOP_HANGUP;
	if (ready & (LOOP_READ | LOOP_HANGUP) && halves_is_in_open(l->halves))
		read_on(s);
	else if (ready & LOOP_HANGUP)
		link_hang_up(l);
	session_update(s);
}

static void on_alarm(struct link *l, unsigned which)
{
	struct session *s = session_of(l);
	bool is_linger = which == ALARM_LINGER;
	if (is_linger && s->pair)
		side_on_linger(s);
	else if (is_linger && s->awaits_answers && session_has_waited(s))
		session_close(s);
	else if ((is_linger && !s->awaits_answers) || which == ALARM_RESET)
		s->leaves = true;
	if (which == ALARM_FRAME)
		session_end_silent(s);
	if (which == ALARM_SECURE)
		session_stop_waiting(s);
	session_update(s);
}

/* The beginning */

/* False, and the session has failed, without memory. */
static bool name_ends(struct session *s, const struct transport *t,
                      const char *peer)
{
	struct error e;
	if (!session_name_ends(s, t, peer))
		return true;
	error_set_errno(&e, ENOMEM, "cannot serve %s", peer);
	fail_session(s, &e);
	return false;
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
	if (s->pair && !l->is_near)
		side_call(s, "the target");
	session_begin(s);
	if (s->pair && !s->settings->tells_states) /* there may be many */
		approach_forget(s);
	if (ops->on_open)
		ops->on_open(ops->user, s);
	link_set_idle(&s->link, session_idle_ns(s));
	if (s->awaits_answers)
		session_await_answers(s);
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
		.on_unsent = session_tell_unsent,
		.on_fault = session_tell_fault,
		.on_piece = session_see_piece,
		.on_over = on_over,
	};
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	link_init(&s->link, l, &link_ops);
	s->settings = settings;
	s->link.number = number;
	s->link.faults = settings->faults;
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	close_connection(s, false);
	approach_forget(s);
	session_end_upgrade(s);
	if (s->talk) {
		hints_free(s->talk->watcher);
		free(s->talk->lag);
	}
	free(s->talk);
	session_drop_queue(s);
	session_forget_names(s);
	free(s->local);
	if (s->pair && s == s->pair->far) {
		lane_finish(&s->pair->in);
		lane_finish(&s->pair->out);
		session_free(s->pair->near);
		free(s->pair);
	}
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
		transport_close(t, true);
}

/* Tell what is done to reach the peer, in the middle for whom. */
static void tell_way(struct session *s, enum entry_state state,
                     const char *doing)
{
	char hint[OWNER_TEXT_MAX + 32] = "";
	if (s->pair && state == ENTRY_CONNECTING)
		session_name_client(s, hint, sizeof(hint));
	session_tell_state(s, state, hint, "%s %s%s%s%s%s", doing,
	                   s->link.where, s->approach->through,
	                   s->pair ? " for the client " : "",
	                   s->pair ? s->pair->near->link.where : "",
	                   s->pair ? session_through(s->pair->near) : "");
}

/* An address needs no word. */
static void tell_resolving(struct session *s, const struct endpoint *proxy)
{
	s->since_ns = stamp_mono_ns();
	if (endpoint_has_name(proxy ? proxy : &s->approach->endpoint))
		tell_way(s, ENTRY_RESOLVING, "resolving");
}

/* Where nobody is asked, there is nothing to wait for. */
static void on_connecting(void *user)
{
	const struct session *s = user;
	if (!link_has_messages(&s->link))
		tell_way(user, ENTRY_CONNECTING, "connecting to");
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
		tell_resolving(s, dial_proxy(transport, settings));
		if (!link_dial(&s->link, transport, ep, settings, &steps))
			return;
	}
	error_set_errno(&e, errno, "cannot connect to %s", called);
	fail_session(s, &e);
}

/* The end, as the user asks for it */

static void begin_close(struct session *s)
{
	if (!s->link.transport || session_upgrade_of(s)) {
		conclude_session(s, NULL, "", session_unacked(s));
		return;
	}
	s->closes = s->shuts_down = true;
	s->is_paused = false;
	if (link_has_messages(&s->link))
		read_on(s); /* the network may say what did not arrive */
	if (!halves_is_out_open(s->link.halves))
		link_set_alarm(&s->link, ALARM_LINGER,
		               s->settings->linger_ns);
	session_update(s);
}

static void close_one(struct session *s)
{
	if (s->phase != ENTRY_CLOSED && !s->closes)
		begin_close(s);
}

void session_close(struct session *s)
{
	close_one(s);
	if (s->pair)
		close_one(pair_other(s));
}

void session_finish(struct session *s)
{
	s->closes = s->shuts_down = true;
	if (s->link.transport && !session_upgrade_of(s))
		begin_close(s);
}

static void leave_one(struct session *s)
{
	s->leaves = true;
	if (s->phase != ENTRY_CLOSED)
		begin_close(s);
}

void session_leave(struct session *s)
{
	leave_one(s);
	if (s->pair)
		leave_one(pair_other(s));
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
	const char *hint = link_is_tcp(&s->link)         ? ""
	                   : link_has_messages(&s->link) ? session_no_reset
	                                                 : explain_no_reset;
	close_connection(s, true);
	conclude_session(s, NULL, hint, unacked);
}

void session_refresh(struct session *s)
{
	if (s->link.transport && !*session_local(s) &&
	    !name_ends(s, s->link.transport, s->link.where))
		return;
	link_follow_faults(&s->link);
	if (s->awaits_answers)
		session_await_answers(s);
	else if (link_has_alarm(&s->link, ALARM_LINGER))
		link_set_alarm(&s->link, ALARM_LINGER, s->settings->linger_ns);
	link_set_idle(&s->link, session_idle_ns(s));
	session_update(s);
}
