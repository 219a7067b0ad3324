/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The old entries are walked in their order.  Those that are messages which
 * were cut are put together to the reads that brought them, and cut again; what
 * a message under way got while others were told has its turn by its time. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>

#include "recut_private.h"
#include "transcript_private.h"

/* After so many bytes the clock is looked at: a read may have many messages.
 * A read or an entry costs as much as so many bytes. */
#define BYTES_A_LOOK 4096
#define COST_OF_READ 256

struct recut *recut_new(struct transcript *t, const struct frame *in,
                        const struct frame *out)
{
	struct recut *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->old = t;
	r->new = transcript_new(transcript_max(t));
	r->frames[0] = *in;
	r->frames[1] = *out;
	r->first = r->next = transcript_first(t);
	r->read.max = SIZE_MAX;
	if (r->new)
		return r;
	recut_free(r);
	return NULL;
}

void recut_free(struct recut *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		free(r->list[i]);
	free(r->list);
	free(r->waiting);
	free(r->marks);
	free(r->places);
	bytes_finish(&r->read);
	transcript_free(r->new);
	free(r);
}

/* Conversations */

static size_t conversation_index(const struct recut *r, uint32_t session)
{
	size_t i = r->count;
	if (i && r->list[i - 1]->session >= session)
		ARRAY_FIND(i, r->count, r->list[i]->session >= session);
	return i;
}

static struct conversation *find_conversation(const struct recut *r,
                                              uint32_t session)
{
	size_t i = conversation_index(r, session);
	bool is_there = i < r->count && r->list[i]->session == session;
	return is_there ? r->list[i] : NULL;
}

static struct conversation *add_conversation(struct recut *r, uint32_t session)
{
	size_t i = conversation_index(r, session);
	struct conversation *c = calloc(1, sizeof(*c));
	struct conversation **grown =
	    c ? array_insert(r->list, &r->cap, r->count, sizeof(*grown), i)
	      : NULL;
	if (!grown) {
		free(c);
		return NULL;
	}
	r->list = grown;
	r->count++;
	c->session = session;
	c->is_headless = transcript_sums(r->old).dropped > 0;
	for (size_t k = 0; k < 2; k++) {
		c->sides[k].framing.dir = k ? ENTRY_OUT : ENTRY_IN;
		c->sides[k].framing.state.asked = &c->asked;
	}
	return grown[i] = c;
}

/* NULL without memory. */
static struct conversation *conversation_of(struct recut *r, uint32_t session)
{
	struct conversation *c = find_conversation(r, session);
	return c ? c : add_conversation(r, session);
}

static void remove_conversation(struct recut *r, uint32_t session)
{
	size_t i = conversation_index(r, session);
	free(r->list[i]);
	array_remove(r->list, r->count--, sizeof(*r->list), i);
}

static struct side *side_of(struct conversation *c, const struct entry *e)
{
	return &c->sides[e->dir == ENTRY_OUT];
}

/* Messages of which reads are left */

static void swap_waiting(struct recut *r, size_t a, size_t b)
{
	struct side *side = r->waiting[a];
	r->waiting[a] = r->waiting[b];
	r->waiting[b] = side;
}

static bool is_before(const struct recut *r, size_t a, size_t b)
{
	return r->waiting[a]->part_ns < r->waiting[b]->part_ns;
}

static int add_waiting(struct recut *r, struct side *side)
{
	struct side **grown = array_grow(r->waiting, &r->waiting_cap,
	                                 r->waiting_count, sizeof(*grown));
	if (!grown)
		return -1;
	r->waiting = grown;
	size_t i = r->waiting_count++;
	r->waiting[i] = side;
	for (; i && is_before(r, i, (i - 1) / 2); i = (i - 1) / 2)
		swap_waiting(r, i, (i - 1) / 2);
	return 0;
}

static void remove_first_waiting(struct recut *r)
{
	size_t i = 0, child;
	r->waiting[0] = r->waiting[--r->waiting_count];
	while ((child = 2 * i + 1) < r->waiting_count) {
		if (child + 1 < r->waiting_count &&
		    is_before(r, child + 1, child))
			child++;
		if (!is_before(r, child, i))
			return;
		swap_waiting(r, i, child);
		i = child;
	}
}

/* Reads */

/* Where the part `i` of a message ends, which begins with the part 0 at its
 * first byte. */
