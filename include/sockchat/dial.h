/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The way to an open connection.  To an endpoint: the name is looked up, and
 * the addresses are tried 250 ms apart, the families in turn; the first that
 * answers wins ("happy eyeballs", RFC 8305).  With an accepted peer: as long as
 * its transport has to do something before bytes can move. */

#ifndef SOCKCHAT_DIAL_H
#define SOCKCHAT_DIAL_H

#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/proxy.h>
#include <sockchat/resolve.h>
#include <sockchat/transport.h>

struct dial;
struct tls;

/* For a proxy and TLS together, if nothing else is said: about what the system
 * gives TCP (tcp(7), tcp_syn_retries). */
#define DIAL_LAYERS_TIMEOUT_MS 120000

#define TIMING_TRIES 8 /* addresses that are remembered */

/* One address: how it ended, 0 for a connection, and after how long. */
struct timing_try {
	char where[ADDRESS_TEXT_MAX];
	int errnum;
	int64_t us;
};

/* Where the time went until a connection spoke, in microseconds; -1 for what
 * has not happened. */
struct timing {
	int64_t resolve_us; /* 0: there was nothing to look up */
	int64_t proxy_us;   /* from the connection until the proxy's answer; at
	                     * most 0: there was no proxy */
	int64_t tls_us;     /* of the TLS handshake */
	int64_t total_us;   /* from the beginning until it was open */
	int64_t first_byte_us; /* from then until the peer's first byte */
	struct timing_try tries[TIMING_TRIES]; /* in the order they ended */
	size_t try_count;
};

/* What is told on the way; each may be NULL. */
struct dial_steps {
	/* The addresses are known, and connecting begins. */
	void (*on_connecting)(void *user);
	/* An address is about to be tried, from our end as it is asked for. */
	void (*on_try)(void *user, const struct address *a,
	               const struct socket_settings *ours);
	/* The connection is there, and a TLS handshake begins. */
	void (*on_handshaking)(void *user);
	/* A step, for -v: "trying 127.0.0.1:9999", borrowed for the call.  Its
	 * code is static: resolving, resolved, trying, tried, connected,
	 * asking-proxy, proxy-connected, header-sent, handshaking, certificate,
	 * secured. */
	void (*on_step)(void *user, const char *code, const char *text);
	/* Something that the user should know, also without -v. */
	void (*on_note)(void *user, const char *code, const char *text);
	void *user;
};

/* For whom we connect, and where it came to us; len 0: that has no name. */
struct dial_client {
	bool is_known; /* false: for nobody but us */
	struct address source, target;
};

struct dial_settings {
	struct resolve_settings resolve;
	int64_t timeout_ms; /* for all of it; 0: the system's for the
	                     * connection, and then ours for its layers */
	struct proxy_settings proxy;
	struct socket_settings socket;
	int proxy_protocol; /* PROXY_HEADER_… bits: the header that is sent to
	                     * servers, and whether clients send one */
	struct dial_client client; /* the header speaks for it */
	struct tls *tls; /* borrowed; NULL: none was asked for */
	const uint8_t *alpn; /* struct over's; borrowed from `tls`, or NULL */
	struct wire *wire; /* who hears; borrowed, or NULL: nobody */
};

/* The proxy on the way there; NULL: none, as for unix sockets. */
static inline const struct endpoint *
dial_proxy(const struct transport_ops *transport, const struct dial_settings *s)
{
	return s->proxy.kind && transport->through ? &s->proxy.endpoint : NULL;
}

/* The dial is over: the caller gets an open connection, or NULL and `e`.  Takes
 * `t`.  Through a proxy nobody knows the address of the peer: its len is 0. */
typedef void dial_done_fn(void *user, struct transport *t,
                          const struct address *peer, const struct error *e);

/* `transport` is borrowed until the end; `ep`, `settings` and `steps`, which
 * may be NULL, for the call.  Only on_step is called from within.  NULL with
 * errno. */
MUST_USE
struct dial *dial_start(struct loop *l, const struct transport_ops *transport,
                        const struct endpoint *ep,
                        const struct dial_settings *settings,
                        const struct dial_steps *steps, dial_done_fn *on_done,
                        void *user);
/* Open `t`, whose lowest layer is open: the peer was accepted, or a layer has
 * been put on a connection in use.  `where` is what errors call the peer, and
 * borrowed for the call.  Takes `t`, but not when it returns NULL with errno.
 * Nothing is called from within. */
MUST_USE
struct dial *dial_take(struct loop *l, struct transport *t,
                       const struct address *peer, const char *where,
                       int64_t timeout_ms, dial_done_fn *on_done, void *user);
/* Where the time went so far; good until the dial's end, on_done included. */
const struct timing *dial_timing(const struct dial *d);
/* What errors call the peer, "localhost:9999 (127.0.0.1)"; good within
 * on_done. */
const char *dial_where(const struct dial *d);
/* Give up: on_done will not be called.  A connection that is there, and perhaps
 * not open yet, ends by FIN, or by RST to `abort`.  Safe for NULL. */
void dial_cancel(struct dial *d, bool abort);

#endif
