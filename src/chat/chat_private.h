/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the chat share; other rooms do not see it. */

#ifndef CHAT_PRIVATE_H
#define CHAT_PRIVATE_H

#include <sockchat/audience.h>
#include <sockchat/chat.h>
#include <sockchat/hold.h>
#include <sockchat/lead.h>
#include <sockchat/listener.h>
#include <sockchat/session_state.h>
#include <sockchat/watch.h>

#include "again_private.h"
#include "chat_listen.h"

#define LISTENING_MAX 256
#define WATCH_MAX     8

/* What is known of a session that has gone. */
struct last_facts {
	struct facts facts; /* which borrow the rest */
	struct timing timing;
	struct tls_facts tls;
};

struct chat_private {
	/* Those that are alive, by rising number, and behind them those that
	 * have ended, to be freed when the turn is over. */
	struct session **sessions;
	size_t session_count, ended_count, session_cap;
	struct session_ops session_ops;
	struct session_settings near_settings; /* of the clients of pairs */
	int64_t next_search_ns;
	struct frame frames[2]; /* as sessions use them: options.h */
	struct reframe *reframe; /* what came is cut anew; or NULL */
	struct queues queues;
	struct faults faults;
	int settings[SOCKET_SETTINGS]; /* as sockets have been told last */
	struct hold hold; /* what waits in the middle */
	uint32_t last_number;
	bool shows_numbers;
	bool has_column; /* for numbers, since the entry numbers_since */
	uint64_t numbers_since;

	struct place **listeners;
	size_t listener_count;
	uint64_t first_turn; /* when the first peer came, as loop_turns() */
	char listening[LISTENING_MAX], forwarding[LISTENING_MAX];
	uint64_t refused; /* by listeners that are closed */
	bool has_told_backlog;
	bool is_ready; /* it listens, and that is to be told */
	bool is_for_lead; /* it runs for a lead alone, and ends with it */

	struct used used;
	struct again again;
	bool is_starting; /* the front end is not there yet */
	uint64_t next_shown; /* to the front end, which is behind; or 0 */
	bool tells_end; /* that it is over, and what Enter does */

	struct session_hints hints; /* told already of accepted peers */
	struct health health[WATCH_MAX], client_health[WATCH_MAX];
	/* Of the session that ended last, at its end, and of its client. */
	struct last_facts last, last_client;
	struct transcript_listener shows; /* the front end */
	struct transcript_listener recuts; /* all that knows entries */
	struct timer quit, linger, leave, look, slow, peers, timeout;
	struct later check;
	bool has_input_ended; /* standard input, and all of it is taken */
	bool has_ended_early; /* it ended before the first peer came, or where
	                       * rules answer: peers are served on */
	int64_t spoke_ns; /* when standard input spoke last */
	bool has_listen_failed;
	bool has_shown_certificate; /* of ours, at /starttls */
	/* At the end each of these makes the exit status 1. */
	bool has_broken; /* a connection has; a new one may clear it */
	/* These two only when standard input is a script. */
	bool has_refused; /* something that it asked for was not done */
	bool makes_wait;  /* new peers still wait for a free descriptor */
	uint64_t unkept;      /* lost entries that have been told */
	uint64_t undelivered; /* bytes, at the last look while leaving */
};

/* Of these files each calls only those before it; chat.c calls all of them. */

/* chat_tell.c: append an entry of this kind, about a session or NULL. */
void chat_tell(struct chat *c, const struct session *s, enum entry_kind kind,
               const struct error *e);

/* audience.c */

/* One more session.  NULL without memory. */
MUST_USE struct session *chat_add_session(struct chat *c);
/* From now on rows have a column for the numbers of peers. */
void chat_begin_column(struct chat *c);
/* Take out a session that has ended; it is freed when the turn is over. */
void chat_remove_session(struct chat *c, struct session *s);
/* Whether what is typed is meant for this session; and whether it goes there:
 * not to one whose program has gone, unless it was chosen. */
bool chat_addresses(const struct chat *c, const struct session *s);
bool chat_speaks_to(const struct chat *c, const struct session *s);

/* chat_listen.c: see chat_listen.h. */

/* chat_slow.c */

/* How many bytes of what this session took its peer's system has not
 * acknowledged, the rest of files included. */
uint64_t chat_undelivered_of(const struct session *s);
/* Something has been queued for this session: see whether its peer reads. */
void chat_given(struct chat *c, struct session *s);
/* True if the peer does not read, so that a message of `len` bytes is not for
 * it; then the message is counted. */
bool chat_pass_over(struct chat *c, struct session *s, uint64_t len);

/* again.c: see again_private.h.  It calls chat_end.c. */

/* chat_end.c; chat_send.c and save.c have nothing for other files. */

/* Standard input has ended: send our FIN, as the options say. */
void chat_end_input(struct chat *c, struct session *s);
/* The `on_in_end` of session_ops. */
void chat_on_in_end(void *user, struct session *s);
/* Standard input has ended, and there is or was a peer: let --quit-after
 * begin. */
void chat_start_quit(struct chat *c);
/* Wait for peers for as long as --linger says now. */
void chat_linger_changed(struct chat *c);

/* watch.c: what is known of the connections is gathered. */

/* Take samples at the end of a turn, if something has moved. */
void watch_turn(struct chat *c);
/* The `on_look` of session_ops. */
void watch_plan(void *user, struct session *s);
/* Keep what is known of a session that has ended. */
void watch_end(struct chat *c, const struct session *s);

/* Make ready for TLS in that role.  -1 after an ERROR entry. */
MUST_USE
static inline int chat_prepare_tls(struct chat *c, enum endpoint_mode mode)
{
	struct tls *tls = c->options->dial.tls;
	struct error e;
	return tls && tls_prepare(tls, mode, &e) ? chat_error(c, &e) : 0;
}

/* Whether somebody speaks to it for the user. */
static inline bool chat_is_led(const struct chat *c, const struct session *s)
{
	return c->lead && c->lead->ops->holds(c->lead, s);
}

/* No peer comes of what was tried. */
static inline void chat_tell_missed(struct chat *c)
{
	if (c->lead)
		c->lead->ops->on_missed(c->lead);
}

/* Whether the end of standard input ends anything. */
static inline bool chat_heeds_input(const struct chat *c)
{
	return !c->options->echo && !*c->options->forward &&
	       !(c->lead && c->lead->has_say);
}

/* Let one of the chat's timers call `fn`; its user is the chat. */
static inline void chat_start_timer(struct timer *t, timer_fn *fn,
                                    int64_t delay_ns)
{
	struct chat *c = t->user;
	t->on_time = fn;
	timer_start(c->loop, t, delay_ns);
}

#endif
