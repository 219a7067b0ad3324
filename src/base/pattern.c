/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Three kinds of patterns, and one way to ask them. */

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include <sockchat/bytes.h>
#include <sockchat/hextext.h>
#include <sockchat/pattern.h>
#include <sockchat/utf8.h>

#include "expression_private.h"

#define NEAR       ((size_t)256) /* most matches are nearer than this */
#define FOLDED_MIN ((size_t)64)  /* bytes that are folded first */
#define FOLDED_MAX ((size_t)8192)
#define SHORT_MAX  ((size_t)16)  /* text of so many is compared in place */

typedef bool find_fn(struct pattern_scan *s, size_t *start, size_t *end);

struct pattern {
	find_fn *find;
	struct bytes needle; /* in small letters, unless find_exact() has it */
	struct expression *expression; /* NULL: it is text or bytes */
	bool gave_up, is_told;
};

static uint8_t fold_byte(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

/* Bytes */

static bool take_match(struct pattern_scan *s, size_t at, size_t *start,
                       size_t *end)
{
	*start = at;
	*end = s->at = at + s->pattern->needle.len;
	return true;
}

static bool find_exact(struct pattern_scan *s, size_t *start, size_t *end)
{
	const struct bytes *n = &s->pattern->needle;
	const uint8_t *at = memmem(s->bytes + s->at, s->len - s->at, n->data,
	                           n->len);
	return at && take_match(s, (size_t)(at - s->bytes), start, end);
}

static bool is_folded(const uint8_t *bytes, const uint8_t *needle, size_t len)
{
	while (len && fold_byte(*bytes) == *needle) {
		bytes++;
		needle++;
		len--;
	}
	return !len;
}

static bool find_short(struct pattern_scan *s, size_t *start, size_t *end)
{
	const struct bytes *n = &s->pattern->needle;
	for (size_t i = s->at; i + n->len <= s->len; i++)
		if (is_folded(s->bytes + i, n->data, n->len))
			return take_match(s, i, start, end);
	s->at = s->len;
	return false;
}

/* Folded piece by piece, so that memmem(3), whose time is linear, finds it;
 * first a small one, for the next match may be near. */
static bool find_folded(struct pattern_scan *s, size_t *start, size_t *end)
{
	const struct bytes *n = &s->pattern->needle;
	uint8_t folded[FOLDED_MAX + PATTERN_MAX];
	size_t size = FOLDED_MIN, rest;
	while ((rest = s->len - s->at) >= n->len) {
		size_t len = size + n->len - 1;
		if (len > rest)
			len = rest;
		for (size_t i = 0; i < len; i++)
			folded[i] = fold_byte(s->bytes[s->at + i]);
		const uint8_t *at = memmem(folded, len, n->data, n->len);
		if (at)
			return take_match(s, s->at + (size_t)(at - folded),
			                  start, end);
		s->at += len - n->len + 1;
		if (size < FOLDED_MAX)
			size *= 2;
	}
	return false;
}

/* Expressions */

/* Go to the next line, or to the next part of a line that is UTF-8.  False if
 * there is none. */
static bool go_to_line(struct pattern_scan *s)
{
	uint32_t cp;
	int n = 0;
	size_t at = s->at;
	while (at < s->len &&
	       (s->bytes[at] == '\n' ||
	        utf8_decode(s->bytes + at, s->len - at, &cp) < 1))
		at++;
	s->line = s->at = at;
	for (; at < s->len && s->bytes[at] != '\n'; at += (size_t)n) {
		n = 1;
		if (s->bytes[at] >= 0x80)
			n = utf8_decode(s->bytes + at, s->len - at, &cp);
		if (n < 1)
			break;
	}
	s->stop = at;
	return s->at < s->len;
}

static bool begins_line(const struct pattern_scan *s)
{
	return s->line == 0 || s->bytes[s->line - 1] == '\n';
}

static bool ends_line(const struct pattern_scan *s)
{
	return s->stop == s->len || s->bytes[s->stop] == '\n';
}

/* What pcre2_match() says of the line from `at` to `stop`. */
static int match_part(struct pattern_scan *s, size_t stop, uint32_t flags)
{
	flags |= PCRE2_NOTEMPTY;
	if (!begins_line(s))
		flags |= PCRE2_NOTBOL;
	if (!ends_line(s))
		flags |= PCRE2_NOTEOL;
	return expression_run(s->pattern->expression, s->bytes + s->line,
	                      stop - s->line, s->at - s->line, flags, &s->left);
}

/* Look at what is near first.  PCRE2 looks for both forms of a first letter up
 * to the end, which may be far, and would do so for each match.  A match that
 * might go on behind what is near does not count yet. */
static int match_line(struct pattern_scan *s)
{
	size_t near = s->at + NEAR;
	int found = PCRE2_ERROR_NOMATCH;
	if (near < s->stop) {
		while ((s->bytes[near] & 0xc0) == 0x80)
			near--;
		found = match_part(s, near, PCRE2_PARTIAL_HARD);
	}
	if (found == PCRE2_ERROR_NOMATCH || found == PCRE2_ERROR_PARTIAL)
		found = match_part(s, s->stop, 0);
	return found;
}

static bool find_expression(struct pattern_scan *s, size_t *start, size_t *end)
{
	const size_t *place = expression_places(s->pattern->expression);
	while (s->at < s->stop || go_to_line(s)) {
		int found = match_line(s);
		if (found >= 0 && place[1] > place[0]) {
			*start = s->line + place[0];
			*end = s->at = s->line + place[1];
			return true;
		}
		s->at = s->stop;
		if (found < 0 && found != PCRE2_ERROR_NOMATCH)
			pattern_give_up(s);
	}
	return false;
}

/* Making a pattern */

static int no_memory(struct error *e)
{
	return error_set(e, "no memory for a pattern");
}

static int use_compiled(struct pattern *p, const char *text, uint32_t flags,
                        struct error *e)
{
	size_t at;
	p->find = find_expression;
	p->expression = expression_compile(text, strlen(text), flags, &at, e);
	return p->expression ? 0 : -1;
}

/* True if all letters are small.  `*has_others` tells of letters beyond ASCII
 * that have a capital form, which a comparison of bytes would miss. */
static bool is_small_text(const char *text, bool *has_others)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = strlen(text);
	uint32_t cp;
	*has_others = false;
	while (len) {
		int n = utf8_decode(bytes, len, &cp);
		size_t size = n > 0 ? (size_t)n : 1;
		if (n > 0 && iswupper((wint_t)cp))
			return false;
		*has_others |= n > 1 && towupper((wint_t)cp) != cp;
		bytes += size;
		len -= size;
	}
	return true;
}

