/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What readline gets from us: variables, the locale, characters and their
 * width, prompts, memory. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* for the prototype of rl_message() */
#define USE_VARARGS
#define PREFER_STDARG
#include <readline/readline.h>

#include <sockchat/bytes.h>
#include <sockchat/charset.h>
#include <sockchat/diag.h>
#include <sockchat/utf8.h>

#include "guest.h"

/* With other values of these an inputrc would break keys of ours. input.c
 * repairs what they broke while the inputrc was read. */
static const struct {
	const char *name, *value;
} variables[] = {
	{ "byte-oriented", "off" },
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

/* In place of readline's, which asks here for the locale's name at its start
 * and after each line, and sets it. */
char *sh_get_env_value(const char *name);

char *sh_get_env_value(const char *name)
{
	const char *locale = charset_locale();
	if (*locale && strcmp(name, "LC_ALL") == 0)
		return (char *)(uintptr_t)locale;
	return getenv(name);
}

/* In place of the C library's, which returns -1 for a character that it does
 * not know.  Readline 8.2 and 8.3 count it as a character on the way forward
 * and as none on the way back, so that vi's motions never end.  Here it has one
 * column. */
int wcwidth(wchar_t c)
{
	int width = wcswidth(&c, 1);
	return width < 0 ? 1 : width;
}

/* In place of readline's, which find one character by a count from the line's
 * beginning, or to its end: a motion over a long word would take minutes.  In
 * UTF-8 a character tells by itself where it begins. */

#define CHARACTER_MAX 4

int _rl_find_next_mbchar(const char *text, int from, int count,
                         int skips_marks);
int _rl_find_prev_mbchar(const char *text, int from, int skips_marks);
wchar_t _rl_char_value(const char *text, int at);

/* The length of the character at `text`.  A byte that begins none, also the NUL
 * at the end, stands for itself. */
static int character(const char *text, wchar_t *c)
{
	size_t len = strnlen(text, CHARACTER_MAX);
	uint32_t cp;
	int n = len ? utf8_decode((const uint8_t *)text, len, &cp) : 0;
	*c = n > 0 ? (wchar_t)cp : *text;
	return n > 0 ? n : 1;
}

static bool is_mark(const char *text)
{
	wchar_t c;
	return character(text, &c) > 1 && wcwidth(c) == 0;
}

/* The beginning of the character that the byte at `at` belongs to. */
static int beginning(const char *text, int at)
{
	wchar_t c;
	for (int n = 1; n < CHARACTER_MAX && n <= at; n++)
		if (character(text + at - n, &c) > n)
			return at - n;
	return at;
}

wchar_t _rl_char_value(const char *text, int at)
{
	wchar_t c;
	character(text + at, &c);
	return c;
}

/* The place `count` characters on; with `skips_marks` those without a width
 * belong to the one before them. */
int _rl_find_next_mbchar(const char *text, int from, int count,
                         int skips_marks)
{
	wchar_t c;
	int at = from < 0 ? 0 : from, begin;
	if (count <= 0 || (text == rl_line_buffer && at >= rl_end))
		return at;
	begin = beginning(text, at);
	if (begin < at) {
		at = begin + character(text + begin, &c);
		count--;
	}
	while (count > 0 && text[at]) {
		bool counts = !skips_marks || !is_mark(text + at);
		at += character(text + at, &c);
		count -= counts;
	}
	while (skips_marks && text[at] && is_mark(text + at))
		at += character(text + at, &c);
	return at;
}

int guest_next(int from, int count)
{
	return _rl_find_next_mbchar(rl_line_buffer, from, count, 1);
}

int guest_beginning(int at)
{
	return beginning(rl_line_buffer, at);
}

/* The place of the character before. */
int _rl_find_prev_mbchar(const char *text, int from, int skips_marks)
{
	int at = from;
	while (at > 0) {
		at = beginning(text, at - 1);
		if (!skips_marks || !is_mark(text + at))
			break;
	}
	return at < 0 ? 0 : at;
}

/* In place of readline's, which also lays out what we paint ourselves, and
 * counts from the beginning for each character: a search for a long word would
 * take many seconds.  The end of a long message is not shown. */
int rl_message(const char *format, ...)
{
	static char text[512];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len >= (int)sizeof(text)) {
		size_t kept = sizeof(text) - 1;
		text[kept - utf8_unfinished((uint8_t *)text, kept)] = '\0';
	}
	rl_display_prompt = text;
	rl_redisplay_function();
	return 0;
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
