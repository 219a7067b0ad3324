/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What others want to know about a session. */

#include "session_private.h"

uint32_t session_number(const struct session *s)
{
	return s->number;
}

enum halves session_halves(const struct session *s)
{
	return s->halves;
}

bool session_is_open(const struct session *s)
{
	return s->transport && !s->is_over;
}

bool session_is_opening(const struct session *s)
{
	return !s->transport && !s->is_over;
}

bool session_is_closing(const struct session *s)
{
	return s->closes || s->leaves;
}

bool session_is_finishing(const struct session *s)
{
	return s->shuts_down || !halves_is_out_open(s->halves);
}

bool session_is_paused(const struct session *s)
{
	return s->is_paused;
}

const char *session_peer(const struct session *s)
{
	return s->peer;
}

const char *session_local(const struct session *s)
{
	return s->local;
}

uint64_t session_bytes_in(const struct session *s)
{
	return s->bytes_in;
}

uint64_t session_bytes_out(const struct session *s)
{
	return s->bytes_out;
}

size_t session_queued(const struct session *s)
{
	return outq_len(&s->queue);
}

const char *session_state_text(const struct session *s)
{
	if (s->phase != ENTRY_HALF_CLOSED)
		return entry_state_name(s->phase);
	return halves_is_in_open(s->halves) ? "half-closed (by us)"
	                                    : "half-closed (by the peer)";
}
