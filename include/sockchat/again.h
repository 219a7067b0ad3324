/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The endpoints that were used, and using them again: when Enter says so, and
 * by itself (--retry, --reconnect). */

#ifndef SOCKCHAT_AGAIN_H
#define SOCKCHAT_AGAIN_H

#include <sockchat/chat.h>

/* The endpoint that was connected to, or listened at, last.  NULL: none was. */
const struct endpoint *chat_last(const struct chat *c, enum endpoint_mode mode);

/* Remember an endpoint that an earlier run has used. */
void chat_note_used(struct chat *c, enum endpoint_mode mode,
                    const struct endpoint *ep);
/* Endpoint `i` that was used, as /connect and /listen take it; 0 is the latest.
 * NULL behind the last. */
const char *chat_used(const struct chat *c, enum endpoint_mode mode, size_t i);

/* Enter was pressed on an empty line.  True: it has connected or listened
 * again, or an entry says why not.  False: there is a connection, somebody is
 * waited for, or a script has written the line: it is to be sent. */
bool chat_enter(struct chat *c);

/* True in the pause before the next try to connect; chat_advise() counts it
 * down. */
bool chat_counts_down(const struct chat *c);
/* Stop trying to connect.  False if it was not being tried. */
bool chat_stop_trying(struct chat *c);
/* True while what is typed has to wait: --retry or --reconnect has not
 * connected yet, or the lines of --on-connect come first. */
bool chat_awaits_open(const struct chat *c);

/* What an end is told with. */
#define ADVICE_AGAIN "press Enter to connect again"

/* Write what the user can do about a connection that is not open both ways, or
 * "".  It is safe to show. */
#define ADVICE_MAX (ENDPOINT_TEXT_MAX + 64)
void chat_advise(const struct chat *c, char out[ADVICE_MAX]);

#endif
