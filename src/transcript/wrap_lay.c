/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Glyphs side by side, and row below row. */

#include <stdio.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/utf8.h>

#include "wrap_rows.h"

#define FOLD_MIN 8 /* NULs that are shown as their number */
#define LOUD_MAX 3 /* escaped forms beside each other that stand out */

bool wrap_is_wanted(const struct layout *l)
{
	const struct wrap_settings *s = l->settings;
	return l->fn && l->row < l->row_limit && l->row >= s->first_row &&
	       l->row - s->first_row < s->row_count;
}

void wrap_flush_run(struct layout *l)
{
	if (l->run_len && wrap_is_wanted(l))
		l->fn(l->user, &(struct wrap_run){
		                   .row = l->row,
		                   .column = l->run_column,
		                   .text = l->run,
		                   .len = l->run_len,
		                   .width = l->column - l->run_column,
		                   .style = l->style,
		                   .hit = l->hit,
		                   .is_outdented = l->is_outdented,
		                   .part = l->part,
		               });
	if (l->run_len)
		l->part = NULL;
	l->run_len = 0;
	l->run_column = l->column;
}

void wrap_next_row(struct layout *l)
{
	wrap_flush_run(l);
	if (l->row + 1 == l->row_limit) {
		l->last_column = l->column;
		l->is_last_outdented = l->is_outdented;
	}
	l->row++;
	if (l->row + 1 == l->row_limit)
		l->columns -= l->reserved;
	l->column = l->run_column = 0;
}

void wrap_lay_run(struct layout *l, const char *text, size_t len, size_t width,
                  enum wrap_style style)
{
	if (l->column && width > l->columns - l->column)
		wrap_next_row(l);
	if (l->is_around)
		style = WRAP_ENDING;
	if (style != l->style || l->run_len + len > RUN_MAX)
		wrap_flush_run(l);
	l->style = style;
	memcpy(l->run + l->run_len, text, len);
	l->run_len += len;
	l->column += width;
}

void wrap_set_hit(struct layout *l, enum wrap_hit hit)
{
	if (hit != l->hit)
		wrap_flush_run(l);
	l->hit = hit;
}

enum wrap_hit wrap_hit_of(struct layout *l, size_t offset)
{
	const struct hit_list *list = &l->settings->hits;
	while (l->next_hit < list->count &&
	       list->hits[l->next_hit].end <= offset)
		l->next_hit++;
	if (l->next_hit == list->count ||
	    list->hits[l->next_hit].start > offset)
		return WRAP_NO_HIT;
	return list->hits[l->next_hit].start == l->settings->now ? WRAP_HIT_NOW
	                                                         : WRAP_HIT;
}

void wrap_mark_byte(struct layout *l, const uint8_t *at)
{
	wrap_set_hit(l, l->content ? wrap_hit_of(l, (size_t)(at - l->content))
	                           : WRAP_NO_HIT);
}

void wrap_find_row(struct layout *l, const uint8_t *end)
{
	if (l->content && l->row < l->row_limit)
		l->kept = (size_t)(end - l->content);
	if (!l->content || l->seek == SIZE_MAX)
		return;
	if (l->row != l->seen_row) {
		l->seen_row = l->row;
		l->row_begin = l->seen;
	}
	l->seen = (size_t)(end - l->content);
	if (l->found_row == SIZE_MAX && l->seen > l->seek) {
		l->found_row = l->row;
		l->found_begin = l->row_begin;
	}
	if (l->found_row == l->row)
		l->found_end = l->seen;
}

static bool has_row(const struct layout *l, const struct entry_part *p)
{
	const struct entry *e = l->entry;
	return entry_pause_ns(e, (size_t)(p - e->parts)) >=
	       ENTRY_PAUSE_MS * MS_NS;
}

/* Go on to the next part that stands in a row of its own. */
static void find_part(struct layout *l)
{
	while (l->next_part < l->parts_end && !has_row(l, l->next_part))
		l->next_part++;
}

void wrap_seek_part(struct layout *l, size_t offset)
{
	const struct entry *e = l->entry;
	size_t i;
	if (!e->part_count)
		return;
	ARRAY_FIND(i, e->part_count, e->parts[i].at >= offset);
	l->next_part = e->parts + i;
	l->parts_end = e->parts + e->part_count;
	find_part(l);
}

