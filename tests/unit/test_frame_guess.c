/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which frame the bytes of a conversation fit, and when nothing may be said. */

#include "unit.h"
#include "frame_guess_samples.h"

#include <sockchat/bytes.h>
#include <sockchat/frame_guess.h>

#define SEEDS 60

/* Numbers that are the same in each run. */
static uint64_t seed;

static uint32_t chance(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* Of copies, so that not one byte behind them can be looked at. */
static bool guess(struct frame_guess *g, const char *in, size_t in_len,
                  const char *out, size_t out_len, bool is_open)
{
	uint8_t *came = malloc(in_len ? in_len : 1);
	uint8_t *sent = malloc(out_len ? out_len : 1);
	memcpy(came, in, in_len);
	memcpy(sent, out, out_len);
	bool is_it =
	    frame_guess(g, &(struct guess_bytes){ came, in_len, is_open },
	                &(struct guess_bytes){ sent, out_len, false });
	free(came);
	free(sent);
	return is_it;
}

static const char *guess_first(const struct bytes *b, size_t len)
{
	static struct frame_guess g;
	return guess(&g, (const char *)b->data, len, "", 0, len < b->len)
	           ? g.spec : "nothing";
}

static const char *guess_of(const struct bytes *b)
{
	return guess_first(b, b->len < FRAME_GUESS_MAX ? b->len
	                                               : FRAME_GUESS_MAX);
}

static void each_conversation_is_guessed_or_left_alone(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < GUESS_SAMPLES; i++) {
		const struct guess_sample *s = &guess_samples[i];
		struct frame_guess g = { .spec = "nothing" };
		const char *spec = s->spec ? s->spec : "nothing";
		(void)!guess(&g, s->in, s->in_len, s->out, s->out_len, false);
		if (strcmp(g.spec, spec) == 0)
			continue;
		print_error("%s: guessed %s, not %s\n", s->what, g.spec, spec);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A guess is made whenever something has come. */
static void what_has_come_so_far_gives_the_same_guess_or_none(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < GUESS_SAMPLES; i++) {
		const struct guess_sample *s = &guess_samples[i];
		for (size_t n = 0; n < s->in_len * 2; n++) {
			struct frame_guess g;
			if (!guess(&g, s->in, n / 2, s->out, s->out_len,
			           n % 2) ||
			    (s->spec && strcmp(g.spec, s->spec) == 0))
				continue;
			print_error("%s: guessed %s of %zu bytes\n", s->what,
			            g.spec, n / 2);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Streams that are made */

static void put(struct bytes *b, uint64_t value, unsigned size, bool is_little)
{
	for (unsigned i = 0; i < size; i++) {
		unsigned shift = 8 * (is_little ? i : size - 1 - i);
		uint8_t byte = (uint8_t)(value >> shift);
		assert_int_equal(bytes_append(b, &byte, 1), 0);
	}
}

static void put_noise(struct bytes *b, size_t len)
{
	while (len--)
		put(b, chance(256), 1, false);
}

static void put_words(struct bytes *b, size_t len)
{
	while (len--)
		put(b, chance(6) ? 'a' + chance(26) : ' ', 1, false);
}

static void random_bytes(struct bytes *b)
{
	put_noise(b, 1 + chance(3000));
}

static void compressed_bytes(struct bytes *b)
{
	bytes_append(b, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
	put_noise(b, 200 + chance(4000));
}

/* A kind, a counter, a time, a value and a flag, of any sizes. */
static void records_of_a_fixed_size(struct bytes *b)
{
	static const uint8_t sizes[] = { 1, 2, 4, 8 };
	unsigned fields = 2 + chance(5), kinds[8], bytes[8], little = chance(2);
	size_t records = 1 + chance(100), start = chance(1000);
	for (unsigned i = 0; i < fields; i++) {
		kinds[i] = chance(5);
		bytes[i] = sizes[chance(4)];
	}
	for (size_t r = 0; r < records; r++)
		for (unsigned i = 0; i < fields; i++) {
			const uint64_t values[] = { start % 20, r, start + r,
				                    chance(100), chance(2) };
			put(b, values[kinds[i]], bytes[i], little);
		}
}

/* Waves of 16 bits, quiet or loud. */
static void samples_of_sound(struct bytes *b)
{
	int loud = chance(2) ? 40 : 12000, sample = 0;
	int step = 1 + (int)chance((uint32_t)loud / 3);
	for (size_t count = 100 + chance(4000); count; count--) {
		if (sample + step > loud || sample + step < -loud)
			step = -step;
		sample += step + (int)chance(3) - 1;
		put(b, (uint16_t)sample, 2, true);
	}
}

static void doubles(struct bytes *b)
{
	size_t count = 5 + chance(200);
	bool is_little = chance(2);
	for (size_t i = 0; i < count; i++) {
		double value = chance(2) ? (double)chance(100)
		                         : chance(1000) / 7.0;
		uint64_t bits;
		memcpy(&bits, &value, sizeof(bits));
		put(b, bits, 8, is_little);
	}
}

static void packets_of_mpeg(struct bytes *b)
{
	size_t count = 1 + chance(60);
	for (size_t i = 0; i < count; i++) {
		put(b, 0x47, 1, false);
		put(b, chance(4) ? 0x100 : 0, 2, false);
		put(b, 0x10 | (i & 15), 1, false);
		put_noise(b, chance(2) ? 184 : 100);
		while (b->len % 188)
			put(b, 0xff, 1, false);
	}
}

static void runs_of_one_byte(struct bytes *b)
{
	unsigned runs = 1 + chance(8);
	while (runs--) {
		unsigned byte = chance(256), len = 1 + chance(300);
		while (len--)
			put(b, byte, 1, false);
	}
}

static void pixels(struct bytes *b)
{
	size_t count = 100 + chance(1000);
	unsigned shade = chance(256);
	for (size_t i = 0; i < count; i++) {
		shade = (shade + 254 + chance(5)) & 255;
		put(b, shade, 1, false);
		put(b, shade / 2, 1, false);
		put(b, 0, 1, false);
	}
}

static void lines_of_text(struct bytes *b)
{
	unsigned lines = 1 + chance(40);
	while (lines--) {
		if (chance(4) == 0)
			put(b, 0x3bb + chance(20) * 256, 1, false);
		put_words(b, chance(80));
		bytes_append(b, "\r\n", 2);
	}
}

/* In EUC-KR or Latin-1, more of them than are looked at. */
static void lines_that_are_not_utf8(struct bytes *b)
{
	bool is_korean = chance(2);
	for (unsigned n = 1 + chance(5000); n; n--) {
		if (chance(15) == 0)
			put(b, chance(2) ? '\n' : ' ', 1, false);
		else if (is_korean)
			put(b, 0xb0a1 + chance(25) * 256 + chance(94), 2,
			    false);
		else
			put(b, chance(8) ? 'a' + chance(26) : 0xc0 + chance(64),
			    1, false);
	}
}

static void lines_of_korean(struct bytes *b)
{
	static const char *const words[] = { "안녕하세요", "네", "ok", ", ",
		                             "\r\n", "다시 오십시오", "\t" };
	for (unsigned n = 1 + chance(4000); n; n--)
		bytes_append_text(b, words[chance(7)]);
}

static void words_without_lines(struct bytes *b)
{
	put_words(b, 1 + chance(2000));
}

static void digits(struct bytes *b)
{
	unsigned count = 1 + chance(500), among = chance(2) ? 10 : 2;
	while (count--)
		put(b, '0' + chance(among), 1, false);
}

static void hex_digits(struct bytes *b)
{
	unsigned count = 1 + chance(500);
	while (count--)
		put(b, (uint8_t)"0123456789abcdef"[chance(16)], 1, false);
}

static void text_with_control_bytes(struct bytes *b)
{
	unsigned count = 1 + chance(60);
	while (count--) {
		put_words(b, chance(30));
		put(b, chance(32), 1, false);
	}
}

static void utf16_of_korean(struct bytes *b)
{
	unsigned count = 10 + chance(300);
	bool is_little = chance(2);
	while (count--)
		put(b, chance(4) ? 0xac00 + chance(11000) : 32 + chance(90), 2,
		    is_little);
}

static void opcodes_with_operands(struct bytes *b)
{
	unsigned count = 5 + chance(200);
	bool is_little = chance(2);
	while (count--) {
		static const uint8_t sizes[] = { 4, 0, 1, 8, 2, 0, 1, 2 };
		unsigned code = chance(8);
		put(b, code, 1, false);
		put(b, chance(30), sizes[code], is_little);
	}
}

/* Binary data of which nothing must be said, whatever is in it. */
static const struct {
	const char *what;
	void (*make)(struct bytes *b);
} traps[] = {
	{ "random bytes", random_bytes },
	{ "compressed bytes", compressed_bytes },
	{ "records of a fixed size", records_of_a_fixed_size },
	{ "samples of sound", samples_of_sound },
	{ "doubles", doubles },
	{ "packets of MPEG", packets_of_mpeg },
	{ "runs of one byte", runs_of_one_byte },
	{ "pixels", pixels },
	{ "lines of text", lines_of_text },
	{ "lines that are not UTF-8", lines_that_are_not_utf8 },
	{ "lines of Korean", lines_of_korean },
	{ "words without lines", words_without_lines },
	{ "digits", digits },
	{ "hex digits", hex_digits },
	{ "text with control bytes", text_with_control_bytes },
	{ "UTF-16 of Korean", utf16_of_korean },
	{ "opcodes with operands", opcodes_with_operands },
};

static void nothing_is_guessed_of_data_without_frames(void **state)
{
	const char *more = getenv("GUESS_SEEDS");
	uint64_t seeds = more ? strtoul(more, NULL, 10) : SEEDS;
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		for (uint64_t n = 0; n < seeds; n++) {
			struct bytes b = { 0 };
			seed = n * 1000 + i;
			traps[i].make(&b);
			const char *spec =
			    guess_first(&b, n % 2 ? b.len : b.len / 2);
			if (strcmp(spec, "nothing") != 0) {
				print_error("%s, seed %u: guessed %s of %zu\n",
				            traps[i].what, (unsigned)n, spec,
				            b.len);
				wrong++;
			}
			bytes_finish(&b);
		}
	assert_int_equal(wrong, 0);
}

/* Frames around anything */

static const struct made {
	const char *spec;
	unsigned at, size;
	int add;
	bool is_little;
} made[] = {
	{ "u32", 0, 4, 0, false },         { "u32,le", 0, 4, 0, true },
	{ "u16", 0, 2, 0, false },         { "u16,le", 0, 2, 0, true },
	{ "u64", 0, 8, 0, false },         { "u64,le", 0, 8, 0, true },
	{ "u24", 0, 3, 0, false },         { "u32,add=-4", 0, 4, -4, false },
	{ "u32,le,add=-4", 0, 4, -4, true }, { "u32,at=1", 1, 4, 0, false },
	{ "u16,at=2", 2, 2, 0, false },    { "u32,at=4", 4, 4, 0, false },
	{ "u16,at=2,add=-4", 2, 2, -4, false },
};

static void put_made(struct bytes *b, const struct made *m, size_t len)
{
	/* of the bytes before it the last one is never 0, which could be
	 * that of a longer length */
	for (unsigned i = 0; i < m->at; i++)
		put(b, 1 + chance(255), 1, false);
	put(b, (uint64_t)((int64_t)len - m->add), m->size, m->is_little);
}

static void lengths_before_anything_are_guessed(void **state)
{
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		for (unsigned n = 0; n < SEEDS; n++) {
			struct bytes b = { 0 };
			seed = n * 1000 + i;
			bool is_text = chance(2);
			unsigned longest = 8 + chance(300);
			for (unsigned count = 8; count; count--) {
				size_t len = 1 + chance(longest);
				put_made(&b, &made[i], len);
				is_text ? put_words(&b, len)
				        : put_noise(&b, len);
			}
			const char *spec = guess_of(&b);
			if (strcmp(spec, made[i].spec) != 0) {
				print_error("%s, seed %u, %s of up to %u: "
				            "guessed %s\n", made[i].spec, n,
				            is_text ? "text" : "noise",
				            longest, spec);
				wrong++;
			}
			bytes_finish(&b);
		}
	assert_int_equal(wrong, 0);
}

/* More than is looked at, cut anywhere. */
static void messages_of_many_kilobytes_are_guessed(void **state)
{
	(void)state;
	for (unsigned n = 0; n < SEEDS; n++) {
		struct bytes b = { 0 };
		seed = n;
		const struct made *m = &made[chance(2)];
		for (unsigned count = 12; count; count--) {
			size_t len = 1000 + chance(7000);
			put_made(&b, m, len);
			n % 2 ? put_words(&b, len) : put_noise(&b, len);
		}
		assert_string_equal(guess_of(&b), m->spec);
		bytes_finish(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_conversation_is_guessed_or_left_alone),
		cmocka_unit_test(
		    what_has_come_so_far_gives_the_same_guess_or_none),
		cmocka_unit_test(nothing_is_guessed_of_data_without_frames),
		cmocka_unit_test(lengths_before_anything_are_guessed),
		cmocka_unit_test(messages_of_many_kilobytes_are_guessed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
