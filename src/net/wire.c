/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>

#include <sockchat/wire.h>

void wire_listen(struct wire *w, struct wire_listener *l)
{
	l->next = w->first;
	w->first = l;
}

void wire_unlisten(struct wire *w, struct wire_listener *l)
{
	struct wire_listener **at = &w->first;
	while (*at && *at != l)
		at = &(*at)->next;
	if (*at)
		*at = l->next;
}

void wire_tell(const struct wire *w, const struct wire_news *n)
{
	struct wire_listener *next;
	int errnum = errno;
	for (struct wire_listener *l = w->first; l; l = next) {
		next = l->next;
		l->on_wire(l->user, n);
	}
	errno = errnum;
}
