/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who hears what the connections of a program move: recorders, and players of
 * recordings.  While nobody hears, nothing is told, and the system may move
 * bytes by itself. */

#ifndef SOCKCHAT_WIRE_H
#define SOCKCHAT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link; /* link.h */
struct transport; /* transport.h */

enum wire_kind {
	WIRE_OPEN,   /* the link is open: bytes of its user can move */
	WIRE_BYTES,  /* bytes have moved */
	WIRE_END,    /* a direction has ended; a socket's by FIN */
	WIRE_BROKEN, /* the connection has broken, by `errnum` */
	WIRE_CLOSED, /* we close it; by RST, if is_aborted */
	WIRE_SECRET, /* bytes that decrypt what follows: a line of
	              * SSLKEYLOGFILE; of no layer and no link */
};

/* Whose bytes and ends they are, as bits.  Those of a plain connection are
 * both. */
enum {
	WIRE_SOCKET = 1, /* what the network sees, TLS's records for one */
	WIRE_USER = 2,   /* what the link's owner reads and writes */
};

/* All pointers are borrowed for the call. */
struct wire_news {
	enum wire_kind kind;
	unsigned layers;
	bool is_out;     /* BYTES, END: from us */
	bool is_aborted;
	int errnum;
	/* The lowest layer, which has an address: it stands for the connection
	 * from its first news to WIRE_CLOSED of WIRE_SOCKET. */
	const struct transport *socket;
	const struct link *link; /* with WIRE_USER, and with WIRE_OPEN */
	const void *bytes;
	size_t len;
};

/* Embedded in who hears. */
struct wire_listener {
	void (*on_wire)(void *user, const struct wire_news *n);
	void *user;
	struct wire_listener *next; /* the wire's own */
};

/* All zero: nobody hears. */
struct wire {
	struct wire_listener *first;
};

/* Hear all that moves from now on.  Borrowed until wire_unlisten(); within
 * on_wire a listener may be removed, but no other than the one that is told. */
void wire_listen(struct wire *w, struct wire_listener *l);
/* Safe when it does not listen. */
void wire_unlisten(struct wire *w, struct wire_listener *l);

/* Whether anybody hears; NULL: nobody ever will. */
static inline bool wire_is_heard(const struct wire *w)
{
	return w && w->first;
}

/* Tell all who hear; errno stays as it is. */
void wire_tell(const struct wire *w, const struct wire_news *n);

#endif
