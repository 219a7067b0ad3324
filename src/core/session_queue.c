/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits for a peer, and how much may: all queues have one ceiling. */

#include <errno.h>
#include <stdlib.h>

#include "session_private.h"

#define SHARE_MIN ((size_t)4 << 10) /* of anybody, so that all go on */

struct outq *session_queue(struct session *s)
{
	if (s->queue)
		return s->queue;
	s->queue = malloc(sizeof(*s->queue));
	if (s->queue)
		outq_init(s->queue, 0);
	return s->queue;
}

static void free_queue(struct session *s)
{
	if (s->queue)
		outq_finish(s->queue);
	free(s->queue);
	s->queue = NULL;
}

void session_count_queue(struct session *s)
{
	if (s->queue && !outq_len(s->queue) && !s->feed)
		free_queue(s);
	size_t now = (s->queue ? outq_memory(s->queue) : 0) +
	             (s->feed ? outq_memory(&s->feed->after) : 0);
	s->settings->queues->used += now - s->counted;
	s->counted = now;
}

void session_drop_queue(struct session *s)
{
	free_queue(s);
	session_count_queue(s);
}

int session_enqueue(struct session *s, const void *bytes, size_t len)
{
	int failed = -1;
	if (s->feed)
		failed = feed_append(s->feed, bytes, len);
	else if (session_queue(s))
		failed = outq_append(s->queue, bytes, len);
	session_count_queue(s);
	return failed;
}

size_t session_free_room(const struct session *s)
{
	const struct session_queues *q = s->settings->queues;
	return q->used < q->max ? q->max - q->used : 0;
}

/* A queue may be as long as what is left for all: so the longest are stopped
 * first, and all together hardly come to the ceiling. */
size_t session_share(const struct session *s)
{
	size_t room = session_free_room(s);
	if (room > SESSION_QUEUE_HIGH)
		return SESSION_QUEUE_HIGH;
	return room > SHARE_MIN ? room : SHARE_MIN;
}

size_t session_room(const struct session *s)
{
	size_t most = session_share(s), len = session_waiting(s);
	return len + SHARE_MIN < most ? most - len : SHARE_MIN;
}

struct session_lag *session_lag(struct session *s)
{
	return &s->lag;
}

bool session_is_congested(const struct session *s)
{
	return session_queued(s) >= session_share(s);
}

bool session_is_relieved(const struct session *s)
{
	return session_queued(s) <= session_share(s) / 4;
}
