/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of the chat's connections is gathered: for chat.c alone. */

#ifndef CHAT_WATCH_H
#define CHAT_WATCH_H

struct chat;
struct session;

/* Take samples at the end of a turn, if something has moved. */
void watch_turn(struct chat *c);
/* The `on_look` of session_ops. */
void watch_plan(void *user, struct session *s);
/* Keep what is known of a session that has ended. */
void watch_end(struct chat *c, const struct session *s);

#endif
