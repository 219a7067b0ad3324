/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Pure layout: entries as rows of glyphs. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/hexdump.h>
#include <sockchat/unpack.h>
#include <sockchat/utf8.h>
#include <sockchat/wrap.h>

#define RUN_MAX  256
#define FOLD_MIN 8 /* NULs that are shown as their number */
#define HINT_MAX 512
#define JSON_INDENT_MAX 64 /* columns; the deepest are not told apart */
#define JSON_MAX ((size_t)4 << 20) /* more would take a fifth of a second */

/* Where the layout is, and the run of glyphs of one style that it gathers. */
struct layout {
	const struct wrap_settings *settings;
	wrap_fn *fn;
	void *user;
	size_t row, column;
	char run[RUN_MAX];
	size_t run_len, run_column;
	enum wrap_style style;
	enum wrap_style plain; /* of text that is not escaped */
	enum wrap_hit hit;
	const uint8_t *content; /* that hits are in, NULL outside of it */
	size_t next_hit; /* the first hit that ends at or after this place */
	const struct entry *entry;
	const struct entry_part *part; /* of the next run, or NULL */
	const struct entry_part *next_part, *parts_end; /* after this place */
	/* The row that is asked for: of the byte `seek`. */
	size_t seek, found_row;
	/* The content before `seen` has been put; the row `seen_row`, which it
	 * ends in, begins at `row_begin`.  Then the row that is asked for. */
	size_t seen, seen_row, row_begin;
	size_t found_begin, found_end; /* SIZE_MAX: not found yet */
	struct wrap_map *learns; /* it is filled meanwhile, or NULL */
	const struct encoding *encoding; /* of what is put now */
	bool is_around; /* what is put now is no payload: it is dim */
	bool knows_rows; /* from a map: those below the wanted are left out */
	/* JSON: the token that is laid, the places in front of it and behind
	 * it, and what the message is. */
	size_t token;
	struct json_place before, place;
	enum json_verdict json;
	struct json_fault fault;
};

static bool is_wanted(const struct layout *l)
{
	const struct wrap_settings *s = l->settings;
	return l->fn && l->row >= s->first_row &&
	       l->row - s->first_row < s->row_count;
}

static void flush_run(struct layout *l)
{
	if (l->run_len && is_wanted(l))
		l->fn(l->user, &(struct wrap_run){
			.row = l->row,
			.column = l->run_column,
			.text = l->run,
			.len = l->run_len,
			.width = l->column - l->run_column,
			.style = l->style,
			.hit = l->hit,
			.part = l->part,
		});
	if (l->run_len)
		l->part = NULL;
	l->run_len = 0;
	l->run_column = l->column;
}

static void next_row(struct layout *l)
{
	flush_run(l);
	l->row++;
	l->column = l->run_column = 0;
}

static void lay_run(struct layout *l, const char *text, size_t len,
                    size_t width, enum wrap_style style)
{
	size_t columns = l->settings->columns;
	if (l->column && width > columns - l->column)
		next_row(l);
	if (l->is_around)
		style = WRAP_ENDING;
	if (style != l->style || l->run_len + len > RUN_MAX)
		flush_run(l);
	l->style = style;
	memcpy(l->run + l->run_len, text, len);
	l->run_len += len;
	l->column += width;
}

static void set_hit(struct layout *l, enum wrap_hit hit)
{
	if (hit != l->hit)
		flush_run(l);
	l->hit = hit;
}

/* How the byte at `offset` of the content is marked.  Offsets must rise. */
static enum wrap_hit hit_of(struct layout *l, size_t offset)
{
	const struct hit_list *list = &l->settings->hits;
	while (l->next_hit < list->count &&
	       list->hits[l->next_hit].end <= offset)
		l->next_hit++;
	if (l->next_hit == list->count ||
	    list->hits[l->next_hit].start > offset)
		return WRAP_NO_HIT;
	return list->hits[l->next_hit].start == l->settings->now
	           ? WRAP_HIT_NOW : WRAP_HIT;
}

/* The next glyphs stand for the byte `at`. */
static void mark_byte(struct layout *l, const uint8_t *at)
{
	set_hit(l, l->content ? hit_of(l, (size_t)(at - l->content))
	                      : WRAP_NO_HIT);
}

