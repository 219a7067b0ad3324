/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation between the standard descriptors and a peer, and with
 * --keep-open the next one after it. */

#ifndef SOCKCHAT_PIPE_CONN_H
#define SOCKCHAT_PIPE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/link.h>
#include <sockchat/options.h>

#include "pipe_io.h"

enum conn_end {
	CONN_GOES_ON,
	CONN_DONE,   /* every byte has arrived */
	CONN_FAILED, /* the peer's failing, another may do better */
	CONN_STUCK,  /* ours: there is no use in another */
};

/* What it waits for by the clock. */
enum {
	CONN_SIGNAL = LINK_OWN, /* after a signal: the end */
	CONN_LINGER,            /* more of standard input */
};

struct conn {
	struct link link; /* the peer; first, for it knows no other owner */
	const struct options *options;
	void (*on_open)(void *user, const struct address *peer);
	/* The first bytes of a peer.  NULL: the system may move them by
	 * itself. */
	void (*on_first)(void *user, const uint8_t *bytes, size_t len);
	/* Something that the user should know. */
	void (*on_note)(void *user, const char *sentence);
	/* `e` says why it failed; an empty text is not to be told. */
	void (*on_end)(void *user, enum conn_end end, const struct error *e);
	void *user;

	/* The standard descriptors; they outlive the peers. */
	struct source in;
	struct sink out;
	struct watch in_watch, out_watch;
	bool has_in_ended;
	struct timer quit_timer;
	bool is_quitting; /* --quit-after's time has come */
	bool is_abandoned; /* a signal has come */

	/* What became of the peer. */
	char where[ENDPOINT_TEXT_MAX];
	bool was_wordless; /* it ended before anybody had said anything */
	bool is_leaving;   /* nothing is waited for but delivery */
	enum conn_end end;
	struct error error;
	size_t unacked;
	uint64_t due_in;   /* leaving: so many had come, and are written */
	uint64_t unwanted; /* came while standard output was closed */
	bool is_cut; /* left before the peer had ended */

	struct buffer up;   /* standard input to the peer */
	struct buffer down; /* the peer to standard output */
	/* The system moves bytes by itself, and their other end takes none. */
	bool is_up_stuck, is_down_stuck;
};

/* Options, calls and `user` are there, the rest is zero. */
void conn_init(struct conn *c, struct loop *l);
void conn_finish(struct conn *c);

/* Take the standard descriptors, which are 0 and 1.  Watches standard output,
 * whose reader may go before there is a peer.  -1 with errno. */
MUST_USE int conn_open(struct conn *c, int in, int out);

/* Connect: on_open or on_end.  -1 with errno. */
MUST_USE
int conn_dial(struct conn *c, const struct dial_steps *steps);
/* Begin with an accepted peer, likewise.  Takes `t`. */
void conn_take(struct conn *c, struct transport *t, const struct address *peer);

/* For a signal: deliver what there is, take nothing more, for 5 s at most.
 * Asked again, end at once.  on_end tells what was not delivered. */
void conn_abandon(struct conn *c);

/* Close standard output after the last byte.  -1 with a sentence if what was
 * written is not safe. */
MUST_USE int conn_close_out(struct conn *c, struct error *e);

#endif
