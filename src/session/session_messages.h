/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is different where each write is a message and nobody ends: UDP. */

#ifndef SESSION_MESSAGES_H
#define SESSION_MESSAGES_H

#include "session_private.h"

/* -1 with a sentence if one message cannot have so many bytes. */
MUST_USE
int session_check_length(const struct session *s, uint64_t len,
                         struct error *e);

/* Say, once until something is sent, that the peer cannot be told of our
 * end. */
void session_tell_no_end(struct session *s);
/* What a reset is, where there is none; and what it is to be open. */
extern const char session_no_reset[], session_no_connection[];

/* Tell that it is open, which says nothing of the peer yet, or that it is
 * over; the hint may be "". */
void session_tell_ready(struct session *s, const char *hint);
void session_tell_parting(struct session *s, const char *hint,
                          const char *lost);

/* Tell how many the system has dropped, if the socket is this one's alone. */
void session_tell_dropped(struct session *s);

/* Tell who sends the next datagrams, where anybody may. */
void session_tell_source(struct session *s, const struct address *source);

/* Nothing more will be said: begin to wait for the last answers. */
void session_await_answers(struct session *s);
/* ALARM_LINGER: whether none has come for long enough; if not, look again. */
bool session_has_waited(struct session *s);
/* How long nothing may move; 0: there is no limit. */
int64_t session_idle_ns(const struct session *s);
/* Whether its silence is no failure, but its end. */
bool session_may_fall_silent(const struct session *s);

#endif
