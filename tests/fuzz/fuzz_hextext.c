/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any text as pasted bytes: a refusal adds nothing and says a place that is
 * there, in plain ASCII.  And any bytes in every form are read back. */

#include <stdio.h>
#include <stdlib.h>

#include "../unit/hextext_forms.h"

#define FILL_MAX ((size_t)17 << 20)

#define insist(so) ((so) ? (void)0 : abort())

static void check_refusal(const struct error *e, size_t size)
{
	unsigned long line = 1, column = 0;
	if (sscanf(e->text, "line %lu, column %lu: ", &line, &column) != 2)
		insist(sscanf(e->text, "column %lu: ", &column) == 1);
	insist(line >= 1 && column >= 1);
	insist(line + column <= size + 3);
	for (const char *c = e->text; *c; c++)
		insist(*c >= ' ' && *c <= '~');
}

static void check_text(const uint8_t *data, size_t size)
{
	struct bytes out = { 0 };
	struct error e = { .text = "" };
	insist(bytes_append_byte(&out, '!') == 0);
	if (hextext_parse(&out, (const char *)data, size, &e)) {
		insist(out.len == 1);
		check_refusal(&e, size);
	} else {
		insist(out.len <= size + FILL_MAX);
	}
	insist(out.data[0] == '!');
	bytes_finish(&out);
}

static void check_form(const struct hextext_form *f, const uint8_t *data,
                       size_t size)
{
	struct bytes text = { 0 }, back = { 0 };
	struct error e;
	hextext_write(&text, f, data, size);
	int failed = hextext_parse(&back, (const char *)text.data, text.len,
	                           &e);
	insist(!failed || f->may_be_refused);
	insist(failed || (back.len == size &&
	                  memcmp(back.data, data, size) == 0));
	bytes_finish(&text);
	bytes_finish(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_text(data, size);
	for (size_t i = 0; i < HEXTEXT_FORMS && size; i++)
		check_form(&hextext_forms[i], data, size);
	return 0;
}
