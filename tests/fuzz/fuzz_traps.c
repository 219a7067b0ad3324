/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation from any bytes: each piece is a letter for what happens, its
 * length, and so many bytes. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/traps.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

/* What a letter does with bytes: the traps that are noticed. */
static unsigned play(struct traps *t, char letter, const uint8_t *bytes,
                     size_t len, int64_t now_ns)
{
	switch (letter) {
	case 'i':
		return traps_in(t, bytes, len);
	case 'w': /* half of it is written, and the rest */
		cuts_out(&t->cuts, bytes, len / 2, len, false, now_ns);
		cuts_out(&t->cuts, bytes + len / 2, len - len / 2,
		         len - len / 2, len % 2, now_ns);
		return 0;
	case 'b':
		cuts_begin(&t->cuts, now_ns);
		return 0;
	case 's':
		return traps_silence(t);
	case 'e':
		return traps_end(t, len % 2, len % 3, now_ns);
	default:
		traps_out(t, bytes, len, letter == 'd');
		return 0;
	}
}

static void check_texts(const struct traps *t, unsigned seen)
{
	char text[TRAP_TEXT_MAX];
	insist(seen < 1u << TRAP_COUNT);
	for (unsigned i = 0; i < TRAP_COUNT; i++)
		if (seen & 1u << i) {
			traps_text(t, i, text, sizeof(text));
			insist(*text && strlen(text) < TRAP_TEXT_MAX - 1);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct traps t;
	int64_t now_ns = 0;
	traps_init(&t, true);
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;
		/* a copy: not one byte behind them may be looked at */
		uint8_t *bytes = malloc(len ? len : 1);
		memcpy(bytes, data + 2, len);
		now_ns += (int64_t)len * 1000 * 1000;
		check_texts(&t, play(&t, (char)data[0], bytes, len, now_ns));
		free(bytes);
		insist(t.part_len < sizeof(t.part));
		insist(t.mirror.mark_count <= MIRROR_MARKS);
		insist(t.cuts.tail_len <= sizeof(t.cuts.tail));
		data += 2 + len;
		size -= 2 + len;
	}
	return 0;
}
