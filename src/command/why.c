/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /why: what happened, and all that is known of why. */

#include <stdint.h>
#include <stdio.h>

#include <sockchat/number.h>

#include "commands_private.h"

static bool has_reason(const struct entry *e)
{
	return e->kind != ENTRY_MESSAGE && *e->hint &&
	       !(e->flags & ENTRY_FOLDED);
}

/* The newest entry that has an explanation. */
static bool find_newest(const struct chat *c, struct entry *e)
{
	uint64_t first = transcript_first(c->transcript);
	uint64_t seq = transcript_end(c->transcript);
	while (seq-- > first)
		if (transcript_at(c->transcript, seq, e) && has_reason(e))
			return true;
	return false;
}

/* An answer may be an entry, for which the one it is about is dropped. */
static int explain(struct chat *c, const struct entry *e)
{
	char hint[1024];
	snprintf(hint, sizeof(hint), "%s", e->hint);
	chat_answer(c, "why", "%.*s", (int)e->len, (const char *)e->bytes);
	chat_answer(c, "why", "%s", hint);
	return 0;
}

static int explain_numbered(struct chat *c, const char *word)
{
	struct entry e;
	long seq;
	if (!number_parse(word, 1, INT32_MAX, &seq))
		return chat_refuse(c, "/why alone explains the newest one",
		                   "'%s' is not an entry's number", word);
	if (!transcript_at(c->transcript, (uint64_t)seq, &e) || !has_reason(&e))
		return chat_refuse(c, "/why alone explains the newest one",
		                   "entry %ld has no explanation", seq);
	return explain(c, &e);
}

int run_why(struct chat *c, char *args)
{
	char *word[1];
	struct entry e;
	if (command_words(args, word, 1))
		return explain_numbered(c, word[0]);
	if (find_newest(c, &e))
		return explain(c, &e);
	chat_answer(c, "why", "nothing has happened that needs an explanation");
	return 0;
}
