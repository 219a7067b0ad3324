/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Glyphs from any bytes: the rules hold, a text that was made visible stays as
 * it is, and a copy is the beginning of the whole. */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/glyph_rules.h"

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

/* A copy that is cut; the first byte says where. */
static void check_copy(const uint8_t *data, size_t size, unsigned flags)
{
	struct bytes text = { 0 }, shown = { 0 };
	size_t cap = (size_t)data[0] % 64 + 1;
	char *copy = malloc(cap);

	insist(copy && bytes_append(&text, data, size) == 0);
	const char *whole = bytes_text(&text);
	glyph_copy(copy, cap, whole, flags);
	insist(strlen(copy) < cap);
	insist(glyph_rules_append(&shown, (const uint8_t *)whole,
	                          strlen(whole), flags) == 0);
	insist(strncmp(bytes_text(&shown), copy, strlen(copy)) == 0);
	/* no glyph is longer, so no more room than that is left */
	insist(strlen(copy) == shown.len ||
	       strlen(copy) + GLYPH_TEXT_MAX > cap);
	bytes_finish(&text);
	bytes_finish(&shown);
	free(copy);
}

static void check(const uint8_t *data, size_t size, unsigned flags)
{
	struct bytes once = { 0 }, twice = { 0 };

	insist(!glyph_rules_broken(data, size, flags));
	insist(glyph_rules_append(&once, data, size, flags) == 0);
	insist(glyph_rules_append(&twice, once.data, once.len, flags) == 0);
	insist(once.len == twice.len);
	insist(!once.len || memcmp(once.data, twice.data, once.len) == 0);
	bytes_finish(&once);
	bytes_finish(&twice);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	insist(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned flags = 0; flags < 2; flags++) {
		check(data, size, flags);
		if (size)
			check_copy(data, size, flags);
	}
	return 0;
}
