/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A listener, and what it tells.  For one program of tests each. */

#ifndef TESTS_LISTENER_SCENE_H
#define TESTS_LISTENER_SCENE_H

#include "unit.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/bytes.h>
#include <sockchat/listener.h>

#include "../fake/fake_transport.h"

#define PEERS_MAX 256

static int ahead_s; /* of the real clock */

int clock_gettime(clockid_t id, struct timespec *time)
{
	int failed = (int)syscall(SYS_clock_gettime, id, time);

	time->tv_sec += ahead_s;
	return failed;
}

struct scene {
	struct loop *loop;
	struct listener *listener;
	struct dial_settings settings;
	struct bytes places; /* with a space behind each */
	struct address first;
	struct transport *peers[PEERS_MAX];
	struct address last_peer;
	struct bytes notes; /* one a line */
	size_t count, failed, unopened, troubles, reliefs;
	struct error error;
	bool pauses, frees; /* in on_peer */
};

static inline void on_listening(void *user, const struct address *list,
                                size_t count)
{
	struct scene *s = user;

	assert_int_equal(s->places.len, 0);
	s->first = list[0];
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];

		address_format(&list[i], text);
		assert_int_equal(bytes_printf(&s->places, "%s ", text), 0);
	}
}

static inline void on_note(void *user, const char *code, const char *text)
{
	struct scene *s = user;

	assert_int_equal(bytes_printf(&s->notes, "%s: %s\n", code, text),
	                 0);
}

static inline void on_peer(void *user, struct transport *t,
                           const struct address *peer)
{
	struct scene *s = user;

	assert_true(s->count < PEERS_MAX);
	s->peers[s->count++] = t;
	s->last_peer = *peer;
	if (s->pauses)
		listener_pause(s->listener);
	if (s->frees) {
		listener_free(s->listener);
		s->listener = NULL;
	}
}

static inline void on_trouble(void *user, const struct error *e)
{
	struct scene *s = user;

	s->troubles++;
	s->error = *e;
}

static inline void on_relief(void *user, const char *where)
{
	struct scene *s = user;

	s->reliefs++;
	assert_string_equal(where, "127.0.0.1:9999");
}

static inline void on_failed(void *user, const struct error *e)
{
	struct scene *s = user;
	s->failed++;
	s->error = *e;
}

static inline void on_unopened(void *user, const struct error *e)
{
	struct scene *s = user;

	s->unopened++;
	s->error = *e;
}

static const struct listener_ops ops = {
	.on_unopened = on_unopened,
	.on_listening = on_listening,
	.on_note = on_note,
	.on_peer = on_peer,
	.on_trouble = on_trouble,
	.on_relief = on_relief,
	.on_failed = on_failed,
};

static inline int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	fake_start();
	s->loop = loop_new(LOOP_AUTO);
	*state = s;
	return s->loop ? 0 : -1;
}

static inline int tear_down(void **state)
{
	struct scene *s = *state;
	listener_free(s->listener);
	for (size_t i = 0; i < s->count; i++)
		transport_close(s->peers[i], false);
	bytes_finish(&s->places);
	bytes_finish(&s->notes);
	loop_free(s->loop);
	free(s);
	return fake_finish() == 0 ? 0 : -1;
}

static inline void listen_on(struct scene *s,
                             const struct transport_ops *transport,
                             const char *host, unsigned port)
{
	struct endpoint ep = { 0 };

	snprintf(ep.host, sizeof(ep.host), "%s", host);
	snprintf(ep.port, sizeof(ep.port), "%u", port);
	s->listener =
	    listener_new(s->loop, transport, &ep, &s->settings, &ops, s);
	assert_non_null(s->listener);
	assert_int_equal(s->places.len, 0);
	for (int i = 0; !s->places.len && !s->failed && i < 100; i++)
		loop_turn(s->loop, 10000);
	assert_true(s->places.len || s->failed);
}

/* Let all that is ready happen. */
static inline void settle(struct scene *s)
{
	for (int i = 0; i < 5; i++)
		loop_turn(s->loop, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
