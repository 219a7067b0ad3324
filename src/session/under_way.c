/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages on their way, in order.  Acknowledgements are stamped only while
 * there are any. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/recut.h>
#include <sockchat/stamp.h>

#include "under_way.h"

/* Records of acknowledgements come by themselves, one for the end of each
 * write.  For bytes before that, and where no records come, the transport is
 * asked how much is pending, less and less often. */
#define ASK_FIRST_NS   (1 * MS_NS)
#define ASK_SLOWEST_NS (100 * MS_NS)
#define ASK_RECORDS_NS (250 * MS_NS)
#define ASK_READ_NS    (1600 * MS_NS) /* what has arrived may be read late */
#define PENDING_MAX    TICKS_MAX /* further messages are not followed */

struct pending {
	uint64_t seq;
	uint64_t end;      /* bytes in all that have left us when it has */
	struct stamp sent; /* 0: it has not left us */
};

struct under_way {
	struct link *link;
	struct ticks *const *ticks;
	struct pending *list;
	size_t count, cap, sent; /* `sent` of them have left us */
	uint64_t base; /* the byte from which records count */
	bool is_stamped;
	struct stamp writing; /* when the last write began, for an
	                       * acknowledgement may come before it ends */
	struct timer ask;
	int64_t ask_ns;
};

static void tell_tick(const struct under_way *u, const struct pending *p,
                      enum tick_state state, int64_t ack_us, bool is_final)
{
	struct tick tick = {
		.seq = p->seq,
		.ack_us = (uint32_t)(ack_us > 0 ? ack_us : 0),
		.state = (uint8_t)state,
		.is_final = is_final,
	};
	if (*u->ticks)
		ticks_set(*u->ticks, &tick);
}

/* NULL: what is written has arrived, but is lost if the peer breaks before it
 * has read it. */
static const struct ack_ops *acks_of(const struct under_way *u)
{
	return u->link->transport->ops->acks;
}

static void stop_stamps(struct under_way *u)
{
	if (u->is_stamped && u->link->transport)
		acks_of(u)->stop(u->link->transport);
	u->is_stamped = false;
}

/* Note when all bytes before `end` were acknowledged; 0: just now. */
static void note_acked(struct under_way *u, uint64_t end, int64_t wall_us)
{
	size_t n = 0;
	struct stamp now = stamp_now();
	for (; n < u->sent && u->list[n].end <= end; n++) {
		const struct pending *p = &u->list[n];
		int64_t most = (now.mono_ns - p->sent.mono_ns) / 1000;
		int64_t us = wall_us ? wall_us - p->sent.wall_us : most;
		tell_tick(u, p, TICK_ACKED, us < most ? us : most, false);
	}
	u->count -= n;
	u->sent -= n;
	if (n)
		memmove(u->list, u->list + n, u->count * sizeof(*u->list));
	if (!u->count) {
		timer_stop(&u->ask);
		stop_stamps(u);
	}
}

static void ask_pending(struct under_way *u)
{
	if (!u->link->transport)
		return;
	ssize_t unacked = link_unacked(u->link);
	if (unacked >= 0)
		note_acked(u, u->link->bytes_out - (uint64_t)unacked, 0);
}

static int64_t slowest_ns(const struct under_way *u)
{
	if (u->is_stamped)
		return ASK_RECORDS_NS;
	return u->link->transport && !acks_of(u) ? ASK_READ_NS : ASK_SLOWEST_NS;
}

static void on_ask_time(struct timer *timer)
{
	struct under_way *u = timer->user;
	under_way_read(u); /* first, for records have times */
	ask_pending(u);
	if (u->ask_ns < slowest_ns(u))
		u->ask_ns *= 2;
	if (u->count)
		timer_start(u->link->loop, timer, u->ask_ns);
}

struct under_way *under_way_new(struct link *l, struct ticks *const *ticks)
{
	struct under_way *u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	u->link = l;
	u->ticks = ticks;
	u->ask = (struct timer){ .on_time = on_ask_time, .user = u };
	return u;
}

