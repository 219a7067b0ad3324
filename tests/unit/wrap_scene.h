/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A page on which entries are laid out.  For one program of tests each. */

#ifndef TESTS_WRAP_SCENE_H
#define TESTS_WRAP_SCENE_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sockchat/wrap.h>

#define ROWS_MAX    400
#define COLUMNS_MAX 200

/* What was drawn, as text; a run's columns are found from its width. */
struct page {
	char row[ROWS_MAX][4 * COLUMNS_MAX];
	size_t columns[ROWS_MAX];
	char styles[ROWS_MAX][COLUMNS_MAX + 1]; /* a letter a column */
	size_t rows;
	char parts[ROWS_MAX]; /* '+' where a part begins */
};

static inline void put_run(void *user, const struct wrap_run *run)
{
	struct page *p = user;
	char style = run->hit == WRAP_HIT ? '#' : "penmhfq!ix"[run->style];
	assert_true(run->row < ROWS_MAX);
	assert_int_equal(run->column, p->columns[run->row]);
	assert_true(run->column + run->width <= COLUMNS_MAX);
	strncat(p->row[run->row], run->text, run->len);
	if (run->part)
		p->parts[run->row] = '+';
	memset(p->styles[run->row] + run->column,
	       run->hit == WRAP_HIT_NOW ? '@' : style, run->width);
	p->columns[run->row] += run->width;
}

static inline struct entry message(const char *bytes, size_t len,
                                   unsigned flags)
{
	return (struct entry){
		.seq = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.flags = (uint8_t)flags, .bytes = (const uint8_t *)bytes,
		.len = len, .peer = "", .local = "", .code = "", .hint = "",
	};
}

static inline const struct page *lay_out(const struct entry *e, size_t columns,
                                         enum view view)
{
	static struct page p;
	struct wrap_settings s = {
		.columns = columns, .look.view = view, .look.endings = true,
		.row_count = SIZE_MAX,
	};
	memset(&p, 0, sizeof(p));
	p.rows = wrap_entry(e, &s, put_run, &p);
	assert_int_equal(p.rows, wrap_entry(e, &s, NULL, NULL));
	for (size_t i = 0; i < ROWS_MAX; i++)
		assert_true(i < p.rows ? p.columns[i] <= columns
		                       : p.columns[i] == 0);
	return &p;
}

#define TEXT(literal, columns) \
	lay_out(&(struct entry[]){ message(literal, sizeof(literal) - 1, \
	                                   ENTRY_COMPLETE) }[0], \
	        columns, VIEW_TEXT)

#endif
