/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options from the words of a command line, and from a file. */

#ifndef TESTS_OPTION_SCENE_H
#define TESTS_OPTION_SCENE_H

#include "unit.h"

#include "../../src/options/options_private.h"

#define WORDS_MAX 12

/* Put the words of a line behind the program's name, and NULL behind them.
 * Returns how many there are then; borrowed until the next call. */
static inline int split_words(char *argv[WORDS_MAX], const char *line)
{
	static char copy[512];
	char *rest = copy;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	argv[0] = "sockchat";
	while (argc < WORDS_MAX - 1 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	argv[argc] = NULL;
	return argc;
}

static inline int parse_with_file(struct options *o, const char *line,
                                  const char *file, struct error *e)
{
	char *argv[WORDS_MAX];
	int argc = split_words(argv, line);

	return options_parse(o, argc, argv, e) ||
	               config_parse(o, "FILE", file, strlen(file), e) ||
	               options_take_operands(o, e)
	           ? -1
	           : 0;
}

#endif
