/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "pipe_places.h"

#include <sockchat/access.h>
#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/service.h>

static void tell_place(struct notices *n, const struct address *a)
{
	char text[2 * ADDRESS_TEXT_MAX];
	bool is_exposed;
	const char *reach = address_reach(a, &is_exposed);
	address_format(a, text);
	if (a->sa.ss_family == AF_UNIX || a->is_inherited)
		text_add(text, sizeof(text), " (%s)", reach);
	if (a->is_inherited)
		text_add(text, sizeof(text), ", descriptor %d", a->fd);
	notices_print(n, "listening on %s", text);
}

static void tell_ready(struct notices *n, const struct options *o,
                       const struct address *list, size_t count)
{
	char where[ADDRESS_TEXT_MAX], text[4 * ADDRESS_TEXT_MAX] = "";
	struct error e;
	for (size_t i = 0; i < count; i++) {
		address_format(&list[i], where);
		text_add(text, sizeof(text), "%s%s", i ? ", " : "", where);
	}
	if (service_ready(text, &e) && o->verbose && !o->quiet)
		notices_print(n, "%s", e.text);
}

void places_tell(struct notices *n, const struct options *o,
                 const struct address *list, size_t count)
{
	char wait[EXPLAIN_TEXT_MAX];
	tell_ready(n, o, list, count);
	if (o->quiet || !count)
		return;
	for (size_t i = 0; i < count; i++)
		tell_place(n, &list[i]);
	if (list[0].sa.ss_family == AF_UNIX &&
	    (o->allow.count || o->deny.count))
		notices_print(n, "%s", ACCESS_NOT_UNIX);
	const char *hint = explain_loopback(&list[count - 1]);
	if (*hint)
		notices_print(n, "%s", hint);
	else if (!o->endpoint.host[0] && address_is_loopback(&list[count - 1]))
		notices_print(n, "only this machine can connect; '*' as HOST "
		                 "opens it to others");
	if (o->verbose && explain_time_wait(wait, address_port(&list[0])))
		notices_print(n, "%s", wait);
}
