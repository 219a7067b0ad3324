/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Three kinds of patterns, and one way to ask them. */

#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include <sockchat/bytes.h>
#include <sockchat/diag.h>
#include <sockchat/escape.h>
#include <sockchat/pattern.h>
#include <sockchat/utf8.h>

/* A regular expression sees no more than this at a time: regexec(3) takes
 * memory in proportion. */
#define WINDOW     ((size_t)64 << 10)
#define EXTENT_MAX 4000 /* characters, with all repeats written out */
#define GROUPS_MAX 32   /* one within the other */

typedef bool find_fn(const struct pattern *p, const uint8_t *bytes, size_t len,
                     size_t from, size_t *start, size_t *end);

struct pattern {
	find_fn *find;
	struct bytes needle; /* folded for find_folded() */
	regex_t regex;
	bool has_regex;
	struct bytes *line; /* with the NUL that an expression ends at */
};

static uint8_t fold(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

static bool find_exact(const struct pattern *p, const uint8_t *bytes,
                       size_t len, size_t from, size_t *start, size_t *end)
{
	const uint8_t *at = memmem(bytes + from, len - from, p->needle.data,
	                           p->needle.len);
	if (!at)
		return false;
	*start = (size_t)(at - bytes);
	*end = *start + p->needle.len;
	return true;
}

static bool is_folded(const uint8_t *bytes, const uint8_t *needle, size_t len)
{
	while (len && fold(*bytes) == *needle) {
		bytes++;
		needle++;
		len--;
	}
	return !len;
}

static bool find_folded(const struct pattern *p, const uint8_t *bytes,
                        size_t len, size_t from, size_t *start, size_t *end)
{
	const struct bytes *n = &p->needle;
	for (size_t i = from; i + n->len <= len; i++)
		if (is_folded(bytes + i, n->data, n->len)) {
			*start = i;
			*end = i + n->len;
			return true;
		}
	return false;
}

/* The end of the line, or of the window, that begins at `from`. */
static size_t line_end(const uint8_t *bytes, size_t len, size_t from)
{
	size_t rest = len - from < WINDOW ? len - from : WINDOW;
	const uint8_t *end = memchr(bytes + from, '\n', rest);
	return end ? (size_t)(end - bytes) : from + rest;
}

/* The match in the line whose bytes are those from `line` to before `end`. */
static bool find_in_line(const struct pattern *p, const uint8_t *bytes,
                         size_t line, size_t end, size_t from,
                         regmatch_t *match)
{
	bool is_whole = line == 0 || bytes[line - 1] == '\n';
	bytes_clear(p->line);
	if (bytes_append(p->line, bytes + line, end - line) ||
	    bytes_append_byte(p->line, '\0'))
		die("no memory to search a line");
	do {
		*match = (regmatch_t){
			.rm_so = (regoff_t)(from - line),
			.rm_eo = (regoff_t)(end - line),
		};
		if (regexec(&p->regex, (const char *)p->line->data, 1, match,
		            REG_STARTEND | (is_whole ? 0 : REG_NOTBOL)))
			return false;
		from = line + (size_t)match->rm_eo + 1;
	} while (match->rm_so == match->rm_eo && from <= end);
	return match->rm_so < match->rm_eo;
}

static bool find_regex(const struct pattern *p, const uint8_t *bytes,
                       size_t len, size_t from, size_t *start, size_t *end)
{
	regmatch_t match;
	size_t line = from;
	while (line > 0 && from - line < WINDOW && bytes[line - 1] != '\n')
		line--;
	for (size_t stop; line < len; from = line = stop + 1) {
		stop = line_end(bytes, len, line);
		if (from <= stop &&
		    find_in_line(p, bytes, line, stop, from, &match)) {
			*start = line + (size_t)match.rm_so;
			*end = line + (size_t)match.rm_eo;
			return true;
		}
		if (stop < len && bytes[stop] != '\n')
			stop--; /* a window ends here, and no line */
	}
	return false;
}

/* Whether all letters are small, and whether some that are not ASCII have a
 * capital form, which bytes cannot tell. */
static bool is_small(const char *text, bool *needs_regex)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = strlen(text);
	uint32_t cp;
	*needs_regex = false;
	while (len) {
		int n = utf8_decode(bytes, len, &cp);
		size_t size = n > 0 ? (size_t)n : 1;
		if (n > 0 && iswupper((wint_t)cp))
			return false;
		*needs_regex |= n > 1 && towupper((wint_t)cp) != cp;
		bytes += size;
		len -= size;
	}
	return true;
}

/* How large an expression becomes when its repeats are written out, which is
 * what libc does with them: f++++ and ((f+)+)+ double with each. */
struct extent {
	size_t sum[GROUPS_MAX], last[GROUPS_MAX]; /* of the group, its last */
	size_t depth;
	bool is_too_large;
};

static void add_atom(struct extent *x, size_t size)
{
	x->sum[x->depth] += size;
	x->last[x->depth] = size;
}

static void repeat_last(struct extent *x, size_t times)
{
	size_t more = x->last[x->depth] * (times - 1);
	x->sum[x->depth] += more;
	x->last[x->depth] += more;
	x->is_too_large |= x->sum[x->depth] > EXTENT_MAX;
}

static void enter_group(struct extent *x)
{
	if (x->depth + 1 == GROUPS_MAX) {
		x->is_too_large = true;
		return;
	}
	x->depth++;
	x->sum[x->depth] = x->last[x->depth] = 0;
}

static void leave_group(struct extent *x)
{
	size_t size = x->sum[x->depth];
	if (!x->depth)
		return;
	x->depth--;
	add_atom(x, size);
}

