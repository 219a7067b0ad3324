/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/utf8.h>

#include "expression_private.h"

/* A step takes about a nanosecond: so a search has 2 ms for a short message,
 * and 20 ms for one of 64 KiB.  A line of nothing but matches needs some 200
 * steps for each byte; in a long message one look at each byte is for free. */
#define STEPS          INT64_C(2000000)
#define STEPS_PER_BYTE 280                /* in addition */
#define STEPS_LEN_MAX  ((size_t)64 << 10) /* bytes for which there are some */
#define STEPS_PER_REST 4                  /* for each of the others */
#define STEPS_ITEM     30                 /* an item of the expression */
#define STEPS_MATCH    80                 /* PCRE2 is called */

/* PCRE2's own limits.  Steps bound the time, these the memory. */
#define HEAP_MAX_KIB 8192
#define MATCH_MAX    10000000
#define GROUPS_MAX   100 /* groups within groups */

/* What a match has cost, for on_item(). */
struct work {
	int64_t left;
	size_t last;         /* where it was seen last */
	uint32_t references; /* the highest group that is referred to */
};

struct expression {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct work work;
	int64_t left; /* steps, of the search that goes on */
	/* The message of the last match, and what PCRE2 saw in its place. */
	const uint8_t *bytes;
	size_t len;
	bool is_bytes; /* each of its bytes is a character */
	struct bytes seen; /* or nothing: it saw the message itself */
	const uint8_t *text; /* what it saw */
	size_t text_len;
	/* A byte of the message, and which byte of `seen` that is; and the same
	 * for the beginning of the last match. */
	size_t at, seen_at, match_at, match_seen_at;
};

/* The length of the longest group that is referred to: each reference may
 * compare all of its bytes. */
static size_t longest_group(const pcre2_callout_block *b, uint32_t highest)
{
	size_t longest = 0;
	for (uint32_t i = 1; i <= highest && i < b->capture_top; i++) {
		size_t start = b->offset_vector[2 * i];
		size_t end = b->offset_vector[2 * i + 1];
		if (start != PCRE2_UNSET && end - start > longest)
			longest = end - start;
	}
	return longest;
}

/* PCRE2 calls this before each item of the expression.  The item, and the way
 * from the place of the last one, are counted as work.  PCRE2's own limits
 * would begin anew at each place where a match may begin, and leave out what a
 * repeated item passes over. */
