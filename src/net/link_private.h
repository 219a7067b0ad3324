/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a link share. */

#ifndef NET_LINK_PRIVATE_H
#define NET_LINK_PRIVATE_H

#include <sockchat/link.h>

/* Begin to use `t`, which it takes.  -1 if there was no memory: told. */
MUST_USE int link_watch(struct link *l, struct transport *t);

/* Close `t`, and tell the owner that it is over for want of memory. */
void link_fail_without_memory(struct link *l, struct transport *t);

/* Tell of a message that did not arrive, now or within a second.  False: it is
 * more than that, and the link breaks. */
bool link_note_unsent(struct link *l, int errnum);
/* Tell of those that were not told one by one; to be called a second after
 * `unsent` was set.  True: and again after another. */
bool link_tell_unsent(struct link *l);
void link_forget_unsent(struct link *l);

#endif
