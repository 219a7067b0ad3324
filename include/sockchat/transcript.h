/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* All that has happened, numbered, stamped, bounded in bytes.  What no longer
 * fits is dropped from the front and counted.  Before the first entry of
 * another day there is a note with the date. */

#ifndef SOCKCHAT_TRANSCRIPT_H
#define SOCKCHAT_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>
#include <sockchat/error.h>

struct transcript;
struct recut; /* recut.h */

/* Embedded in whoever is to be told what happens. */
struct transcript_listener {
	/* Each of these may be NULL.  Entries from `first` to before `end` are
	 * new; or the message `first` has grown, then it is alone. */
	void (*on_entries)(void *user, uint64_t first, uint64_t end);
	/* All messages have been cut anew, and every entry has another seq,
	 * which recut_find() knows.  Before that it is called with NULL: the
	 * old entries are there for the last time. */
	void (*on_recut)(void *user, const struct recut *r);
	/* The fate of a message that was told has changed.  No listener may be
	 * added or removed there. */
	void (*on_fate)(void *user, uint64_t seq);
	/* An entry that was told is folded now: transcript_fold().  The same
	 * holds. */
	void (*on_fold)(void *user, uint64_t seq);
	void *user;
	/* The rest is the transcript's own. */
	struct transcript_listener *next;
};

/* Keep at most about `max` bytes (a chunk of 256 KiB at least).  NULL without
 * memory. */
MUST_USE struct transcript *transcript_new(size_t max);
/* Change the bound.  Entries beyond it are dropped at once. */
void transcript_set_max(struct transcript *t, size_t max);
void transcript_free(struct transcript *t);

/* Tell the listener too, before the others, of all that comes from now on.
 * Borrowed until it is removed; within on_entries any of them may be added,
 * removed and freed.  Entries that one of them appends there are told when all
 * have been told of those before. */
void transcript_listen(struct transcript *t, struct transcript_listener *l);
void transcript_unlisten(struct transcript *t, struct transcript_listener *l);

/* Append a copy of `draft` and tell the listeners.  It gets the next seq, and
 * the time now if it has none.  Returns the seq; 0 with ENOMEM. */
uint64_t transcript_append(struct transcript *t, const struct entry *draft);

/* Bytes of a message that have come, and how it stands with them. */
struct entry_bytes {
	const void *bytes;
	size_t len;
	unsigned flags;
	uint32_t prefix, suffix; /* of the message as a whole: up to UINT16_MAX,
	                          * and UINT8_MAX */
	uint64_t total; /* so many follow the prefix; 0: as it was known */
};

/* Append a message of a read; transcript_tell() tells of all of them.  They are
 * `like` each other but for their bytes, and `like` has a time.  What complete
 * messages of one time, session and direction have in common is kept once. */
MUST_USE
uint64_t transcript_add(struct transcript *t, const struct entry *like,
                        const struct entry_bytes *b);
/* Tell the listeners of all that was added. */
void transcript_tell(struct transcript *t);

/* Add to the message `seq`, and set the rest.  -1 with ENOENT when it has been
 * dropped, ENOMEM. */
MUST_USE
int transcript_extend(struct transcript *t, uint64_t seq,
                      const struct entry_bytes *b);
/* Take `len` bytes off the end of the message `seq`, for which they were taken
 * too early, and set its flags. */
void transcript_shorten(struct transcript *t, uint64_t seq, size_t len,
                        unsigned flags);

/* True if this is the day of the newest entry. */
bool transcript_has_day(const struct transcript *t, int64_t wall_us);

/* What is added to the message `seq` from now on is a part that another read
 * brought, at `time`.  It joins the part before without memory, and when the
 * message has parts without number. */
void transcript_part(struct transcript *t, uint64_t seq,
                     const struct stamp *time, bool is_late);

/* Copy the entry `seq` to `*e`, and return `e`; NULL when it is not there, or
 * not any more.  Its pointers are borrowed until the next append or extend. */
const struct entry *transcript_at(const struct transcript *t, uint64_t seq,
                                  struct entry *e);

/* How many bytes of its direction of its session came before the message `seq`,
 * modulo 2^32, as far as entries tell of them; it looks at what is near.  0
 * when it is not there. */
uint32_t transcript_offset(const struct transcript *t, uint64_t seq);

/* The oldest entry that is kept. */
uint64_t transcript_first(const struct transcript *t);
/* The seq that the next entry will have. */
uint64_t transcript_end(const struct transcript *t);
/* Entries before this one are dropped with the oldest chunk, which is next. */
uint64_t transcript_staying(const struct transcript *t);

struct transcript_sums {
	uint64_t dropped, dropped_bytes; /* entries, and bytes of messages */
	/* Entries, and additions to entries, that are lost for want of memory.
	 * As they are counted, transcript_append()'s callers need not look. */
	uint64_t unkept;
	size_t memory; /* that the transcript takes */
};

struct transcript_sums transcript_sums(const struct transcript *t);

#endif