static size_t part_end(const struct entry *e, size_t i)
{
	return i < e->part_count ? e->parts[i].at : e->len;
}

/* Put a part of a message to the read; what is left of it waits. */
static int take_part(struct recut *r, struct side *side, const struct entry *e,
                     size_t i)
{
	size_t from = i ? e->parts[i - 1].at : 0;
	if (bytes_append(&r->read, e->bytes + from, part_end(e, i) - from))
		return -1;
	while (i < e->part_count && part_end(e, i) == part_end(e, i + 1))
		i++; /* nothing came of it */
	side->old_seq = i < e->part_count ? e->seq : 0;
	if (!side->old_seq)
		return 0;
	side->part = i + 1;
	side->part_ns = e->time.mono_ns + entry_part_ns(&e->parts[i]);
	side->is_loaded = entry_is_old(e);
	return add_waiting(r, side);
}

/* Find where the first old message of a direction stands in its stream. */
static void find_stream(const struct recut *r, struct side *side, uint64_t seq)
{
	if (!side->is_placed)
		side->framing.at = transcript_offset(r->old, seq);
	side->is_placed = true;
}

/* Begin with an old message. */
static int take_entry(struct recut *r, struct side *side, const struct entry *e)
{
	struct mark *grown = array_grow(r->marks, &r->mark_cap, r->mark_count,
	                                sizeof(*grown));
	if (!grown)
		return -1;
	r->marks = grown;
	r->marks[r->mark_count++] = (struct mark){ e->seq, r->read.len };
	side->old_count++;
	find_stream(r, side, e->seq);
	side->framing.asked_ns =
	    e->wait_ns ? e->time.mono_ns - e->wait_ns : 0;
	r->next = e->seq + 1;
	return take_part(r, side, e, 0);
}

/* An entry that is made anew, not copied. */
static bool is_made_anew(const struct recut *r, const struct entry *e)
{
	static const char *const codes[] = {
		"day", FRAMING_WRONG, FRAMING_UNFINISHED,
	};
	if (e->kind != ENTRY_NOTE)
		return false;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(e->code, codes[i]) == 0)
			return i || transcript_end(r->new) > 1;
	return false;
}

/* The next old entry that counts, until another is looked at; NULL: there is
 * none, or no memory. */
static const struct entry *look_next(struct recut *r)
{
	const struct entry *e;
	if (r->ahead.seq == r->next)
		return &r->ahead;
	if (r->next < transcript_first(r->old))
		r->next = transcript_first(r->old);
	while ((e = transcript_at(r->old, r->next, &r->ahead)) &&
	       is_made_anew(r, e)) {
		if (recut_add_place(r, r->next, transcript_end(r->new), 0))
			return NULL;
		r->next++;
	}
	return e;
}

/* Whether the read that brought the part `i` of a message may have brought `e`
 * too: what parts know of the time is not exact. */
static bool is_of_read(const struct entry *first, size_t i,
                       const struct entry *e)
{
	int64_t ns = e->time.mono_ns - first->time.mono_ns;
	return e->session == first->session && e->dir == first->dir &&
	       (i ? entry_part_after(ns) == first->parts[i - 1].after : !ns);
}

/* Put the messages to the read that it brought as well. */
static int take_followers(struct recut *r, struct side *side,
                          const struct entry *first, size_t i,
                          struct stamp *time)
{
	const struct entry *e;
	while (!side->old_seq && (e = look_next(r)) && recut_is_cut(e) &&
	       is_of_read(first, i, e)) {
		*time = e->time;
		if (take_entry(r, side, e))
			return -1;
	}
	return 0;
}

/* What has come cannot be messages of the frame.  Where the beginning has been
 * dropped it may be out of step: then each read is a new try, until a message
 * was whole. */
static void meet_wrong(struct recut *r, const struct conversation *c,
                       struct framing *f, const struct framing_read *read,
                       bool was_begun)
{
	if (c->is_headless && !was_begun) {
		f->state = (struct frame_state){ .asked = f->state.asked };
		f->is_wrong = false;
		return;
	}
	r->wrong_seq = transcript_end(r->new);
	framing_tell_wrong(f, read);
}

/* At `now_ns` the message under way may have been silent for long enough. */
static void end_silent(const struct recut *r, struct framing *f,
                       const struct frame *frame, int64_t now_ns)
{
	int64_t quiet_ns = framing_silence_ns(f, frame);
	if (quiet_ns && now_ns - f->grown_ns >= quiet_ns)
		framing_complete(f, r->new);
}

