/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes as messages of every kind: they are the same however they fall into
 * reads, which the first byte says; the second one is the kind. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>

#include "../fake/cutter.h"
#include "../fake/frame_laws.h"

#define FILL_MAX 255 /* bytes before FRAME_CUT_MAX at which the data begins */

static void insist(bool is_true)
{
	if (!is_true)
		abort();
}

static size_t count_specs(void)
{
	size_t count = 0;
	while (frame_law_spec(count))
		count++;
	return count;
}

/* The sizes of reads: all alike, or what the data say. */
static size_t choose_sizes(uint8_t *sizes, size_t cap, uint8_t how,
                           const uint8_t *data, size_t len)
{
	if (how < 128) {
		*sizes = how;
		return 1;
	}
	len = len < cap ? len : cap;
	memcpy(sizes, data, len);
	return len;
}

/* Before the data stand so many bytes that a text of them is about to be
 * cut. */
static void try_long(const struct frame *f, const uint8_t *data, size_t len,
                     const uint8_t *sizes, size_t count)
{
	struct bytes all = { 0 };
	size_t fill = FRAME_CUT_MAX - FILL_MAX + *data;
	insist(!bytes_reserve(&all, fill + len));
	memset(all.data, 'a', fill);
	memcpy(all.data + fill, data, len);
	insist(frame_law_cut(f, all.data, fill + len, sizes, count));
	bytes_finish(&all);
}

static void try_spec(const uint8_t *data, size_t len)
{
	char spec[FRAME_SPEC_MAX];
	struct frame f;
	struct error e;
	if (len >= sizeof(spec))
		return;
	memcpy(spec, data, len);
	spec[len] = '\0';
	if (!frame_parse(&f, spec, &e))
		insist(frame_law_spec_is_stable(&f));
	else
		insist(*e.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static size_t specs;
	uint8_t sizes[64];
	struct frame f;
	struct error e;
	if (!specs)
		specs = count_specs();
	if (size < 3)
		return 0;
	insist(!frame_parse(&f, frame_law_spec(data[1] % specs), &e));
	size_t count = choose_sizes(sizes, sizeof(sizes), data[0], data + 2,
	                            size - 2);
	insist(frame_law_cut(&f, data + 2, size - 2, sizes, count));
	insist(frame_law_wrap(&f, data + 2, size - 2));
	if (data[0] % 64 == 33)
		try_long(&f, data + 2, size - 2, sizes, count);
	try_spec(data + 2, size - 2);
	return 0;
}
