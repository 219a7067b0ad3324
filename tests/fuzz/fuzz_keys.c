/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Any bytes from the keyboard: however they are cut, they are the same tokens,
 * and nothing but printable text calls itself text. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "../../src/tui/keys.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Bytes of other character sets are text as well, and so are the C1 controls
 * that they may make: no key sends these. */
static void must_be_text(const struct token *t, bool is_paste)
{
	uint32_t cp;
	for (size_t i = 0; i < t->len;) {
		int n = utf8_decode(t->bytes + i, t->len - i, &cp);
		if (n <= 0) {
			must(t->bytes[i++] >= 0x80);
			continue;
		}
		must((is_paste && (cp == '\n' || cp == '\t')) ||
		     (cp >= 0x20 && cp != 0x7f));
		i += (size_t)n;
	}
}

struct heard {
	struct bytes log;
	bool was_text;
};

/* A run of text may be cut anywhere: it is put together again. */
static void hear(void *user, const struct token *t)
{
	struct heard *h = user;
	bool is_text = t->key == KEY_TEXT;
	must(t->key >= KEY_NONE && t->key <= KEY_FOCUS_OUT);
	must(t->len > 0 || t->key == KEY_PASTE);
	if (is_text || t->key == KEY_PASTE)
		must_be_text(t, !is_text);
	if (!is_text || !h->was_text)
		must(bytes_append_byte(&h->log, (uint8_t)(0xc0 + t->key)) == 0);
	must(bytes_append(&h->log, t->bytes, t->len) == 0);
	h->was_text = is_text;
}

static void play(struct heard *h, const uint8_t *data, size_t size,
                 size_t piece)
{
	struct keys *k = keys_new(hear, h);
	for (size_t done = 0, n; done < size; done += n) {
		n = size - done < piece ? size - done : piece;
		keys_feed(k, data + done, n);
	}
	keys_timeout(k);
	keys_timeout(k); /* of what stood behind a paste */
	must(!keys_wait_ms(k));
	keys_free(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, cut = { 0 };
	if (size < 2)
		return 0;
	play(&whole, data + 1, size - 1, size);
	play(&cut, data + 1, size - 1, (size_t)data[0] % 16 + 1);
	must(whole.log.len == cut.log.len);
	must(whole.log.len == 0 ||
	     memcmp(whole.log.data, cut.log.data, cut.log.len) == 0);
	bytes_finish(&whole.log);
	bytes_finish(&cut.log);
	return 0;
}
