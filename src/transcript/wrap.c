/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Pure layout: entries as rows of glyphs. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/frame.h>
#include <sockchat/unpack.h>

#include "wrap_json.h"
#include "wrap_rows.h"

#define LENGTH_MAX 10 /* a longer prefix is text, which may have lines */

/* How many bytes are above the wanted rows, as far as the map knows. */
static size_t skip_rows(struct layout *l)
{
	const struct wrap_map *m = l->settings->map;
	size_t i = l->settings->first_row / WRAP_MAP_ROWS;
	if (!l->knows_rows || !m->count || !i)
		return 0;
	if (i > m->count)
		i = m->count;
	l->row = i * WRAP_MAP_ROWS;
	l->token = m->begins[i - 1].token;
	l->place = m->begins[i - 1].place;
	return m->begins[i - 1].at;
}

/* Lay the bytes before `end` that are not laid yet. */
static size_t lay_until(struct layout *l, const struct entry *e, size_t at,
                        size_t end, bool is_around)
{
	if (at >= end)
		return at;
	wrap_flush_run(l);
	l->is_around = is_around;
	wrap_lay_text(l, e->bytes + at, end - at);
	wrap_flush_run(l);
	l->is_around = false;
	return end;
}

/* How many bytes of a message that is under way are still to come. */
static void lay_awaited(struct layout *l, const struct entry *e)
{
	char text[64];
	bool is_text = l->settings->look.view == VIEW_TEXT;
	uint64_t behind = e->len - e->prefix_at - e->prefix;
	if (!entry_is_awaited(e) || e->total <= behind)
		return;
	if (!is_text)
		wrap_next_row(l);
	snprintf(text, sizeof(text), "%swaiting for %" PRIu64 " of %" PRIu64
	         " bytes", is_text ? " " : "", e->total - behind, e->total);
	for (const char *c = text; *c; c++)
		wrap_lay_run(l, c, 1, 1, WRAP_ENDING);
}

/* What became of the message. */
static void lay_fate(struct layout *l, const struct entry *e)
{
	char text[16];
	const char *name = entry_fate_name(e);
	if (*name)
		wrap_lay_word(l, text, (size_t)snprintf(text, sizeof(text),
		                                        " (%s)", name),
		              WRAP_ENDING);
}

static void lay_message(struct layout *l, const struct entry *e)
{
	size_t ending = entry_ending(e);
	size_t suffix = e->suffix > ending ? e->suffix - ending : 0;
	size_t at = skip_rows(l);
	l->encoding = l->settings->look.encoding;
	wrap_seek_part(l, at);
	wrap_judge_json(l, e, e->prefix, e->len - ending - suffix);
	if (e->prefix) {
		at = lay_until(l, e, at, e->prefix_at, false);
		l->is_length = e->prefix <= LENGTH_MAX;
		at = lay_until(l, e, at, e->prefix_at + e->prefix, true);
		l->is_length = false;
	}
	if (l->json == JSON_GOOD)
		at = wrap_lay_json(l, e->prefix, at, e->len - ending - suffix);
	at = lay_until(l, e, at, e->len - ending - suffix, false);
	l->encoding = NULL;
	lay_until(l, e, at, e->len - ending, true);
	if (ending)
		wrap_mark_byte(l, e->bytes + e->len - ending);
	if (ending && l->settings->look.endings)
		wrap_begin_part(l, e->len - ending);
	wrap_lay_ending(l, ending);
	wrap_find_row(l, e->bytes + e->len);
	wrap_set_hit(l, WRAP_NO_HIT);
	if (e->flags & ENTRY_CUT)
		wrap_lay_cut(l);
}

struct wrap_look wrap_look_of(const struct options *o)
{
	return (struct wrap_look){
		.view = (enum view)o->view,
		.endings = o->endings,
		.indents_json = o->json_indent,
		.time = (enum time_mode)o->time,
		.encode = (enum encode)o->encode,
		.offsets = (enum offsets)o->offsets,
		.unpack = { o->unpack[0], o->unpack[1] },
	};
}