/* Cut the read that has been put together. */
static int cut_read(struct recut *r, const struct conversation *c,
                    struct framing *f, const struct framing_read *read)
{
	end_silent(r, f, read->frame, read->time.mono_ns);
	bool was_raw = f->state.is_raw, was_begun = f->state.is_begun;
	struct before before = recut_look_before(r, f);
	if (framing_take(f, read, r->read.data, r->read.len) ||
	    recut_place_marks(r, &before))
		return -1;
	if (!was_raw && f->state.is_raw && f->state.now.wrong)
		meet_wrong(r, c, f, read, was_begun);
	return 0;
}

/* The read that begins with a part of an old message. */
static int take_read(struct recut *r, struct conversation *c,
                     struct side *side, const struct entry *e, size_t i)
{
	int64_t after_ns = i ? entry_part_ns(&e->parts[i - 1]) : 0;
	struct framing_read read = {
		.transcript = r->new,
		.frame = &r->frames[e->dir == ENTRY_OUT],
		.time = { e->time.wall_us + after_ns / 1000,
		          e->time.mono_ns + after_ns },
		.session = e->session,
		.peer = e->peer,
	};
	bytes_clear(&r->read);
	if (i ? take_part(r, side, e, i) : take_entry(r, side, e))
		return -1;
	if (take_followers(r, side, e, i, &read.time))
		return -1;
	read.at = side->framing.at;
	return cut_read(r, c, &side->framing, &read) ? -1 : 1;
}

/* The first of the reads that wait. */
static int take_waiting(struct recut *r)
{
	struct entry room;
	struct side *side = r->waiting[0];
	const struct entry *e = transcript_at(r->old, side->old_seq, &room);
	remove_first_waiting(r);
	side->old_seq = 0;
	if (!e) /* it has been dropped meanwhile */
		return 1;
	struct conversation *c = conversation_of(r, e->session);
	return c ? take_read(r, c, side, e, side->part) : -1;
}

/* Other entries */

/* What comes has ended. */
static void end_incoming(struct recut *r, struct conversation *c,
                         const struct entry *e)
{
	const char *how = e->state == ENTRY_CLOSED ? "the end" : "FIN";
	const struct framing_read read = {
		.transcript = r->new,
		.frame = &r->frames[0],
		.time = e->time,
		.session = e->session,
		.peer = e->peer,
	};
	if (!c->has_ended)
		framing_end(&c->sides[0].framing, &read, how);
	c->has_ended = true;
}

/* What an entry does to the messages under way. */
static void meet_entry(struct recut *r, struct conversation *c,
                       const struct entry *e)
{
	bool is_state = e->kind == ENTRY_STATE;
	bool is_half = e->state == ENTRY_HALF_CLOSED && e->ended == ENTRY_IN;
	if (is_state && e->state == ENTRY_OPEN)
		c->is_headless = false;
	if (is_state && (is_half || e->state == ENTRY_CLOSED))
		end_incoming(r, c, e);
	if (is_state && e->state == ENTRY_HANDSHAKING)
		for (size_t i = 0; i < 2; i++)
			framing_restart(&c->sides[i].framing, r->new);
	if (e->fate && !(e->flags & ENTRY_BY_HAND)) /* none goes across it */
		framing_complete(&side_of(c, e)->framing, r->new);
	if (e->kind == ENTRY_MESSAGE ||
	    (e->kind == ENTRY_NOTE && strcmp(e->code, "file-sending") == 0))
		for (size_t i = 0; i < 2; i++)
			framing_break(&c->sides[i].framing, &r->frames[i],
			              r->new);
}

/* A message that is copied stands in its direction's stream, too. */
static void place_in_stream(const struct recut *r, struct side *side,
                            struct entry *copy)
{
	find_stream(r, side, copy->seq);
	copy->stream_at = side->framing.at;
	side->framing.at += copy->len;
}

