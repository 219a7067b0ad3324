/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The URL of an endpoint: its scheme, and what to write for those of others. */

#ifndef ENDPOINT_URL_H
#define ENDPOINT_URL_H

#include <sockchat/endpoint.h>
#include <sockchat/glyph.h>

/* The word of a stranger, made safe for a sentence. */
struct shown {
	char text[80];
};

static inline struct shown show(const char *word)
{
	struct shown s;

	glyph_copy(s.text, sizeof(s.text), word, GLYPH_ANY_WIDTH);
	return s;
}

/* Returns what follows "tcp://" or "tls://", which sets *is_tls; `word` itself
 * if it is no URL; or NULL with a sentence if it is another URL. */
char *endpoint_strip_scheme(char *word, enum endpoint_mode mode, bool *is_tls,
                            struct error *e);

#endif
