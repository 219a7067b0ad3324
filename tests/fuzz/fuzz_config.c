/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any file at all: it is taken or refused with a sentence that can be shown,
 * and what was taken are values that there are. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/options.h>
#include <sockchat/glyph.h>

static void must(int holds)
{
	if (!holds)
		abort();
}

static void check_values(const struct options *o)
{
	char value[64];
	struct options again;
	struct error e;
	for (size_t i = 0; options_row(i); i++) {
		options_value(o, i, value, sizeof(value));
		must(*value && *options_source(o, i));
		if (!options_life(i))
			continue;
		options_init(&again);
		must(!options_set(&again, options_row(i)->name, value,
		                  SOURCE_RUN_TIME, &e));
	}
}

/* What is safe to show stays as it is when it is made safe again. */
static void check_sentence(const char *text)
{
	char shown[GLYPH_SENTENCE_MAX];
	glyph_copy(shown, sizeof(shown), text, GLYPH_ANY_WIDTH);
	must(strcmp(shown, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *argv[] = { "sockchat", "connect", "--profile=a", "h", "1", NULL };
	struct options o;
	struct error e = { .text = "" };
	must(options_parse(&o, 5, argv, &e) == 0);
	int failed = config_parse(&o, "file", (const char *)data, len, &e);
	must(failed ? *e.text != '\0' : !*e.text);
	check_sentence(e.text);
	check_values(&o);
	return 0;
}
