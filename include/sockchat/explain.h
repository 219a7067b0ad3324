/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a connection failed: the sentence, and what it most likely means.  All
 * wording about the network stands here. */

#ifndef SOCKCHAT_EXPLAIN_H
#define SOCKCHAT_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/tcpinfo.h>

#define EXPLAIN_TEXT_MAX  256
#define EXPLAIN_WHERE_MAX 184

/* Write what a sentence calls an endpoint, safe to show: the way the user calls
 * it, and for a name the addresses that are meant, "localhost:9999 (::1 and
 * 127.0.0.1)". */
void explain_where(char out[EXPLAIN_WHERE_MAX], const struct endpoint *ep,
                   const struct address *const *list, size_t count);

/* Write `text`, `hint` and `code` of `e`.  `where` is the endpoint as the user
 * knows it, safe to show. */
void explain_connect(struct error *e, int errnum, const char *where);

/* Returns the reason in two or three words: "connection refused". */
const char *explain_outcome(int errnum);

/* The same when an address cannot be listened on. */
void explain_listen(struct error *e, int errnum, const char *where);

/* Write that an address is done without, as others can be listened on. */
void explain_left_out(char text[EXPLAIN_TEXT_MAX], int errnum,
                      const struct address *a);

/* Returns a warning for those who listen on `a` alone, if it is a loopback
 * address; "" if there is none. */
const char *explain_loopback(const struct address *a);

/* Write a sentence about connections of `port` that are left in TIME-WAIT.
 * False when there is none, or no port (0). */
bool explain_time_wait(char text[EXPLAIN_TEXT_MAX], unsigned port);

/* The same when a listener cannot accept the peers that have come. */
void explain_accept(struct error *e, int errnum, const char *where);

/* What is known of an open connection that broke. */
struct explain_break {
	uint64_t bytes_in, bytes_out; /* read; taken by our system */
	bool has_peer_ended;          /* its FIN had come before */
	bool is_accepted;             /* they had connected to us */
	bool is_plain;                /* without TLS, which they may want */
	const struct tcpinfo *info;   /* NULL: not known */
};

/* The same for such a connection. */
void explain_broken(struct error *e, int errnum, const char *where,
                    const struct explain_break *b);

/* Returns how many of our bytes the peer's system never acknowledged; 0 if that
 * is not known. */
uint64_t explain_unacked(const struct explain_break *b);

/* The hints for a peer that had ended long before, and whose system has
 * forgotten the connection; and for a unix socket that was to be reset. */
extern const char explain_long_over[], explain_no_reset[];

/* What is said once of a peer that sends urgent data; and of our end in TLS
 * 1.2, in the middle the client's. */
extern const char explain_urgent[], explain_end_kept[],
    explain_end_waits[];

/* Returns the hint for a peer that ends before anybody has said anything. */
const char *explain_closed_at_once(bool is_tcp);

/* The same for a lookup.  `eai` is an EAI_… number of getaddrinfo(3), `errnum`
 * belongs to EAI_SYSTEM. */
void explain_resolve(struct error *e, int eai, int errnum, const char *host,
                     const char *port);

/* The same when no interface is the zone of an IPv6 address. */
void explain_zone(struct error *e, const char *host, const char *zone);

/* The same when `host` is a name and --numeric forbids lookups. */
void explain_numeric(struct error *e, const char *host);

/* The same for a lookup that took longer than `ms`. */
void explain_resolve_timeout(struct error *e, int64_t ms, const char *host);
/* Say that --timeout ends the run. */
void explain_run_timeout(struct error *e, int64_t ms);

/* The same for connecting that took longer than `ms`. */
void explain_connect_timeout(struct error *e, int64_t ms, const char *where);

/* The same for a connection on which nothing moved for `ms`. */
void explain_idle_timeout(struct error *e, int64_t ms, const char *where);

#endif
