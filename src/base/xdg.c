/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where our own files are. */

#include <stdio.h>
#include <stdlib.h>

#include <sockchat/xdg.h>

void xdg_path(char *out, size_t cap, const char *variable,
              const char *fallback, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");
	int n = 0;
	*out = '\0';
	if (base && *base == '/')
		n = snprintf(out, cap, "%s/sockchat/%s", base, name);
	else if (home && *home == '/')
		n = snprintf(out, cap, "%s/%s/sockchat/%s", home, fallback,
		             name);
	if (n < 0 || (size_t)n >= cap)
		*out = '\0';
}
