/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The one noun for all that happens in a conversation. */

#ifndef SOCKCHAT_ENTRY_H
#define SOCKCHAT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/stamp.h>
#include <sockchat/ticks.h>

struct timing; /* dial.h */
struct frame_kind; /* frame.h */

enum entry_kind { ENTRY_MESSAGE, ENTRY_STATE, ENTRY_NOTE, ENTRY_ERROR };
enum entry_dir { ENTRY_NO_DIR, ENTRY_IN, ENTRY_OUT };
enum entry_state {
	ENTRY_RESOLVING,
	ENTRY_CONNECTING,
	ENTRY_HANDSHAKING, /* TLS begins */
	ENTRY_LISTENING,
	ENTRY_OPEN,
	ENTRY_HALF_CLOSED,
	ENTRY_CLOSED,
};

/* What became of a message on its way between two sides, in the middle. */
enum entry_fate {
	FATE_NONE,     /* it went as it is, or there is no middle */
	FATE_HELD,     /* it waits for the user's word */
	FATE_REWRITTEN, /* it waits too, in place of one that was changed */
	FATE_CHANGED,  /* ENTRY_BY_HAND: it was sent in place of another; else
	                * another was, which follows */
	FATE_DROPPED,  /* it never arrives */
	FATE_INJECTED, /* the user said it, for one side to the other */
};

/* What a NOTE is to the user. */
enum entry_role {
	ROLE_EVENT,  /* something happened */
	ROLE_HINT,   /* something may help */
	ROLE_ANSWER, /* it was asked for, by a command: chat_answer() */
};

/* Whether a message that was sent by hand went to several peers at once. */
enum entry_share {
	SHARE_NONE,
	SHARE_FIRST, /* it did, and the others follow */
	SHARE_COPY,  /* it is one of those that follow */
};

#define ENTRY_COMPLETE 1u /* nothing will be added to this message */
#define ENTRY_FOLDED   4u /* a later entry tells all of it: rows leave it out */
#define ENTRY_CUT      2u /* it was ended by its size, not by its framing */
#define ENTRY_TRAILS  16u /* white space came after it had been complete */
#define ENTRY_BROKEN   8u /* nothing will be added, but it is not whole */
#define ENTRY_BY_HAND 32u /* it is as it was sent, not as a frame cuts it */
#define ENTRY_LASTING 16u /* STATE half-closed: no later entry tells its hint */

/* The connections of conversations that were loaded from files have numbers of
 * their own: with this bit, so that none is that of a connection of today. */
#define ENTRY_OLD_SESSION UINT32_C(0x80000000)

/* What went over a connection. */
struct moved {
	uint64_t received, sent; /* bytes */
};

#define MISMATCH_MAX ((size_t)4 << 10)

/* Where a conversation is not as its file says. */
struct mismatch {
	uint64_t line; /* of the file */
	/* What was awaited and what came, both from byte `from` of the step on
	 * and not more than MISMATCH_MAX; NULL: not known. */
	const uint8_t *awaited, *came;
	size_t awaited_len, came_len;
	uint64_t from, at; /* `at`: the first byte of the step that differs */
};

/* The bytes of a message from `at` on, which another read brought than those
 * before. */
struct entry_part {
	uint32_t at : 31;
	uint32_t is_late : 1; /* clearly later: programs are told its time */
	uint32_t after; /* the first byte; for entry_part_ns() */
};

/* After such a pause, what is shown to people stands in a row of its own. */
#define ENTRY_PAUSE_MS 700

/* Facts of the doctor's entries, which stand in no transcript. */
struct checkup {
	int64_t us; /* since its beginning */
	const struct tls_facts *tls; /* or NULL */
	const char *step, *fault; /* of a failure, or NULL */
	const char *verdict; /* its name, or NULL: it is not the last one */
	int status; /* the exit status, with a verdict */
};

/* Strings are never NULL: "" for none.  They and `bytes` are borrowed for the
 * length of the call that shows the entry, or until the transcript changes. */
