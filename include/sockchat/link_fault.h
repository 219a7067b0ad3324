/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Faults of a link whose owner has set `faults`.  link_read() and link_write()
 * do what they say: bytes of the user pass a delay line on their way, each
 * direction its own, and so does the end. */

#ifndef SOCKCHAT_LINK_FAULT_H
#define SOCKCHAT_LINK_FAULT_H

#include <sockchat/bytes.h>
#include <sockchat/fault.h>
#include <sockchat/link.h>

/* Do as `faults` say from now on; what waits may go by the new rules.  To be
 * called when they have changed, and a step has to follow. */
void link_follow_faults(struct link *l);

/* Write what may go now.  link_step() does it, too. */
void link_push(struct link *l);

/* How many bytes wait in the delay line. */
size_t link_held(const struct link *l, enum fault_dir dir);

/* Append what has come and waits, which is another's: TLS begins.  -1 without
 * memory. */
MUST_USE int link_take_held(struct link *l, struct bytes *out);

/* Whether a fault has ended this direction: what comes is thrown away. */
bool link_is_cut(const struct link *l, enum fault_dir dir);

/* Whether a stall keeps our FIN back. */
bool link_is_stalled(const struct link *l);

/* Tell what the faults have thrown away, and what was not told of them.  To be
 * called before link_close(). */
void link_end_faults(struct link *l);

#endif
