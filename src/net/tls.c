/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS over any transport, with OpenSSL: the operations of a transport. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/loop.h>

#include "openssl.h"
#include "tls_private.h"
#include "tls_transport.h"
#include "tls_explain.h"

#define DRAINS_MAX 16

static struct tls_conn *conn_of(const struct transport *t)
{
	return (struct tls_conn *)t;
}

static void conn_free(struct tls_conn *c)
{
	SSL_free(c->ssl);
	X509_free(c->doubt.cert);
	X509_free(c->doubt.leaf);
	sk_X509_pop_free(c->doubt.sent, X509_free);
	bytes_finish(&c->in);
	bytes_finish(&c->out);
	free(c->facts);
	free(c->refusal);
	free(c->name);
	free(c);
}

/* Look at the outcome of a call of OpenSSL that did not succeed.  Returns what
 * has to be waited for. */
static unsigned settle(struct tls_conn *c, int outcome)
{
	switch (SSL_get_error(c->ssl, outcome)) {
	case SSL_ERROR_WANT_READ:
		return LOOP_READ;
	case SSL_ERROR_WANT_WRITE:
		return LOOP_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		break;
	default:
		tls_break(c, openssl_lacked_memory(&c->reason) ? ENOMEM
		                                               : EPROTO);
	}
	return LOOP_READ;
}

static bool has_end_come(const struct tls_conn *c)
{
	return SSL_get_shutdown(c->ssl) & SSL_RECEIVED_SHUTDOWN;
}

/* Opening */

/* What has been written below before, as the system counts it. */
static uint64_t written_below(struct transport *lower)
{
	struct transport_facts facts;
	ssize_t unacked = lower->ops->pending(lower);

	transport_facts(lower, FACTS_TCP, &facts);
	return facts.tcp.acked + (unacked > 0 ? (size_t)unacked : 0);
}

static struct transport *tls_over(struct transport *lower,
                                  const struct over *how)
{
	struct tls_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->head.lower = lower;
	c->tls = how->tls;
	c->alpn = how->alpn;
	c->is_accepted = how->is_accepted;
	c->is_upgrade = how->is_upgrade;
	c->read_wants = LOOP_READ;
	c->write_wants = LOOP_WRITE;
	c->before = written_below(lower);
	bytes_init(&c->out, TLS_OUT_MAX);
	if (how->early_len > TLS_IN_CAP ||
	    bytes_append(&c->in, how->early, how->early_len) ||
	    tls_set_up(c, how->target)) {
		conn_free(c);
		errno = ENOMEM;
		return NULL;
	}
	return &c->head;
}

static int fail(int errnum)
{
	return errno = errnum, -1;
}

static int tls_advance(struct transport *t)
{
	struct tls_conn *c = conn_of(t);
	unsigned wants = 0;

	if (c->refusal)
		return fail(EINVAL);
	tls_enter(c, TLS_IN_CAP);
	int outcome = SSL_do_handshake(c->ssl);
	if (outcome != 1)
		wants = settle(c, outcome);
	tls_leave(c);
	if (outcome == 1 && !c->has_lower_failed)
		return 0;
	if (c->has_lower_ended)
		tls_break(c, ECONNRESET);
	if (c->broken_in || c->broken_out)
		return fail(c->broken_in ? c->broken_in : c->broken_out);
	return (int)(c->out.len ? LOOP_WRITE : wants);
}

/* Moving bytes */

static unsigned tls_wants(const struct transport *t, unsigned wishes)
{
	const struct tls_conn *c = conn_of(t);
	unsigned wants = wishes & ~(LOOP_READ | LOOP_WRITE);

	if (wishes & LOOP_READ)
		wants |= c->read_wants;
	if (wishes & LOOP_WRITE)
		wants |= c->write_wants;
	return c->out.len ? wants | LOOP_WRITE : wants;
}

/* An end or a failure that came with the last bytes counts too: the read that
 * gave those bytes could not tell it. */
static bool tls_has_buffered(const struct transport *t)
{
	const struct tls_conn *c = conn_of(t);

	return c->in.len || c->has_lower_ended || c->has_lower_failed ||
	       c->broken_in ||
	       (c->ssl && (SSL_pending(c->ssl) > 0 || has_end_come(c)));
}

/* To know that nothing more has come costs less than to ask OpenSSL. */
static bool is_all_read(const struct tls_conn *c)
{
	const struct tls *t = c->tls;

	return t->is_drained && t->in_at == t->in_len &&
	       !SSL_has_pending(c->ssl);
}

