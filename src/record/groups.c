/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/number.h>

#include "groups.h"

void groups_finish(struct groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		bytes_finish(&g->named[i].value);
	free(g->named);
	free(g->places);
	bytes_finish(&g->message);
	*g = (struct groups){ 0 };
}

/* Names */

/* The index of the name, or of the first one behind it. */
static size_t place_of(const struct groups *g, const char *name)
{
	size_t i;
	ARRAY_FIND(i, g->count, strcmp(g->named[i].name, name) >= 0);
	return i;
}

static struct group_named *find_named(const struct groups *g, const char *name)
{
	size_t i = place_of(g, name);
	bool is_it = i < g->count && strcmp(g->named[i].name, name) == 0;
	return is_it ? &g->named[i] : NULL;
}

/* The value of this name.  NULL without memory. */
static struct bytes *value_of(struct groups *g, const char *name)
{
	struct group_named *named = find_named(g, name), *grown;
	size_t i = place_of(g, name);
	if (named)
		return &named->value;
	grown = array_insert(g->named, &g->cap, g->count, sizeof(*grown), i);
	if (!grown)
		return NULL;
	g->named = grown;
	g->count++;
	grown[i] = (struct group_named){ .value = { .data = NULL } };
	snprintf(grown[i].name, sizeof(grown[i].name), "%s", name);
	return &grown[i].value;
}

static int take_number(struct groups *g, struct expression *x, size_t n)
{
	struct group_place *grown = array_grow(
	    g->places, &g->place_cap, g->place_count, sizeof(*grown));
	if (!grown)
		return -1;
	g->places = grown;
	if (!expression_group(x, n, &grown[n].at, &grown[n].len))
		grown[n] = (struct group_place){ 0 };
	g->place_count++;
	return 0;
}

static int take_numbers(struct groups *g, struct expression *x)
{
	size_t count = expression_groups(x) + 1;
	g->place_count = 0;
	for (size_t i = 0; i < count; i++)
		if (take_number(g, x, i))
			return -1;
	return 0;
}

static int set_value(struct groups *g, const char *name, const uint8_t *bytes,
                     size_t len)
{
	struct bytes *value = value_of(g, name);
	if (!value)
		return -1;
	g->len -= value->len;
	bytes_clear(value);
	if (len > CHATFILE_STEP_MAX - g->len)
		return errno = EMSGSIZE, -1;
	if (bytes_append(value, bytes, len))
		return -1;
	g->len += len;
	return 0;
}

/* A name whose group took no part keeps what it has. */
static int take_names(struct groups *g, struct expression *x,
                      const uint8_t *bytes)
{
	size_t n, at, len;
	const char *name;
	for (size_t i = 0; (name = expression_name(x, i, &n)); i++)
		if (expression_group(x, n, &at, &len) &&
		    set_value(g, name, bytes + at, len))
			return -1;
	return 0;
}

int groups_take(struct groups *g, struct expression *x, const uint8_t *bytes,
                size_t len)
{
	bytes_clear(&g->message);
	if (take_numbers(g, x) || take_names(g, x, bytes))
		return -1;
	return g->place_count > 1 ? bytes_append(&g->message, bytes, len) : 0;
}

/* How many bytes the group has, and which. */
static size_t find_group(const struct groups *g, const char *name,
                         const uint8_t **bytes)
{
	const struct group_named *named = find_named(g, name);
	long n;
	if (named) {
		*bytes = named->value.data;
		return named->value.len;
	}
	if (!number_parse(name, 1, 65535, &n) || (size_t)n >= g->place_count ||
	    !g->places[n].len)
		return 0;
	*bytes = g->message.data + g->places[n].at;
	return g->places[n].len;
}

int groups_fill(const struct groups *g, const struct chat_step *step,
                struct bytes *out)
{
	const struct bytes *b = &step->bytes;
	size_t done = 0;
	const uint8_t *bytes = NULL;
	for (size_t i = 0; i < step->fill_count; i++) {
		size_t at = step->fills[i].at;
		if (at > done && bytes_append(out, b->data + done, at - done))
			return -1;
		done = at;
		size_t len = find_group(g, step->fills[i].name, &bytes);
		if (len && bytes_append(out, bytes, len))
			return -1;
	}
	return b->len > done ? bytes_append(out, b->data + done, b->len - done)
	                     : 0;
}
