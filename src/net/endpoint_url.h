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

/* Returns what follows "tcp://", "tls://" or "udp://", which sets the scheme of
 * `ep`; `word` itself if it is no URL; or NULL with a sentence if it is another
 * URL. */
char *endpoint_strip_scheme(char *word, enum endpoint_mode mode,
                            struct endpoint *ep, struct error *e);

/* The name of its scheme: "tls". */
const char *endpoint_scheme_name(const struct endpoint *ep);

/* Returns what follows "fd:", or NULL if `word` has another form.
 * endpoint_parse_fd() reads such words as endpoint_parse() does. */
const char *endpoint_strip_fd(const char *word);
MUST_USE
int endpoint_parse_fd(struct endpoint *ep, enum endpoint_mode mode,
                      const char *const *words, size_t count, struct error *e);

#endif
