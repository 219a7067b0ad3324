/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the transport of the fakes and the script that tests write share. */

#ifndef FAKE_PRIVATE_H
#define FAKE_PRIVATE_H

#include <sockchat/bytes.h>

#include "fake_transport.h"

/* One thing that read() finds: bytes, the end (no bytes) or an error. */
struct feed {
	struct feed *next;
	int errnum;
	size_t len;
	uint8_t bytes[];
};

struct knock {
	struct knock *next;
	struct address peer;
};

struct fake {
	struct transport head;
	struct fake *next;
	int far_fd; /* moves the readiness of head.fd */
	int outcome, errnum_pending, errnum_accept, errnum_write;
	size_t accept_failures, reads, limit, room;
	size_t rounds, answers; /* that opening takes; that have come */
	bool is_connecting, is_shut_down, is_marked;
	ssize_t pending;
	const char *words; /* why it failed; or NULL */
	struct ack acks[8];
	size_t ack_count;
	enum fake_end end;
	struct feed *feeds;
	struct knock *knocks;
	struct bytes written;
	struct transport_facts facts;
};

enum call { CALL_CONNECT, CALL_ADVANCE, CALL_LISTEN };

/* What a call about this address gives, so many times. */
struct rule {
	struct rule *next;
	enum call call;
	struct address address;
	int errnum;
	size_t times;
};

/* End the program: a test uses the fakes wrongly. */
_Noreturn void fake_broken(const char *what);
/* `memory`, which must be there. */
void *fake_need(void *memory);
/* A fake at the end of the list, with its descriptor. */
struct fake *fake_new(void);
/* The head of a connection that was made from the peer's side. */
struct transport *fake_new_accepted(void);
/* Make the descriptor as ready as the script says. */
void fake_refresh(struct fake *f);
/* What the script says about this call, 0 if nothing. */
int fake_consult(enum call call, const struct address *a);
/* Keep the settings of our end, and note what is refused.  -1 with errno when
 * there is no connection without it. */
int fake_take_settings(const struct socket_settings *s);
/* Whether what is written is stamped. */
bool fake_has_stamps(void);

#endif
