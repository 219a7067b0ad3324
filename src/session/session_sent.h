/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is noted of a message that goes to the peer: where its bytes are, and
 * that it may be answered. */

#ifndef SESSION_SENT_H
#define SESSION_SENT_H

#include <sockchat/session.h>

/* Tell where the bytes of the message `seq` are, which has just been queued, or
 * has grown.  The session has a `talk`, here and below. */
void session_follow(struct session *s, uint64_t seq);

/* The peer has been asked something: it owes an answer. */
void session_await_answer(struct session *s);

#endif
