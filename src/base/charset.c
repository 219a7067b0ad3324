/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sockchat/charset.h>
#include <sockchat/glyph.h>

#define UTF8_LOCALE "C.UTF-8"
#define NAME_CAP    64

static struct {
	const char *variable; /* the one that decides, see setlocale(3) */
	char name[NAME_CAP];  /* its value, as it can be shown */
	bool is_helped;       /* UTF-8, but not by the locale that was named */
	char locale[NAME_CAP];
	unsigned glyph_flags;
} chosen;

/* The value of the variable that decides; "" when none is set. */
static const char *find_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		chosen.variable = names[i];
		value = getenv(names[i]);
		if (value && *value)
			break;
	}
	return value ? value : "";
}

static bool is_utf8_now(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* True if a locale's name has a character set which is one, but not UTF-8:
 * "ko_KR.EUC-KR", "de_DE.ISO-8859-15@euro". */
static bool names_other_charset(const char *name)
{
	const char *dot = strchr(name, '.');
	char charset[NAME_CAP];
	if (!dot)
		return false;
	snprintf(charset, sizeof(charset), "%.*s", (int)strcspn(dot + 1, "@"),
	         dot + 1);
	if (!strcasecmp(charset, "UTF-8") || !strcasecmp(charset, "utf8"))
		return false;
	iconv_t way = iconv_open("UTF-8", charset);
	if (way == (iconv_t)-1)
		return false;
	iconv_close(way);
	return true;
}

/* Where the locale is known it says itself what it is; "C" says ASCII. */
static bool wants_utf8(const char *name, bool is_known)
{
	return !*name || (!is_known && !names_other_charset(name));
}

unsigned charset_choose(void)
{
	if (*chosen.locale)
		return chosen.glyph_flags;
	const char *name = find_name();
	glyph_copy(chosen.name, NAME_CAP, name, GLYPH_ASCII);
	bool is_known = setlocale(LC_CTYPE, "") != NULL;
	if (!is_known || !is_utf8_now()) {
		bool has_utf8 = setlocale(LC_CTYPE, UTF8_LOCALE) != NULL;
		chosen.is_helped = has_utf8 && wants_utf8(name, is_known);
		chosen.glyph_flags = chosen.is_helped ? 0 : GLYPH_ASCII;
	}
	snprintf(chosen.locale, NAME_CAP, "%s", setlocale(LC_CTYPE, NULL));
	return chosen.glyph_flags;
}

const char *charset_locale(void)
{
	return chosen.locale;
}

const char *charset_note(bool is_verbose)
{
	static char text[4 * NAME_CAP];
	if (chosen.glyph_flags)
		snprintf(text, sizeof(text), "the locale is not UTF-8 (%s=%s): "
		         "text is shown in ASCII; for UTF-8 start with "
		         "%s=" UTF8_LOCALE " sockchat ...", chosen.variable,
		         chosen.name, chosen.variable);
	else if (!chosen.is_helped || !is_verbose)
		return NULL;
	else if (!*chosen.name)
		snprintf(text, sizeof(text), "no locale is set: text is taken "
		         "for UTF-8");
	else
		snprintf(text, sizeof(text), "this system does not have the "
		         "locale %s: text is taken for UTF-8", chosen.name);
	return text;
}
