/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "env.h"

/* The name of the locale, from the variable that decides, see setlocale(3). */
static const char *locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return value;
	}
	return "";
}

static bool is_c(const char *name)
{
	return strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
}

bool env_set_locale(unsigned *glyph_flags)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return false;
	if (!setlocale(LC_CTYPE, "C.UTF-8") || is_c(locale_name()))
		*glyph_flags |= GLYPH_ASCII;
	return true;
}

bool env_wants_color(enum color color)
{
	const char *no_color = getenv("NO_COLOR");
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return !(no_color && *no_color);
}
