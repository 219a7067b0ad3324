/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A client and a server of TLS, each over a fake transport; what one writes is
 * carried to the other in pieces of any size.  No sockets. */

#ifndef TESTS_TLS_SCENE_H
#define TESTS_TLS_SCENE_H

#include <errno.h>

#include <sockchat/loop.h>
#include <sockchat/tls.h>

#include "../fake/fake_transport.h"
#include "../../src/net/tls_private.h"
#include "../../src/net/tls_transport.h"
#include "unit.h"

#define WHOLE SIZE_MAX

struct side {
	struct tls_settings settings;
	struct tls *tls;
	const uint8_t *alpn; /* all that it offers */
	struct fake *below;
	struct transport *t;
	int state; /* of the last advance() */
	int errnum;
	struct error e;
};

static struct side client, server;
static struct endpoint target;

static struct tls_conn *conn(const struct side *s)
{
	return (struct tls_conn *)s->t;
}

static void put_over(struct side *s, bool is_accepted)
{
	s->tls = tls_new(&s->settings);
	s->below = fake_open();
	s->t = transport_over(&transport_tls, fake_transport(s->below),
	                      &(struct over){
		.is_accepted = is_accepted,
		.target = &target,
		.tls = s->tls,
		.alpn = s->alpn,
	});
	assert_non_null(s->t);
	s->state = LOOP_WRITE;
}

/* What the peer's side gets, in pieces of `piece` bytes. */
static void carry(struct side *from, struct side *to, size_t piece)
{
	const char *bytes = fake_written(from->below);
	size_t len = fake_written_len(from->below);

	for (size_t at = 0; at < len; at += piece) {
		if (piece > len)
			piece = len;
		fake_feed_bytes(to->below, bytes + at,
		                len - at < piece ? len - at : piece);
	}
	fake_forget_written(from->below);
}

static void go_on(struct side *s)
{
	if (s->state <= 0)
		return;
	s->state = s->t->ops->advance(s->t);
	s->errnum = s->state < 0 ? errno : 0;
	s->t->is_open = s->state == 0;
}

static bool is_done(const struct side *s)
{
	return s->state <= 0;
}

/* Until both have opened or failed. */
static void shake_hands(size_t piece)
{
	for (int i = 0; i < 20000 && !(is_done(&client) && is_done(&server));
	     i++) {
		go_on(&client);
		carry(&client, &server, piece);
		go_on(&server);
		carry(&server, &client, piece);
	}
}

__attribute__((unused))
static const char *explain(struct side *s)
{
	transport_explain(s->t->ops, &(struct failure){
		.kind = FAILED_LATER,
		.errnum = s->errnum,
		.where = "localhost:9999",
		.transport = s->t,
		.story = &(struct explain_break){ .bytes_in = 0 },
	}, &s->e);
	return s->e.text;
}

static void scene_prepare(void)
{
	fake_start();
	/* Reading what the system trusts takes longer than all the rest. */
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	memset(&client, 0, sizeof(client));
	memset(&server, 0, sizeof(server));
	target = (struct endpoint){ .host = "localhost", .port = "9999",
	                            .is_tls = true };
}

static void scene_begin(void)
{
	put_over(&client, false);
	put_over(&server, true);
}

static void side_finish(struct side *s)
{
	if (s->t)
		s->t->ops->close(s->t, false);
	tls_free(s->tls);
}

static void scene_finish(void)
{
	side_finish(&client);
	side_finish(&server);
	assert_int_equal(fake_finish(), 0);
}

__attribute__((unused))
static size_t say(struct side *s, const char *bytes, size_t len)
{
	ssize_t n = s->t->ops->write(s->t, bytes, len);

	return n < 0 ? 0 : (size_t)n;
}

/* All that can be read now, as text. */
__attribute__((unused))
static const char *hear(struct side *s)
{
	static char text[1 << 18];
	size_t len = 0;
	ssize_t n = 1;

	for (int idle = 0; idle < 100 && n; idle = n > 0 ? 0 : idle + 1) {
		n = s->t->ops->read(s->t, text + len, sizeof(text) - 1 - len);
		s->errnum = n < 0 ? errno : 0;
		len += n > 0 ? (size_t)n : 0;
	}
	text[len] = '\0';
	return text;
}

/* An open connection, in `max` or an older version, whose client trusts
 * anybody. */
__attribute__((unused))
static void open_with(int max)
{
	scene_prepare();
	client.settings.insecure = true;
	client.settings.max = max;
	scene_begin();
	shake_hands(WHOLE);
	assert_int_equal(client.state, 0);
	assert_int_equal(server.state, 0);
}

__attribute__((unused))
static void scene_open(void)
{
	open_with(TLS_ANY);
}

#endif
