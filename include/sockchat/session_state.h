/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has come to, in answers, in a word and in full. */

#ifndef SOCKCHAT_SESSION_STATE_H
#define SOCKCHAT_SESSION_STATE_H

#include <sockchat/facts.h>
#include <sockchat/link_fault.h>
#include <sockchat/session.h>

/* Whether it is connected, and not yet over. */
static inline bool session_is_open(const struct session *s)
{
	return s->link.transport != NULL;
}

/* Whether our FIN has been asked for, so that nothing more can be sent. */
bool session_is_finishing(const struct session *s);
/* Find out who is at both ends: the process at the other end, which takes up to
 * about 5 ms a second, and once, in the background, the names of both addresses
 * unless `is_numeric`.  `tells`: notes tell the names. */
void session_identify(struct session *s, bool is_numeric, bool tells);

/* "resolving", "connecting", "open", "half-closed (by the peer)" … */
const char *session_state_text(const struct session *s);
/* All that is known of it now; process and names if session_identify() has
 * found them. */
void session_facts(const struct session *s, struct facts *out);
/* The same without the peer's socket, which costs a question to the system. */
void session_sample(const struct session *s, struct facts *out);

/* What is known of its TLS; NULL: it is plain, or somebody came to us and has
 * left.  It takes memory from the first call on. */
const struct tls_facts *session_tls(const struct session *s);
/* session_facts() with that. */
void session_facts_to_show(const struct session *s, struct facts *out);

/* When session_look() has something to do, on the monotonic clock; 0: never. */
int64_t session_look_due(const struct session *s);
/* Look how the peer does, and tell by a note, once, what is wrong with it. */
void session_look(struct session *s);
/* Whether anybody may read what is sent: false when the peer has ended, and its
 * program has gone.  Asks the system only when the peer has ended. */
bool session_has_reader(struct session *s);

/* The frames have changed, or TLS begins: the next bytes of either direction
 * begin a conversation. */
void session_restart_messages(struct session *s);
/* The transcript has been cut anew: go on from there. */
void session_recut(struct session *s, const struct recut *r);

/* Standard input has ended: session_shutdown(), or where nobody ends close when
 * no answer has come for answer_ns. */
void session_end_input(struct session *s);

/* Set what is owed to the peer; then session_update(). */
void session_owe(struct session *s, enum session_debt debt);

/* How many bytes wait for the peer; those of files do not count. */
size_t session_queued(const struct session *s);
/* How many of them leave before the file on its way. */
uint64_t session_before_file(const struct session *s);
/* Whether enough waits for the peer: what can wait elsewhere should. */
bool session_is_congested(const struct session *s);
/* How many bytes have left us that the peer's system has not acknowledged. */
size_t session_unacked(const struct session *s);
#endif
