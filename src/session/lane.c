/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What one side of a pair says goes to the other: as it comes, or message by
 * message, as the framing of the direction cuts it.  A message of which a part
 * has been passed on goes to its end without a word. */

#include <inttypes.h>
#include <stdlib.h>

#include <sockchat/fates.h>
#include <sockchat/number.h>
#include <sockchat/recut.h>

#include "lane_private.h"
#include "session_frame.h"
#include "session_sent.h"

#define SLICE ((size_t)64 << 10) /* is passed on at once */
#define UNFINISHED_MS 100 /* then it is told that a message is not whole */

/* Nobody is there any more to whom it could go. */
static bool is_lost(const struct session *to)
{
	return to->phase == ENTRY_CLOSED ||
	       (session_is_open(to) && !halves_is_out_open(to->link.halves));
}

/* Whether messages to it are looked for until its system has them. */
static bool is_followed(const struct session *to)
{
	return to->settings->ticks && to->pair->far->settings->keeps_entries;
}

/* As it comes */

/* Whether nothing waits that has to leave first. */
static bool is_free(const struct session *s)
{
	return session_is_open(s) && !s->queue && !is_followed(s);
}

static int pass(struct lane *l, const uint8_t *bytes, size_t len)
{
	struct session *to = l->to;
	if (to->pair->far == to && to->settings->keeps_entries &&
	    session_talk(to)) {
		to->talk->in.asked_ns = stamp_mono_ns();
		session_await_answer(to);
	}
	return session_put(to, bytes, len, !is_free(to));
}

/* The same for bytes of the message `seq`. */
static int pass_message(struct lane *l, uint64_t seq, const uint8_t *bytes,
                        size_t len)
{
	if (pass(l, bytes, len))
		return -1;
	if (seq && is_followed(l->to) && session_talk(l->to))
		session_follow(l->to, seq);
	return 0;
}

/* Message by message */

/* A message begins: it waits if it has to. */
static int begin_message(struct lane *l)
{
	struct held_list *w = l->waiting;
	w->drops = false;
	w->open = NULL;
	bool is_part_gone = w->gone && !lane_has_waiting(l);
	if (is_part_gone || !lane_stops(l))
		return 0;
	struct held *m = hold_add(lane_hold(l), w, l, false);
	if (!m)
		return -1;
	w->open = m;
	m->is_rest = w->is_cut || w->gone;
	m->is_judged = !lane_has_judge(l);
	if (!m->is_judged && !w->unjudged)
		w->unjudged = m;
	if (lane_holds(l))
		hold_number(lane_hold(l), m);
	m->passes = m->hurries = m->is_judged && !m->number;
	return 0;
}

/* Show in its entry that it waits: for a word, or to be judged, before which
 * nobody is told that it is whole, so that they are told what became of it. */
static void mark_waiting(const struct lane *l, struct held *m, uint64_t seq)
{
	struct transcript *t = lane_far(l)->settings->transcript;
	if (m->seq == seq || m->is_edited)
		return;
	m->seq = seq;
	if (m->has_word)
		transcript_set_fate(t, seq, FATE_HELD, m->number);
	if (!m->is_judged)
		transcript_withhold(t, seq);
}

/* Take back bytes that belong to the next message: those that were passed on
 * already are not passed on again. */
static void take_back(struct lane *l, struct held *m, size_t back)
{
	struct held_list *w = l->waiting;
	size_t kept = m ? m->message.bytes.len - m->gone : 0;
	if (m)
		hold_shorten(lane_hold(l), m, back < kept ? back : kept);
	w->gone = w->drops || back < kept ? 0 : back - kept;
}

static int keep(struct lane *l, struct held *m, const struct framing_cut *c,
                size_t gone)
{
	mark_waiting(l, m, c->seq);
	if (c->len &&
	    hold_append(lane_hold(l), m, c->bytes + gone, c->len - gone))
		return -1;
	if (c->len)
		m->grown_ns = stamp_mono_ns();
	m->is_whole |= c->is_whole;
	if (!c->frame || m->is_edited || m->is_rest)
		return 0;
	m->message.kind = c->frame->kind;
	m->message.prefix_at = c->now->prefix_at;
	m->message.prefix = c->now->prefix;
	m->message.suffix = c->now->suffix;
	return 0;
}

