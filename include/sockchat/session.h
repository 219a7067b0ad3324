/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation over a link: what the peer sends is cut into messages, what
 * is sent to it waits in a queue.  All that happens becomes entries. */

#ifndef SOCKCHAT_SESSION_H
#define SOCKCHAT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sockchat/error.h>
#include <sockchat/framing.h>
#include <sockchat/link.h>
#include <sockchat/owner.h>
#include <sockchat/queue.h>
#include <sockchat/ticks.h>
#include <sockchat/transcript.h>
#include <sockchat/transport.h>

/* The hints that a chat has given about accepted peers, as bits. */
struct session_hints {
	uint64_t protocols, frames;
	unsigned traps;
	size_t kept; /* bytes, from which frames may be guessed */
};

struct session;

/* Whether what a peer said is still to be answered by rules: at the end of this
 * turn, or later, until when nothing more is read from it. */
enum session_debt { SESSION_OWES_NOTHING, SESSION_OWES_SOON,
                    SESSION_OWES_LATER };

struct session_ops {
	/* Bytes can move.  NULL: nobody wants to know. */
	void (*on_open)(void *user, struct session *s);
	/* The peer's FIN has come, our half is still open, and nothing is owed
	 * to it. */
	void (*on_in_end)(void *user, struct session *s);
	/* Bytes that the session has taken do not reach the peer, or a file
	 * does not as a whole.  An entry tells it. */
	void (*on_lost)(void *user, struct session *s);
	/* session_look() should be called when session_look_due() says so.
	 * NULL: it is not. */
	void (*on_look)(void *user, struct session *s);
	/* It is over, and the descriptor is closed.  `failed`: the connection
	 * broke or was never open, or bytes are lost, whoever ended it.  `why`
	 * is what broke it or kept it from opening; NULL: neither.  The session
	 * is freed later, not in this call. */
	void (*on_end)(void *user, struct session *s, bool failed,
	               const struct error *why);
	void *user;
};

/* What becomes of a message in the middle. */
enum verdict {
	VERDICT_PASS,
	VERDICT_HOLD,
	VERDICT_DROP,
	VERDICT_CHANGE,
	VERDICT_LATER, /* enough was judged in this turn: ask in the next */
};

/* Who decides about messages between a client and its target. */
struct judge {
	/* Whether messages of this direction have to be whole, and judged. */
	bool (*wants)(void *user, enum entry_dir dir);
	/* Of the message, its session, direction and peer, its bytes and how
	 * they were cut have to be known; they are borrowed for the call,
	 * which may append notes to the transcript.  CHANGE appends the new
	 * payload to `out`, which is empty and has a ceiling. */
	enum verdict (*judge)(void *user, const struct entry *message,
	                      struct bytes *out);
	void *user;
};

/* What all sessions of a chat have in common; it may change at any time. */
struct session_settings {
	struct transcript *transcript; /* borrowed, as all pointers here */
	const struct session_ops *ops;
	/* How messages are cut: of what comes, of what goes back by echo. */
	const struct frame *frame_in, *frame_out;
	bool echo;           /* send back what comes */
	bool keeps_entries;  /* false: messages become no entries */
	bool tells_states;   /* false: states become no entries either */
	bool discards_in;    /* --send-only: what comes is thrown away */
	bool is_decoded;     /* an encoding has been chosen */
	bool folds;          /* who comes and goes at once has one row */
	bool tells_steps;    /* -v: the steps of connecting */
	enum entry_share share; /* of what is sent now */
	const char *end_hint; /* what to do when the peer has gone; or NULL */
	bool rests;          /* nothing more is read in this turn */
	bool is_held;        /* nothing is read: nobody keeps up */
	bool serves_one;     /* listeners are closed once there is a peer */
	struct session_hints *hints; /* NULL: no hints are given */
	const struct judge *judge; /* NULL: messages are not judged */
	struct faults *faults; /* what is to go wrong; NULL: nothing */
	struct hold *hold;   /* of what waits in the middle */
	unsigned holds;      /* whose messages wait for the user's word: bits,
	                      * ENTRY_IN and ENTRY_OUT */
	int64_t idle_ns;     /* the longest silence; 0: there is no limit */
	int64_t probe_ns; /* of silence until our system asks the peer's; 0:
	                   * the usual SOCKET_KEEP_IDLE_S */
	int64_t linger_ns;   /* how long a close waits for the peer's FIN */
	int64_t answer_ns;   /* how long the last answers are waited for where
	                      * nobody ends; negative: without a limit */
	/* When ENTRY_OPEN may next search for the process at the other end, of
	 * all sessions; NULL: never. */
	int64_t *next_search_ns;
	/* They are told where the bytes of each message sent by hand are; NULL:
	 * nobody wants to know. */
	struct ticks *ticks;
	struct queues *queues;
};

