/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* See kitty's "Comprehensive keyboard handling in terminals", and xterm's
 * ctlseqs under modifyOtherKeys. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wctype.h>

#include <sockchat/utf8.h>

#include "keycode.h"

#define SHIFT 1u
#define ALT   2u
#define CTRL  4u
#define SUPER 8u
#define HYPER 16u
#define META  32u
#define LOCKS (64u + 128u)

#define NUMBERS_MAX 3
#define PARTS_MAX   4
#define RELEASE     3 /* the event of a key that is let go */

/* "code:shifted:base ; modifiers:event ; text:text", or with other keys
 * "number ; modifiers:event".  What is missing is 0. */
struct numbers {
	unsigned of[NUMBERS_MAX][PARTS_MAX];
	size_t count;
	uint8_t final;
};

static bool read_numbers(struct numbers *n, const uint8_t *at, size_t len)
{
	const uint8_t *end = at + len - 1;
	size_t part = 0;
	*n = (struct numbers){ .count = 1, .final = *end };
	for (; at < end; at++) {
		unsigned *number = &n->of[n->count - 1][part];
		if (*at == ':' && part + 1 < PARTS_MAX)
			part++;
		else if (*at == ';' && n->count < NUMBERS_MAX)
			n->count++, part = 0;
		else if (*at >= '0' && *at <= '9' && *number < 10000000)
			*number = *number * 10 + *at - '0';
		else
			return false;
	}
	return true;
}

/* A key of the keypad, from 57399 on, is the key of the same name. */
static const char *const keypad[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "/", "*", "-",
	"+", "\r", "=", ",", "\033[D", "\033[C", "\033[A", "\033[B",
	"\033[5~", "\033[6~", "\033[H", "\033[F", "\033[2~", "\033[3~",
};
#define KEYPAD       57399
#define PRIVATE_LAST 63743 /* of the codes for keys that are no characters */

static int put_keypad(uint8_t *out, unsigned code)
{
	size_t i = code - KEYPAD;
	if (code < KEYPAD || i >= sizeof(keypad) / sizeof(*keypad))
		return 0;
	memcpy(out, keypad[i], strlen(keypad[i]));
	return (int)strlen(keypad[i]);
}

/* What Ctrl makes of a key, as terminals have always had it. */
static unsigned control_of(unsigned code)
{
	static const char keys[] = "/2345678?~ ";
	static const char values[] = "\037\0\033\034\035\036\037\177\177\036\0";
	const char *at = code && code < 0x80 ? strchr(keys, (int)code) : NULL;
	if (at)
		return (unsigned)(uint8_t)values[at - keys];
	if ((code >= '@' && code <= '_') || (code >= 'a' && code <= 'z'))
		return code & 0x1f;
	return code == 0x7f ? '\b' : code;
}

static unsigned shifted(const unsigned code[PARTS_MAX])
{
	if (code[1])
		return code[1];
	wint_t upper = towupper((wint_t)code[0]);
	return upper == WEOF ? code[0] : (unsigned)upper;
}

/* A character; 0 for none. */
static int put_code_point(uint8_t *out, unsigned code)
{
	bool is_c1 = code >= 0x80 && code < 0xa0;
	if (code < 0x80) {
		*out = (uint8_t)code;
		return 1;
	}
	return is_c1 ? 0 : (int)utf8_encode(out, code);
}

/* The text that the terminal says the key has typed. */
static int put_text(uint8_t *out, const unsigned text[PARTS_MAX])
{
	int len = 0;
	for (size_t i = 0; i < PARTS_MAX && text[i]; i++)
		if (text[i] >= 0x20 && text[i] != 0x7f)
			len += put_code_point(out + len, text[i]);
	return len;
}

/* Shift-Enter puts a newline into the line, as Alt-Enter does: chats have it
 * so.  Shift-Tab has always had a form of its own. */
static int put_key(uint8_t *out, const unsigned code[PARTS_MAX], unsigned mods)
{
	unsigned key = code[0];
	int len = 0;
	if ((mods & SHIFT) && key == '\t') {
		memcpy(out, "\033[Z", 3);
		return 3;
	}
	if ((mods & (ALT | META)) || ((mods & SHIFT) && key == '\r'))
		out[len++] = '\033';
	if ((mods & CTRL) && key >= 0x80) /* a layout without Latin letters */
		key = code[2] < 0x80 ? code[2] : 0;
	if (!key)
		return 0;
	if (mods & CTRL)
		key = control_of(key);
	else if (mods & SHIFT)
		key = shifted(code);
	int n = put_code_point(out + len, key);
	return n ? len + n : 0;
}

static int put_coded(uint8_t *out, const unsigned code[PARTS_MAX],
                     unsigned mods, const unsigned text[PARTS_MAX])
{
	if (mods & (SUPER | HYPER))
		return 0;
	if (code[0] >= 0xe000 && code[0] <= PRIVATE_LAST)
		return put_keypad(out, code[0]);
	if (text[0] && !(mods & (CTRL | ALT | META)))
		return put_text(out, text);
	return put_key(out, code, mods);
}

/* An arrow or a function key, without its locks and its event. */
static int put_other(uint8_t *out, const struct numbers *n, unsigned mods)
{
	unsigned number = n->of[0][0] ? n->of[0][0] : 1;
	bool is_ss3 = n->final >= 'P' && n->final <= 'S';
	char *text = (char *)out;
	if (mods)
		return snprintf(text, KEYCODE_MAX, "\033[%u;%u%c", number,
		                mods + 1, n->final);
	if (n->final == '~')
		return snprintf(text, KEYCODE_MAX, "\033[%u~", number);
	return snprintf(text, KEYCODE_MAX, "\033%c%c", is_ss3 ? 'O' : '[',
	                n->final);
}

int keycode_plain(uint8_t out[KEYCODE_MAX], const uint8_t *bytes, size_t len)
{
	static const unsigned no_text[PARTS_MAX];
	struct numbers n;
	if (len < 4 || bytes[0] != '\033' || bytes[1] != '[' ||
	    !read_numbers(&n, bytes + 2, len - 2))
		return -1;
	unsigned mods = n.of[1][0] ? n.of[1][0] - 1 : 0, event = n.of[1][1];
	bool is_other = n.final == '~' && n.of[0][0] == 27 && n.count == 3;
	bool has_plain = n.count == 2 && (event || !mods || (mods & LOCKS));
	if (event == RELEASE)
		return 0;
	if (n.final == 'u')
		return put_coded(out, n.of[0], mods & ~LOCKS, n.of[2]);
	if (is_other)
		return put_coded(out, n.of[2], mods & ~LOCKS, no_text);
	if (!has_plain || !strchr("~ABCDEFHPQRS", n.final))
		return -1;
	return put_other(out, &n, mods & ~LOCKS);
}
