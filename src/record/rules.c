/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules at work.  Whole messages are heard from the transcript and kept until
 * the turn ends: what is sent must not come between the messages of one read.
 * Then each session's are judged in their order, for a bounded time in a turn.
 * While some of them still wait, for a `wait` or for a peer that does not read,
 * nothing more is read from it. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/audience.h>
#include <sockchat/file.h>
#include <sockchat/lead.h>
#include <sockchat/number.h>
#include <sockchat/pair.h>
#include <sockchat/session_state.h>

#include "groups.h"
#include "rule_finds.h"
#include "rules_private.h"

#define CROWDED_NS (10 * MS_NS) /* until a peer that reads slowly is asked */
#define OPEN_NS    SECOND_NS /* for the rest of a message, before a hint */

/* A message that waits to be judged: its bytes follow in memory.  If its
 * payload is not a part of them, that follows too. */
struct heard {
	size_t len, payload_at, payload_len;
	size_t size; /* of all that follows */
};

/* What a session has said and nobody has judged; and the rule that has struck
 * the first of these messages, or is asked about it next. */
struct rule_strike {
	struct rules *rules;
	uint32_t session;
	struct bytes messages; /* each behind a struct heard, unaligned */
	size_t at;             /* of the first that is not done */
	size_t rule, step;
	bool has_struck;
	struct groups groups;
	int64_t due_ns; /* it waits until then; 0: it does not */
};

/* What is done to a message */

static struct session *session_of(const struct rule_strike *s)
{
	return chat_find(s->rules->chat, s->session);
}

static struct rule *rule_of(const struct rule_strike *s)
{
	return &s->rules->book->rules[s->rule];
}

/* False after a complaint. */
static bool send_answer(struct rule_strike *s, struct session *to,
                        const struct chat_step *step)
{
	struct framed m = { .is_answer = true };
	struct error e;
	m.bytes.max = CHATFILE_STEP_MAX;
	int failed = groups_fill(&s->groups, step, &m.bytes);
	if (failed)
		error_set_errno(&e, errno, "not sent");
	else if (m.bytes.len || link_has_messages(&to->link))
		failed = session_send_framed(to, &m, &e);
	if (failed)
		rules_tell_error(s->rules, rule_of(s), &e);
	bytes_finish(&m.bytes);
	return !failed;
}

/* Do the next step of an answer. */
static bool act_answer(struct rule_strike *s)
{
	const struct rule *r = rule_of(s);
	struct session *to = session_of(s);
	if (s->step == r->step_count)
		return false;
	const struct chat_step *step = &r->steps[s->step++];
	switch (step->kind) {
	case CHAT_WAIT:
		s->due_ns = stamp_mono_ns() + step->pause_ns;
		return true;
	case CHAT_FIN:
		session_shutdown(to);
		return true;
	case CHAT_RST:
		session_reset(to);
		return false;
	case CHAT_STARTTLS:
		return chat_secure(s->rules->chat, to) == 0;
	default:
		return send_answer(s, to, step);
	}
}

static const struct rule_kind kinds[] = {
	{ "on", "/EXPRESSION/", rule_read_expression, true, act_answer,
	  VERDICT_PASS },
	{ "hold", "in|out /EXPRESSION/", rule_read_directed, false, NULL,
	  VERDICT_HOLD },
	{ "drop", "in|out /EXPRESSION/", rule_read_directed, false, NULL,
	  VERDICT_DROP },
	{ "change", "in|out /EXPRESSION/ \"TEXT\"", rule_read_change, false,
	  NULL, VERDICT_CHANGE },
	{ .name = NULL },
};

/* Answering */

static void strike(struct rule_strike *s, struct rule *r,
                   const uint8_t *bytes, size_t len)
{
	struct error e;
	s->has_struck = true;
	s->step = 0;
	if (!r->kind->act)
		return; /* it has judged the message, and so struck already */
	rules_tell_strike(s->rules, r, s->session, session_of(s)->link.where);
	groups_finish(&s->groups); /* those of an earlier message are over */
	if (!groups_take(&s->groups, r->expression, bytes, len))
		return;
	error_set_errno(&e, errno, "not answered");
	rules_tell_error(s->rules, r, &e);
	s->step = r->step_count;
}

/* Whether the next rule is for the message.  Those that judge are for what
 * goes on between a client and its target. */
