/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The transport moves bytes: it is one connection, or one place where
 * connections are accepted.  Every call returns at once. */

#ifndef SOCKCHAT_TRANSPORT_H
#define SOCKCHAT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/address.h>
#include <sockchat/datagram.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/explain.h>
#include <sockchat/loop.h>
#include <sockchat/owner.h>
#include <sockchat/proxy.h>
#include <sockchat/proxy_header.h>
#include <sockchat/socket_settings.h>
#include <sockchat/tcpinfo.h>
#include <sockchat/tls.h>

struct transport;

/* The two directions of a connection: each half ends once.  in: from the peer;
 * out: to the peer (RFC 9293, 3.6). */
enum halves {
	HALVES_OPEN = 0,
	HALVES_IN_CLOSED = 1,  /* the peer's FIN has come */
	HALVES_OUT_CLOSED = 2, /* our FIN has gone */
	HALVES_CLOSED = 3,
};

static inline enum halves halves_end_in(enum halves h)
{
	return (enum halves)(h | HALVES_IN_CLOSED);
}

static inline enum halves halves_end_out(enum halves h)
{
	return (enum halves)(h | HALVES_OUT_CLOSED);
}

static inline bool halves_is_in_open(enum halves h)
{
	return !(h & HALVES_IN_CLOSED);
}

static inline bool halves_is_out_open(enum halves h)
{
	return !(h & HALVES_OUT_CLOSED);
}

/* The traits of a kind of transport, as bits. */
enum {
	TRANSPORT_IP = 1,  /* its addresses have hosts and ports */
	TRANSPORT_TCP = 2, /* it has the states of RFC 9293 and TCP_INFO */
	TRANSPORT_TLS = 4, /* its ends are close_notify */
	/* A read is one message, as a write is; 0 bytes are an empty one, and
	 * no end.  A failure is about a message: others may move. */
	TRANSPORT_MESSAGES = 8,
};

/* What is known of a connection.  Each bit costs system calls, so callers ask
 * only for what they show. */
enum {
	FACTS_LOCAL = 1,
	FACTS_PEER = 2,
	FACTS_TCP = 4,   /* `has_tcp` and `tcp` */
	FACTS_FAR = 8,   /* `far` */
	FACTS_OWNER = 16, /* `owner` as well; up to about 5 ms */
	FACTS_UNREAD = 32,
	FACTS_END = 64,  /* `is_end_unproven`, `is_end_kept`: costs none */
	FACTS_TLS = 128, /* `tls` */
	FACTS_SOCKET = 256, /* `has_socket` and `socket` */
	FACTS_DATAGRAMS = 512, /* `datagrams` */
};

struct transport_facts {
	struct address local, peer; /* len 0: not known */
	/* What a proxy says, for whom it speaks; NULL: nothing.  Borrowed until
	 * the connection is closed.  If it has named somebody, that is the
	 * peer, and this the address of the proxy. */
	const struct proxy_header *header;
	struct address proxy;
	bool has_tcp;
	struct tcpinfo tcp; /* `acked` counts what the user wrote */
	/* Who is at the other end, as owner_describe(); "": not known.  What
	 * stands before that in a sentence: "the peer is ", or "created by "
	 * when the socket may since have been passed on. */
	char owner[OWNER_TEXT_MAX];
	const char *relation;
	struct owner_peer far; /* its socket */
	size_t unread;   /* bytes that have come, and could be read now */
	struct datagram_facts datagrams;
	/* The peer's end has come in a way that anybody on the way could have
	 * brought about (RFC 8446, 6.1). */
	bool is_end_unproven;
	bool is_end_bare; /* the same, also when the user allows it */
	bool is_end_kept; /* our end goes out when the peer's has come */
	/* Until it is closed; NULL: none.  Before it is open a peer that was
	 * not trusted has its certificates there. */
	const struct tls_facts *tls;
	bool has_socket;
	struct socket_values socket;
};

/* A failure that has to be put into words. */
struct failure {
	enum {
		FAILED_TO_CONNECT,
		FAILED_TO_LISTEN,
		FAILED_LATER,
	} kind;
	int errnum; /* 0: the peer's end is unproven */
	const char *where; /* the endpoint as the user knows it, safe to show */
	const struct address *address; /* NULL: FAILED_LATER */
	/* What of our end was refused, SOCKET_SOURCE or SOCKET_DEVICE, so that
	 * nothing could be begun; or 0. */
	enum socket_setting refused;
	const struct socket_settings *settings; /* of the attempt; or NULL */
	const struct transport *transport; /* NULL: there is none */
	int64_t timeout_ms; /* the time limit that was exceeded; or 0 */
	const struct explain_break *story; /* of FAILED_LATER; or NULL */
};

