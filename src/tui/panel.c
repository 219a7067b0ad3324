/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connection panel: the sentence, the details, where in TCP's diagram the
 * connection is, and how much moved in the last minute. */

#include <stdio.h>
#include <string.h>

#include <sockchat/admission.h>
#include <sockchat/audience.h>
#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>
#include <sockchat/session_state.h>
#include <sockchat/tls_words.h>
#include <sockchat/watch.h>

#include "page.h"
#include "screen.h"
#include "sides.h"

#define PARTS_MAX  60
#define BLOCKS_MAX 8
#define BESIDE_MIN 80 /* columns; on fewer, sides stand below each other */
#define LINE_MAX   512
#define PEAK_WIDTH 24 /* " 999.9 KiB/s at most" */

/* A connection: of a pair there are two. */
struct side {
	struct facts facts;
	const struct health *health;
};

struct panel {
	const struct chat *chat;
	struct side target, client; /* a client has a number if it is there */
	const struct facts *facts; /* of the side that is put, as health is */
	const struct health *health;
	struct page page;
	int margin, column; /* labels; where what is told begins */
	/* Sides that stand beside each other have blocks of rows of the same
	 * height; the one that is put, and where it begins. */
	bool is_beside;
	int heights[BLOCKS_MAX], block, top;
	unsigned glyph_flags;
};

static bool is_ascii(const struct panel *p)
{
	return p->glyph_flags & GLYPH_ASCII;
}

static int room_of(const struct panel *p)
{
	return page_right(&p->page) - p->column;
}

/* A label, and what there is to say.  On a very narrow screen it stands on a
 * line of its own. */
static void put_row(struct panel *p, const char *label, const char *text)
{
	char safe[LINE_MAX];
	glyph_copy(safe, sizeof(safe), text, p->glyph_flags);
	page_put(&p->page, p->margin, label, strlen(label), STYLE_DIM);
	if (p->column < 12)
		p->page.line++;
	page_wrap(&p->page, p->column, safe, STYLE_PLAIN);
}

/* How much moved */

/* The largest divisor of a minute's seconds that fits. */
static size_t count_parts(int room)
{
	static const int counts[] = { 60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2 };
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (counts[i] <= room)
			return (size_t)counts[i];
	return 1;
}

/* The lowest bar stands for nothing; whatever moved has a higher one. */
static const char *bar_of(const struct panel *p, uint64_t part, uint64_t most)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄",
		                              "▅", "▆", "▇", "█" };
	static const char *const signs[] = { "_", ".", ":", "-",
		                             "=", "+", "*", "#" };
	size_t level = 0;
	if (part)
		level = 1 + (size_t)((double)part / (double)most * 6);
	return is_ascii(p) ? signs[level] : blocks[level];
}

static void put_minute(struct panel *p, enum health_counter counter)
{
	uint64_t parts[PARTS_MAX], most = 0;
	size_t count = count_parts(room_of(p) - PEAK_WIDTH);
	char size[16], text[48] = "  nothing in the last minute";
	int column = p->column;
	if (room_of(p) < PEAK_WIDTH + 10)
		count = count_parts(room_of(p));
	health_parts(p->health, p->facts, counter, parts, count);
	for (size_t i = 0; i < count; i++)
		most = parts[i] > most ? parts[i] : most;
	for (size_t i = 0; i < count; i++) {
		const char *bar = bar_of(p, parts[i], most);
		column = page_put(&p->page, column, bar, strlen(bar),
		                  counter == HEALTH_IN ? STYLE_IN : STYLE_OUT);
	}
	uint64_t rate = health_rate(p->health, p->facts, counter);
	uint64_t peak = most * count / 60; /* the newest part is short */
	number_format_size(size, peak > rate ? peak : rate);
	if (most)
		snprintf(text, sizeof(text), "  %s/s at most", size);
	if (column + (int)strlen(text) <= page_right(&p->page))
		page_put(&p->page, column, text, strlen(text), STYLE_DIM);
	p->page.line++;
}

