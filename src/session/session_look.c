/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is found out about a peer as time goes on: which process it is, whether
 * that has accepted us, reads, and is still there. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/fates.h>
#include <sockchat/health.h>
#include <sockchat/number.h>
#include <sockchat/tls_words.h>

#include "session_look.h"
#include "session_messages.h"
#include "session_private.h"

#define SOON_NS   (SECOND_NS / 5)   /* a program that ends takes a moment */
#define FOLD_NS   (SECOND_NS / 5)   /* who goes so soon came for nothing */
#define LATE_NS   (60 * SECOND_NS)
/* Searching for the processes of peers that come may take a SEARCH_SHARE-th of
 * the time, and at once what it has left of that in BURST_NS; those who are
 * passed over then are searched for by session_look(). */
#define SEARCH_SHARE 10
#define BURST_NS     (SECOND_NS / 4)
/* A search that has to go on does so again and again, for NAMED_NS at most. */
#define SEARCH_PAUSE_NS (SECOND_NS / 20)
#define NAMED_NS        (2 * SECOND_NS)

int session_name_ends(struct session *s, const struct transport *t,
                      const char *peer)
{
	struct transport_facts facts;
	char here[ADDRESS_TEXT_MAX] = "", through[TRANSPORT_THROUGH_MAX];
	transport_through(t, through);
	transport_facts(t, s->settings->tells_states ? FACTS_LOCAL : 0, &facts);
	if (facts.local.len)
		address_format(&facts.local, here);
	size_t here_size = strlen(here) + 1, peer_size = strlen(peer) + 1;
	size_t through_size = strlen(through) + 1;
	char *all = malloc(here_size + peer_size + through_size);
	if (!all)
		return -1;
	memcpy(all, here, here_size);
	memcpy(all + here_size + peer_size, through, through_size);
	s->link.where = memcpy(all + here_size, peer, peer_size);
	free(s->local);
	s->local = all;
	return 0;
}

static bool may_search(const struct session *s)
{
	const int64_t *next_ns = s->settings->next_search_ns;
	return !(s->link.traits & TRANSPORT_IP) ||
	       loop_now_ns(s->link.loop) >= *next_ns;
}

static void note_search(const struct session *s, int64_t took_ns)
{
	int64_t *next_ns = s->settings->next_search_ns;
	int64_t least_ns = loop_now_ns(s->link.loop) - BURST_NS;
	if (*next_ns < least_ns)
		*next_ns = least_ns;
	*next_ns += SEARCH_SHARE * took_ns;
}

/* Search for the process at the other end.  False: the search has to go on. */
static bool find_process(struct session *s, struct transport_facts *facts)
{
	int64_t start_ns = stamp_mono_ns();
	int64_t opened_ns = s->opened_ns ? s->opened_ns : start_ns;
	transport_facts(s->link.transport, FACTS_OWNER, facts);
	note_search(s, stamp_mono_ns() - start_ns);
	return *facts->owner || !facts->far.is_here ||
	       !(s->link.traits & TRANSPORT_IP) ||
	       facts->far.searched_ns >= opened_ns;
}

/* What to say in front of the process at the other end. */
static const char *relation_of(const struct session *s,
                               const struct transport_facts *facts)
{
	bool is_target = s->pair && s->link.traits & TRANSPORT_IP;
	return is_target ? "the target is " : facts->relation;
}

/* Write who is at the other end, "" if nothing is known (yet): then it is told
 * by a note later. */
static void name_process(struct session *s, char *hint, size_t size)
{
	struct transport_facts facts = { .relation = "" };
	*hint = '\0';
	if (!s->settings->next_search_ns || !s->settings->keeps_entries ||
	    !s->link.transport)
		return;
	s->is_unnamed = !may_search(s) || !find_process(s, &facts);
	s->awaits_accept = s->approach && facts.far.is_waiting;
	const char *relation = relation_of(s, &facts);
	if (*facts.owner) /* the peer's name stands just before */
		snprintf(hint, size, "%s%s",
		         strcmp(relation, "the peer is ") ? relation : "it is ",
		         facts.owner);
	if (s->awaits_accept)
		memcpy(s->approach->listener, facts.owner, OWNER_TEXT_MAX);
	if (s->awaits_accept && session_talk(s))
		session_plan_look(s, SECOND_NS);
	else if (s->is_unnamed)
		session_plan_search(s);
}

/* -v: what somebody who came to us has agreed on. */
static void tell_secured(struct session *s)
{
	struct transport_facts facts = { .tls = NULL };
	char text[TLS_WORDS_MAX];
	if (session_flow(s)->tells_steps && s->link.is_accepted &&
	    s->link.transport)
		transport_facts(s->link.transport, FACTS_TLS, &facts);
	if (!facts.tls)
		return;
	tls_say_secured(text, facts.tls, stamp_wall_s());
	session_tell_note(s, "secured", "", "%ssecured by %s",
	                  s->pair ? "the client is " : "", text);
}