/* Returns how many bytes came; 0: `*outcome` tells why none did. */
static size_t read_records(struct tls_conn *c, uint8_t *bytes, size_t cap)
{
	size_t done = 0, n = 0;
	int outcome = 1;

	while (done < cap && outcome == 1 && !(done && is_all_read(c))) {
		outcome = SSL_read_ex(c->ssl, bytes + done, cap - done, &n);
		done += outcome == 1 ? n : 0;
	}
	c->read_wants = outcome == 1 ? (unsigned)LOOP_READ : settle(c, outcome);
	return done;
}

static ssize_t tls_read(struct transport *t, void *bytes, size_t cap)
{
	struct tls_conn *c = conn_of(t);
	size_t done = 0;

	if (!c->broken_in && !has_end_come(c)) {
		tls_enter(c, cap);
		done = read_records(c, bytes, cap);
		tls_leave(c);
	}
	if (done)
		return (ssize_t)done;
	if (c->broken_in)
		return fail(c->broken_in);
	if (has_end_come(c) || c->has_lower_ended)
		return 0;
	return fail(c->has_lower_failed ? c->broken_out : EAGAIN);
}

/* The bytes of records that the peer's system has. */
static uint64_t arrived(const struct tls_conn *c, size_t unacked)
{
	return c->made - c->out.len - c->tls->out.len - unacked;
}

static void add_mark(struct tls_conn *c)
{
	struct transport *lower = c->head.lower;

	if (tls_marks_are_full(&c->marks)) {
		ssize_t unacked = lower->ops->pending(lower);
		tls_marks_thin(&c->marks, unacked < 0
		                              ? 0
		                              : arrived(c, (size_t)unacked));
	}
	tls_marks_add(&c->marks, c->made, c->user);
}

static size_t write_records(struct tls_conn *c, const uint8_t *bytes,
                            size_t len)
{
	size_t done = 0, n = 0;
	int outcome = 1;

	while (done < len && outcome == 1) {
		outcome = SSL_write_ex(c->ssl, bytes + done, len - done, &n);
		if (outcome != 1)
			break;
		done += n;
		c->user += n;
		add_mark(c);
	}
	c->write_wants =
	    outcome == 1 ? (unsigned)LOOP_WRITE : settle(c, outcome);
	return done;
}

/* Each chunk is sent before the next one is made, while all of them goes. */
static size_t write_chunks(struct tls_conn *c, const uint8_t *bytes, size_t len)
{
	size_t done = 0, n;

	do {
		size_t left = len - done;
		n = write_records(c, bytes + done,
		                  left < TLS_CHUNK ? left : TLS_CHUNK);
		tls_flush(c);
		done += n;
	} while (n == TLS_CHUNK && !c->out.len && !c->broken_out);
	return done;
}

static ssize_t tls_write(struct transport *t, const void *bytes, size_t len)
{
	struct tls_conn *c = conn_of(t);
	size_t done = 0;

	if (c->is_shut)
		return fail(EPIPE);
	if (!len)
		return 0;
	if (c->out.len)
		tls_flush(c);
	c->write_wants = LOOP_WRITE;
	if (!c->broken_out && !c->out.len) {
		tls_enter(c, TLS_CHUNK);
		done = write_chunks(c, bytes, len);
		tls_leave(c);
	}
	if (done && !c->has_lower_failed)
		return (ssize_t)done;
	return fail(c->broken_out ? c->broken_out : EAGAIN);
}

/* Ending */

static void send_end(struct tls_conn *c)
{
	tls_enter(c, 0);
	if (SSL_shutdown(c->ssl) < 0)
		(void)settle(c, -1);
	c->end_made = c->made;
	tls_leave(c);
	tls_hurry_ack(c);
}

/* The end of what lies below, when all records have gone. */
static void send_bare_end(struct tls_conn *c)
{
	if (c->out.len || transport_shutdown(c->head.lower))
		return;
	c->end_made = c->made;
}

/* Up to TLS 1.2 a peer that gets our end drops its answer (RFC 5246, 7.2.1):
 * there it goes out when theirs has come, or when we are called again. */
static int tls_shutdown(struct transport *t)
{
	struct tls_conn *c = conn_of(t);
	bool is_due = c->is_shut || SSL_version(c->ssl) >= TLS1_3_VERSION ||
	              has_end_come(c);

	c->is_shut = true;
	if (!c->broken_out && !c->end_made && t->ends_bare)
		send_bare_end(c);
	else if (!c->broken_out && !c->end_made && is_due)
		send_end(c);
	return c->broken_out ? fail(c->broken_out) : 0;
}