/* What a kind has to know to lie on another one.  Borrowed for the call, but
 * for `proxy`, `tls` and `alpn`. */
struct over {
	bool is_accepted;              /* they came to us */
	bool is_upgrade;               /* of a connection that is in use */
	const struct endpoint *target; /* who is meant, or where we listen */
	const struct proxy_settings *proxy;
	struct tls *tls;
	const uint8_t *alpn; /* all that TLS offers of its list: a protocol
	                      * behind its length; NULL: the whole list */
	/* What is written for --proxy-protocol; borrowed until it is open. */
	const uint8_t *header;
	size_t header_len;
	/* Bytes that were read from below already, and are this kind's. */
	const void *early;
	size_t early_len;
};

/* When the peer's system has acknowledged what was written. */
struct ack {
	uint32_t bytes;   /* acknowledged since the start, modulo 2^32 */
	int64_t wall_us;
};

struct ack_ops {
	/* The system stamps what is written from now on.  Its records count
	 * from `*unacked` bytes before that.  -1 with errno if it cannot. */
	int (*start)(struct transport *t, size_t *unacked) MUST_USE;
	/* It stamps nothing more.  Records of before may still come. */
	void (*stop)(struct transport *t);
	/* The next record; false when there is none. */
	bool (*read)(struct transport *t, struct ack *out);
};

/* As read(), but to a pipe; as write(), but from a pipe or from a file at its
 * offset: the bytes do not pass through us.  -1 with EINVAL when the system
 * cannot do that; read() and write() can. */
struct splice_ops {
	ssize_t (*read_to)(struct transport *t, int pipe_fd,
	                   size_t len) MUST_USE;
	ssize_t (*write_from)(struct transport *t, int fd, bool is_pipe,
	                      size_t len) MUST_USE;
};

/* No operation returns EINTR; -1 comes with errno, EAGAIN means "not now". */
struct transport_ops {
	unsigned traits;
	size_t extra; /* bytes that each of its sockets has for itself */
	/* Begin to connect, with our end as `settings` say; advance() tells
	 * when it is done.  NULL with errno. */
	struct transport *(*connect)(
	    const struct address *peer,
	    const struct socket_settings *settings) MUST_USE;
	/* Who is accepted there has the same settings, which are borrowed for
	 * the call.  NULL with errno. */
	struct transport *(*listen)(
	    const struct address *local,
	    const struct socket_settings *settings) MUST_USE;
	/* The next peer and its address; NULL with errno, EAGAIN if none. */
	struct transport *(*accept)(struct transport *t,
	                            struct address *peer) MUST_USE;
	/* Let it have other settings while it is open, or listens.  NULL: it
	 * is no socket. */
	void (*apply)(struct transport *t,
	              const struct socket_settings *settings);
	/* Lie on `lower`, which is open, through transport_over(): from now on
	 * it moves our bytes.  advance() opens the result.  NULL with errno:
	 * `lower` is as it was. */
	struct transport *(*over)(struct transport *lower,
	                          const struct over *how) MUST_USE;
	/* Free it and nothing below: it was there for the opening alone.  NULL:
	 * it stays. */
	void (*leave)(struct transport *t);
	/* Go on opening.  0 if it is open; or -1; or LOOP_READ, LOOP_WRITE:
	 * call it again when the descriptor is ready for that. */
	int (*advance)(struct transport *t) MUST_USE;
	/* What the loop has to wait for before one of `wishes` (LOOP_READ,
	 * LOOP_WRITE, as bits) can go on, or for what the layer itself has to
	 * send, also when nothing is wished.  NULL: for the same. */
	unsigned (*wants)(const struct transport *t, unsigned wishes);
	/* Let `w` be called when it is ready for `events`; one that accepts is
	 * called with LOOP_HANGUP when more datagrams were dropped, once a
	 * second at most.  -1 with errno.
	 * NULL: the loop watches the descriptor. */
	int (*attach)(struct transport *t, struct loop *l, struct watch *w,
	              unsigned events) MUST_USE;
	/* True if read() has something of which the descriptor does not tell.
	 * NULL: never. */
	bool (*has_buffered)(const struct transport *t);
	/* 0 at the peer's end (FIN), or for an empty message. */
	ssize_t (*read)(struct transport *t, void *bytes, size_t cap) MUST_USE;
	/* As read(), but the bytes stay.  NULL: it lies on another kind. */
	ssize_t (*peek)(struct transport *t, void *bytes, size_t cap) MUST_USE;
	ssize_t (*write)(struct transport *t, const void *bytes,
	                 size_t len) MUST_USE;
	/* End our direction: what was written still arrives, then FIN.  A
	 * second call sends an end that is kept. */
	int (*shutdown)(struct transport *t);
	/* How many of the bytes written (and our FIN, as one) have not arrived;
	 * -1 if the connection has failed.  A layer sends what it holds. */
	ssize_t (*pending)(struct transport *t) MUST_USE;
	/* Write into `out`, which is all zero, what is known of `wanted`. */
	void (*facts)(const struct transport *t, unsigned wanted,
	              struct transport_facts *out);
	/* Put better words into `e`, which has those of errno.  NULL: there
	 * are none. */
	void (*explain)(const struct failure *f, struct error *e);
	/* Close and free.  `abort`: RST (RFC 9293, 3.5.2) in place of FIN. */
	void (*close)(struct transport *t, bool abort);
	const struct ack_ops *acks; /* NULL: what is written has arrived */
	const struct splice_ops *splice; /* NULL: it has to see the bytes */
	/* The kinds that may lie on this one: TLS, a proxy's, and the header of
	 * the PROXY protocol. */
	const struct transport_ops *secure, *through, *header;
};

