/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits between a client and its target: for the user's word, for a rule's
 * verdict, or for what stands before it.  It has bytes of its own, for the
 * transcript may forget them; all of it together has a bound. */

#ifndef SOCKCHAT_HOLD_H
#define SOCKCHAT_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/frame.h>
#include <sockchat/framing.h>

#define HOLD_MAX        ((size_t)16 << 20) /* bytes; then nothing is read */
#define HOLD_SILENCE_MS 20 /* then an unfinished message may be passed */

struct lane; /* lane.h */

/* A message that waits.  With a number it is for the user to say what becomes
 * of it. */
struct held {
	uint32_t number; /* 0: it waits for no word */
	uint64_t seq;    /* of its entry */
	struct lane *lane;
	struct framed message;
	size_t gone;     /* bytes of it that have been passed on */
	int64_t grown_ns; /* when it grew last */
	bool is_whole : 1;
	bool is_judged : 1; /* by the rules, if there are any */
	bool is_said : 1;   /* the user says it: it has no entry yet */
	bool passes : 1;    /* it goes when its turn comes */
	bool hurries : 1;   /* and does not wait for more of it */
	bool is_edited : 1; /* its entry is that of what is sent instead */
	bool is_rest : 1;  /* of a message that was cut anew: without a head */
	bool has_word : 1; /* it is one of those that wait for a word */
	bool is_told : 1;  /* that it is not whole */
	struct held *next;  /* in its lane */
	struct held *before, *after; /* of those that have a number */
};

/* Those of a lane, in the order in which they go. */
struct held_list {
	struct held *first, *last;
	struct held *open;     /* the message under way; NULL: it is not held */
	struct held *unjudged; /* the first that is; NULL: none */
	size_t gone; /* so many of the next bytes have been passed on already */
	bool drops;  /* what comes of the message under way is dropped */
	bool is_cut; /* anew: what comes next is a message of its own */
	bool is_on;  /* bytes that are cut have to be kept, or passed on */
	struct framing_hook hook; /* that cuts for it */
};

/* All that have a number, and the bytes of all that wait. */
struct hold {
	struct held *first, *last; /* by rising number */
	uint32_t last_number;
	size_t count[2]; /* of what comes from targets, and goes to them */
	size_t bytes;
	bool is_told;    /* that it is full */
	bool makes_wait; /* somebody is not read because of it */
};

/* How many bytes may still be added; 0: it is full. */
size_t hold_room(const struct hold *h);

/* A message that waits in the lane behind all others; with `is_first`, behind
 * those before it that pass.  NULL without memory. */
MUST_USE
struct held *hold_add(struct hold *h, struct held_list *list, struct lane *lane,
                      bool is_first);
/* Add to its bytes.  -1 without memory. */
MUST_USE
int hold_append(struct hold *h, struct held *m, const void *bytes, size_t len);
/* Take so many bytes off its end. */
void hold_shorten(struct hold *h, struct held *m, size_t len);
/* Let another message stand in its place.  Takes the bytes of `by`. */
void hold_replace(struct hold *h, struct held *m, const struct framed *by);
/* Free it. */
void hold_remove(struct hold *h, struct held_list *list, struct held *m);

/* Let it wait for the user's word, by the next number. */
void hold_number(struct hold *h, struct held *m);
/* It waits for no word any more, and keeps its number.  One that has none is
 * fine. */
void hold_release(struct hold *h, struct held *m);
/* The one that waits for a word and has this number; NULL: there is none. */
struct held *hold_find(const struct hold *h, uint32_t number);
/* How many wait for a word. */
static inline size_t hold_count(const struct hold *h)
{
	return h->count[0] + h->count[1];
}

/* As an entry, of which its session and peer are left out.  Borrowed until the
 * message changes. */
struct entry hold_entry(const struct held *m);

#endif
