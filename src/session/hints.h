/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session's bytes let us say to somebody who wonders: which protocol the
 * peer speaks, and the traps.  Nothing is done unless the settings want it. */

#ifndef HINTS_H
#define HINTS_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/session.h>

/* The session has a `talk` in all of these. */

/* Bytes have come, and have not gone back yet. */
void hints_in(struct session *s, const uint8_t *bytes, size_t len);
/* A message has been queued. */
void hints_out(struct session *s, const void *bytes, size_t len);
/* The peer has ended. */
void hints_end(struct session *s);
/* NULL is fine. */
void hints_free(struct watcher *w);

#endif
