/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A conversation from any bytes: the first one says where those that came end
 * and those that were sent begin.  What is guessed fits what came. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/frame_guess.h>

static void insist(int is_true)
{
	if (!is_true)
		abort();
}

static void check_text(const char *text)
{
	insist(strlen(text) > 0 && strlen(text) < FRAME_GUESS_TEXT_MAX - 1);
	for (const char *c = text; *c; c++)
		insist(*c >= ' ' && *c <= '~');
}

static void check_fit(const char *spec, const struct guess_bytes *in)
{
	struct frame f;
	struct error e;
	struct frame_asked asked = { 0 };
	struct frame_state s = { .asked = &asked };
	insist(!frame_parse(&f, spec, &e));
	for (size_t at = 0; at < in->len;) {
		struct frame_cut c =
		    frame_cut(&f, &s, in->at + at, in->len - at);
		insist(c.status != FRAME_WRONG && c.status != FRAME_CUT);
		at += c.len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_guess g;
	if (!size)
		return 0;
	size_t in_len = (size - 1) * (data[0] | 1) / 255;
	uint8_t *came = malloc(in_len + 1), *sent = malloc(size - in_len);
	memcpy(came, data + 1, in_len);
	memcpy(sent, data + 1 + in_len, size - 1 - in_len);
	const struct guess_bytes in = { came, in_len, !(data[0] & 1) };
	const struct guess_bytes out = { sent, size - 1 - in_len, false };
	if (frame_guess(&g, &in, data[0] & 2 ? &out : NULL)) {
		insist(g.number < 64);
		check_text(g.text);
		check_text(g.hint);
		check_fit(g.spec, &in);
	}
	free(came);
	free(sent);
	return 0;
}