/* The newest message has more bytes than it had: it has not left us yet. */
static void grow_newest(struct under_way *u, uint64_t end)
{
	struct pending *p = &u->list[u->count - 1];
	if (u->sent == u->count)
		u->sent--;
	p->end = end;
	p->sent = (struct stamp){ 0 };
	if (*u->ticks)
		(void)!ticks_add(*u->ticks, p->seq);
}

void under_way_add(struct under_way *u, uint64_t seq, uint64_t end)
{
	if (u->count && u->list[u->count - 1].seq == seq) {
		grow_newest(u, end);
		return;
	}
	struct pending *grown =
	    u->count < PENDING_MAX
	        ? array_grow(u->list, &u->cap, u->count, sizeof(*grown))
	        : NULL;
	if (!grown)
		return;
	u->list = grown;
	if (*u->ticks && !ticks_add(*u->ticks, seq))
		u->list[u->count++] =
		    (struct pending){ .seq = seq, .end = end };
}

void under_way_recut(struct under_way *u, const struct recut *r)
{
	for (size_t i = 0; u && i < u->count; i++)
		recut_move(r, &u->list[i].seq);
}

void under_way_before_write(struct under_way *u)
{
	size_t unacked;
	if (u->sent == u->count || !u->link->transport)
		return;
	u->writing = stamp_now();
	if (u->is_stamped || !acks_of(u))
		return;
	u->is_stamped = !acks_of(u)->start(u->link->transport, &unacked);
	u->base = u->link->bytes_out - unacked;
}

void under_way_restart(struct under_way *u)
{
	if (u)
		stop_stamps(u);
}

/* Whether nobody will ever know that what was sent has arrived: its tick is
 * final then. */
static bool is_unknown(const struct under_way *u)
{
	return link_has_messages(u->link);
}

static void forget_sent(struct under_way *u)
{
	u->count -= u->sent;
	memmove(u->list, u->list + u->sent, u->count * sizeof(*u->list));
	u->sent = 0;
}

void under_way_after_write(struct under_way *u, bool is_all)
{
	uint64_t gone = u->link->bytes_out;
	size_t before = u->sent;
	for (; u->sent < u->count; u->sent++) {
		struct pending *p = &u->list[u->sent];
		if (p->end > gone && !is_all)
			break;
		if (p->end > gone) /* a file was shorter */
			p->end = gone;
		p->sent = u->writing;
		tell_tick(u, p,
		          acks_of(u) || is_unknown(u) ? TICK_SENT : TICK_ACKED,
		          0, is_unknown(u));
	}
	if (u->sent && is_unknown(u))
		forget_sent(u);
	if (u->sent <= before)
		return;
	u->ask_ns = ASK_FIRST_NS;
	timer_start(u->link->loop, &u->ask, u->ask_ns);
}

bool under_way_read(struct under_way *u)
{
	struct transport *t = u ? u->link->transport : NULL;
	struct ack record;
	bool has_read = false;
	while (t && acks_of(u) && acks_of(u)->read(t, &record)) {
		uint64_t gone = u->link->bytes_out;
		uint32_t of_base = (uint32_t)(gone - u->base);
		has_read = true;
		note_acked(u, gone - (of_base - record.bytes), record.wall_us);
	}
	return has_read;
}

/* Whether those that were written and not taken from the list have arrived:
 * what the peer's system is known to have can still be read after our end. */
static bool have_arrived(const struct under_way *u)
{
	const struct link *l = u->link;
	return l->transport && !acks_of(u) && !l->broken;
}

void under_way_end(struct under_way *u)
{
	if (!u)
		return;
	(void)under_way_read(u);
	ask_pending(u);
	size_t arrived = have_arrived(u) ? u->sent : 0;
	for (size_t i = 0; i < u->count; i++)
		tell_tick(u, &u->list[i],
		          i < arrived ? TICK_ACKED : TICK_LOST, 0, true);
	timer_stop(&u->ask);
	free(u->list);
	free(u);
}
