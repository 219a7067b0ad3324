/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Unfinished messages wait for their rest, and states for the next one. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/encoding.h>
#include <sockchat/framing.h>
#include <sockchat/recut.h>
#include <sockchat/settle.h>

/* How long an unfinished message waits for the rest of it, and how long one
 * that ends in the middle of a character. */
#define SETTLE_NS     (FRAMING_PAUSE_MS * MS_NS)
#define SETTLE_MID_NS SECOND_NS

/* How long a state waits for the one that tells all of it. */
#define SETTLE_STATE_NS (200 * MS_NS)

/* A message that has been written in part, or not at all. */
struct settle_message {
	uint64_t seq;
	uint32_t session;
	uint8_t dir;
	bool is_awaited; /* it is written when it is whole, or never will be */
	bool is_state;
	bool is_told; /* it has been written as a whole one */
	size_t written;
	int64_t grown_ns;
};

static size_t pending_index(const struct settle *s, uint64_t seq)
{
	size_t i;
	ARRAY_FIND(i, s->count, s->list[i].seq >= seq);
	return i;
}

static void remove_pending(struct settle *s, size_t i)
{
	array_remove(s->list, s->count--, sizeof(*s->list), i);
}

/* Write what is not written of a message, up to its byte `end` or the last
 * whole character before that. */
static void write_until(const struct settle *s, struct settle_message *p,
                        const struct entry *e, size_t end)
{
	struct entry piece = *e;
	piece.len = end - encoding_unfinished(s->encoding ? *s->encoding : NULL,
	                                      e->bytes, end);
	if (piece.len <= p->written)
		return;
	s->write(s->user, &piece, p->written);
	p->written = piece.len;
}

static bool is_whole(const struct entry *e)
{
	return e->flags & (ENTRY_COMPLETE | ENTRY_BROKEN);
}

/* Write the rest of an unfinished message, up to its last whole character or,
 * when it is time for that, `all` of it.  It may have become whole meanwhile,
 * and be about to be shown.  False: something is left. */
static bool write_pending(struct settle *s, struct settle_message *p, bool all)
{
	struct entry e;
	if (!transcript_at(s->transcript, p->seq, &e))
		return true;
	if (!all && !is_whole(&e)) {
		write_until(s, p, &e, e.len);
	} else if (e.len > p->written) {
		s->write(s->user, &e, p->written);
		p->written = e.len;
		p->is_told = is_whole(&e);
	}
	return p->written == e.len;
}

static void on_settle_time(struct timer *t)
{
	struct settle *s = t->user;
	int64_t now = loop_now_ns(s->loop), next = 0;
	for (size_t i = 0; i < s->count; i++) {
		struct settle_message *p = &s->list[i];
		if (p->is_awaited)
			continue;
		int64_t age = now - p->grown_ns;
		int64_t first = p->is_state ? SETTLE_STATE_NS : SETTLE_NS;
		bool is_due = age >= first;
		bool is_all = p->is_state || age >= SETTLE_MID_NS;
		if (is_due && write_pending(s, p, is_all))
			continue;
		int64_t left = (is_due ? SETTLE_MID_NS : first) - age;
		if (!next || left < next)
			next = left;
	}
	if (next)
		timer_start(s->loop, t, next);
}

/* A hint comes in the middle of what it is about: it must not part a
 * character. */
static bool parts_character(const struct settle *s,
                            const struct settle_message *p,
                            const struct entry *e)
{
	struct entry m;
	return e->kind == ENTRY_NOTE &&
	       transcript_at(s->transcript, p->seq, &m) &&
	       encoding_unfinished(s->encoding ? *s->encoding : NULL, m.bytes,
	                           m.len) > 0;
}

/* Messages of the same session and direction are over when this entry comes;
 * those of the other direction are written before it, unless it `begins` to
 * wait itself. */
static void settle_session(struct settle *s, const struct entry *e, bool begins)
{
	bool is_state = e->kind == ENTRY_STATE;
	bool is_end = is_state && e->state == ENTRY_CLOSED;
	for (size_t i = 0; i < s->count;) {
		struct settle_message *p = &s->list[i];
		bool is_other = p->session != e->session || p->seq == e->seq;
		bool is_next = p->is_state ? !begins
		                           : p->dir == e->dir && !p->is_awaited;
		bool is_over = !is_other && (is_end || is_next);
		bool is_before = !is_other && !p->is_state &&
		                 (!begins || is_state);
		if (is_over || (is_before && !p->is_awaited &&
		                !parts_character(s, p, e)))
			write_pending(s, p, is_over || is_state);
		if (is_over)
			remove_pending(s, i);
		else
			i++;
	}
}

static int add_pending(struct settle *s, const struct entry *e)
{
	struct settle_message *grown =
	    array_grow(s->list, &s->cap, s->count, sizeof(*grown));
	if (!grown)
		return -1;
	s->list = grown;
	s->list[s->count++] = (struct settle_message){
		.seq = e->seq,
		.session = e->session,
		.dir = e->dir,
		.is_awaited = entry_is_awaited(e),
		.is_state = e->kind == ENTRY_STATE,
		.grown_ns = loop_now_ns(s->loop),
	};
	return 0;
}

static bool is_pending(const struct settle *s, size_t i, uint64_t seq)
{
	return i < s->count && s->list[i].seq == seq;
}

/* Look again in so long, or before. */
static void wake_in(struct settle *s, int64_t ns)
{
	if (!s->timer.loop || s->timer.due_ns > loop_now_ns(s->loop) + ns)
		timer_start(s->loop, &s->timer, ns);
}

