/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What rules say of themselves. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <sockchat/number.h>

#include "rules_private.h"

#define TOLD_MAX 100 /* strikes of a rule in a second that have a note each */

void rules_tell_error(struct rules *r, const struct rule *rule,
                      const struct error *why)
{
	struct error e;
	error_set(&e, "%s:%zu: %s", r->book->shown, rule->line, why->text);
	error_set_hint(&e, "%s", why->hint);
	error_set_word(&e, *why->code ? why->code : error_name(ENOTCONN));
	chat_error(r->chat, &e);
}

void rules_tell_unseen(struct rules *r, const char *peer)
{
	struct error e;
	error_set_errno(&e, ENOMEM, "rules have not seen a message of %s",
	                peer);
	chat_error(r->chat, &e);
}

void rules_tell_too_long(struct rules *r, struct rule *rule)
{
	struct error e;
	if (rule->has_given_up)
		return;
	rule->has_given_up = true;
	error_set(&e, "%s on some messages: they count as no match",
	          rule->kind->verdict == VERDICT_CHANGE
	              ? "the change takes too long, or more than 16 MiB,"
	              : "the expression takes too long");
	error_set_hint(&e, "use a simpler expression");
	error_set_word(&e, error_name(EINVAL));
	rules_tell_error(r, rule, &e);
}

void rules_tell_rest(struct rules *r)
{
	const struct rulebook *b = r->book;
	timer_stop(&r->second);
	for (size_t i = 0; i < b->count; i++) {
		struct rule *rule = &b->rules[i];
		if (rule->untold)
			chat_note(r->chat, "rule", "%s:%zu struck %" PRIu64
			          " more time%s: %s %s", b->shown, rule->line,
			          rule->untold, plural(rule->untold),
			          rule->kind->name, rule->text);
		rule->told = 0;
		rule->untold = 0;
	}
}

void rules_tell_strike(struct rules *r, struct rule *rule, uint32_t session,
                       const char *peer)
{
	char text[400] = "";
	rule->count++;
	r->struck++;
	if (!r->second.loop)
		timer_start(r->chat->loop, &r->second, SECOND_NS);
	if (rule->told == TOLD_MAX) {
		rule->untold++;
		return;
	}
	rule->told++;
	text_add(text, sizeof(text), "%s:%zu struck: %s %s", r->book->shown,
	         rule->line, rule->kind->name, rule->text);
	const struct entry note = {
		.time = stamp_now(),
		.session = session,
		.kind = ENTRY_NOTE,
		.peer = peer,
		.code = "rule",
	};
	/* what is missing without memory is counted */
	(void)!transcript_add(r->chat->transcript, &note, &(struct entry_bytes){
		.bytes = (const uint8_t *)text, .len = strlen(text),
	});
	loop_later(r->chat->loop, &r->turn);
}

void rules_list(struct chat *c)
{
	const struct rulebook *b = c->rules ? c->rules->book : NULL;
	if (!b || !b->count)
		chat_answer(c, "no-rules", "no rules: /rules FILE reads some");
	for (size_t i = 0; b && i < b->count; i++) {
		const struct rule *r = &b->rules[i];
		chat_answer(c, "rule-count", "%s:%zu: %s %s: struck %" PRIu64
		            " time%s", b->shown, r->line, r->kind->name,
		            r->text, r->count, plural(r->count));
	}
}

void rules_tell(const struct chat *c, char out[RULES_TOLD_MAX])
{
	const struct rules *r = c->rules;
	*out = '\0';
	if (r)
		text_add(out, RULES_TOLD_MAX, "rules struck %" PRIu64,
		         r->struck);
}
