/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Help over the screen: the keys and the commands, from their tables. */

#ifndef TUI_HELP_H
#define TUI_HELP_H

#include <stddef.h>

#include "spots.h"

/* What the keys of the screen do, for help and for the manual's check. */
struct key_row {
	const char *keys; /* "PgUp PgDn" */
	const char *help;
	const char *bar;  /* for the bar of keys, or NULL */
};

/* Row `i`, or NULL behind the last. */
const struct key_row *help_key(size_t i);

/* Draw it into the rows from 0 on, from its line `first`; about the commands
 * that begin with `word`, all of it for "".  How many lines it has. */
int help_draw(int rows, int first, const char *word);

/* The bar of keys, as many as fit; clicks go to `spots`. */
void help_draw_bar(int row, struct spots *spots);

#endif
