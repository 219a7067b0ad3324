/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/pair.h>

#include "sides.h"

/* The port, or the name of a file without its folder. */
static const char *brief_of(const char *where)
{
	const char *slash = strrchr(where, '/');
	const char *colon = strrchr(where, ':');
	if (slash)
		return slash + 1;
	return colon ? colon : where;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

void sides_shorten(char out[SIDES_MAX], const char *where)
{
	bool is_local = begins(where, "127.") || begins(where, "[::1]:") ||
	                begins(where, "localhost:");
	bool is_any = begins(where, "*:") || begins(where, "[::]:") ||
	              begins(where, "0.0.0.0:");
	if (is_local || is_any || strchr(where, '/'))
		snprintf(out, SIDES_MAX, "%.70s%s", brief_of(where),
		         is_local ? " local" : "");
	else
		snprintf(out, SIDES_MAX, "%.150s", where);
}

void sides_format(char out[SIDES_MAX], const struct session *s, bool is_brief,
                  unsigned glyph_flags)
{
	const struct session *client = s->pair ? s->pair->near : NULL;
	const char *to = s->link.where;
	const char *arrow = glyph_flags & GLYPH_ASCII ? " -> " : " → ";
	if (!client && is_brief)
		sides_shorten(out, to);
	else if (!client)
		snprintf(out, SIDES_MAX, "%.150s", to);
	else if (is_brief)
		snprintf(out, SIDES_MAX, "%.70s%s%.70s",
		         brief_of(client->link.where), arrow, brief_of(to));
	else
		snprintf(out, SIDES_MAX, "%.70s%s%.70s", client->link.where,
		         arrow, to);
}
