/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences: what happened stands out, what it means and what to do is dim. */

#include <stdio.h>
#include <string.h>

#include "wrap_rows.h"

#define EXPLAIN_MAX 512

void wrap_lay_sentence(struct layout *l, const uint8_t *bytes, size_t len)
{
	unsigned flags = l->settings->look.glyph_flags;
	while (len) {
		const uint8_t *space = memchr(bytes + 1, ' ', len - 1);
		size_t n = space ? (size_t)(space - bytes) : len;
		size_t width = glyph_width(bytes, n, flags);
		size_t skip = *bytes == ' ';
		if (l->column && width > l->columns - l->column &&
		    width - skip <= l->columns) {
			wrap_next_row(l);
			wrap_lay_text(l, bytes + skip, n - skip);
		} else {
			wrap_lay_text(l, bytes, n);
		}
		bytes += n;
		len -= n;
	}
}

static void lay_styled(struct layout *l, const uint8_t *bytes, size_t len,
                       enum wrap_style style)
{
	l->plain = style;
	wrap_lay_sentence(l, bytes, len);
	l->plain = WRAP_PLAIN;
}

/* "connection refused:": an error is red no further. */
static size_t alert_len(const struct entry *e)
{
	for (size_t i = 0; i + 1 < e->len; i++)
		if (e->bytes[i] == ':' && e->bytes[i + 1] == ' ')
			return i + 1;
	return e->len;
}

static void lay_event(struct layout *l, const struct entry *e)
{
	static const char word[] = "hint: ";
	size_t len = 0;
	if (e->kind == ENTRY_ERROR)
		len = alert_len(e);
	if (e->kind == ENTRY_NOTE && e->role == ROLE_HINT) {
		wrap_lay_word(l, word, sizeof(word) - 1, WRAP_HINT);
		lay_styled(l, e->bytes, e->len, WRAP_HINT);
		return;
	}
	lay_styled(l, e->bytes, len, WRAP_ALERT);
	lay_styled(l, e->bytes + len, e->len - len, WRAP_PLAIN);
}

/* The first sentence, or all of it. */
static size_t first_sentence(const char *text)
{
	for (const char *at = text; (at = strstr(at, ". ")); at++)
		if (at[2] >= 'A' && at[2] <= 'Z')
			return (size_t)(at - text);
	return strlen(text);
}

/* How many bytes, up to a space or to the end, fit so many columns. */
static size_t fitting_len(const char *text, size_t len, size_t columns,
                          unsigned flags)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t fits = 0;
	for (size_t n = 1; n <= len; n++)
		if ((n == len || text[n] == ' ') &&
		    glyph_width(bytes, n, flags) <= columns)
			fits = n;
	return fits;
}

/* What fits behind the text in the same row of the first sentence, and a mark
 * if there is more. */
static void lay_folded(struct layout *l, const char *text, size_t len)
{
	unsigned flags = l->settings->look.glyph_flags;
	const char *mark = flags & GLYPH_ASCII ? " ..." : " \u2026";
	size_t mark_width = flags & GLYPH_ASCII ? 4 : 2;
	size_t room = l->columns > l->column ? l->columns - l->column : 0;
	size_t first = first_sentence(text);
	bool is_whole = first == len &&
	                glyph_width((const uint8_t *)text, len, flags) <= room;
	if (!is_whole)
		len = room < mark_width
		          ? 0
		          : fitting_len(text, first, room - mark_width, flags);
	if (len == 1) /* the separator alone */
		len = 0;
	lay_styled(l, (const uint8_t *)text, len, WRAP_EXPLAIN);
	if (!is_whole && room >= mark_width)
		wrap_lay_run(l, mark, strlen(mark), mark_width, WRAP_EXPLAIN);
}

static void lay_explanation(struct layout *l, const char *hint)
{
	char text[EXPLAIN_MAX];
	int n = snprintf(text, sizeof(text), "; %s", hint);
	size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	if (l->settings->is_folded)
		lay_folded(l, text, len);
	else
		lay_styled(l, (const uint8_t *)text, len, WRAP_EXPLAIN);
}

void wrap_lay_notice(struct layout *l, const struct entry *e)
{
	lay_event(l, e);
	l->content = NULL;
	wrap_set_hit(l, WRAP_NO_HIT);
	if (*e->hint)
		lay_explanation(l, e->hint);
}
