/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the chat share, and nobody else sees. */

#ifndef CHAT_PRIVATE_H
#define CHAT_PRIVATE_H

#include <sockchat/chat.h>
#include <sockchat/listener.h>
#include <sockchat/session_state.h>

#define LISTENING_MAX 256
#define WATCH_MAX     8

struct chat_private {
	struct session **sessions; /* alive, by rising number */
	size_t session_count, session_cap;
	struct session **ended; /* to be freed when the turn is over */
	size_t ended_count, ended_cap;
	struct session_ops session_ops;
	struct owner_budget owners;
	struct queues queues;
	uint32_t last_number;
	bool shows_numbers;

	struct listener **listeners;
	size_t listener_count;
	struct listener_ops listener_ops;
	uint64_t first_turn; /* when the first peer came, as loop_turns() */
	char listening[LISTENING_MAX];
	bool accepts_one; /* the listener goes once it has a peer */

	struct session_hints hints; /* told of peers that came to us */
	struct health health[WATCH_MAX];
	struct timing last_timing;
	struct facts last;    /* of the session that ended last, at its end */
	struct timer quit, linger, leave, look, slow;
	struct later check;
	bool has_input_ended; /* standard input, and all of it is taken */
	bool has_ended_early; /* it ended before the first peer came */
	int64_t spoke_ns; /* when standard input spoke last */
	int64_t over_ns;  /* after a signal: when to give up; 0: no limit */
	bool has_listen_failed;
	/* At the end each of these makes the exit status 1. */
	bool has_failed;          /* a connection; a new one may clear it */
	bool has_failed_for_good; /* see chat_fail() */
	/* These two only when standard input is a script. */
	bool has_refused; /* something that it asked for was not done */
	bool makes_wait;  /* new peers still wait for a free descriptor */
	uint64_t unkept;      /* lost entries that have been told */
	uint64_t undelivered; /* bytes, at the last look while leaving */
};

/* watch.c */

/* The turn ends. */
void watch_turn(struct chat *c);
/* A session has ended. */
void watch_end(struct chat *c, const struct session *s);
/* What chat_private.look calls. */
void watch_on_time(struct timer *t);

/* chat.c */

/* One more session.  NULL without memory. */
MUST_USE struct session *chat_add_session(struct chat *c);
/* Call `fn` for all sessions that are alive; it may end them. */
typedef void chat_session_fn(struct session *s);
void chat_for_all(struct chat *c, chat_session_fn *fn);
/* Something may have ended: look at the end of the turn. */
void chat_check_later(struct chat *c);

/* chat_end.c */

/* Prepare its timers. */
void chat_init_ends(struct chat *c);
/* Stop its timers. */
void chat_stop_ends(struct chat *c);
/* Standard input says nothing more to this session. */
void chat_end_input(struct chat *c, struct session *s);
/* The peer's FIN has come: see session_ops. */
void chat_on_in_end(void *user, struct session *s);
/* How long a silent standard input is waited for after the peer's FIN. */
int64_t chat_linger_ns(const struct chat *c);
/* Close the sessions for which it has been silent for so long. */
void chat_look_for_answers(struct chat *c);
/* How many bytes of what this session took its peer's system has not
 * acknowledged, the rest of files included. */
uint64_t chat_undelivered_of(const struct session *s);

/* audience.c: whether what is typed goes to this session. */
bool chat_speaks_to(const struct chat *c, const struct session *s);
/* The index of the first session whose number is not below `number`. */
size_t chat_lower_bound(const struct chat *c, uint32_t number);

/* chat_slow.c */

/* Prepare its timer. */
void chat_init_slow(struct chat *c);
/* Something has been queued for this session. */
void chat_given(struct chat *c, struct session *s);
/* Whether a message of `len` bytes passes this session over, because its peer
 * does not read.  Then it is counted. */
bool chat_pass_over(struct chat *c, struct session *s, uint64_t len);

/* chat_listen.c */

/* Let listeners report to this chat. */
void chat_init_listening(struct chat *c);
/* Close all listeners. */
void chat_free_listeners(struct chat *c);

#endif
