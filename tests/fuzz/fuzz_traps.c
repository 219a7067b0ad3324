/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation from any bytes: each piece is a letter for its direction, its
 * length, and so many bytes. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/traps.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct traps t;
	traps_init(&t, true);
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;
		/* a copy: not one byte behind them may be looked at */
		uint8_t *bytes = malloc(len ? len : 1);
		memcpy(bytes, data + 2, len);
		unsigned seen = data[0] == 'i'
		                    ? traps_in(&t, bytes, len)
		                    : traps_out(&t, bytes, len,
		                                data[0] == 'd');
		free(bytes);
		insist(seen < 1u << TRAP_COUNT);
		insist(t.part_len < sizeof(t.part));
		insist(t.mirror.mark_count <= MIRROR_MARKS);
		data += 2 + len;
		size -= 2 + len;
	}
	return 0;
}
