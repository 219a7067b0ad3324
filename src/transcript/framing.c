/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes cut into messages. */

#include <errno.h>
#include <string.h>

#include <sockchat/framing.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

/* Let the next bytes begin a message. */
static void forget_message(struct framing *f)
{
	f->seq = 0;
	f->is_headless = false;
	f->state.is_over = true;
	f->state.now.is_soft = false;
}

static unsigned flags_of(enum frame_status status)
{
	return status == FRAME_MORE ? 0
	       : status == FRAME_CUT ? ENTRY_COMPLETE | ENTRY_CUT
	                             : ENTRY_COMPLETE;
}

/* Begin a message with these bytes. */
static int begin_message(struct framing *f, const struct framing_read *r,
                         const struct entry_bytes *b)
{
	struct entry like = {
		.time = r->time,
		.session = r->session,
		.kind = ENTRY_MESSAGE,
		.dir = f->dir,
		.peer = r->peer,
		.frame = r->frame->kind,
		.prefix_at = f->state.now.prefix_at,
		.total = f->state.now.total,
		.stream_at = f->at,
		.jumps = f->jumps,
	};
	f->jumps = false;
	if (f->asked_ns)
		like.wait_ns = like.time.mono_ns - f->asked_ns;
	f->count += !f->is_headless;
	f->part_ns = like.time.mono_ns;
	f->seq = transcript_add(r->transcript, &like, b);
	f->last_seq = f->seq;
	return f->seq ? 0 : -1;
}

/* Add to its entry, and begin one when there is none (any more). */
static int put_entry(struct framing *f, const struct framing_read *r,
                     const uint8_t *bytes, const struct frame_cut *c,
                     bool was_whole)
{
	const struct frame_message *now = &f->state.now;
	bool is_wrong = c->status == FRAME_WRONG;
	struct entry_bytes b = {
		.bytes = bytes,
		.len = c->len,
		.flags = c->back ? 0 /* put_back() sets them */
		                 : flags_of(c->status) |
		                       (was_whole ? ENTRY_TRAILS : 0),
		.prefix = f->is_headless || is_wrong ? 0 : now->prefix,
		.suffix = f->is_headless ? 0 : now->suffix,
		.total = c->status == FRAME_MORE ? now->total : 0,
	};
	bool is_new = !f->seq;
	if (!is_new && !transcript_extend(r->transcript, f->seq, &b))
		return 0;
	if (!is_new && errno != ENOENT)
		return -1;
	if (!is_new) {
		f->is_headless = true;
		b.prefix = b.suffix = 0;
	}
	return begin_message(f, r, &b);
}

static int tell_cut(const struct framing *f, struct framing_cut cut)
{
	cut.seq = f->seq;
	cut.now = &f->state.now;
	return f->hook ? f->hook->on_cut(f->hook->user, &cut) : 0;
}

/* The message under way ends as it is. */
static void tell_end(const struct framing *f)
{
	if (f->seq) /* which takes no memory */
		(void)!tell_cut(f, (struct framing_cut){ .is_whole = true });
}

/* Grow the message under way; begin one when there is none. */
static int put_piece(struct framing *f, const struct framing_read *r,
                     const uint8_t *bytes, const struct frame_cut *c,
                     bool was_whole)
{
	bool begins = !f->seq;
	if (put_entry(f, r, bytes, c, was_whole))
		return -1;
	return tell_cut(f, (struct framing_cut){
		.bytes = bytes,
		.len = c->len,
		.begins = begins,
		.is_whole = c->status != FRAME_MORE && !c->back,
		.frame = r->frame,
	});
}

static int take_bytes(struct framing *f, const struct framing_read *r,
                      const uint8_t *bytes, size_t len);

/* The last bytes of the message under way were taken too early: they begin the
 * next one. */
static int put_back(struct framing *f, const struct framing_read *r,
                    const struct frame_cut *c)
{
	size_t len = c->back;
	uint8_t again[FRAME_TEXT_MAX];
	struct entry room;
	const struct entry *e = transcript_at(r->transcript, f->seq, &room);
	if (!e || len > sizeof(again) || len > e->len)
		len = 0; /* the transcript has dropped them */
	else
		memcpy(again, e->bytes + e->len - len, len);
	if (len)
		transcript_shorten(r->transcript, f->seq, len,
		                   flags_of(c->status));
	f->at -= len;
	int failed = tell_cut(f, (struct framing_cut){
		.back = len, .is_whole = true, .frame = r->frame,
	});
	forget_message(f);
	return failed ? -1 : take_bytes(f, r, again, len);
}

static int take_bytes(struct framing *f, const struct framing_read *r,
                      const uint8_t *bytes, size_t len)
{
	int failed = 0;
	while (len && !failed) {
		bool was_soft = f->state.now.is_soft;
		struct frame_cut c = frame_cut(r->frame, &f->state, bytes, len);
		if (c.len || !was_soft)
			failed = put_piece(f, r, bytes, &c, was_soft);
		f->is_wrong |= c.status == FRAME_WRONG;
		f->at += c.len;
		bytes += c.len;
		len -= c.len;
		if (c.back && !failed)
			failed = put_back(f, r, &c);
		else if (c.status != FRAME_MORE && !f->state.now.is_soft)
			forget_message(f);
	}
	return failed;
}

/* What comes now is a part of its own of the message under way. */
static void begin_part(struct framing *f, const struct framing_read *r)
{
	int64_t now_ns = r->time.mono_ns;
	bool is_late = now_ns - f->grown_ns >= FRAMING_PAUSE_MS * MS_NS ||
	               now_ns - f->part_ns >= FRAMING_PART_MS * MS_NS;
	if (is_late && !transcript_has_day(r->transcript, r->time.wall_us))
		framing_break(f, r->frame, r->transcript); /* to tell the day */
	if (is_late)
		f->part_ns = now_ns;
	if (f->seq)
		transcript_part(r->transcript, f->seq, &r->time, is_late);
}

