/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What becomes of messages that wait, by a rule's verdict or by the user's
 * word. */

#include <stdarg.h>
#include <string.h>

#include <sockchat/fates.h>
#include <sockchat/glyph.h>

#include "lane_private.h"
#include "session_messages.h"

#define JUDGE_MS 200 /* a line that is silent for so long is judged as it is */

/* What is told */

static uint64_t append(const struct lane *l, struct entry *draft)
{
	const struct session *far = lane_far(l);
	draft->session = far->link.number;
	draft->peer = far->link.where;
	return transcript_append(far->settings->transcript, draft);
}

uint64_t lane_tell_made(struct lane *l, const struct framed *m,
                        enum entry_fate fate, uint32_t held)
{
	struct framing *f = lane_framing(l);
	f->jumps = true; /* it is none of those that came */
	return append(l, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.dir = f->dir,
		.stream_at = f->at,
		.jumps = true,
		.flags = ENTRY_COMPLETE | ENTRY_BY_HAND,
		.frame = m->kind,
		.prefix_at = m->prefix_at,
		.prefix = m->prefix,
		.suffix = m->suffix,
		.bytes = m->bytes.data,
		.len = m->bytes.len,
		.fate = (uint8_t)fate,
		.held = held,
	});
}

void lane_tell_word(const struct lane *l, const char *code, uint32_t held,
                    bool folded, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	append(l, &(struct entry){
		.kind = ENTRY_NOTE,
		.code = code,
		.held = held,
		.flags = folded ? ENTRY_FOLDED : 0,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
	});
}

/* What becomes of it */

void lane_wake(const struct lane *l, int64_t ns)
{
	struct link *far = &lane_far(l)->link;
	int64_t due_ns = link_has_alarm(far, ALARM_HOLD)
	                     ? far->alarms->due_ns[ALARM_HOLD] : INT64_MAX;
	if (stamp_mono_ns() + ns < due_ns)
		link_set_alarm(far, ALARM_HOLD, ns);
}

bool lane_is_silent(const struct lane *l, int64_t grown_ns, int64_t ms)
{
	int64_t left = grown_ns + ms * MS_NS - stamp_mono_ns();
	if (left > 0)
		lane_wake(l, left);
	return left <= 0;
}

/* Mark its entry, which may have been dropped, and let it be told. */
static void set_fate(const struct lane *l, const struct held *m,
                     enum entry_fate fate, uint32_t held)
{
	struct transcript *t = lane_far(l)->settings->transcript;
	struct entry e;
	if (m->seq && transcript_at(t, m->seq, &e) &&
	    (!e.held || e.held == m->number))
		transcript_set_fate(t, m->seq, fate, held);
	transcript_release(t, m->seq);
}

static void remove_held(struct lane *l, struct held *m)
{
	hold_remove(lane_hold(l), l->waiting, m);
}

void lane_forget(struct lane *l, struct held *m)
{
	if (l->waiting->open == m)
		l->waiting->drops = true;
	set_fate(l, m, FATE_DROPPED, m->number);
	remove_held(l, m);
}

/* Let it go when its turn comes. */
static void let_go(struct lane *l, struct held *m)
{
	hold_release(lane_hold(l), m);
	m->passes = m->is_judged = true;
	m->hurries = !lane_holds(l);
	set_fate(l, m, m->is_edited ? FATE_CHANGED : FATE_NONE,
	         m->is_edited ? m->number : 0);
}

/* Send this in its place.  Takes the bytes. */
static void change(struct lane *l, struct held *m, const struct framed *by)
{
	enum entry_fate fate = m->has_word ? FATE_REWRITTEN : FATE_CHANGED;
	set_fate(l, m, m->is_edited ? FATE_DROPPED : FATE_CHANGED, m->number);
	m->seq = lane_tell_made(l, by, fate, m->number);
	m->is_edited = true;
	hold_replace(lane_hold(l), m, by);
}

/* Judging */

/* Whether it can be judged: it is whole, or an end will not come, or the rules
 * have gone. */
static bool is_ripe(const struct lane *l, const struct held *m)
{
	const struct frame_kind *kind = m->message.kind;
	if (m->is_whole || !lane_has_judge(l))
		return true;
	return kind && kind->traits & FRAME_PIECES &&
	       lane_is_silent(l, m->grown_ns, JUDGE_MS);
}

/* Whether the frame has to be put around a new payload: what only ends at a
 * text keeps the one that came, be it CR LF or LF. */
static bool is_wrapped_anew(const struct frame_kind *k)
{
	return k->wrap && (!(k->traits & FRAME_CUTS) || k->unwrap);
}

static int wrap_as_before(struct framed *by, const struct framed *old,
                          const struct bytes *payload, struct error *e)
{
	struct bytes *out = &by->bytes;
	size_t end = old->bytes.len - old->suffix;
	if (bytes_append(out, old->bytes.data, old->prefix) ||
	    bytes_append(out, payload->data, payload->len) ||
	    bytes_append(out, old->bytes.data + end, old->suffix))
		return error_set_errno(e, ENOMEM, "not changed");
	by->kind = old->kind;
	by->prefix_at = old->prefix_at;
	by->prefix = old->prefix;
	by->suffix = old->suffix;
	return 0;
}

int lane_wrap(const struct held *m, const struct bytes *payload,
              struct framed *by, struct error *e)
{
	const struct frame *f = lane_frame(m->lane);
	int failed = is_wrapped_anew(f->kind) && f->kind == m->message.kind
	                 ? frame_wrap(f, payload->data, payload->len, by, e)
	                 : wrap_as_before(by, &m->message, payload, e);
	return failed || session_check_length(m->lane->to, by->bytes.len, e)
	           ? -1 : 0;
}

