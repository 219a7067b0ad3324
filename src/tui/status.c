/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The status line: parts in the order of the screen, each with a rank; the
 * least important go first when there is no room. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "screen.h"
#include "status.h"

#define PARTS_MAX 16
#define PART_MAX  200

struct part {
	int rank; /* 0 stays longest */
	enum style style;
	char text[PART_MAX];
};

struct parts {
	struct part list[PARTS_MAX];
	size_t count;
};

static void add(struct parts *p, int rank, enum style style,
                const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void add(struct parts *p, int rank, enum style style,
                const char *format, ...)
{
	if (p->count == PARTS_MAX)
		return;
	struct part *part = &p->list[p->count++];
	va_list args;
	va_start(args, format);
	vsnprintf(part->text, PART_MAX, format, args);
	va_end(args);
	part->rank = rank;
	part->style = style;
}

struct session *status_session(const struct chat *c)
{
	if (chat_target(c))
		return chat_find(c, chat_target(c));
	return chat_session_count(c) == 1 ? chat_session(c, 0) : NULL;
}

static void add_session(struct parts *p, const struct chat *c,
                        const struct session *s)
{
	char size[16];
	add(p, 1, STYLE_STATUS, "%s", session_peer(s));
	add(p, 0, STYLE_STATUS, "%s", session_state_text(s));
	if (*session_local(s))
		add(p, 7, STYLE_STATUS, "from %s", session_local(s));
	if (session_is_paused(s))
		add(p, 1, STYLE_WARNING, "paused");
	if (session_queued(s)) {
		number_format_size(size, session_queued(s));
		bool is_slow = session_is_open(s) &&
		               !c->session_settings.drip_bytes;
		add(p, 2, STYLE_WARNING, "%s%s queued",
		    is_slow ? "peer not reading, " : "", size);
	}
}

static void add_counts(struct parts *p, const struct chat *c)
{
	char in[16], out[16];
	uint64_t sum_in = 0, sum_out = 0;
	struct session *s = status_session(c);
	for (size_t i = 0; !s && i < chat_session_count(c); i++) {
		sum_in += session_bytes_in(chat_session(c, i));
		sum_out += session_bytes_out(chat_session(c, i));
	}
	number_format_size(in, s ? session_bytes_in(s) : sum_in);
	number_format_size(out, s ? session_bytes_out(s) : sum_out);
	add(p, 4, STYLE_STATUS, "in %s, out %s", in, out);
}

static void fill(struct parts *p, const struct chat *c, uint64_t below,
                 const char *mode, const char *notice, const char *draft)
{
	struct session *s = status_session(c);
	if (*notice)
		add(p, 0, STYLE_WARNING, "%s", notice);
	if (below)
		add(p, 0, STYLE_WARNING, "%llu new below",
		    (unsigned long long)below);
	if (*chat_listening(c))
		add(p, 3, STYLE_STATUS, "listening on %s", chat_listening(c));
	if (chat_is_exposed(c))
		add(p, 2, STYLE_WARNING, "open to other machines");
	if (s)
		add_session(p, c, s);
	else if (chat_session_count(c))
		add(p, 1, STYLE_STATUS, "%zu peers", chat_session_count(c));
	else
		add(p, 0, STYLE_STATUS, "not connected");
	if (chat_session_count(c))
		add_counts(p, c);
	if (*mode)
		add(p, 2, STYLE_STATUS, "%s", mode);
	add(p, 6, STYLE_STATUS, "%s",
	    choice_name(view_choices, c->options->view));
	add(p, 5, STYLE_STATUS, "eol %s",
	    choice_name(eol_choices, c->options->eol));
	if (*draft)
		add(p, 3, STYLE_STATUS, "%s", draft);
}

static size_t width_of(const struct parts *p)
{
	size_t width = 0;
	for (size_t i = 0; i < p->count; i++)
		width += strlen(p->list[i].text) + 3;
	return width;
}

static void drop_least(struct parts *p)
{
	size_t least = 0;
	for (size_t i = 1; i < p->count; i++)
		if (p->list[i].rank >= p->list[least].rank)
			least = i;
	p->count--;
	memmove(p->list + least, p->list + least + 1,
	        (p->count - least) * sizeof(*p->list));
}

void status_draw(const struct chat *c, int row, uint64_t below,
                 const char *mode, const char *notice, const char *draft,
                 unsigned glyph_flags)
{
	struct parts p = { .count = 0 };
	char safe[PART_MAX];
	int column = 0;
	fill(&p, c, below, mode, notice, draft);
	while (p.count > 1 && width_of(&p) > (size_t)screen_columns() + 1)
		drop_least(&p);
	screen_fill(row, STYLE_STATUS);
	for (size_t i = 0; i < p.count; i++) {
		glyph_copy(safe, sizeof(safe), p.list[i].text, glyph_flags);
		column = screen_put(row, column, i ? "| " : " ", i ? 2 : 1,
		                    STYLE_STATUS);
		column = screen_put(row, column, safe, strlen(safe),
		                    p.list[i].style);
		column = screen_put(row, column, " ", 1, STYLE_STATUS);
	}
}