const char *wrap_unpack(const struct wrap_look *look, const struct entry *e)
{
	const char *format = look->unpack[e->dir == ENTRY_OUT];
	bool is_told = e->kind == ENTRY_MESSAGE && e->flags & ENTRY_COMPLETE;
	return is_told && format && *format ? format : NULL;
}

/* Why a message is not indented stands in a row below it. */
static void lay_fault(struct layout *l, const struct entry *e)
{
	char room[WRAP_FAULT_MAX];
	const char *text = wrap_is_done(l) ? NULL : wrap_json_fault(room, l, e);
	if (!text)
		return;
	wrap_next_row(l);
	l->plain = WRAP_FIELDS;
	wrap_lay_sentence(l, (const uint8_t *)text, strlen(text));
}

/* The fields of a message stand in a row below it. */
static void lay_fields(struct layout *l, const struct entry *e)
{
	const struct wrap_look *look = &l->settings->look;
	const char *format = wrap_unpack(look, e);
	struct bytes room = { 0 }, row = { 0 };
	size_t len;
	const uint8_t *payload = format ? entry_payload(e, &room, &len) : NULL;
	if (payload &&
	    !unpack_text(&row, format, payload, len, look->encoding) &&
	    row.len) {
		wrap_next_row(l);
		l->plain = WRAP_FIELDS;
		wrap_lay_sentence(l, row.data, row.len);
	}
	bytes_finish(&row);
	bytes_finish(&room);
}

/* An empty datagram has come, or gone, and is to be seen. */
static void lay_empty(struct layout *l, const struct entry *e)
{
	static const char text[] = "(empty datagram)";
	if (!e->len && (e->flags & ENTRY_BY_HAND ||
	                e->frame == frame_datagram.kind))
		wrap_lay_word(l, text, sizeof(text) - 1, WRAP_ENDING);
}

/* What stands behind the text, or the length, of a message. */
static void lay_tail(struct layout *l, const struct entry *e)
{
	const char *tail = l->settings->tail;
	wrap_set_hit(l, WRAP_NO_HIT);
	lay_empty(l, l->settings->whole ? l->settings->whole : e);
	lay_fate(l, e);
	if (tail)
		wrap_lay_run(l, tail, strlen(tail),
		             wrap_tail_width(l->settings), WRAP_ENDING);
}

static void lay_bytes(struct layout *l, const struct entry *e)
{
	enum view view = l->settings->look.view;
	if (view == VIEW_HEX)
		wrap_lay_size(l, e);
	else
		lay_message(l, e);
	wrap_end_fold(l, e);
	lay_tail(l, e);
	l->next_hit = 0;
	if (view != VIEW_TEXT && !l->is_over) {
		wrap_lay_dump(l, e);
		wrap_end_fold(l, e);
	}
	l->row_limit = SIZE_MAX;
	l->next_part = l->parts_end;
	l->content = NULL;
	wrap_set_hit(l, WRAP_NO_HIT);
	lay_awaited(l, e);
}

static void begin_entry(struct layout *l, const struct entry *e)
{
	l->entry = e;
	l->content = e->bytes;
	l->columns = l->settings->columns;
	l->row_limit = SIZE_MAX;
}

static void lay_entry(struct layout *l, const struct entry *e)
{
	begin_entry(l, e);
	if (l->settings->is_folded && e->kind == ENTRY_MESSAGE)
		wrap_begin_fold(l, e);
	if (e->kind == ENTRY_MESSAGE)
		lay_bytes(l, e);
	else
		wrap_lay_notice(l, e);
	lay_fault(l, e);
	lay_fields(l, l->settings->whole ? l->settings->whole : e);
	wrap_flush_run(l);
}

void wrap_map_finish(struct wrap_map *m)
{
	free(m->begins);
	*m = (struct wrap_map){ 0 };
}

