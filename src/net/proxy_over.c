/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/loop.h>

#include "proxy_over.h"
#include "proxy_talk.h"

struct proxied {
	struct transport head;
	struct proxy_talk talk;
	size_t written;        /* of what is asked */
	struct error unasked;  /* why the proxy cannot be asked; "": it can */
	char target[ENDPOINT_TEXT_MAX]; /* safe to show */
};

static struct proxied *proxied_of(const struct transport *t)
{
	return (struct proxied *)t;
}

/* A target that no proxy can be asked for is told by explain(). */
static struct transport *proxy_over(struct transport *lower,
                                    const struct over *how)
{
	struct proxied *p = calloc(1, sizeof(*p));

	(void)lower;
	if (!p)
		return NULL;
	endpoint_show_plain(how->target, p->target);
	if (proxy_talk_begin(&p->talk, how->proxy, how->target, &p->unasked))
		p->talk.state = PROXY_FAILED;
	return &p->head;
}

/* As advance(): 0 when something has moved, or has failed. */
static int speak(struct proxied *p)
{
	struct proxy_talk *t = &p->talk;
	ssize_t n = transport_write(p->head.lower,
	                                  t->out.data + p->written,
	                                  t->out.len - p->written);

	if (n < 0 && errno == EAGAIN)
		return LOOP_WRITE;
	if (n < 0) {
		proxy_talk_lose(t, errno);
		return 0;
	}
	p->written += (size_t)n;
	p->head.lower->said += (uint16_t)n;
	if (p->written == t->out.len) {
		proxy_talk_sent(t);
		p->written = 0;
	}
	return 0;
}

/* An answer that is no proxy's may tell what speaks there. */
static void look_further(struct proxied *p)
{
	uint8_t bytes[PROXY_ANSWER_MAX];
	ssize_t n = transport_read(p->head.lower, bytes, sizeof(bytes));

	if (n > 0)
		proxy_talk_name(&p->talk, bytes, (size_t)n);
}

static int listen_to_proxy(struct proxied *p)
{
	uint8_t bytes[PROXY_ANSWER_MAX];
	ssize_t n = transport_read(p->head.lower, bytes,
	                                 proxy_talk_wanted(&p->talk));

	if (n < 0 && errno == EAGAIN)
		return LOOP_READ;
	if (n > 0)
		proxy_talk_take(&p->talk, bytes, (size_t)n);
	else
		proxy_talk_lose(&p->talk, n ? errno : 0);
	if (p->talk.is_foreign)
		look_further(p);
	return 0;
}

static int proxy_advance(struct transport *t)
{
	struct proxied *p = proxied_of(t);
	int state = 0;

	while (!state && p->talk.state < PROXY_OPEN)
		state = p->talk.state == PROXY_SPEAKS ? speak(p)
		                                      : listen_to_proxy(p);
	if (p->talk.state != PROXY_FAILED)
		return state;
	errno = EPROTO;
	return -1;
}

static void proxy_explain(const struct failure *f, struct error *e)
{
	const struct proxied *p = proxied_of(f->transport);

	if (*p->unasked.text)
		*e = p->unasked;
	else if (p->talk.state == PROXY_FAILED)
		proxy_talk_explain(&p->talk, f->where, p->target, e);
	else if (f->timeout_ms)
		proxy_talk_explain_late(&p->talk, f->timeout_ms, f->where,
		                        p->target, e);
}

static void proxy_facts(const struct transport *t, unsigned wanted,
                        struct transport_facts *out)
{
	t->lower->ops->facts(t->lower, wanted, out);
}

static void proxy_leave(struct transport *t)
{
	t->lower->is_relayed = true;
	proxy_talk_end(&proxied_of(t)->talk);
	free(t);
}

static void proxy_close(struct transport *t, bool abort)
{
	transport_close(t->lower, abort);
	proxy_talk_end(&proxied_of(t)->talk);
	free(t);
}

/* It neither reads nor writes: it has left before the user's bytes move. */
const struct transport_ops transport_proxy = {
	.over = proxy_over, .advance = proxy_advance, .facts = proxy_facts,
	.explain = proxy_explain, .close = proxy_close, .leave = proxy_leave,
};
