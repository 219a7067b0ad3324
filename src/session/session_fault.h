/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session makes of the faults of its link, and of bytes that are
 * lost. */

#ifndef SESSION_FAULT_H
#define SESSION_FAULT_H

#include "session_private.h"

/* A fault has struck. */
void session_tell_fault(struct link *l, const char *text);
/* Bytes have really gone: hints look where characters were cut. */
void session_see_piece(struct link *l, const uint8_t *bytes, size_t n,
                       size_t len);

/* A message did not arrive, as the network says: tell it. */
void session_tell_unsent(struct link *l, const struct error *e);

/* Write how many bytes do not reach the peer any more: "; 5 bytes were never
 * sent". */
void session_describe_loss(const struct session *s, uint64_t unacked,
                           char *text, size_t size);

/* Whether a fault has ended a direction. */
static inline bool session_is_cut(const struct session *s)
{
	return link_is_cut(&s->link, FAULT_IN) ||
	       link_is_cut(&s->link, FAULT_OUT);
}

#endif
