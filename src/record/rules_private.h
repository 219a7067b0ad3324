/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rules of a chat, and what they say. */

#ifndef RECORD_RULES_PRIVATE_H
#define RECORD_RULES_PRIVATE_H

#include <sockchat/rules.h>

#include "rulebook.h"

struct rules {
	struct chat *chat;
	struct rulebook *book;
	struct transcript_listener listener;
	uint64_t seen; /* the entries before it have been heard of */
	struct later turn;
	struct timer timer;
	struct rule_strike **list; /* by rising number of the session */
	size_t count, cap;
	size_t next; /* the first of the list to be judged in the next turn */
	/* A message that is not whole; after a while a hint says so, once. */
	struct timer open;
	uint64_t open_seq;
	bool has_hinted;
	uint64_t struck; /* how often any rule has */
	struct timer second; /* after which untold strikes are summed up */
	bool tells_rest; /* at the end of this turn already */
	/* Of messages between clients and targets. */
	struct judge judge;
	bool wants[3]; /* by direction: some rules judge its messages */
	uint64_t judged_turn;    /* as loop_turns() */
	uint32_t judged_session; /* of the lane that asked last */
	uint8_t judged_dir;
	int64_t judged_ns, lane_ns; /* what judging took in that turn */
	struct rule *slow; /* it took too long just now; or NULL */
};

/* Whether some of them judge messages. */
static inline bool rules_judge(const struct rules *r)
{
	return r->wants[ENTRY_IN] || r->wants[ENTRY_OUT];
}

#define RULES_TURN_NS (4 * MS_NS) /* of answering in a turn, and of judging */

/* rules_judge.c: make the judge, who is asked before the rules hear. */
void rules_make_judge(struct rules *r);

/* rules_tell.c */

/* An ERROR entry about the rule. */
void rules_tell_error(struct rules *r, const struct rule *rule,
                      const struct error *why);
/* An ERROR entry: without memory a message of this peer was not looked at. */
void rules_tell_unseen(struct rules *r, const char *peer);
/* The rule counts as no match on some messages; said once. */
void rules_tell_too_long(struct rules *r, struct rule *rule);
/* Count a strike, and add a note: of each rule so many in a second, and then
 * how many more there were.  Listeners are told when the turn ends, as what
 * becomes of the message has to be known before. */
void rules_tell_strike(struct rules *r, struct rule *rule, uint32_t session,
                       const char *peer);
/* Tell now of the strikes that are not told. */
void rules_tell_rest(struct rules *r);
/* A note for each rule. */
void rules_list(struct chat *c);

#endif
