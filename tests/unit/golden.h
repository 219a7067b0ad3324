/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Texts kept as a whole in tests/golden, so that their wording is read and
 * mended there.  With GOLDEN_WRITE=1 in the environment they are written. */

#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "unit.h"

#include <sockchat/bytes.h>

static void read_whole(struct bytes *out, const char *path)
{
	char part[4096];
	FILE *file = fopen(path, "re");
	size_t n;
	assert_non_null(file);
	while ((n = fread(part, 1, sizeof(part), file)))
		assert_int_equal(bytes_append(out, part, n), 0);
	fclose(file);
}

static void write_whole(const struct bytes *text, const char *path)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

/* Takes `text`. */
static void assert_golden(struct bytes *text, const char *path)
{
	struct bytes golden = { 0 };
	if (getenv("GOLDEN_WRITE"))
		write_whole(text, path);
	read_whole(&golden, path);
	assert_string_equal(bytes_text(text), bytes_text(&golden));
	bytes_finish(&golden);
	bytes_finish(text);
}

#endif