static void ask_rule(struct rule_strike *s, const struct heard *h)
{
	struct rule *r = rule_of(s);
	const uint8_t *all = s->messages.data + s->at + sizeof(*h);
	const struct rule_message m = {
		.dir = ENTRY_IN,
		.bytes = all,
		.len = h->len,
		.payload = all + h->payload_at,
		.payload_len = h->payload_len,
	};
	const uint8_t *bytes;
	size_t len;
	enum expression_found found = EXPRESSION_NONE;
	if (r->kind->act || session_of(s)->pair)
		found = rule_finds(r, &m, &bytes, &len);
	if (found == EXPRESSION_TOO_LONG)
		rules_tell_too_long(s->rules, r);
	if (found == EXPRESSION_FOUND)
		strike(s, r, bytes, len);
	else
		s->rule++;
}

static void end_message(struct rule_strike *s, const struct heard *h)
{
	s->at += sizeof(*h) + h->size;
	s->rule = 0;
	s->has_struck = false;
}

/* Do the next bit for the message that is answered.  False: there is none, or
 * it waits. */
static bool go_on(struct rule_strike *s)
{
	struct heard h;
	const struct session *to = session_of(s);
	if (!to || session_is_finishing(to))
		s->at = s->messages.len; /* nothing can be answered */
	if (s->at == s->messages.len)
		return false;
	memcpy(&h, s->messages.data + s->at, sizeof(h));
	if (s->due_ns > stamp_mono_ns())
		return false;
	s->due_ns = 0;
	if (session_is_congested(to))
		s->due_ns = stamp_mono_ns() + CROWDED_NS;
	else if (!s->has_struck && s->rule < s->rules->book->count)
		ask_rule(s, &h);
	else if (!s->has_struck || !rule_of(s)->kind->act ||
	         !rule_of(s)->kind->act(s))
		end_message(s, &h);
	return true;
}

static void answer_all(struct rules *r)
{
	int64_t until = stamp_mono_ns() + RULES_TURN_NS;
	for (size_t i = 0; i < r->count; i++) {
		size_t at = (r->next + i) % r->count;
		while (go_on(r->list[at]))
			if (stamp_mono_ns() >= until) {
				r->next = at + 1;
				return;
			}
	}
}

/* Sessions */

static void free_strike(struct rule_strike *s)
{
	bytes_finish(&s->messages);
	groups_finish(&s->groups);
	free(s);
}

/* Reading stops while something is owed to it for longer than a turn. */
static void owe(struct session *to, enum session_debt debt)
{
	enum session_debt was = to->debt;
	session_owe(to, debt);
	if ((was == SESSION_OWES_LATER) != (debt == SESSION_OWES_LATER))
		session_update(to);
}

/* Nothing is owed to it any more.  That may tell of its end, and even bring
 * more of what it said. */
static void let_go(struct rules *r, size_t at)
{
	struct rule_strike *s = r->list[at];
	struct session *from = session_of(s);
	array_remove(r->list, r->count--, sizeof(*r->list), at);
	free_strike(s);
	if (from)
		owe(from, SESSION_OWES_NOTHING);
}

/* Go on in the next turn, or when the first of those that wait does not. */
static void plan(struct rules *r)
{
	int64_t due = INT64_MAX;
	for (size_t i = 0; i < r->count; i++) {
		const struct rule_strike *s = r->list[i];
		struct session *to = session_of(s);
		due = s->due_ns < due ? s->due_ns : due;
		if (to)
			owe(to, SESSION_OWES_LATER);
	}
	if (!r->count)
		timer_stop(&r->timer);
	else if (due)
		timer_start(r->chat->loop, &r->timer, due - stamp_mono_ns());
	else
		loop_later(r->chat->loop, &r->turn);
}

static void on_rules_turn(struct later *l)
{
	struct rules *r = l->user;
	transcript_tell(r->chat->transcript);
	if (r->tells_rest)
		rules_tell_rest(r);
	r->tells_rest = false;
	answer_all(r);
	for (size_t i = 0; i < r->count;) {
		const struct rule_strike *s = r->list[i];
		if (s->at == s->messages.len || !session_of(s))
			let_go(r, i);
		else
			i++;
	}
	plan(r);
}

static void on_rules_time(struct timer *t)
{
	struct rules *r = t->user;
	loop_later(r->chat->loop, &r->turn);
}

