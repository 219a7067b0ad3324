/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The layers of a link: TLS is put on it in mid-conversation, and its bytes are
 * told layer by layer. */

#ifndef SOCKCHAT_LINK_LAYERS_H
#define SOCKCHAT_LINK_LAYERS_H

#include <sockchat/link.h>

/* Put TLS on an open connection: nothing moves until on_secured, or on_over.
 * Counters and halves stay; the limit of link_set_idle() is taken back.  A time
 * limit of 0 is none.  -1 with errno: nothing has changed. */
MUST_USE
int link_secure(struct link *l, const struct over *how, int64_t timeout_ms);

/* Tell of all bytes from now on, those below TLS too; NULL: nobody.  They do
 * not pass by us unseen any more, as link_read_to() lets them.  Borrowed until
 * the link's end, or another call. */
void link_tap(struct link *l, const struct tap *tap);

#endif
