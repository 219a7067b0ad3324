/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences for the user, and the names of errno's numbers. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/error.h>
#include <sockchat/glyph.h>

int error_set(struct error *e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	glyph_vformat(e->text, sizeof(e->text), format, args);
	va_end(args);
	e->hint[0] = e->code[0] = '\0';
	e->is_found = false;
	return -1;
}

int error_set_errno(struct error *e, int errnum, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	glyph_vformat(e->text, sizeof(e->text), format, args);
	va_end(args);
	size_t len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s",
	         strerror(errnum));
	e->hint[0] = '\0';
	e->is_found = false;
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
	snprintf(e->code, sizeof(e->code), "%s", error_name(errnum));
}

/* Another libc may lack the macro: it cannot stand in the same #if. */
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32)
#define HAS_ERROR_NAMES
#endif
#endif

#ifdef HAS_ERROR_NAMES

const char *error_name(int errnum)
{
	const char *name = errnum ? strerrorname_np(errnum) : NULL;
	return name ? name : "EUNKNOWN";
}

#else

const char *error_name(int errnum)
{
	static const struct {
		int errnum;
		const char *name;
	} names[] = {
#define NAME(e) { e, #e }
		NAME(EACCES), NAME(EADDRINUSE), NAME(EADDRNOTAVAIL),
		NAME(EAFNOSUPPORT), NAME(EAGAIN), NAME(ECONNABORTED),
		NAME(ECONNREFUSED), NAME(ECONNRESET), NAME(EHOSTUNREACH),
		NAME(EIO), NAME(EISDIR), NAME(EMFILE), NAME(ENETDOWN),
		NAME(ENETUNREACH), NAME(ENFILE), NAME(ENOBUFS), NAME(ENOMEM),
		NAME(ENOSPC), NAME(EPERM), NAME(EPIPE), NAME(ETIMEDOUT),
#undef NAME
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].errnum == errnum)
			return names[i].name;
	return "EUNKNOWN";
}

#endif