/* Where it is */

#define WAY_STATES 5

/* From the beginning to the end, for who closes first, who closes after the
 * peer, and when both do so at once (RFC 9293, 3.3.2). */
enum way { WAY_FIRST, WAY_AFTER, WAY_AT_ONCE, WAY_COUNT };
static const enum tcp_state ways[WAY_COUNT][WAY_STATES] = {
	{ TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT_1,
	  TCP_STATE_FIN_WAIT_2, TCP_STATE_TIME_WAIT },
	{ TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT,
	  TCP_STATE_LAST_ACK, TCP_STATE_CLOSED },
	{ TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT_1,
	  TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT },
};

struct picture {
	struct panel *panel;
	enum tcp_state now;
	enum tcp_state states[WAY_STATES];
};

static size_t place_of(const enum tcp_state *states, enum tcp_state now)
{
	size_t i = 0;
	while (i < WAY_STATES && states[i] != now)
		i++;
	return i;
}

static enum way way_of(enum tcp_state now)
{
	enum way way = WAY_FIRST;
	while (way < WAY_AT_ONCE && place_of(ways[way], now) == WAY_STATES)
		way++;
	return way;
}

static void choose_way(struct picture *pic, enum way way)
{
	memcpy(pic->states, ways[way], sizeof(pic->states));
	if (pic->panel->facts->is_accepted)
		pic->states[0] = TCP_STATE_SYN_RECEIVED;
}

/* Columns that the states from `from` to before `to` take. */
static int width_of_states(const struct picture *pic, size_t from, size_t to)
{
	int width = 0;
	for (size_t i = from; i < to; i++)
		width += (int)strlen(tcpinfo_state_name(pic->states[i])) +
		         (pic->states[i] == pic->now ? 2 : 0) +
		         (i > from ? 3 : 0);
	return width;
}

static int put_in_picture(const struct picture *pic, int column,
                          const char *text, enum style style)
{
	return page_put(&pic->panel->page, column, text, strlen(text), style);
}

static void put_states(const struct picture *pic, int column, size_t from,
                       size_t to)
{
	const char *arrow = is_ascii(pic->panel) ? " > " : " → ";
	for (size_t i = from; i < to; i++) {
		bool is_now = pic->states[i] == pic->now;
		enum style style = is_now ? STYLE_PROMPT : STYLE_DIM;
		const char *name = tcpinfo_state_name(pic->states[i]);
		if (i > from)
			column = put_in_picture(pic, column, arrow, STYLE_DIM);
		column = put_in_picture(pic, column, is_now ? "[" : "", style);
		column = put_in_picture(pic, column, name, style);
		column = put_in_picture(pic, column, is_now ? "]" : "", style);
	}
	pic->panel->page.line++;
}

/* The present state, and of those around it as many as fit. */
static void put_some_states(struct picture *pic, int room)
{
	choose_way(pic, way_of(pic->now));
	size_t from = place_of(pic->states, pic->now), to = from + 1;
	while (to < WAY_STATES && width_of_states(pic, from, to + 1) <= room)
		to++;
	while (from > 0 && width_of_states(pic, from - 1, to) <= room)
		from--;
	put_states(pic, pic->panel->column, from, to);
}

/* Draw both ways, the second one below the place where it leaves the first. */
static void put_picture(struct panel *p)
{
	struct picture pic = { .panel = p, .now = health_state(p->facts) };
	if (pic.now == TCP_STATE_CLOSED || pic.now == TCP_STATE_LISTEN)
		return;
	choose_way(&pic,
	           pic.now == TCP_STATE_CLOSING ? WAY_AT_ONCE : WAY_FIRST);
	int fork = p->column + width_of_states(&pic, 0, 2) + 1;
	if (width_of_states(&pic, 0, WAY_STATES) > room_of(p)) {
		put_some_states(&pic, room_of(p));
		return;
	}
	put_states(&pic, p->column, 0, WAY_STATES);
	fork = put_in_picture(&pic, fork, is_ascii(p) ? "`> " : "↘ ",
	                      STYLE_DIM);
	choose_way(&pic, WAY_AFTER);
	put_states(&pic, fork, 2, WAY_STATES);
}