/* The glyphs so far stand for the bytes before `end`. */
static void find_row(struct layout *l, const uint8_t *end)
{
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

/* Go to the first such part that begins at `offset` or later. */
static void seek_part(struct layout *l, size_t offset)
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

/* The content's byte at `offset` is next: the parts that have begun get a
 * row. */
static void begin_part_row(struct layout *l, size_t offset)
{
	if (l->next_part == l->parts_end || l->next_part->at > offset)
		return;
	if (l->column)
		next_row(l);
	while (l->next_part < l->parts_end && l->next_part->at <= offset) {
		l->part = l->next_part++;
		find_part(l);
	}
}

/* How many of the `len` bytes from `offset` on stand before the next part. */
static size_t part_len(const struct layout *l, size_t offset, size_t len)
{
	bool is_last = l->next_part == l->parts_end;
	return is_last || l->next_part->at - offset > len
	           ? len : l->next_part->at - offset;
}

static size_t len_within_part(const struct layout *l, const uint8_t *at,
                              size_t len)
{
	return l->content ? part_len(l, (size_t)(at - l->content), len) : len;
}

/* How many bytes from `at` on are marked alike, and of one part. */
static size_t marked_len(const struct layout *l, const uint8_t *at, size_t len)
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

/* ASCII that stays together where there is room for it. */
static void lay_word(struct layout *l, const char *text, size_t len,
                     enum wrap_style style)
{
	if (len <= l->settings->columns) {
		lay_run(l, text, len, len, style);
		return;
	}
	for (size_t i = 0; i < len; i++)
		lay_run(l, text + i, 1, 1, style);
}

static void lay_glyph(struct layout *l, const struct glyph *g)
{
	if (g->is_escaped)
		lay_word(l, g->text, g->text_len, WRAP_ESCAPED);
	else if (g->width > l->settings->columns)
		lay_run(l, "?", 1, 1, WRAP_ESCAPED);
	else
		lay_run(l, g->text, g->text_len, g->width, l->plain);
}

static void lay_ending(struct layout *l, size_t len)
{
	if (len && l->settings->look.endings)
		lay_word(l, len == 2 ? "\\r\\n" : "\\n", 2 * len, WRAP_ENDING);
}

/* How many bytes at the beginning are a line's ending. */
static size_t ending_len(const uint8_t *bytes, size_t len)
{
	if (bytes[0] == '\n')
		return 1;
	return len > 1 && bytes[0] == '\r' && bytes[1] == '\n' ? 2 : 0;
}

/* How many bytes from here on are plain ASCII that fits into the row. */
static size_t plain_run(const struct layout *l, const uint8_t *bytes,
                        size_t len)
{
	size_t most = l->settings->columns - l->column;
	if (l->column > l->settings->columns || *bytes >= 0x80)
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
	enum wrap_hit hit = hit_of(l, offset);
	for (size_t i = l->next_hit; i < list->count && hit != WRAP_HIT_NOW &&
	                             list->hits[i].start < offset + len; i++)
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
		set_hit(l, hit_within(l, (size_t)(bytes - l->content), len));
	if (!is_ascii && n - 1 <= l->settings->columns) {
		lay_run(l, text, n, n - 1, WRAP_ESCAPED);
		return;
	}
	n = (size_t)snprintf(text, sizeof(text), "\\0 x%zu", len);
	lay_word(l, text, n, WRAP_ESCAPED);
}

static size_t lay_next(struct layout *l, const uint8_t *bytes, size_t len,
                       unsigned flags)
{
	struct glyph g;
	size_t n = ending_len(bytes, len);
	if (n) {
		lay_ending(l, n);
		return n;
	}
	n = nul_run(bytes, len_within_part(l, bytes, len));
	if (n >= FOLD_MIN) {
		lay_fold(l, bytes, n);
		return n;
	}
	n = plain_run(l, bytes, marked_len(l, bytes, len));
	if (n > 1) {
		n--;
		lay_run(l, (const char *)bytes, n, n, l->plain);
		return n;
	}
	n = l->encoding ? encoding_next(l->encoding, &g, bytes, len, flags)
	                : glyph_next(&g, bytes, len, flags);
	if (n)
		lay_glyph(l, &g);
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

/* A row begins with the byte `at`.  Without memory the map ends here, and later
 * rows are found by walking on from its end. */
static void learn_begin(struct layout *l, const uint8_t *at)
{
	struct wrap_map *m = l->learns;
	struct wrap_begin begin = {
		(size_t)(at - l->content), l->token, l->before,
	};
	if (m && l->row == (m->count + 1) * WRAP_MAP_ROWS && map_add(m, begin))
		l->learns = NULL;
}

static bool is_done(const struct layout *l)
{
	const struct wrap_settings *s = l->settings;
	if (l->seek != SIZE_MAX)
		return l->found_row < l->row;
	return l->knows_rows && l->row >= s->first_row &&
	       l->row - s->first_row >= s->row_count;
}

static void lay_text(struct layout *l, const uint8_t *bytes, size_t len,
                     unsigned flags)
{
	for (size_t n; len && !is_done(l); bytes += n, len -= n) {
		bool ends_row = ending_len(bytes, len) &&
		                l->settings->columns != SIZE_MAX;
		size_t row = l->row;
		if (l->content)
			begin_part_row(l, (size_t)(bytes - l->content));
		mark_byte(l, bytes);
		n = lay_next(l, bytes, len, flags);
		if (!n)
			return;
		find_row(l, bytes + n);
		if (l->row > row)
			learn_begin(l, bytes);
		if (ends_row) {
			next_row(l);
			learn_begin(l, bytes + n);
		}
	}
}

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

/* JSON */

static bool is_whole(const struct entry *e)
{
	return (e->flags & (ENTRY_COMPLETE | ENTRY_CUT)) == ENTRY_COMPLETE;
}

/* Find out whether the payload is JSON, from its byte `begin` on, if the map
 * does not know. */
static void judge_json(struct layout *l, const struct entry *e, size_t begin,
                       size_t end)
{
	const struct wrap_map *m = l->settings->map;
	if (!l->settings->look.indents_json || e->prefix_at)
		return;
	if (l->knows_rows) {
		l->json = m->json;
		l->fault = m->fault;
		return;
	}
	bool is_long = end - begin > JSON_MAX;
	l->json = json_judge(e->bytes + begin, is_long ? JSON_MAX : end - begin,
	                     &l->fault);
	if (l->json != JSON_OTHER && is_long)
		l->json = JSON_LONG;
	else if (l->json == JSON_UNFINISHED && is_whole(e))
		l->json = JSON_BROKEN;
	l->fault.at += begin;
}

/* What stands in front of a token: at the end of a row there is no space. */
static void lay_before(struct layout *l, const struct json_token *t)
{
	static const char spaces[JSON_INDENT_MAX + 1] =
	    "                                                                ";
	const uint8_t *at = l->content + l->token;
	size_t row = l->row, columns = l->settings->columns, n = 2 * t->depth;
	begin_part_row(l, l->token);
	if (t->begins_row && l->column)
		next_row(l);
	if (l->row > row)
		learn_begin(l, at);
	n = n > JSON_INDENT_MAX ? JSON_INDENT_MAX : n;
	n = n > columns / 2 ? columns / 2 : n;
	set_hit(l, WRAP_NO_HIT);
	if (t->begins_row)
		lay_run(l, spaces, n, n, l->plain);
	else if (t->has_space && l->column && l->column + 1 < columns)
		lay_run(l, spaces, 1, 1, l->plain);
}

/* Lay a token that is plain ASCII and fits into the row, as most do: nothing
 * that may be on its last character follows.  False if it is none. */
static bool lay_plain_token(struct layout *l, const uint8_t *at, size_t len)
{
	mark_byte(l, at);
	if (marked_len(l, at, len) < len || plain_run(l, at, len) < len)
		return false;
	lay_run(l, (const char *)at, len, len, l->plain);
	find_row(l, at + len);
	return true;
}

/* Lay the tokens below each other, of the payload that begins with the byte
 * `begin`.  The byte `at` may lie within the first of them. */
static size_t lay_json(struct layout *l, size_t begin, size_t at, size_t end)
{
	struct json_token t;
	for (size_t token = l->token > begin ? l->token : begin;
	     token < end && !is_done(l); token += t.len) {
		l->token = token;
		l->before = l->place;
		json_cut(&l->place, &t, l->content + token, end - token);
		size_t from = at > token ? at : token;
		if (t.is_hidden || token + t.len <= from)
			continue;
		if (at <= token)
			lay_before(l, &t);
		if (at <= token && lay_plain_token(l, l->content + token,
		                                   t.len))
			continue;
		lay_text(l, l->content + from, token + t.len - from,
		         l->settings->look.glyph_flags);
	}
	return end > at ? end : at;
}

/* Lay the bytes before `end` that are not laid yet. */
static size_t lay_until(struct layout *l, const struct entry *e, size_t at,
                        size_t end, bool is_around)
{
	if (at >= end)
		return at;
	flush_run(l);
	l->is_around = is_around;
	lay_text(l, e->bytes + at, end - at, l->settings->look.glyph_flags);
	flush_run(l);
	l->is_around = false;
	return end;
}

/* How many bytes of a message that is under way are still to come. */
static void lay_awaited(struct layout *l, const struct entry *e)
{
	char text[64];
	uint64_t behind = e->len - e->prefix_at - e->prefix;
	if (!entry_is_awaited(e) || e->total <= behind)
		return;
	snprintf(text, sizeof(text), " waiting for %" PRIu64 " of %" PRIu64
	         " bytes", e->total - behind, e->total);
	for (const char *c = text; *c; c++)
		lay_run(l, c, 1, 1, WRAP_ENDING);
}

static void lay_message(struct layout *l, const struct entry *e)
{
	size_t ending = entry_ending(e);
	size_t suffix = e->suffix > ending ? e->suffix - ending : 0;
	unsigned flags = l->settings->look.glyph_flags;
	size_t at = skip_rows(l);
	l->encoding = l->settings->look.encoding;
	seek_part(l, at);
	judge_json(l, e, e->prefix, e->len - ending - suffix);
	if (e->prefix) {
		at = lay_until(l, e, at, e->prefix_at, false);
		at = lay_until(l, e, at, e->prefix_at + e->prefix, true);
	}
	if (l->json == JSON_GOOD)
		at = lay_json(l, e->prefix, at, e->len - ending - suffix);
	at = lay_until(l, e, at, e->len - ending - suffix, false);
	l->encoding = NULL;
	lay_until(l, e, at, e->len - ending, true);
	if (ending)
		mark_byte(l, e->bytes + e->len - ending);
	if (ending && l->settings->look.endings)
		begin_part_row(l, e->len - ending);
	lay_ending(l, ending);
	find_row(l, e->bytes + e->len);
	set_hit(l, WRAP_NO_HIT);
	if (e->flags & ENTRY_CUT && flags & GLYPH_ASCII)
		lay_word(l, "...", 3, WRAP_MORE);
	else if (e->flags & ENTRY_CUT)
		lay_run(l, "\u2026", 3, 1, WRAP_MORE);
}

/* A row of a dump, of the bytes from `offset` to `end`: each is seen twice. */
static void lay_hex_row(struct layout *l, const char *text, size_t len,
                        size_t offset, size_t end, size_t per_row)
{
	enum wrap_hit hits[HEXDUMP_PER_ROW_MAX];
	if (!l->settings->hits.count) {
		lay_word(l, text, len, WRAP_HEX);
		return;
	}
	for (size_t i = 0; i < end - offset; i++)
		hits[i] = hit_of(l, offset + i);
	for (size_t i = 0; i < len; i++) {
		size_t at = hexdump_byte_at(i, per_row);
		set_hit(l, at < end - offset ? hits[at] : WRAP_NO_HIT);
		lay_run(l, text + i, 1, 1, WRAP_HEX);
	}
	set_hit(l, WRAP_NO_HIT);
}

static void lay_hex(struct layout *l, const struct entry *e)
{
	size_t per_row = hexdump_bytes_per_row(l->settings->columns);
	char text[HEXDUMP_ROW_MAX];
	seek_part(l, 0);
	for (size_t at = 0, end; at < e->len && !is_done(l); at = end) {
		if (l->column)
			next_row(l);
		begin_part_row(l, at);
		end = at + part_len(l, at, e->len - at);
		if (end > at + per_row)
			end = at + per_row;
		if (per_row > 1 && !is_wanted(l)) {
			l->column = 1; /* whatever it is: it fits */
			l->part = NULL;
		} else {
			size_t len = hexdump_row(text, e->bytes, end, at,
			                         per_row);
			lay_hex_row(l, text, len, at, end, per_row);
		}
		find_row(l, e->bytes + end);
	}
}

/* Our own words are not cut where a row ends.  A space there is not shown. */
static void lay_sentence(struct layout *l, const uint8_t *bytes, size_t len)
{
	size_t columns = l->settings->columns;
	unsigned flags = l->settings->look.glyph_flags;
	while (len) {
		const uint8_t *space = memchr(bytes + 1, ' ', len - 1);
		size_t n = space ? (size_t)(space - bytes) : len;
		size_t width = glyph_width(bytes, n, flags);
		size_t skip = *bytes == ' ';
		if (l->column && width > columns - l->column &&
		    width - skip <= columns) {
			next_row(l);
			lay_text(l, bytes + skip, n - skip, flags);
		} else {
			lay_text(l, bytes, n, flags);
		}
		bytes += n;
		len -= n;
	}
}

static void lay_hint(struct layout *l, const char *hint)
{
	char text[HINT_MAX];
	snprintf(text, sizeof(text), "; %s", hint);
	lay_sentence(l, (const uint8_t *)text, strlen(text));
}

const char *wrap_unpack(const struct wrap_look *look, const struct entry *e)
{
	const char *format = look->unpack[e->dir == ENTRY_OUT];
	bool is_told = e->kind == ENTRY_MESSAGE && e->flags & ENTRY_COMPLETE;
	return is_told && format && *format ? format : NULL;
}

static void format_fault(char text[160], const struct layout *l,
                         const struct entry *e)
{
	size_t line = 1, column, at = e->prefix;
	const uint8_t *end;
	for (; (end = memchr(e->bytes + at, '\n', l->fault.at - at)); line++)
		at = (size_t)(end - e->bytes) + 1;
	column = l->fault.at - at + 1;
	snprintf(text, 160, "not JSON: line %zu, column %zu (byte "
	         "%zu) should be %s", line, column,
	         l->fault.at - e->prefix + 1, l->fault.expected);
}

/* Why a message is not indented stands in a row below it. */
static void lay_fault(struct layout *l, const struct entry *e)
{
	char text[160] = "not indented: it has more than 4 MiB";
	if (l->json < JSON_BROKEN || is_done(l))
		return;
	if (l->json == JSON_BROKEN)
		format_fault(text, l, e);
	next_row(l);
	l->plain = WRAP_FIELDS;
	lay_sentence(l, (const uint8_t *)text, strlen(text));
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
		next_row(l);
		l->plain = WRAP_FIELDS;
		lay_sentence(l, row.data, row.len);
	}
	bytes_finish(&row);
	bytes_finish(&room);
}

static void lay_entry(struct layout *l, const struct entry *e)
{
	const char *tail = l->settings->tail;
	enum view view = l->settings->look.view;
	bool is_message = e->kind == ENTRY_MESSAGE;
	l->entry = e;
	l->content = e->bytes;
	if (is_message && view != VIEW_HEX)
		lay_message(l, e);
	else if (!is_message)
		lay_sentence(l, e->bytes, e->len);
	l->next_hit = 0;
	if (is_message && view != VIEW_TEXT)
		lay_hex(l, e);
	l->content = NULL;
	l->next_part = l->parts_end;
	set_hit(l, WRAP_NO_HIT);
	if (*e->hint)
		lay_hint(l, e->hint);
	if (tail)
		lay_run(l, tail, strlen(tail), WRAP_TAIL, WRAP_ENDING);
	if (is_message)
		lay_awaited(l, e);
	lay_fault(l, e);
	lay_fields(l, l->settings->whole ? l->settings->whole : e);
	flush_run(l);
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
		.seq = e->seq, .len = e->len, .columns = s->columns,
		.view = s->look.view, .endings = s->look.endings,
		.has_tail = s->tail != NULL, .entry_flags = e->flags,
		.glyph_flags = s->look.glyph_flags,
		.encoding = encoding_id(s->look.encoding),
		.unpack = hash_text(wrap_unpack(&s->look, e)),
		.indents_json = s->look.indents_json,
		.part_count = e->part_count,
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
		.settings = s, .seek = SIZE_MAX, .learns = s->map,
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

size_t wrap_entry(const struct entry *e, const struct wrap_settings *settings,
                  wrap_fn *fn, void *user)
{
	struct layout l = {
		.settings = settings, .fn = fn, .user = user, .seek = SIZE_MAX,
	};
	l.knows_rows = is_mapped(e, settings);
	if (l.knows_rows)
		learn_rows(e, settings);
	if (fn || !l.knows_rows)
		lay_entry(&l, e);
	return l.knows_rows ? settings->map->rows : l.row + 1;
}

/* Lay out until the row that shows this byte is whole. */
static struct layout find_byte(const struct entry *e,
                               const struct wrap_settings *settings,
                               size_t offset)
{
	struct layout l = {
		.settings = settings, .seek = offset, .found_row = SIZE_MAX,
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
