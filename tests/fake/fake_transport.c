/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A transport without a network, which does what a test has written down. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/loop.h>

#include "../../src/net/proxy_header_over.h"
#include "fake_private.h"

static struct transport *op_connect(const struct address *peer,
                                    const struct socket_settings *settings)
{
	int errnum = fake_consult(CALL_CONNECT, peer);
	struct fake *f;

	if (fake_take_settings(settings))
		return NULL;
	if (errnum) {
		errno = errnum;
		return NULL;
	}
	f = fake_new();
	f->is_connecting = true;
	f->outcome = fake_consult(CALL_ADVANCE, peer);
	fake_refresh(f);
	return &f->head;
}

static struct transport *op_listen(const struct address *local,
                                   const struct socket_settings *settings)
{
	int errnum = fake_consult(CALL_LISTEN, local);

	if (errnum) {
		errno = errnum;
		return NULL;
	}
	(void)settings;
	return &fake_new()->head;
}

static struct transport *op_accept(struct transport *t, struct address *peer)
{
	struct fake *f = fake_of(t);
	struct knock *k = f->knocks;

	if (f->accept_failures > 0) {
		f->accept_failures--;
		fake_refresh(f);
		errno = f->errnum_accept;
		return NULL;
	}
	if (!k) {
		errno = EAGAIN;
		return NULL;
	}
	*peer = k->peer;
	f->knocks = k->next;
	free(k);
	fake_refresh(f);
	return fake_new_accepted();
}

static int op_advance(struct transport *t)
{
	struct fake *f = fake_of(t);

	if (f->outcome > 0) {
		errno = f->outcome;
		return -1;
	}
	if (f->outcome == FAKE_HANGS)
		return LOOP_WRITE;
	f->is_connecting = false;
	if (f->rounds && f->answers) {
		f->rounds--;
		f->answers--;
	}
	fake_refresh(f);
	return f->rounds ? (int)LOOP_READ : 0;
}

static ssize_t op_peek(struct transport *t, void *bytes, size_t cap)
{
	const struct feed *feed = fake_of(t)->feeds;
	int errnum = feed ? feed->errnum : EAGAIN;
	size_t len;

	if (errnum) {
		errno = errnum;
		return -1;
	}
	len = feed->len < cap ? feed->len : cap;
	memcpy(bytes, feed->bytes, len);
	return (ssize_t)len;
}

static ssize_t op_read(struct transport *t, void *bytes, size_t cap)
{
	struct fake *f = fake_of(t);
	struct feed *feed = f->feeds;
	size_t len;

	f->reads++;
	if (!feed) {
		errno = EAGAIN;
		return -1;
	}
	if (feed->errnum && feed->errnum != EAGAIN) {
		errno = feed->errnum;
		return -1;
	}
	if (!feed->errnum && feed->len == 0)
		return 0;
	len = feed->len < cap ? feed->len : cap;
	memcpy(bytes, feed->bytes, len);
	feed->len -= len;
	memmove(feed->bytes, feed->bytes + len, feed->len);
	if (feed->len > 0)
		return (ssize_t)len;
	f->feeds = feed->next;
	free(feed);
	fake_refresh(f);
	errno = EAGAIN;
	return len ? (ssize_t)len : -1;
}

static ssize_t op_write(struct transport *t, const void *bytes, size_t len)
{
	struct fake *f = fake_of(t);
	size_t most = f->limit < f->room ? f->limit : f->room;

	if (f->is_shut_down || f->errnum_write) {
		errno = f->errnum_write ? f->errnum_write : EPIPE;
		return -1;
	}
	if (len > 0 && most == 0) {
		errno = EAGAIN;
		return -1;
	}
	len = len < most ? len : most;
	if (bytes_append(&f->written, bytes, len) < 0)
		fake_broken("out of memory");
	if (f->room != SIZE_MAX)
		f->room -= len;
	fake_refresh(f);
	return (ssize_t)len;
}

