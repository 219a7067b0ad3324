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

void sides_format(char out[SIDES_MAX], const struct session *s, bool is_brief,
                  unsigned glyph_flags)
{
	const struct session *client = s->pair ? s->pair->near : NULL;
	const char *to = s->link.where;
	const char *from = client ? client->link.where : "";
	const char *arrow = glyph_flags & GLYPH_ASCII ? " -> " : " → ";
	if (is_brief) {
		from = brief_of(from);
		to = brief_of(to);
	}
	snprintf(out, SIDES_MAX, "%.70s%s%.70s", from, client ? arrow : "", to);
}