/* A whole message without a byte. */
static int take_empty(struct framing *f, const struct framing_read *r)
{
	const struct frame_cut whole = { .status = FRAME_WHOLE };
	int failed = put_piece(f, r, NULL, &whole, false);
	forget_message(f);
	return failed;
}

int framing_take(struct framing *f, const struct framing_read *r,
                 const void *bytes, size_t len)
{
	int64_t pause_ms = (r->time.mono_ns - f->grown_ns) / MS_NS;
	f->jumps |= r->at != f->at;
	f->at = r->at;
	begin_part(f, r);
	f->grown_ns = r->time.mono_ns;
	frame_begin_read(&f->state, pause_ms > 0 ? (uint64_t)pause_ms : 0);
	bool is_empty = !len && r->frame->kind == frame_datagram.kind;
	int failed = is_empty ? take_empty(f, r) : take_bytes(f, r, bytes, len);
	transcript_tell(r->transcript);
	return failed;
}

void framing_see(struct framing *f, const struct frame *in,
                 const struct frame *out, const void *bytes, size_t len)
{
	const struct frame *frame = out->kind->traits & FRAME_ASKS ? out : in;
	const uint8_t *from = bytes;
	if (!(frame->kind->traits & FRAME_ASKS))
		return;
	f->typed.asked = f->state.asked;
	frame_begin_read(&f->typed, 0);
	while (len) {
		struct frame_cut c = frame_cut(frame, &f->typed, from, len);
		if (c.status == FRAME_WRONG)
			f->typed.is_raw = false; /* a slip of the hand */
		from += c.len;
		len -= c.len;
	}
}

int64_t framing_silence_ns(const struct framing *f, const struct frame *frame)
{
	return f->seq ? (int64_t)frame_silence_ms(frame, &f->state) * MS_NS : 0;
}

/* Set flags of the message under way, and let the next bytes begin one. */
static void finish_message(struct framing *f, struct transcript *t,
                           unsigned flags)
{
	tell_end(f);
	/* without it nothing can be said of it any more */
	if (f->seq && !f->state.now.is_soft)
		(void)!transcript_extend(t, f->seq, &(struct entry_bytes){
			.flags = flags,
			.prefix = f->is_headless ? 0 : f->state.now.prefix,
		});
	forget_message(f);
}

void framing_complete(struct framing *f, struct transcript *t)
{
	finish_message(f, t, ENTRY_COMPLETE);
}

void framing_break(struct framing *f, const struct frame *frame,
                   const struct transcript *t)
{
	struct entry room;
	const struct entry *e = f->seq ? transcript_at(t, f->seq, &room) : NULL;
	if (!(frame->kind->traits & FRAME_PIECES) ||
	    (e && utf8_unfinished(e->bytes, e->len)))
		return;
	tell_end(f);
	forget_message(f);
}

void framing_restart(struct framing *f, struct transcript *t)
{
	struct entry room;
	const struct entry *e = transcript_at(t, f->seq, &room);
	if (e && entry_is_awaited(e))
		finish_message(f, t, ENTRY_BROKEN);
	tell_end(f);
	forget_message(f);
	f->is_wrong = false;
	if (f->state.asked)
		*f->state.asked = (struct frame_asked){ 0 };
	f->state = (struct frame_state){ .asked = f->state.asked };
	f->typed = (struct frame_state){ 0 };
}

/* What is told */

static void tell(const struct framing_read *r, const char *code,
                 const struct error *e)
{
	transcript_append(r->transcript, &(struct entry){
		.time = r->time,
		.session = r->session,
		.kind = ENTRY_NOTE,
		.peer = r->peer,
		.code = code,
		.hint = e->hint,
		.bytes = (const uint8_t *)e->text,
		.len = strlen(e->text),
	});
}

/* Show the bytes of a message of this direction. */
static const uint8_t *bytes_of(const struct framing *f,
                               const struct framing_read *r, uint64_t seq,
                               size_t *len)
{
	struct entry room;
	const struct entry *e = transcript_at(r->transcript, seq, &room);
	bool is_ours = e && e->kind == ENTRY_MESSAGE && e->dir == f->dir &&
	               e->session == r->session && e->frame == r->frame->kind;
	*len = is_ours ? e->len : 0;
	return is_ours ? e->bytes : NULL;
}

void framing_tell_wrong(const struct framing *f, const struct framing_read *r)
{
	struct frame_seen seen;
	struct error e;
	seen.bytes = bytes_of(f, r, f->last_seq, &seen.len);
	seen.before = bytes_of(f, r, f->last_seq - 1, &seen.before_len);
	if (!seen.bytes)
		return;
	frame_explain(r->frame, &f->state, &seen, &e);
	tell(r, FRAMING_WRONG, &e);
}

void framing_end(struct framing *f, const struct framing_read *r,
                 const char *how)
{
	struct error e;
	bool is_whole = !f->seq || f->state.now.is_soft ||
	                frame_ends(r->frame, &f->state);
	if (r->frame->kind->traits & FRAME_PIECES) {
		tell_end(f);
		forget_message(f);
		return;
	}
	finish_message(f, r->transcript,
	               is_whole ? ENTRY_COMPLETE : ENTRY_BROKEN);
	if (is_whole)
		return;
	frame_explain_end(r->frame, &f->state, how, &e);
	tell(r, FRAMING_UNFINISHED, &e);
}
