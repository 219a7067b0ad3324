/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/session_state.h>

#include "approach.h"

struct approach *approach_new(const struct endpoint *ep,
                              const struct endpoint *proxy)
{
	char called[ENDPOINT_TEXT_MAX], through[ENDPOINT_TEXT_MAX] = "";
	static const char before[] = " through the proxy ";
	endpoint_show(ep, called);
	if (proxy)
		endpoint_show(proxy, through);
	size_t size = strlen(called) + 1;
	size_t more = proxy ? strlen(before) + strlen(through) + 1 : 1;
	struct approach *a = calloc(1, sizeof(*a) + size + more);
	if (!a)
		return NULL;
	memcpy(a->called, called, size);
	snprintf(a->called + size, more, "%s%s", proxy ? before : "", through);
	a->through = a->called + size;
	a->endpoint = *ep;
	return a;
}

void approach_keep_tls(struct session *s)
{
	const struct tls_facts *tls = session_tls(s);
	if (!tls || !s->approach || s->approach->tls)
		return;
	s->approach->tls = malloc(sizeof(*tls));
	if (s->approach->tls)
		*s->approach->tls = *tls;
}

void approach_forget(struct session *s)
{
	if (s->approach)
		free(s->approach->tls);
	free(s->approach);
	s->approach = NULL;
}
