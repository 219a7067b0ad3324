/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words that stand for values. */

#ifndef SOCKCHAT_CHOICE_H
#define SOCKCHAT_CHOICE_H

#include <stddef.h>

#include <sockchat/error.h>

/* A name and its value, for options and commands that take one of a few words.
 * A list ends in a NULL name. */
struct choice {
	const char *name;
	int value;
};

/* The value of `name`, of which a unique beginning is enough; -1 if there is
 * none. */
int choice_find(const struct choice *list, const char *name);

/* The first name of `value`; "" if it has none. */
const char *choice_name(const struct choice *list, int value);

/* Set the hint "did you mean lf?", if a name is near to this word. */
void choice_hint(const struct choice *list, const char *word, struct error *e);

/* "lf, crlf or none": each value by its first name; "lf, ..." where there is
 * no room for all. */
#define CHOICE_LIST_MAX 160
void choice_list(const struct choice *list, char *out, size_t cap);

#endif
