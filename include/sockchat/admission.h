/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who may come to the listeners of a chat, and what is told of it. */

#ifndef SOCKCHAT_ADMISSION_H
#define SOCKCHAT_ADMISSION_H

#include <sockchat/chat.h>

/* Take new peers, or none for now; a note says so.  Meanwhile the system
 * completes their handshakes, and as many as its backlog holds wait. */
void chat_accept(struct chat *c, bool accepts);

/* Call `fn` for each thing there is to know: that no peers are taken, the lists
 * of --allow and --deny, how many were refused. */
typedef void chat_row_fn(void *user, const char *label, const char *text);
void chat_admission(const struct chat *c, chat_row_fn *fn, void *user);

/* False when it listens on unix sockets alone: of who comes there no address is
 * seen. */
bool chat_sees_addresses(const struct chat *c);

/* Tell what --allow or --deny says now: in notes if it has changed, else as an
 * answer. */
void chat_tell_access(struct chat *c, bool has_changed,
                      const struct access_list *list);

#endif
