/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Trouble on purpose: what the user wants to go wrong on connections, and how
 * often it has.
 *
 *     latency=200ms~50ms rate=10k in:corrupt=0.001 out:limit=4096
 *
 * A link that has a `struct faults` does it; see link_fault.c. */

#ifndef SOCKCHAT_FAULT_H
#define SOCKCHAT_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* What a delay line may hold; all of them together have less room the more
 * they hold. */
#define FAULT_LINE_MAX ((size_t)4 << 20)

/* The words of a SPEC.  Those before FAULT_WAY_WORDS are about a direction. */
enum fault_word {
	FAULT_LATENCY,
	FAULT_RATE,
	FAULT_SLICE,
	FAULT_CORRUPT,
	FAULT_DROP, /* these three are for datagrams alone */
	FAULT_DUP,
	FAULT_REORDER,
	FAULT_LIMIT,
	FAULT_RESET,
	FAULT_STALL,
	FAULT_WAY_WORDS,
	FAULT_REFUSE = FAULT_WAY_WORDS,
	FAULT_SEED,
	FAULT_WORDS,
	FAULT_NONE = FAULT_WORDS,
};

enum fault_dir { FAULT_IN, FAULT_OUT, FAULT_DIRS };

/* What stands behind a word's "=".  All zero: it was not said. */
struct fault_value {
	bool is_on;
	uint64_t count; /* bytes; connections; the seed */
	int64_t ns;     /* a delay; or, when it is not 0, the end's time */
	int64_t spread_ns;
	double chance;
};

/* A SPEC that was read.  All zero: nothing is wanted. */
struct fault_spec {
	struct fault_value ways[FAULT_DIRS][FAULT_WAY_WORDS];
	struct fault_value refuse, seed;
};

#define FAULT_TEXT_MAX 1024

/* Add the words of `text` to those that `spec` has; "off" forgets them.  -1
 * with a sentence that names the wrong word: `spec` is as it was. */
MUST_USE
int fault_parse(struct fault_spec *spec, const char *text, struct error *e);
/* Write it as it is read, "off" when there is nothing. */
void fault_format(char out[FAULT_TEXT_MAX], const struct fault_spec *spec);
/* Write one word, "in:latency=1s", behind a direction unless `dir` is
 * FAULT_DIRS; "in:latency" when it is off. */
void fault_format_word(char *out, size_t size, const struct fault_spec *spec,
                       enum fault_word word, enum fault_dir dir);
/* The name of a word: "latency". */
const char *fault_name(enum fault_word word);
/* Row `i` of what completion offers: "latency="; or NULL. */
#define FAULT_OFFERED_MAX 40
const char *fault_word_offered(size_t i);

/* The first word that can do nothing to a stream, or to datagrams; or
 * FAULT_NONE. */
enum fault_word fault_never_strikes(const struct fault_spec *spec,
                                    bool has_datagrams);
/* Why that is so, in words. */
const char *fault_why_never(enum fault_word word);

/* Whether anything in it is for connections. */
bool fault_has_ways(const struct fault_spec *spec);

/* What all links of a chat, or of a pipe, have in common. */
struct faults {
	struct fault_spec spec;
	uint64_t seed;  /* of the spec, or made up */
	unsigned turn;  /* counts how often the spec was replaced */
	bool has_ways;  /* links have something to do */
	bool has_hurt;  /* a limit, a reset or a stall has struck */
	bool has_told_never[2]; /* of a word that can do nothing to a stream;
	                         * to datagrams */
	uint64_t struck[FAULT_DIRS][FAULT_WORDS]; /* by this spec */
	uint64_t lost[FAULT_DIRS]; /* bytes thrown away */
	size_t memory;  /* of all delay lines */
	int64_t told_ns; /* since then so many were told one by one */
	unsigned told;
};

/* Have this spec from now on, and count anew.  Links learn of it by
 * link_follow_faults(). */
void faults_set(struct faults *f, const struct fault_spec *spec);
/* The same if it is another one. */
void faults_follow(struct faults *f, const struct fault_spec *spec);

/* Whether the next connection is one that a listener resets. */
bool faults_refuse_next(struct faults *f);

/* Say which one that was: "fault refuse=2: 127.0.0.1:4711 is reset at once (1
 * of 2)".  UDP has no reset: what came is thrown away. */
#define FAULT_REFUSED_MAX 256
void faults_say_refused(const struct faults *f, const char *where,
                        bool has_datagrams, char *out, size_t size);

/* Whether what is sent by such links goes slowly, or in pieces. */
static inline bool faults_are_slow(const struct faults *f)
{
	const struct fault_value *out = f ? f->spec.ways[FAULT_OUT] : NULL;
	return out && (out[FAULT_LATENCY].is_on || out[FAULT_RATE].is_on ||
	               out[FAULT_SLICE].is_on || out[FAULT_STALL].is_on);
}

/* Whether one more may be told by a sentence of its own in this second. */
bool faults_may_tell(struct faults *f, int64_t now_ns);

/* Write row `i` of what is on, and how often it has struck: "in:rate=10k: 3
 * times".  False behind the last. */
MUST_USE
bool faults_describe(const struct faults *f, size_t i, char *out, size_t size);

#endif
