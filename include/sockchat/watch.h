/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of the connections of a chat. */

#ifndef SOCKCHAT_WATCH_H
#define SOCKCHAT_WATCH_H

#include <sockchat/chat.h>
#include <sockchat/health.h>

/* All there is to know of the session that the user looks at, or of the last
 * one when it has gone.  False when there is none. */
bool chat_facts(const struct chat *c, struct facts *out);
/* In the middle: the same of its client. */
bool chat_client_facts(const struct chat *c, struct facts *out);

/* The last minute of this session; empty if it is not watched. */
const struct health *chat_health(const struct chat *c, uint32_t number);
/* In the middle: the same of its client. */
const struct health *chat_client_health(const struct chat *c, uint32_t number);

#endif
