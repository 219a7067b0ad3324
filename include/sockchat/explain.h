/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a connection failed: the sentence, and what it most likely means.  All
 * wording about the network stands here. */

#ifndef SOCKCHAT_EXPLAIN_H
#define SOCKCHAT_EXPLAIN_H

#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>

/* Each writes `text`, `hint` and `code` of `e`.  `where` is "host:port" as the
 * user knows it, safe to show. */
void explain_connect(struct error *e, int errnum, const char *where);
/* The same in two or three words: "connection refused". */
const char *explain_outcome(int errnum);
/* For in use, no permission below 1024, not an address of this machine … */
void explain_listen(struct error *e, int errnum, const char *where);
/* After explain_connect() or explain_listen() of `a`, when it is refused or in
 * use: what this machine knows about its port becomes the hint. */
void explain_port(struct error *e, int errnum, const struct address *a);
/* Peers knock, and none can be taken in. */
void explain_accept(struct error *e, int errnum, const char *where);
/* An open connection broke after so many bytes each way. */
void explain_broken(struct error *e, int errnum, const char *where,
                    uint64_t bytes_in, uint64_t bytes_out);
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
