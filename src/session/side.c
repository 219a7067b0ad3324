/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What one side of a pair does because of the other. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/link_layers.h>

#include "session_private.h"
#include "side.h"

/* Ends where TLS is spoken */

static int64_t linger_ns(const struct session *s)
{
	return session_flow(s)->linger_ns;
}

/* True if an answer would still find somebody on the other side. */
static bool has_asker(const struct session *s)
{
	return session_has_reader(pair_other(s));
}

void side_keep_end(struct session *s)
{
	link_set_alarm(&s->link, ALARM_LINGER,
	               has_asker(s) ? linger_ns(s) : 0);
}

static void tell_end(struct session *s, bool is_asked)
{
	bool is_far = s == s->pair->far;
	const char *name = is_far ? "target" : "client";
	const char *other = is_far ? "client" : "target";
	char why[80];
	if (is_asked)
		snprintf(why, sizeof(why), "the %s was silent for %g s "
		         "(--linger)", name,
		         (double)linger_ns(s) / SECOND_NS);
	else
		snprintf(why, sizeof(why), "the %s has gone", other);
	session_tell_note(s->pair->far, "end-passed-on", why,
	                  "the %s's end is passed on to the %s as close_notify",
	                  other, name);
}

void side_on_linger(struct session *s)
{
	int64_t left_ns = s->link.in_ns + linger_ns(s) -
	                  loop_now_ns(s->link.loop);
	bool is_asked = !s->closes && has_asker(s);
	s->leaves |= s->closes;
	if (left_ns > 0 && is_asked)
		link_set_alarm(&s->link, ALARM_LINGER, left_ns);
	else if (link_send_kept_end(&s->link) && !s->closes)
		tell_end(s, is_asked);
}

static void begin_end(struct session *s)
{
	s->shuts_down = true;
	if (link_is_end_unproven(&pair_other(s)->link))
		s->link.transport->ends_bare = true;
}

/* The end */

/* A reset goes to the other side of a pair behind what came before it.  And the
 * target's session is over behind the client's, which it has in hand. */
static bool awaits_other(const struct session *s)
{
	if (s->link.broken)
		return !s->leaves && lane_is_owed(lane_from(s));
	return s == s->pair->far && session_is_open(s->pair->near);
}

unsigned side_wishes(struct session *s)
{
	unsigned w = pair_other(s)->link.broken ? LINK_ASK_NOW : 0;
	if (lane_to(s)->piped)
		w |= LOOP_WRITE;
	if (!awaits_other(s))
		return w;
	if (s->link.broken && !link_has_alarm(&s->link, ALARM_RESET))
		link_set_alarm(&s->link, ALARM_RESET, PAIR_RESET_MS * MS_NS);
	return w | LINK_HOLD;
}

void side_call(struct session *s, const char *role)
{
	char name[ENDPOINT_TEXT_MAX + ADDRESS_TEXT_MAX];
	snprintf(name, sizeof(name), "%s %s", role, link_called(&s->link));
	free(s->link.called);
	s->link.called = strdup(name); /* without it, it is called as before */
}

const char *side_name_end(const struct session *s)
{
	return !s->pair                 ? "you have finished sending"
	       : lane_to(s)->has_ended ? "the client has finished sending"
	                               : "no more is sent to the target";
}

void side_tell_losses(const struct session *s, const char *lost)
{
	struct session *far = s->pair->far;
	if (s == far) {
		lane_tell_lost(&s->pair->in);
		lane_tell_lost(&s->pair->out);
	} else if (*lost) {
		session_tell_note(far, "client-lost", lost + strlen("; "),
		                  "the client %s has gone", s->link.where);
	}
}

void side_go_on(struct session *s)
{
	if (!s->pair)
		return;
	if (s->link.broken)
		lane_lose(s, false);
	while (lane_go_on(lane_to(s)))
		session_write(s);
	if (lane_is_over(lane_to(s)))
		begin_end(s);
}
