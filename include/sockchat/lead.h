/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who holds the conversations of a chat in place of its user: a replay. */

#ifndef SOCKCHAT_LEAD_H
#define SOCKCHAT_LEAD_H

#include <sockchat/chat.h>

/* All functions have to be there. */
struct chat_lead_ops {
	/* Why no more peers are taken, in a few words; NULL: they are. */
	const char *(*refuses)(struct chat_lead *lead);
	/* Whether it holds the conversation with this session.  Then the end
	 * of standard input and of the peer do not end it, and how it ends
	 * counts for the exit status only if the lead says so. */
	bool (*holds)(struct chat_lead *lead, const struct session *s);
	/* Bytes that this session has taken do not reach the peer. */
	void (*on_lost)(struct chat_lead *lead, struct session *s);
	/* It is over. */
	void (*on_end)(struct chat_lead *lead, struct session *s);
	/* A connection did not open and is not tried again, or nobody can be
	 * listened for.  An entry has told it. */
	void (*on_missed)(struct chat_lead *lead);
	/* The options may have changed. */
	void (*on_change)(struct chat_lead *lead);
	/* Enter was pressed on an empty line.  True: it was for the lead. */
	bool (*on_enter)(struct chat_lead *lead);
	/* Write what to press, or "". */
	void (*advise)(struct chat_lead *lead, char *out, size_t cap);
	/* The chat is over, or the user stops it: it is not `lead` any more. */
	void (*stop)(struct chat_lead *lead);
};

/* Embedded in who leads. */
struct chat_lead {
	const struct chat_lead_ops *ops;
	/* The program runs for it: the end of standard input ends nothing, and
	 * the chat goes on until chat_end_lead(). */
	bool has_say;
};

/* It has no say any more: no new peer is taken, and where nobody sits at a
 * screen the chat is over when its sessions are. */
void chat_end_lead(struct chat *c);

/* Let this session speak TLS from what was queued last on.  -1 after an ERROR
 * entry. */
int chat_secure(struct chat *c, struct session *s);

#endif
