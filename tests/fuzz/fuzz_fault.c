/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any text as a SPEC of faults: what is told of one that was taken is read as
 * the same, and why one was not is fit for a terminal. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/fault.h>

#define insist(so) ((so) ? (void)0 : abort())

static void check_sentence(const char *text)
{
	for (; *text; text++)
		insist((unsigned char)*text >= ' ' && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fault_spec spec = { .seed = { 0 } }, again = spec;
	char text[4096], told[FAULT_TEXT_MAX], told_again[FAULT_TEXT_MAX];
	struct error e;
	len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	if (fault_parse(&spec, text, &e)) {
		check_sentence(e.text);
		check_sentence(e.hint);
		insist(!fault_has_ways(&spec));
		return 0;
	}
	fault_format(told, &spec);
	check_sentence(told);
	insist(!fault_parse(&again, told, &e));
	fault_format(told_again, &again);
	insist(!strcmp(told, told_again));
	return 0;
}
