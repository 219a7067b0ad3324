/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A table with a column for each byte order.  Where there is room, the first
 * kinds, which are short and have no order, stand beside it; a narrow screen
 * has a row for each order. */

#include <string.h>

#include <sockchat/inspect.h>

#include "screen.h"
#include "values.h"

#define NAME   8  /* columns */
#define VALUE  24
#define TABLE  (NAME + 2 * VALUE)
#define BESIDE 4 /* kinds that may stand beside the others */
#define BESIDE_NAME 7
#define WIDE   (TABLE + BESIDE_NAME + 17)

static void put_text(int row, int column, const char *text, enum style style)
{
	screen_put(row, column, text, strlen(text), style);
}

static int count_kinds(void)
{
	struct inspect_row r;
	int count = 0;
	while (inspect_row(&r, (size_t)count, NULL, 0, 0))
		count++;
	return count;
}

static int count_plain(void)
{
	struct inspect_row r;
	int count = 0;
	while (inspect_row(&r, (size_t)count, NULL, 0, 0) && !*r.little)
		count++;
	return count;
}

int values_rows(void)
{
	int columns = screen_columns();
	if (columns < TABLE)
		return 2 * count_kinds() - count_plain();
	return 1 + count_kinds() - (columns < WIDE ? 0 : BESIDE);
}

/* What a row of the screen shows, and where. */
struct value_place {
	int kind, column, name; /* the name's columns */
	bool has_big, has_little;
};

static void put_value(int row, const struct value_place *p,
                      const uint8_t *bytes, size_t len, unsigned glyph_flags)
{
	struct inspect_row r;
	bool has_both = p->has_big && p->has_little;
	int column = p->column + p->name;
	if (!inspect_row(&r, (size_t)p->kind, bytes, len, glyph_flags))
		return;
	put_text(row, p->column, r.name, STYLE_PROMPT);
	if (*r.little && !has_both) {
		put_text(row, column, p->has_big ? "big " : "little ",
		         STYLE_DIM);
		column += 7;
	}
	if (p->has_big)
		put_text(row, column, r.big, STYLE_PLAIN);
	if (p->has_little)
		put_text(row, column + (has_both ? VALUE : 0), r.little,
		         STYLE_PLAIN);
}

static void put_narrow(int row, int line, const uint8_t *bytes, size_t len,
                       unsigned glyph_flags)
{
	int plain = count_plain(), rest = line - plain;
	put_value(row, &(struct value_place){
		.kind = rest < 0 ? line : plain + rest / 2,
		.name = NAME,
		.has_big = rest < 0 || rest % 2 == 0,
		.has_little = rest >= 0 && rest % 2,
	}, bytes, len, glyph_flags);
}

static void put_wide(int row, int line, const uint8_t *bytes, size_t len,
                     unsigned glyph_flags)
{
	int beside = screen_columns() < WIDE ? 0 : BESIDE;
	struct value_place p = {
		.kind = line - 1 + beside, .name = NAME,
		.has_big = true, .has_little = true,
	};
	if (line)
		put_value(row, &p, bytes, len, glyph_flags);
	else
		put_text(row, NAME, "big endian", STYLE_DIM);
	if (!line)
		put_text(row, NAME + VALUE, "little endian", STYLE_DIM);
	p.kind = line;
	p.column = TABLE;
	p.name = BESIDE_NAME;
	if (line < beside)
		put_value(row, &p, bytes, len, glyph_flags);
}

void values_draw(int row, int rows, int first, const uint8_t *bytes, size_t len,
                 unsigned glyph_flags)
{
	bool is_narrow = screen_columns() < TABLE;
	int most = values_rows();
	for (int i = 0; i < rows && first + i < most; i++)
		(is_narrow ? put_narrow : put_wide)(row + i, first + i, bytes,
		                                    len, glyph_flags);
}