/* Send what a rule has made of its payload.  If no frame can be put around that
 * it stays as it was. */
static void change_payload(struct lane *l, struct held *m,
                           const struct bytes *payload)
{
	struct framed by = { .kind = NULL };
	struct error e;
	if (!lane_wrap(m, payload, &by, &e)) {
		change(l, m, &by);
		return;
	}
	session_tell_error(lane_far(l), &e);
	bytes_finish(&by.bytes);
}

static void follow_verdict(struct lane *l, struct held *m, enum verdict v,
                           const struct bytes *out)
{
	uint64_t seq = m->seq;
	m->is_judged = true;
	if (v == VERDICT_DROP) {
		lane_forget(l, m);
		return;
	}
	if (v == VERDICT_CHANGE)
		change_payload(l, m, out);
	if (v == VERDICT_HOLD && !m->number) {
		hold_number(lane_hold(l), m);
		set_fate(l, m, FATE_HELD, m->number);
		lane_tell_word(l, "held", m->number, false,
		               "message %u is held", m->number);
	}
	m->passes |= !m->number;
	m->hurries = true;
	transcript_release(lane_far(l)->settings->transcript, seq);
}

/* 1: judged; 0: it has to wait. */
static int judge_one(struct lane *l, struct held *m)
{
	const struct session *far = lane_far(l);
	const struct judge *j = far->settings->judge;
	struct bytes out = { .max = HOLD_MAX };
	struct entry e = hold_entry(m);
	e.session = far->link.number;
	e.peer = far->link.where;
	enum verdict v = j ? j->judge(j->user, &e, &out) : VERDICT_PASS;
	if (v == VERDICT_LATER)
		lane_wake(l, 0);
	else
		follow_verdict(l, m, v, &out);
	bytes_finish(&out);
	return v != VERDICT_LATER;
}

void lane_judge(struct lane *l)
{
	struct held *m;
	while ((m = l->waiting->unjudged)) {
		if (!m->is_judged && (!is_ripe(l, m) || !judge_one(l, m)))
			return;
		if (l->waiting->unjudged == m) /* else it was dropped */
			l->waiting->unjudged = m->next;
	}
}

/* The user's word */

/* How many are held in the lane before it, and it. */
static size_t count_up_to(const struct held *m)
{
	size_t count = 0;
	const struct held *at = m->lane->waiting->first;
	for (; at != m; at = at->next)
		count += at->has_word;
	return count + 1;
}

static void tell_passed(struct held *m, size_t count, uint32_t first)
{
	const struct lane *l = m->lane;
	if (count == 1)
		lane_tell_word(l, "passed", m->number, false,
		               "message %u is passed", m->number);
	else
		lane_tell_word(l, "passed", m->number, false,
		               "%zu messages are passed, %u to %u", count,
		               first, m->number);
}

void lane_pass_up_to(struct held *m)
{
	struct lane *l = m->lane;
	size_t count = count_up_to(m);
	uint32_t first = 0;
	for (struct held *at = l->waiting->first; at != m; at = at->next) {
		if (!at->has_word)
			continue;
		first = first ? first : at->number;
		let_go(l, at);
		lane_tell_word(l, "passed", at->number, true,
		               "message %u is passed", at->number);
	}
	let_go(l, m);
	tell_passed(m, count, first);
}

void lane_break_message(struct lane *l)
{
	framing_break(lane_framing(l), lane_frame(l),
	              lane_far(l)->settings->transcript);
}

void lane_pass_all(struct hold *h, unsigned dirs)
{
	struct held *m;
	do {
		for (m = h->last; m && !(m->lane->dir & dirs); m = m->before)
			;
		if (m)
			lane_pass_up_to(m);
	} while (m);
}

void lane_drop(struct held *m, bool is_folded)
{
	struct lane *l = m->lane;
	if (l->waiting->open == m)
		lane_break_message(l);
	size_t len = m->message.bytes.len;
	uint32_t number = m->number;
	lane_forget(l, m);
	lane_tell_word(l, "dropped", number, is_folded,
	               "message %u is dropped: it had %zu byte%s", number,
	               len, len == 1 ? "" : "s");
}

/* A message under way may be edited only if what follows can be another. */
static int end_message(struct lane *l, struct held *m, struct error *e)
{
	const struct frame_kind *kind = m->message.kind;
	if (!m->is_whole)
		lane_break_message(l);
	if (m->is_whole)
		return 0;
	error_set(e, "message %u cannot be edited yet: its end has not come "
	          "(%zu bytes so far, frame %s)", m->number,
	          m->message.bytes.len, kind ? kind->name : "auto");
	error_set_hint(e, "wait for its end, or use /pass %u or /drop %u",
	               m->number, m->number);
	return -1;
}

int lane_edit(struct held *m, struct framed *by, struct error *e)
{
	struct lane *l = m->lane;
	uint32_t number = m->number;
	if (end_message(l, m, e))
		return -1;
	if (by->bytes.len > hold_room(lane_hold(l)) + m->message.bytes.len)
		return error_set(e, "not changed: what is held would be more "
		                    "than %zu MiB", HOLD_MAX >> 20);
	lane_tell_word(l, "changed", number, false,
	               "message %u is changed: it has %zu byte%s now",
	               number, by->bytes.len,
	               by->bytes.len == 1 ? "" : "s");
	bool is_oldest = count_up_to(m) == 1;
	if (is_oldest)
		hold_release(lane_hold(l), m);
	change(l, m, by);
	*by = (struct framed){ .kind = NULL };
	m->passes = is_oldest;
	m->hurries |= is_oldest;
	if (is_oldest)
		lane_tell_word(l, "passed", number, true,
		               "message %u is passed", number);
	return 0;
}
