/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whether a text is JSON.  There is no recursion: what is open is a bit for
 * each level. */

#include <stdbool.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/escape.h>
#include <sockchat/json_judge.h>
#include <sockchat/utf8.h>

/* What may stand next. */
enum next {
	NEXT_VALUE,
	NEXT_FIRST_VALUE, /* or the end of the list */
	NEXT_NAME,
	NEXT_FIRST_NAME, /* or the end of the object */
	NEXT_COLON,
	NEXT_COMMA, /* or the end of what is open */
};

static const char *const expected[] = {
	[NEXT_VALUE] = "a value",
	[NEXT_FIRST_VALUE] = "a value or ]",
	[NEXT_NAME] = "a name in quotes",
	[NEXT_FIRST_NAME] = "a name in quotes or }",
	[NEXT_COLON] = "a colon",
	[NEXT_COMMA] = "the end or another value",
};

struct judge {
	const uint8_t *bytes;
	size_t len, at;
	enum next next;
	struct bytes open; /* bits: 1 for an object */
	size_t depth;
	struct json_fault *fault;
	bool has_failed; /* no memory */
};

static int byte_at(const struct judge *j, size_t at)
{
	return at < j->len ? j->bytes[at] : -1;
}

static bool is_space(int c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* Something else should stand here.  Returns false. */
static bool want(struct judge *j, const char *what)
{
	*j->fault = (struct json_fault){ j->at, what };
	return false;
}

/* Levels */

static bool is_object(const struct judge *j)
{
	size_t i = j->depth - 1;
	return j->depth && j->open.data[i / 8] >> i % 8 & 1;
}

static const char *wanted(const struct judge *j)
{
	if (j->next != NEXT_COMMA || !j->depth)
		return expected[j->next];
	return is_object(j) ? "a comma or }" : "a comma or ]";
}

static bool open_level(struct judge *j, bool is_object)
{
	size_t i = j->depth++;
	if (i / 8 == j->open.len && bytes_append_byte(&j->open, 0)) {
		j->has_failed = true;
		return false;
	}
	uint8_t bit = (uint8_t)(1u << i % 8);
	if (is_object)
		j->open.data[i / 8] |= bit;
	else
		j->open.data[i / 8] &= (uint8_t)~bit;
	j->next = is_object ? NEXT_FIRST_NAME : NEXT_FIRST_VALUE;
	j->at++;
	return true;
}

static bool close_level(struct judge *j)
{
	j->depth--;
	j->at++;
	j->next = NEXT_COMMA;
	return true;
}

/* Scalars */

static bool take_escape(struct judge *j)
{
	const char *text = (const char *)j->bytes;
	int c = byte_at(j, j->at + 1);
	bool is_unicode = c == 'u';
	if (is_unicode && escape_hex_pair(text, j->len, j->at + 2) >= 0 &&
	    escape_hex_pair(text, j->len, j->at + 4) >= 0) {
		j->at += 6;
		return true;
	}
	if (c > 0 && !is_unicode && strchr("\"\\/bfnrt", c)) {
		j->at += 2;
		return true;
	}
	bool is_cut = j->len - j->at < (is_unicode ? 6 : 2);
	j->at = is_cut ? j->len : j->at;
	return want(j, "an escape that JSON has (\\n, \\u0041)");
}

static bool take_string(struct judge *j)
{
	for (j->at++;;) {
		j->at += utf8_plain(j->bytes + j->at, j->len - j->at, '"',
		                    '\\');
		int c = byte_at(j, j->at);
		if (c == '"')
			break;
		if (c < 0)
			return want(j, "a closing quote");
		if (c < ' ')
			return want(j, "no control character, but its escape");
		if (c != '\\')
			j->at++;
		else if (!take_escape(j))
			return false;
	}
	j->at++;
	return true;
}

static bool take_digits(struct judge *j)
{
	if (!is_digit(byte_at(j, j->at)))
		return want(j, "a digit");
	while (is_digit(byte_at(j, j->at)))
		j->at++;
	return true;
}

static bool take_number(struct judge *j)
{
	j->at += byte_at(j, j->at) == '-';
	if (byte_at(j, j->at) == '0')
		j->at++;
	else if (!take_digits(j))
		return false;
	if (byte_at(j, j->at) == '.') {
		j->at++;
		if (!take_digits(j))
			return false;
	}
	if ((byte_at(j, j->at) | 0x20) == 'e') {
		j->at++;
		int sign = byte_at(j, j->at);
		j->at += sign == '+' || sign == '-';
		return take_digits(j);
	}
	return true;
}

static bool take_word(struct judge *j)
{
	static const char *const words[] = { "true", "false", "null" };
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(words[i]), left = j->len - j->at;
		size_t have = left < n ? left : n;
		if (memcmp(j->bytes + j->at, words[i], have) == 0) {
			j->at += have;
			return have == n || want(j, words[i]);
		}
	}
	return want(j, expected[j->next]);
}

static bool take_value(struct judge *j)
{
	int c = byte_at(j, j->at);
	if (c == '{' || c == '[')
		return open_level(j, c == '{');
	bool is_good = c == '"'                  ? take_string(j)
	               : c == '-' || is_digit(c) ? take_number(j)
	                                         : take_word(j);
	j->next = is_good ? NEXT_COMMA : j->next;
	return is_good;
}

static bool take_name(struct judge *j)
{
	if (byte_at(j, j->at) != '"')
		return want(j, expected[j->next]);
	bool is_good = take_string(j);
	j->next = is_good ? NEXT_COLON : j->next;
	return is_good;
}

/* Behind a value.  Between two that stand alone a comma may be. */
static bool take_comma(struct judge *j)
{
	int c = byte_at(j, j->at);
	bool in_object = is_object(j);
	if (j->depth && c == (in_object ? '}' : ']'))
		return close_level(j);
	if (c == ',') {
		j->at++;
		j->next = in_object ? NEXT_NAME : NEXT_VALUE;
		return true;
	}
	return j->depth ? want(j, wanted(j)) : take_value(j);
}

static bool take_next(struct judge *j)
{
	int c = byte_at(j, j->at);
	switch (j->next) {
	case NEXT_VALUE:
		return take_value(j);
	case NEXT_FIRST_VALUE:
		return c == ']' ? close_level(j) : take_value(j);
	case NEXT_NAME:
		return take_name(j);
	case NEXT_FIRST_NAME:
		return c == '}' ? close_level(j) : take_name(j);
	case NEXT_COLON:
		j->next = NEXT_VALUE;
		return c == ':' ? ++j->at : want(j, expected[NEXT_COLON]);
	case NEXT_COMMA:
		return take_comma(j);
	}
	return false;
}

static void skip_space(struct judge *j)
{
	while (is_space(byte_at(j, j->at)))
		j->at++;
}

enum json_verdict json_judge(const uint8_t *bytes, size_t len,
                             struct json_fault *fault)
{
	struct judge j = { .bytes = bytes, .len = len, .fault = fault };
	bool is_good = true;
	skip_space(&j);
	if (byte_at(&j, j.at) != '{' && byte_at(&j, j.at) != '[')
		return JSON_OTHER;
	while (is_good && j.at < len) {
		is_good = take_next(&j);
		skip_space(&j);
	}
	if (is_good && j.depth)
		is_good = want(&j, wanted(&j));
	bytes_finish(&j.open);
	if (j.has_failed)
		return JSON_OTHER;
	return is_good          ? JSON_GOOD
	       : fault->at < len ? JSON_BROKEN
	                         : JSON_UNFINISHED;
}
