/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/number.h>

#include "rule_finds.h"

enum expression_found rule_finds(const struct rule *r,
                                 const struct rule_message *m,
                                 const uint8_t **bytes, size_t *len)
{
	bool is_change = r->kind->verdict == VERDICT_CHANGE;
	enum expression_found found = EXPRESSION_NONE;
	if (r->dir != m->dir)
		return found;
	*bytes = is_change ? m->payload : m->bytes;
	*len = is_change ? m->payload_len : m->len;
	found = expression_search(r->expression, *bytes, *len);
	if (found != EXPRESSION_NONE || *len == m->payload_len)
		return found;
	*bytes = m->payload;
	*len = m->payload_len;
	return expression_search(r->expression, *bytes, *len);
}

/* Of groups that have one name, the first that took part. */
static bool find_group(struct expression *x, const char *name, size_t *at,
                       size_t *len)
{
	long number;
	size_t group;
	const char *own;
	if (number_parse(name, 1, INT32_MAX, &number))
		return expression_group(x, (size_t)number, at, len);
	for (size_t i = 0; (own = expression_name(x, i, &group)); i++)
		if (strcmp(own, name) == 0 &&
		    expression_group(x, group, at, len))
			return true;
	return false;
}

static int append(struct bytes *out, const uint8_t *from, size_t len)
{
	return len ? bytes_append(out, from, len) : 0;
}

/* What stands in place of the last match. */
static int append_text(const struct rule *r, const uint8_t *payload,
                       struct bytes *out)
{
	const struct chat_step *text = &r->steps[0];
	const struct bytes *b = &text->bytes;
	size_t done = 0, at = 0, len = 0;
	for (size_t i = 0; i < text->fill_count; i++) {
		const struct chat_fill *fill = &text->fills[i];
		bool is_there = find_group(r->expression, fill->name, &at,
		                           &len);
		if (append(out, b->data + done, fill->at - done) ||
		    (is_there && append(out, payload + at, len)))
			return -1;
		done = fill->at;
	}
	return append(out, b->data + done, b->len - done);
}

enum expression_found rule_change(const struct rule *r,
                                  const struct rule_message *m,
                                  struct bytes *out)
{
	enum expression_found found = EXPRESSION_FOUND;
	size_t done = 0, at, len;
	while (found == EXPRESSION_FOUND &&
	       expression_group(r->expression, 0, &at, &len) && at >= done) {
		if (append(out, m->payload + done, at - done) ||
		    append_text(r, m->payload, out))
			return EXPRESSION_TOO_LONG;
		done = at + len;
		found = expression_next(r->expression);
	}
	if (found == EXPRESSION_TOO_LONG ||
	    append(out, m->payload + done, m->payload_len - done))
		return EXPRESSION_TOO_LONG;
	return EXPRESSION_FOUND;
}
