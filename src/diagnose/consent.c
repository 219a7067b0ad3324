/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/consent.h>

struct line {
	const char *at;
	size_t len;
};

static bool begins(const struct line *l, const char *word)
{
	size_t n = strlen(word);

	return l->len >= n && memcmp(l->at, word, n) == 0;
}

/* Whether a word of IMAP's stands behind the line's tag, or at its start. */
static bool has_word(const struct line *l, const char *word)
{
	const char *space = memchr(l->at, ' ', l->len);
	struct line rest = *l;

	if (begins(l, word))
		return true;
	if (!space)
		return false;
	rest.at = space + 1;
	rest.len = l->len - (size_t)(rest.at - l->at);
	return begins(&rest, word);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 5321, 4.2: three digits, and "-" on all lines but the last. */
static bool has_number(const struct line *l)
{
	return l->len >= 3 && is_digit(l->at[0]) && is_digit(l->at[1]) &&
	       is_digit(l->at[2]);
}

/* RFC 3501, 7: what begins with a star is no answer to a command. */
static bool is_followed(const struct line *l)
{
	return begins(l, "* ") ||
	       (has_number(l) && l->len > 3 && l->at[3] == '-');
}

static bool is_refusal(const struct line *l)
{
	if (has_number(l))
		return l->at[0] == '4' || l->at[0] == '5';
	return begins(l, "-ERR") || has_word(l, "NO ") || has_word(l, "BAD ");
}

static bool is_known(const struct line *l)
{
	return has_number(l) || begins(l, "+OK") || has_word(l, "OK");
}

/* PostgreSQL answers by one byte, XMPP by an element (RFC 6120, 5.4.2). */
static bool is_bare_refusal(const struct line *l)
{
	return (l->len == 1 && *l->at == 'N') || begins(l, "<failure");
}

enum consent consent_judge(const uint8_t *bytes, size_t len, bool is_all)
{
	const char *at = (const char *)bytes, *end = at + len, *newline;

	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		const struct line l = {
			at, (size_t)((newline ? newline : end) - at),
		};
		if (!newline)
			return is_all && is_bare_refusal(&l) ? CONSENT_REFUSED
			                                     : CONSENT_PART;
		if (is_followed(&l))
			continue;
		if (is_refusal(&l))
			return CONSENT_REFUSED;
		if (newline + 1 == end)
			return CONSENT_GIVEN;
		return is_known(&l) ? CONSENT_EXCEEDED : CONSENT_OTHER;
	}
	return CONSENT_WAITS;
}
