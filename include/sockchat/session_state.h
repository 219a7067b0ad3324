/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a session stands: what it has come to, and what waits for its peer. */

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
/* "resolving", "connecting", "open", "half-closed (by the peer)" … */
const char *session_state_text(const struct session *s);
/* All there is to know of it now; process and names if they were looked for. */
void session_facts(const struct session *s, struct facts *out);

/* Whether nothing more that can wait should be taken for it now. */
bool session_is_congested(const struct session *s);
/* How many bytes have left, and the peer's system has not acknowledged. */
size_t session_unacked(const struct session *s);
#endif