void wrap_begin_part(struct layout *l, size_t offset)
{
	if (l->next_part == l->parts_end || l->next_part->at > offset)
		return;
	if (l->column)
		wrap_next_row(l);
	while (l->next_part < l->parts_end && l->next_part->at <= offset) {
		l->part = l->next_part++;
		find_part(l);
	}
}

size_t wrap_part_len(const struct layout *l, size_t offset, size_t len)
{
	bool is_last = l->next_part == l->parts_end;
	return is_last || l->next_part->at - offset > len
	           ? len
	           : l->next_part->at - offset;
}

static size_t len_within_part(const struct layout *l, const uint8_t *at,
                              size_t len)
{
	return l->content ? wrap_part_len(l, (size_t)(at - l->content), len)
	                  : len;
}

size_t wrap_marked_len(const struct layout *l, const uint8_t *at, size_t len)
{
	const struct hit_list *list = &l->settings->hits;
	len = len_within_part(l, at, len);
	if (!l->content || l->next_hit == list->count)
		return len;
	const struct hit *hit = &list->hits[l->next_hit];
	size_t offset = (size_t)(at - l->content);
	size_t stop = offset < hit->start ? hit->start : hit->end;
	return stop > offset && stop - offset < len ? stop - offset : len;
}

void wrap_lay_word(struct layout *l, const char *text, size_t len,
                   enum wrap_style style)
{
	if (len <= l->columns) {
		wrap_lay_run(l, text, len, len, style);
		return;
	}
	for (size_t i = 0; i < len; i++)
		wrap_lay_run(l, text + i, 1, 1, style);
}

void wrap_lay_cut(struct layout *l)
{
	if (l->settings->look.glyph_flags & GLYPH_ASCII)
		wrap_lay_word(l, "...", 3, WRAP_MORE);
	else
		wrap_lay_run(l, "\u2026", 3, 1, WRAP_MORE);
	wrap_lay_word(l, " cut", 4, WRAP_MORE);
}

static size_t next_glyph(const struct layout *l, struct glyph *g,
                         const uint8_t *bytes, size_t len)
{
	unsigned flags = l->settings->look.glyph_flags;
	return l->encoding ? encoding_next(l->encoding, g, bytes, len, flags)
	                   : glyph_next(g, bytes, len, flags);
}

/* Whether so many escaped forms follow each other that they would glare. */
static bool begins_run(const struct layout *l, const uint8_t *bytes, size_t len)
{
	struct glyph g;
	for (size_t i = 0, n; i <= LOUD_MAX; i++, bytes += n, len -= n) {
		n = next_glyph(l, &g, bytes, len);
		if (!n || !g.is_escaped || *bytes == '\n')
			return false;
	}
	return true;
}

/* The style of an escaped form.  A run is judged anew in each row, so that it
 * looks the same wherever the layout has begun. */
static enum wrap_style escaped_style(struct layout *l, const struct glyph *g,
                                     const uint8_t *bytes, size_t len)
{
	bool fits = !l->column || g->width <= l->columns - l->column;
	bool goes_on = l->quiet_end == bytes && fits && l->quiet_row == l->row;
	if (!goes_on && !begins_run(l, bytes, len))
		return WRAP_ESCAPED;
	l->quiet_end = bytes + g->len;
	l->quiet_row = l->row + !fits;
	return WRAP_QUIET;
}

static void lay_glyph(struct layout *l, const struct glyph *g,
                      enum wrap_style escaped)
{
	if (g->is_escaped)
		wrap_lay_word(l, g->text, g->text_len, escaped);
	else if (g->width > l->columns)
		wrap_lay_run(l, "?", 1, 1, WRAP_ESCAPED);
	else
		wrap_lay_run(l, g->text, g->text_len, g->width, l->plain);
}

void wrap_lay_ending(struct layout *l, size_t len)
{
	if (len && l->settings->look.endings)
		wrap_lay_word(l, len == 2 ? "\\r\\n" : "\\n", 2 * len,
		              WRAP_ENDING);
}

/* How many bytes at the beginning are a line's ending. */
static size_t ending_len(const struct layout *l, const uint8_t *bytes,
                         size_t len)
{
	if (l->is_length)
		return 0;
	if (bytes[0] == '\n')
		return 1;
	return len > 1 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
}

