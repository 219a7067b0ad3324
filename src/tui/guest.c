/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What readline gets from us: variables, the width of characters, memory. */

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <readline/readline.h>

#include <sockchat/diag.h>

#include "guest.h"

/* The keys that an inputrc would break with these are repaired in input.c. */
static const struct {
	const char *name, *value;
} variables[] = {
	{ "enable-bracketed-paste", "off" },
	{ "blink-matching-paren", "off" },
	{ "revert-all-at-newline", "off" },
	{ "convert-meta", "off" },
	{ "input-meta", "on" },
	{ "output-meta", "on" },
	{ "isearch-terminators", "\\e\\C-j" },
};

void guest_set_variables(void)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		rl_variable_bind(variables[i].name, variables[i].value);
}

#define LINE_LONG 1024

static bool is_ascii(const char *text, int len)
{
	unsigned char all = 0;
	for (int i = 0; i < len; i++)
		all |= (unsigned char)text[i];
	return all < 0x80;
}

void guest_count_bytes(bool can)
{
	static bool counts;
	bool now = can && rl_end > LINE_LONG &&
	           is_ascii(rl_line_buffer, rl_end);
	if (now != counts)
		rl_variable_bind("byte-oriented", now ? "on" : "off");
	counts = now;
}

/* In place of the C library's.  To readline 8.2 and 8.3 a character whose width
 * is -1, as the library doesn't know it, is one on the way forward and none on
 * the way back: vi's words have no end then.  So each has a column. */
int wcwidth(wchar_t c)
{
	int width = wcswidth(&c, 1);
	return width < 0 ? 1 : width;
}

/* What is left for readline in the middle of a command. */
static void *reserve;
#define RESERVE ((size_t)64 << 10)

bool guest_has_memory(size_t len)
{
	if (!reserve)
		reserve = malloc(RESERVE);
	void *room = malloc(len);
	free(room);
	return reserve && room;
}

void guest_release_memory(void)
{
	free(reserve);
	reserve = NULL;
}

/* In place of readline's, which end the program as if its command line had been
 * wrong. */

void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);

void *xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

void *xrealloc(void *old, size_t size)
{
	size_t some = size ? size : 1;
	void *block = realloc(old, some);
	if (!block && reserve) {
		guest_release_memory();
		block = realloc(old, some);
	}
	if (!block)
		die("no memory for the input line");
	return block;
}
