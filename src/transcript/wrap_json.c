/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>

#include "wrap_json.h"

#define INDENT_MAX 64 /* columns; the deepest are not told apart */
#define JSON_MAX   ((size_t)4 << 20) /* more would take a fifth of a second */

static bool is_whole(const struct entry *e)
{
	return (e->flags & (ENTRY_COMPLETE | ENTRY_CUT)) == ENTRY_COMPLETE;
}

void wrap_judge_json(struct layout *l, const struct entry *e, size_t begin,
                     size_t end)
{
	const struct wrap_map *m = l->settings->map;
	if (!l->settings->look.indents_json || e->prefix_at)
		return;
	if (l->knows_json) {
		l->json = m->json;
		l->fault = m->fault;
		return;
	}
	bool is_long = end - begin > JSON_MAX;
	l->json = json_judge(e->bytes + begin, is_long ? JSON_MAX : end - begin,
	                     &l->fault);
	if (l->json != JSON_OTHER && is_long)
		l->json = JSON_LONG;
	l->fault.at += begin;
}

/* What stands in front of a token: at the end of a row there is no space. */
static void lay_before(struct layout *l, const struct json_token *t)
{
	static const char spaces[INDENT_MAX + 1] =
	    "                                                                ";
	const uint8_t *at = l->content + l->token;
	size_t row = l->row, columns = l->columns, n = 2 * t->depth;
	wrap_begin_part(l, l->token);
	if (t->begins_row && l->column)
		wrap_next_row(l);
	if (l->row > row)
		wrap_learn_begin(l, at);
	n = n > INDENT_MAX ? INDENT_MAX : n;
	n = n > columns / 2 ? columns / 2 : n;
	wrap_set_hit(l, WRAP_NO_HIT);
	if (t->begins_row)
		wrap_lay_run(l, spaces, n, n, l->plain);
	else if (t->has_space && l->column && l->column + 1 < columns)
		wrap_lay_run(l, spaces, 1, 1, l->plain);
}

/* Lay a token that is plain ASCII and fits into the row, as most do: nothing
 * that may be on its last character follows.  False if it is none. */
static bool lay_plain_token(struct layout *l, const uint8_t *at, size_t len)
{
	wrap_mark_byte(l, at);
	if (wrap_marked_len(l, at, len) < len ||
	    wrap_plain_run(l, at, len) < len)
		return false;
	wrap_lay_run(l, (const char *)at, len, len, l->plain);
	wrap_find_row(l, at + len);
	return true;
}

/* The byte `at` may lie within the first token. */
size_t wrap_lay_json(struct layout *l, size_t begin, size_t at, size_t end)
{
	struct json_token t;
	for (size_t token = l->token > begin ? l->token : begin;
	     token < end && !wrap_is_done(l); token += t.len) {
		l->token = token;
		l->before = l->place;
		json_cut(&l->place, &t, l->content + token, end - token);
		size_t from = at > token ? at : token;
		if (t.is_hidden || token + t.len <= from)
			continue;
		if (at <= token)
			lay_before(l, &t);
		if (at <= token &&
		    lay_plain_token(l, l->content + token, t.len))
			continue;
		wrap_lay_text(l, l->content + from, token + t.len - from);
	}
	return end > at ? end : at;
}

/* The place in lines and columns, from 1 on. */
static void format_fault(char text[WRAP_FAULT_MAX], const struct layout *l,
                         const struct entry *e)
{
	size_t line = 1, column, at = e->prefix;
	const uint8_t *end;
	for (; (end = memchr(e->bytes + at, '\n', l->fault.at - at)); line++)
		at = (size_t)(end - e->bytes) + 1;
	column = l->fault.at - at + 1;
	snprintf(text, WRAP_FAULT_MAX,
	         "not JSON: line %zu, column %zu (byte "
	         "%zu) should be %s",
	         line, column, l->fault.at - e->prefix + 1, l->fault.expected);
}

const char *wrap_json_fault(char text[WRAP_FAULT_MAX], const struct layout *l,
                            const struct entry *e)
{
	if (l->json == JSON_LONG)
		return "not indented: it has more than 4 MiB";
	bool is_cut_off = l->json == JSON_UNFINISHED && is_whole(e);
	if (l->json != JSON_BROKEN && !is_cut_off)
		return NULL;
	format_fault(text, l, e);
	if (is_cut_off && entry_ending(e))
		text_add(text, WRAP_FAULT_MAX,
		         ": if it has more lines, try /frame json");
	return text;
}
