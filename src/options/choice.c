/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/choice.h>
#include <sockchat/spell.h>

int choice_find(const struct choice *list, const char *name)
{
	size_t len = strlen(name);
	int value = -1;
	for (const struct choice *c = list; c->name; c++) {
		if (strcasecmp(c->name, name) == 0)
			return c->value;
		if (len && strncasecmp(c->name, name, len) == 0)
			value = value == -1 || value == c->value ? c->value
			                                         : -2;
	}
	return value < 0 ? -1 : value;
}

const char *choice_name(const struct choice *list, int value)
{
	while (list->name && list->value != value)
		list++;
	return list->name ? list->name : "";
}

/* The next row that is not another name of an earlier value. */
static const struct choice *next_value(const struct choice *list,
                                       const struct choice *c)
{
	do
		c++;
	while (c->name && choice_name(list, c->value) != c->name);
	return c;
}

void choice_list(const struct choice *list, char *out, size_t cap)
{
	static const char more[] = ", ...";
	const struct choice *next;
	size_t len = 0;
	*out = '\0';
	for (const struct choice *c = list; c->name; c = next) {
		next = next_value(list, c);
		int n = snprintf(out + len, cap - len, "%s%s",
		                 !len         ? ""
		                 : next->name ? ", "
		                              : " or ",
		                 c->name);
		if (len + (size_t)n + (next->name ? strlen(more) : 0) >= cap) {
			snprintf(out + len, cap - len, "%s", more);
			return;
		}
		len += (size_t)n;
	}
}

/* As a spell_name_fn. */
static const char *choice_at(const void *list, size_t i)
{
	return ((const struct choice *)list)[i].name;
}

void choice_hint(const struct choice *list, const char *word, struct error *e)
{
	const struct spell_names names = { choice_at, list, "" };
	char guess[SPELL_MAX];
	spell_guess(guess, &names, word, strlen(word));
	error_set_hint(e, "%s", guess);
}
