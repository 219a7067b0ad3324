/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recorded entries become old ones. */

#include <errno.h>

#include <sockchat/fates.h>

#include "load_private.h"

#define SPAN_MAX_NS (INT64_MAX / 4) /* 73 years: a file may tell any time */

static struct load_stream *stream_of(struct load_put *p, const struct entry *e)
{
	size_t slot = 2 * (size_t)e->session + (e->dir == ENTRY_OUT);
	struct load_stream *s = &p->streams[slot % LOAD_STREAMS];
	if (s->session != e->session || s->dir != e->dir)
		*s = (struct load_stream){
			.session = e->session, .dir = e->dir,
		};
	return s;
}

/* Numbers count on from those that were loaded before.  The file's own
 * connections come behind those that were old in it, which stand before them
 * as a rule. */
static uint32_t number_of(struct load_put *p, const struct load_entry *l)
{
	uint32_t number = l->entry.session;
	if (number) {
		if (!l->is_old && !p->base)
			p->base = p->highest + 1;
		number += l->is_old ? p->old_base : p->base - 1;
		number &= ~ENTRY_OLD_SESSION;
	}
	if (number > p->highest)
		p->highest = number;
	return number | ENTRY_OLD_SESSION;
}

/* The recorded clock goes on from the beginning of our own run. */
static struct stamp stamp_at(struct load_put *p, int64_t wall_us)
{
	if (!wall_us)
		wall_us = p->last_us ? p->last_us : 1;
	if (!p->first_us)
		p->first_us = wall_us;
	p->last_us = wall_us;
	int64_t us = wall_us > p->first_us ? wall_us - p->first_us : 0;
	if (us > SPAN_MAX_NS / 1000)
		us = SPAN_MAX_NS / 1000;
	return (struct stamp){ wall_us, p->start_ns + us * 1000 };
}

/* True if the bytes are one whole message of the frame: then its ends are
 * known. */
static bool find_ends(struct entry *e, const struct frame *f)
{
	struct frame_asked asked = { .count = 0 };
	struct frame_state s = { .asked = &asked };
	size_t at = 0;
	struct frame_cut c = { .status = FRAME_MORE };
	while (at < e->len && c.status == FRAME_MORE) {
		c = frame_cut(f, &s, e->bytes + at, e->len - at);
		at += c.len - c.back;
	}
	if (c.status != FRAME_WHOLE || at < e->len ||
	    (e->prefix && e->prefix != s.now.prefix))
		return false;
	e->prefix_at = s.now.prefix_at;
	e->prefix = s.now.prefix;
	e->suffix = s.now.suffix;
	return true;
}

/* The same of a whole message, by the frames that the options choose, or by
 * the kind alone. */
static bool find_whole(const struct load_put *p, struct entry *e)
{
	struct frame f;
	struct error none;
	for (size_t i = 0; i < 2; i++)
		if (p->frames[i].kind == e->frame &&
		    find_ends(e, &p->frames[i]))
			return true;
	return !frame_parse(&f, e->frame->name, &none) && find_ends(e, &f);
}

/* Find where the payload of a message is.  A recording tells the kind of its
 * frame, and the length of its prefix, which may not be true. */
static void find_payload(const struct load_put *p, struct entry *e)
{
	bool is_told = e->frame && !(e->frame->traits & FRAME_PIECES) &&
	               e->prefix <= UINT16_MAX;
	if (!is_told)
		e->prefix = 0;
	if (e->frame && e->frame->traits & FRAME_PIECES)
		e->suffix = (uint32_t)entry_ending(e);
	if (!is_told || (e->flags & ENTRY_COMPLETE && find_whole(p, e)))
		return;
	e->prefix_at = e->frame->row.at;
	if (e->prefix_at + (uint64_t)e->prefix > e->len)
		e->prefix_at = e->prefix = 0;
}

/* -1 without memory.  What the transcript has dropped has no more pieces. */
static int extend(struct load_put *p, const struct load_stream *s,
                  const struct entry *e)
{
	transcript_part(p->transcript, s->seq, &e->time, true);
	return transcript_extend(p->transcript, s->seq, &(struct entry_bytes){
		.bytes = e->bytes,
		.len = e->len,
		.flags = e->flags,
		.prefix = e->prefix,
		.suffix = e->suffix,
	}) && errno == ENOMEM ? -1 : 0;
}

/* 0 without memory. */
static uint64_t add(struct load_put *p, const struct entry *e)
{
	return transcript_add(p->transcript, e, &(struct entry_bytes){
		.bytes = e->bytes,
		.len = e->len,
		.flags = e->flags,
		.prefix = e->prefix,
		.suffix = e->suffix,
	});
}

/* What became of it is told with its last piece. */
static void set_fate(struct load_put *p, uint64_t seq, const struct entry *e)
{
	if (e->fate || e->held)
		transcript_set_fate(p->transcript, seq,
		                    (enum entry_fate)e->fate, e->held);
}

/* Of two messages that were changed, the second was sent in place of the first,
 * which is told without its fate if it was held before. */
static void find_sent(struct load_stream *s, struct entry *e)
{
	bool is_sent = s->was_changed || e->held;
	s->was_changed = e->fate == FATE_CHANGED && !is_sent;
	if (e->fate != FATE_CHANGED)
		return;
	e->flags &= (uint8_t)~ENTRY_BY_HAND;
	if (is_sent)
		e->flags |= ENTRY_BY_HAND;
}

static int put_message(struct load_put *p, const struct load_entry *l,
                       struct entry *e)
{
	struct load_stream *s = stream_of(p, e);
	bool goes_on = s->seq && l->seq && s->file_seq == l->seq;
	find_payload(p, e);
	find_sent(s, e);
	e->stream_at = s->at;
	if (!goes_on)
		s->seq = add(p, e);
	if (!s->seq || (goes_on && extend(p, s, e)))
		return -1;
	set_fate(p, s->seq, e);
	s->at += e->len;
	s->file_seq = l->seq;
	if (e->flags & (ENTRY_COMPLETE | ENTRY_BROKEN))
		s->seq = 0;
	p->messages += !goes_on;
	p->bytes += e->len;
	return 0;
}

int load_put(struct load_put *p, const struct load_entry *l)
{
	struct entry e = l->entry;
	e.session = number_of(p, l);
	e.time = stamp_at(p, e.time.wall_us);
	if (e.wait_ns > SPAN_MAX_NS)
		e.wait_ns = SPAN_MAX_NS;
	if (e.kind == ENTRY_MESSAGE)
		return put_message(p, l, &e);
	p->others++;
	uint64_t seq = add(p, &e);
	if (seq)
		set_fate(p, seq, &e);
	return seq ? 0 : -1;
}

void load_put_recut(struct load_put *p)
{
	for (size_t i = 0; i < LOAD_STREAMS; i++)
		p->streams[i].seq = 0;
}
