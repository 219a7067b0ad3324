/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/word.h>

size_t word_next(const char **text, const char **word)
{
	*word = *text + strspn(*text, " ");
	size_t len = strcspn(*word, " ");
	*text = *word + len;
	*text += strspn(*text, " ");
	return len;
}

char *word_cut(char **text)
{
	const char *rest = *text, *word;
	size_t len = word_next(&rest, &word);
	char *cut = *text + (word - *text);
	*text += rest - *text;
	cut[len] = '\0';
	return cut;
}
