/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Texts that stand in a file, to be read as a whole.  With GOLDEN=write in the
 * environment it is written anew. */

#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "unit.h"

static void assert_golden(const char *path, const char *text)
{
	static char kept[65536];
	const char *mode = getenv("GOLDEN");
	bool writes = mode && strcmp(mode, "write") == 0;
	FILE *file = fopen(path, writes ? "we" : "re");

	assert_non_null(file);
	if (writes)
		assert_true(fputs(text, file) >= 0);
	else
		kept[fread(kept, 1, sizeof(kept) - 1, file)] = '\0';
	fclose(file);
	if (!writes)
		assert_string_equal(text, kept);
}

#endif
