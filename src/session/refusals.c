/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/refusals.h>

static void tell_refused(struct refusals *r)
{
	char where[ADDRESS_TEXT_MAX], text[2 * ADDRESS_TEXT_MAX + 128];
	address_format(&r->from, where);
	if (r->untold == 1)
		snprintf(text, sizeof(text), "%s refused: %s", where, r->why);
	else
		snprintf(text, sizeof(text), "%" PRIu64 " more %s refused, the "
		         "last from %s: %s", r->untold, r->what, where, r->why);
	r->untold = 0;
	r->on_note(r->user, "peer-refused", text);
}

static void on_second(struct timer *t)
{
	struct refusals *r = t->user;
	if (!r->untold)
		return;
	timer_start(r->loop, t, SECOND_NS);
	tell_refused(r);
}

void refusals_init(struct refusals *r, struct loop *l, const char *what,
                   void (*on_note)(void *user, const char *code,
                                   const char *text),
                   void *user)
{
	*r = (struct refusals){
		.loop = l,
		.what = what,
		.on_note = on_note,
		.user = user,
		.second = { .on_time = on_second, .user = r },
	};
}

void refusals_finish(struct refusals *r)
{
	timer_stop(&r->second);
	if (r->untold)
		tell_refused(r);
}

void refusals_add(struct refusals *r, const struct address *from,
                  const char *why)
{
	r->count++;
	r->untold++;
	r->from = *from;
	r->why = why;
	if (r->second.loop)
		return;
	timer_start(r->loop, &r->second, SECOND_NS);
	tell_refused(r);
}
