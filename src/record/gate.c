/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages sent by hand wait until they have arrived: not at all on this
 * machine, or where an answer brings the acknowledgement. */

#include <sockchat/gate.h>

#define WAIT_NS     (200 * MS_NS)
#define WAITING_MAX ((size_t)64 << 10) /* bytes; the transcript drops none */
#define ENTRIES_MAX 256

/* What comes has a tick in the middle: of its way to the client.  There a
 * message goes on before it is whole; until then nothing is told of its way. */
static bool is_ticked(const struct gate *g, const struct entry *e)
{
	return e->kind == ENTRY_MESSAGE && e->flags & ENTRY_COMPLETE &&
	       (e->dir == ENTRY_OUT ||
	        ticks_at(g->ticks, e->seq).state != TICK_NONE);
}

/* How long `e` may still wait; 0: it is to be written now. */
static int64_t time_left(const struct gate *g, const struct entry *e)
{
	if (!is_ticked(g, e) || g->waiting > WAITING_MAX ||
	    g->end - g->next > ENTRIES_MAX)
		return 0;
	struct tick tick = ticks_at(g->ticks, e->seq);
	if (tick.is_final || tick.state == TICK_NONE ||
	    tick.state == TICK_ACKED)
		return 0;
	int64_t left = e->time.mono_ns + WAIT_NS - stamp_mono_ns();
	return left > 0 ? left : 0;
}

static void pass_entry(struct gate *g, const struct entry *e)
{
	enum gate_step step = e->seq == g->held ? GATE_HELD : GATE_WRITE;
	struct tick tick;
	struct entry ticked;
	if (is_ticked(g, e)) {
		tick = ticks_at(g->ticks, e->seq);
		ticked = *e;
		ticked.tick = &tick;
		e = &ticked;
	}
	g->step(g->user, step, e);
}

static void let_through(struct gate *g, bool waits)
{
	struct entry e;
	timer_stop(&g->timer);
	for (; g->next < g->end; g->next++) {
		if (!transcript_at(g->transcript, g->next, &e))
			continue;
		int64_t left = waits ? time_left(g, &e) : 0;
		if (left) {
			if (g->held != e.seq)
				g->step(g->user, GATE_HOLD, &e);
			g->held = e.seq;
			timer_start(g->loop, &g->timer, left);
			return;
		}
		pass_entry(g, &e);
	}
	g->waiting = 0;
}

static void on_gate_time(struct timer *t)
{
	let_through(t->user, true);
}

static void on_gate_tick(void *user, uint64_t seq)
{
	struct gate *g = user;
	struct tick tick = ticks_at(g->ticks, seq);
	struct entry e;
	if (seq >= g->next) {
		let_through(g, true);
	} else if (tick.state >= TICK_ACKED &&
	           transcript_at(g->transcript, seq, &e) && is_ticked(g, &e)) {
		e.tick = &tick;
		g->step(g->user, GATE_LATE, &e);
	}
}

void gate_init(struct gate *g)
{
	g->next = g->end = transcript_first(g->transcript);
	g->timer = (struct timer){ .on_time = on_gate_time, .user = g };
	g->listener = (struct ticks_listener){
		.on_tick = on_gate_tick, .user = g,
	};
	ticks_listen(g->ticks, &g->listener);
}

void gate_write_all(struct gate *g)
{
	let_through(g, false);
}

void gate_recut(struct gate *g)
{
	g->next = g->end = transcript_end(g->transcript);
	g->held = 0;
}

void gate_stop(struct gate *g)
{
	timer_stop(&g->timer);
	ticks_unlisten(g->ticks, &g->listener);
}

void gate_show(struct gate *g, uint64_t first, uint64_t end)
{
	struct entry e;
	if (end <= g->next) { /* one that is out has grown: in its turn */
		let_through(g, false);
		if (transcript_at(g->transcript, first, &e))
			pass_entry(g, &e);
		return;
	}
	if (end > g->end)
		g->end = end;
	let_through(g, true);
	for (uint64_t seq = first < g->next ? g->next : first; seq < end; seq++)
		if (transcript_at(g->transcript, seq, &e))
			g->waiting += e.len;
	if (g->waiting > WAITING_MAX)
		let_through(g, true);
}
