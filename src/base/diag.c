/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The end of the program when nobody can do anything about it. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sockchat/diag.h>

static diag_last_words_fn *last_words;

void diag_set_last_words(diag_last_words_fn *fn)
{
	last_words = fn;
}

void diag_last_words(void)
{
	diag_last_words_fn *fn = last_words;
	last_words = NULL; /* once, even if it fails itself */
	if (fn)
		fn();
}

void die(const char *format, ...)
{
	va_list args;
	diag_last_words();
	fputs("sockchat: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}