struct entry {
	uint64_t seq;         /* 1, 2, 3 … */
	struct stamp time;    /* of its first byte */
	uint32_t session;     /* 0: the program itself; or ENTRY_OLD_SESSION
	                       * and a number */
	uint8_t kind, dir, state, flags;
	uint8_t ended;        /* STATE half-closed: ENTRY_IN, the peer has
	                       * ended; ENTRY_OUT, we have.  STATE closed:
	                       * both of them, as bits; without ENTRY_OUT
	                       * it broke, or we have reset it */
	uint8_t role;         /* of a NOTE: enum entry_role */
	uint8_t share;        /* of a MESSAGE: enum entry_share */
	bool has_datagrams;   /* STATE: they move there, and nobody ends */
	const uint8_t *bytes; /* a message as it came, or a safe sentence */
	size_t len;
	/* How a message was cut: NULL if it is as it was typed.  Its payload is
	 * all but its length field, which stands at prefix_at, and its end. */
	const struct frame_kind *frame;
	uint32_t prefix_at, prefix, suffix;
	uint64_t total;       /* of one under way: so many follow the prefix; 0:
	                       * that is not known */
	const char *peer;     /* "127.0.0.1:9999" */
	const char *local;    /* STATE: our address, once it is known */
	const char *client;   /* STATE of a pair: who came to us */
	const char *proxy;    /* STATE: the proxy that named who came to us */
	const char *code;     /* ERROR: "ECONNREFUSED"; NOTE: "saved" */
	const char *hint;     /* what it most likely means, what to do */
	const struct entry_part *parts; /* of a message, by rising place */
	size_t part_count;
	uint8_t fate;         /* enum entry_fate */
	uint32_t held;        /* its number among those held, also once it was
	                       * changed or dropped; of a NOTE, that of the
	                       * message it is about; 0: none */
	int64_t wait_ns;      /* of a message that came: the time since we
	                       * last sent one by hand; 0: we sent none */
	/* Of a draft: how many bytes of its direction came before it; and
	 * whether that is not where the one before it ended. */
	uint64_t stream_at;
	bool jumps;
	const struct tick *tick; /* of a message sent by hand; set by who
	                          * writes the entry, or NULL */
	const struct timing *timing; /* STATE, ERROR of connecting; or NULL */
	const struct moved *moved;   /* STATE closed; or NULL */
	const struct mismatch *mismatch; /* ERROR of a replay; or NULL */
	const struct checkup *checkup; /* of the doctor, or NULL */
};

/* Whether it was loaded from a file. */
static inline bool entry_is_old(const struct entry *e)
{
	return (e->session & ENTRY_OLD_SESSION) != 0;
}

/* The number of its connection, as it is shown. */
static inline uint32_t entry_number(const struct entry *e)
{
	return e->session & ~ENTRY_OLD_SESSION;
}

/* Whether a command was asked for it: it is in no file. */
static inline bool entry_is_answer(const struct entry *e)
{
	return e->kind == ENTRY_NOTE && e->role == ROLE_ANSWER;
}

/* Whether its code says that the peer has reset the connection: a write behind
 * the RST breaks with EPIPE. */
bool entry_is_reset(const struct entry *e);

/* Whether it waits for the user's word. */
static inline bool entry_is_held(const struct entry *e)
{
	return e->fate == FATE_HELD || e->fate == FATE_REWRITTEN;
}

/* "changed", "dropped", "injected"; "" for none of them. */
const char *entry_fate_name(const struct entry *e);

/* '>' sent, '<' received, '*' notice, '!' error. */
char entry_mark(const struct entry *e);

/* "listening", "half-closed" … */
const char *entry_state_name(enum entry_state state);

/* The same message, without parts and as of the time when the late part with
 * its byte `at` began.  The wall clock is taken to have gone as the monotonic
 * one. */
struct entry entry_since(const struct entry *e, size_t at);

/* Whether it is a state on the way to another, which may fold it: on the way to
 * be open, or half an end whose hint only tells what the other half can do. */
static inline bool entry_is_passing(const struct entry *e)
{
	return e->kind == ENTRY_STATE &&
	       (e->state < ENTRY_LISTENING ||
	        (e->state == ENTRY_HALF_CLOSED &&
	         !(e->flags & ENTRY_LASTING)));
}

/* Whether it is a message that is told when it is whole, and is not (yet). */
bool entry_is_awaited(const struct entry *e);

/* The payload of a message, in one piece; `room` is for one that is not.
 * Borrowed until the transcript or `room` changes.  NULL without memory. */
const uint8_t *entry_payload(const struct entry *e, struct bytes *room,
                             size_t *len);

/* A time after the first byte as a part keeps it: whole microseconds for the
 * first 35 minutes, then whole milliseconds, and 24 days at most. */
uint32_t entry_part_after(int64_t ns);
int64_t entry_part_ns(const struct entry_part *p);

/* How long nothing had come before the part `i`. */
int64_t entry_pause_ns(const struct entry *e, size_t i);

/* How many bytes at the end are the line's ending (LF or CR LF): 0 to 2. */
size_t entry_ending(const struct entry *e);

#endif
