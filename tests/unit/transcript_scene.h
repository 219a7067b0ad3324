/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A transcript of three chunks, and entries for it. */

#ifndef TRANSCRIPT_SCENE_H
#define TRANSCRIPT_SCENE_H

#include <errno.h>
#include <stdio.h>

#include <sockchat/dial.h>
#include <sockchat/transcript.h>

#include "entry_piece.h"
#include "entry_at.h"
#include "unit.h"

#define CHUNK ((size_t)256 << 10)

static struct transcript *t;

static inline uint64_t add(const void *bytes, size_t len)
{
	return transcript_append(t, &(struct entry){
		.session = 1,
		.kind = ENTRY_MESSAGE,
		.dir = ENTRY_IN,
		.bytes = bytes,
		.len = len,
		.peer = "127.0.0.1:9",
	});
}

static inline uint64_t add_text(const char *text)
{
	return add(text, strlen(text));
}

static inline int extend_text(uint64_t seq, const char *text)
{
	return transcript_extend(t, seq, ENTRY_PIECE(text, strlen(text), 0));
}

static inline void assert_entry(uint64_t seq, const char *text)
{
	const struct entry *e = entry_at(t, seq);
	assert_non_null(e);
	assert_int_equal(e->seq, seq);
	assert_int_equal(e->len, strlen(text));
	assert_memory_equal(e->bytes, text, e->len);
}

/* Add entries of this size until the first one is gone. */
static inline void push_out(uint64_t seq, size_t len)
{
	uint8_t *bytes = calloc(1, len);
	assert_non_null(bytes);
	while (entry_at(t, seq))
		assert_true(add(bytes, len));
	free(bytes);
}

static inline int set_up(void **state)
{
	(void)state;
	t = transcript_new(3 * CHUNK);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
