/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any file of rules at all: it is taken, or refused with a sentence that tells
 * where it is wrong and can be shown. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "../../src/record/rule_finds.h"

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_sentence(const char *text)
{
	char shown[GLYPH_SENTENCE_MAX];
	size_t line, column;
	glyph_copy(shown, sizeof(shown), text, GLYPH_ANY_WIDTH);
	must(strcmp(shown, text) == 0);
	must(sscanf(text, "a.rules:%zu:%zu: ", &line, &column) == 2);
	must(line && column);
}

static void check_rule(const struct rule *r)
{
	static const char text[] = "PING 1\r\n";
	const uint8_t *bytes = (const uint8_t *)text;
	const struct rule_message m = { r->dir, bytes, bytes,
		                        sizeof(text) - 1, sizeof(text) - 3 };
	struct bytes out = { .max = 1000 };
	size_t len;
	must(r->kind && r->line && r->expression && strchr(r->text, '/'));
	must(r->kind->verdict != VERDICT_CHANGE || r->step_count == 1);
	if (rule_finds(r, &m, &bytes, &len) == EXPRESSION_FOUND &&
	    r->kind->verdict == VERDICT_CHANGE)
		(void)rule_change(r, &m, &out);
	bytes_finish(&out);
	for (size_t i = 0; i < r->step_count; i++) {
		const struct chat_step *s = &r->steps[i];
		for (size_t k = 0; k < s->fill_count; k++)
			must(s->fills[k].at <= s->bytes.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct rule_kind kinds[] = {
		{ "on", "/EXPRESSION/", rule_read_expression, true, NULL,
		  VERDICT_PASS },
		{ "drop", "in|out /EXPRESSION/", rule_read_directed, false,
		  NULL, VERDICT_DROP },
		{ "change", "in|out /EXPRESSION/ \"TEXT\"", rule_read_change,
		  false, NULL, VERDICT_CHANGE },
		{ .name = NULL },
	};
	struct error e = { .text = "" };
	struct rulebook *b = rulebook_open_text("a.rules", data, len, kinds,
	                                        &e);
	if (!b)
		check_sentence(e.text);
	for (size_t i = 0; b && i < b->count; i++)
		check_rule(&b->rules[i]);
	rulebook_free(b);
	return 0;
}