/* The way to a peer that we connect to. */
struct approach {
	bool is_timed; /* connecting has ended: `timing` is known */
	char listener[OWNER_TEXT_MAX]; /* who had not accepted us yet; or "" */
	struct timing timing;
	struct tls_facts *tls; /* once it is closed; NULL: there was none */
	const char *through; /* " through the proxy localhost:1080"; or "" */
	struct endpoint endpoint;
	char called[]; /* the peer as the user calls it; and `through` */
};

/* What a session has once a message is told, or the user sends something. */
struct talk {
	struct framing in, out;
	struct frame_asked asked; /* by both of them */
	struct watcher *watcher; /* for hints; NULL: there is none */
	struct under_way *under_way; /* messages; NULL: there are none */
	struct upgrade *upgrade; /* TLS is about to begin; or NULL */
	struct lag *lag; /* the chat's own, allocated; NULL: the peer reads */
	/* When the user has said what the peer has not answered, and how much
	 * had come by then: more is an answer.  0: nothing was said. */
	int64_t asked_ns;
	uint64_t asked_in;
	uint64_t file_at; /* bytes that left before the file on its way; 0: it
	                   * has not begun */
	int64_t look_ns;  /* when the peer is looked at again; 0: never */
	const char *told; /* the code of its trouble, NULL: none was told */
};

/* Others may read what is not the session's own, and write nothing.  There may
 * be many peers of which nothing is told and for which nothing waits, so what
 * only some peers need has its memory when they need it. */
struct session {
	struct link link; /* first: the link's functions know nothing else */
	enum entry_state phase : 8;
	enum session_debt debt : 2;
	bool is_paused : 1;
	bool shuts_down : 1; /* our FIN goes when the queue is empty */
	bool closes : 1;     /* then the peer's FIN is waited for */
	bool leaves : 1;     /* or the acknowledgement of ours alone */
	bool is_full : 1; /* enough waits; the session's own, as is_busy */
	bool is_busy : 1; /* what comes, comes in bulk */
	bool is_quiet : 1; /* nothing is told until it is open */
	bool is_gone : 1; /* no process has the peer's socket any more */
	bool is_untold : 1; /* that it is open waits to be told */
	bool is_folded : 1; /* only its end is shown */
	bool is_unnamed : 1; /* its process has still to be searched for */
	bool awaits_accept : 1; /* no process had accepted us */
	bool is_unproven : 1; /* its end had no close_notify: told by a note */
	bool is_end_told : 1; /* by an error: its last state has no row */
	/* Where nobody ends (UDP): the user has said that nothing follows, and
	 * has been told; so has standard input, and only answers are awaited;
	 * some of what was sent has not arrived, as the network says. */
	bool has_finished : 1, awaits_answers : 1, has_unsent : 1;
	/* When the phase and the connection began, on the monotonic clock; 0:
	 * they have not. */
	int64_t since_ns, opened_ns;
	/* Entries of states that the next one folds; 0: none.  And how much had
	 * been said by then: behind more they stay. */
	uint64_t passing[2], passing_said;
	struct queue *queue; /* NULL: nothing waits */
	struct talk *talk;   /* NULL: there has been no need */
	struct pair *pair;   /* NULL: it is no side of one */