/* What a message brings comes behind the states that were before. */
static void write_states_before(struct settle *s, const struct entry *e)
{
	for (size_t i = 0; i < s->count;) {
		struct settle_message *p = &s->list[i];
		if (!p->is_state || p->session != e->session) {
			i++;
			continue;
		}
		write_pending(s, p, true);
		remove_pending(s, i);
	}
}

static int remember_pending(struct settle *s, const struct entry *e)
{
	write_states_before(s, e);
	size_t i = pending_index(s, e->seq);
	if (!is_pending(s, i, e->seq)) {
		settle_session(s, e, true);
		if (add_pending(s, e))
			return -1;
		i = s->count - 1;
	}
	s->list[i].grown_ns = loop_now_ns(s->loop);
	bool is_late = e->part_count && e->parts[e->part_count - 1].is_late;
	if (is_late && !s->list[i].is_awaited)
		write_until(s, &s->list[i], e, e->parts[e->part_count - 1].at);
	if (e->seq < s->staying)
		write_pending(s, &s->list[i], true);
	wake_in(s, SETTLE_NS);
	return 0;
}

/* Messages that the transcript drops soon do not wait; the one that is shown
 * now writes itself. */
static void write_leaving(struct settle *s, uint64_t shown)
{
	uint64_t staying = transcript_staying(s->transcript);
	if (staying == s->staying)
		return;
	s->staying = staying;
	for (size_t i = 0; i < s->count && s->list[i].seq < staying; i++)
		if (s->list[i].seq != shown)
			write_pending(s, &s->list[i], true);
}

static int show_message(struct settle *s, const struct entry *e)
{
	size_t i = pending_index(s, e->seq), from = 0;
	bool is_told = false;
	if (e->flags & ENTRY_TRAILS) /* it has been written */
		return 0;
	if (!is_whole(e))
		return remember_pending(s, e);
	if (is_pending(s, i, e->seq)) {
		from = s->list[i].written;
		is_told = s->list[i].is_told;
		remove_pending(s, i);
	}
	settle_session(s, e, false);
	if (!is_told)
		s->write(s->user, e, from);
	return 0;
}

int settle_show(struct settle *s, const struct entry *e)
{
	write_leaving(s, e->seq);
	if (e->kind == ENTRY_MESSAGE)
		return show_message(s, e);
	bool waits = s->waits_states && entry_is_passing(e);
	settle_session(s, e, waits);
	if (waits)
		wake_in(s, SETTLE_STATE_NS);
	else
		s->write(s->user, e, 0);
	return waits ? add_pending(s, e) : 0;
}

void settle_before(struct settle *s, const struct entry *e)
{
	settle_session(s, e, false);
}

/* The message that waited in the direction of `e`, at or before it. */
static const struct settle_message *
find_waiting(const struct settle_message *list, size_t count,
             const struct entry *e)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].session == e->session && list[i].dir == e->dir &&
		    list[i].seq <= e->seq)
			return &list[i];
	return NULL;
}

static int compare_seqs(const void *a, const void *b)
{
	const struct settle_message *x = a, *y = b;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Let the messages under way wait, of which has been written what the list of
 * those that waited says, or all. */
static int wait_anew(struct settle *s, const struct recut *r,
                     const struct settle_message *list, size_t count)
{
	struct entry e;
	size_t at = 0;
	for (uint64_t seq; (seq = recut_under_way(r, &at));) {
		if (!transcript_at(s->transcript, seq, &e))
			continue;
		if (add_pending(s, &e))
			return -1;
		const struct settle_message *w =
		    find_waiting(list, count, &e);
		s->list[s->count - 1].written =
		    !w ? e.len : w->seq == seq ? w->written : 0;
		s->list[s->count - 1].grown_ns = loop_now_ns(s->loop);
	}
	if (s->count)
		qsort(s->list, s->count, sizeof(*s->list), compare_seqs);
	if (s->count)
		wake_in(s, SETTLE_NS);
	return 0;
}

/* Write those that are not under way any more. */
static void write_moved(struct settle *s, const struct settle_message *list,
                        size_t count)
{
	uint64_t seq = transcript_end(s->transcript);
	struct entry e;
	for (size_t i = 0; i < count; i++)
		seq = list[i].seq < seq ? list[i].seq : seq;
	for (; transcript_at(s->transcript, seq, &e); seq++) {
		const struct settle_message *w =
		    e.kind == ENTRY_MESSAGE && !(e.flags & ENTRY_BY_HAND)
		        ? find_waiting(list, count, &e) : NULL;
		size_t from = w && w->seq == seq ? w->written : 0;
		if (w && from < e.len &&
		    !is_pending(s, pending_index(s, seq), seq))
			s->write(s->user, &e, from);
	}
}

static void write_states(struct settle *s, struct settle_message *list,
                         size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].is_state)
			write_pending(s, &list[i], true);
}

int settle_recut(struct settle *s, const struct recut *r)
{
	struct settle_message *list = s->list;
	size_t count = s->count;
	for (size_t i = 0; i < count; i++)
		recut_find(r, &list[i].seq, &list[i].written);
	s->list = NULL;
	s->count = s->cap = 0;
	s->staying = 0;
	int failed = wait_anew(s, r, list, count);
	write_states(s, list, count);
	write_moved(s, list, count);
	free(list);
	return failed;
}

void settle_init(struct settle *s, struct loop *l,
                 const struct transcript *transcript, settle_fn *write,
                 void *user)
{
	*s = (struct settle){
		.loop = l,
		.transcript = transcript,
		.write = write,
		.user = user,
		.timer = { .on_time = on_settle_time, .user = s },
	};
}

void settle_write_all(struct settle *s)
{
	for (size_t i = 0; i < s->count; i++)
		write_pending(s, &s->list[i], true);
}

void settle_finish(struct settle *s)
{
	timer_stop(&s->timer);
	free(s->list);
}