static int use_text(struct pattern *p, const char *text, struct error *e)
{
	bool has_others, small = is_small_text(text, &has_others);
	if (small && has_others &&
	    utf8_is_valid((const uint8_t *)text, strlen(text)))
		return use_compiled(p, text, PCRE2_LITERAL | PCRE2_CASELESS, e);
	if (bytes_append_text(&p->needle, text))
		return no_memory(e);
	p->find = !small                        ? find_exact
	          : p->needle.len <= SHORT_MAX ? find_short
	                                       : find_folded;
	return 0;
}

static int use_hex(struct pattern *p, const char *text, struct error *e)
{
	p->find = find_exact;
	if (hextext_parse(&p->needle, text, strlen(text), e))
		return -1;
	return p->needle.len ? 0 : error_set(e, "hex: which bytes?");
}

/* As is_small_text(), for an expression: a letter behind a backslash does not
 * count, as in \S. */
static bool is_small_expression(const char *text)
{
	bool unused;
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text >= 'A' && *text <= 'Z')
			return false;
		else if ((uint8_t)*text >= 0x80)
			return is_small_text(text, &unused);
	}
	return true;
}

static int use_expression(struct pattern *p, const char *text, struct error *e)
{
	uint32_t flags = PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
	if (!*text)
		return error_set(e, "re: which expression?");
	if (is_small_expression(text))
		flags |= PCRE2_CASELESS;
	return use_compiled(p, text, flags, e);
}

static int choose_kind(struct pattern *p, const char *text, struct error *e)
{
	if (!*text)
		return error_set(e, "what should be found?");
	if (strlen(text) > PATTERN_MAX)
		return error_set(e, "a pattern may have at most %d bytes",
		                 PATTERN_MAX);
	if (strncmp(text, "hex:", 4) == 0)
		return use_hex(p, text + 4, e);
	if (strncmp(text, "re:", 3) == 0)
		return use_expression(p, text + 3, e);
	return use_text(p, text, e);
}

