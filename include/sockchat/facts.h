/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* All that is known of one connection at one moment. */

#ifndef SOCKCHAT_FACTS_H
#define SOCKCHAT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>
#include <sockchat/stamp.h>
#include <sockchat/transport.h>

struct timing; /* dial.h */

/* A session fills it: session_facts(). */
struct facts {
	struct stamp now;
	uint32_t number; /* of the session; 0: there has been none */
	enum entry_state phase;
	struct stamp since, opened; /* the phase, the connection; 0: not yet */
	enum halves halves;
	bool is_accepted, is_paused, is_slowed;
	bool is_tcp; /* it has TCP's states, and `tcp` if the system tells */
	bool has_messages; /* it moves datagrams */
	char name[ENDPOINT_TEXT_MAX]; /* the peer as the user calls it, "" */
	char through[ENDPOINT_TEXT_MAX]; /* " through the proxy HOST:1"; "" */
	char peer[ENDPOINT_TEXT_MAX], local[ADDRESS_TEXT_MAX];
	char peer_name[ADDRESS_TEXT_MAX], local_name[ADDRESS_TEXT_MAX];
	char owner[OWNER_TEXT_MAX]; /* the process there, "" */
	long pid;                   /* and here */
	/* Each way: bytes, messages, when the last came or went (monotonic,
	 * 0: never). */
	uint64_t in, out, in_messages, out_messages;
	int64_t in_ns, out_ns;
	int64_t asked_ns; /* since when the peer owes an answer to what was
	                   * sent by hand; 0: it does not */
	size_t queued; /* for the peer, files included */
	const struct timing *timing; /* borrowed; NULL: they came to us */
	const struct tls_facts *tls; /* borrowed; NULL: it is plain */
	const struct proxy_header *header; /* borrowed; NULL: no proxy has said
	                                    * for whom it speaks */
	bool has_tcp;
	struct tcpinfo tcp;
	struct datagram_facts datagrams;
	bool has_socket; /* only where it is shown: `socket`, of IPv6 */
	bool is_v6;
	struct socket_values socket;
	struct owner_peer far; /* the peer's socket, on this machine */
	bool is_gone;          /* nobody has that any more */
};

#endif
