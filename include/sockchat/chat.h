/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A chat: the sessions, the listener, the transcript and the one front end
 * that shows them; who is spoken to and how things are shown. */

#ifndef SOCKCHAT_CHAT_H
#define SOCKCHAT_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/encoding.h>
#include <sockchat/error.h>
#include <sockchat/filter.h>
#include <sockchat/frontend.h>
#include <sockchat/health.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/session.h>
#include <sockchat/transcript.h>
#include <sockchat/wrap.h>

/* What a command began and later turns go on with. */
struct chat_task {
	void (*finish)(struct chat_task *t); /* do the rest now */
};

struct chat {
	const struct frontend_ops *ops; /* of what shows it */
	struct frontend *frontend;      /* NULL until it runs */
	struct loop *loop;
	struct options *options; /* may change: chat_settings_changed() */
	const struct transport_ops *transport; /* what connects and listens */
	struct transcript *transcript;
	struct encoding *encoding; /* as the options say; NULL: UTF-8 */
	struct ticks *ticks; /* of what was sent by hand */
	struct filter filter; /* which entries are shown, found and saved */
	struct session_settings session_settings;
	struct chat_task *search, *save; /* under way, or NULL */
	int64_t start_ns;    /* monotonic */
	int signum;          /* for die_by_signal() at the end; 0: none */
	/* Standard input is a script: when something that it asks for cannot
	 * be done, the exit status is 1. */
	bool is_scripted;
	uint32_t target;     /* the session spoken to, by number; 0: all */
	/* The rest is for the chat alone to change. */
	bool is_leaving;     /* see chat_leave() */
	bool is_exposed;     /* others than this machine can connect */
	const char *listening; /* "127.0.0.1:9999, [::1]:9999", or "" */
	struct chat_private *own;
};

/* `loop`, `options` are borrowed until chat_free().  NULL without memory. */
MUST_USE struct chat *chat_new(struct loop *loop, struct options *options);
void chat_free(struct chat *c);

/* Start the front end and what the options ask for, turn the loop until it is
 * over; the exit status.  -1 with a sentence when the front end won't start. */
MUST_USE
int chat_run(struct chat *c, const struct frontend_ops *ops, struct error *e);

/* `options` have changed: sessions go by them from now on.  What front ends
 * read of them they read when they draw. */
void chat_settings_changed(struct chat *c);

/* Entries of our own. */
void chat_note(struct chat *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Append an ERROR entry: something that was asked for could not be done.  See
 * `is_scripted`. */
void chat_error(struct chat *c, const struct error *e);
/* Append an ERROR entry: something went wrong that nobody had asked for. */
void chat_trouble(struct chat *c, const struct error *e);

/* Send these bytes as one message to whom is spoken to.  -1 when it could not:
 * then an ERROR entry says why. */
int chat_send(struct chat *c, const void *bytes, size_t len);

/* Send a regular file to whom is spoken to, read as they take it.  -1 as
 * chat_send(). */
int chat_send_file(struct chat *c, const char *path);
/* Whether some file is on its way: what is told of it changes by itself. */
bool chat_has_file(const struct chat *c);

/* Another connection, another place to listen.  `ep` is borrowed for the
 * call. */
void chat_connect(struct chat *c, const struct endpoint *ep);
void chat_listen(struct chat *c, const struct endpoint *ep);

/* Our FIN to those spoken to: Ctrl-D.  How many got one. */
size_t chat_shutdown(struct chat *c);

/* Standard input has said something: answers are waited for again. */
void chat_input_spoke(struct chat *c);
/* Standard input has ended: no new peer is taken, and --quit-after begins.  If
 * it ended before the first peer came, peers are served on, and each gets our
 * FIN after its own.  An echo listener goes on as before. */
void chat_input_ended(struct chat *c);
/* It has ended, and all of its lines are taken: our FIN goes to all peers. */
void chat_input_taken(struct chat *c);

/* Without a screen a peer that has taken nothing for CHAT_STUCK_MS is passed
 * over while others read, until it reads again; when it has taken nothing for
 * CHAT_DROP_MS it is dropped.  Entries tell of each. */
#define CHAT_STUCK_MS 2000
#define CHAT_DROP_MS  10000
/* Whether what is said now would have to wait for some peer. */
bool chat_is_congested(const struct chat *c);
/* Whether that peer has taken nothing for CHAT_STUCK_MS. */
bool chat_is_stuck(const struct chat *c);
/* Whether a line would go to anybody, now or when the first peer comes. */
bool chat_has_audience(const struct chat *c);

/* Write the entries from `first` to before `end` that the filter shows to a new
 * file, in the form that the ending of its name asks for.  That takes several
 * turns; notes tell the outcome. */
void chat_save(struct chat *c, const char *path, uint64_t first, uint64_t end);

/* The front end can't keep up: peers wait. */
void chat_hold(struct chat *c, bool is_held);

/* Leave: deliver all, then stop the loop; after a signal within CHAT_SIGNAL_MS.
 * A second call leaves now.  An ERROR entry for each peer tells what it has not
 * got. */
#define CHAT_SIGNAL_MS 5000
void chat_leave(struct chat *c);
/* How many bytes the peers' systems have not acknowledged. */
uint64_t chat_undelivered(const struct chat *c);
/* Standard input could not be read, or standard output, a file or the
 * transcript not be written: the exit status is 1 whatever else happens. */
void chat_fail(struct chat *c);

/* The sessions, by rising number; NULL behind the last. */
struct session *chat_session(const struct chat *c, size_t index);
struct session *chat_find(const struct chat *c, uint32_t number);
size_t chat_session_count(const struct chat *c);

/* Speak to the next peer, then to all: F6. */
void chat_next_target(struct chat *c);

/* The one conversation that is looked at: the one spoken to, or the only one;
 * NULL: there are none or several. */
struct session *chat_shown(const struct chat *c);
/* All there is to know of it, or of the last one when it has gone; false when
 * there is none. */
bool chat_facts(const struct chat *c, struct facts *out);
/* The last minute of a session, empty when nobody was looking. */
const struct health *chat_health(const struct chat *c, uint32_t number);

/* Whether it listens and nobody has come yet. */
bool chat_awaits_first(const struct chat *c);
/* Whether that was so when this turn began: what happens in one turn has no
 * order. */
bool chat_awaited_first(const struct chat *c);

/* How its entries are shown now; peers' numbers once there has been more than
 * one. */
struct wrap_look chat_look(const struct chat *c);

#endif
