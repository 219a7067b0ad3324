/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a service manager gives to the programs that it starts, and wants to
 * know of them: sockets (sd_listen_fds(3)), and whether they are ready
 * (sd_notify(3)). */

#ifndef SOCKCHAT_SERVICE_H
#define SOCKCHAT_SERVICE_H

#include <sockchat/endpoint.h>
#include <sockchat/error.h>

/* Take LISTEN_PID, LISTEN_FDS and NOTIFY_SOCKET out of the environment, so that
 * programs which we start do not take them for theirs.  To be called once,
 * before there are threads. */
void service_begin(void);

/* Let `ep` be the sockets that were given to us.  Returns how many they are, or
 * -1 with a sentence: they are not ours, or LISTEN_FDS is no number. */
MUST_USE int service_sockets(struct endpoint *ep, struct error *e);

/* Tell, once, that we listen on these addresses, with commas between, or serve
 * the connection that we were given if there are none.  Never waits.  -1 with a
 * sentence if NOTIFY_SOCKET does not take it; without one there is nothing to
 * tell. */
MUST_USE int service_ready(const char *addresses, struct error *e);

/* Tell, once, that we are about to end, if we have been ready. */
void service_stopping(void);

#endif
