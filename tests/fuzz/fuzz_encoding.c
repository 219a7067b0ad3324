/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes in any encoding: each is in one glyph, and no glyph moves a
 * terminal.  The first byte chooses. */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/encoding.h>
#include <sockchat/utf8.h>

static struct encoding *choose(uint8_t byte)
{
	static struct encoding *all[ENCODING_COUNT];
	unsigned id = 1 + byte % (ENCODING_COUNT - 1);
	struct error e;
	if (!all[id])
		all[id] = encoding_open((enum encoding_id)id, &e);
	if (!all[id])
		abort();
	return all[id];
}

static void check(const struct glyph *g)
{
	size_t len = strlen(g->text);
	if (!g->width || len != g->text_len ||
	    !utf8_is_valid((const uint8_t *)g->text, len))
		abort();
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)g->text[i] < 0x20 || g->text[i] == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct glyph g;
	if (!len)
		return 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct encoding *enc = choose(bytes[0]);
	bytes++;
	len--;
	for (size_t n; (n = encoding_next(enc, &g, bytes, len, 0));
	     bytes += n, len -= n) {
		if (n > len || n != g.len)
			abort();
		check(&g);
	}
	if (len)
		abort();
	return 0;
}
