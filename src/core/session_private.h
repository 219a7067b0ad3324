/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session consists of: for session.c and session_facts.c alone. */

#ifndef CORE_SESSION_PRIVATE_H
#define CORE_SESSION_PRIVATE_H

#include <sockchat/framing.h>
#include <sockchat/outq.h>
#include <sockchat/session.h>

struct session {
	struct loop *loop;
	struct transcript *transcript;
	const struct session_settings *settings;
	const struct session_ops *ops;
	uint32_t number;

	struct dial *dial;
	struct dial_ops dial_ops;
	struct transport *transport;
	struct watch watch;
	enum halves halves;
	bool shuts_down;  /* our FIN is to follow the queue */
	bool closes;      /* and then the connection goes */
	bool leaves;      /* without waiting for the peer's FIN */
	bool is_paused, is_held, is_full;
	bool is_over;
	enum entry_state phase;

	struct outq queue;
	struct framing in, out;
	struct timer drip, idle, ack, linger;
	int64_t ack_ns, moved_ns;
	uint64_t bytes_in, bytes_out;
	char peer[ENDPOINT_TEXT_MAX];
	char local[ADDRESS_TEXT_MAX];
};

#endif
