/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a session share.  session_ask.c calls session.c, which
 * calls all others, and each of them only those that stand behind it here;
 * nobody calls back. */

#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <errno.h>

#include <sockchat/pair.h>
#include <sockchat/session_state.h>

#include "session_tell.h"

/* The alarms of the link that are the session's. */
enum {
	ALARM_LINGER = LINK_OWN, /* the peer's FIN has not come */
	ALARM_SECURE,            /* a server has not consented to TLS */
	ALARM_FRAME,             /* silence may end a message */
	ALARM_RESET, /* what came before a reset is not acknowledged */
	ALARM_HOLD,  /* something that waits in the middle may go */
};

static inline struct session *session_of(struct link *l)
{
	return (struct session *)l;
}

/* The settings that say whether anything is read: of a pair, the target's. */
static inline const struct session_settings *
session_flow(const struct session *s)
{
	return s->pair ? s->pair->far->settings : s->settings;
}

/* Whether the user does not want to read on, or answers are owed first. */
static inline bool session_rests(const struct session *s)
{
	bool is_paused = s->pair ? s->pair->far->is_paused : s->is_paused;
	return is_paused || (s->debt == SESSION_OWES_LATER && !s->closes);
}

/* How many bytes the peer has got, and will have got of all that waits. */
static inline uint64_t session_out_end(const struct session *s)
{
	return s->link.bytes_out + link_held(&s->link, FAULT_OUT) +
	       queue_len(s->queue) +
	       queue_file_rest(s->queue);
}

/* The moment when the monotonic clock stood there; all zero for 0. */
static inline struct stamp stamp_at(int64_t mono_ns)
{
	struct stamp at = stamp_now();
	if (!mono_ns)
		return (struct stamp){ 0 };
	at.wall_us -= (at.mono_ns - mono_ns) / 1000;
	at.mono_ns = mono_ns;
	return at;
}

/* How long the steps of connecting took.  NULL: it has not ended, or the peer
 * connected to us. */
static inline struct timing *session_timing(const struct session *s)
{
	return s->approach && s->approach->is_timed ? &s->approach->timing
	                                            : NULL;
}

/* Whether somebody who came to us has reset the connection, and nothing of ours
 * was for him: then its end tells it, and no error. */
static inline bool session_is_harmless(const struct session *s)
{
	return s->link.is_accepted && !link_has_messages(&s->link) &&
	       !s->pair && s->link.broken == ECONNRESET &&
	       !s->link.bytes_out && !s->queue;
}

/* session_in.c: read once from the peer, and do all that follows from it.
 * False if nothing came. */
bool session_read(struct session *s);

/* session_out.c */

/* Its `talk`, which is made if there is none.  NULL without memory. */
MUST_USE struct talk *session_talk(struct session *s);
/* Queue a message for the peer.  -1 with a sentence. */
MUST_USE
int session_queue_message(struct session *s, const struct framed *m,
                          struct error *e);
/* Queue a file for the peer.  -1 with a sentence. */
MUST_USE
int session_queue_file(struct session *s, const struct feed_file *file,
                       struct error *e);
/* Write bytes, or queue them behind what waits: those that the peer does not
 * take now are queued.  An error comes again when the queue is written, but a
 * message that could not be sent is gone.  -1 without memory. */
MUST_USE
int session_put(struct session *s, const uint8_t *bytes, size_t len,
                bool waits);
/* Write as much of the queue as the peer takes now. */
void session_write(struct session *s);
/* Whether so much waits that no more should come for it: until a quarter of
 * that waits. */
bool session_is_full(struct session *s);
/* Forget all that waits. */
void session_drop_queue(struct session *s);

/* hints.c: hints for somebody who wonders, from the bytes of a conversation:
 * which protocol the peer speaks, and the traps that it or we have fallen into.
 * Nothing is done unless the settings want it.  The session has a `talk`, but
 * for hints_free(). */

/* Note bytes that have come, before they are sent back. */
void hints_in(struct session *s, const uint8_t *bytes, size_t len);
/* Note a message that has been queued. */
void hints_out(struct session *s, const void *bytes, size_t len);
/* Note that `n` of these `len` bytes of the queue have been written at once. */
void hints_left(struct session *s, const uint8_t *bytes, size_t n, size_t len);
/* Note that the peer has ended, or that the connection is reset. */
void hints_end(struct session *s, bool is_reset);
/* NULL is fine. */
void hints_free(struct watcher *w);

/* session_state.c: look for no more names, and forget those that were found. */
void session_forget_names(struct session *s);

#endif