/* All of it */

/* A block of rows has ended. */
static void end_block(struct panel *p)
{
	int *height = &p->heights[p->block];
	if (!p->is_beside)
		return;
	if (p->page.line - p->top > *height)
		*height = p->page.line - p->top;
	p->page.line = p->top += *height;
	p->block += p->block < BLOCKS_MAX - 1;
}

static void put_gap(struct panel *p)
{
	p->page.line++;
	end_block(p);
}

static void take_row(void *user, enum health_row kind, const char *label,
                     const char *text)
{
	struct panel *p = user;
	if (kind == HEALTH_ROW_GAP)
		put_gap(p);
	else
		put_row(p, label, text);
	if (kind == HEALTH_ROW_STATE)
		put_picture(p);
	else if (kind == HEALTH_ROW_IN)
		put_minute(p, HEALTH_IN);
	else if (kind == HEALTH_ROW_OUT)
		put_minute(p, HEALTH_OUT);
}

static void take_admission(void *user, const char *label, const char *text)
{
	put_row(user, label, text);
}

static void put_listener(struct panel *p)
{
	char text[LINE_MAX], own[TLS_WORDS_MAX];
	const struct chat *c = p->chat;
	snprintf(text, sizeof(text), "%s, %s", c->listening, c->reach);
	if (!*c->listening)
		return;
	put_row(p, "listening", text);
	if (*c->forwarding)
		put_row(p, "forwards to", c->forwarding);
	tls_say_own(own, c->options->dial.tls, stamp_wall_s());
	if (*own)
		put_row(p, "we show", own);
	chat_admission(c, take_admission, p);
}

static void put_title(struct panel *p, const char *text, enum health_mood mood)
{
	page_wrap(&p->page, p->margin, text,
	          mood == HEALTH_TROUBLE ? STYLE_ERROR : STYLE_PROMPT);
	p->page.line++;
}

static void put_one(struct panel *p)
{
	struct health_verdict verdict;
	char title[LINE_MAX];
	health_verdict(&verdict, p->health, p->facts);
	if (chat_look(p->chat).shows_numbers)
		snprintf(title, sizeof(title), "peer %u: %s",
		         p->facts->number, verdict.text);
	else
		snprintf(title, sizeof(title), "%s", verdict.text);
	put_title(p, title, verdict.mood);
	put_listener(p);
	health_rows(p->health, p->facts, take_row, p);
}

/* Put what follows between these columns. */
static void use_columns(struct panel *p, int left, int right)
{
	int columns = right - left;
	bool is_narrow = columns < 60 || p->is_beside;
	p->page.right = right;
	p->margin = left + !is_narrow;
	p->column = left + (columns < 30 ? 2 : is_narrow ? 12 : 14);
}

static void put_side(struct panel *p, const char *name, const struct side *s)
{
	struct health_verdict verdict;
	char title[LINE_MAX], number[24] = "";
	p->facts = &s->facts;
	p->health = s->health;
	p->block = 0;
	p->top = p->page.line;
	health_verdict(&verdict, s->health, &s->facts);
	if (chat_look(p->chat).shows_numbers)
		snprintf(number, sizeof(number), "peer %u, ", s->facts.number);
	snprintf(title, sizeof(title), "%s%s: %s", number, name, verdict.text);
	put_title(p, title, verdict.mood);
	end_block(p);
	health_rows(s->health, &s->facts, take_row, p);
	end_block(p);
}

