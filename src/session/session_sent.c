/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <sockchat/health.h>

#include "session_look.h"
#include "session_private.h"
#include "session_sent.h"
#include "under_way.h"

void session_follow(struct session *s, uint64_t seq)
{
	if (!s->settings->ticks)
		return;
	if (!s->talk->under_way)
		s->talk->under_way =
		    under_way_new(&s->link, &s->settings->ticks);
	if (s->talk->under_way)
		under_way_add(s->talk->under_way, seq, session_out_end(s));
}

/* What was said before, and is not answered, is older. */
void session_await_answer(struct session *s)
{
	struct talk *t = s->talk;
	if (t->asked_ns && t->asked_in == s->link.bytes_in)
		return;
	t->asked_ns = loop_now_ns(s->link.loop);
	t->asked_in = s->link.bytes_in;
	session_plan_look(s, HEALTH_ANSWER_NS);
}
