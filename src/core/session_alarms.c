/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session waits for by the clock: one timer, for what comes first. */

#include <sockchat/stamp.h>

#include "session_private.h"

static void set_timer(struct session *s)
{
	int64_t first_ns = 0;
	for (int i = 0; i < ALARM_COUNT; i++)
		if (s->due_ns[i] && (!first_ns || s->due_ns[i] < first_ns))
			first_ns = s->due_ns[i];
	if (first_ns)
		timer_start(s->loop, &s->alarm, first_ns - stamp_mono_ns());
	else
		timer_stop(&s->alarm);
}

void session_alarm_on_time(struct timer *t)
{
	struct session *s = t->user;
	for (int i = 0; i < ALARM_COUNT; i++) {
		if (!s->due_ns[i] || s->due_ns[i] > loop_now_ns(s->loop))
			continue;
		s->due_ns[i] = 0;
		session_on_alarm(s, (enum session_alarm)i);
	}
	set_timer(s);
}

void session_set_alarm(struct session *s, enum session_alarm which, int64_t ns)
{
	s->due_ns[which] = stamp_mono_ns() + (ns > 0 ? ns : 1);
	set_timer(s);
}

bool session_has_alarm(const struct session *s, enum session_alarm which)
{
	return s->due_ns[which] != 0;
}

void session_stop_alarm(struct session *s, enum session_alarm which)
{
	if (!s->due_ns[which])
		return;
	s->due_ns[which] = 0;
	set_timer(s);
}

void session_stop_alarms(struct session *s)
{
	for (int i = 0; i < ALARM_COUNT; i++)
		s->due_ns[i] = 0;
	timer_stop(&s->alarm);
}