/* The head of every transport. */
struct transport {
	const struct transport_ops *ops;
	int fd; /* what the loop watches; -1: it is attached */
	bool is_open; /* accept() or advance() has found it so */
	bool is_relayed : 1; /* a proxy is at its other end: of the peer
	                      * behind that the system knows nothing */
	bool is_accepted : 1; /* they came to us */
	bool is_inherited : 1; /* others have its socket too */
	bool has_moved : 1; /* bytes have, by a layer or before there was one */
	bool ends_bare : 1; /* our end is to prove nothing: no close_notify */
	uint16_t said; /* bytes that layers of the opening have written; they
	                * count for nothing in tcpinfo's `acked` */
	size_t message_max; /* bytes that a message can hold; 0: it has none */
	struct transport *lower; /* what it lies on, and owns; NULL: a socket */
	struct wire *wire; /* who hears its bytes; borrowed, or NULL */
	/* Of a socket: what a proxy has said in front of all else; owned, or
	 * NULL. */
	struct proxy_header *header;
	/* Who sent the message that was read last, where that may be anybody
	 * and is another one than before; or NULL. */
	const struct address *source;
};

/* Whether the system may move its bytes.  It would wait where a socket's flags
 * let it, and those of one that others have too are not ours to change. */
static inline bool transport_can_splice(const struct transport *t)
{
	return t->ops->splice && !t->is_inherited;
}

/* The transport for an endpoint's scheme. */
const struct transport_ops *transport_of(const struct endpoint *ep);

/* Put the kind `ops` on `lower`, which it takes.  NULL with errno: `lower` is
 * as it was. */
MUST_USE
struct transport *transport_over(const struct transport_ops *ops,
                                 struct transport *lower,
                                 const struct over *how);

/* Take away a layer that was there for the opening alone.  Returns what it lay
 * on; or `t` if it stays. */
struct transport *transport_leave(struct transport *t);

/* The traits of all its layers. */
unsigned transport_traits(const struct transport *t);

/* What the loop has to wait for so that one of `wishes`, LOOP_… as bits, can
 * come true. */
unsigned transport_wants(const struct transport *t, unsigned wishes);

/* Watch it, or have it do so, as watch_add_socket().  -1 with errno. */
MUST_USE
int transport_watch(struct transport *t, struct loop *l, struct watch *w,
                    unsigned events);

/* read(), write(), shutdown() and close() of its kind; those who hear the wire
 * are told if it is a socket. */
MUST_USE
ssize_t transport_read(struct transport *t, void *bytes, size_t cap);
MUST_USE
ssize_t transport_write(struct transport *t, const void *bytes, size_t len);
int transport_shutdown(struct transport *t);
void transport_close(struct transport *t, bool abort);

/* Let the socket below all layers have other settings. */
void transport_apply(struct transport *t,
                     const struct socket_settings *settings);

/* What is known of `wanted`; the rest is zero. */
void transport_facts(const struct transport *t, unsigned wanted,
                     struct transport_facts *out);
#define TRANSPORT_THROUGH " through the proxy "
#define TRANSPORT_THROUGH_MAX (sizeof(TRANSPORT_THROUGH) + ADDRESS_TEXT_MAX)
/* Write " through the proxy 10.0.0.1:4000" for a peer that a header names, or
 * "". */
void transport_through(const struct transport *t,
                       char out[TRANSPORT_THROUGH_MAX]);

/* The same where nobody waits: FACTS_OWNER searches on, for up to 50 ms. */
void transport_facts_whole(const struct transport *t, unsigned wanted,
                           struct transport_facts *out);

/* The sentence for a failure, from `ops` or, without better ones, errno's. */
void transport_explain(const struct transport_ops *ops,
                       const struct failure *f, struct error *e);

#endif
