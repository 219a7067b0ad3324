/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the bytes of each message sent by hand are.  The system is asked to
 * stamp only while some are under way. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

/* The kernel's records come by themselves, for the end of each write.  For what
 * is before it, and where none come, the queue is asked, less and less often.
 */
#define ASK_FIRST_NS   (1 * MS_NS)
#define ASK_SLOWEST_NS (100 * MS_NS)
#define ASK_RECORDS_NS (250 * MS_NS)
#define PENDING_MAX    TICKS_MAX /* more are not followed */

struct pending {
	uint64_t seq, end; /* of the bytes that have left us, when it has */
	struct stamp sent; /* 0: it has not */
};

struct session_ticks {
	struct session *session;
	struct pending *list;
	size_t count, cap, sent; /* the first so many have left us */
	uint64_t base; /* what the records count from */
	bool is_stamped;
	struct stamp writing; /* when it began: an answer can be quick */
	struct timer ask;
	int64_t ask_ns;
};

static void tell(const struct session *s, uint64_t seq, enum tick_state state,
                 int64_t ack_us, bool is_final)
{
	if (s->settings->ticks)
		ticks_set(s->settings->ticks, &(struct tick){
			.seq = seq,
			.ack_us = (uint32_t)(ack_us > 0 ? ack_us : 0),
			.state = (uint8_t)state,
			.is_final = is_final,
		});
}

/* NULL: what is written has arrived. */
static const struct ack_ops *acks_of(const struct session_ticks *t)
{
	return t->session->link.transport->ops->acks;
}

static void stop_stamps(struct session_ticks *t)
{
	if (t->is_stamped && t->session->link.transport)
		acks_of(t)->stop(t->session->link.transport);
	t->is_stamped = false;
}

/* All up to the byte `end` has been acknowledged, at this wall clock; 0: just
 * now. */
static void acked(struct session_ticks *t, uint64_t end, int64_t wall_us)
{
	size_t n = 0;
	struct stamp now = stamp_now();
	for (; n < t->sent && t->list[n].end <= end; n++) {
		const struct pending *p = &t->list[n];
		int64_t most = (now.mono_ns - p->sent.mono_ns) / 1000;
		int64_t us = wall_us ? wall_us - p->sent.wall_us : most;
		tell(t->session, p->seq, TICK_ACKED, us < most ? us : most,
		     false);
	}
	t->count -= n;
	t->sent -= n;
	if (n)
		memmove(t->list, t->list + n, t->count * sizeof(*t->list));
	if (!t->count) {
		timer_stop(&t->ask);
		stop_stamps(t);
	}
}

static void ask(struct session_ticks *t)
{
	const struct session *s = t->session;
	if (!s->link.transport)
		return;
	ssize_t unacked = acks_of(t) ? link_pending(&s->link) : 0;
	if (unacked >= 0)
		acked(t, s->link.bytes_out - (uint64_t)unacked, 0);
}

static void on_ask_time(struct timer *timer)
{
	struct session_ticks *t = timer->user;
	session_ticks_read(t->session); /* a record knows the time */
	ask(t);
	if (t->ask_ns < (t->is_stamped ? ASK_RECORDS_NS : ASK_SLOWEST_NS))
		t->ask_ns *= 2;
	if (t->count)
		timer_start(t->session->link.loop, timer, t->ask_ns);
}

static struct session_ticks *ticks_of(struct session *s)
{
	if (!s->ticks)
		s->ticks = calloc(1, sizeof(*s->ticks));
	if (!s->ticks)
		return NULL;
	s->ticks->session = s;
	s->ticks->ask.on_time = on_ask_time;
	s->ticks->ask.user = s->ticks;
	return s->ticks;
}

static bool has_room(struct session_ticks *t)
{
	if (t->count < t->cap)
		return true;
	size_t cap = t->cap ? 2 * t->cap : 16;
	struct pending *grown =
	    cap > PENDING_MAX ? NULL : realloc(t->list, cap * sizeof(*grown));
	if (!grown)
		return false;
	t->list = grown;
	t->cap = cap;
	return true;
}

void session_tick_queued(struct session *s)
{
	uint64_t seq = transcript_end(s->transcript);
	struct session_ticks *t;
	if (!s->settings->ticks)
		return;
	t = ticks_of(s);
	if (!t || !has_room(t) || ticks_add(s->settings->ticks, seq))
		return;
	t->list[t->count++] = (struct pending){
		.seq = seq,
		.end = s->link.bytes_out + queue_len(s->queue) +
		       queue_file_rest(s->queue),
	};
}

void session_ticks_before_write(struct session *s)
{
	struct session_ticks *t = s->ticks;
	size_t unacked;
	if (!t || t->sent == t->count || !s->link.transport)
		return;
	t->writing = stamp_now();
	if (t->is_stamped || !acks_of(t))
		return;
	t->is_stamped = !acks_of(t)->start(s->link.transport, &unacked);
	t->base = s->link.bytes_out - unacked;
}

void session_ticks_after_write(struct session *s)
{
	struct session_ticks *t = s->ticks;
	bool is_all = !queue_len(s->queue) && !queue_has_file(s->queue);
	if (!t || t->sent == t->count)
		return;
	size_t before = t->sent;
	for (; t->sent < t->count; t->sent++) {
		struct pending *p = &t->list[t->sent];
		if (p->end > s->link.bytes_out && !is_all)
			break;
		if (p->end > s->link.bytes_out) /* a file was shorter */
			p->end = s->link.bytes_out;
		p->sent = t->writing;
		tell(s, p->seq, TICK_SENT, 0, false);
	}
	if (t->sent == before)
		return;
	t->ask_ns = ASK_FIRST_NS;
	timer_start(s->link.loop, &t->ask, t->ask_ns);
}

bool session_ticks_read(struct session *s)
{
	struct session_ticks *t = s->ticks;
	struct ack stamp;
	bool has_read = false;
	if (!t || !s->link.transport || !acks_of(t))
		return false;
	while (acks_of(t)->read(s->link.transport, &stamp)) {
		uint32_t of_base = (uint32_t)(s->link.bytes_out - t->base);
		has_read = true;
		acked(t, s->link.bytes_out - (of_base - stamp.bytes),
		      stamp.wall_us);
	}
	return has_read;
}

void session_ticks_end(struct session *s)
{
	struct session_ticks *t = s->ticks;
	if (!t)
		return;
	ask(t);
	for (size_t i = 0; i < t->count; i++)
		tell(s, t->list[i].seq,
		     i < t->sent ? TICK_SENT : TICK_QUEUED, 0, true);
	timer_stop(&t->ask);
	free(t->list);
	free(t);
	s->ticks = NULL;
}
