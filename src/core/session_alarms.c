/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session waits for by the clock; most wait for nothing. */

#include <stdlib.h>

#include "session_private.h"

static void on_time(struct timer *t)
{
	struct session *s = t->user;
	session_on_alarm(s, (enum session_alarm)(t - s->alarms));
}

static int prepare(struct session *s)
{
	s->alarms = calloc(ALARM_COUNT, sizeof(*s->alarms));
	for (size_t i = 0; s->alarms && i < ALARM_COUNT; i++)
		s->alarms[i] = (struct timer){ .on_time = on_time, .user = s };
	return s->alarms ? 0 : -1;
}

int session_set_alarm(struct session *s, enum session_alarm which, int64_t ns)
{
	if (!s->alarms && prepare(s))
		return -1;
	return timer_start(s->loop, &s->alarms[which], ns);
}

bool session_has_alarm(const struct session *s, enum session_alarm which)
{
	return s->alarms && s->alarms[which].loop;
}

void session_stop_alarm(struct session *s, enum session_alarm which)
{
	if (s->alarms)
		timer_stop(&s->alarms[which]);
}

void session_stop_alarms(struct session *s)
{
	for (int i = 0; i < ALARM_COUNT; i++)
		session_stop_alarm(s, (enum session_alarm)i);
}

void session_drop_alarms(struct session *s)
{
	session_stop_alarms(s);
	free(s->alarms);
	s->alarms = NULL;
}
