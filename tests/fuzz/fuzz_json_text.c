/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any text as JSON: a fault lies within it; tokens are all its bytes, in their
 * order; of good JSON only white space is hidden, and all that is open is
 * closed. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/json_cut.h>
#include <sockchat/json_judge.h>

#define insist(so) ((so) ? (void)0 : abort())

static void check_hidden(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		insist(memchr(" \n\t\r", bytes[i], 4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_fault fault = { 0, NULL };
	enum json_verdict verdict = json_judge(data, size, &fault);
	struct json_place place = { 0 };
	struct json_token t;
	bool is_good = verdict == JSON_GOOD;
	if (verdict > JSON_GOOD) {
		insist(fault.expected);
		insist((fault.at < size) == (verdict == JSON_BROKEN));
		insist(fault.at <= size);
	}
	for (size_t at = 0; at < size; at += t.len) {
		json_cut(&place, &t, data + at, size - at);
		insist(t.len && t.len <= size - at);
		if (t.is_hidden)
			check_hidden(data + at, t.len);
		insist(!is_good || t.depth <= size);
	}
	insist(!is_good || !place.depth);
	return 0;
}
