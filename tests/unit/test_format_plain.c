/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rows of text that are written without a layout, beside those with one. */

#include <locale.h>

#include <sockchat/format.h>
#include <sockchat/frame.h>

#include "unit.h"

static uint8_t chance(unsigned among)
{
	static uint64_t seed = 1;
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint8_t)((seed >> 33) % among); /* at most 255 */
}

static size_t fill_by_chance(uint8_t *bytes, size_t max)
{
	static const char *const pieces[] = {
		"\n", "\r", "\r\n", "\\", "\t", "\x7f", "caf\xc3\xa9", "\xff",
		"e\xcc\x81", "\xa4", "{\"a\":[1, 2]}",
	};
	static const char *const endings[] = { "", "\n", "\r\n", "\r" };
	size_t len = chance((unsigned)max - 16);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(' ' + chance(95));
	if (chance(2)) {
		const char *piece = pieces[chance(11)];
		memcpy(bytes + chance((unsigned)len + 1), piece, strlen(piece));
	}
	const char *ending = endings[chance(4)];
	memcpy(bytes + len, ending, strlen(ending));
	return len + strlen(ending);
}

static uint64_t append_by_chance(struct transcript *t)
{
	static const struct stamp reads[] = {
		{ 1767323045678901, 1000000000 },
		{ 1767323045678902, 1000001000 },
		{ 1767323046678902, 2000001000 },
	};
	static const char *const frames[] = { "lf", "u16", "auto" };
	uint8_t bytes[96];
	struct entry e = {
		.time = reads[chance(3)],
		.session = chance(2) ? 1 : 12,
		.kind = chance(9) ? ENTRY_MESSAGE : ENTRY_NOTE,
		.flags = chance(8) ? ENTRY_COMPLETE : 0,
		.bytes = bytes,
		.len = fill_by_chance(bytes, sizeof(bytes)),
		.frame = frame_find(frames[chance(3)]),
		.wait_ns = chance(2) * 1234567,
		.total = chance(2) * 500,
	};
	e.session |= chance(8) ? 0 : ENTRY_OLD_SESSION;
	e.flags |= chance(9) ? 0 : ENTRY_CUT;
	if (e.kind == ENTRY_MESSAGE)
		e.dir = chance(2) ? ENTRY_IN : ENTRY_OUT;
	e.prefix = e.len > 2 && !chance(8) ? 2 : 0;
	e.fate = chance(4) ? (uint8_t)FATE_NONE : chance(FATE_INJECTED + 1);
	e.held = e.fate ? 1u + chance(20) : 0;
	uint64_t seq = transcript_append(t, &e);
	if (!chance(5) && e.kind == ENTRY_MESSAGE) {
		struct stamp late = { e.time.wall_us + 900000,
			              e.time.mono_ns + 900 * MS_NS };
		transcript_part(t, seq, &late, true);
		assert_int_equal(
		    transcript_extend(t, seq, &(struct entry_bytes){
			.bytes = (const uint8_t *)"more\n", .len = 5,
			.flags = ENTRY_COMPLETE,
		    }), 0);
	}
	return seq;
}

static void choose_look(struct wrap_look *look, struct encoding *latin1)
{
	look->view = chance(6) ? VIEW_TEXT : VIEW_HEX;
	look->time = (enum time_mode)chance(TIME_COUNT);
	look->endings = chance(2);
	look->indents_json = !chance(4);
	look->shows_numbers = chance(2);
	look->glyph_flags = chance(2) ? GLYPH_ASCII : 0;
	look->encoding = chance(2) ? latin1 : NULL;
	look->start_ns = chance(2) * 500 * MS_NS;
	look->unpack[0] = chance(6) ? "" : "B";
}

/* Of what is text colors alone come with an ESC. */
static void remove_colors(struct bytes *b)
{
	size_t kept = 0;
	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == 0x1b)
			while (b->data[i] != 'm')
				i++;
		else
			b->data[kept++] = b->data[i];
	}
	b->len = kept;
}

/* With colors an entry is laid out, glyph by glyph. */
static void what_needs_no_layout_is_written_as_if_it_had_one(void **state)
{
	struct error why;
	struct transcript *t = transcript_new(16 << 20);
	struct ticks *ticks = ticks_new();
	struct encoding *latin1 = encoding_open(ENCODING_LATIN1, &why);
	struct wrap_look look = { .transcript = t, .ticks = ticks };
	struct bytes plain = { 0 }, laid = { 0 };
	struct entry e;
	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t seq = append_by_chance(t);
		if (!chance(4))
			assert_int_equal(ticks_add(ticks, seq), 0);
		if (!chance(4))
			ticks_set(ticks, &(struct tick){
				.seq = seq, .ack_us = 77, .state = TICK_ACKED,
			});
		if (!chance(8))
			choose_look(&look, latin1);
		assert_non_null(transcript_at(t, seq, &e));
		size_t from = chance(4) || e.prefix
		                  ? 0 : chance((unsigned)e.len + 1);
		bytes_clear(&plain);
		bytes_clear(&laid);
		look.shows_old = chance(2);
		look.is_colored = false;
		assert_int_equal(
		    format_entry(&plain, FORMAT_TEXT, &look, &e, from), 0);
		look.is_colored = true;
		assert_int_equal(
		    format_entry(&laid, FORMAT_TEXT, &look, &e, from), 0);
		remove_colors(&laid);
		assert_string_equal(bytes_text(&plain), bytes_text(&laid));
	}
	bytes_finish(&plain);
	bytes_finish(&laid);
	encoding_close(latin1);
	ticks_free(ticks);
	transcript_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_needs_no_layout_is_written_as_if_it_had_one),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
