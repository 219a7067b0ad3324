/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the chat share, and nobody else sees. */

#ifndef CORE_CHAT_PRIVATE_H
#define CORE_CHAT_PRIVATE_H

#include <sockchat/chat.h>
#include <sockchat/listener.h>

#define LISTENING_MAX 256
#define WATCH_MAX     8

struct chat_private {
	const struct frontend_ops *ops;
	bool has_ticks; /* as they say, false before there are any */
	struct frontend *frontend;

	struct session **sessions; /* alive, by rising number */
	size_t session_count, session_cap;
	struct session **ended; /* to be freed when the turn is over */
	size_t ended_count, ended_cap;
	struct session_ops session_ops;
	struct owner_budget owners;
	struct session_queues queues;
	uint32_t last_number, target;
	bool shows_numbers;

	struct listener **listeners;
	size_t listener_count;
	struct listener_ops listener_ops;
	uint64_t first_turn; /* when the first peer came, as loop_turns() */
	bool accepts_one; /* the listener goes once it has a peer */
	bool is_exposed;
	char listening[LISTENING_MAX];

	struct session_hints hints; /* told of peers that came to us */
	struct save *save; /* under way, or NULL */
	struct seek *seek; /* as well */
	struct health health[WATCH_MAX];
	struct timing last_timing;
	struct facts last;    /* of the last one that was, when it ended */
	struct timer quit, linger, leave, look, slow;
	struct later check;
	bool has_input_ended; /* and all of it is taken */
	bool has_ended_early; /* … before the first peer came */
	bool is_held, is_leaving;
	int64_t spoke_ns; /* when standard input did so last */
	int64_t over_ns;  /* after a signal: by then it is over; 0: no limit */
	bool has_failed, has_listen_failed, has_file_failed;
	bool makes_wait;  /* peers of a listener have to wait for the system */
	bool has_refused; /* something that was asked for was not done */
	uint64_t unkept;      /* entries, as far as it has been told */
	uint64_t undelivered; /* bytes, when leaving was last looked at */
};

/* Write what is still to be saved. */
void save_finish(struct chat *c);
/* Tell what a search has found so far. */
void seek_finish(struct chat *c);

/* watch.c: at the end of a turn; when a session has ended; a second later. */
void watch_turn(struct chat *c);
void watch_end(struct chat *c, const struct session *s);
void watch_on_time(struct timer *t);

/* chat.c: one more session, NULL without memory. */
MUST_USE struct session *chat_add_session(struct chat *c);
/* For all that are alive; `fn` may end them. */
typedef void chat_session_fn(struct session *s);
void chat_for_all(struct chat *c, chat_session_fn *fn);
/* Something may have ended: look at the end of the turn. */
void chat_check_later(struct chat *c);

/* chat_end.c: prepare and stop its timers. */
void chat_init_ends(struct chat *c);
void chat_stop_ends(struct chat *c);
/* Nothing more is typed for it. */
void chat_end_input(struct chat *c, struct session *s);
/* The peer's FIN has come: see session_ops. */
void chat_on_in_end(void *user, struct session *s);
/* How long a silent standard input is waited for after that. */
int64_t chat_linger_ns(const struct chat *c);
/* Close those for which it has been silent for so long. */
void chat_look_for_answers(struct chat *c);

/* audience.c: whether what is typed goes to it. */
bool chat_speaks_to(const struct chat *c, const struct session *s);

/* chat_slow.c: see which peers do not read; again as long as some do not. */
void chat_look_for_slow(struct chat *c);
/* Something has been queued for it. */
void chat_given(struct chat *c, struct session *s);
/* Whether a message of `len` bytes is not for it, because it does not read;
 * then that is noted. */
bool chat_pass_over(struct chat *c, struct session *s, uint64_t len);

/* chat_listen.c: what listeners tell goes to this chat; close them all. */
void chat_init_listening(struct chat *c);
void chat_free_listeners(struct chat *c);

/* The index of the first session whose number is not below `number`. */
size_t chat_lower_bound(const struct chat *c, uint32_t number);

#endif