/* What is known of this session.  NULL without memory. */
static struct rule_strike *strike_of(struct rules *r, uint32_t session)
{
	size_t i = 0;
	ARRAY_FIND(i, r->count, r->list[i]->session >= session);
	if (i < r->count && r->list[i]->session == session)
		return r->list[i];
	struct rule_strike *s = calloc(1, sizeof(*s));
	struct rule_strike **grown =
	    s ? array_insert(r->list, &r->cap, r->count, sizeof(*grown), i)
	      : NULL;
	if (!grown) {
		free(s);
		return NULL;
	}
	s->rules = r;
	s->session = session;
	r->list = grown;
	r->count++;
	return grown[i] = s;
}

/* Hearing */

/* Keep a copy of the message and of its payload.  -1 without memory. */
static int keep_message(struct rule_strike *s, const struct entry *e)
{
	struct bytes room = { 0 };
	struct heard h = { .len = e->len, .size = e->len };
	const uint8_t *payload = entry_payload(e, &room, &h.payload_len);
	bool is_apart = payload && room.len;
	int failed = !payload;
	if (is_apart)
		h.size += h.payload_len;
	if (payload)
		h.payload_at = is_apart ? e->len
		                        : (size_t)(payload - e->bytes);
	failed = failed ||
	         bytes_reserve(&s->messages, sizeof(h) + h.size) ||
	         bytes_append(&s->messages, &h, sizeof(h)) ||
	         bytes_append(&s->messages, e->bytes, e->len) ||
	         (is_apart &&
	          bytes_append(&s->messages, payload, h.payload_len));
	bytes_finish(&room);
	return failed ? -1 : 0;
}

static void hear_message(struct rules *r, const struct entry *e)
{
	struct session *from = chat_find(r->chat, e->session);
	struct chat_lead *lead = r->chat->lead;
	if (!from || session_is_finishing(from) ||
	    (lead && lead->ops->holds(lead, from)))
		return; /* nothing can be said, or a replay says it */
	struct rule_strike *s = strike_of(r, e->session);
	if (!s || keep_message(s, e)) {
		rules_tell_unseen(r, from->link.where);
		return;
	}
	if (!from->debt)
		session_owe(from, SESSION_OWES_SOON);
	loop_later(r->chat->loop, &r->turn);
}

/* Somebody waits for an answer to a text that has no newline, say. */
static void on_open_time(struct timer *t)
{
	struct rules *r = t->user;
	struct entry e;
	if (!transcript_at(r->chat->transcript, r->open_seq, &e) ||
	    e.flags & (ENTRY_COMPLETE | ENTRY_BROKEN))
		return;
	r->has_hinted = true;
	chat_note(r->chat, "rule-waits", "rules wait for the end of this "
	          "message of peer %u: with /frame read each read is a message",
	          e.session);
}

static void note_open(struct rules *r, const struct entry *e)
{
	bool is_line = e->frame && e->frame->traits & FRAME_PIECES;
	if (r->has_hinted || !is_line || !r->chat->options->hints)
		return;
	r->open_seq = e->seq;
	timer_start(r->chat->loop, &r->open, OPEN_NS);
}

static bool is_heard(const struct entry *e)
{
	return e->kind == ENTRY_MESSAGE && e->dir == ENTRY_IN &&
	       !(e->flags & ENTRY_BY_HAND) && !entry_is_old(e);
}

/* Who ends may be the last, and then nobody waits until the second is over. */
static void note_end(struct rules *r, const struct entry *e)
{
	if (e->kind != ENTRY_STATE || e->state != ENTRY_CLOSED)
		return;
	r->tells_rest = true;
	loop_later(r->chat->loop, &r->turn);
}

/* A message is heard of when it becomes whole.  One that white space follows
 * has been; one that the user has put in its place, in the middle, is not. */
static void on_rules_entries(void *user, uint64_t first, uint64_t end)
{
	struct rules *r = user;
	bool has_grown = first < r->seen;
	struct entry e;
	r->seen = end > r->seen ? end : r->seen;
	for (uint64_t seq = first; seq < end; seq++)
		if (!transcript_at(r->chat->transcript, seq, &e))
			continue;
		else if (!is_heard(&e))
			note_end(r, &e);
		else if (!(e.flags & ENTRY_COMPLETE))
			note_open(r, &e);
		else if (!has_grown || !(e.flags & ENTRY_TRAILS))
			hear_message(r, &e);
}