/* FNV-1a, for telling one FORMAT from another; 0 for none. */
static unsigned hash_text(const char *text)
{
	unsigned hash = text ? 2166136261u : 0;
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

static struct wrap_key key_of(const struct entry *e,
                              const struct wrap_settings *s)
{
	return (struct wrap_key){
		.seq = e->seq,
		.len = e->len,
		.columns = s->columns,
		.view = s->look.view,
		.endings = s->look.endings,
		.tail_width = (unsigned)wrap_tail_width(s),
		.entry_flags = e->flags,
		.glyph_flags = s->look.glyph_flags,
		.encoding = encoding_id(s->look.encoding),
		.unpack = hash_text(wrap_unpack(&s->look, e)),
		.indents_json = s->look.indents_json,
		.fate = e->fate,
		.part_count = (unsigned)e->part_count,
	};
}

/* In narrow columns a glyph may be cut in two: then a row has no first byte. */
static bool is_mapped(const struct entry *e, const struct wrap_settings *s)
{
	return s->map && e->kind == ENTRY_MESSAGE && e->len >= WRAP_MAP_MIN &&
	       s->columns >= GLYPH_TEXT_MAX;
}

/* Fill the map, unless it is of this layout already. */
static void learn_rows(const struct entry *e, const struct wrap_settings *s)
{
	struct layout l = {
		.settings = s,
		.seek = SIZE_MAX,
		.learns = s->map,
	};
	struct wrap_key key = key_of(e, s);
	if (memcmp(&key, &s->map->key, sizeof(key)) == 0)
		return;
	wrap_map_finish(s->map);
	s->map->key = key;
	lay_entry(&l, e);
	s->map->rows = l.row + 1;
	s->map->json = l.json;
	s->map->fault = l.fault;
}

/* Learn the rows if they are to be remembered; those of a message that is
 * folded are few. */
static void use_map(struct layout *l, const struct entry *e)
{
	struct wrap_settings whole = *l->settings;
	bool is_folded = whole.is_folded && !whole.look.indents_json;
	whole.is_folded = false;
	if (is_folded || !is_mapped(e, &whole))
		return;
	learn_rows(e, &whole);
	l->knows_json = true;
	l->knows_rows = !l->settings->is_folded;
}

size_t wrap_entry(const struct entry *e, const struct wrap_settings *settings,
                  wrap_fn *fn, void *user)
{
	struct layout l = {
		.settings = settings,
		.fn = fn,
		.user = user,
		.seek = SIZE_MAX,
	};
	use_map(&l, e);
	if (fn || !l.knows_rows)
		lay_entry(&l, e);
	return l.knows_rows ? settings->map->rows : l.row + 1;
}

bool wrap_folds(const struct entry *e, const struct wrap_settings *settings)
{
	struct wrap_settings folded = *settings;
	struct layout l = { .settings = &folded, .seek = SIZE_MAX };
	size_t most = wrap_most_rows(e, settings);
	folded.is_folded = true; /* then no rows are learned, but of JSON */
	if (e->kind != ENTRY_MESSAGE)
		return *e->hint;
	if (e->len <= most) /* each row shows a byte */
		return false;
	use_map(&l, e);
	l.knows_rows = false;
	begin_entry(&l, e);
	l.row_limit = most;
	lay_bytes(&l, e);
	return l.is_over;
}

size_t wrap_kept(const struct entry *e, const struct wrap_settings *settings)
{
	struct layout l = { .settings = settings, .seek = SIZE_MAX };
	use_map(&l, e);
	lay_entry(&l, e);
	return l.is_over ? l.kept : e->len;
}

/* Lay out until the row that shows this byte is whole. */
static struct layout find_byte(const struct entry *e,
                               const struct wrap_settings *settings,
                               size_t offset)
{
	struct layout l = {
		.settings = settings,
		.seek = offset,
		.found_row = SIZE_MAX,
	};
	lay_entry(&l, e);
	return l;
}

size_t wrap_row_of(const struct entry *e, const struct wrap_settings *settings,
                   size_t offset)
{
	struct layout l = find_byte(e, settings, offset);
	return l.found_row == SIZE_MAX ? l.row : l.found_row;
}

void wrap_row_bytes(const struct entry *e, const struct wrap_settings *settings,
                    size_t offset, size_t *begin, size_t *end)
{
	struct wrap_settings alone = *settings;
	if (alone.look.view == VIEW_MIXED)
		alone.look.view = VIEW_HEX;
	struct layout l = find_byte(e, &alone, offset);
	*begin = l.found_row == SIZE_MAX ? offset : l.found_begin;
	*end = l.found_row == SIZE_MAX ? offset : l.found_end;
}