/* -v: what the proxy in front of the peer has said. */
static void tell_header(struct session *s)
{
	struct transport_facts facts = { .header = NULL };
	char text[PROXY_HEADER_TEXT_MAX];
	if (session_flow(s)->tells_steps && s->link.transport)
		transport_facts(s->link.transport, 0, &facts);
	if (!facts.header)
		return;
	proxy_header_say(facts.header, text);
	session_tell_note(s, "header-received", "", "PROXY header: %s", text);
}

void session_name_client(const struct session *far, char *hint, size_t size)
{
	const struct link *near = &far->pair->near->link;
	struct transport_facts facts;
	*hint = '\0';
	if (!far->settings->tells_states || !near->transport ||
	    near->traits & TRANSPORT_IP)
		return;
	transport_facts(near->transport, FACTS_OWNER, &facts);
	if (*facts.owner)
		snprintf(hint, size, "the client's socket was %s%s",
		         facts.relation, facts.owner);
}

/* Say of what stands at both ends what is not in the text. */
static void name_the_rest(const struct session *s, char *hint, size_t size)
{
	char more[OWNER_TEXT_MAX + ADDRESS_TEXT_MAX] = "";
	if (s->pair && !s->link.is_near)
		session_name_client(s, more, sizeof(more));
	session_add_sentence(hint, size, more);
	if (s->link.is_accepted || !*session_local(s))
		return;
	snprintf(more, sizeof(more), "our end is %s", session_local(s));
	session_add_sentence(hint, size, more);
}

static void tell_opened(struct session *s)
{
	char hint[2 * OWNER_TEXT_MAX + ADDRESS_TEXT_MAX + 200] = "";
	if (!s->is_folded)
		name_process(s, hint, OWNER_TEXT_MAX + 32);
	if (link_has_messages(&s->link) && !s->link.is_accepted && !*hint)
		text_add(hint, sizeof(hint), "%s", session_no_connection);
	name_the_rest(s, hint, sizeof(hint));
	const char *tls = s->link.traits & TRANSPORT_TLS ? " over TLS" : "";
	if (link_has_messages(&s->link))
		session_tell_ready(s, hint);
	else if (s->link.is_accepted)
		session_tell_state(s, ENTRY_OPEN, hint,
		                   "connection from %s%s%s", s->link.where, tls,
		                   session_through(s));
	else
		session_tell_state(s, ENTRY_OPEN, hint,
		                   "connected to %s%s%s%s%s%s", s->link.where,
		                   tls, session_through(s),
		                   s->pair ? " for the client " : "",
		                   s->pair ? s->pair->near->link.where : "",
		                   s->pair ? session_through(s->pair->near)
		                           : "");
	tell_header(s);
	tell_secured(s);
}

void session_begin(struct session *s)
{
	const struct session_settings *to = s->settings;
	s->is_untold = to->folds && to->tells_states && to->ops->on_look &&
	               s->link.is_accepted;
	if (!s->is_untold) {
		tell_opened(s);
		return;
	}
	s->phase = ENTRY_OPEN;
	s->since_ns = s->opened_ns = stamp_mono_ns();
	session_plan_search(s);
}

void session_show(struct session *s, bool is_over)
{
	if (!s->is_untold)
		return;
	s->is_folded = is_over;
	tell_opened(s);
	s->is_untold = false;
}

/* The end of a connection that was open. */
static void tell_closed(struct session *s, const char *hint, const char *lost)
{
	const struct link *l = &s->link;
	session_tell_state(s, ENTRY_CLOSED, hint,
	                   "connection closed%s: %" PRIu64 " byte%s received, "
	                   "%" PRIu64 " byte%s sent%s",
	                   session_is_harmless(s) ? " by a reset" : "",
	                   l->bytes_in, plural(l->bytes_in), l->bytes_out,
	                   plural(l->bytes_out), lost);
}

/* Whatever is wrong with a client has ended its target's connection too. */
static bool is_client_end_told(const struct session *s)
{
	return s->pair && s->link.is_far && s->opened_ns &&
	       s->pair->near->is_end_told;
}

void session_tell_over(struct session *s, const struct error *why,
                       const char *hint, const char *lost)
{
	bool is_cut_off = s->pair && why && !s->opened_ns;
	const char *next = s->approach ? s->settings->end_hint : NULL;
	s->is_end_told = (why || is_client_end_told(s)) && !*hint && !*lost &&
	                 !session_is_harmless(s) && !is_cut_off;
	if (!*hint && next && !s->pair && !s->leaves)
		hint = next;
	if (s->is_folded)
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "connection %s: 0 bytes received or sent "
		                   "(%s)", why ? "reset" : "closed",
		                   s->link.where);
	else if (s->opened_ns && link_has_messages(&s->link))
		session_tell_parting(s, hint, lost);
	else if (s->opened_ns)
		tell_closed(s, hint, lost);
	else
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "not connected%s%s%s%s",
		                   is_cut_off ? ": the client " : "",
		                   is_cut_off ? s->pair->near->link.where : "",
		                   is_cut_off ? " is disconnected" : "", lost);
}

