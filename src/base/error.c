/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/error.h>
#include <sockchat/glyph.h>

void error_vset(struct error *e, const char *format, va_list args)
{
	glyph_vformat(e->text, sizeof(e->text), format, args);
	e->hint[0] = e->code[0] = '\0';
	e->is_found = e->is_lasting = false;
}

int error_set(struct error *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_vset(e, format, args);
	va_end(args);
	return -1;
}

int error_set_errno(struct error *e, int errnum, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_vset(e, format, args);
	va_end(args);
	size_t len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s",
	         strerror(errnum));
	error_set_code(e, errnum);
	return -1;
}

void error_set_hint(struct error *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	glyph_vformat(e->hint, sizeof(e->hint), format, args);
	va_end(args);
}

void error_set_code(struct error *e, int errnum)
{
	error_set_word(e, error_name(errnum));
}

void error_set_word(struct error *e, const char *code)
{
	snprintf(e->code, sizeof(e->code), "%s", code);
}

const char *error_name(int errnum)
{
	const char *name = errnum ? strerrorname_np(errnum) : NULL;
	return name ? name : "EUNKNOWN";
}