static int keep_and_judge(struct lane *l, struct held *m,
                          const struct framing_cut *c, size_t gone)
{
	if (keep(l, m, c, gone))
		return -1;
	if (m->is_whole && !m->is_judged)
		lane_judge(l);
	return 0;
}

static int on_cut(void *user, const struct framing_cut *c)
{
	struct lane *l = user;
	struct held_list *w = l->waiting;
	w->is_cut &= !c->begins;
	if ((c->begins || (w->is_cut && c->len)) && begin_message(l))
		return -1;
	w->is_cut &= !c->len;
	if (c->back && (w->open || w->is_on))
		take_back(l, w->open, c->back);
	if (!w->open && (!w->is_on || w->drops))
		return 0;
	size_t gone = w->gone < c->len ? w->gone : c->len;
	w->gone -= gone;
	if (w->open)
		return keep_and_judge(l, w->open, c, gone);
	bool has_empty = c->begins && !c->len &&
	                 link_has_messages(&l->to->link);
	return gone < c->len || has_empty
	           ? pass_message(l, c->seq, c->bytes + gone, c->len - gone)
	           : 0;
}

/* What waits, from now on.  NULL without memory. */
static struct held_list *waiting_of(struct lane *l)
{
	if (!l->waiting)
		l->waiting = calloc(1, sizeof(*l->waiting));
	if (!l->waiting || !session_talk(lane_far(l)))
		return NULL;
	l->waiting->hook =
	    (struct framing_hook){ .on_cut = on_cut, .user = l };
	lane_framing(l)->hook = &l->waiting->hook;
	return l->waiting;
}

/* Tell it as bytes of the target's session. */
static int tell(struct lane *l, const uint8_t *bytes, size_t len)
{
	struct session *far = lane_far(l);
	if (!session_talk(far))
		return -1;
	return session_tell_bytes(far, lane_framing(l), bytes, len);
}

static int take_messages(struct lane *l, const uint8_t *bytes, size_t len)
{
	struct held_list *w = waiting_of(l);
	if (!w)
		return -1;
	w->is_on = true;
	int failed = tell(l, bytes, len);
	w->is_on = false;
	return failed;
}

int lane_take(struct lane *l, const uint8_t *bytes, size_t len)
{
	bool goes_on = l->waiting && l->waiting->drops;
	if (is_lost(l->to)) {
		l->lost += len;
		return 0;
	}
	if (goes_on || lane_stops(l) || is_followed(l->to))
		return take_messages(l, bytes, len);
	if (pass(l, bytes, len))
		return -1;
	return lane_far(l)->settings->keeps_entries ? tell(l, bytes, len) : 0;
}

/* What is said */

/* Whether something that is said now would stand within a message: one that is
 * passed on as it comes has begun. */
static bool is_under_way(const struct lane *l)
{
	const struct held_list *w = l->waiting;
	const struct framing *f = lane_framing(l);
	if (!f || !f->seq || f->state.now.is_soft)
		return false;
	if (w && (w->open || w->drops))
		return false;
	return !(lane_frame(l)->kind->traits & FRAME_IDLES) ||
	       !lane_is_silent(l, f->grown_ns, HOLD_SILENCE_MS);
}

void lane_break(struct lane *l)
{
	if (lane_framing(l) && !(l->waiting && l->waiting->open))
		lane_break_message(l);
}

static int say(struct lane *l, const struct framed *m, struct error *e)
{
	struct session *far = lane_far(l);
	lane_break(l);
	if (session_queue_message(l->to, m, e))
		return -1;
	if (l->to == far || !far->settings->keeps_entries)
		return 0;
	if (!session_talk(far))
		return error_set_errno(e, ENOMEM, "not sent");
	lane_tell_made(l, m, FATE_INJECTED, 0);
	return 0;
}

/* Let it wait for the end of the message under way. */
static int say_later(struct lane *l, const struct framed *m, struct error *e)
{
	struct held *own = NULL;
	if (m->bytes.len <= hold_room(lane_hold(l)) && waiting_of(l))
		own = hold_add(lane_hold(l), l->waiting, l, true);
	if (!own || hold_append(lane_hold(l), own, m->bytes.data, m->bytes.len))
		return error_set_errno(e, ENOBUFS, "not sent to %s",
		                       l->to->link.where);
	struct bytes bytes = own->message.bytes;
	own->message = *m;
	own->message.bytes = bytes;
	own->is_whole = own->is_judged = own->is_said = own->passes = true;
	session_tell_note(lane_far(l), "said-later",
	                  "it is sent when the message under way has ended",
	                  "your message waits");
	return 0;
}

