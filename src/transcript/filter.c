/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries are shown. */

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/filter.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/recut.h>
#include <sockchat/word.h>

#define WORD_MAX 16 /* of those that are looked at */

enum { WORD_IN, WORD_OUT, WORD_ERROR, WORD_PEER, WORD_TEXT, WORD_OFF };

const struct choice filter_choices[] = {
	{ "in", WORD_IN },       { "out", WORD_OUT },
	{ "error", WORD_ERROR }, { "peer", WORD_PEER },
	{ "text", WORD_TEXT },   { "off", WORD_OFF },
	{ NULL, 0 },
};

/* The next word of `*text`, or its beginning; `*text` moves to the one behind
 * it. */
static void take_word(char out[WORD_MAX], const char **text)
{
	const char *word;
	size_t len = word_next(text, &word);
	snprintf(out, WORD_MAX, "%.*s", (int)(len < WORD_MAX ? len : WORD_MAX),
	         word);
}

static int take_peer(struct filter *f, const char **rest, struct error *e)
{
	char word[WORD_MAX];
	long number;
	take_word(word, rest);
	bool is_old = *word == ':';
	if (!number_parse(word + is_old, 1, ENTRY_OLD_SESSION - 1, &number))
		return error_set(e, "/filter peer: which one? (/peers lists "
		                    "them)");
	f->session = (uint32_t)number | (is_old ? ENTRY_OLD_SESSION : 0);
	return 0;
}

static int take_text(struct filter *f, const char **rest,
                     const struct encoding *enc, struct error *e)
{
	pattern_free(f->pattern);
	f->pattern = encoding_pattern(enc, *rest, e);
	*rest = "";
	return f->pattern ? 0 : -1;
}

static int refuse_word(const char *word, struct error *e)
{
	error_set(e, "/filter: '%s' is none of in, out, error, peer N, text "
	             "PATTERN, off", word);
	choice_hint(filter_choices, word, e);
	return -1;
}

static int take_condition(struct filter *f, const char **rest,
                          const struct encoding *enc, struct error *e)
{
	char word[WORD_MAX];
	take_word(word, rest);
	switch (choice_find(filter_choices, word)) {
	case WORD_IN:
		f->dir = ENTRY_IN;
		return 0;
	case WORD_OUT:
		f->dir = ENTRY_OUT;
		return 0;
	case WORD_ERROR:
		f->errors = true;
		return 0;
	case WORD_PEER:
		return take_peer(f, rest, e);
	case WORD_TEXT:
		return take_text(f, rest, enc, e);
	case WORD_OFF:
		*f = (struct filter){ .serial = f->serial };
		return 0;
	default:
		return refuse_word(word, e);
	}
}

static bool has_words(const struct filter *f)
{
	return f->dir || f->errors || f->session || f->pattern;
}

int filter_set(struct filter *f, const char *words, uint64_t since,
               const struct encoding *enc, struct error *e)
{
	struct filter made = { .serial = f->serial + 1, .focus = f->focus };
	words += strspn(words, " ");
	for (const char *rest = words; *rest;)
		if (take_condition(&made, &rest, enc, e)) {
			filter_finish(&made);
			return -1;
		}
	filter_finish(f);
	*f = made;
	f->since = since;
	glyph_copy(f->text, sizeof(f->text), words, 0);
	return 0;
}

void filter_focus(struct filter *f, uint32_t session, uint64_t since)
{
	if (!filter_is_on(f))
		f->since = since;
	f->focus = session;
	f->serial++;
}

void filter_tell(const struct filter *f, char out[FILTER_TOLD_MAX])
{
	*out = '\0';
	if (f->focus)
		text_add(out, FILTER_TOLD_MAX, "only peer %u", f->focus);
	if (has_words(f))
		text_add(out, FILTER_TOLD_MAX, "%sfilter: %s", *out ? ", " : "",
		         f->text);
}

void filter_off(struct filter *f)
{
	unsigned serial = f->serial + 1;
	filter_finish(f);
	*f = (struct filter){ .serial = serial };
}

void filter_finish(struct filter *f)
{
	pattern_free(f->pattern);
	f->pattern = NULL;
}

void filter_recut(struct filter *f, const struct recut *r)
{
	recut_move(r, &f->since);
}

bool filter_is_on(const struct filter *f)
{
	return f->focus || has_words(f);
}

bool filter_shows(const struct filter *f, const struct entry *e)
{
	bool is_later = e->seq >= f->since;
	if (is_later && !e->session)
		return true; /* the program's answer */
	if (f->focus && f->focus != e->session)
		return false;
	if (is_later && e->dir == ENTRY_OUT && e->flags & ENTRY_BY_HAND &&
	    !entry_is_old(e))
		return true; /* the user's own line, no client's */
	return (!f->dir || f->dir == e->dir) &&
	       (!f->errors || e->kind == ENTRY_ERROR) &&
	       (!f->session || f->session == e->session) &&
	       (!f->pattern ||
	        pattern_matches(f->pattern, e->bytes, e->len));
}

bool filter_gave_up(struct filter *f, struct error *e)
{
	return f->pattern && pattern_gave_up(f->pattern, e);
}