	/* The rest is the session's own. */
	const struct session_settings *settings;
	struct approach *approach; /* NULL: the peer connected to us */
	struct names *names; /* NULL: nobody has asked */
	char *local; /* and behind it the peer's address, and the proxy in
	              * front of who came; NULL: not open */
};

/* Our own address, "127.0.0.1:9999"; "" when it is not known (yet). */
static inline const char *session_local(const struct session *s)
{
	return s->local ? s->local : "";
}

/* " through the proxy 10.0.0.1:4000", whoever has begun; or "". */
static inline const char *session_through(const struct session *s)
{
	if (s->approach)
		return s->approach->through;
	if (!s->local)
		return "";
	const char *where = s->local + strlen(s->local) + 1;
	return where + strlen(where) + 1;
}

/* `settings` are borrowed until session_free().  NULL without memory. */
MUST_USE
struct session *session_new(struct loop *l,
                            const struct session_settings *settings,
                            uint32_t number);
/* Closes the connection if there still is one.  NULL is fine. */
void session_free(struct session *s);

/* Connect.  Entries tell the outcome, and on_end if it has failed.
 * `is_again`: another session has just failed there; no entry tells of this one
 * until it is open. */
void session_connect(struct session *s, const struct transport_ops *transport,
                     const struct endpoint *ep,
                     const struct dial_settings *settings, bool is_again);
/* Take over an accepted connection, which is open.  Takes `t`. */
void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer);

/* Queue one message for the peer, also before the connection is open.  `m` is
 * borrowed for the call.  -1 with a sentence: nothing of it is queued. */
MUST_USE
int session_send_framed(struct session *s, const struct framed *m,
                        struct error *e);
/* The same for bytes as they were typed. */
MUST_USE
static inline int session_send(struct session *s, const void *bytes, size_t len,
                               struct error *e)
{
	const struct framed m = framed_plain(bytes, len);
	return session_send_framed(s, &m, e);
}

/* Queue a regular file, which is read as the queue empties.  It is borrowed for
 * the call.  -1 with a sentence. */
MUST_USE
int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e);
/* Read no more of any file; what has been read still goes.  Each file is told
 * by an entry. */
void session_cancel(struct session *s);

/* Speak TLS from the end of `text` on, which goes out in plain behind all that
 * is queued; a client waits for the server's consent.  What is queued later
 * goes through TLS.  When that fails, the session ends.  `settings` is borrowed
 * for the call, but for its `tls`.  -1 with a sentence: nothing has changed. */
MUST_USE
int session_starttls(struct session *s, const void *text, size_t len,
                     const struct dial_settings *settings, struct error *e);

/* Send our FIN after what is queued; where nobody ends, only say so. */
void session_shutdown(struct session *s);
/* Send our FIN after what is queued, and wait for the peer's for linger_ns at
 * most.  A connection that is not open yet is given up. */
void session_close(struct session *s);
/* As session_close(), but a connection that is not open yet opens first. */
void session_finish(struct session *s);
/* As session_close(), but without waiting for the peer's FIN: it is over when
 * all of ours is acknowledged. */
void session_leave(struct session *s);
/* Reset the connection at once. */
void session_reset(struct session *s);

/* Give up waiting for what was sent to arrive: tell for the last time where its
 * bytes are. */
void session_lose(struct session *s);

/* Stop reading from the peer. */
void session_pause(struct session *s);
/* Go on reading. */
void session_resume(struct session *s);

/* Do what can be done now, after a setting has changed. */
void session_update(struct session *s);
/* As session_update(), and let the clocks follow the settings. */
void session_refresh(struct session *s);

#endif
