/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The inside of a dial, for the files that make it up. */

#ifndef NET_DIAL_PRIVATE_H
#define NET_DIAL_PRIVATE_H

#include <sockchat/dial.h>
#include <sockchat/explain.h>

struct attempt {
	struct dial *dial;
	struct address address;
	struct transport *transport; /* NULL: there is none (yet) */
	struct watch watch;
	int64_t start_ns;
	int errnum; /* why it failed; 0 before */
	enum socket_setting refused; /* what of our end that is about; or 0 */
};

struct dial {
	struct loop *loop;
	const struct transport_ops *transport;
	struct dial_steps steps;
	struct wire *wire;
	dial_done_fn *on_done;
	void *user;
	struct endpoint endpoint; /* who is meant */
	const struct endpoint *tried; /* whose addresses are tried: its, or a
	                               * proxy's; NULL: there is a connection */
	struct dial_settings settings;
	struct socket_refusals refused; /* what the system has, of those */
	/* The layers that have to lie on the first connection that is there,
	 * and how many do. */
	const struct transport_ops *layers[3];
	size_t layer_count, layer;
	bool is_through; /* the proxy has connected us */
	uint8_t header[PROXY_HEADER_OUT_MAX]; /* what --proxy-protocol sends */
	struct attempt *winner; /* has that connection; the others are over */
	int64_t layer_ns;       /* when the last of them began to open */
	char where[EXPLAIN_WHERE_MAX];
	int64_t timeout_ms;
	struct resolve *resolve;
	struct timer stagger, deadline;
	struct attempt *attempts;
	size_t count, next;
	bool seeks_source; /* is looked up, before the peer */
	int64_t start_ns;
	struct timing timing;
	/* A callback may end the dial.  It is freed at once only when none of
	 * our functions is busy with it. */
	bool is_busy, is_over;
};

/* True if a proxy has to connect us. */
static inline bool dial_has_proxy(const struct dial *d)
{
	return d->tried == &d->settings.proxy.endpoint;
}

/* Write what errors call the peer, with these addresses of whoever is tried:
 * "the proxy localhost:1080 (127.0.0.1) for example.com:443" as long as that is
 * the proxy, and "example.com:443 through the proxy …" from then on. */
void dial_name(const struct dial *d, const struct address *const *list,
               size_t count, char where[EXPLAIN_WHERE_MAX]);

/* Say in `e` that it is about the proxy, if there is one: its name could not be
 * looked up. */
void dial_blame_proxy(const struct dial *d, struct error *e);

/* How many of its addresses have been tried; the others were not begun. */
size_t dial_tried_count(const struct dial *d);

#define OUTCOME_MAX (ADDRESS_TEXT_MAX + 80)

/* Write "[::1]:9999: connection refused". */
void dial_outcome(const struct attempt *a, char out[OUTCOME_MAX]);

/* Say why all attempts have failed; `is_late`: because their time is over. */
void dial_explain(const struct dial *d, bool is_late, struct error *e);

/* dial_layers.c: choose the layers, and whose addresses are tried; make the
 * header of the PROXY protocol; tell that a layer before TLS has begun. */
void dial_choose_layers(struct dial *d);
void dial_make_header(struct dial *d, struct over *how);
void dial_tell_layer(const struct dial *d, const struct transport_ops *layer);

/* dial_tell.c: a step in words of its own; that a name is looked up, and to
 * whom it leads; the connection is there. */
void dial_tell_step(const struct dial *d, const char *code, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));
void dial_tell_resolving(const struct dial *d);
void dial_tell_addresses(const struct dial *d, const struct address *list,
                         size_t count);
void dial_tell_open(const struct dial *d, const struct transport *t,
                    const struct address *peer, int64_t us);

/* dial_tls.c: a handshake begins; the certificates that came with it, also one
 * that has failed; it is done. */
void dial_tell_handshake(const struct dial *d);
void dial_tell_certificates(const struct dial *d, const struct transport *t);
void dial_tell_secured(const struct dial *d, const struct transport *t);

#endif
