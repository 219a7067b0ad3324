/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What comes from the peer is cut into messages, told, and sent back if that is
 * wanted. */

#include <errno.h>
#include <stdio.h>

#include <sockchat/explain.h>
#include <sockchat/pair.h>

#include "conduit.h"
#include "session_frame.h"
#include "session_look.h"
#include "session_messages.h"
#include "session_private.h"

#define BUSY     ((ssize_t)64 << 10) /* bytes read at once */
#define READ_MIN ((size_t)4 << 10)

/* Echo */

static bool sends_back(const struct session *s)
{
	return s->settings->echo && halves_is_out_open(s->link.halves) &&
	       !s->shuts_down;
}

/* Whether nothing waits that has to leave first. */
static bool is_free(const struct session *s)
{
	return !s->queue;
}

/* How much may be read at once. */
static size_t read_max(const struct session *s)
{
	if (link_has_messages(&s->link))
		return LOOP_BUFFER; /* what is left of a message is lost */
	if (s->pair)
		return lane_room(lane_from(s));
	if (!s->settings->echo)
		return LOOP_BUFFER;
	size_t share = queues_share(s->settings->queues);
	size_t len = s->queue ? queue_len(s->queue) : 0;
	return len + READ_MIN < share ? share - len : READ_MIN;
}

/* Whether bytes can go back without a look at them. */
static bool is_passable(const struct session *s)
{
	return !s->settings->keeps_entries && !s->settings->discards_in &&
	       sends_back(s) && is_free(s) &&
	       transport_can_splice(s->link.transport);
}

/* Let the system move what comes.  Returns how much it was; 0: it has to be
 * read. */
static ssize_t pass_back(struct session *s)
{
	const int *ends = is_passable(s) ? loop_pipe(s->link.loop) : NULL;
	ssize_t n = ends ? link_read_to(&s->link, ends[1], read_max(s)) : 0;
	if (n <= 0)
		return 0;
	ssize_t gone = link_write_from(&s->link, ends[0], true, (size_t)n);
	if (gone < 0)
		gone = 0;
	if (conduit_empty(s, ends[0], (size_t)(n - gone)))
		link_break(&s->link, ENOMEM);
	return n;
}

/* In */

/* In the middle, what a client says is for hints what it sends, and what it
 * says to its target. */
static void look_for_hints(struct session *s, const uint8_t *bytes, size_t len)
{
	struct session *far = s->pair->far;
	const struct session_settings *all = far->settings;
	if ((!all->keeps_entries || !all->hints) && !s->talk)
		return;
	if (!session_talk(s) || !session_talk(far))
		return; /* without memory there are none */
	hints_in(s, bytes, len);
	if (s != far && session_is_open(far))
		hints_out(far, bytes, len);
}

static int take_between(struct session *s, const uint8_t *bytes, size_t len)
{
	if (lane_take(lane_from(s), bytes, len))
		return -1;
	if (len)
		look_for_hints(s, bytes, len);
	return 0;
}

static int take_incoming(struct session *s, const uint8_t *bytes, size_t len)
{
	bool is_told = s->settings->keeps_entries;
	if (s->pair)
		return take_between(s, bytes, len);
	if (s->settings->discards_in)
		return 0;
	if (is_told && !session_talk(s))
		return -1;
	/* what a hint is about stands below it, and is not parted by it */
	bool is_first = s->talk && !s->talk->in.seq;
	if (len && is_first)
		hints_in(s, bytes, len);
	if (is_told && session_tell_bytes(s, &s->talk->in, bytes, len))
		return -1;
	if (len && s->talk && !is_first)
		hints_in(s, bytes, len);
	if (!sends_back(s))
		return 0;
	if (session_put(s, bytes, len, !is_free(s)))
		return -1;
	return is_told ? session_tell_bytes(s, &s->talk->out, bytes, len) : 0;
}

static void note_first_byte(struct session *s)
{
	int64_t us = (stamp_mono_ns() - s->opened_ns) / 1000;
	struct timing *timing = session_timing(s);
	if (timing)
		timing->first_byte_us = us;
	if (s->settings->tells_steps)
		session_tell_note(s, "first-byte", "",
		                  "first byte after %.1f ms",
		                  (double)us / 1000);
}

