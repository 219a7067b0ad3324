/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is kept of a step that was not met, to be shown. */

#include <string.h>

#include "player_private.h"

/* So much before and behind the place at which the sides differ. */
#define BEFORE ((size_t)1 << 10)
#define BEHIND ((size_t)4 << 10)

static const uint8_t *later(const uint8_t *bytes, size_t from)
{
	return bytes && from ? bytes + from : bytes;
}

/* Keep what came up to byte `at`, which is where the sides differ, and what
 * follows it. */
static void keep_came(struct player *p, const uint8_t *before, size_t at,
                      const uint8_t *rest, size_t rest_len)
{
	struct player_failure *f = &p->failure;
	f->from = at > BEFORE ? (at - BEFORE) & ~(size_t)15 : 0;
	f->at = at - (size_t)f->from;
	p->came.max = f->at + BEHIND;
	player_fail_on(p, later(before, (size_t)f->from), f->at);
	player_fail_on(p, rest, rest_len);
}

static void keep_awaited(struct player *p, const void *bytes, size_t len)
{
	struct player_failure *f = &p->failure;
	size_t from = f->is_expression ? 0 : (size_t)f->from;
	size_t most = f->at + BEHIND;
	f->awaited = later(bytes, from);
	f->awaited_len = len - from < most ? len - from : most;
}

static void keep_bytes(struct player *p)
{
	if (p->skips)
		keep_came(p, p->tail.data, p->tail.len, NULL, 0);
	else
		keep_came(p, p->bytes, p->at, p->in, p->in_len);
	p->failure.is_within = p->skips;
	keep_awaited(p, p->bytes, p->len);
}

static void keep_word(struct player *p)
{
	static const char *const words[] = { [CHAT_FIN] = "fin",
	                                     [CHAT_RST] = "rst" };
	const char *word = words[p->step.kind];
	p->failure.is_expression = true;
	keep_came(p, NULL, 0, p->in, p->in_len);
	keep_awaited(p, word, strlen(word));
}

static void keep_expression(struct player *p, const uint8_t *bytes, size_t len,
                            size_t at)
{
	p->failure.is_expression = true;
	keep_came(p, bytes, at, later(bytes, at), len - at);
	keep_awaited(p, p->step.bytes.data, p->step.bytes.len);
}

static void begin_failing(struct player *p, enum player_why why)
{
	p->why = why;
	p->failure.line = p->want.line;
	p->want = (struct player_want){
		.what = PLAYER_HAS_FAILED,
		.step = p->want.step,
		.line = p->want.line,
	};
}

bool player_fail(struct player *p, enum player_why why)
{
	bool is_heard = p->want.what == PLAYER_TO_HEAR;
	begin_failing(p, why);
	if (!is_heard || why == WHY_FILE)
		return false;
	if (p->step.kind == CHAT_BYTES)
		keep_bytes(p);
	else if (p->step.kind == CHAT_MATCH)
		keep_expression(p, p->in, p->in_len,
		                why == WHY_FRAME ? 0 : p->in_len);
	else
		keep_word(p);
	bool goes_on = why == WHY_DIFFERS || why == WHY_MORE ||
	               why == WHY_FRAME;
	if (!goes_on || p->has_datagrams)
		p->came.max = p->came.len; /* what follows comes too late */
	return false;
}

bool player_fail_match(struct player *p, enum player_why why,
                       const uint8_t *bytes, size_t len)
{
	size_t fits = why == WHY_NO_MATCH
	                  ? expression_fits(p->expression, bytes, len) : 0;
	begin_failing(p, why);
	keep_expression(p, bytes, len, fits);
	p->came.max = p->came.len; /* what follows is another message */
	return false;
}

void player_fail_on(struct player *p, const uint8_t *bytes, size_t len)
{
	size_t room = p->came.max - p->came.len;
	if (bytes_append(&p->came, bytes, len < room ? len : room))
		p->came.max = p->came.len; /* no memory: show less */
}

const struct player_failure *player_failure(struct player *p)
{
	struct player_failure *f = &p->failure;
	f->came = p->came.data;
	f->came_len = p->came.len;
	player_why(p, &f->error);
	return f;
}
