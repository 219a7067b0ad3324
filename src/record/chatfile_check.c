/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whether the steps of a file can be, one after another: what one of them alone
 * does not tell. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/datagram.h>
#include <sockchat/expression.h>
#include <sockchat/number.h>

#include "chatfile_private.h"

#define NAMES_MAX 1000 /* of the groups of a peer */

struct name {
	char text[CHATFILE_NAME_MAX + 1];
};

/* What the steps of a peer have come to.  Lines are 0 for what has not been. */
struct peer {
	size_t reset, secured;   /* lines of `rst`, `starttls` */
	size_t ended[CHAT_IN + 1]; /* of `fin`, by its side */
	bool takes_any[CHAT_IN + 1]; /* the last step of a side was "..." */
	bool has_expression;
	size_t groups; /* of its last expression */
	struct name *names;
	size_t name_count, name_cap;
};

struct check {
	struct chatfile *file;
	enum chat_side plays;
	const struct chat_step *step;
	size_t line, column; /* what a complaint is about */
	size_t numbered; /* the first line with [N] */
	uint64_t bytes;  /* of all steps */
	struct peer *peers; /* in the order of their first steps */
	size_t count, cap, order_cap;
	struct bytes places; /* of each number its place there, and 1 */
	struct error *e;
};

/* Say what is wrong with the step. */
static int refuse(const struct check *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(const struct check *c, const char *format, ...)
{
	const struct chat_line line = { .number = c->line };
	struct error what;
	va_list args;
	va_start(args, format);
	error_vset(&what, format, args);
	va_end(args);
	return line_refuse(c->file->name, &line, c->column - 1, c->e, "%s",
	                   what.text);
}

static int refuse_memory(const struct check *c)
{
	return error_set_errno(c->e, ENOMEM, "cannot read %s", c->file->name);
}

/* Peers */

/* The place of a number among the peers, and 1; 0: it has none yet.  NULL
 * without memory. */
static uint32_t *place_of(struct check *c, uint32_t number)
{
	struct bytes *b = &c->places;
	size_t need = (number + 1) * sizeof(uint32_t);
	if (need > b->len && bytes_reserve(b, need - b->len))
		return NULL;
	if (need > b->len) {
		memset(b->data + b->len, 0, need - b->len);
		b->len = need;
	}
	return (uint32_t *)(void *)b->data + number;
}

static int add_peer(struct check *c, uint32_t number)
{
	struct chat_facts *facts = &c->file->facts;
	struct peer *peers = array_grow(c->peers, &c->cap, c->count,
	                                sizeof(*peers));
	c->peers = peers ? peers : c->peers;
	uint32_t *order = array_grow(c->file->peers, &c->order_cap, c->count,
	                             sizeof(*order));
	c->file->peers = order ? order : c->file->peers;
	if (!peers || !order)
		return refuse_memory(c);
	peers[c->count] = (struct peer){ .has_expression = false };
	order[c->count++] = number;
	facts->highest = number > facts->highest ? number : facts->highest;
	return 0;
}

/* Those above the first number are the first peer's.  NULL with a sentence. */
static struct peer *find_peer(struct check *c)
{
	uint32_t number = c->step->peer ? c->step->peer : 1;
	uint32_t *place = place_of(c, number);
	if (!place)
		return refuse_memory(c), NULL;
	if (!*place && add_peer(c, number))
		return NULL;
	if (!*place)
		*place = (uint32_t)c->count;
	return &c->peers[*place - 1];
}

static int check_number(struct check *c)
{
	if (c->step->peer && !c->numbered)
		c->numbered = c->step->line;
	if (!c->step->peer && c->numbered)
		return refuse(c, "line %zu has the number of a peer, so all "
		              "steps below it need one: [1] in front of this",
		              c->numbered);
	return 0;
}

/* Groups */

static bool has_name(const struct peer *p, const char *name)
{
	for (size_t i = 0; i < p->name_count; i++)
		if (strcmp(p->names[i].text, name) == 0)
			return true;
	return false;
}

static int add_name(struct check *c, struct peer *p, const char *name)
{
	size_t len = strlen(name);
	if (has_name(p, name))
		return 0;
	if (len > CHATFILE_NAME_MAX || p->name_count == NAMES_MAX)
		return refuse(c, "names of groups have at most %d characters, "
		              "and a peer has at most %d of them",
		              CHATFILE_NAME_MAX, NAMES_MAX);
	struct name *names = array_grow(p->names, &p->name_cap, p->name_count,
	                                sizeof(*names));
	if (!names)
		return refuse_memory(c);
	p->names = names;
	memcpy(names[p->name_count++].text, name, len + 1);
	return 0;
}

static int add_names(struct check *c, struct peer *p,
                     const struct expression *x)
{
	const char *name;
	size_t group;
	for (size_t i = 0; (name = expression_name(x, i, &group)); i++)
		if (add_name(c, p, name))
			return -1;
	return 0;
}

static int check_expression(struct check *c, struct peer *p)
{
	const struct bytes *b = &c->step->bytes;
	const struct chat_line line = { .number = c->step->item_line };
	struct error why;
	size_t at = 0;
	struct expression *x = expression_new((const char *)b->data, b->len,
	                                      &at, &why);
	if (!x) {
		line_refuse(c->file->name, &line, c->step->item_column + at,
		            c->e, "%s", why.text);
		error_set_word(c->e, why.code);
		return -1;
	}
	p->has_expression = true;
	p->groups = expression_groups(x);
	int failed = add_names(c, p, x);
	expression_free(x);
	return failed;
}

static int check_fill(struct check *c, const struct peer *p, const char *name)
{
	long number;
	if (!number_parse(name, 1, INT32_MAX, &number))
		return has_name(p, name)
		           ? 0
		           : refuse(c, "no expression above has a group named "
		                    "%s, as (?<%s>...): write \\${ for a plain "
		                    "${", name, name);
	if (!p->has_expression)
		return refuse(c, "there is no expression above, so ${%s} has "
		              "no group: write \\${ for a plain ${", name);
	if ((unsigned long)number > p->groups)
		return refuse(c, "the last expression has %zu group%s, and no "
		              "${%s}", p->groups, plural(p->groups), name);
	return 0;
}

static int check_fills(struct check *c, const struct peer *p)
{
	for (size_t i = 0; i < c->step->fill_count; i++) {
		const struct chat_fill *fill = &c->step->fills[i];
		c->line = fill->line;
		c->column = fill->column;
		if (check_fill(c, p, fill->name))
			return -1;
	}
	return 0;
}

/* The order of steps */

static int check_side(const struct check *c)
{
	bool is_open = c->step->kind == CHAT_MATCH || c->step->kind == CHAT_ANY;
	if (!is_open || c->plays == CHAT_NEITHER || c->step->side != c->plays)
		return 0;
	return refuse(c, "this side must send here, and %s does not say which "
	              "bytes: write them as \"TEXT\"",
	              c->step->kind == CHAT_ANY ? "..." : "an expression");
}

/* What is a step of streams alone; NULL: it is none. */
static const char *need_stream(enum chat_step_kind kind)
{
	static const char *const needs[] = {
		[CHAT_FIN] = "UDP has no end that could be sent or awaited, so "
		             "fin cannot be a step",
		[CHAT_RST] = "UDP has no reset, so rst cannot be a step",
		[CHAT_STARTTLS] = "TLS is not spoken over UDP, so starttls "
		                  "cannot be a step",
		[CHAT_FRAME] = "over UDP each datagram is a message: a frame "
		               "cannot cut it",
		[CHAT_COMMENT] = NULL,
	};
	return needs[kind];
}

static int check_datagram(const struct check *c)
{
	const struct chat_step *s = c->step;
	const char *need = need_stream(s->kind);
	if (!chatfile_has_datagrams(c->file))
		return 0;
	if (need)
		return refuse(c, "%s: leave this line out", need);
	if (s->kind != CHAT_BYTES || s->bytes.len <= DATAGRAM_MAX_IPV6)
		return 0;
	return refuse(c, "this step has %zu bytes, and a datagram has at most "
	              "%zu (%zu over IPv4)", s->bytes.len, DATAGRAM_MAX_IPV6,
	              DATAGRAM_MAX_IPV4);
}

/* After an end only a reset may come. */
static int check_ends(const struct check *c, const struct peer *p)
{
	const struct chat_step *s = c->step;
	enum chat_side side = s->side;
	if (p->reset)
		return refuse(c, "the connection was reset in line %zu: "
		              "nothing may follow", p->reset);
	if (s->kind == CHAT_STARTTLS)
		side = p->ended[CHAT_OUT] ? CHAT_OUT : CHAT_IN;
	if (p->ended[side] && s->kind != CHAT_RST)
		return refuse(c, "%c ended in line %zu (fin): nothing more may "
		              "come from it", side == CHAT_OUT ? '>' : '<',
		              p->ended[side]);
	return 0;
}

static int check_starttls(struct check *c, struct peer *p)
{
	if (p->secured)
		return refuse(c, "TLS began in line %zu already", p->secured);
	if (p->takes_any[CHAT_OUT] || p->takes_any[CHAT_IN])
		return refuse(c, "after ... nobody knows where TLS begins: "
		              "write the text that comes before it");
	p->secured = c->step->line;
	return 0;
}

static int check_kind(struct check *c, struct peer *p)
{
	switch (c->step->kind) {
	case CHAT_MATCH:
		return check_expression(c, p);
	case CHAT_BYTES:
		return check_fills(c, p);
	case CHAT_STARTTLS:
		return check_starttls(c, p);
	case CHAT_FIN:
		p->ended[c->step->side] = c->step->line;
		return 0;
	case CHAT_RST:
		p->reset = c->step->line;
		return 0;
	case CHAT_ANY:
	case CHAT_WAIT:
	case CHAT_FRAME:
	case CHAT_COMMENT:
		break;
	}
	return 0;
}

static int check_size(struct check *c)
{
	c->bytes += c->step->bytes.len;
	if (c->bytes <= c->file->most)
		return 0;
	refuse(c, "up to here all steps together have more than %llu MiB",
	       (unsigned long long)c->file->most >> 20);
	error_set_hint(c->e, "a longer file can only be played from the start: "
	                     "sockchat ... --replay FILE");
	return -1;
}

static int check_step(struct check *c)
{
	const struct chat_step *s = c->step;
	if (s->kind == CHAT_COMMENT)
		return 0;
	c->line = s->item_line;
	c->column = s->item_column;
	if (check_size(c) || check_datagram(c))
		return -1;
	c->file->facts.steps++;
	if (!s->peer && (s->kind == CHAT_WAIT || s->kind == CHAT_FRAME))
		return 0;
	struct peer *p = check_number(c) ? NULL : find_peer(c);
	if (!p || check_side(c) || check_ends(c, p) || check_kind(c, p))
		return -1;
	p->takes_any[s->side] = s->kind == CHAT_ANY;
	return 0;
}

/* The whole */

static void finish(struct check *c)
{
	struct chat_facts *facts = &c->file->facts;
	for (size_t i = 0; i < c->count; i++)
		free(c->peers[i].names);
	free(c->peers);
	bytes_finish(&c->places);
	facts->peers = c->file->peers;
	facts->peer_count = c->numbered ? c->count : 0;
	facts->highest = c->numbered ? facts->highest : 0;
}

const struct chat_facts *chatfile_check(struct chatfile *f,
                                        enum chat_side plays, struct error *e)
{
	struct check c = { .file = f, .plays = plays, .e = e };
	struct chat_step step;
	int got;
	f->facts = (struct chat_facts){ 0 };
	free(f->peers);
	f->peers = NULL;
	c.step = &step;
	chatfile_rewind(f);
	while ((got = chatfile_next(f, &step, e)) > 0)
		if (check_step(&c)) {
			got = -1;
			break;
		}
	finish(&c);
	chatfile_rewind(f);
	return got ? NULL : &f->facts;
}
