/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The status line: parts in the order of the screen, each with a rank; the
 * least important go first when there is no room. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/again.h>
#include <sockchat/audience.h>
#include <sockchat/bytes.h>
#include <sockchat/fault.h>
#include <sockchat/glyph.h>
#include <sockchat/hold.h>
#include <sockchat/number.h>
#include <sockchat/progress.h>
#include <sockchat/recorder.h>
#include <sockchat/rules.h>
#include <sockchat/session_state.h>

#include "screen.h"
#include "sides.h"
#include "status.h"

#define PARTS_MAX 24
#define FILE_COLUMNS 40 /* what a file on its way may take */
#define PART_MAX  200
#define ROOM_MIN  6 /* less than that is of no use beside the tail */

struct part {
	int rank; /* 0 stays longest */
	enum style style;
	enum key key; /* what a click on it does */
	char text[PART_MAX];
	char brief[SIDES_MAX]; /* says it with rank 1 when there is no room */
};

struct parts {
	struct part list[PARTS_MAX];
	size_t count;
};

static struct part *add_part(struct parts *p, int rank, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static struct part *add_part(struct parts *p, int rank, const char *format, ...)
{
	struct part *part = &p->list[p->count];
	va_list args;
	p->count += p->count < PARTS_MAX - 1;
	va_start(args, format);
	vsnprintf(part->text, PART_MAX, format, args);
	va_end(args);
	part->rank = rank;
	part->style = STYLE_STATUS;
	part->key = KEY_NONE;
	part->brief[0] = '\0';
	return part;
}

static void add_warning(struct parts *p, int rank, const char *text)
{
	if (*text)
		add_part(p, rank, "%s", text)->style = STYLE_WARNING;
}

/* That servers prove nothing is the last to go, whoever is connected: nobody
 * has to remember it. */
static void add_mark(struct parts *p, const struct options *o,
                     const struct tls_facts *tls)
{
	bool is_insecure = o->tls.insecure && !*o->tls.pin &&
	                   o->mode == ENDPOINT_CONNECT;
	if (is_insecure || (tls && tls->trust == TLS_TRUST_ANYONE))
		add_warning(p, 0, "TLS NOT VERIFIED");
}

/* Where peers come to; the first thing while there is none. */
static void add_listening(struct parts *p, const struct chat *c, int rank)
{
	if (!*c->listening)
		return;
	struct part *part = add_part(p, rank, "listening on %s", c->listening);
	char port[SIDES_MAX];
	sides_shorten(port, c->listening);
	if (strcmp(port, c->listening) != 0)
		snprintf(part->brief, SIDES_MAX, "listening on %.100s", port);
}

/* Whom that is open to, and whether they are taken. */
static void add_door(struct parts *p, const struct chat *c)
{
	if (c->is_exposed)
		add_warning(p, 2, c->reach);
	if (*c->listening && !c->accepts)
		add_warning(p, 2, "not accepting");
}

static void add_queue(struct parts *p, const struct status *s,
                      const struct session *to)
{
	char size[16];
	bool is_slow = s->pace->is_stuck && session_is_open(to) &&
	               !faults_are_slow(s->chat->session_settings.faults);
	if (is_slow && queue_has_file(to->queue))
		add_warning(p, 2, "peer not reading");
	if (!session_queued(to) || queue_has_file(to->queue))
		return; /* the file's part tells more */
	add_part(p, 2, "%s%s queued", is_slow ? "peer not reading, " : "",
	    number_format_size(size, session_queued(to)))->style =
	    STYLE_WARNING;
}

static void add_file(struct parts *p, const struct status *s,
                     const struct session *to)
{
	struct progress_facts facts;
	const char *name = queue_file(to->queue, &facts);
	char text[PART_MAX];
	if (!name)
		return;
	progress_format(text, sizeof(text), FILE_COLUMNS, name, &facts,
	                s->glyph_flags);
	add_part(p, 2, "%s", text);
}

/* Who is at the other end; shortened before what is less is left out. */
static void add_sides(struct parts *p, const struct status *s,
                      const struct session *with)
{
	char text[SIDES_MAX];
	sides_format(text, with, false, s->glyph_flags);
	struct part *part = add_part(p, 1, "%s", text);
	part->key = KEY_F6;
	sides_format(part->brief, with, true, s->glyph_flags);
	if (strcmp(part->brief, text) == 0)
		part->brief[0] = '\0';
	else
		part->rank = 7;
}

static void add_session(struct parts *p, const struct status *s,
                        const struct session *with)
{
	const struct tls_facts *tls = session_tls(with);
	add_sides(p, s, with);
	add_part(p, 0, "%s", session_state_text(with))->key = KEY_F5;
	if (tls)
		add_part(p, 4, "%s", tls->version)->key = KEY_F5;
}

/* How many messages wait in the middle, or which ones would. */
static void add_held(struct parts *p, const struct status *s)
{
	const struct hold *h = s->chat->session_settings.hold;
	size_t in = h->count[0], out = h->count[1];
	const char *bars = s->glyph_flags & GLYPH_ASCII ? "held" : "‖";
	struct part *part;
	if (!in && !out) {
		if (s->chat->options->hold)
			add_part(p, 3, "hold %s", choice_name(hold_choices,
			                             s->chat->options->hold));
		return;
	}
	part = in && out ? add_part(p, 0, "%s %zu: %zu out, %zu in", bars,
	                            in + out, out, in)
	                 : add_part(p, 0, "%s %zu %s", bars, in + out,
	                            in ? "in" : "out");
	part->style = STYLE_WARNING;
	part->key = KEY_F7;
}

/* Trouble on purpose: its words, or that there is some. */
static void add_faults(struct parts *p, const struct chat *c)
{
	char spec[FAULT_TEXT_MAX];
	fault_format(spec, &c->session_settings.faults->spec);
	if (strcmp(spec, "off") == 0)
		return;
	struct part *part = add_part(p, 3, "fault %s", spec);
	part->style = STYLE_WARNING;
	snprintf(part->brief, sizeof(part->brief), "faults");
}

/* What to press when it does not simply go on. */
static void add_advice(struct parts *p, const struct chat *c)
{
	char advice[ADVICE_MAX];
	bool is_busy = c->repeat || c->lead;
	chat_advise(c, advice);
	if (*advice)
		add_part(p, chat_shown(c) && !is_busy ? 5 : 1, "%s", advice);
}

static void add_counts(struct parts *p, const struct status *s)
{
	const struct pace *pace = s->pace;
	char in[16], out[16];
	add_part(p, 4, "%s in, %s out", number_format_size(in, pace->last.in),
	         number_format_size(out, pace->last.out));
	number_format_size(in, pace->in_rate);
	number_format_size(out, pace->out_rate);
	if (pace->in_rate && pace->out_rate)
		add_part(p, 7, "%s/s in, %s/s out", in, out);
	else if (pace->in_rate)
		add_part(p, 7, "%s/s in", in);
	else if (pace->out_rate)
		add_part(p, 7, "%s/s out", out);
}

/* How much is in the files; or that something is not. */
static void add_recordings(struct parts *p, const struct chat *c)
{
	struct recorder_sums sums;
	char size[16];
	if (!recorders_sum(c->recorders, &sums))
		return;
	number_format_size(size, sums.fails ? sums.missing : sums.written);
	if (sums.fails)
		add_part(p, 1, "rec FAILS, %s missing", size)->style =
		    STYLE_WARNING;
	else
		add_part(p, 3, "rec %s", size);
}

static void add_filter(struct parts *p, const struct status *s)
{
	const struct filter *f = &s->chat->filter;
	char told[FILTER_TOLD_MAX];
	if (!filter_is_on(f))
		return;
	filter_tell(f, told);
	struct part *part = add_part(p, 2, "%s, %llu hidden", told,
	                             (unsigned long long)s->hidden);
	part->style = STYLE_WARNING;
	part->key = f->focus ? KEY_F9 : KEY_NONE;
}

static void add_rules(struct parts *p, const struct chat *c)
{
	char told[RULES_TOLD_MAX];
	rules_tell(c, told);
	if (*told)
		add_part(p, 3, "%s", told);
}

/* How messages are cut: unless it is said, only that it is no text. */
static void add_frames(struct parts *p, const struct chat *c,
                       const struct session *with)
{
	const struct frame *frames = c->options->frames;
	char in[FRAME_SPEC_MAX], out[FRAME_SPEC_MAX];
	frame_format(&frames[0], in);
	frame_format(&frames[1], out);
	if (strcmp(in, out) != 0)
		add_part(p, 4, "frame in %s, out %s", in, out);
	else if (frame_is_chosen(&frames[0]))
		add_part(p, 4, "frame %s", in);
	else if (with && with->talk && with->talk->in.state.is_binary)
		add_part(p, 4, "binary");
	if (!chat_has_frame(c))
		add_part(p, 5, "eol %s", choice_name(eol_choices,
		             c->options->eol))->key = KEY_NEXT_EOL;
}

/* Peers whose programs have gone stay until they are closed. */
static void add_peers(struct parts *p, const struct chat *c, size_t count)
{
	char more[64] = "";
	size_t here = 0, paused = 0;
	for (size_t i = 0; i < count; i++) {
		here += !chat_session(c, i)->is_gone;
		paused += chat_session(c, i)->is_paused;
	}
	if (paused)
		text_add(more, sizeof(more), ", %zu paused", paused);
	if (here < count)
		text_add(more, sizeof(more), ", %zu gone", count - here);
	struct part *part = add_part(p, 1, "%zu peer%s%s", here, plural(here),
	                             more);
	part->key = KEY_F6;
	part->style = paused ? STYLE_WARNING : STYLE_STATUS;
}

static void add_nobody(struct parts *p, const struct chat *c)
{
	add_listening(p, c, 3);
	if (*c->forwarding)
		add_part(p, 3, "forwarding to %s", c->forwarding);
	add_part(p, 0, *c->forwarding ? "no client" : "not connected");
}

/* How messages look, and how they are cut. */
static void add_look(struct parts *p, const struct chat *c,
                     const struct session *with)
{
	add_part(p, 6, "%s", choice_name(view_choices, c->options->view))->key =
	    KEY_F2;
	if (c->encoding)
		add_part(p, 4, "%s", choice_name(encoding_choices,
		                            c->options->encoding));
	add_frames(p, c, with);
}

/* What is on that is not always on. */
static void add_whatever_is_on(struct parts *p, const struct status *s,
                               const struct session *with)
{
	const struct chat *c = s->chat;
	add_held(p, s);
	add_filter(p, s);
	if (with && with->is_paused)
		add_warning(p, 1, "paused");
	add_faults(p, c);
	add_rules(p, c);
	add_recordings(p, c);
}

/* The most important is in front, and what comes and goes is behind: so nothing
 * changes its place that is looked for there. */
static void fill_parts(struct parts *p, const struct status *s)
{
	const struct chat *c = s->chat;
	const struct session *with = chat_shown(c);
	size_t count = chat_session_count(c);
	add_mark(p, c->options, with ? session_tls(with) : NULL);
	add_warning(p, 0, s->notice);
	if (with)
		add_session(p, s, with);
	else if (count)
		add_peers(p, c, count);
	else
		add_nobody(p, c);
	add_door(p, c);
	add_advice(p, c);
	add_look(p, c, with);
	if (count)
		add_counts(p, s);
	if (with)
		add_queue(p, s, with);
	if (with)
		add_file(p, s, with);
	add_whatever_is_on(p, s, with);
	if (*s->mode)
		add_part(p, 2, "%s", s->mode);
	if (*s->draft)
		add_part(p, 3, "%s", s->draft);
	if (count)
		add_listening(p, c, 8);
}

static void make_safe(struct parts *p, unsigned glyph_flags)
{
	char text[PART_MAX], brief[SIDES_MAX];
	for (size_t i = 0; i < p->count; i++) {
		memcpy(text, p->list[i].text, PART_MAX);
		glyph_copy(p->list[i].text, PART_MAX, text, glyph_flags);
		memcpy(brief, p->list[i].brief, SIDES_MAX);
		glyph_copy(p->list[i].brief, SIDES_MAX, brief, glyph_flags);
	}
}

static int width_of_parts(const struct parts *p)
{
	int width = 0;
	for (size_t i = 0; i < p->count; i++)
		width += screen_width(p->list[i].text) + 3;
	return width;
}

static void drop_least(struct parts *p)
{
	size_t least = 0;
	for (size_t i = 1; i < p->count; i++)
		if (p->list[i].rank >= p->list[least].rank)
			least = i;
	struct part *part = &p->list[least];
	if (*part->brief) {
		memcpy(part->text, part->brief, SIDES_MAX);
		part->brief[0] = '\0';
		part->rank = part->rank < 8 ? 1 : 9;
		return;
	}
	p->count--;
	memmove(p->list + least, p->list + least + 1,
	        (p->count - least) * sizeof(*p->list));
}

/* What stands at the right end, where nothing has to move for it: what has just
 * changed, or else where one is in what was said before. */
struct tail {
	char text[PART_MAX];
	enum style style;
	enum key key;
};

static const char *place_of(int percent)
{
	return percent < 1    ? "at the beginning"
	       : percent < 25 ? "near the beginning"
	       : percent < 75 ? "in the middle"
	                      : "near the end";
}

static void make_tail(struct tail *t, const struct status *s)
{
	*t = (struct tail){ .style = STYLE_MOMENT, .key = KEY_BOTTOM };
	if (*s->moment) {
		glyph_copy(t->text, PART_MAX, s->moment, s->glyph_flags);
		t->key = KEY_NONE;
	} else if (s->below) {
		snprintf(t->text, PART_MAX, "%llu new below",
		         (unsigned long long)s->below);
		t->style = STYLE_WARNING;
	} else if (s->percent < 100) {
		snprintf(t->text, PART_MAX, "%s", place_of(s->percent));
	}
}

static void draw_tail(const struct tail *t, int row, int column,
                      struct spots *spots)
{
	int from = screen_put(row, column, " ", 1, t->style);
	int end = screen_put(row, from, t->text, strlen(t->text), t->style);
	screen_put(row, end, " ", 1, t->style);
	if (t->key != KEY_NONE)
		spots_add(spots, row, from, end, t->key);
}

static void draw_parts(const struct parts *p, int row, struct spots *spots)
{
	int column = 0;
	for (size_t i = 0; i < p->count; i++) {
		column = screen_put(row, column, i ? "| " : " ", i ? 2 : 1,
		                    STYLE_STATUS);
		int from = column;
		column = screen_put(row, column, p->list[i].text,
		                    strlen(p->list[i].text), p->list[i].style);
		spots_add(spots, row, from, column, p->list[i].key);
		column = screen_put(row, column, " ", 1, STYLE_STATUS);
	}
}

static void fit_parts(struct parts *p, int columns)
{
	while (p->count > 1 && width_of_parts(p) > columns + 1)
		drop_least(p);
}

/* For a moment, what is at the end makes room and all else keeps its place; but
 * not for long, and a warning not at all. */
static void step_aside(struct parts *p, int room, int wide)
{
	struct parts rest = *p;
	fit_parts(&rest, room);
	while (rest.count > 1 && width_of_parts(&rest) > room - wide + 1) {
		const struct part *last = &rest.list[--rest.count];
		if (last->style == STYLE_WARNING || !last->rank)
			return;
	}
	*p = rest;
}

/* A notice, or that TLS is not verified, is not cut for what is behind it. */
void status_draw(const struct status *s, int row, struct spots *spots)
{
	struct parts p = { .count = 0 };
	struct tail tail;
	make_tail(&tail, s);
	int room = screen_columns();
	int wide = *tail.text ? screen_width(tail.text) + 2 : 0;
	fill_parts(&p, s);
	make_safe(&p, s->glyph_flags);
	bool warns = p.list[0].style == STYLE_WARNING;
	screen_fill(row, STYLE_STATUS);
	if (warns && screen_width(p.list[0].text) + 2 > room - wide)
		wide = 0;
	if (wide && *s->moment)
		step_aside(&p, room, wide);
	if (!wide || room - wide >= ROOM_MIN) {
		fit_parts(&p, room - wide);
		draw_parts(&p, row, spots);
	}
	if (wide)
		draw_tail(&tail, row, wide < room - ROOM_MIN ? room - wide : 0,
		          spots);
}
