/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS in mid-conversation: for the files of a session. */

#ifndef SESSION_SECURE_H
#define SESSION_SECURE_H

#include <sockchat/bytes.h>

#include "session_private.h"

/* TLS is about to begin on an open connection. */
struct upgrade {
	struct tls *tls;
	int64_t timeout_ms;
	uint64_t plain_end; /* bytes in all that leave us in plain */
	uint64_t since;     /* the entry behind our question; 0: none */
	struct bytes early; /* a ClientHello that was read already */
	size_t judged;      /* bytes of the answer, when it was looked at */
	bool is_strict;     /* the answer is a line, and nothing behind it */
	bool is_late;       /* nothing more is waited for */
};

/* NULL: it is not. */
static inline struct upgrade *session_upgrade_of(const struct session *s)
{
	return s->talk ? s->talk->upgrade : NULL;
}

/* How much may still go out in plain. */
static inline size_t session_plain_room(const struct session *s)
{
	const struct upgrade *u = session_upgrade_of(s);
	return u ? (size_t)(u->plain_end - s->link.bytes_out) -
	               link_held(&s->link, FAULT_OUT)
	         : SIZE_MAX;
}

/* As session_starttls(), whose steps session_upgrade() does. */
MUST_USE
int session_begin_upgrade(struct session *s, const void *text, size_t len,
                          const struct dial_settings *settings,
                          struct error *e);
/* Begin the handshake when it is time.  -1 with a sentence: it never will, and
 * nothing more may go out in plain. */
MUST_USE int session_upgrade(struct session *s, struct error *e);
/* The server had its time to answer. */
void session_stop_waiting(struct session *s);
void session_end_upgrade(struct session *s);

#endif
