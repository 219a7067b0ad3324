/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Fixed scripts for the rooms that a flood, a search and a screen go through:
 * the instructions they take are counted, which needs no quiet machine. */

#include <stdio.h>
#include <string.h>

#include <sockchat/format.h>
#include <sockchat/framing.h>
#include <sockchat/lens.h>
#include <sockchat/pattern.h>

#include "load.h"

#define LINES 20000
#define LINE  100
#define READ  (600 * LINE + 50) /* what comes at once: lines are torn */

static void cut(struct transcript *t)
{
	static char text[LINES * LINE];
	static const struct frame frame = FRAME_DEFAULT;
	struct framing f = { .dir = ENTRY_IN };
	for (size_t i = 0; i < LINE; i++)
		text[i] = i == LINE - 1 ? '\n' : (char)('a' + i % 23);
	for (size_t i = 1; i < LINES; i++)
		memcpy(text + i * LINE, text, LINE);
	for (size_t at = 0, len; at < sizeof(text); at += len) {
		len = sizeof(text) - at < READ ? sizeof(text) - at : READ;
		if (framing_take(&f, &(struct framing_read){
			.transcript = t,
			.frame = &frame,
			.time = stamp_now(),
			.session = 1,
			.peer = "127.0.0.1:9",
		}, text + at, len))
			load_die("no memory");
	}
	if (transcript_end(t) != LINES + 1)
		load_die("they are not cut as they should be");
}

static size_t count(void *user, const struct entry *e)
{
	return pattern_count(user, e->bytes, e->len);
}

static void find(struct transcript *t)
{
	struct error e;
	struct pattern *p = pattern_new("vwabcd", &e);
	struct lens *l = lens_new(t, transcript_end(t), count, p);
	while (l && lens_step(l, LOAD_SECOND_NS, &e) > 0)
		;
	if (!l || !lens_total(l))
		load_die("nothing was found");
	lens_free(l);
	pattern_free(p);
}

static void put_run(void *user, const struct wrap_run *run)
{
	size_t *sum = user;
	*sum += run->len;
}

static void lay_out(struct transcript *t)
{
	struct wrap_settings s = {
		.columns = 67,
		.row_count = SIZE_MAX,
		.now = SIZE_MAX,
	};
	struct entry e;
	size_t sum = 0;
	for (uint64_t seq = 1; transcript_at(t, seq, &e); seq++)
		wrap_entry(&e, &s, put_run, &sum);
	if (sum < LINES * (LINE - 1))
		load_die("not all was laid out");
}

static void put_json(struct transcript *t)
{
	const struct wrap_look look = { .encode = ENCODE_AUTO };
	struct bytes out = { 0 };
	struct entry e;
	for (uint64_t seq = 1; transcript_at(t, seq, &e); seq++)
		if (format_entry(&out, FORMAT_JSON, &look, &e, 0))
			load_die("no memory");
	bytes_finish(&out);
}

static void nothing(struct transcript *t)
{
	(void)t;
}

static const struct script {
	const char *name;
	void (*run)(struct transcript *t);
} scripts[] = {
	{ "cut", nothing },
	{ "find", find },
	{ "lay out", lay_out },
	{ "json", put_json },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (argc != 2 || strcmp(argv[1], scripts[i].name) != 0)
			continue;
		struct transcript *t = transcript_new((size_t)64 << 20);
		cut(t);
		scripts[i].run(t);
		transcript_free(t);
		return 0;
	}
	load_die("there is no such script");
}
