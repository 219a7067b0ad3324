/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* First bytes of any peer: the answer does not depend on how they came in
 * pieces, and what is said of them is plain ASCII. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/recognise.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_text(const char *text)
{
	insist(strlen(text) > 0 && strlen(text) < RECOGNISE_TEXT_MAX);
	for (const char *c = text; *c; c++)
		insist(*c >= ' ' && *c <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recognised whole, part;
	if (!size)
		return 0;
	const struct speaker from = {
		.side = data[0] & 1 ? RECOGNISE_SERVER : RECOGNISE_CLIENT,
		.has_datagrams = data[0] & 4,
		.where = "127.0.0.1:9999",
	};
	int is_all = data[0] & 2 || from.has_datagrams, cut = data[0] >> 3;
	data++;
	size--;
	enum recognise_result result =
	    recognise(&whole, data, size, is_all, &from);
	insist(!(is_all && result == RECOGNISE_MORE));
	if (result == RECOGNISE_YES) {
		check_text(whole.text);
		check_text(whole.hint);
	}
	if (recognise_later(&part, data, size, &from)) {
		check_text(part.text);
		check_text(part.hint);
	}
	for (size_t n = 0; n < size && !from.has_datagrams;
	     n += (size_t)cut + 1) {
		enum recognise_result early =
		    recognise(&part, data, n, 0, &from);
		if (early == RECOGNISE_MORE)
			continue;
		insist(early == result);
		if (early == RECOGNISE_YES)
			insist(strcmp(part.text, whole.text) == 0);
		break;
	}
	return 0;
}
