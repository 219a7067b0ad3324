/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation: a connection, its two halves, the cutting into messages,
 * the queue towards the peer.  All that happens becomes entries. */

#ifndef SOCKCHAT_SESSION_H
#define SOCKCHAT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/dial.h>
#include <sockchat/error.h>
#include <sockchat/halves.h>
#include <sockchat/health.h>
#include <sockchat/loop.h>
#include <sockchat/owner.h>
#include <sockchat/progress.h>
#include <sockchat/tcpinfo.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>
#include <sockchat/transport.h>

struct session;

/* What a chat has told of its accepted peers, as bits. */
struct session_hints {
	uint64_t protocols;
	unsigned traps;
};

/* The memory of all queues to peers together.  The less is left, the less may
 * wait for each peer: those with the longest queues are the first from which
 * nothing more is read. */
struct session_queues {
	size_t max, used; /* bytes */
};

/* What all sessions of a chat have in common; it may change at any time. */
struct session_settings {
	bool echo;           /* send back what comes */
	bool keeps_entries;  /* false: no messages in the transcript */
	bool tells_states;   /* false: nor that peers come and go */
	bool discards_in;    /* --send-only: read, and forget */
	bool is_decoded;     /* an encoding has been chosen */
	bool tells_steps;    /* -v: the steps of connecting */
	bool rests;          /* nothing more is read in this turn */
	struct session_hints *hints; /* NULL: none are told */
	size_t drip_bytes;   /* cut what is sent into pieces; 0: don't */
	int64_t drip_ns;     /* so long between two pieces */
	int64_t idle_ns;     /* give up when nothing moves; 0: never */
	int64_t linger_ns;   /* after a close, for the peer's FIN */
	/* Who is at the other end is looked for, within this budget, and told
	 * with ENTRY_OPEN; borrowed; NULL: it is not. */
	struct owner_budget *owners;
	/* Where the bytes of what is sent by hand are, is told there;
	 * borrowed; NULL: nobody wants to know. */
	struct ticks *ticks;
	struct session_queues *queues; /* borrowed */
};

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

#define SESSION_QUEUE_HIGH ((size_t)256 << 10) /* one peer's: read no more */
#define SESSION_QUEUE_LOW  ((size_t)64 << 10)  /* one peer's: read again */

/* `settings`, `ops`, `transcript` are borrowed until session_free().  NULL
 * without memory. */
MUST_USE
struct session *session_new(struct loop *l, struct transcript *transcript,
                            uint32_t number,
                            const struct session_settings *settings,
                            const struct session_ops *ops);
/* Drops the connection at once if there still is one. */
void session_free(struct session *s);

/* Connect; the outcome is told by entries and on_end. */
void session_connect(struct session *s, const struct transport_ops *transport,
                     const struct endpoint *ep,
                     const struct dial_settings *settings);
/* Take over an accepted connection.  Takes `t`. */
void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer);

/* Queue one message for the peer; before the connection is open it waits.  -1
 * with a sentence; nothing is cut. */
MUST_USE
int session_send(struct session *s, const void *bytes, size_t len,
                 struct error *e);

/* Send a regular file, read as the queue empties; what is sent later comes
 * after it.  The file is borrowed for the call.  -1 with a sentence. */
struct feed_file;
MUST_USE
int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e);
/* Read no more of the file on its way, nor those behind it; what is queued of
 * it still goes.  An entry tells each. */
void session_cancel(struct session *s);

/* The file on its way. */
struct session_file_state {
	const char *name;   /* safe; borrowed until the next turn */
	struct progress_facts facts; /* of what the system has taken */
	int64_t started_ns; /* monotonic; 0: it waits */
	size_t waiting;     /* more files behind it */
};

bool session_has_file(const struct session *s);
/* False when there is none; draw it again from time to time. */
bool session_file(const struct session *s, struct session_file_state *out);
/* How many bytes of files have not left. */
uint64_t session_file_rest(const struct session *s);
/* What the system knows of the connection; false when it does not tell, or
 * there is none (any more). */
bool session_tcpinfo(const struct session *s, struct tcpinfo *out);
/* Look for the process at the other end, once: up to about 50 ms. */
void session_find_owner(struct session *s);
/* Look for the names of both addresses, once and in the background; `tells`:
 * notes say what is found. */
void session_find_names(struct session *s, bool tells);
/* All there is to know of it now; process and names if they were looked for. */
void session_facts(const struct session *s, struct facts *out);
/* How many bytes have left, and the peer's system has not acknowledged. */
size_t session_unacked(const struct session *s);

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

/* Stop reading the peer: by the user's wish, and because nobody keeps up. */
void session_pause(struct session *s, bool is_paused);
void session_hold(struct session *s, bool is_held);

/* The settings have changed: what was put off by them goes on. */
void session_refresh(struct session *s);

uint32_t session_number(const struct session *s);
enum halves session_halves(const struct session *s);
bool session_is_open(const struct session *s); /* connected, not yet ended */
bool session_is_opening(const struct session *s);
bool session_is_closing(const struct session *s);
/* Our FIN has been asked for: nothing more can be sent. */
bool session_is_finishing(const struct session *s);
/* The peer has connected to us. */
bool session_is_accepted(const struct session *s);
/* When its state changed last, on the monotonic clock. */
int64_t session_since_ns(const struct session *s);
bool session_is_paused(const struct session *s);
const char *session_peer(const struct session *s);  /* "127.0.0.1:9999" */
const char *session_local(const struct session *s); /* "" before open */
uint64_t session_bytes_in(const struct session *s);
uint64_t session_bytes_out(const struct session *s);
/* Bytes that wait for the peer; those of files do not count. */
size_t session_queued(const struct session *s);
/* Whether nothing more that can wait should be taken for it now. */
bool session_is_congested(const struct session *s);
/* How far a peer is behind.  The session keeps this for its chat, which alone
 * uses it. */
struct session_lag {
	uint64_t gone;    /* bytes that its system had acknowledged … */
	int64_t since_ns; /* … since then; 0: it reads */
	bool is_behind;   /* it is passed over */
	uint64_t messages, bytes; /* that passed it over */
};
struct session_lag *session_lag(struct session *s);
/* "resolving", "connecting", "open", "half-closed (peer has ended)" … */
const char *session_state_text(const struct session *s);

#endif