/* Both connections in the middle: the client's left, the target's right. */
static void put_pair(struct panel *p)
{
	int columns = screen_columns(), half = columns / 2;
	put_listener(p);
	p->page.line += *p->chat->listening != '\0';
	int top = p->page.line;
	p->is_beside = columns >= BESIDE_MIN;
	use_columns(p, 0, p->is_beside ? half - 1 : columns);
	put_side(p, "client", &p->client);
	p->page.line = p->is_beside ? top : p->page.line + 1;
	use_columns(p, p->is_beside ? half : 0, columns);
	put_side(p, "target", &p->target);
	p->is_beside = false;
}

/* There may be a thousand peers: only those that are seen are looked at. */
static void put_each(struct panel *p)
{
	char label[24], sides[SIDES_MAX], text[LINE_MAX];
	struct health_verdict verdict;
	const struct session *s;
	struct facts facts;
	for (size_t i = 0; (s = chat_session(p->chat, i)); i++) {
		if (!page_is_seen(&p->page)) {
			p->page.line++;
			continue;
		}
		session_facts(s, &facts);
		health_verdict(&verdict, chat_health(p->chat, facts.number),
		               &facts);
		int column = page_put(&p->page, p->margin, label,
		    (size_t)snprintf(label, sizeof(label), "peer %u",
		                     facts.number), STYLE_DIM) + 1;
		sides_format(sides, s, false, p->glyph_flags);
		glyph_copy(text, sizeof(text), sides, p->glyph_flags);
		text_add(text, sizeof(text), ", %s", verdict.text);
		page_put(&p->page,
		         column < p->column ? p->column : column, text,
		         strlen(text), STYLE_PLAIN);
		p->page.line++;
	}
}

static void put_several(struct panel *p)
{
	char title[64] = "nobody is connected";
	if (*p->chat->forwarding)
		snprintf(title, sizeof(title), "no client is connected");
	size_t count = chat_session_count(p->chat);
	if (p->chat->target)
		snprintf(title, sizeof(title), "peer %u has left (F6 chooses "
		         "another)", p->chat->target);
	else if (count)
		snprintf(title, sizeof(title), "%zu peer%s (F6 chooses one)",
		         count, plural(count));
	put_title(p, title, HEALTH_FINE);
	put_listener(p);
	put_each(p);
}

static int put_all(struct panel *p, int first, int rows)
{
	p->page = (struct page){ .first = first, .rows = rows };
	p->facts = &p->target.facts;
	p->health = p->target.health;
	use_columns(p, 0, screen_columns());
	if (p->client.facts.number)
		put_pair(p);
	else if (p->facts->number)
		put_one(p);
	else
		put_several(p);
	return p->page.line;
}

/* It does not fit: the last row says how to see the rest. */
static void put_place(struct panel *p, int row, int lines)
{
	char text[64];
	int below = lines - p->page.first - p->page.rows;
	use_columns(p, 0, screen_columns());
	p->page.line = p->page.first + row;
	p->page.rows = row + 1;
	if (below > 0)
		snprintf(text, sizeof(text), "%d more below (PgDn)", below);
	else
		snprintf(text, sizeof(text), "the end (PgUp)");
	page_put(&p->page, p->margin, text, strlen(text), STYLE_DIM);
}

bool panel_draw(const struct chat *c, int rows, int *first,
                unsigned glyph_flags)
{
	struct panel p = { .chat = c, .glyph_flags = glyph_flags };
	chat_facts(c, &p.target.facts);
	chat_client_facts(c, &p.client.facts);
	p.target.health = chat_health(c, p.target.facts.number);
	p.client.health = chat_client_health(c, p.client.facts.number);
	put_all(&p, 0, 0); /* the heights of both sides' blocks */
	int lines = put_all(&p, 0, 0);
	bool fits = lines <= rows;
	int seen = fits || rows < 2 ? rows : rows - 1;
	if (*first > lines - seen)
		*first = lines - seen;
	if (*first < 0)
		*first = 0;
	put_all(&p, *first, seen);
	if (seen < rows)
		put_place(&p, seen, lines);
	return fits;
}