static int on_item(pcre2_callout_block *b, void *user)
{
	struct work *w = user;
	size_t at = b->current_position;
	size_t way = at > w->last ? at - w->last : w->last - at;
	w->last = at;
	w->left -= STEPS_ITEM + (int64_t)way;
	if (w->references)
		w->left -= (int64_t)longest_group(b, w->references) * 8;
	return w->left < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

int64_t expression_steps(size_t len)
{
	size_t counted = len < STEPS_LEN_MAX ? len : STEPS_LEN_MAX;
	return STEPS + STEPS_PER_BYTE * (int64_t)counted +
	       STEPS_PER_REST * (int64_t)(len - counted);
}

int expression_run(struct expression *x, const uint8_t *bytes, size_t len,
                   size_t at, uint32_t flags, int64_t *left)
{
	x->work.last = at;
	x->work.left = *left - STEPS_MATCH;
	int found = pcre2_match(x->code, bytes, len, at,
	                        flags | PCRE2_NO_UTF_CHECK, x->match,
	                        x->limits);
	*left = x->work.left;
	return found;
}

const size_t *expression_places(const struct expression *x)
{
	return pcre2_get_ovector_pointer(x->match);
}

/* Making an expression */

static int no_memory(struct error *e)
{
	error_set(e, "no memory for an expression");
	error_set_code(e, ENOMEM);
	return -1;
}

static int set_limits(struct expression *x)
{
	x->match = pcre2_match_data_create_from_pattern(x->code, NULL);
	x->limits = pcre2_match_context_create(NULL);
	if (!x->match || !x->limits)
		return -1;
	pcre2_pattern_info(x->code, PCRE2_INFO_BACKREFMAX,
	                   &x->work.references);
	pcre2_set_callout(x->limits, on_item, &x->work);
	pcre2_set_heap_limit(x->limits, HEAP_MAX_KIB);
	pcre2_set_match_limit(x->limits, MATCH_MAX);
	pcre2_set_depth_limit(x->limits, MATCH_MAX);
	return 0;
}

static int refuse_expression(struct error *e, int code)
{
	char why[128] = "";
	if (code == PCRE2_ERROR_HEAP_FAILED)
		return no_memory(e);
	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
	return error_set(e, "not a regular expression: %s", why);
}

static int compile(struct expression *x, const char *text, size_t len,
                   uint32_t flags, size_t *at, struct error *e)
{
	int code;
	pcre2_compile_context *how = pcre2_compile_context_create(NULL);
	if (!how)
		return no_memory(e);
	pcre2_set_parens_nest_limit(how, GROUPS_MAX);
	pcre2_set_newline(how, PCRE2_NEWLINE_LF);
	x->code = pcre2_compile((PCRE2_SPTR)(len ? text : ""), len,
	                        flags | PCRE2_UTF | PCRE2_AUTO_CALLOUT, &code,
	                        at, how);
	pcre2_compile_context_free(how);
	if (!x->code)
		return refuse_expression(e, code);
	return set_limits(x) ? no_memory(e) : 0;
}

struct expression *expression_compile(const char *text, size_t len,
                                      uint32_t flags, size_t *at,
                                      struct error *e)
{
	struct expression *x = calloc(1, sizeof(*x));
	*at = 0;
	if (!x)
		no_memory(e);
	else if (compile(x, text, len, flags, at, e) == 0)
		return x;
	expression_free(x);
	return NULL;
}

struct expression *expression_new(const char *text, size_t len, size_t *at,
                                  struct error *e)
{
	*at = 0;
	if (len > EXPRESSION_MAX) {
		error_set(e, "an expression may have at most %zu bytes",
		          EXPRESSION_MAX);
		return NULL;
	}
	return expression_compile(text, len,
	                          PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, at, e);
}

void expression_free(struct expression *x)
{
	if (!x)
		return;
	pcre2_match_data_free(x->match);
	pcre2_match_context_free(x->limits);
	pcre2_code_free(x->code);
	bytes_finish(&x->seen);
	free(x);
}

/* A message */

/* How many bytes the character has that begins with byte `at` of the message,
 * and the text that PCRE2 sees in its place. */
static size_t see_character(const struct expression *x, size_t at,
                            uint8_t text[4], size_t *text_len)
{
	uint32_t cp;
	int n = x->is_bytes ? 0
	                    : utf8_decode(x->bytes + at, x->len - at, &cp);
	*text_len = utf8_encode(text, n > 0 ? cp : x->bytes[at]);
	return n > 0 ? (size_t)n : 1;
}

/* Let PCRE2 see the message as valid UTF-8.  -1 without memory. */
static int see_message(struct expression *x, const uint8_t *bytes, size_t len,
                       bool is_bytes)
{
	uint8_t text[4];
	size_t n, text_len;
	x->bytes = bytes;
	x->len = x->text_len = len;
	x->text = len ? bytes : (const uint8_t *)"";
	x->is_bytes = is_bytes;
	x->at = x->seen_at = x->match_at = x->match_seen_at = 0;
	bytes_clear(&x->seen);
	if (!is_bytes && utf8_is_valid(bytes, len))
		return 0;
	if (bytes_reserve(&x->seen, 2 * len)) /* of a byte come two at most */
		return -1;
	for (size_t i = 0; i < len; i += n) {
		n = see_character(x, i, text, &text_len);
		memcpy(x->seen.data + x->seen.len, text, text_len);
		x->seen.len += text_len;
	}
	x->text = x->seen.data;
	x->text_len = x->seen.len;
	return 0;
}

/* The byte of the message that PCRE2 saw there.  Groups are asked for from
 * front to back: what was found last is not looked for again. */
static size_t place_of(struct expression *x, size_t seen)
{
	uint8_t text[4];
	size_t text_len;
	if (!x->seen.len)
		return seen;
	if (seen < x->seen_at) {
		bool is_behind = seen >= x->match_seen_at;
		x->at = is_behind ? x->match_at : 0;
		x->seen_at = is_behind ? x->match_seen_at : 0;
	}
	while (x->seen_at < seen) {
		x->at += see_character(x, x->at, text, &text_len);
		x->seen_at += text_len;
	}
	return x->at;
}

/* True if it has no control character but white space. */
static bool is_text(const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		at += utf8_text_len(bytes + at, len - at);
		if (at < len && !memchr("\t\n\r", bytes[at], 3))
			return false;
	}
	return true;
}

