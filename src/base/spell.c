/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <sockchat/bytes.h>
#include <sockchat/spell.h>

#define WORD_MAX 31 /* longer words are near to nothing */
#define FAR      UINT8_MAX

/* cost[i][j]: what makes the first i letters of `a` the first j of `b`. */
struct grid {
	const char *a, *b;
	uint8_t cost[WORD_MAX + 1][WORD_MAX + 1];
};

static bool is_alike(const struct grid *g, size_t i, size_t j)
{
	return tolower((unsigned char)g->a[i - 1]) ==
	       tolower((unsigned char)g->b[j - 1]);
}

static void take_less(uint8_t *cost, int other)
{
	if (other < *cost)
		*cost = (uint8_t)other;
}

/* A letter too many, one too few, another one, or two that are swapped. */
static void fill_cell(struct grid *g, size_t i, size_t j)
{
	uint8_t *cost = &g->cost[i][j];
	*cost = (uint8_t)(g->cost[i - 1][j] + 1);
	take_less(cost, g->cost[i][j - 1] + 1);
	take_less(cost, g->cost[i - 1][j - 1] + !is_alike(g, i, j));
	if (i > 1 && j > 1 && is_alike(g, i, j - 1) && is_alike(g, i - 1, j))
		take_less(cost, g->cost[i - 2][j - 2] + 1);
}

/* How many slips of the finger lie between the two; FAR for long words. */
static unsigned count_slips(const char *a, size_t a_len, const char *b)
{
	struct grid g = { .a = a, .b = b };
	size_t b_len = strlen(b);
	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return FAR;
	for (size_t i = 0; i <= a_len; i++)
		g.cost[i][0] = (uint8_t)i;
	for (size_t j = 0; j <= b_len; j++)
		g.cost[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a_len; i++)
		for (size_t j = 1; j <= b_len; j++)
			fill_cell(&g, i, j);
	return g.cost[a_len][b_len];
}

/* The word, and which names are chosen for it. */
struct choosing {
	const char *word;
	size_t len;
	unsigned slips; /* names with so many are chosen; 0: that begin so */
};

static bool is_chosen(const struct choosing *c, const char *name)
{
	return c->slips ? count_slips(c->word, c->len, name) == c->slips
	                : strncasecmp(name, c->word, c->len) == 0;
}

static size_t count_chosen(const struct choosing *c,
                           const struct spell_names *n)
{
	const char *name;
	size_t count = 0;
	for (size_t i = 0; (name = n->name(n->list, i)); i++)
		count += is_chosen(c, name);
	return count;
}

static void list_chosen(char *out, const struct choosing *c,
                        const struct spell_names *n, size_t count)
{
	const char *name;
	size_t told = 0;
	text_add(out, SPELL_MAX, "did you mean");
	for (size_t i = 0; (name = n->name(n->list, i)); i++) {
		if (!is_chosen(c, name))
			continue;
		told++;
		text_add(out, SPELL_MAX - 1, "%s %s%s",
		         told == 1       ? ""
		         : told == count ? " or"
		                         : ",",
		         n->sign, name);
	}
	text_add(out, SPELL_MAX, "?");
}

size_t spell_guess(char out[SPELL_MAX], const struct spell_names *n,
                   const char *word, size_t len)
{
	struct choosing c = { word, len, 0 };
	unsigned most = len < 4 ? 1 : 2; /* slips in a word of this length */
	size_t begin, count;
	*out = '\0';
	if (!len)
		return 0;
	count = begin = count_chosen(&c, n);
	while (!count && c.slips < most) {
		c.slips++;
		count = count_chosen(&c, n);
	}
	if (count)
		list_chosen(out, &c, n, count);
	return begin;
}