static ssize_t op_read_message(struct transport *t, void *bytes, size_t cap)
{
	struct fake *f = fake_of(t);
	struct feed *feed = f->feeds;
	ssize_t n = -1;

	f->reads++;
	errno = feed ? feed->errnum : EAGAIN;
	if (!errno) {
		n = (ssize_t)(feed->len < cap ? feed->len : cap);
		memcpy(bytes, feed->bytes, (size_t)n);
	}
	int saved = errno;
	if (feed) {
		f->feeds = feed->next;
		free(feed);
		fake_refresh(f);
	}
	errno = saved;
	return n;
}

static ssize_t op_write_message(struct transport *t, const void *bytes,
                                size_t len)
{
	struct fake *f = fake_of(t);

	errno = f->errnum_write ? f->errnum_write : EAGAIN;
	f->errnum_write = 0;
	if (errno != EAGAIN || !f->limit || !f->room)
		return -1;
	if (bytes_append(&f->written, bytes, len) ||
	    bytes_append(&f->written, ";", 1))
		fake_broken("out of memory");
	return (ssize_t)len;
}

static int op_shutdown(struct transport *t)
{
	fake_of(t)->is_shut_down = true;
	return 0;
}

static ssize_t op_pending(struct transport *t)
{
	struct fake *f = fake_of(t);

	if (f->pending < 0)
		errno = f->errnum_pending;
	return f->pending;
}

static void op_close(struct transport *t, bool abort)
{
	struct fake *f = fake_of(t);

	f->end = abort ? FAKE_RESET : FAKE_CLOSED;
	close(f->head.fd);
	f->head.fd = -1;
}

static void op_facts(const struct transport *t, unsigned wanted,
                     struct transport_facts *out)
{
	const struct transport_facts *facts = &((const struct fake *)t)->facts;

	if (wanted & FACTS_LOCAL)
		out->local = facts->local;
	if (wanted & FACTS_PEER)
		out->peer = facts->peer;
	out->has_tcp = wanted & FACTS_TCP && facts->has_tcp;
	if (out->has_tcp)
		out->tcp = facts->tcp;
	if (wanted & FACTS_UNREAD)
		out->unread = fake_unread((const struct fake *)t);
	out->far = facts->far;
	out->tls = facts->tls;
	if (wanted & FACTS_OWNER && facts->relation)
		out->relation = facts->relation;
	if (wanted & FACTS_OWNER)
		memcpy(out->owner, facts->owner, sizeof(out->owner));
}

static void op_explain(const struct failure *failure, struct error *e)
{
	const struct fake *f = (const struct fake *)failure->transport;

	if (f && f->words)
		error_set(e, "%s: %s", failure->where, f->words);
}

static int acks_start(struct transport *t, size_t *unacked)
{
	(void)fake_of(t);
	*unacked = 0;
	errno = ENOSYS;
	return fake_has_stamps() ? 0 : -1;
}

static void acks_stop(struct transport *t)
{
	(void)fake_of(t);
}

static bool acks_read(struct transport *t, struct ack *out)
{
	struct fake *f = fake_of(t);

	if (!f->ack_count)
		return false;
	*out = f->acks[0];
	memmove(f->acks, f->acks + 1, --f->ack_count * sizeof(*out));
	fake_refresh(f);
	return true;
}

static const struct ack_ops acks = {
	.start = acks_start,
	.stop = acks_stop,
	.read = acks_read,
};

#define COMMON                                                                 \
	.connect = op_connect, .listen = op_listen,                            \
	.accept = op_accept, .advance = op_advance,                            \
	.shutdown = op_shutdown, .pending = op_pending,                        \
	.facts = op_facts, .explain = op_explain, .close = op_close,           \
	.secure = &transport_fake_layer, .through = &transport_fake_through,   \
	.header = &transport_header

#define OPERATIONS                                                             \
	COMMON, .read = op_read, .peek = op_peek, .write = op_write

const struct transport_ops transport_fake = {
	OPERATIONS,
	.traits = TRANSPORT_IP | TRANSPORT_TCP,
	.acks = &acks,
};

const struct transport_ops transport_fake_bare = { OPERATIONS };

const struct transport_ops transport_fake_messages = {
	COMMON,
	.traits = TRANSPORT_IP | TRANSPORT_MESSAGES,
	.read = op_read_message,
	.write = op_write_message,
};
