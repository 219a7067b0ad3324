/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a session stands: what it has come to, and what waits for its peer. */

#ifndef SOCKCHAT_SESSION_STATE_H
#define SOCKCHAT_SESSION_STATE_H

#include <sockchat/health.h>
#include <sockchat/progress.h>
#include <sockchat/session.h>

bool session_is_open(const struct session *s); /* connected, not yet ended */
bool session_is_opening(const struct session *s);
bool session_is_closing(const struct session *s);
/* Our FIN has been asked for: nothing more can be sent. */
bool session_is_finishing(const struct session *s);
/* "resolving", "connecting", "open", "half-closed (by the peer)" … */
const char *session_state_text(const struct session *s);
/* All there is to know of it now; process and names if they were looked for. */
void session_facts(const struct session *s, struct facts *out);

/* Bytes that wait for the peer; those of files do not count. */
size_t session_queued(const struct session *s);
/* Whether nothing more that can wait should be taken for it now. */
bool session_is_congested(const struct session *s);
/* How many bytes have left, and the peer's system has not acknowledged. */
size_t session_unacked(const struct session *s);
/* How many bytes of files have not left. */
uint64_t session_file_rest(const struct session *s);
bool session_has_file(const struct session *s);

/* The file on its way. */
struct session_file_state {
	const char *name;   /* safe; borrowed until the next turn */
	struct progress_facts facts; /* of what the system has taken */
	int64_t started_ns; /* monotonic; 0: it waits */
	size_t waiting;     /* more files behind it */
};

/* False when there is none; draw it again from time to time. */
bool session_file(const struct session *s, struct session_file_state *out);

#endif
