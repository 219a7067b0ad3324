/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Steps of anybody's, played against bytes of a stranger's: how these are cut
 * into reads does not matter, and what shows a failure is safe.  A file of
 * nothing but bytes, ends and pauses is played against itself.  The input is a
 * seed, the steps, a NUL, and the bytes. */

#include <locale.h>
#include <stdint.h>

#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

#include "../unit/player_pair.h"

#define insist(so) ((so) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NULL if that side cannot be played. */
static struct player *play(const struct bytes *file, enum chat_side plays)
{
	struct error e;
	struct chatfile *f =
	    chatfile_open_text("t.chat", file->data, file->len, &e);
	if (f && chatfile_check(f, plays, &e))
		return player_new(f, plays, 0);
	if (f)
		chatfile_close(f);
	return NULL;
}

static void do_all(struct player *p)
{
	while (player_wants(p).what < PLAYER_TO_HEAR)
		player_done(p);
}

static void check_rows(struct player *p)
{
	for (int i = 0; i < 4; i++) {
		struct bytes rows = { 0 };
		insist(player_rows(player_failure(p), i & 1,
		                   i & 2 ? GLYPH_ASCII : 0, &rows) == 0);
		for (size_t at = 0; at < rows.len; at++)
			insist(rows.data[at] == '\n' || rows.data[at] >= ' ');
		insist(utf8_is_valid(rows.data, rows.len));
		bytes_finish(&rows);
	}
	insist(player_failure(p)->error.text[0]);
}

/* Let the bytes come in reads of at most so many, and then the end. */
static void hear_all(struct player *p, const uint8_t *bytes, size_t len,
                     size_t most)
{
	for (size_t at = 0; at < len;) {
		size_t n = most < len - at ? most : len - at;
		do_all(p);
		n = player_take(p, bytes + at, n);
		at += n;
		if (!n)
			break;
	}
	do_all(p);
	if (player_wants(p).silence_ms)
		player_silent(p);
	do_all(p);
	player_end(p, PLAYER_FIN);
	do_all(p);
	if (player_wants(p).what == PLAYER_HAS_FAILED)
		check_rows(p);
}

/* What a file has in it. */
struct has {
	bool others;  /* than bytes, ends and pauses */
	bool is_timed; /* it matters how bytes are cut into reads */
};

static struct has look(const struct bytes *file)
{
	struct has has = { false };
	struct chat_step s;
	struct error e;
	struct chatfile *f =
	    chatfile_open_text("t.chat", file->data, file->len, &e);
	while (f && chatfile_next(f, &s, &e) > 0) {
		has.others |= s.fill_count || s.kind == CHAT_MATCH ||
		              s.kind == CHAT_ANY || s.kind == CHAT_STARTTLS;
		has.is_timed |= s.kind == CHAT_STARTTLS ||
		                (s.kind == CHAT_FRAME &&
		                 (s.frame.kind->traits & FRAME_IDLES ||
		                  s.frame.kind == frame_find("read") ||
		                  s.frame.kind == frame_find("http")));
	}
	if (f && chatfile_has_datagrams(f)) /* each read is one */
		has.others = has.is_timed = true;
	if (f)
		chatfile_close(f);
	return has;
}

static void check_reads(const struct bytes *file, enum chat_side plays,
                        const uint8_t *bytes, size_t len, size_t most)
{
	struct player *a = play(file, plays), *b = play(file, plays);
	if (a && b) {
		hear_all(a, bytes, len, len);
		hear_all(b, bytes, len, most);
		struct player_want all = player_wants(a), few = player_wants(b);
		if (!look(file).is_timed) {
			insist(all.what == few.what && all.line == few.line);
			insist(all.what != PLAYER_HAS_FAILED ||
			       strcmp(player_failure(a)->error.text,
			              player_failure(b)->error.text) == 0);
		}
	}
	player_free(a);
	player_free(b);
}

static void check_pair(const struct bytes *file, uint32_t seed)
{
	struct pair p = { .seed = seed };
	p.sides[0].player = play(file, CHAT_OUT);
	p.sides[1].player = play(file, CHAT_IN);
	if (p.sides[0].player && p.sides[1].player && !look(file).others) {
		pair_play(&p);
		insist(pair_wants(&p, 0, PLAYER_IS_DONE));
		insist(pair_wants(&p, 1, PLAYER_IS_DONE));
	}
	pair_finish(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { 0 };
	uint32_t seed;
	setlocale(LC_CTYPE, "C.UTF-8");
	if (size < sizeof(seed) || size > 4096)
		return 0;
	memcpy(&seed, data, sizeof(seed));
	data += sizeof(seed);
	size -= sizeof(seed);
	const uint8_t *nul = memchr(data, '\0', size);
	size_t len = nul ? (size_t)(nul - data) : size;
	const uint8_t *bytes = nul ? nul + 1 : data + size;
	insist(bytes_append_text(&file, CHATFILE_FIRST "\n") == 0 &&
	       bytes_append(&file, data, len) == 0);
	check_pair(&file, seed);
	check_reads(&file, CHAT_OUT, bytes, (size_t)(data + size - bytes),
	            1 + seed % 5);
	check_reads(&file, CHAT_IN, bytes, (size_t)(data + size - bytes),
	            1 + seed % 5);
	bytes_finish(&file);
	return 0;
}
