/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/cuts.h>
#include <sockchat/stamp.h>
#include <sockchat/utf8.h>

#include "traps_private.h"

#define RECENT_NS (3 * SECOND_NS) /* a cut kills within that */
#define PAUSE_NS  (100 * MS_NS)   /* the peer has read by then */
#define PIECE_MAX ((size_t)512) /* longer ones may be read in several reads */
#define READS_MAX 4 /* reads of one size that are looked at */

/* What is passed to recv(), the most usual first. */
static const uint32_t sizes[CUT_SIZES] = {
	1024, 4096, 2048, 512, 1000, 8192, 16384, 32768, 65536,
};

/* The `k`th byte before bytes[at]; 0 when it is not known. */
static uint8_t byte_before(const struct cuts *c, const uint8_t *bytes,
                           size_t at, size_t k)
{
	if (k <= at)
		return bytes[at - k];
	return k - at <= c->tail_len ? c->tail[c->tail_len - (k - at)] : 0;
}

static uint8_t character_len(uint8_t lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/* Add the bytes that follow.  If they make no character, there is no cut. */
static void complete_cut(struct cut *cut, const uint8_t *bytes, size_t len)
{
	uint32_t character;
	while (cut->known < cut->len && len) {
		cut->bytes[cut->known++] = *bytes++;
		len--;
	}
	if (utf8_decode(cut->bytes, cut->known, &character) == UTF8_BAD)
		cut->done = 0;
}

/* Whether text stands before the character that began `done` bytes ago; the
 * first bytes that we have may end another one. */
static bool follows_text(const struct cuts *c, const uint8_t *bytes, size_t at,
                         size_t done)
{
	bool is_here = done < at;
	const uint8_t *text = is_here ? bytes : c->tail;
	size_t len = is_here ? at : c->tail_len + at, skipped = 0;
	len = len > done ? len - done : 0;
	while (skipped < 3 && skipped < len && (text[skipped] & 0xc0) == 0x80)
		skipped++;
	return is_text_before(text + skipped, len - skipped);
}

/* The character that bytes[at] is in the middle of, if text stands before
 * it. */
static struct cut cut_at(const struct cuts *c, const uint8_t *bytes, size_t len,
                         size_t at)
{
	struct cut cut = { .at = c->sent + at - c->base };
	uint8_t before[3];
	for (size_t k = 0; k < sizeof(before); k++)
		before[k] = byte_before(c, bytes, at, sizeof(before) - k);
	size_t done = utf8_unfinished(before, sizeof(before));
	if (!done || !follows_text(c, bytes, at, done))
		return cut;
	memcpy(cut.bytes, before + sizeof(before) - done, done);
	cut.done = cut.known = (uint8_t)done;
	cut.len = character_len(*cut.bytes);
	complete_cut(&cut, bytes + at, len - at);
	return cut;
}

/* Look where reads of one size end. */
static void note_size(struct cuts *c, size_t i, const uint8_t *bytes, size_t n,
                      size_t len)
{
	const uint64_t size = sizes[i];
	const uint64_t sent = c->sent - c->base;
	uint64_t end = (sent / size + 1) * size;
	while (!c->sizes[i].done && end <= sent + n &&
	       end <= READS_MAX * size) {
		c->sizes[i] = cut_at(c, bytes, len, (size_t)(end - sent));
		c->sizes[i].size = sizes[i];
		end += size;
	}
}

static void note_piece(struct cuts *c, const uint8_t *bytes, size_t n,
                       size_t len, int64_t now_ns)
{
	struct cut cut = cut_at(c, bytes, len, n);
	bool is_old = !c->piece.done || now_ns - c->piece_ns > RECENT_NS;
	if (!cut.done || !is_old)
		return;
	c->piece = cut;
	c->piece_end = c->sent + n;
	c->piece_ns = now_ns;
}

static void keep_tail(struct cuts *c, const uint8_t *bytes, size_t n)
{
	for (size_t i = n < 3 ? 0 : n - 3; i < n; i++) {
		if (c->tail_len == sizeof(c->tail))
			memmove(c->tail, c->tail + 1, --c->tail_len);
		c->tail[c->tail_len++] = bytes[i];
	}
}

/* After an answer nothing that went before matters; after a pause a piece
 * does. */
static void begin_burst(struct cuts *c, int64_t now_ns)
{
	if (c->come)
		*c = (struct cuts){ .sent = 0 };
	else
		memset(c->sizes, 0, sizeof(c->sizes));
	c->base = c->sent;
	c->began_ns = now_ns;
}

void cuts_out(struct cuts *c, const uint8_t *bytes, size_t n, size_t len,
              bool is_dripped, int64_t now_ns)
{
	if (c->is_over || !n)
		return;
	if (c->begins || !c->sent)
		begin_burst(c, now_ns);
	c->begins = false;
	if (c->piece.done && c->piece_end == c->sent)
		complete_cut(&c->piece, bytes, n);
	for (size_t i = 0; i < CUT_SIZES; i++)
		note_size(c, i, bytes, n, len);
	if (is_dripped || (n == len && n < PIECE_MAX))
		note_piece(c, bytes, n, len, now_ns);
	keep_tail(c, bytes, n);
	c->sent += n;
	c->out_ns = now_ns;
}

void cuts_begin(struct cuts *c, int64_t now_ns)
{
	c->begins = c->come || now_ns - c->out_ns > PAUSE_NS;
}

/* Answers to what went before are no sign that the peer has survived: an echo
 * has said as much as it had read then. */
static bool may_kill(const struct cuts *c, const struct cut *cut)
{
	return cut->done && c->come < cut->at && c->come % cut->size == 0;
}

const struct cut *cuts_end(struct cuts *c, bool is_reset, bool is_whole,
                           int64_t now_ns)
{
	bool is_unread = is_reset || !is_whole || c->sent == c->piece_end;
	bool may_die = c->piece.done && c->come < c->piece_end && is_unread;
	c->is_over = true;
	if (may_die && now_ns - c->piece_ns <= RECENT_NS)
		return &c->piece;
	if (is_reset && now_ns - c->began_ns <= RECENT_NS)
		for (size_t i = 0; i < CUT_SIZES; i++)
			if (may_kill(c, &c->sizes[i]))
				return &c->sizes[i];
	return NULL;
}

void cut_text(char *out, size_t size, const struct cut *cut)
{
	static const char *const ordinals[] = { "", "1st", "2nd", "3rd" };
	char hex[16] = "", where[80] = "";
	for (size_t i = 0; i < cut->done; i++)
		snprintf(hex + strlen(hex), sizeof(hex) - strlen(hex),
		         "%s%02x", i ? " " : "", cut->bytes[i]);
	if (cut->size)
		snprintf(where, sizeof(where), " (byte %" PRIu64 " of what "
		         "you sent, where a recv(%" PRIu32 ") ends)", cut->at,
		         cut->size);
	bool is_known = cut->known == cut->len;
	snprintf(out, size, "it closed after %s, the %s of %d bytes of %.*s%s",
	         hex, ordinals[cut->done], cut->len, is_known ? cut->len : 11,
	         is_known ? (const char *)cut->bytes : "a character", where);
}