/* PCRE2's answer about what it sees, from `at` on. */
static int run_on(struct expression *x, size_t at, uint32_t flags)
{
	return expression_run(x, x->text, x->text_len, at, flags, &x->left);
}

/* In what is no text two bytes may be a character by chance: if it does not
 * match so, each byte is one. */
static int find_again(struct expression *x, uint32_t flags)
{
	size_t len = x->text_len;
	if (is_text(x->bytes, x->len))
		return PCRE2_ERROR_NOMATCH;
	if (see_message(x, x->bytes, x->len, true))
		return PCRE2_ERROR_NOMEMORY;
	return x->text_len == len ? PCRE2_ERROR_NOMATCH /* they are already */
	                          : run_on(x, 0, flags);
}

static enum expression_found found_of(int found)
{
	return found > 0                       ? EXPRESSION_FOUND
	       : found == PCRE2_ERROR_NOMATCH ? EXPRESSION_NONE
	                                      : EXPRESSION_TOO_LONG;
}

static enum expression_found find_in(struct expression *x,
                                     const uint8_t *bytes, size_t len,
                                     uint32_t flags)
{
	x->left = expression_steps(len);
	if (see_message(x, bytes, len, false))
		return EXPRESSION_TOO_LONG;
	int found = run_on(x, 0, flags);
	if (found == PCRE2_ERROR_NOMATCH)
		found = find_again(x, flags);
	return found_of(found);
}

enum expression_found expression_whole(struct expression *x,
                                       const uint8_t *bytes, size_t len)
{
	return find_in(x, bytes, len, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

enum expression_found expression_search(struct expression *x,
                                        const uint8_t *bytes, size_t len)
{
	return find_in(x, bytes, len, 0);
}

/* The place behind the character there. */
static size_t behind_character(const struct expression *x, size_t at)
{
	at++;
	while (at < x->text_len && (x->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

enum expression_found expression_next(struct expression *x)
{
	const size_t *place = expression_places(x);
	size_t end = place[1];
	size_t at = place[0] == end ? behind_character(x, end) : end;
	int found = PCRE2_ERROR_NOMATCH;
	if (end < place[0]) /* \K may do that */
		return EXPRESSION_NONE;
	x->match_at = place_of(x, place[0]);
	x->match_seen_at = place[0];
	while (at <= x->text_len) {
		found = run_on(x, at, 0);
		if (found < 0 || place[1] != end)
			break;
		at = behind_character(x, at); /* nothing, where it ended */
		found = PCRE2_ERROR_NOMATCH;
	}
	return found_of(found);
}

/* True if a match begins with these bytes, as far as can be told. */
static bool begins_match(struct expression *x, const uint8_t *bytes, size_t len)
{
	int found = expression_run(x, bytes, len, 0,
	                           PCRE2_ANCHORED | PCRE2_PARTIAL_HARD,
	                           &x->left);
	return found == PCRE2_ERROR_PARTIAL ||
	       (found > 0 && expression_places(x)[1] == len);
}

size_t expression_fits(struct expression *x, const uint8_t *bytes, size_t len)
{
	size_t low = 0, high;
	x->left = expression_steps(len);
	if (see_message(x, bytes, len, false))
		return 0;
	for (high = x->text_len; low < high && x->left > 0;) {
		size_t mid = low + (high - low + 1) / 2, end = mid;
		while (end < x->text_len && (x->text[end] & 0xc0) == 0x80)
			end++;
		if (begins_match(x, x->text, end))
			low = end;
		else
			high = mid - 1;
	}
	return place_of(x, low);
}

/* Groups */

size_t expression_groups(const struct expression *x)
{
	return pcre2_get_ovector_count(x->match) - 1;
}

bool expression_group(struct expression *x, size_t n, size_t *at, size_t *len)
{
	const size_t *place = expression_places(x) + 2 * n;
	if (n > expression_groups(x) || place[0] == PCRE2_UNSET ||
	    place[1] < place[0])
		return false;
	*at = place_of(x, place[0]);
	*len = place_of(x, place[1]) - *at;
	return true;
}

/* An entry of PCRE2's table: the number in two bytes, and the name. */
const char *expression_name(const struct expression *x, size_t i, size_t *group)
{
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;
	pcre2_pattern_info(x->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(x->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(x->code, PCRE2_INFO_NAMETABLE, &table);
	if (i >= count)
		return NULL;
	table += i * size;
	*group = (size_t)table[0] << 8 | table[1];
	return (const char *)table + 2;
}
