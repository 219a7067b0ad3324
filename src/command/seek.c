/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /find without a screen, and /filter. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/encoding.h>
#include <sockchat/glyph.h>
#include <sockchat/hits.h>
#include <sockchat/lens.h>

#include "commands_private.h"

#define LISTED_MAX  20 /* hits, without a screen */
#define EXCERPT_MAX 60
#define FIRST_NS    (50 * MS_NS) /* of searching at once */
#define SLICE_NS    (10 * MS_NS) /* of it in each turn after that */
#define PATIENCE_NS (2 * SECOND_NS)

/* A search without a screen.  Each turn of the loop does a slice of it. */
struct seek {
	struct chat_task task; /* has to be the first */
	struct chat *chat;
	struct later turn;
	struct pattern *pattern;
	struct hits *hits;
	struct lens *lens;
	uint64_t end; /* the entries before it are searched */
	int64_t until_ns;
};

static size_t count_hits(void *user, const struct entry *e)
{
	const struct seek *s = user;
	if (e->seq >= s->end || e->kind == ENTRY_NOTE ||
	    !filter_shows(&s->chat->filter, e))
		return 0; /* notes are what earlier searches have told */
	return hits_of(s->hits, e).count;
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
	chat_answer(c, "hit", "%llu: %c %s%s", (unsigned long long)e->seq,
	            entry_mark(e), safe, len < e->len ? " ..." : "");
}

/* The newest LISTED_MAX hits, in the order of the transcript. */
static void tell_hits(const struct seek *s)
{
	const struct lens *l = s->lens;
	uint64_t seq = s->end;
	struct entry e;
	for (size_t i = 0; i < LISTED_MAX && lens_before(l, seq); i++)
		seq = lens_before(l, seq);
	for (; seq && seq < s->end; seq = lens_next(l, seq))
		if (transcript_at(s->chat->transcript, seq, &e))
			tell_hit(s->chat, &e);
}

static bool is_complete(const struct seek *s)
{
	return lens_low(s->lens) <= transcript_first(s->chat->transcript);
}

static void tell_found(struct seek *s)
{
	struct chat *c = s->chat;
	size_t entries = lens_entries(s->lens);
	struct error e;
	chat_answer(c, "found", "%u found in %zu entries%s",
	            lens_total(s->lens), entries,
	            is_complete(s) ? "" : ", and not all were looked at");
	if (entries > LISTED_MAX)
		chat_answer(c, "hits-unlisted", "%zu older ones are not listed",
		            entries - LISTED_MAX);
	tell_hits(s);
	if (pattern_gave_up(s->pattern, &e) || filter_gave_up(&c->filter, &e))
		chat_error(c, &e);
}

static void free_seek(struct seek *s)
{
	later_cancel(&s->turn);
	s->chat->search = NULL;
	lens_free(s->lens);
	hits_free(s->hits);
	pattern_free(s->pattern);
	free(s);
}

static void finish_seek(struct chat_task *t)
{
	struct seek *s = (struct seek *)t;
	tell_found(s);
	free_seek(s);
}

static void seek_on(struct seek *s, int64_t ns)
{
	struct error e;
	int goes_on = lens_step(s->lens, ns, &e);
	if (goes_on < 0) {
		chat_error(s->chat, &e);
		free_seek(s);
	} else if (is_complete(s) || stamp_mono_ns() >= s->until_ns) {
		finish_seek(&s->task);
	} else {
		loop_later(s->chat->loop, &s->turn);
	}
}

static void on_seek_turn(struct later *l)
{
	seek_on(l->user, SLICE_NS);
}

/* NULL with a sentence. */
static struct seek *start_seek(struct chat *c, const char *text,
                               struct error *e)
{
	struct pattern *pattern = encoding_pattern(c->encoding, text, e);
	struct seek *s = pattern ? calloc(1, sizeof(*s)) : NULL;
	uint64_t end = transcript_end(c->transcript);
	struct hits *hits = s ? hits_new(pattern, c->transcript) : NULL;
	struct lens *l =
	    hits ? lens_new(c->transcript, end, count_hits, s) : NULL;
	if (!l) {
		if (pattern)
			error_set_errno(e, ENOMEM, "cannot search");
		hits_free(hits);
		pattern_free(pattern);
		free(s);
		return NULL;
	}
	*s = (struct seek){
		.task = { .finish = finish_seek },
		.chat = c,
		.turn = { .on_call = on_seek_turn, .user = s },
		.pattern = pattern,
		.hits = hits,
		.lens = l,
		.end = end,
		.until_ns = stamp_mono_ns() + PATIENCE_NS,
	};
	return s;
}

int run_find(struct chat *c, char *args)
{
	struct error e;
	if (c->search)
		c->search->finish(c->search);
	struct seek *s = start_seek(c, args, &e);
	if (!s) {
		if (!*args)
			error_set_hint(&e, "for example /find PING");
		return chat_error(c, &e);
	}
	c->search = &s->task;
	seek_on(s, FIRST_NS);
	return 0;
}

static void tell_filter(struct chat *c)
{
	char told[FILTER_TOLD_MAX];
	filter_tell(&c->filter, told);
	chat_moment(c, "filter", "%s (/filter off shows all)", told);
}

int run_filter(struct chat *c, char *args)
{
	struct filter *f = &c->filter;
	struct error e;
	uint64_t next = transcript_end(c->transcript);
	if (*args && filter_set(f, args, next, c->encoding, &e))
		return chat_error(c, &e);
	if (filter_is_on(f))
		tell_filter(c);
	else
		chat_moment(c, "filter-off", "all entries are shown");
	return 0;
}
