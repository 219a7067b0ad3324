/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/number.h>

#include "session_fault.h"
#include "session_look.h"

void session_tell_fault(struct link *l, const char *text)
{
	struct session *s = session_of(l);
	session_show(s, false);
	session_tell_note(s, "fault", "", "fault %s", text);
}

void session_see_piece(struct link *l, const uint8_t *bytes, size_t n,
                       size_t len)
{
	struct session *s = session_of(l);
	if (s->talk)
		hints_left(s, bytes, n, len);
}

void session_describe_loss(const struct session *s, uint64_t unacked,
                           char *text, size_t size)
{
	size_t unsent = session_queued(s);
	int len = 0;
	*text = '\0';
	if (unsent)
		len = snprintf(text, size, "; %zu bytes were never sent",
		               unsent);
	if (unacked)
		snprintf(text + len, size - (size_t)len,
		         "; %" PRIu64 " bytes were never %s", unacked,
		         link_arrived(&s->link));
}

void session_tell_unsent(struct link *l, const struct error *e)
{
	struct session *s = session_of(l);
	session_show(s, false);
	session_tell_error(s, e);
	if (s->pair && s == s->pair->far && !s->has_unsent)
		session_tell_note(s, "client-not-told",
		                  "UDP has no way to say it",
		                  "the client %s cannot be told",
		                  s->pair->near->link.where);
	s->has_unsent = true;
	if (!s->settings->echo)
		s->settings->ops->on_lost(s->settings->ops->user, s);
}
