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

bool session_is_congested(const struct session *s)
{
	return session_queued(s) >= session_share(s);
}

bool session_is_relieved(const struct session *s)
{
	return session_queued(s) <= session_share(s) / 4;
}

/* How many bytes may go now. */
static size_t allowance(const struct session *s)
{
	size_t len = session_waiting(s);
	size_t drip = s->settings->drip_bytes;
	if (!drip || len <= drip)
		return len;
	return drip;
}

/* Up to `max` bytes: how many. */
static size_t write_some(struct session *s, size_t max)
{
	size_t sum = 0, len;
	while (sum < max) {
		const void *front = outq_front(s->queue, &len);
		len = len < max - sum ? len : max - sum;
		ssize_t n = link_write(&s->link, front, len);
		if (n < 0)
			break;
		outq_consume(s->queue, (size_t)n);
		sum += (size_t)n;
		if ((size_t)n < len)
			break;
	}
	return sum;
}

static void write_queue(struct session *s)
{
	while (session_waiting(s) && !link_has_alarm(&s->link, ALARM_DRIP)) {
		size_t len = allowance(s), n = write_some(s, len);
		if (!n)
			return;
		if (s->settings->drip_bytes && (session_waiting(s) || s->feed))
			link_set_alarm(&s->link, ALARM_DRIP,
			               s->settings->drip_ns);
		else if (n < len)
			return;
	}
}

void session_write(struct session *s)
{
	if (s->feed)
		session_pull_file(s);
	if (s->ticks)
		session_ticks_before_write(s);
	write_queue(s);
	if (session_has_queue(s))
		session_count_queue(s);
	if (s->link.broken)
		return;
	if (s->feed && session_settle_file(s))
		link_break(&s->link, errno);
	else if (s->ticks)
		session_ticks_after_write(s);
}
