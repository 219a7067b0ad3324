/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "hints_frame.h"

#include <sockchat/loop.h>

#define KEPT_MAX  ((size_t)2 << 20) /* bytes of all peers */
#define LOOKS_MAX 50
#define QUIET_NS  (60 * MS_NS) /* then a message is likely to be whole */

void frame_watch_end(struct frame_watch *f)
{
	if (f->kept)
		*f->kept -= f->in.len + f->out.len;
	bytes_finish(&f->in);
	bytes_finish(&f->out);
	f->is_over = true;
}

void frame_watch_keep(struct frame_watch *f, struct session *s,
                      struct bytes *to, const uint8_t *bytes, size_t len)
{
	size_t room = FRAME_GUESS_MAX - to->len;
	size_t n = len < room ? len : room;
	if (f->is_over)
		return;
	f->kept = &s->settings->hints->kept;
	if (*f->kept + n > KEPT_MAX || bytes_append(to, bytes, n)) {
		frame_watch_end(f);
		return;
	}
	*f->kept += n;
	f->is_cut |= n < len;
	f->grown_ns = loop_now_ns(s->link.loop);
}

bool frame_watch_is_growing(const struct frame_watch *f,
                            const struct session *s)
{
	return !f->is_over && halves_is_in_open(s->link.halves) &&
	       loop_now_ns(s->link.loop) - f->grown_ns < QUIET_NS;
}

bool frame_watch_is_due(const struct frame_watch *f, const struct session *s)
{
	return f->is_cut || !frame_watch_is_growing(f, s) ||
	       f->in.len + f->out.len >= 2 * f->looked;
}

bool frame_watch_look(struct frame_watch *f, struct session *s,
                      struct frame_guess *g)
{
	bool is_open = f->is_cut || frame_watch_is_growing(f, s);
	const struct guess_bytes in = { f->in.data, f->in.len, is_open };
	const struct guess_bytes out = { f->out.data, f->out.len, is_open };
	bool is_in_chosen = frame_is_chosen(s->settings->frame_in);
	bool is_out_chosen = frame_is_chosen(s->settings->frame_out);
	if (f->is_over)
		return false;
	f->looked = f->in.len + f->out.len;
	bool is_guessed = !is_in_chosen &&
	                  frame_guess(g, &in, is_out_chosen ? NULL : &out);
	if (is_guessed || is_in_chosen || f->is_cut || ++f->looks == LOOKS_MAX)
		frame_watch_end(f);
	return is_guessed;
}
