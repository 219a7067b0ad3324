/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The bytes of a keyboard cut into whole things: text, a named key, an escape
 * sequence, a paste, a turn of the wheel.  Pure: no terminal, no clock. */

#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>

#include "paste.h"

enum key {
	KEY_NONE,     /* not a key of ours: `bytes` go to the line editor */
	KEY_TEXT,     /* printable UTF-8, all whole characters that came; or
	               * bytes that are none: the keyboard sends another
	               * character set */
	KEY_PASTE,    /* `bytes` are a whole paste, cleaned */
	KEY_ESCAPE,   /* alone */
	KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_TOP, KEY_BOTTOM,
	KEY_WHEEL_UP, KEY_WHEEL_DOWN,
	KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8,
	KEY_F9, KEY_F10, KEY_F11, KEY_F12,
	KEY_ALT_ENTER, KEY_CTRL_C, KEY_CTRL_D, KEY_CTRL_L, KEY_CTRL_S,
	KEY_CTRL_Z,
	KEY_UP, KEY_DOWN, /* also given as bytes: for help and lists */
	KEY_CLICK,    /* the left button: keys_place() says where */
	KEY_NEXT_EOL, /* no keyboard has it, but see struct spots */
	KEY_FOCUS_IN, KEY_FOCUS_OUT,
	KEY_COUNT,
};

struct token {
	enum key key;
	const uint8_t *bytes; /* as the keyboard sent them */
	size_t len;           /* borrowed until the next call */
};

/* The `i`th form in which keyboards send a key of ours, or NULL. */
const char *keys_form(enum key key, size_t i);

typedef void keys_fn(void *user, const struct token *t);

struct keys;

/* Every token is given to `fn`.  NULL without memory. */
MUST_USE struct keys *keys_new(keys_fn *fn, void *user);
void keys_free(struct keys *k);

/* Leave the form of a newer terminal (keycode.h) as it is where `is_bound` says
 * that somebody has put something on it. */
void keys_keep_bound(struct keys *k,
                     bool (*is_bound)(const void *bytes, size_t len));

/* Take what was read; any split of the input gives the same tokens, save that
 * a run of text may come in several. */
void keys_feed(struct keys *k, const uint8_t *bytes, size_t len);

/* Act as if the key had been pressed now. */
void keys_press(struct keys *k, enum key key);

/* The name of the key, as "PgUp", in each of its forms; NULL for none. */
const char *keys_name(enum key key);

/* The key of that name, or "^C"; KEY_NONE for others. */
enum key keys_named(const char *name, size_t len);

/* What people call the key, as "Shift-Left"; NULL for others than named keys:
 * keyname.c. */
const char *keyname_of(const struct token *t);
/* Append what people call the keys that are sent as these bytes, as "Ctrl-X f".
 * -1 without memory: nothing is appended. */
MUST_USE
int keyname_append(struct bytes *out, const uint8_t *bytes, size_t len);

/* The place of a KEY_CLICK, counted from 0. */
void keys_place(const struct token *t, int *row, int *column);

/* How long a silence ends what has begun: an escape sequence, a character, a
 * paste whose end is missing, the pause behind a paste.  0: nothing has.  Then
 * call keys_timeout() so much later, unless more bytes came. */
unsigned keys_wait_ms(const struct keys *k);
void keys_timeout(struct keys *k);

/* What the last KEY_PASTE was before it was cleaned.  If any of it was lost,
 * the token is empty. */
const struct cleaned *keys_cleaned(const struct keys *k);

#define KEYS_ESCAPE_MS 50
#define KEYS_PASTE_MS  500 /* a paste seldom has such a pause */

#define SPOTS_MAX 32

/* Where on the screen a click is as good as a key. */
struct spots {
	size_t count;
	struct {
		int row, from, to; /* `to` is the column behind it */
		enum key key;
	} list[SPOTS_MAX];
};

/* KEY_NONE adds nothing; what is too much is left out. */
void spots_add(struct spots *s, int row, int from, int to, enum key key);

/* KEY_NONE where there is none. */
enum key spots_find(const struct spots *s, int row, int column);

#endif
