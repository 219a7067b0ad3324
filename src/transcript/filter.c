/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries are shown. */

#include <string.h>

#include <sockchat/filter.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " ");
}

/* The next word of `*text`; `*text` moves behind it. */
static void take_word(char *out, size_t cap, const char **text)
{
	*text = skip_spaces(*text);
	size_t len = strcspn(*text, " ");
	size_t n = len < cap ? len : cap - 1;
	memcpy(out, *text, n);
	out[n] = '\0';
	*text += len;
}

static int take_peer(struct filter *f, const char **rest, struct error *e)
{
	char word[16];
	long number;
	take_word(word, sizeof(word), rest);
	if (!number_parse(word, 1, UINT32_MAX, &number))
		return error_set(e, "/filter peer: which one? (/peers lists "
		                    "them)");
	f->session = (uint32_t)number;
	return 0;
}

static int take_condition(struct filter *f, const char **rest,
                          const struct encoding *enc, struct error *e)
{
	char word[16], safe[64];
	take_word(word, sizeof(word), rest);
	if (strcmp(word, "in") == 0) {
		f->dir = ENTRY_IN;
	} else if (strcmp(word, "out") == 0) {
		f->dir = ENTRY_OUT;
	} else if (strcmp(word, "error") == 0) {
		f->errors = true;
	} else if (strcmp(word, "peer") == 0) {
		return take_peer(f, rest, e);
	} else if (strcmp(word, "text") == 0) {
		pattern_free(f->pattern);
		f->pattern = encoding_pattern(enc, skip_spaces(*rest), e);
		*rest = "";
		return f->pattern ? 0 : -1;
	} else {
		glyph_copy(safe, sizeof(safe), word, GLYPH_ANY_WIDTH);
		return error_set(e, "/filter: '%s' is none of in, out, error, "
		                    "peer N, text PATTERN, off", safe);
	}
	return 0;
}

int filter_set(struct filter *f, const char *words, uint64_t since,
               const struct encoding *enc, struct error *e)
{
	struct filter made = { .serial = f->serial + 1, .since = since };
	words = skip_spaces(words);
	glyph_copy(made.text, sizeof(made.text), words, 0);
	if (strcmp(words, "off") == 0)
		words = "";
	for (const char *rest = words; *skip_spaces(rest);)
		if (take_condition(&made, &rest, enc, e)) {
			filter_finish(&made);
			return -1;
		}
	filter_finish(f);
	*f = made;
	return 0;
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

bool filter_is_on(const struct filter *f)
{
	return f->dir || f->errors || f->session || f->pattern;
}

bool filter_shows(const struct filter *f, const struct entry *e)
{
	if (!e->session && e->seq >= f->since) /* the program's answer */
		return true;
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