/* Our end counts as a byte, as TCP's does, also while it is not sent. */
static ssize_t tls_pending(struct transport *t)
{
	struct tls_conn *c = conn_of(t);

	if (c->is_reset)
		return 0;
	if (c->out.len)
		tls_flush(c);
	if (t->ends_bare && c->is_shut && !c->end_made)
		send_bare_end(c);
	ssize_t unacked = c->head.lower->ops->pending(c->head.lower);
	if (unacked < 0)
		return tls_ends_by_reset(c) ? 0 : -1;
	if (c->broken_out)
		return fail(c->broken_out);
	uint64_t made = arrived(c, (size_t)unacked);
	uint64_t user = c->user - tls_marks_user(&c->marks, made);
	bool has_end = c->end_made ? made < c->end_made : c->is_shut && user;
	return (ssize_t)(user + has_end);
}

/* If bytes lie unread when we close, the system resets the connection, and the
 * peer may lose the alert that tells why. */
static void drain_below(struct tls_conn *c)
{
	ssize_t n = 1;

	for (int i = 0; n > 0 && i < DRAINS_MAX; i++)
		n = transport_read(c->head.lower, c->tls->in,
		                         TLS_IN_CAP);
}

/* The system may take our end in pieces. */
static void send_last_end(struct tls_conn *c)
{
	size_t left;

	send_end(c);
	do {
		left = c->out.len;
		tls_flush(c);
	} while (c->out.len && c->out.len < left);
}

static void tls_close(struct transport *t, bool abort)
{
	struct tls_conn *c = conn_of(t);
	int saved = errno;

	if (!abort && t->is_open && !c->broken_in && !c->broken_out &&
	    !c->end_made && !t->ends_bare)
		send_last_end(c);
	if (!abort && !t->is_open && c->reason)
		drain_below(c);
	transport_close(t->lower, abort);
	conn_free(c);
	errno = saved;
}

/* Facts */

/* Of all bytes that were acknowledged, those that the user knows of. */
static uint64_t acked_of_user(const struct tls_conn *c, uint64_t acked)
{
	uint64_t made = acked > c->before ? acked - c->before : 0;

	return acked - made + tls_marks_user(&c->marks, made);
}

static void tls_facts(const struct transport *t, unsigned wanted,
                      struct transport_facts *out)
{
	const struct tls_conn *c = conn_of(t);

	t->lower->ops->facts(t->lower, wanted, out);
	if (wanted & FACTS_UNREAD)
		out->unread += c->in.len;
	out->tcp.acked = acked_of_user(c, out->tcp.acked);
	if (wanted & FACTS_TLS && (t->is_open || c->doubt.leaf))
		out->tls = tls_facts_of(conn_of(t));
	if (!(wanted & FACTS_END))
		return;
	out->is_end_kept = c->is_shut && !c->end_made;
	out->is_end_bare = c->has_lower_ended && !has_end_come(c);
	out->is_end_unproven =
	    out->is_end_bare && !c->tls->settings->allows_truncation;
}

/* Acknowledgements */

static int acks_start(struct transport *t, size_t *unacked)
{
	struct tls_conn *c = conn_of(t);
	size_t below = 0;

	if (t->lower->ops->acks->start(t->lower, &below))
		return -1;
	c->ack_base = arrived(c, below);
	c->ack_user = tls_marks_user(&c->marks, c->ack_base);
	*unacked = (size_t)(c->user - c->ack_user);
	return 0;
}

static void acks_stop(struct transport *t)
{
	t->lower->ops->acks->stop(t->lower);
}

/* What is acknowledged may end within a record of TLS, whose bytes count when
 * all of it is. */
static bool acks_read(struct transport *t, struct ack *out)
{
	struct tls_conn *c = conn_of(t);

	if (!t->lower->ops->acks->read(t->lower, out))
		return false;
	/* The count is modulo 2^32: of those that it may mean, the highest. */
	uint64_t given = c->made - c->out.len - c->ack_base;
	uint64_t made = given - (uint32_t)(given - out->bytes);
	uint64_t user = tls_marks_user(&c->marks, c->ack_base + made);
	out->bytes = (uint32_t)(user > c->ack_user ? user - c->ack_user : 0);
	return true;
}

static const struct ack_ops tls_acks = {
	.start = acks_start,
	.stop = acks_stop,
	.read = acks_read,
};

#define OPERATIONS                                                             \
	.traits = TRANSPORT_TLS,                                               \
	.over = tls_over, .advance = tls_advance, .wants = tls_wants,          \
	.has_buffered = tls_has_buffered, .read = tls_read,                    \
	.write = tls_write, .shutdown = tls_shutdown, .pending = tls_pending,  \
	.facts = tls_facts, .explain = tls_explain, .close = tls_close

const struct transport_ops transport_tls = { OPERATIONS, .acks = &tls_acks };
const struct transport_ops transport_tls_unix = { OPERATIONS };
