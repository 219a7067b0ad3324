/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The bytes of TLS, moved for OpenSSL through the transport below.  One call of
 * an operation reads no more when it has read less than it could have, and
 * writes many records at once.  OpenSSL is never told of an end or a failure
 * below, for it would then give up the other direction as well. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>

#include <sockchat/loop.h>

#include "openssl.h"
#include "tls_private.h"

#define SLACK    ((size_t)1 << 10) /* what records add to what is in them */
#define READ_MAX ((size_t)64 << 10) /* more falls out of a core's cache */
/* A peer may send records without bytes for the user, and never stop: after so
 * many reads the loop has its turn. */
#define FILLS_MAX 4

void tls_break(struct tls_conn *c, int errnum)
{
	if (!c->broken_in)
		c->broken_in = errnum;
	if (!c->broken_out)
		c->broken_out = errnum;
}

static void break_below(struct tls_conn *c, int errnum)
{
	c->has_lower_failed = true;
	tls_break(c, errnum);
}

static void note_first(struct tls_conn *c, const uint8_t *bytes, size_t len)
{
	size_t at = (size_t)c->bytes_in;

	if (at < TLS_FIRST_MAX)
		memcpy(c->first + at, bytes,
		       len < TLS_FIRST_MAX - at ? len : TLS_FIRST_MAX - at);
	c->bytes_in += len;
}

/* A program that does not read our close_notify before it closes makes its
 * system reset the connection (EPIPE when its FIN had come).  When all of the
 * user's bytes have arrived before, that is an end; an unproven one, unless it
 * has sent a close_notify itself. */
bool tls_ends_by_reset(struct tls_conn *c)
{
	struct transport_facts facts;
	int errnum = errno;

	if ((errnum != ECONNRESET && errnum != EPIPE) || !c->end_made)
		return false;
	transport_facts(&c->head, FACTS_TCP, &facts);
	c->is_reset = facts.has_tcp && facts.tcp.acked - c->before >= c->user;
	errno = errnum;
	return c->is_reset;
}

static void fill(struct tls_conn *c)
{
	struct tls *t = c->tls;

	if (t->is_drained || c->has_lower_ended || c->broken_in)
		return;
	t->fills++;
	ssize_t n = transport_read(c->head.lower, t->in, t->in_max);
	t->is_drained = n < (ssize_t)t->in_max || t->fills == FILLS_MAX;
	t->in_at = 0;
	t->in_len = n > 0 ? (size_t)n : 0;
	note_first(c, t->in, t->in_len);
	if (n == 0 || (n < 0 && tls_ends_by_reset(c)))
		c->has_lower_ended = true;
	else if (n < 0 && errno != EAGAIN)
		break_below(c, errno);
}

static int below_read(BIO *b, char *out, int cap)
{
	struct tls_conn *c = BIO_get_data(b);
	struct tls *t = c->tls;

	BIO_clear_retry_flags(b);
	if (t->in_at == t->in_len)
		fill(c);
	size_t n = t->in_len - t->in_at;
	n = n < (size_t)cap ? n : (size_t)cap;
	if (!n) {
		BIO_set_retry_read(b);
		return -1;
	}
	memcpy(out, t->in + t->in_at, n);
	t->in_at += n;
	return (int)n;
}

/* Where a new record goes: behind those that wait, or to those of this call. */
static struct bytes *out_of(struct tls_conn *c)
{
	return c->out.len ? &c->out : &c->tls->out;
}

static int below_write(BIO *b, const char *bytes, int len)
{
	struct tls_conn *c = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (bytes_append(out_of(c), bytes, (size_t)len) == 0) {
		c->made += (uint64_t)len;
		return len;
	}
	if (errno == ENOMEM)
		tls_break(c, ENOMEM);
	BIO_set_retry_write(b);
	return -1;
}

static long below_control(BIO *b, int what, long number, void *pointer)
{
	(void)b;
	(void)number;
	(void)pointer;
	return what == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_below_new(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
	                             "the transport below");

	if (m && BIO_meth_set_read(m, below_read) &&
	    BIO_meth_set_write(m, below_write) &&
	    BIO_meth_set_ctrl(m, below_control))
		return m;
	BIO_meth_free(m);
	return NULL;
}

/* An alert about our own failure goes out as well.  When nothing can be written
 * any more, what has come can still be read. */
static void send_records(struct tls_conn *c)
{
	struct bytes *out = out_of(c);
	ssize_t n = 0;

	if (out->len && !c->has_lower_failed) {
		n = transport_write(c->head.lower, out->data, out->len);
		if (n > 0)
			bytes_consume(out, (size_t)n);
		if (n < 0 && errno != EAGAIN) {
			c->has_lower_failed = true;
			c->broken_out = c->broken_out ? c->broken_out : errno;
		}
	}
	if (c->has_lower_failed)
		bytes_clear(out);
}

/* What this call has made and could not send is kept. */
void tls_flush(struct tls_conn *c)
{
	struct bytes *out = &c->tls->out;

	send_records(c);
	if (out->len && bytes_append(&c->out, out->data, out->len))
		tls_break(c, ENOMEM);
	bytes_clear(out);
	if (!c->out.len)
		bytes_finish(&c->out);
}

void tls_enter(struct tls_conn *c, size_t cap)
{
	struct tls *t = c->tls;

	openssl_clear();
	t->in_max = cap < READ_MAX - SLACK ? cap + SLACK : READ_MAX;
	t->is_drained = false;
	t->fills = 0;
	t->in_at = 0;
	t->in_len = c->in.len;
	memcpy(t->in, c->in.data ? c->in.data : t->in, c->in.len);
	bytes_finish(&c->in);
}

void tls_leave(struct tls_conn *c)
{
	struct tls *t = c->tls;

	tls_flush(c);
	if (t->in_at < t->in_len &&
	    bytes_append(&c->in, t->in + t->in_at, t->in_len - t->in_at))
		tls_break(c, ENOMEM);
	t->in_at = t->in_len = 0;
}

void tls_hurry_ack(struct tls_conn *c)
{
	int on = 1;

	(void)setsockopt(c->head.lower->fd, IPPROTO_TCP, TCP_QUICKACK, &on,
	                 sizeof(on));
}
