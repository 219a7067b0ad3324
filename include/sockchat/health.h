/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection does: what is known of it now and of its last minute, in one
 * sentence and in detail.  Pure: no clock, no sockets. */

#ifndef SOCKCHAT_HEALTH_H
#define SOCKCHAT_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/facts.h>
#include <sockchat/rate.h>

/* What its counters were, of about the last minute. */
enum health_counter { HEALTH_IN, HEALTH_OUT, HEALTH_RETRANSMITS };
#define HEALTH_COUNTERS 3
#define HEALTH_SPAN_NS  (60 * SECOND_NS)
#define HEALTH_STEP_NS  RATE_STEP_NS

/* An answer may take so long before its absence is worth a word. */
#define HEALTH_ANSWER_NS (3 * SECOND_NS)

/* Since when a peer takes nothing.  All zero: nothing waits for it. */
struct stall {
	int64_t since_ns; /* monotonic; 0: nothing waits */
	uint64_t taken;   /* bytes, by then */
};

/* Note how many bytes the peer has taken by now, and whether more wait. */
void stall_note(struct stall *s, bool waits, uint64_t taken, int64_t now_ns);

/* All zero has seen nothing. */
struct health {
	uint32_t number; /* whose */
	struct rate counters[HEALTH_COUNTERS];
	struct stall stall; /* of what is under way */
};

/* Note the facts of this moment; another session begins anew.  True: look again
 * HEALTH_STEP_NS later, even if nothing happens.  Sampling on each change, at
 * most once a step, loses nothing. */
bool health_look(struct health *h, const struct facts *f);
/* True if the counters stand where they were noted last, so that there is
 * nothing to note. */
bool health_is_known(const struct health *h, uint32_t number, uint64_t in,
                     uint64_t out);

/* By how much a counter has grown in the last `span_ns`, HEALTH_SPAN_NS at
 * most; 0 for a session that was not looked at. */
uint64_t health_growth(const struct health *h, const struct facts *f,
                       enum health_counter counter, int64_t span_ns);
/* Bytes a second over the last few seconds. */
uint64_t health_rate(const struct health *h, const struct facts *f,
                     enum health_counter counter);
/* The last minute in `count` equal parts, the newest last: bytes each. */
void health_parts(const struct health *h, const struct facts *f,
                  enum health_counter counter, uint64_t *parts, size_t count);

enum health_mood { HEALTH_FINE, HEALTH_WORTH_KNOWING, HEALTH_TROUBLE };
#define HEALTH_TEXT_MAX 160

struct health_verdict {
	enum health_mood mood;
	/* "healthy", "no answer for 5 s: not accepted yet" … */
	char text[HEALTH_TEXT_MAX];
	/* What is worth an entry has a code: "not-read"; and a hint.
	 * "": it is not. */
	const char *code, *hint;
};

void health_verdict(struct health_verdict *out, const struct health *h,
                    const struct facts *f);

/* Write what this machine knows of the peer's socket: "not accepted yet, 2 wait
 * in its backlog of 5".  False, and "": nothing is known. */
bool health_format_far(char out[HEALTH_TEXT_MAX], const struct facts *f);

/* Where the connection stands in the diagram of RFC 9293, whoever tells. */
enum tcp_state health_state(const struct facts *f);

/* The details, one after another. */
enum health_row {
	HEALTH_ROW,       /* a label and what there is to say */
	HEALTH_ROW_STATE, /* the state's; a picture may go with it */
	HEALTH_ROW_IN,    /* the two directions'; parts may go with them */
	HEALTH_ROW_OUT,
	HEALTH_ROW_GAP,   /* something else begins */
};

/* Safe text, borrowed for the call. */
typedef void health_row_fn(void *user, enum health_row kind, const char *label,
                           const char *text);
void health_rows(const struct health *h, const struct facts *f,
                 health_row_fn *fn, void *user);

/* A span in words, "12 s", "3 min", "5 h 12 min", "4 days"; returns `out`. */
const char *health_format_span(char out[32], int64_t ns);

#endif
