/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all links have in common: the faults that are on, and how often each
 * has struck. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/fault.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>

#define TOLD_MAX 10u /* sentences in a second, all links together */

static bool is_same(const struct fault_spec *a, const struct fault_spec *b)
{
	char one[FAULT_TEXT_MAX], other[FAULT_TEXT_MAX];
	fault_format(one, a);
	fault_format(other, b);
	return strcmp(one, other) == 0;
}

void faults_set(struct faults *f, const struct fault_spec *spec)
{
	const struct stamp now = stamp_now();
	if (!is_same(&f->spec, spec))
		f->has_told_never[0] = f->has_told_never[1] = false;
	f->spec = *spec;
	f->seed = spec->seed.is_on ? spec->seed.count
	                           : (uint64_t)now.wall_us % 1000000000;
	f->turn++;
	f->has_ways = fault_has_ways(spec);
	for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++) {
		f->lost[dir] = 0;
		for (enum fault_word word = 0; word < FAULT_WORDS; word++)
			f->struck[dir][word] = 0;
	}
}

void faults_follow(struct faults *f, const struct fault_spec *spec)
{
	if (!is_same(&f->spec, spec))
		faults_set(f, spec);
}

bool faults_refuse_next(struct faults *f)
{
	const struct fault_value *refuse = &f->spec.refuse;
	uint64_t *struck = &f->struck[FAULT_IN][FAULT_REFUSE];
	if (!refuse->is_on || *struck >= refuse->count)
		return false;
	++*struck;
	return true;
}

void faults_say_refused(const struct faults *f, const char *where,
                        bool has_datagrams, char *out, size_t size)
{
	uint64_t most = f->spec.refuse.count;
	snprintf(out, size, "fault refuse=%" PRIu64 ": %s%s (%" PRIu64
	         " of %" PRIu64 ")", most, where,
	         has_datagrams ? " sent a datagram, which is thrown away"
	                       : " is reset at once",
	         f->struck[FAULT_IN][FAULT_REFUSE], most);
}

bool faults_may_tell(struct faults *f, int64_t now_ns)
{
	if (!f->told_ns || now_ns - f->told_ns >= SECOND_NS) {
		f->told_ns = now_ns;
		f->told = 0;
	}
	return f->told++ < TOLD_MAX;
}

static void describe_word(const struct faults *f, enum fault_dir dir,
                          enum fault_word word, char *out, size_t size)
{
	bool is_way = word < FAULT_WAY_WORDS;
	uint64_t struck = f->struck[is_way ? dir : FAULT_IN][word];
	fault_format_word(out, size, &f->spec, word, is_way ? dir : FAULT_DIRS);
	text_add(out, size, ": has struck %" PRIu64 " time%s", struck,
	         plural(struck));
	if (word >= FAULT_CORRUPT && word <= FAULT_REORDER &&
	    !f->spec.seed.is_on)
		text_add(out, size, " (seed=%" PRIu64 " repeats it)", f->seed);
	if (word >= FAULT_LIMIT && is_way && f->lost[dir])
		text_add(out, size, "; %" PRIu64 " byte%s thrown away",
		         f->lost[dir], plural(f->lost[dir]));
}

bool faults_describe(const struct faults *f, size_t i, char *out, size_t size)
{
	for (enum fault_word word = 0; word <= FAULT_REFUSE; word++)
		for (enum fault_dir dir = 0; dir < FAULT_DIRS; dir++) {
			bool is_way = word < FAULT_WAY_WORDS;
			bool is_on = is_way ? f->spec.ways[dir][word].is_on
			                    : f->spec.refuse.is_on && !dir;
			if (is_on && !i--) {
				describe_word(f, dir, word, out, size);
				return true;
			}
		}
	return false;
}
