/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connections of a pcapng file, and what is to be said in it of each. */

#ifndef SOCKCHAT_PCAPNG_CONNS_H
#define SOCKCHAT_PCAPNG_CONNS_H

#include <errno.h>

#include <sockchat/entry.h>

#include "pcapng_tcp.h"
#include "pcapng_udp.h"

/* Who speaks with whom; addresses may be none of IP, or empty. */
struct pcapng_ends {
	struct address us, peer;
	enum pcapng_side client; /* who has connected */
	bool has_datagrams; /* UDP: nobody connects or ends */
};

/* Which one of a pair in the middle it is, as a comment says it. */
#define PCAPNG_CLIENTS "the connection of its client"
#define PCAPNG_TARGETS "the connection to its target"

struct pcapng_conn {
	uint64_t key;     /* who asks for it knows it by this */
	uint32_t session; /* its number; 0: not known yet */
	const char *side; /* of a pair: its next packet says which; or NULL */
	int broken;       /* the errno with which it has broken; or 0 */
	enum pcapng_side client;
	bool has_datagrams;
	struct pcapng_stream stream;
};

/* All zero: there are none. */
struct pcapng_conns {
	struct pcapng_packets packets;
	struct pcapng_conn **list; /* by key */
	size_t count, cap;
	uint32_t met; /* connections so far */
	struct address ours; /* where we listen, as entries tell; or empty */
	struct bytes notes; /* not in the file yet */
};

void pcapng_conns_finish(struct pcapng_conns *cs);

/* NULL: there is none. */
struct pcapng_conn *pcapng_find(const struct pcapng_conns *cs, uint64_t key);
/* A new one.  If its addresses are not IP's, they are invented, and its first
 * packet says so.  NULL without memory. */
MUST_USE
struct pcapng_conn *pcapng_add(struct pcapng_conns *cs, uint64_t key,
                               const struct pcapng_ends *ends);
void pcapng_remove(struct pcapng_conns *cs, struct pcapng_conn *c);

/* An address that nobody has. */
void pcapng_invent(struct address *a, int family, enum pcapng_side side,
                   unsigned port);

/* The name of the peer's host, if the user calls it by one. */
MUST_USE
int pcapng_call(struct pcapng_conns *cs, const struct pcapng_conn *c,
                const char *endpoint);

/* A comment for the next packet of a session; 0: of anybody. */
MUST_USE
int pcapng_note(struct pcapng_conns *cs, uint32_t session, const char *format,
                ...) __attribute__((format(printf, 3, 4)));
/* The same for what an entry says. */
MUST_USE
int pcapng_note_entry(struct pcapng_conns *cs, const struct entry *e);

/* The packets of a connection, with the comments for it: the functions of
 * pcapng_tcp.h; or a datagram each time, and nothing for the rest. */
MUST_USE
int pcapng_open(struct pcapng_conns *cs, struct pcapng_conn *c);
MUST_USE
int pcapng_bytes(struct pcapng_conns *cs, struct pcapng_conn *c,
                 enum pcapng_side from, const void *bytes, size_t len);
MUST_USE
int pcapng_end(struct pcapng_conns *cs, struct pcapng_conn *c,
               enum pcapng_side from);
MUST_USE
int pcapng_reset(struct pcapng_conns *cs, struct pcapng_conn *c,
                 enum pcapng_side from);

/* The statistics so far, with the comments that no packet has taken. */
MUST_USE
int pcapng_sum_up(struct pcapng_conns *cs, struct bytes *out);

/* True if a break with this errno was a reset by the peer. */
static inline bool pcapng_is_reset(int errnum)
{
	return errnum == ECONNRESET || errnum == EPIPE;
}

#endif
