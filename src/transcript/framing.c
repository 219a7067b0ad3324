/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes cut into lines. */

#include <errno.h>
#include <string.h>

#include <sockchat/framing.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

/* The bytes of one message, or of a part of it. */
struct piece {
	const uint8_t *bytes;
	size_t len;
	unsigned flags;
};

/* How much of what is `left` belongs to the message under way, which has `room`
 * for so much; one that has to be cut is cut between two characters. */
static void measure_piece(struct piece *p, size_t left, size_t room)
{
	p->len = left < room ? left : room;
	p->flags = 0;
	const uint8_t *end = memchr(p->bytes, '\n', p->len);
	if (end) {
		p->len = (size_t)(end - p->bytes) + 1;
		p->flags = ENTRY_COMPLETE;
	} else if (p->len == room) {
		size_t rest = utf8_unfinished(p->bytes, p->len);
		p->len -= rest < p->len ? rest : 0;
		p->flags = ENTRY_COMPLETE | ENTRY_CUT;
	}
}

/* Grow the message under way; begin one when there is none (any more). */
static int put_piece(struct framing *f, struct transcript *t,
                     const struct entry *like, const struct piece *p)
{
	int failed = -1;
	if (f->seq)
		failed = transcript_extend(t, f->seq, p->bytes, p->len,
		                           p->flags);
	if (failed && (!f->seq || errno == ENOENT)) {
		f->count += !f->seq;
		f->seq = transcript_add(t, like, p->bytes, p->len, p->flags);
		f->len = 0;
		f->part_ns = like->time.mono_ns;
		failed = f->seq ? 0 : -1;
	}
	f->len += (uint32_t)p->len;
	if (p->flags)
		framing_end(f);
	return failed;
}

/* What comes now may be a part of its own of the message under way. */
static void begin_part(struct framing *f, struct transcript *t,
                       const struct stamp *now)
{
	int64_t pause_ms = (now->mono_ns - f->grown_ns) / MS_NS;
	int64_t part_ms = (now->mono_ns - f->part_ns) / MS_NS;
	if (!f->seq ||
	    (pause_ms < FRAMING_PAUSE_MS && part_ms < FRAMING_PART_MS))
		return;
	if (!transcript_has_day(t, now->wall_us))
		framing_break(f, t); /* else that day would not be told */
	f->part_ns = now->mono_ns;
	transcript_part(t, f->seq, now, pause_ms < UINT32_MAX
	                                    ? (uint32_t)pause_ms : UINT32_MAX);
}

int framing_take(struct framing *f, struct transcript *t, uint32_t session,
                 const char *peer, const void *bytes, size_t len)
{
	struct entry like = {
		.time = stamp_now(),
		.session = session,
		.kind = ENTRY_MESSAGE,
		.dir = f->dir,
		.peer = peer,
	};
	if (f->asked_ns)
		like.wait_ns = like.time.mono_ns - f->asked_ns;
	struct piece p = { .bytes = bytes };
	int failed = 0;
	begin_part(f, t, &like.time);
	f->grown_ns = like.time.mono_ns;
	for (; len && !failed; len -= p.len, p.bytes += p.len) {
		measure_piece(&p, len, FRAMING_MESSAGE_MAX - f->len);
		failed = put_piece(f, t, &like, &p);
	}
	transcript_tell(t);
	return failed;
}

void framing_break(struct framing *f, const struct transcript *t)
{
	struct entry room;
	const struct entry *e = f->seq ? transcript_at(t, f->seq, &room) : NULL;
	if (!e || !utf8_unfinished(e->bytes, e->len))
		framing_end(f);
}

void framing_end(struct framing *f)
{
	f->seq = 0;
	f->len = 0;
}
