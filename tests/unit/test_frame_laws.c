/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What holds for every kind of frame, on bytes by chance that look like its
 * messages, in pieces of every size. */

#include "../fake/frame_laws.h"
#include "frame_rows.h"

#define STREAMS 40
#define LEN_MAX 200

static uint32_t seed;

/* A number below `count`, the same in each run. */
static size_t chance(size_t count)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % count;
}

/* Bytes of what such messages are made of. */
static size_t make_bytes(uint8_t *out, size_t len)
{
	static const char letters[] = "aab\r\n\r\n<>{}[]\"\\:,0123 $*+-\x02\x03"
	                              "\xc0\xdb\xdc\xff\x80";
	for (size_t i = 0; i < len; i++)
		out[i] = chance(4) ? (uint8_t)letters[chance(sizeof(letters))]
		                   : (uint8_t)chance(chance(2) ? 256 : 9);
	return len;
}

/* Messages of this kind, now and then with bytes that are none. */
static void make_stream(struct bytes *all, const struct frame *f)
{
	uint8_t bytes[40];
	while (all->len < LEN_MAX) {
		struct framed framed = { 0 };
		struct error e;
		size_t len = make_bytes(bytes, chance(sizeof(bytes)));
		if (f->kind->wrap && chance(20) &&
		    frame_wrap(f, bytes, len, &framed, &e) == 0)
			assert_int_equal(bytes_append(all, framed.bytes.data,
			                              framed.bytes.len), 0);
		else
			assert_int_equal(bytes_append(all, bytes, len), 0);
		bytes_finish(&framed.bytes);
	}
}

static void reads_do_not_matter(void **state)
{
	const char *spec;
	(void)state;
	for (size_t i = 0; (spec = frame_law_spec(i)); i++) {
		struct frame f = frame_of(spec);
		for (seed = 0; seed < STREAMS; seed++) {
			uint32_t was = seed;
			struct bytes all = { 0 };
			make_stream(&all, &f);
			for (uint8_t size = 1; size < LEN_MAX; size++)
				if (!frame_law_cut(&f, all.data, all.len, &size,
				                   1))
					fail_msg("%s: stream %u in pieces of "
					         "%u", spec, was, size);
			bytes_finish(&all);
			seed = was;
		}
	}
}

static void what_is_wrapped_is_cut_into_the_payload(void **state)
{
	const char *spec;
	uint8_t payload[LEN_MAX];
	(void)state;
	for (size_t i = 0; (spec = frame_law_spec(i)); i++) {
		struct frame f = frame_of(spec);
		for (size_t k = 0; k < 10 * STREAMS; k++) {
			size_t len = make_bytes(payload, chance(k / 4 + 1));
			if (!frame_law_wrap(&f, payload, len))
				fail_msg("%s: a payload of %zu bytes", spec,
				         len);
		}
	}
}

static void what_is_written_is_read_as_the_same(void **state)
{
	const char *spec;
	(void)state;
	for (size_t i = 0; (spec = frame_law_spec(i)); i++) {
		struct frame f = frame_of(spec);
		assert_true(frame_law_spec_is_stable(&f));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_do_not_matter),
		cmocka_unit_test(what_is_wrapped_is_cut_into_the_payload),
		cmocka_unit_test(what_is_written_is_read_as_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
