/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session consists of: for the files session*.c alone. */

#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <sockchat/session_state.h>

/* What a session waits for by the clock, beside its link. */
enum {
	ALARM_DRIP = LINK_OWN, /* the next piece */
	ALARM_LINGER,          /* the peer's FIN */
};

static inline struct session *session_of(struct link *l)
{
	return (struct session *)l;
}

/* How long the steps of connecting took; NULL before it has ended, and for a
 * peer that came to us. */
static inline struct timing *session_timing(const struct session *s)
{
	return s->approach && s->approach->is_timed ? &s->approach->timing
	                                            : NULL;
}

/* session_in.c: read what has come, once, and do all that follows. */
void session_read(struct session *s);

/* session_out.c */

/* Its `talk`, which is made if there is none.  NULL without memory. */
MUST_USE struct talk *session_talk(struct session *s);
/* Take a message, or a file, for the peer.  -1 with a sentence. */
MUST_USE
int session_queue_message(struct session *s, const void *bytes, size_t len,
                          struct error *e);
MUST_USE
int session_queue_file(struct session *s, const struct feed_file *file,
                       struct error *e);
/* Queue bytes behind all that waits.  -1 without memory. */
MUST_USE int session_enqueue(struct session *s, const void *bytes, size_t len);
/* Write what the peer takes of the queue now. */
void session_write(struct session *s);
/* Forget what waits. */
void session_drop_queue(struct session *s);

/* session_end.c */

/* Connecting has ended, one way or the other. */
void session_end_dial(struct session *s);
/* Close the connection if there is one; `abort`: by RST. */
void session_close_link(struct session *s, bool abort);
/* It is over: tell it with this hint, which may be "".  `unacked` bytes were
 * never acknowledged. */
void session_conclude(struct session *s, bool failed, const char *hint,
                      uint64_t unacked);
/* It is over, as this sentence says. */
void session_fail(struct session *s, const struct error *e);
/* What the link calls when it is over. */
void session_on_over(struct link *l, const struct error *e, uint64_t unacked);

/* session_tell.c: entries of this session; a hint may be "". */

void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void session_tell_note(struct session *s, const char *hint, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void session_tell_error(struct session *s, const struct error *e);

#endif