static void on_rules_recut(void *user, const struct recut *recut)
{
	struct rules *r = user;
	if (recut)
		r->seen = transcript_end(r->chat->transcript);
}

/* A chat's rules */

void rules_end(struct chat *c)
{
	struct rules *r = c->rules;
	if (!r)
		return;
	c->rules = NULL;
	c->session_settings.judge = NULL;
	rules_tell_rest(r);
	transcript_unlisten(c->transcript, &r->listener);
	later_cancel(&r->turn);
	timer_stop(&r->timer);
	timer_stop(&r->open);
	while (r->count)
		let_go(r, 0);
	rulebook_free(r->book);
	free(r->list);
	free(r);
}

static void on_rules_second(struct timer *t)
{
	rules_tell_rest(t->user);
}

/* Takes the book.  NULL without memory. */
static struct rules *new_rules(struct chat *c, struct rulebook *book)
{
	struct rules *r = calloc(1, sizeof(*r));
	if (!r) {
		rulebook_free(book);
		return NULL;
	}
	*r = (struct rules){
		.chat = c,
		.book = book,
		.seen = transcript_end(c->transcript),
		.listener = { .on_entries = on_rules_entries,
		              .on_recut = on_rules_recut, .user = r },
		.turn = { .on_call = on_rules_turn, .user = r },
		.timer = { .on_time = on_rules_time, .user = r },
		.open = { .on_time = on_open_time, .user = r },
		.second = { .on_time = on_rules_second, .user = r },
	};
	rules_make_judge(r);
	transcript_listen(c->transcript, &r->listener);
	return r;
}

/* Rules that judge have something to judge only in the middle. */
static int check_kinds(const struct chat *c, const struct rulebook *b,
                       struct error *e)
{
	for (size_t i = 0; i < b->count && !chat_forwards(c); i++) {
		const struct rule *r = &b->rules[i];
		if (!r->kind->act)
			return error_set(e, "%s:%zu:1: %s is for messages "
			                 "between a client and a target: "
			                 "listen with --forward ENDPOINT",
			                 b->name, r->line, r->kind->name);
	}
	return 0;
}

/* NULL with a sentence. */
static struct rulebook *open_book(const struct chat *c, const char *path,
                                  struct error *e)
{
	struct rulebook *b = rulebook_open(path, kinds, e);
	if (!b || !check_kinds(c, b, e))
		return b;
	rulebook_free(b);
	return NULL;
}

int rules_use(struct chat *c, const char *path, struct error *e)
{
	if (c->options->recv_only || c->options->send_only)
		return error_set(e, "no rules: --%s was asked for",
		                 c->options->recv_only ? "recv-only"
		                                       : "send-only");
	struct rulebook *book = open_book(c, path, e);
	if (!book)
		return -1;
	struct rules *r = new_rules(c, book);
	if (!r)
		return error_set_errno(e, ENOMEM, "cannot use %s", path);
	rules_end(c);
	c->rules = r;
	c->session_settings.judge = &r->judge;
	chat_note(c, "rules", "%s: %zu rule%s", book->shown, book->count,
	          rules_judge(r)     ? book->count == 1 ? " is on" : "s are on"
	          : book->count == 1 ? " answers what comes"
	                             : "s answer what comes");
	return 0;
}

static int use_typed(struct chat *c, const char *typed)
{
	struct bytes path = { 0 };
	struct error e;
	int failed = file_append_path(&path, typed, strlen(typed));
	if (failed)
		error_set_errno(&e, ENOMEM, "the path");
	else
		failed = rules_use(c, bytes_text(&path), &e);
	bytes_finish(&path);
	return failed ? chat_error(c, &e) : 0;
}

int rules_command(struct chat *c, char *args)
{
	if (!*args)
		return rules_list(c), 0;
	if (strcmp(args, "off") != 0)
		return use_typed(c, args);
	if (!c->rules)
		return rules_list(c), 0;
	rules_tell_rest(c->rules);
	chat_note(c, "rules-off", "%s; %" PRIu64 " struck",
	          rules_judge(c->rules) ? "the rules are off"
	                                : "no rule answers any more",
	          c->rules->struck);
	rules_end(c);
	chat_for_all(c, session_update); /* nothing waits for them any more */
	return 0;
}