/* The largest number between braces, at least 1; how long they are. */
static size_t read_braces(const char *text, size_t *times)
{
	size_t i = 1, number = 0;
	*times = 1;
	for (; text[i] && text[i] != '}'; i++) {
		bool is_digit = text[i] >= '0' && text[i] <= '9';
		number = is_digit ? number * 10 + (size_t)(text[i] - '0') : 0;
		if (number > EXTENT_MAX)
			number = EXTENT_MAX;
		if (number > *times)
			*times = number;
	}
	return text[i] ? i + 1 : i;
}

/* A list between brackets: "[]a]", "[^]]"; how long it is. */
static size_t bracket_len(const char *text)
{
	size_t i = 1;
	if (text[i] == '^')
		i++;
	if (text[i] == ']')
		i++;
	while (text[i] && text[i] != ']')
		i++;
	return text[i] ? i + 1 : i;
}

/* One element; how long it is. */
static size_t measure(struct extent *x, const char *text)
{
	size_t times, len;
	switch (*text) {
	case '(':
		enter_group(x);
		return 1;
	case ')':
		leave_group(x);
		return 1;
	case '+':
		repeat_last(x, 2);
		return 1;
	case '{':
		len = read_braces(text, &times);
		repeat_last(x, times + 1);
		return len;
	case '[':
		add_atom(x, 1);
		return bracket_len(text);
	case '\\':
		add_atom(x, 1);
		return text[1] ? 2 : 1;
	case '*':
	case '?':
	case '|':
		return 1;
	default:
		add_atom(x, 1);
		return 1;
	}
}

/* A repetition of a repetition: POSIX leaves it undefined (XBD, 9.4.6), and
 * libc needs twice the time for each.  ".*?" is a habit from elsewhere. */
static bool is_repeated_again(char before, char now)
{
	return now && strchr("*+?{", now) && before && strchr("*+?{", before) &&
	       (now != '?' || before == '?');
}

static bool is_too_large(const char *text)
{
	struct extent x = { .depth = 0 };
	char before = '\0';
	while (*text && !x.is_too_large && !is_repeated_again(before, *text)) {
		before = *text;
		text += measure(&x, text);
	}
	return x.is_too_large || *text;
}

static int compile(struct pattern *p, const char *text, bool is_small,
                   struct error *e)
{
	char why[128];
	int flags = REG_EXTENDED | REG_NEWLINE | (is_small ? REG_ICASE : 0);
	if (is_too_large(text))
		return error_set(e, "this expression repeats too much");
	int code = regcomp(&p->regex, text, flags);
	if (code) {
		regerror(code, &p->regex, why, sizeof(why));
		return error_set(e, "not a regular expression: %s", why);
	}
	p->has_regex = true;
	p->line = calloc(1, sizeof(*p->line));
	if (!p->line)
		die("no memory for a pattern");
	p->find = find_regex;
	return 0;
}

/* The same text as a regular expression. */
static int compile_text(struct pattern *p, const char *text, struct error *e)
{
	struct bytes b = { 0 };
	for (; *text; text++)
		if ((strchr(".[{}()\\*+?|^$", *text) &&
		     bytes_append_byte(&b, '\\')) ||
		    bytes_append_byte(&b, (uint8_t)*text))
			die("no memory for a pattern");
	int failed = compile(p, bytes_text(&b), true, e);
	bytes_finish(&b);
	return failed;
}

static int use_text(struct pattern *p, const char *text, struct error *e)
{
	bool needs_regex, small = is_small(text, &needs_regex);
	if (small && needs_regex)
		return compile_text(p, text, e);
	if (bytes_append_text(&p->needle, text))
		die("no memory for a pattern");
	p->find = small ? find_folded : find_exact;
	return 0;
}

static int use_hex(struct pattern *p, const char *text, struct error *e)
{
	p->find = find_exact;
	if (escape_parse_hex(&p->needle, text, strlen(text), e))
		return -1;
	return p->needle.len ? 0 : error_set(e, "hex: which bytes?");
}

/* A small letter behind a backslash is no reason to mind the case, nor is a
 * capital one. */
static bool is_small_regex(const char *text)
{
	bool unused;
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text >= 'A' && *text <= 'Z')
			return false;
		else if ((uint8_t)*text >= 0x80)
			return is_small(text, &unused);
	}
	return true;
}

static int use(struct pattern *p, const char *text, struct error *e)
{
	if (!*text)
		return error_set(e, "what is to be found?");
	if (strlen(text) > PATTERN_MAX)
		return error_set(e, "a pattern has at most %d bytes",
		                 PATTERN_MAX);
	if (strncmp(text, "hex:", 4) == 0)
		return use_hex(p, text + 4, e);
	if (strncmp(text, "re:", 3) != 0)
		return use_text(p, text, e);
	if (!text[3])
		return error_set(e, "re: which expression?");
	return compile(p, text + 3, is_small_regex(text + 3), e);
}

struct pattern *pattern_new(const char *text, struct error *e)
{
	struct pattern *p = calloc(1, sizeof(*p));
	if (!p)
		die("no memory for a pattern");
	if (use(p, text, e)) {
		pattern_free(p);
		return NULL;
	}
	return p;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	if (p->has_regex) {
		regfree(&p->regex);
		bytes_finish(p->line);
		free(p->line);
	}
	bytes_finish(&p->needle);
	free(p);
}

bool pattern_find(const struct pattern *p, const uint8_t *bytes, size_t len,
                  size_t from, size_t *start, size_t *end)
{
	return from < len && p->find(p, bytes, len, from, start, end);
}

size_t pattern_count(const struct pattern *p, const uint8_t *bytes, size_t len)
{
	size_t count = 0, start, end = 0;
	while (pattern_find(p, bytes, len, end, &start, &end))
		count++;
	return count;
}
