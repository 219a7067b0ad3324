/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which peer is spoken to, and whether it is shown alone. */

#ifndef SOCKCHAT_FOCUS_H
#define SOCKCHAT_FOCUS_H

#include <sockchat/audience.h>

/* Speak to the peer of this number, 0: to all.  While a peer is shown alone,
 * this one is; 0: all are.  In the middle this speaks to its target. */
void chat_speak_to(struct chat *c, uint32_t number);
/* In the middle: the same, but to its client. */
void chat_speak_to_client(struct chat *c, uint32_t number);

/* Speak to the next peer that is not gone, or to all after the last one.  In
 * the middle to each peer's target and then to its client. */
void chat_next_target(struct chat *c);

/* Show one peer alone and speak to it: the one spoken to or, if these are all,
 * the one that was heard last.  If one is shown alone: all again.  False when
 * there is no peer. */
bool chat_toggle_focus(struct chat *c);

/* This session has gone: if it was shown alone, all are shown again. */
void chat_end_focus(struct chat *c, const struct session *s);

#endif