struct pattern *pattern_new(const char *text, struct error *e)
{
	struct pattern *p = calloc(1, sizeof(*p));
	if (!p)
		no_memory(e);
	else if (choose_kind(p, text, e) == 0)
		return p;
	pattern_free(p);
	return NULL;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	expression_free(p->expression);
	bytes_finish(&p->needle);
	free(p);
}

/* Asking a pattern */

void pattern_begin(struct pattern_scan *s, struct pattern *p,
                   const uint8_t *bytes, size_t len)
{
	*s = (struct pattern_scan){
		.pattern = p,
		.bytes = bytes,
		.len = len,
		.left = expression_steps(len),
	};
}

bool pattern_next(struct pattern_scan *s, size_t *start, size_t *end)
{
	return s->at < s->len && s->pattern->find(s, start, end);
}

/* A match across a place: an expression sees one line at a time. */

#define REACH ((size_t)128) /* of an expression */

size_t pattern_reach(const struct pattern *p)
{
	return p->expression ? REACH : p->needle.len - 1;
}

static uint8_t as_needle(const struct pattern *p, uint8_t byte)
{
	return p->find == find_exact ? byte : fold_byte(byte);
}

bool pattern_crosses_behind(const struct pattern *p, uint8_t before)
{
	const struct bytes *n = &p->needle;
	if (p->expression)
		return before != '\n';
	return n->len > 1 &&
	       memchr(n->data, as_needle(p, before), n->len - 1);
}

bool pattern_crosses_before(const struct pattern *p, uint8_t behind)
{
	const struct bytes *n = &p->needle;
	if (p->expression)
		return behind != '\n';
	return n->len > 1 &&
	       memchr(n->data + 1, as_needle(p, behind), n->len - 1);
}

/* Whether the needle begins with the last bytes. */
static bool needle_goes_on(const struct pattern *p, const uint8_t *bytes,
                           size_t len)
{
	const struct bytes *n = &p->needle;
	for (size_t k = 1; k < n->len && k <= len; k++) {
		size_t same = 0;
		while (same < k && as_needle(p, bytes[len - 1 - same]) ==
		                       n->data[k - 1 - same])
			same++;
		if (same == k)
			return true;
	}
	return false;
}

/* Whether the last line ends with what may become a match. */
static bool expression_goes_on(struct pattern *p, const uint8_t *bytes,
                               size_t len)
{
	const size_t *place = expression_places(p->expression);
	struct pattern_scan s;
	int found = 0;
	pattern_begin(&s, p, bytes, len);
	if (utf8_unfinished(bytes, len))
		return true;
	while (found >= 0 && (s.at < s.stop || go_to_line(&s))) {
		size_t at = s.at;
		if (s.stop == len)
			found = match_part(&s, s.stop, PCRE2_PARTIAL_HARD);
		s.at = s.stop == len && found >= 0 ? s.line + place[1] : s.stop;
		if (s.at == at)
			break;
	}
	return found == PCRE2_ERROR_PARTIAL;
}

bool pattern_goes_on(struct pattern *p, const uint8_t *bytes, size_t len)
{
	return p->expression ? expression_goes_on(p, bytes, len)
	               : needle_goes_on(p, bytes, len);
}

bool pattern_matches(struct pattern *p, const uint8_t *bytes, size_t len)
{
	struct pattern_scan s;
	size_t start, end;
	pattern_begin(&s, p, bytes, len);
	return pattern_next(&s, &start, &end);
}

size_t pattern_count(struct pattern *p, const uint8_t *bytes, size_t len)
{
	struct pattern_scan s;
	size_t count = 0, start, end;
	pattern_begin(&s, p, bytes, len);
	while (pattern_next(&s, &start, &end))
		count++;
	return s.is_over ? 0 : count;
}

void pattern_give_up(struct pattern_scan *s)
{
	s->is_over = s->pattern->gave_up = true;
	s->at = s->len;
}

bool pattern_gave_up(struct pattern *p, struct error *e)
{
	if (!p->gave_up || p->is_told)
		return false;
	p->is_told = true;
	error_set(e, "the expression takes too long on some entries: they "
	             "count as no match");
	error_set_hint(e, "use a simpler expression, or plain text");
	return true;
}
