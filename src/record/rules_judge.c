/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rules that judge what goes on between a client and its target. */

#include <string.h>

#include "rule_finds.h"
#include "rules_private.h"

#define JUDGED_MAX_NS (3 * RULES_TURN_NS) /* of all lanes, in a turn */

static bool wants_judging(void *user, enum entry_dir dir)
{
	const struct rules *r = user;
	return r->wants[dir];
}

/* Whether the rule strikes; if it is a change, `out` has it then. */
static bool strikes(struct rules *r, struct rule *rule,
                    const struct rule_message *m, struct bytes *out)
{
	const uint8_t *bytes;
	size_t len;
	enum expression_found found = rule_finds(rule, m, &bytes, &len);
	if (found == EXPRESSION_FOUND && rule->kind->verdict == VERDICT_CHANGE)
		found = rule_change(rule, m, out);
	if (found == EXPRESSION_FOUND)
		return true;
	bytes_clear(out);
	if (found == EXPRESSION_TOO_LONG)
		r->slow = rule;
	return false;
}

/* The first rule that strikes; NULL: none does. */
static struct rule *find_rule(struct rules *r, const struct rule_message *m,
                              struct bytes *out)
{
	struct rulebook *b = r->book;
	size_t i = 0;
	while (i < b->count && !strikes(r, &b->rules[i], m, out))
		i++;
	return i < b->count ? &b->rules[i] : NULL;
}

static enum verdict verdict_of(const struct rule *rule,
                               const struct rule_message *m,
                               const struct bytes *out)
{
	if (!rule)
		return VERDICT_PASS;
	if (rule->kind->verdict == VERDICT_CHANGE &&
	    out->len == m->payload_len &&
	    (!out->len || memcmp(out->data, m->payload, out->len) == 0))
		return VERDICT_PASS; /* it is as it was */
	return rule->kind->verdict;
}

/* Whether enough was judged in this turn, of this lane or of all; but the first
 * that a lane asks about is judged in any case, so that none waits for ever. */
static bool has_judged_enough(struct rules *r, const struct entry *e)
{
	uint64_t turn = loop_turns(r->chat->loop);
	bool is_new = r->judged_turn != turn, goes_on = !is_new;
	goes_on &= r->judged_session == e->session && r->judged_dir == e->dir;
	r->judged_turn = turn;
	r->judged_session = e->session;
	r->judged_dir = e->dir;
	if (is_new)
		r->judged_ns = 0;
	if (!goes_on)
		r->lane_ns = 0;
	return goes_on && (r->lane_ns >= RULES_TURN_NS ||
	                   r->judged_ns >= JUDGED_MAX_NS);
}

/* What is told comes last: the message may lie in the transcript. */
static enum verdict judge_message(void *user, const struct entry *e,
                                  struct bytes *out)
{
	struct rules *r = user;
	struct bytes room = { 0 };
	struct rule_message m = { e->dir, e->bytes, NULL, e->len, 0 };
	if (has_judged_enough(r, e))
		return VERDICT_LATER;
	int64_t began_ns = stamp_mono_ns();
	m.payload = entry_payload(e, &room, &m.payload_len);
	struct rule *rule = m.payload ? find_rule(r, &m, out) : NULL;
	enum verdict verdict = verdict_of(rule, &m, out);
	int64_t ns = stamp_mono_ns() - began_ns;
	r->judged_ns += ns;
	r->lane_ns += ns;
	if (r->slow)
		rules_tell_too_long(r, r->slow);
	r->slow = NULL;
	if (!m.payload)
		rules_tell_unseen(r, e->peer);
	else if (rule && !rule->kind->act)
		rules_tell_strike(r, rule, e->session, e->peer);
	bytes_finish(&room);
	return verdict;
}

void rules_make_judge(struct rules *r)
{
	const struct rulebook *b = r->book;
	r->judge = (struct judge){
		.wants = wants_judging, .judge = judge_message, .user = r,
	};
	for (size_t i = 0; i < b->count; i++)
		r->wants[b->rules[i].dir] |= !b->rules[i].kind->act;
}
