/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What one side of a pair does because of the other. */

#ifndef SESSION_SIDE_H
#define SESSION_SIDE_H

#include <sockchat/session.h>

/* The other side has ended, and our end to this one is kept back, so that no
 * answer is lost (TLS 1.2).  It goes out when this side has been silent for
 * --linger, or when nobody is there for an answer: side_on_linger() of
 * ALARM_LINGER. */
void side_keep_end(struct session *s);
void side_on_linger(struct session *s);

/* What goes from the other side to this one: pass on what waits and may go, and
 * then its end.  Ours proves nothing if that did not.  A side that broke loses
 * what waits for it, and what is held of it. */
void side_go_on(struct session *s);

/* What it wishes from its link, beside what every session does. */
unsigned side_wishes(struct session *s);
/* Let errors call its peer "the target localhost:9999". */
void side_call(struct session *s, const char *role);
/* Who has ended, as the target is told by our FIN; of other sessions we. */
const char *side_name_end(const struct session *s);
/* It is over: tell what the two sides do not get.  The end of the target's
 * session tells its own, `lost`. */
void side_tell_losses(const struct session *s, const char *lost);

#endif
