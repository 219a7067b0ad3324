/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences put together from words. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/text.h>

bool text_add(char *text, size_t cap, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text + used, cap - used, format, args);
	va_end(args);
	bool fits = len >= 0 && (size_t)len < cap - used;
	if (!fits)
		text[used] = '\0';
	return fits;
}

const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}
