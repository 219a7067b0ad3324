/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has come to, in answers, in a word and in full. */

#ifndef SOCKCHAT_SESSION_STATE_H
#define SOCKCHAT_SESSION_STATE_H

#include <sockchat/facts.h>
#include <sockchat/session.h>

/* Whether it is connected, and not yet over. */
static inline bool session_is_open(const struct session *s)
{
	return s->link.transport != NULL;
}

/* Whether our FIN has been asked for, so that nothing more can be sent. */
bool session_is_finishing(const struct session *s);
/* Find out, once, who is at both ends: the process at the other end, which
 * takes up to about 50 ms, and in the background the names of both addresses
 * unless `is_numeric`.  `tells`: notes tell the names. */
void session_identify(struct session *s, bool is_numeric, bool tells);

/* "resolving", "connecting", "open", "half-closed (by the peer)" … */
const char *session_state_text(const struct session *s);
/* All that is known of it now; process and names if session_identify() has
 * found them. */
void session_facts(const struct session *s, struct facts *out);
/* The same without the peer's socket, which costs a question to the system. */
void session_sample(const struct session *s, struct facts *out);

/* Whether enough waits for the peer: what can wait elsewhere should. */
bool session_is_congested(const struct session *s);
/* How many bytes have left us that the peer's system has not acknowledged. */
size_t session_unacked(const struct session *s);
#endif
