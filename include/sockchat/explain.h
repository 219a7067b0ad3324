/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a connection failed: the sentence, and what it most likely means.  All
 * wording about the network stands here. */

#ifndef SOCKCHAT_EXPLAIN_H
#define SOCKCHAT_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/tcpinfo.h>

#define EXPLAIN_TEXT_MAX 256

/* Each writes `text`, `hint` and `code` of `e`.  `where` is "host:port" as the
 * user knows it, safe to show. */
void explain_connect(struct error *e, int errnum, const char *where);
/* The same in two or three words: "connection refused". */
const char *explain_outcome(int errnum);
/* For in use, no permission below 1024, not an address of this machine … */
void explain_listen(struct error *e, int errnum, const char *where);
/* After explain_connect() to `a`, or explain_listen() on it: what this machine
 * itself knows of the matter becomes the hint. */
void explain_connect_here(struct error *e, int errnum,
                          const struct address *a);
void explain_listen_here(struct error *e, int errnum, const struct address *a);
/* What those who listen on loopback alone should know, or "". */
const char *explain_loopback(void);
/* Connections of `port` that are left in TIME-WAIT, as a sentence; false when
 * there is none, or no port (0). */
bool explain_time_wait(char text[EXPLAIN_TEXT_MAX], unsigned port);
/* Peers knock, and none can be taken in. */
void explain_accept(struct error *e, int errnum, const char *where);
/* An open connection broke: what is known of it. */
struct explain_break {
	uint64_t bytes_in, bytes_out; /* read; taken by our system */
	bool has_peer_ended;          /* its FIN had come before */
	bool is_accepted;             /* they had connected to us */
	const struct tcpinfo *info;   /* NULL: not known */
};
void explain_broken(struct error *e, int errnum, const char *where,
                    const struct explain_break *b);
/* How many of our bytes the peer's system never acknowledged; 0 if that is not
 * known. */
uint64_t explain_unacked(const struct explain_break *b);
/* What it means that the peer's system does not know the connection any more,
 * which the peer had ended long before. */
const char *explain_long_over(void);
/* What it means when the peer ends before anything was said. */
const char *explain_closed_at_once(bool is_tcp);
/* Why a reset that was asked for is none. */
const char *explain_no_reset(void);
/* getaddrinfo(3)'s EAI_… number; `errnum` for EAI_SYSTEM. */
void explain_resolve(struct error *e, int eai, int errnum, const char *host,
                     const char *port);
/* `host` is a name, and no lookups are wanted. */
void explain_numeric(struct error *e, const char *host);
/* The lookup took longer than `ms`. */
void explain_resolve_timeout(struct error *e, int64_t ms, const char *host);
/* Nothing happened for `ms`: "connect" or "idle" is `what`. */
void explain_connect_timeout(struct error *e, int64_t ms, const char *where);
void explain_idle_timeout(struct error *e, int64_t ms, const char *where);

#endif
