/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Enter would send: command.c knows, here it is counted and drawn. */

#include <stdio.h>

#include <sockchat/command.h>
#include <sockchat/hexdump.h>
#include <sockchat/number.h>

#include "preview.h"
#include "screen.h"

#define LOOKED_AT_MAX ((size_t)64 << 10)
#define ROWS_MAX      4

void preview_make(struct preview *p, const struct chat *c,
                  const struct input_line *line)
{
	size_t len = line->len < LOOKED_AT_MAX ? line->len : LOOKED_AT_MAX;
	bool is_command = len > 1 && line->text[0] == '/' &&
	                  line->text[1] != '/';
	*p = (struct preview){ .count = 0 };
	if (!line->len || (is_command && len < line->len))
		return;
	if (command_preview(c, line->text, len, &p->made, &p->error))
		return;
	p->error.text[0] = '\0';
	p->count = p->made.bytes.len + (line->len - len);
}

void preview_count(const struct preview *p, char out[32])
{
	size_t around = p->made.prefix + p->made.suffix;
	if (!p->count)
		out[0] = '\0';
	else if (around)
		snprintf(out, 32, "%zu bytes + %zu", p->count - around, around);
	else
		snprintf(out, 32, "%zu byte%s", p->count, plural(p->count));
}

/* How many digits the offsets of its few rows do without. */
static size_t skip(void)
{
	return hexdump_skip(0);
}

static size_t per_row(void)
{
	return hexdump_bytes_per_row((size_t)screen_columns() + skip());
}

int preview_rows(const struct preview *p, int max)
{
	size_t rows = (p->made.bytes.len + per_row() - 1) / per_row();
	if (rows > ROWS_MAX)
		rows = ROWS_MAX;
	return (int)rows < max ? (int)rows : max;
}

void preview_draw(const struct preview *p, int row, int rows)
{
	char text[HEXDUMP_ROW_MAX];
	const struct bytes *b = &p->made.bytes;
	for (int i = 0; i < rows; i++) {
		size_t len = hexdump_row(text, b->data, b->len,
		                         (size_t)i * per_row(), per_row());
		screen_put(row + i, 0, text + skip(), len - skip(),
		           STYLE_NOTICE);
	}
}
