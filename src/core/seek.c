/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /find and /filter. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/encoding.h>
#include <sockchat/glyph.h>
#include <sockchat/lens.h>

#include "commands_private.h"

#define LISTED_MAX  20                     /* hits, without a screen */
#define PATIENCE_NS (INT64_C(2000) * MS_NS) /* … and how long it may take */
#define EXCERPT_MAX 60

struct search {
	const struct pattern *pattern;
	const struct filter *filter;
};

static size_t count_hits(void *user, const struct entry *e)
{
	const struct search *s = user;
	if (e->kind == ENTRY_NOTE || !filter_shows(s->filter, e))
		return 0; /* least of all what an earlier search has told */
	return pattern_count(s->pattern, e->bytes, e->len);
}

static void tell_hit(struct chat *c, const struct entry *e)
{
	char text[EXCERPT_MAX + 1], safe[4 * EXCERPT_MAX];
	size_t len = e->len < EXCERPT_MAX ? e->len : EXCERPT_MAX;
	len -= entry_ending(e) && len == e->len ? entry_ending(e) : 0;
	for (size_t i = 0; i < len; i++)
		text[i] = e->bytes[i] ? (char)e->bytes[i] : ' ';
	text[len] = '\0';
	glyph_copy(safe, sizeof(safe), text, 0);
	chat_note(c, "%llu: %c %s%s", (unsigned long long)e->seq,
	          entry_mark(e), safe, len < e->len ? " ..." : "");
}

/* Without a screen: the newest hits, told one after another. */
static void list_hits(struct chat *c, const struct pattern *pattern)
{
	struct search s = { pattern, &c->display.filter };
	uint64_t end = transcript_end(c->transcript), seq = end;
	struct lens *l = lens_new(c->transcript, end, count_hits, &s);
	bool goes_on = lens_step(l, PATIENCE_NS);
	size_t entries = lens_entries(l), skipped = 0;
	chat_note(c, "%u found in %zu entries%s", lens_total(l), entries,
	          goes_on ? ", and not all were looked at" : "");
	for (size_t i = 0; i < LISTED_MAX && lens_before(l, seq); i++)
		seq = lens_before(l, seq);
	if (entries > LISTED_MAX)
		skipped = entries - LISTED_MAX;
	if (skipped)
		chat_note(c, "%zu older ones are not listed", skipped);
	for (; seq && seq < end; seq = lens_next(l, seq)) {
		struct entry e;
		if (transcript_at(c->transcript, seq, &e))
			tell_hit(c, &e);
	}
	lens_free(l);
}

void run_find(struct chat *c, char *args)
{
	struct error e;
	if (c->display.has_screen) {
		free(c->display.find);
		c->display.find = strdup(args);
		if (!c->display.find) {
			error_set_errno(&e, ENOMEM, "cannot search");
			chat_error(c, &e);
		}
		return;
	}
	struct pattern *pattern = encoding_pattern(c->encoding, args, &e);
	if (!pattern) {
		chat_error(c, &e);
		return;
	}
	list_hits(c, pattern);
	pattern_free(pattern);
}

void run_filter(struct chat *c, char *args)
{
	struct filter *f = &c->display.filter;
	struct error e;
	uint64_t next = transcript_end(c->transcript);
	if (*args && filter_set(f, args, next, c->encoding, &e))
		chat_error(c, &e);
	else if (filter_is_on(f))
		chat_note(c, "shown are only entries that match: %s; /filter "
		             "off shows all", f->text);
	else
		chat_note(c, "all entries are shown");
}
