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

/* session_end.c */

/* End the session with this sentence. */
void session_fail(struct session *s, const struct error *e);
/* What the link calls when it is over. */
void session_on_over(struct link *l, const struct error *e, uint64_t unacked);
/* Forget what waits. */
void session_drop_queue(struct session *s);
/* Close the connection if there is one; `abort`: by RST. */
void session_close_link(struct session *s, bool abort);

/* session_connect.c */

/* What the link calls while it connects. */
void session_on_connecting(void *user);
void session_on_step(void *user, const char *text);
/* Connecting has just ended: keep how long its steps took. */
void session_note_timing(struct session *s);
/* What is known of the way to the peer; NULL if nothing. */
struct timing *session_timing(const struct session *s);
/* How the user calls the peer; "" if it came to us. */
const char *session_called(const struct session *s);
/* Forget the way to the peer. */
void session_drop_approach(struct session *s);

/* Set both addresses as text.  -1 without memory. */
MUST_USE
int session_set_addresses(struct session *s, const char *peer,
                          const char *local);

/* session_hints.c */

/* Bytes have come, and have not gone back yet. */
void session_hint_in(struct session *s, const uint8_t *bytes, size_t len);
/* A message has been queued. */
void session_hint_out(struct session *s, const void *bytes, size_t len);
/* The peer has ended. */
void session_hint_end(struct session *s);
/* Forget all. */
void session_drop_hints(struct session *s);

/* session_tell.c: entries of this session; a hint may be "". */

void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* That it is open, and who is at the other end if that is known. */
void session_tell_open(struct session *s);
void session_tell_note(struct session *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void session_tell_hint(struct session *s, const char *hint, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void session_tell_error(struct session *s, const struct error *e);
/* One message as a whole, whatever is in it. */
void session_tell_sent(struct session *s, const void *bytes, size_t len);

#endif
