/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The framings of both directions, their silence, and what is wrong with what
 * they got. */

#include <sockchat/recut.h>

#include "session_frame.h"
#include "session_secure.h"
#include "under_way.h"

static const struct frame *frame_of(const struct session *s,
                                    const struct framing *f)
{
	if (link_has_messages(&s->link))
		return &frame_datagram;
	return f->dir == ENTRY_IN ? s->settings->frame_in
	                          : s->settings->frame_out;
}

/* Wake up when the message under way has been silent for long enough. */
static void await_silence(struct session *s, const struct framing *f)
{
	int64_t ns = framing_silence_ns(f, frame_of(s, f));
	if (ns && !link_has_alarm(&s->link, ALARM_FRAME))
		link_set_alarm(&s->link, ALARM_FRAME, ns);
}

/* How many bytes of a direction have come, or have been taken to go. */
static uint64_t stream_end(const struct session *s, uint8_t dir)
{
	if (s->pair && dir == ENTRY_OUT)
		return s->pair->near->link.bytes_in; /* some of it may wait */
	return dir == ENTRY_IN ? s->link.bytes_in : session_out_end(s);
}

static struct framing_read read_of(const struct session *s,
                                   const struct framing *f, size_t len)
{
	return (struct framing_read){
		.transcript = s->settings->transcript,
		.frame = frame_of(s, f),
		.time = stamp_now(),
		.session = s->link.number,
		.peer = s->link.where,
		.at = stream_end(s, f->dir) - len,
	};
}

int session_tell_bytes(struct session *s, struct framing *f,
                       const uint8_t *bytes, size_t len)
{
	const struct framing_read r = read_of(s, f, len);
	bool was_raw = f->state.is_raw;
	int failed = framing_take(f, &r, bytes, len);
	await_silence(s, f);
	if (!was_raw && f->state.is_raw && f->state.now.wrong)
		framing_tell_wrong(f, &r);
	return failed;
}

void session_recut(struct session *s, const struct recut *r)
{
	struct talk *t = s->talk;
	for (size_t i = 0; i < 2; i++)
		if (s->passing[i])
			recut_move(r, &s->passing[i]);
	if (!t)
		return;
	recut_give(r, s->link.number, &t->in, &t->out, &t->asked);
	under_way_recut(t->under_way, r);
	if (t->upgrade)
		recut_move(r, &t->upgrade->since);
	await_silence(s, &t->in);
	await_silence(s, &t->out);
}

void session_see_sent(struct session *s, const void *bytes, size_t len)
{
	if (!link_has_messages(&s->link))
		framing_see(&s->talk->out, s->settings->frame_in,
		            s->settings->frame_out, bytes, len);
}

void session_break_messages(struct session *s, bool is_answer)
{
	const struct session_settings *all = s->settings;
	if (!s->talk || s->pair) /* lane_break() */
		return;
	if (!is_answer)
		framing_break(&s->talk->in, all->frame_in, all->transcript);
	framing_break(&s->talk->out, all->frame_out, all->transcript);
}

void session_restart_messages(struct session *s)
{
	if (!s->talk)
		return;
	framing_restart(&s->talk->in, s->settings->transcript);
	framing_restart(&s->talk->out, s->settings->transcript);
}

/* Complete the message under way if it has been silent for long enough. */
static void end_silent(struct session *s, struct framing *f)
{
	int64_t ns = framing_silence_ns(f, frame_of(s, f));
	int64_t left = f->grown_ns + ns - stamp_mono_ns();
	if (!ns)
		return;
	if (left <= 0)
		framing_complete(f, s->settings->transcript);
	else
		link_set_alarm(&s->link, ALARM_FRAME, left);
}

void session_end_silent(struct session *s)
{
	end_silent(s, &s->talk->in);
	end_silent(s, &s->talk->out);
}

void session_end_message(struct session *s, const char *how)
{
	struct session *told = s->pair ? s->pair->far : s;
	struct talk *t = told->talk;
	if (!t)
		return;
	struct framing *f = s->link.is_near ? &t->out : &t->in;
	const struct framing_read r = read_of(told, f, 0);
	framing_end(f, &r, how);
}
