/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints that are taken, and those that are refused with a sentence. */

#ifndef TESTS_ENDPOINT_ROWS_H
#define TESTS_ENDPOINT_ROWS_H

#include "unit.h"

#include <sockchat/endpoint.h>

struct good {
	enum endpoint_mode mode;
	const char *words[2]; /* the second may be missing */
	const char *host, *port;
};

struct bad {
	enum endpoint_mode mode;
	const char *words[2];
	const char *text;
};

static size_t count_of(const char *const *words)
{
	return words[1] ? 2 : words[0] ? 1 : 0;
}

static void assert_good(const struct good *g)
{
	struct endpoint ep;
	struct error e = { 0 };

	if (endpoint_parse(&ep, g->mode, g->words, count_of(g->words), &e) < 0)
		fail_msg("%s: %s", g->words[0], e.text);
	assert_string_equal(ep.host, g->host);
	assert_string_equal(ep.port, g->port);
}

static void assert_bad(const struct bad *b)
{
	struct endpoint ep;
	struct error e = { 0 };

	if (endpoint_parse(&ep, b->mode, b->words, count_of(b->words), &e) == 0)
		fail_msg("%s was taken", b->words[0]);
	assert_string_equal(e.text, b->text);
}

#define GOOD(rows)                                                             \
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)            \
	assert_good(&rows[i])
#define BAD(rows)                                                              \
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)            \
	assert_bad(&rows[i])

#endif