bool lane_is_between(const struct lane *l)
{
	bool passes = lane_has_waiting(l) && l->waiting->first->passes;
	return !passes && !l->piped && !is_under_way(l);
}

int lane_say(struct lane *l, const struct framed *m, struct error *e)
{
	return is_lost(l->to) || lane_is_between(l) ? say(l, m, e)
	                                            : say_later(l, m, e);
}

/* Going on */

/* Whether its turn has come. */
static bool may_go(const struct lane *l, const struct held *m)
{
	if (!m->passes || l->piped || session_is_full(l->to))
		return false;
	if (m->is_said)
		return !is_under_way(l);
	return m->is_whole || m->hurries ||
	       lane_is_silent(l, m->grown_ns, HOLD_SILENCE_MS);
}

static void go(struct lane *l, struct held *m)
{
	struct error e;
	size_t left = m->message.bytes.len - m->gone;
	size_t n = left < SLICE ? left : SLICE;
	bool is_datagram = link_has_messages(&l->to->link);
	if (m->is_said) {
		if (say(l, &m->message, &e))
			session_tell_error(lane_far(l), &e);
		n = left;
	} else if ((n || is_datagram) && pass_message(l, m->seq,
	                             m->message.bytes.data + m->gone, n)) {
		link_break(&l->to->link, ENOMEM);
	}
	m->gone += n;
	if (n == left)
		hold_remove(lane_hold(l), l->waiting, m);
}

/* Say once that nothing more is read. */
static void tell_full(struct lane *l)
{
	struct hold *h = lane_hold(l);
	const struct held *m = l->waiting->open;
	if (h->bytes < HOLD_MAX / 2)
		h->is_told = false;
	if (hold_room(h) || h->is_told || !lane_holds(l))
		return;
	h->is_told = true;
	if (m && l->waiting->first == m && !m->is_whole && h->first == h->last)
		lane_tell_word(l, "hold-full", m->number, false,
		               "message %u is longer than the %zu MiB that "
		               "can be held: it goes in pieces, /pass passes "
		               "what is here of it",
		               m->number, HOLD_MAX >> 20);
	else
		session_tell_note(lane_far(l), "hold-full",
		                  "the sender must wait until /pass or /drop "
		                  "makes room",
		                  "%zu messages are held, and fill all %zu MiB",
		                  hold_count(h), HOLD_MAX >> 20);
}

/* A message that only rules wait for is longer than can be held. */
static void give_up_judging(struct lane *l)
{
	struct held *m = l->waiting->unjudged;
	if (!m || m->is_whole || m->has_word || hold_room(lane_hold(l)) ||
	    m != l->waiting->first)
		return;
	m->is_judged = m->passes = m->hurries = true;
	l->waiting->unjudged = NULL;
	transcript_release(lane_far(l)->settings->transcript, m->seq);
	session_tell_note(lane_far(l), "hold-full",
	                  "it is passed on in pieces, and no rule is applied "
	                  "to it",
	                  "a message is longer than the %zu MiB that can be "
	                  "held", HOLD_MAX >> 20);
}

/* Programs are told of a message when it is whole: here is one to be passed. */
static void tell_unfinished(struct lane *l)
{
	struct held *m = l->waiting->open;
	if (!m || m->is_whole || !m->has_word || m->is_told ||
	    lane_frame(l)->kind->traits & FRAME_PIECES ||
	    !lane_is_silent(l, m->grown_ns, UNFINISHED_MS))
		return;
	m->is_told = true;
	lane_tell_word(l, "held", m->number, false,
	               "message %u is not whole, %zu byte%s so far: /pass "
	               "passes what is here, the rest follows",
	               m->number, m->message.bytes.len,
	               m->message.bytes.len == 1 ? "" : "s");
}

bool lane_go_on(struct lane *l)
{
	bool has_gone = false;
	if (!l->waiting)
		return false;
	lane_judge(l);
	transcript_tell(lane_far(l)->settings->transcript);
	if (!session_is_open(l->to) || is_lost(l->to))
		return false;
	tell_full(l);
	tell_unfinished(l);
	give_up_judging(l);
	for (struct held *m; (m = l->waiting->first) && may_go(l, m);) {
		go(l, m);
		has_gone = true;
	}
	return has_gone;
}

