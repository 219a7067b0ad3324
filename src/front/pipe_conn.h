/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation between the standard descriptors and a peer, and with
 * --keep-open the next one after it. */

#ifndef SOCKCHAT_PIPE_CONN_H
#define SOCKCHAT_PIPE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/halves.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/transport.h>

#include "pipe_io.h"

enum conn_end {
	CONN_GOES_ON,
	CONN_DONE,   /* every byte has arrived */
	CONN_FAILED, /* the peer's failing, another may do better */
	CONN_STUCK,  /* ours: there is no use in another */
};

/* `e` says why it failed; an empty text is not to be told. */
typedef void conn_end_fn(void *user, enum conn_end end, const struct error *e);

/* The first bytes of a peer. */
typedef void conn_first_fn(void *user, const uint8_t *bytes, size_t len);

struct conn {
	struct loop *loop;
	const struct options *options;
	conn_end_fn *on_end;
	conn_first_fn *on_first; /* NULL: the system may move them by itself */
	void *user;

	/* The standard descriptors; they outlive the peers. */
	struct source in;
	struct sink out;
	struct watch in_watch, out_watch;
	bool has_in_ended;
	struct timer quit_timer;
	bool is_quitting; /* --quit-after's time has come */
	struct timer end_timer; /* after a signal */
	bool is_abandoned; /* a signal has come */

	/* The peer. */
	struct transport *t; /* NULL between peers */
	struct watch watch;
	char where[ENDPOINT_TEXT_MAX];
	enum halves halves;
	bool has_peer_ended; /* its FIN has come */
	bool was_wordless;   /* … before anybody had said anything */
	int broken;      /* the errno that it broke with */
	bool is_leaving; /* nothing is waited for but delivery */
	enum conn_end end;
	struct error error;
	struct timer idle_timer, linger_timer, ack_timer;
	int64_t ack_delay_ns;
	int64_t in_moved_ns, out_moved_ns; /* when bytes last did */
	ssize_t unacked;
	uint64_t bytes_in, bytes_out;
	uint64_t due_in;   /* leaving: so many had come, and are written */
	uint64_t unwanted; /* came while standard output was closed */
	bool is_cut; /* left before the peer had ended */

	struct buffer up;   /* standard input to the peer */
	struct buffer down; /* the peer to standard output */
	/* The system moves bytes by itself, and their other end takes none. */
	bool is_up_stuck, is_down_stuck;
};

/* All zero but the first five.  Watches standard output, whose reader may go
 * before there is a peer.  -1 with errno. */
MUST_USE int conn_init(struct conn *c);
/* Fine without conn_init() as well. */
void conn_finish(struct conn *c);

/* Takes `t`, whose peer is `where` to the user. */
void conn_start(struct conn *c, struct transport *t, const char *where);

/* For a signal: deliver what there is, take nothing more, for 5 s at most.
 * Asked again, end at once.  on_end tells what was not delivered. */
void conn_abandon(struct conn *c);

/* Close standard output after the last byte.  -1 with a sentence if what was
 * written is not safe. */
MUST_USE int conn_close_out(struct conn *c, struct error *e);

/* Nothing goes out any more; what came before may still be read. */
void conn_break(struct conn *c, int errnum);
/* The verdict; the caller says why. */
struct error *conn_fail(struct conn *c, enum conn_end end);

/* Close without destroying what the peer has not read yet.  Takes `t`. */
void conn_hang_up(struct transport *t);

#endif
