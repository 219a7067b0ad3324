/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* JSON cut into tokens.  That it is JSON is known: only what stands before a
 * token decides where it goes. */

#include <string.h>

#include <sockchat/json_cut.h>

enum after {
	AFTER_NOTHING,
	AFTER_OPENING, /* { or [ */
	AFTER_COMMA,
	AFTER_COLON,
	AFTER_VALUE,
	WITHIN_STRING,
	WITHIN_WORD, /* or a number */
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t space_len(const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && is_space(bytes[n]))
		n++;
	return n;
}

/* Up to the mark that ends a number or a word. */
static size_t word_len(const uint8_t *bytes, size_t len)
{
	size_t n = 1;
	while (n < len && !is_space(bytes[n]) && !strchr("{}[],:\"", bytes[n]))
		n++;
	return n;
}

static void cut_word(struct json_place *p, struct json_token *t,
                     const uint8_t *bytes, size_t len)
{
	bool is_long = len > JSON_TOKEN_MAX;
	t->len = word_len(bytes, is_long ? JSON_TOKEN_MAX : len);
	p->after = is_long && t->len == JSON_TOKEN_MAX &&
	                   word_len(bytes + t->len - 1, 2) == 2
	               ? WITHIN_WORD : AFTER_VALUE;
}

/* Whether a piece may end before this byte: no escape and no character is cut,
 * and no mark is parted from the letter that it is on. */
static bool may_cut(uint8_t next, size_t n)
{
	bool is_plain = next < 0x80;
	bool is_character = next >= 0xc0;
	return (is_plain && n >= JSON_TOKEN_MAX) ||
	       (is_character && n >= 2 * JSON_TOKEN_MAX) ||
	       n >= 3 * JSON_TOKEN_MAX;
}

/* The rest of a string from `n` on.  Sets whether it ends there. */
static size_t string_len(const uint8_t *bytes, size_t len, size_t n, bool *ends)
{
	*ends = true;
	for (; n < len; n++) {
		if (bytes[n] == '"')
			return n + 1;
		if (may_cut(bytes[n], n))
			break;
		n += bytes[n] == '\\';
	}
	*ends = n >= len;
	return n < len ? n : len;
}

static void cut_string(struct json_place *p, struct json_token *t,
                       const uint8_t *bytes, size_t len)
{
	bool ends;
	t->len = string_len(bytes, len, p->after != WITHIN_STRING, &ends);
	p->after = ends ? AFTER_VALUE : WITHIN_STRING;
}

/* White space behind the last value stays. */
static void cut_space(struct json_place *p, struct json_token *t, size_t len)
{
	t->is_hidden = p->depth || t->len < len;
}

static void cut_closing(struct json_place *p, struct json_token *t)
{
	p->depth -= p->depth > 0;
	t->begins_row = p->after != AFTER_OPENING;
	t->depth = p->depth;
	p->after = AFTER_VALUE;
}

static void cut_value(struct json_place *p, struct json_token *t,
                      const uint8_t *bytes, size_t len)
{
	t->has_space = p->after == AFTER_COLON;
	t->begins_row = p->after == AFTER_OPENING || p->after == AFTER_COMMA ||
	                p->after == AFTER_VALUE;
	t->depth = p->depth;
	if (*bytes == '{' || *bytes == '[') {
		p->after = AFTER_OPENING;
		p->depth++;
	} else if (*bytes == '"') {
		p->after = AFTER_NOTHING;
		cut_string(p, t, bytes, len);
	} else {
		cut_word(p, t, bytes, len);
	}
}

void json_cut(struct json_place *place, struct json_token *t,
              const uint8_t *bytes, size_t len)
{
	*t = (struct json_token){ .len = 1 };
	size_t space = place->after < WITHIN_STRING ? space_len(bytes, len) : 0;
	if (place->after == WITHIN_STRING) {
		cut_string(place, t, bytes, len);
	} else if (place->after == WITHIN_WORD) {
		cut_word(place, t, bytes, len);
	} else if (space) {
		t->len = space;
		cut_space(place, t, len);
	} else if (*bytes == ',') {
		place->after = AFTER_COMMA;
	} else if (*bytes == ':') {
		place->after = AFTER_COLON;
	} else if (*bytes == '}' || *bytes == ']') {
		cut_closing(place, t);
	} else {
		cut_value(place, t, bytes, len);
	}
}