static int copy_entry(struct recut *r, const struct entry *e)
{
	struct conversation *c = conversation_of(r, e->session);
	if (!c)
		return -1;
	meet_entry(r, c, e);
	struct entry copy = *e;
	copy.fate = FATE_NONE; /* recut_finish() gives all of them */
	copy.held = 0;
	if (entry_is_awaited(e))
		copy.flags |= ENTRY_BROKEN; /* what follows is another one */
	if (e->kind == ENTRY_MESSAGE)
		place_in_stream(r, side_of(c, e), &copy);
	uint64_t seq = transcript_append(r->new, &copy);
	if (!seq || recut_add_place(r, e->seq, seq, 0))
		return -1;
	r->next = e->seq + 1;
	if (e->dir == ENTRY_OUT && e->fate != FATE_DROPPED) {
		c->sides[0].framing.asked_ns = e->time.mono_ns;
		framing_see(&c->sides[1].framing, &r->frames[0], &r->frames[1],
		            e->bytes, e->len);
	}
	if (e->kind == ENTRY_STATE && e->state == ENTRY_CLOSED &&
	    !c->sides[0].old_seq && !c->sides[1].old_seq)
		remove_conversation(r, e->session);
	return 1;
}

/* 1: a read or an entry is done; 0: none is left; -1 without memory. */
static int take_next(struct recut *r)
{
	const struct entry *e = look_next(r);
	struct conversation *c = NULL;
	if (e && recut_is_cut(e) && !(c = conversation_of(r, e->session)))
		return -1;
	if (r->waiting_count &&
	    (!e || r->waiting[0]->part_ns <= e->time.mono_ns ||
	     (r->waiting[0]->is_loaded && !entry_is_old(e)) ||
	     (c && side_of(c, e)->old_seq)))
		return take_waiting(r);
	if (c) {
		const struct entry first = *e;
		return take_read(r, c, side_of(c, e), &first, 0);
	}
	if (e)
		return copy_entry(r, e);
	return r->next < transcript_end(r->old) ? -1 : 0;
}

int recut_step(struct recut *r, int64_t budget_ns)
{
	int64_t end_ns = stamp_mono_ns() + budget_ns;
	int more;
	r->ahead.seq = 0; /* the transcript may have changed */
	do {
		for (size_t n = 0; n < BYTES_A_LOOK; n += r->read.len) {
			bytes_clear(&r->read);
			if ((more = take_next(r)) <= 0)
				return more;
			n += COST_OF_READ;
		}
	} while (stamp_mono_ns() < end_ns);
	return 1;
}

/* The end */

void recut_finish(struct recut *r)
{
	int64_t now_ns = stamp_mono_ns();
	transcript_release_all(r->old);
	transcript_tell_recut(r->old, NULL);
	r->ahead.seq = 0;
	while (take_next(r) > 0)
		; /* what that has appended */
	for (size_t i = 0; i < 2 * r->count; i++)
		end_silent(r, &r->list[i / 2]->sides[i % 2].framing,
		           &r->frames[i % 2], now_ns);
	recut_give_fates(r);
	r->base = transcript_replace(r->old, r->new);
	r->new = NULL;
	transcript_tell_recut(r->old, r);
}

uint64_t recut_wrong(const struct recut *r)
{
	return r->wrong_seq ? r->wrong_seq + r->base : 0;
}

static void give_side(const struct recut *r, struct framing *f,
                      const struct side *side, struct frame_asked *asked)
{
	struct framing given = side->framing;
	given.seq += given.seq ? r->base : 0;
	given.last_seq += given.last_seq ? r->base : 0;
	given.count += f->count - side->old_count;
	given.asked_ns = f->asked_ns;
	given.dir = f->dir;
	given.hook = f->hook;
	given.at = f->at;
	if (given.is_wrong) { /* what comes now may be of the new frame */
		given.seq = 0;
		given.is_wrong = false;
		given.state = (struct frame_state){ .is_begun = false };
	}
	given.state.asked = asked;
	*f = given;
}

void recut_give(const struct recut *r, uint32_t session, struct framing *in,
                struct framing *out, struct frame_asked *asked)
{
	static const struct conversation none;
	const struct conversation *c = find_conversation(r, session);
	if (!c)
		c = &none;
	*asked = c->asked;
	give_side(r, in, &c->sides[0], asked);
	give_side(r, out, &c->sides[1], asked);
}

uint64_t recut_under_way(const struct recut *r, size_t *i)
{
	while (*i < 2 * r->count) {
		const struct conversation *c = r->list[*i / 2];
		uint64_t seq = c->sides[*i % 2].framing.seq;
		++*i;
		if (seq)
			return seq + r->base;
	}
	return 0;
}