bool session_has_reader(struct session *s)
{
	struct transport_facts facts;
	if (s->is_gone || halves_is_in_open(s->link.halves) ||
	    !s->link.transport)
		return !s->is_gone;
	transport_facts(s->link.transport, FACTS_FAR, &facts);
	s->is_gone = facts.far.is_gone;
	if (!s->is_gone && facts.far.is_here && s->settings->tells_states &&
	    session_talk(s))
		session_plan_look(s, SOON_NS);
	return !s->is_gone;
}

/* Looking */

int64_t session_look_due(const struct session *s)
{
	if (!session_is_open(s))
		return 0;
	if (s->is_untold)
		return s->opened_ns + FOLD_NS;
	return s->is_unnamed ? 1 : s->talk ? s->talk->look_ns : 0;
}

/* Who has accepted us is news if it is not who listened, or if it took long. */
static void tell_process(struct session *s, const char *code,
                         const char *before, session_note_fn *tell)
{
	struct transport_facts facts;
	bool is_late = *before && s->talk->told;
	s->is_unnamed = !find_process(s, &facts);
	bool is_same = s->approach &&
	               strcmp(s->approach->listener, facts.owner) == 0;
	if (!is_late && (!*facts.owner || is_same))
		return;
	tell(s, code, "", "%s%s%s%s", before,
	     *before && *facts.owner ? ": " : "",
	     *facts.owner ? relation_of(s, &facts) : "", facts.owner);
	if (s->approach)
		memcpy(s->approach->listener, facts.owner, OWNER_TEXT_MAX);
}

/* The trouble has to last for a while, and is told once, with the process
 * there if that is found within NAMED_NS more. */
static void tell_peer_trouble(struct session *s, const struct facts *f,
                              const struct health_verdict *v)
{
	int64_t begun_ns = f->asked_ns ? f->asked_ns : f->opened.mono_ns;
	int64_t lasted_ns = f->now.mono_ns - begun_ns;
	bool is_new = lasted_ns < HEALTH_ANSWER_NS;
	bool can_wait = lasted_ns < HEALTH_ANSWER_NS + NAMED_NS;
	struct transport_facts facts;
	char hint[OWNER_TEXT_MAX + 200];
	bool is_told = s->talk->told && strcmp(s->talk->told, v->code) == 0;
	if (!*v->code || is_told || (is_new && !f->is_gone))
		return;
	if (!f->is_gone && !find_process(s, &facts) && can_wait) {
		session_plan_look(s, SEARCH_PAUSE_NS);
		return;
	}
	s->talk->told = v->code;
	bool is_named = !f->is_gone && *facts.owner;
	snprintf(hint, sizeof(hint), "%s%s",
	         is_named ? relation_of(s, &facts) : "",
	         is_named ? facts.owner : "");
	session_add_sentence(hint, sizeof(hint), v->hint);
	session_tell_note(s, v->code, hint, "%s", v->text);
}

/* Less and less often, for a peer may say nothing for a long time. */
static int64_t pause_ns(const struct facts *f)
{
	int64_t age_ns = f->now.mono_ns - f->since.mono_ns;
	return age_ns < SOON_NS ? SOON_NS : age_ns < LATE_NS ? age_ns : LATE_NS;
}

static void plan_next(struct session *s, const struct facts *f)
{
	int64_t answer_ns = f->asked_ns + HEALTH_ANSWER_NS - f->now.mono_ns;
	bool is_told = s->talk->told && !strcmp(s->talk->told, "not-read");
	if (s->awaits_accept || (!is_told && (f->queued || f->far.unread)))
		session_plan_look(s, SECOND_NS);
	if (f->asked_ns && answer_ns > 0)
		session_plan_look(s, answer_ns);
	if (!halves_is_in_open(f->halves) && !f->is_gone && f->far.is_here)
		session_plan_look(s, pause_ns(f));
}

static void look_at_peer(struct session *s)
{
	static const struct health unknown;
	struct health_verdict v;
	struct facts f;
	s->talk->look_ns = 0;
	if (s->is_gone)
		return;
	session_facts(s, &f);
	s->is_gone = f.is_gone;
	if (s->awaits_accept && !f.far.is_waiting) {
		s->awaits_accept = false;
		tell_process(s, "accepted", "accepted", session_tell_note);
	} else {
		health_verdict(&v, &unknown, &f);
		tell_peer_trouble(s, &f, &v);
	}
	plan_next(s, &f);
}

void session_look(struct session *s)
{
	session_show(s, false);
	if (s->is_unnamed) /* the row of the connection should have told it */
		tell_process(s, "peer-process", "", session_tell_step);
	if (s->talk && s->talk->look_ns &&
	    s->talk->look_ns <= loop_now_ns(s->link.loop))
		look_at_peer(s);
}
