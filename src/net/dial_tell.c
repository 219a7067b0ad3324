/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The steps that a dial tells, for -v. */

#include <stdarg.h>
#include <stdio.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>

#include "dial_private.h"

#define WHERE_MAX 160 /* in a step */

void dial_tell_step(const struct dial *d, const char *code, const char *format,
                    ...)
{
	char line[512];
	va_list args;

	if (!d->steps.on_step)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	d->steps.on_step(d->steps.user, code, line);
}

void dial_tell_resolving(const struct dial *d)
{
	char host[WHERE_MAX];

	glyph_copy(host, sizeof(host), d->tried->host, GLYPH_ANY_WIDTH);
	dial_tell_step(d, "resolving", "resolving %s", host);
}

void dial_tell_addresses(const struct dial *d, const struct address *list,
                         size_t count)
{
	char host[WHERE_MAX], addresses[500] = "", text[ADDRESS_TEXT_MAX];

	glyph_copy(host, sizeof(host), d->tried->host, GLYPH_ANY_WIDTH);
	for (size_t i = 0; i < count; i++) {
		address_format_host(&list[i], text);
		if (!text_add(addresses, sizeof(addresses) - WHERE_MAX,
		              "%s%s", i ? ", " : "", text))
			break;
	}
	dial_tell_step(d, "resolved", "%s is %s, after %.1f ms", host,
	               addresses, (double)d->timing.resolve_us / 1000);
}

void dial_tell_open(const struct dial *d, const struct transport *t,
                    const struct address *peer, int64_t us)
{
	struct transport_facts facts;
	char to[ADDRESS_TEXT_MAX], from[ADDRESS_TEXT_MAX] = "";

	if (!d->steps.on_step)
		return;
	transport_facts(t, FACTS_LOCAL, &facts);
	address_format(peer, to);
	if (facts.local.len)
		address_format(&facts.local, from);
	dial_tell_step(d, "connected", "%s %s%s%s after %.1f ms",
	               t->message_max ? "ready to send to" : "connected to",
	               to, *from ? " from " : "", from, (double)us / 1000);
}
