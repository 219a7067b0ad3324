/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The layers of a link: TLS is put on it in mid-conversation, and does not wait
 * with our end any more. */

#ifndef SOCKCHAT_LINK_LAYERS_H
#define SOCKCHAT_LINK_LAYERS_H

#include <sockchat/link.h>

/* Put TLS on an open connection: nothing moves until on_secured, or on_over.
 * Counters and halves stay; the limit of link_set_idle() is taken back.  A time
 * limit of 0 is none.  -1 with errno: nothing has changed. */
MUST_USE
int link_secure(struct link *l, const struct over *how, int64_t timeout_ms);

/* Send our end, if it is kept until the peer's comes (`is_end_kept`).  False if
 * there is none.  A step has to follow. */
bool link_send_kept_end(struct link *l);

#endif