/* What the user can still do. */
static const char *what_is_left(struct session *s)
{
	if (s->pair)
		return "the client may still send";
	if (s->shuts_down)
		return "";
	if (!s->settings->tells_states || session_has_reader(s))
		return "you can still send. /close hangs up";
	return "";
}

/* What the peer has sent to end its half. */
static const char *name_peers_end(const struct link *l)
{
	struct transport_facts facts;
	if (link_is_cut(l, FAULT_IN))
		return " (pretended: limit)";
	if (!(l->traits & TRANSPORT_TLS))
		return link_is_tcp(l) ? " (FIN received)" : "";
	transport_facts(l->transport, FACTS_END, &facts);
	return facts.is_end_bare ? " (ended without close_notify)"
	                         : " (close_notify received)";
}

/* Tell the peer's end while we can still send. */
static void tell_in_end(struct session *s)
{
	bool is_tcp = link_is_tcp(&s->link);
	char hint[512] = "", text[128];
	if (s->settings->echo || s->closes)
		s->shuts_down = true;
	session_show(s, s->shuts_down ||
	                    (!s->pair && !session_has_reader(s)));
	if (s->is_folded) /* there is nobody to talk to */
		s->closes = s->shuts_down = true;
	const char *left = what_is_left(s);
	bool is_gone = !*left && !s->shuts_down;
	if (link_is_wordless(&s->link))
		session_add_sentence(hint, sizeof(hint),
		                     explain_closed_at_once(is_tcp));
	if (s->is_gone && s->settings->end_hint)
		session_add_sentence(hint, sizeof(hint), s->settings->end_hint);
	snprintf(text, sizeof(text), "the %s has finished sending%s%s",
	         s->pair ? "target" : "peer", name_peers_end(&s->link),
	         is_gone ? " and is gone" : "");
	session_tell_half(s, text, left, hint);
}

static void tell_unproven(struct session *s)
{
	struct error e;
	s->is_unproven = true;
	(void)link_explain(&s->link, &e, 0);
	session_show(s, false);
	session_tell_note(s, "end-unproven", e.hint, "%s", e.text);
}

/* The peer has ended: what follows waits until nothing is owed. */
static void follow_in_end(struct session *s)
{
	if (s->pair)
		lane_from(s)->has_ended = true;
	else if (halves_is_out_open(s->link.halves) && !s->shuts_down &&
	         !s->debt)
		s->settings->ops->on_in_end(s->settings->ops->user, s);
}

static void end_incoming(struct session *s)
{
	bool is_out_open = halves_is_out_open(s->link.halves);
	session_end_message(s, "FIN");
	if (is_out_open)
		tell_in_end(s);
	if (link_is_end_unproven(&s->link))
		tell_unproven(s);
	hints_end(s, false);
	follow_in_end(s);
}

void session_owe(struct session *s, enum session_debt debt)
{
	s->debt = debt;
	if (session_is_open(s) && !halves_is_in_open(s->link.halves))
		follow_in_end(s);
}

bool session_read(struct session *s)
{
	struct link *l = &s->link;
	uint8_t *bytes = loop_buffer(l->loop);
	bool is_first = !l->bytes_in;
	if (!bytes) {
		link_break(l, ENOMEM);
		return false;
	}
	ssize_t passed = !s->is_busy ? 0
	                 : s->pair   ? conduit_pass(lane_from(s))
	                             : pass_back(s);
	if (!passed && s->pair)
		conduit_queue(lane_from(s));
	ssize_t n = passed ? passed : link_read(l, bytes, read_max(s));
	bool has_come = n > 0 || (n == 0 && link_has_messages(l));
	if (has_come) {
		session_show(s, false);
		if (l->transport->source)
			session_tell_source(s, l->transport->source);
		if (is_first && n)
			note_first_byte(s);
		s->is_busy = n >= BUSY;
		if (!passed && take_incoming(s, bytes, (size_t)n))
			link_break(l, ENOMEM);
	} else if (l->broken) {
		link_break(l, l->broken); /* there is no more to read */
	} else if (n == 0) {
		end_incoming(s);
	}
	return has_come;
}

