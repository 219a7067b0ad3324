/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who comes to a chat, and where it listens for them. */

#ifndef CHAT_LISTEN_H
#define CHAT_LISTEN_H

#include <sockchat/chat.h>

/* A peer has come.  Takes `t`. */
void chat_on_peer(struct chat *c, struct transport *t,
                  const struct address *peer);
/* Close all listeners. */
void chat_free_listeners(struct chat *c);
/* Let all of them take new peers, or none, as `accepts` says. */
void chat_pause_listeners(struct chat *c);
/* How many peers all listeners have refused, those too that are closed. */
uint64_t chat_refused(const struct chat *c);
/* Let sockets that are open have the settings that the options ask for now. */
void chat_apply_settings(struct chat *c);
/* Tell the service manager, once it listens and the front end is there. */
void chat_tell_ready(struct chat *c);
/* Some of them may have waited for a descriptor. */
void chat_retry_listeners(struct chat *c);

#endif
