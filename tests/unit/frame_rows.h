/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rows of tests of frames: messages as text with escapes and a bar between
 * each two, as "5:hello,|0:,", whose bytes are cut in pieces of every size. */

#ifndef FRAME_ROWS_H
#define FRAME_ROWS_H

#include <sockchat/bytes.h>
#include <sockchat/escape.h>
#include <sockchat/frame.h>

#include "../fake/cutter.h"
#include "unit.h"

static inline struct frame frame_of(const char *spec)
{
	struct frame f = { 0 };
	struct error e;
	if (frame_parse(&f, spec, &e))
		fail_msg("%s: %s", spec, e.text);
	return f;
}

/* The bytes of a text with escapes. */
static inline struct bytes bytes_of(const char *text, size_t len)
{
	struct bytes b = { 0 };
	struct error e;
	if (escape_parse(&b, text, len, &e))
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(bytes_reserve(&b, 1), 0);
	return b;
}

/* All bytes of a row. */
static inline struct bytes row_bytes(const char *row)
{
	struct bytes all = { 0 };
	for (size_t len; *row; row += len + (row[len] == '|')) {
		len = strcspn(row, "|");
		struct bytes b = bytes_of(row, len);
		assert_int_equal(bytes_append(&all, b.data, b.len), 0);
		bytes_finish(&b);
	}
	return all;
}

/* Cut the bytes, which come in pieces of `size`. */
static inline struct cutter cut_in(const struct frame *f,
                                   const struct bytes *all, size_t size)
{
	struct cutter c = { .frame = f, .bytes = all->data };
	for (size_t at = 0; at < all->len; at += size)
		cutter_read(&c, all->len - at < size ? all->len - at : size, 0);
	return c;
}

/* Whether message `i` is what the row says. */
static inline void assert_row(const char *spec, const struct cutter *c,
                              size_t i, const char *text, size_t len)
{
	struct bytes want = bytes_of(text, len);
	if (i >= c->count)
		fail_msg("%s: message %zu is missing", spec, i);
	const struct cutter_message *m = &c->messages[i];
	if (m->len != want.len ||
	    memcmp(c->bytes + m->at, want.data, want.len) != 0)
		fail_msg("%s: message %zu has %zu bytes, not %.*s", spec, i,
		         m->len, (int)len, text);
	bytes_finish(&want);
}

/* The messages of a row come out whatever pieces its bytes come in; the last
 * one has this status. */
static inline void assert_rows(const char *spec, const char *row,
                               enum frame_status last)
{
	struct frame f = frame_of(spec);
	struct bytes all = row_bytes(row);
	struct cutter whole = cut_in(&f, &all, all.len);
	size_t count = 0;
	for (size_t len; *row; row += len + (row[len] == '|')) {
		len = strcspn(row, "|");
		assert_row(spec, &whole, count++, row, len);
	}
	assert_int_equal(whole.count, count);
	for (size_t i = 0; i < count; i++)
		if (whole.messages[i].status !=
		    (i < count - 1 ? FRAME_WHOLE : last))
			fail_msg("%s: message %zu: status %d", spec, i,
			         whole.messages[i].status);
	for (size_t size = 1; size < all.len; size++) {
		struct cutter c = cut_in(&f, &all, size);
		if (!cutter_is_like(&whole, &c))
			fail_msg("%s: other messages in pieces of %zu", spec,
			         size);
		cutter_finish(&c);
	}
	cutter_finish(&whole);
	bytes_finish(&all);
}

#endif
