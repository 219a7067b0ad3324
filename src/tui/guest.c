/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What readline gets from us: variables, the width of characters, memory. */

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <readline/readline.h>

#include <sockchat/bytes.h>
#include <sockchat/diag.h>

#include "guest.h"

/* With another value of these an inputrc would break keys of ours; input.c
 * repairs what they have broken before. */
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

/* In place of the C library's, which says -1 of a character that it does not
 * know.  Readline 8.2 and 8.3 count such a one as a character on the way
 * forward and as none on the way back, so that vi's motions never end.  Here it
 * has one column. */
int wcwidth(wchar_t c)
{
	int width = wcswidth(&c, 1);
	return width < 0 ? 1 : width;
}

/* Memory for what readline asks for in the middle of a command. */
static void *reserve;
#define RESERVE ((size_t)64 << 10)

bool guest_has_memory(size_t len)
{
	if (!reserve)
		reserve = malloc(RESERVE);
	return reserve && bytes_have_memory(len);
}

void guest_release_memory(void)
{
	free(reserve);
	reserve = NULL;
}

/* In place of readline's own, which end the program with status 2, as if its
 * command line had been wrong. */

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