size_t wrap_plain_run(const struct layout *l, const uint8_t *bytes, size_t len)
{
	size_t most = l->columns - l->column;
	if (l->column > l->columns || *bytes >= 0x80)
		return 0;
	if (len > most)
		len = most;
	if (len > RUN_MAX)
		len = RUN_MAX;
	/* the last one may have a combining mark behind it */
	return utf8_plain(bytes, len, 0, 0);
}

static size_t nul_run(const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && !bytes[n])
		n++;
	return n;
}

/* How a fold is marked, of which any byte may be in a hit. */
static enum wrap_hit hit_within(struct layout *l, size_t offset, size_t len)
{
	const struct hit_list *list = &l->settings->hits;
	enum wrap_hit hit = wrap_hit_of(l, offset);
	for (size_t i = l->next_hit; i < list->count && hit != WRAP_HIT_NOW &&
	                             list->hits[i].start < offset + len;
	     i++)
		hit = list->hits[i].start == l->settings->now ? WRAP_HIT_NOW
		                                              : WRAP_HIT;
	return hit;
}

/* NULs that fill a buffer up: "\0 ×1019". */
static void lay_fold(struct layout *l, const uint8_t *bytes, size_t len)
{
	bool is_ascii = l->settings->look.glyph_flags & GLYPH_ASCII;
	char text[32];
	size_t n = (size_t)snprintf(text, sizeof(text), "\\0 \u00d7%zu", len);
	if (l->content)
		wrap_set_hit(l,
		             hit_within(l, (size_t)(bytes - l->content), len));
	if (!is_ascii && n - 1 <= l->columns) {
		wrap_lay_run(l, text, n, n - 1, WRAP_QUIET);
		return;
	}
	n = (size_t)snprintf(text, sizeof(text), "\\0 x%zu", len);
	wrap_lay_word(l, text, n, WRAP_QUIET);
}

static size_t lay_next(struct layout *l, const uint8_t *bytes, size_t len)
{
	enum wrap_style escaped = WRAP_ESCAPED;
	struct glyph g;
	size_t n = ending_len(l, bytes, len);
	if (n) {
		wrap_lay_ending(l, n);
		return n;
	}
	n = nul_run(bytes, len_within_part(l, bytes, len));
	if (n >= FOLD_MIN) {
		lay_fold(l, bytes, n);
		return n;
	}
	n = wrap_plain_run(l, bytes, wrap_marked_len(l, bytes, len));
	if (n > 1) {
		n--;
		wrap_lay_run(l, (const char *)bytes, n, n, l->plain);
		return n;
	}
	n = next_glyph(l, &g, bytes, len);
	if (n && g.is_escaped)
		escaped = escaped_style(l, &g, bytes, len);
	if (n)
		lay_glyph(l, &g, escaped);
	return n;
}

static int map_add(struct wrap_map *m, struct wrap_begin begin)
{
	struct wrap_begin *grown =
	    array_grow(m->begins, &m->cap, m->count, sizeof(*grown));
	if (!grown)
		return -1;
	m->begins = grown;
	m->begins[m->count++] = begin;
	return 0;
}

void wrap_learn_begin(struct layout *l, const uint8_t *at)
{
	struct wrap_map *m = l->learns;
	struct wrap_begin begin = {
		(size_t)(at - l->content),
		l->token,
		l->before,
	};
	if (m && l->row == (m->count + 1) * WRAP_MAP_ROWS && map_add(m, begin))
		l->learns = NULL;
}

bool wrap_is_done(const struct layout *l)
{
	const struct wrap_settings *s = l->settings;
	if (l->row >= l->row_limit)
		return true;
	if (l->seek != SIZE_MAX)
		return l->found_row < l->row;
	return l->knows_rows && l->row >= s->first_row &&
	       l->row - s->first_row >= s->row_count;
}

void wrap_lay_text(struct layout *l, const uint8_t *bytes, size_t len)
{
	for (size_t n; len && !wrap_is_done(l); bytes += n, len -= n) {
		bool ends_row =
		    ending_len(l, bytes, len) && l->columns != SIZE_MAX;
		size_t row = l->row;
		if (l->content)
			wrap_begin_part(l, (size_t)(bytes - l->content));
		wrap_mark_byte(l, bytes);
		n = lay_next(l, bytes, len);
		if (!n)
			return;
		wrap_find_row(l, bytes + n);
		if (l->row > row)
			wrap_learn_begin(l, bytes);
		if (ends_row) {
			wrap_next_row(l);
			wrap_learn_begin(l, bytes + n);
		}
	}
}
