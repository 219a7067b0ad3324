/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a transcript takes beside the bytes of its entries, and how much work it
 * is to cut all of it anew.
 *
 *   bench_store lines|reads|peers COUNT      bytes for each entry
 *   bench_store recut SPEC SPEC COUNT        from one frame to the other */

#include <string.h>
#include <time.h>

#include <sockchat/recut.h>

#include "load.h"

#define LINE  100
#define READ  (600 * LINE + 50) /* what comes at once: lines are torn */
#define PEERS 64
#define SLICE (4 * MS_NS)
#define SHORT 36 /* so that 64 MiB hold a million */

static char text[600 * LINE + READ];

/* A transcript, and who fills it. */
struct store {
	struct transcript *t;
	struct frame frame;
	struct framing framings[PEERS];
	struct stamp now;
	size_t count; /* of entries */
};

static void take(struct store *s, uint32_t peer, const char *bytes, size_t len)
{
	static const char *const names[] = {
		"127.0.0.1:40001", "127.0.0.1:40002",
	};
	s->now.mono_ns += 20 * 1000;
	s->now.wall_us += 20;
	if (framing_take(&s->framings[peer], &(struct framing_read){
		.transcript = s->t,
		.frame = &s->frame,
		.time = s->now,
		.session = peer + 1,
		.peer = names[peer % 2],
	}, bytes, len))
		load_die("no memory");
}

/* Many lines in a read. */
static void fill_lines(struct store *s)
{
	for (size_t at = 0, i = 0; i < s->count * LINE; i += READ, at += READ)
		take(s, 0, text + at % (600 * (size_t)LINE), READ);
}

/* A read for each. */
static void fill_reads(struct store *s)
{
	for (size_t i = 0; i < s->count; i++)
		take(s, 0, text, LINE);
}

static void fill_short(struct store *s)
{
	for (size_t i = 0; i < s->count; i++)
		take(s, 0, text + LINE - SHORT, SHORT);
}

/* We ask each peer in turn, and it answers. */
static void fill_peers(struct store *s)
{
	for (size_t i = 0; i < s->count / 2; i++) {
		uint32_t peer = i % PEERS;
		s->now.mono_ns += 5000;
		s->now.wall_us += 5;
		transcript_append(s->t, &(struct entry){
			.time = s->now,
			.session = peer + 1,
			.kind = ENTRY_MESSAGE,
			.dir = ENTRY_OUT,
			.flags = ENTRY_COMPLETE | ENTRY_BY_HAND,
			.peer = peer % 2 ? "127.0.0.1:40002"
			                 : "127.0.0.1:40001",
			.bytes = (const uint8_t *)text,
			.len = LINE,
		});
		s->framings[peer].asked_ns = s->now.mono_ns;
		take(s, peer, text, LINE);
	}
}

static void begin(struct store *s, const char *spec, const char *count)
{
	struct error e;
	s->t = transcript_new(SIZE_MAX);
	s->count = load_number(count);
	s->now = stamp_now();
	if (!s->t || frame_parse(&s->frame, spec, &e))
		load_die("it cannot begin");
	for (size_t i = 0; i < PEERS; i++)
		s->framings[i].dir = ENTRY_IN;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % LINE == LINE - 1 ? '\n'
		                               : (char)('a' + i % LINE % 23);
}

static const struct {
	const char *name;
	void (*fill)(struct store *s);
} fills[] = {
	{ "lines", fill_lines },
	{ "reads", fill_reads },
	{ "peers", fill_peers },
};

/* The unused rest of the last chunk does not count: there may be many. */
static void measure_fill(size_t i, const char *count)
{
	static struct store s;
	begin(&s, "line", count);
	fills[i].fill(&s);
	size_t entries = transcript_end(s.t) - 1;
	size_t memory = transcript_sums(s.t).memory;
	if (entries < s.count)
		load_die("%zu entries of %zu are there", entries, s.count);
	load_tell("beside its bytes",
	          (double)memory / (double)entries - LINE, "B/entry");
	transcript_free(s.t);
}

static void measure_recut(const char *from, const char *to, const char *count)
{
	static struct store s;
	struct frame frame;
	struct error e;
	begin(&s, from, count);
	fill_short(&s);
	if (frame_parse(&frame, to, &e))
		load_die("%s", e.text);
	double worst = 0;
	clock_t start = clock();
	struct recut *r = recut_new(s.t, &frame, &frame);
	for (int more = 1; more;) {
		int64_t slice_ns = load_now_ns();
		more = r ? recut_step(r, SLICE) : -1;
		if (more < 0)
			load_die("no memory");
		double ms = load_seconds_since(slice_ns) * 1e3;
		worst = ms > worst ? ms : worst;
	}
	recut_finish(r);
	load_tell("work", (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC,
	          "ms");
	load_tell("longest slice", worst, "ms");
	recut_free(r);
	transcript_free(s.t);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++)
		if (argc == 3 && strcmp(argv[1], fills[i].name) == 0) {
			measure_fill(i, argv[2]);
			return 0;
		}
	if (argc != 5 || strcmp(argv[1], "recut") != 0)
		load_die("there is no such measure");
	measure_recut(argv[2], argv[3], argv[4]);
}
