/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation: a connection, its two halves, the cutting into messages,
 * the queue towards the peer.  All that happens becomes entries. */

#ifndef SOCKCHAT_SESSION_H
#define SOCKCHAT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/framing.h>
#include <sockchat/link.h>
#include <sockchat/owner.h>
#include <sockchat/queue.h>
#include <sockchat/stamp.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>
#include <sockchat/transport.h>

/* What a chat has told of its accepted peers, as bits. */
struct session_hints {
	uint64_t protocols;
	unsigned traps;
};

struct session;

struct session_ops {
	/* The peer's FIN has come, and our half is still open. */
	void (*on_in_end)(void *user, struct session *s);
	/* Bytes that the session took do not reach the peer, or not the whole
	 * of a file; an entry tells it. */
	void (*on_lost)(void *user, struct session *s);
	/* It is over: the descriptor is closed.  `failed`: the connection broke
	 * or was never there, or bytes are lost, whoever ended it.  The session
	 * is freed later, not in this call. */
	void (*on_end)(void *user, struct session *s, bool failed);
	void *user;
};

/* What all sessions of a chat have in common; it may change at any time. */
struct session_settings {
	struct transcript *transcript; /* borrowed, as all pointers here */
	const struct session_ops *ops;
	bool echo;           /* send back what comes */
	bool keeps_entries;  /* false: no messages in the transcript */
	bool tells_states;   /* false: nor that peers come and go */
	bool discards_in;    /* --send-only: read, and forget */
	bool is_decoded;     /* an encoding has been chosen */
	bool tells_steps;    /* -v: the steps of connecting */
	bool rests;          /* nothing more is read in this turn */
	bool is_held;        /* nor later, until it is taken back */
	struct session_hints *hints; /* NULL: none are told */
	size_t drip_bytes;   /* cut what is sent into pieces; 0: don't */
	int64_t drip_ns;     /* so long between two pieces */
	int64_t idle_ns;     /* give up when nothing moves; 0: never */
	int64_t linger_ns;   /* after a close, for the peer's FIN */
	/* Who is at the other end is looked for, within this budget, and told
	 * with ENTRY_OPEN; NULL: it is not. */
	struct owner_budget *owners;
	/* Where the bytes of what is sent by hand are, is told there; NULL:
	 * nobody wants to know. */
	struct ticks *ticks;
	struct queues *queues;
};

/* The way to a peer that we connect to. */
struct approach {
	struct timing timing; /* once it has been walked to its end */
	bool is_timed;
	char called[]; /* the peer as the user calls it */
};

/* What a session has once a message is told, or the user sends something. */
struct talk {
	struct framing in, out;
	struct watcher *watcher; /* for hints; NULL: there is none */
	struct under_way *under_way; /* messages; NULL: there are none */
	struct lag *lag; /* the chat's own, allocated; NULL: the peer reads */
};

/* Others may read what is not the session's own, and write none of it.  Of most
 * peers there is nothing to tell and nothing under way, and there may be many:
 * what only some need has memory when they need it. */
struct session {
	struct link link; /* first, for it knows no other owner */
	uint32_t number;
	enum entry_state phase : 8;
	bool is_paused : 1;
	bool shuts_down : 1; /* our FIN is to follow the queue */
	bool closes : 1;     /* and then the connection goes */
	bool leaves : 1;     /* without waiting for the peer's FIN */
	bool is_full : 1; /* the session's own, as the next */
	bool is_busy : 1; /* what comes, comes in bulk */
	/* The monotonic clock when the phase and the connection began; 0: it
	 * has not. */
	int64_t since_ns, opened_ns;
	struct queue *queue; /* NULL: nothing waits */
	struct talk *talk;   /* NULL: there has been no need */

	/* The rest is the session's own. */
	const struct session_settings *settings;
	struct approach *approach; /* to whom we connect; NULL: it came */
	struct names *names; /* of both ends; NULL: not asked for */
	char *local; /* session_local(), and behind it the link's `where` */
};

/* Our own address, "127.0.0.1:9999"; "" when it is not known (yet). */
static inline const char *session_local(const struct session *s)
{
	return s->local ? s->local : "";
}

/* `settings` are borrowed until session_free().  NULL without memory. */
MUST_USE
struct session *session_new(struct loop *l,
                            const struct session_settings *settings,
                            uint32_t number);
/* Drops the connection at once if there still is one. */
void session_free(struct session *s);

/* Connect; the outcome is told by entries and on_end. */
void session_connect(struct session *s, const struct transport_ops *transport,
                     const struct endpoint *ep,
                     const struct dial_settings *settings);
/* Take over an accepted connection, which has to be open within `timeout_ms`,
 * 0 for no limit.  Takes `t`. */
void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer, int64_t timeout_ms);

/* Queue one message for the peer; before the connection is open it waits.  -1
 * with a sentence; nothing is cut. */
MUST_USE
int session_send(struct session *s, const void *bytes, size_t len,
                 struct error *e);

/* Send a regular file, read as the queue empties; what is sent later comes
 * after it.  The file is borrowed for the call.  -1 with a sentence. */
MUST_USE
int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e);
/* Read no more of the file on its way, nor those behind it; what is queued of
 * it still goes.  An entry tells each. */
void session_cancel(struct session *s);

/* Look once for who is at both ends: at once for the process at the other end,
 * which takes up to about 50 ms; unless `is_numeric`, in the background for the
 * names of both addresses.  `tells`: notes say what names are found. */
void session_identify(struct session *s, bool is_numeric, bool tells);

/* Our FIN, after what is queued. */
void session_shutdown(struct session *s);
/* FIN both ways: ours, then wait for the peer's for linger_ns at most. */
void session_close(struct session *s);
/* As session_close(), but one that is not open yet opens first. */
void session_finish(struct session *s);
/* As session_close(), but not waiting for the peer's FIN: it ends as soon as
 * all is acknowledged. */
void session_leave(struct session *s);
/* RST, now. */
void session_reset(struct session *s);

/* Read nothing from the peer, until this is taken back. */
void session_pause(struct session *s, bool is_paused);

/* Do what can be done now, for a setting has changed. */
void session_update(struct session *s);
/* As session_update(), when it may be any setting: what was put off by one goes
 * on. */
void session_refresh(struct session *s);

#endif
