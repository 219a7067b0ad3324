/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Hints for somebody who wonders, from the bytes of a conversation: which
 * protocol the peer speaks, and the traps that it or we have fallen into.
 * Nothing is done unless the settings want it.  The session has a `talk`, but
 * for hints_free(). */

#ifndef HINTS_H
#define HINTS_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/session.h>

/* Note bytes that have come, before they are sent back. */
void hints_in(struct session *s, const uint8_t *bytes, size_t len);
/* Note a message that has been queued. */
void hints_out(struct session *s, const void *bytes, size_t len);
/* Note that the peer has ended. */
void hints_end(struct session *s);
/* NULL is fine. */
void hints_free(struct watcher *w);

#endif
