/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the keyboard's bytes are heard as.  For one program of tests each. */

#ifndef TESTS_KEYS_SCENE_H
#define TESTS_KEYS_SCENE_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/tui/keys.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *const names[] = {
	[KEY_NONE] = "none", [KEY_TEXT] = "text", [KEY_PASTE] = "paste",
	[KEY_ESCAPE] = "escape", [KEY_PAGE_UP] = "pgup",
	[KEY_PAGE_DOWN] = "pgdn", [KEY_TOP] = "top", [KEY_BOTTOM] = "bottom",
	[KEY_WHEEL_UP] = "wheel-up", [KEY_WHEEL_DOWN] = "wheel-down",
	[KEY_F1] = "f1", [KEY_F2] = "f2", [KEY_F3] = "f3", [KEY_F4] = "f4",
	[KEY_F5] = "f5", [KEY_F6] = "f6", [KEY_F7] = "f7", [KEY_F8] = "f8",
	[KEY_F9] = "f9", [KEY_F10] = "f10", [KEY_F11] = "f11",
	[KEY_F12] = "f12", [KEY_ALT_ENTER] = "alt-enter", [KEY_CTRL_C] = "^c",
	[KEY_CTRL_D] = "^d", [KEY_CTRL_L] = "^l", [KEY_CTRL_Z] = "^z",
	[KEY_UP] = "up", [KEY_DOWN] = "down", [KEY_FOCUS_IN] = "focus-in",
	[KEY_FOCUS_OUT] = "focus-out", [KEY_CLICK] = "click",
	[KEY_NEXT_EOL] = "eol",
};

/* Keys by name; "none", "text" and "paste" with what they hold, which for text
 * is put together however it was cut. */
struct heard {
	struct bytes log;
	enum key last;
	size_t bytes;
};

static inline void hear(void *user, const struct token *t)
{
	struct heard *h = user;
	bool holds = t->key <= KEY_PASTE;
	bool goes_on = t->key == KEY_TEXT && h->log.len > 0 &&
	               h->last == KEY_TEXT;
	if (!goes_on)
		bytes_printf(&h->log, "%s%s%s", h->log.len > 0 ? " " : "",
		             names[t->key], holds ? ":" : "");
	for (size_t i = 0; holds && i < t->len; i++)
		bytes_printf(&h->log, t->bytes[i] > 0x20 && t->bytes[i] < 0x7f
		                          ? "%c" : "\\%02x", t->bytes[i]);
	if (t->key == KEY_CLICK) {
		int row, column;
		keys_place(t, &row, &column);
		bytes_printf(&h->log, ":%d,%d", row, column);
	}
	h->last = t->key;
	h->bytes += t->len;
}

/* Feed `len` bytes in pieces: the first of `first` bytes, the others of
 * `piece`; and then a silence. */
static inline void assert_heard(const char *input, size_t len, size_t first,
                                size_t piece, const char *expected)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	for (size_t done = 0, n = first; done < len; done += n, n = piece) {
		if (n > len - done)
			n = len - done;
		char *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, input + done, n);
		keys_feed(k, (const uint8_t *)copy, n);
		free(copy);
	}
	keys_timeout(k);
	keys_timeout(k); /* of what stood behind a paste */
	assert_int_equal(keys_wait_ms(k), 0);
	assert_string_equal(bytes_text(&h.log), expected);
	keys_free(k);
	bytes_finish(&h.log);
}

struct row {
	const char *input, *expected;
};

static inline void assert_row(const char *input, size_t len,
                              const char *expected)
{
	for (size_t first = 1; first <= len; first++) {
		assert_heard(input, len, first, len, expected);
		assert_heard(input, len, first, 1, expected);
	}
	assert_heard(input, len, 2, 3, expected);
}

static inline void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_row(rows[i].input, strlen(rows[i].input),
		           rows[i].expected);
}

#endif
