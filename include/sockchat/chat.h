/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A chat: the owner of the sessions, the listeners, the transcript and the one
 * front end that shows them.  Its life and its end, its settings, what it has
 * to say. */

#ifndef SOCKCHAT_CHAT_H
#define SOCKCHAT_CHAT_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/chat_tell.h>
#include <sockchat/encoding.h>
#include <sockchat/error.h>
#include <sockchat/filter.h>
#include <sockchat/frontend.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/session.h>
#include <sockchat/transcript.h>
#include <sockchat/wrap.h>

struct recorders; /* recorder.h */

/* Work that a command has begun, and that later turns go on with. */
struct chat_task {
	void (*finish)(struct chat_task *t); /* do the rest now */
	/* Write how far it has come; NULL: it does not tell. */
	void (*tell)(const struct chat_task *t, char *out, size_t cap);
};

/* A command that a room above the commands does: -1 after a complaint. */
struct chat_command {
	const char *name; /* as in the table of all; NULL ends a table */
	int (*run)(struct chat *c, char *args);
	/* The words that its PATH may have in front: "jsonl:"; NULL behind the
	 * last.  NULL: it has none. */
	const char *(*prefix)(size_t i);
};

struct rules; /* rules.h */
struct chat_lead; /* lead.h */

/* Why nothing is read from peers, as bits. */
enum chat_hold {
	CHAT_HOLD_OUTPUT = 1, /* the front end cannot keep up */
	CHAT_HOLD_RECUT = 2,  /* what came is being cut anew */
	CHAT_HOLD_LOAD = 4,   /* a file's entries come first */
};

struct chat {
	const struct frontend_ops *ops; /* of what shows it */
	struct frontend *frontend;      /* NULL until it runs */
	struct loop *loop;
	struct options *options; /* may change: chat_settings_changed() */
	/* In place of the one that an endpoint's scheme names; NULL: none. */
	const struct transport_ops *transport;
	/* Does a line as if it had been typed; -1 after a complaint. */
	int (*type)(struct chat *c, const char *line, size_t len);
	/* What the rooms above the commands do of them; or NULL. */
	const struct chat_command *commands;
	struct transcript *transcript;
	struct encoding *encoding; /* as the options say; NULL: UTF-8 */
	struct ticks *ticks; /* of what was sent by hand */
	struct filter filter; /* which entries are shown, found and saved */
	struct session_settings session_settings;
	struct recorders *recorders; /* or NULL */
	struct chat_task *search, *save, *repeat, *load; /* or NULL */
	bool has_old;        /* a conversation was loaded from a file */
	uint32_t last_old;   /* the highest number of its connections */
	/* What answers peers; with them the end of standard input ends no
	 * connection.  NULL: nothing does. */
	struct rules *rules;
	struct chat_lead *lead; /* who speaks for the user; or NULL */
	int64_t start_ns;    /* monotonic */
	int signum;          /* for die_by_signal() at the end; 0: none */
	/* Standard input is a script: when something that it asks for cannot
	 * be done, the exit status is 1. */
	bool is_scripted;
	/* Somebody sits at a front end that would end without a connection:
	 * it goes on until standard input ends. */
	bool is_attended;
	uint32_t target;     /* the session spoken to, by number; 0: all */
	/* Which side of it, in the middle: ENTRY_IN, its client; else its
	 * target.  chat_speak_to() sets both. */
	uint8_t target_side;
	/* Standard input could not be read, or standard output, a file or
	 * the transcript not be written: then the exit status is 1. */
	bool has_failed;
	/* The rest is for the chat alone to change. */
	unsigned holds;      /* enum chat_hold */
	bool is_leaving;     /* see chat_leave() */
	bool is_timed_out;   /* by --timeout */
	int64_t over_ns;     /* when to give up delivering; 0: not yet */
	const char *listening; /* "127.0.0.1:9999, [::1]:9999", or "" */
	const char *forwarding; /* the targets of who comes there, or "" */
	const char *reach;   /* who can connect there: "this machine only" */
	bool is_exposed;     /* that is everybody, or all users here */
	bool accepts;        /* new peers are taken; see admission.h */
	struct chat_private *own;
};

/* `loop`, `options` are borrowed until chat_free().  NULL without memory. */
MUST_USE struct chat *chat_new(struct loop *loop, struct options *options);
void chat_free(struct chat *c);

/* Start the front end, connect or listen as the options say, and turn the loop
 * until the chat is over.  The exit status; -1 with a sentence when the front
 * end does not start. */
MUST_USE
int chat_run(struct chat *c, const struct frontend_ops *ops, struct error *e);

/* Let the sessions follow `options`, which have changed.  Front ends read them
 * each time they draw. */
void chat_settings_changed(struct chat *c);

/* Open one more connection.  `ep` is borrowed for the call. */
void chat_connect(struct chat *c, const struct endpoint *ep);
/* Listen at one more place.  With a `target`, there is a connection to it for
 * each client who comes, and everything is passed on both ways.  Both are
 * borrowed for the call. */
void chat_listen(struct chat *c, const struct endpoint *ep,
                 const struct endpoint *target);
/* Whether it is in the middle: somewhere it listens, or will, with a target. */
bool chat_forwards(const struct chat *c);

/* Whether it talks in datagrams to anybody, or will to who comes. */
bool chat_has_messages(const struct chat *c);

/* Read nothing from peers as long as anything holds them. */
void chat_hold(struct chat *c, enum chat_hold why, bool is_held);

/* How entries are to be shown now; with peers' numbers once there has been
 * more than one peer. */
struct wrap_look chat_look(const struct chat *c);

/* Standard input has said something: wait anew for peers' answers. */
void chat_input_spoke(struct chat *c);
/* Standard input has ended: no new peer is taken, and --quit-after begins.  If
 * it ended before the first peer came, peers are served on, and each gets our
 * FIN after its own.  An echo listener goes on as before. */
void chat_input_ended(struct chat *c);
/* It has ended, and all of its lines are taken: our FIN goes to all peers. */
void chat_input_taken(struct chat *c);

/* Deliver all that is queued, then stop the loop; after a signal within
 * CHAT_SIGNAL_MS.  A second call stops it now; an ERROR entry for each peer
 * tells what it has not got. */
#define CHAT_SIGNAL_MS 5000
void chat_leave(struct chat *c);
/* How many bytes the peers' systems have not acknowledged. */
uint64_t chat_undelivered(const struct chat *c);

#endif