/* Whether a whole message is to be judged in another turn.  Until then nobody
 * is told of what comes, and the transcript might drop it. */
static bool is_behind(const struct lane *l)
{
	const struct held *m = l->waiting ? l->waiting->unjudged : NULL;
	return m && m->is_whole;
}

bool lane_is_full(const struct lane *l)
{
	if (!session_is_open(l->to))
		return l->to->phase != ENTRY_CLOSED; /* it is still to come */
	if (l->piped || session_is_full(l->to) || is_behind(l))
		return true;
	bool is_full = lane_stops(l) && !hold_room(lane_hold(l));
	if (is_full)
		lane_hold(l)->makes_wait = true;
	return is_full;
}

size_t lane_room(const struct lane *l)
{
	size_t room = lane_stops(l) ? hold_room(lane_hold(l)) : LOOP_BUFFER;
	return !room ? 1 : room < LOOP_BUFFER ? room : LOOP_BUFFER;
}

bool lane_is_over(const struct lane *l)
{
	return l->has_ended && !l->piped && !lane_has_waiting(l);
}

bool lane_is_owed(const struct lane *l)
{
	const struct session *to = l->to;
	return to->phase != ENTRY_CLOSED && !to->link.broken &&
	       (to->queue || session_queued(to) ||
	        (link_is_tcp(&to->link) && session_unacked(to)) ||
	        (lane_has_waiting(l) && l->waiting->first->passes));
}

/* The end */

/* Drop what waits for a word, or with `all` whatever waits, and tell that. */
static void lose_waiting(struct lane *l, bool all)
{
	size_t count = 0, bytes = 0;
	struct held *m = lane_has_waiting(l) ? l->waiting->first : NULL, *next;
	for (; m; m = next) {
		next = m->next;
		if (m->passes && !all)
			continue;
		count++;
		bytes += m->message.bytes.len - m->gone;
		lane_forget(l, m);
	}
	if (count)
		session_tell_note(lane_far(l), "hold-lost",
		                  "the connection is over",
		                  "%zu message%s (%zu byte%s) that waited for "
		                  "the %s %s dropped",
		                  count, count == 1 ? "" : "s", bytes,
		                  bytes == 1 ? "" : "s",
		                  l->dir == ENTRY_OUT ? "target" : "client",
		                  count == 1 ? "is" : "are");
}

void lane_lose(struct session *gone, bool all)
{
	if (!gone->pair)
		return;
	lose_waiting(lane_to(gone), true);
	if (all || gone->link.broken)
		lose_waiting(lane_from(gone), all);
}

void lane_finish(struct lane *l)
{
	struct transcript *t = lane_far(l)->settings->transcript;
	for (struct held *m; lane_has_waiting(l);) {
		m = l->waiting->first;
		transcript_release(t, m->seq);
		hold_remove(lane_hold(l), l->waiting, m);
	}
	transcript_tell(t);
	free(l->waiting);
	l->waiting = NULL;
}

void lane_recut(struct lane *l, const struct recut *r)
{
	struct held *m = lane_has_waiting(l) ? l->waiting->first : NULL;
	for (; m; m = m->next) {
		if (m->has_word || m->is_edited)
			recut_move(r, &m->seq);
		else
			m->seq = 0; /* it may be a part of another entry */
	}
	if (!l->waiting)
		return;
	if (l->waiting->open)
		l->waiting->open->is_whole = true;
	l->waiting->open = NULL;
	l->waiting->drops = false;
	l->waiting->is_cut = lane_stops(l); /* or it would overtake */
}

void lane_tell_lost(const struct lane *l)
{
	bool is_out = l->dir == ENTRY_OUT;
	if (!l->lost)
		return;
	session_tell_note(l->pair->far, "not-passed",
	                  is_out ? "no more could be sent to the target"
	                         : "no more could be sent to the client",
	                  "%" PRIu64 " byte%s from the %s %s lost", l->lost,
	                  plural(l->lost), is_out ? "client" : "target",
	                  l->lost == 1 ? "was" : "were");
	l->pair->far->settings->ops->on_lost(l->pair->far->settings->ops->user,
	                                     l->pair->far);
}
