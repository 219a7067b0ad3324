/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys as people read them: the tokens of keys.c, one after another. */

#include <string.h>

#include "keys.h"

static const struct {
	const char *bytes, *name;
} names[] = {
	{ "\t", "Tab" },          { "\r", "Enter" },
	{ "\033", "Esc" },        { " ", "Space" },
	{ "\177", "Backspace" },  { "\033[A", "Up" },
	{ "\033[B", "Down" },     { "\033[C", "Right" },
	{ "\033[D", "Left" },     { "\033OC", "Right" },
	{ "\033OD", "Left" },     { "\033[H", "Home" },
	{ "\033[F", "End" },      { "\033OH", "Home" },
	{ "\033OF", "End" },      { "\033[1~", "Home" },
	{ "\033[4~", "End" },     { "\033[2~", "Insert" },
	{ "\033[3~", "Delete" },  { "\033[Z", "Shift-Tab" },
	{ "\033[1;5C", "Ctrl-Right" }, { "\033[1;5D", "Ctrl-Left" },
	{ "\033[1;5A", "Ctrl-Up" },    { "\033[1;5B", "Ctrl-Down" },
	{ "\033[1;3C", "Alt-Right" },  { "\033[1;3D", "Alt-Left" },
	{ "\033[1;2A", "Shift-Up" },   { "\033[1;2B", "Shift-Down" },
	{ "\033[1;2C", "Shift-Right" }, { "\033[1;2D", "Shift-Left" },
	{ "\033[1;2H", "Shift-Home" }, { "\033[1;2F", "Shift-End" },
	{ "\033[a", "Shift-Up" },      { "\033[b", "Shift-Down" },
	{ "\033[c", "Shift-Right" },   { "\033[d", "Shift-Left" },
	{ "\033[7~", "Home" },         { "\033[8~", "End" },
	{ "\033[7$", "Shift-Home" },   { "\033[8$", "Shift-End" },
};

const char *keyname_of(const struct token *t)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].bytes) == t->len &&
		    memcmp(names[i].bytes, t->bytes, t->len) == 0)
			return names[i].name;
	return t->len > 2 ? keys_name(t->key) : NULL; /* else a chord */
}

static int append_name(struct bytes *out, const struct token *t)
{
	const char *name = keyname_of(t);
	const uint8_t *b = t->bytes;
	struct token rest = { KEY_NONE, b + 1, t->len - 1 };
	if (name)
		return bytes_append_text(out, name);
	if (t->len == 1 && *b < 0x20)
		return bytes_printf(out, "Ctrl-%c", *b + 0x40);
	if (t->len == 1 || *b != 0x1b)
		return bytes_append(out, b, t->len);
	if (bytes_append_text(out, t->len == 2 ? "Alt-" : "Esc "))
		return -1;
	return append_name(out, &rest);
}

struct naming {
	struct bytes name;
	int failed;
};

static void on_token(void *user, const struct token *t)
{
	struct naming *n = user;
	if (n->name.len)
		n->failed |= bytes_append_byte(&n->name, ' ');
	n->failed |= append_name(&n->name, t);
}

int keyname_append(struct bytes *out, const uint8_t *bytes, size_t len)
{
	struct naming n = { .failed = 0 };
	struct keys *k = keys_new(on_token, &n);
	if (!k)
		return -1;
	keys_feed(k, bytes, len);
	keys_timeout(k);
	keys_free(k);
	int failed =
	    n.failed || bytes_append(out, n.name.data, n.name.len) ? -1 : 0;
	bytes_finish(&n.name);
	return failed;
}
