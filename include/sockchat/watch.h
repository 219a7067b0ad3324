/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of the conversation that is looked at. */

#ifndef SOCKCHAT_WATCH_H
#define SOCKCHAT_WATCH_H

#include <sockchat/chat.h>
#include <sockchat/health.h>

/* All there is to know of chat_shown(), or of the last one when it has gone.
 * False when there is none. */
bool chat_facts(const struct chat *c, struct facts *out);
/* The last minute of this session; empty if it is not watched. */
const struct health *chat_health(const struct chat *c, uint32_t number);

#endif
