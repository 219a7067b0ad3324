/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/loop.h>
#include <sockchat/proxy_header.h>

#include "proxy_header_over.h"

#define LOOK_MAX  512 /* bytes that are looked at together */
#define SHOWN_MAX 16  /* of what came in place of a header */

struct headed {
	struct transport head;
	bool reads;
	const uint8_t *out; /* what is still to be written */
	size_t out_len;
	struct bytes in; /* what has come; at a failure, what was seen */
	bool has_ended;  /* the peer's end came first */
	bool is_wrong;   /* these bytes are no header … */
	struct error why; /* for this reason; "": they are something else */
};

static struct headed *headed_of(const struct transport *t)
{
	return (struct headed *)t;
}

static struct transport *header_over(struct transport *lower,
                                     const struct over *how)
{
	struct headed *h = calloc(1, sizeof(*h));

	(void)lower;
	if (!h)
		return NULL;
	h->reads = how->is_accepted;
	h->out = how->header;
	h->out_len = how->header_len;
	bytes_init(&h->in, PROXY_HEADER_MAX + LOOK_MAX);
	return &h->head;
}

static int write_header(struct headed *h)
{
	while (h->out_len) {
		ssize_t n = transport_write(h->head.lower, h->out, h->out_len);

		if (n < 0)
			return errno == EAGAIN ? (int)LOOP_WRITE : -1;
		h->head.lower->said += (uint16_t)n;
		h->out += n;
		h->out_len -= (size_t)n;
	}
	return 0;
}

static int refuse(struct headed *h)
{
	h->is_wrong = true;
	errno = EPROTO;
	return -1;
}

/* The lowest layer keeps what the header says: this one leaves. */
static int take_whole(struct headed *h)
{
	struct proxy_header *said = malloc(sizeof(*said));

	if (!said)
		return -1;
	if (proxy_header_read(said, h->in.data, h->in.len, &h->why)) {
		free(said);
		return refuse(h);
	}
	h->head.lower->header = said;
	return 0;
}

/* Look at what comes next, behind what has been read.  As advance(). */
static int look_further(struct headed *h)
{
	const struct transport *lower = h->head.lower;

	if (bytes_reserve(&h->in, LOOK_MAX))
		return -1;
	ssize_t n = lower->ops->peek(h->head.lower, h->in.data + h->in.len,
	                             LOOK_MAX);
	if (n < 0)
		return errno == EAGAIN ? (int)LOOP_READ : -1;
	h->has_ended = n == 0;
	h->in.len += (size_t)n;
	return n ? 0 : (errno = EPROTO, -1);
}

/* Take from the socket what is the header's, and not one byte more: what stands
 * behind it is the peer's.  As advance(), but 1 for a header that is whole. */
static int read_more(struct headed *h, size_t before)
{
	ssize_t total = proxy_header_len(h->in.data, h->in.len, &h->why);

	if (total < 0)
		return refuse(h);
	if (total && h->in.len > (size_t)total)
		h->in.len = (size_t)total;
	ssize_t n = transport_read(h->head.lower, h->in.data + before,
	                           h->in.len - before);
	if (n < 0)
		return errno == EAGAIN ? (int)LOOP_READ : -1;
	h->in.len = before + (size_t)n;
	return 0;
}

static bool is_whole(struct headed *h)
{
	ssize_t total = proxy_header_len(h->in.data, h->in.len, &h->why);

	return total > 0 && h->in.len == (size_t)total;
}

static int read_header(struct headed *h)
{
	int state = 0;

	while (!state && !is_whole(h)) {
		size_t before = h->in.len;

		state = look_further(h);
		if (!state)
			state = read_more(h, before);
	}
	return state ? state : take_whole(h);
}

static int header_advance(struct transport *t)
{
	struct headed *h = headed_of(t);

	return h->reads ? read_header(h) : write_header(h);
}

/* Words */

static void say_wrong(const struct headed *h, const char *where,
                      struct error *e)
{
	char shown[4 * SHOWN_MAX + 1];
	size_t len = h->in.len < SHOWN_MAX ? h->in.len : SHOWN_MAX;

	if (*h->why.text) {
		error_set(e, "%.120s sent a wrong PROXY header: %s", where,
		          h->why.text);
		return;
	}
	glyph_copy_bytes(shown, sizeof(shown), h->in.data, len,
	                 GLYPH_ANY_WIDTH);
	error_set(e, "%.120s sent no PROXY header: it began with \"%s\"",
	          where, shown);
	error_set_hint(e, "leave out --proxy-protocol, or make the proxy send "
	                  "one (haproxy: send-proxy)");
}

static void say_missing(const struct headed *h, const char *where,
                        int64_t timeout_ms, struct error *e)
{
	char when[48];

	if (timeout_ms)
		snprintf(when, sizeof(when), " within %g s",
		         (double)timeout_ms / 1000);
	else
		snprintf(when, sizeof(when), ", and has ended");
	if (h->in.len)
		error_set(e, "%.120s sent %zu bytes of a PROXY header%s", where,
		          h->in.len, when);
	else
		error_set(e, "%.120s sent no PROXY header%s", where, when);
	error_set_hint(e, "%s", h->in.len ? "" :
	               "some clients send nothing at first: a health check "
	               "without send-proxy, a port scan, or a client that "
	               "waits for you to begin");
}

static void header_explain(const struct failure *f, struct error *e)
{
	const struct headed *h = headed_of(f->transport);

	if (!h->reads || (!h->is_wrong && !h->has_ended && !f->timeout_ms))
		return;
	if (h->is_wrong)
		say_wrong(h, f->where, e);
	else
		say_missing(h, f->where, f->timeout_ms, e);
	error_set_word(e, "PROXY_HEADER");
}

static void header_facts(const struct transport *t, unsigned wanted,
                         struct transport_facts *out)
{
	t->lower->ops->facts(t->lower, wanted, out);
}

static void header_leave(struct transport *t)
{
	bytes_finish(&headed_of(t)->in);
	free(t);
}

static void header_close(struct transport *t, bool abort)
{
	transport_close(t->lower, abort);
	header_leave(t);
}

/* It neither reads nor writes: it has left before the user's bytes move. */
const struct transport_ops transport_header = {
	.over = header_over, .advance = header_advance, .facts = header_facts,
	.explain = header_explain, .close = header_close, .leave = header_leave,
};
