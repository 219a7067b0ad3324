/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is there, who is spoken to, and what is said to them. */

#ifndef SOCKCHAT_AUDIENCE_H
#define SOCKCHAT_AUDIENCE_H

#include <sockchat/chat.h>

/* The session at `index`, by rising number; NULL behind the last. */
struct session *chat_session(const struct chat *c, size_t index);
/* The session of this number; NULL: it has gone, or never was. */
struct session *chat_find(const struct chat *c, uint32_t number);
size_t chat_session_count(const struct chat *c);
/* Call `fn` for all sessions; it may end them. */
typedef void chat_session_fn(struct session *s);
void chat_for_all(struct chat *c, chat_session_fn *fn);

/* The session that the user looks at: the one spoken to, or the only one, not
 * counting those that are gone.  NULL when there are none or several. */
struct session *chat_shown(const struct chat *c);

/* Whether the chat listens and nobody has come yet. */
bool chat_awaits_first(const struct chat *c);
/* Whether that was so when this turn began: what happens in one turn has no
 * order. */
bool chat_awaited_first(const struct chat *c);

/* Send these bytes as one message to those who are spoken to.  -1 when some do
 * not get it: then an ERROR entry says why.  One of many that is passed over
 * (see chat_congestion()) does not count: it has been told of. */
int chat_send(struct chat *c, const void *bytes, size_t len);
/* As chat_send(), for a payload with its frame. */
int chat_send_framed(struct chat *c, const struct framed *m);
/* The frame of what is sent, to where the prompt says. */
static inline const struct frame *chat_frame(const struct chat *c)
{
	return c->target_side == ENTRY_IN ? c->session_settings.frame_in
	                                  : c->session_settings.frame_out;
}
/* Whether it goes around a payload. */
static inline bool chat_has_frame(const struct chat *c)
{
	return chat_frame(c)->kind->wrap;
}

/* Send a regular file to those who are spoken to; it is read as they take it.
 * With a frame it is one payload, read at once.  -1 as chat_send(). */
int chat_send_file(struct chat *c, const char *path);
/* Let those who are spoken to speak TLS from the end of `text` on, which may be
 * empty.  -1 as chat_send(). */
int chat_starttls(struct chat *c, const void *text, size_t len);
/* Whether a file is on its way: what is told of it changes by itself. */
bool chat_has_file(const struct chat *c);

/* Send our FIN to those who are spoken to; how many get one. */
size_t chat_shutdown(struct chat *c);

/* Without a screen a peer that has taken nothing for CHAT_STUCK_MS is passed
 * over while others read, until it reads again; when it has taken nothing for
 * CHAT_DROP_MS it is dropped.  Entries tell of each. */
#define CHAT_STUCK_MS 2000
#define CHAT_DROP_MS  10000
enum congestion {
	CONGESTION_NONE,
	CONGESTION_WAITS, /* what is said now would have to wait for a peer */
	CONGESTION_STUCK, /* … that has taken nothing for CHAT_STUCK_MS */
};
enum congestion chat_congestion(const struct chat *c);
/* How many sessions a line goes to now. */
size_t chat_audience(const struct chat *c);
/* Whether a line would go to anybody, now or when the first peer comes. */
bool chat_has_audience(const struct chat *c);

#endif
