/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A dial without network or resolver, on a clock that is made here: what it
 * meets is said before, and what it told is kept.  For one program of tests
 * each. */

#ifndef TESTS_DIAL_SCENE_H
#define TESTS_DIAL_SCENE_H

#include "unit.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

#include <sockchat/bytes.h>
#include <sockchat/dial.h>
#include <sockchat/explain.h>

#include "../fake/fake_transport.h"
#include "made_clock.h"

/* The resolver of this program: it answers with these addresses; or, if there
 * are none, with this EAI_… number; or, if that is 0, never. */
static const char *const *answers;
static int answer_eai;

/* What --source names, or ""; and its addresses, NULL: none. */
static const char *source;
static const char *const *source_answers;

struct resolve {
	struct later later;
	const char *const *answers;
	resolve_fn *fn;
	void *user;
};

static void answer(struct later *later)
{
	struct resolve *r = later->user;
	struct address list[16];
	struct error e = { 0 };
	size_t count = 0;

	for (; r->answers && r->answers[count]; count++)
		list[count] = fake_address(r->answers[count]);
	if (count == 0)
		explain_resolve(&e, answer_eai, 0, "name", "9999");
	r->fn(r->user, list, count, &e);
	free(r);
}

struct resolve *resolve_start(struct loop *l, const struct endpoint *ep,
                              const struct resolve_settings *settings,
                              resolve_fn *fn, void *user)
{
	struct resolve *r = calloc(1, sizeof(*r));

	bool is_source = strcmp(ep->port, "0") == 0;

	(void)settings;
	assert_non_null(r);
	r->answers = is_source ? source_answers : answers;
	r->later.on_call = answer;
	r->later.user = r;
	r->fn = fn;
	r->user = user;
	if (is_source || answers[0] || answer_eai)
		loop_later(l, &r->later);
	return r;
}

void resolve_cancel(struct resolve *r)
{
	if (r)
		later_cancel(&r->later);
	free(r);
}

/* What a dial has told, and the loop it runs on. */
struct scene {
	struct loop *loop;
	struct dial *dial;
	struct transport *transport;
	struct address peer;
	struct error error;
	struct timing timing;
	char called[EXPLAIN_WHERE_MAX];
	struct bytes steps; /* one a line */
	size_t connecting, done;
	bool cancels_in_steps;
};

static void on_connecting(void *user)
{
	((struct scene *)user)->connecting++;
}

static void on_step(void *user, const char *code, const char *text)
{
	struct scene *s = user;

	assert_true(*code);
	/* how long it took is another matter */
	const char *time = strstr(text, "after ");
	assert_true(!time || strstr(time, " ms"));
	int len = (int)(time ? time - text + 5 : (long)strlen(text));
	assert_int_equal(bytes_printf(&s->steps, "%.*s\n", len, text), 0);
	if (s->cancels_in_steps)
		dial_cancel(s->dial, false);
}

static void on_done(void *user, struct transport *t, const struct address *peer,
                    const struct error *e)
{
	struct scene *s = user;

	s->done++;
	s->transport = t;
	s->timing = *dial_timing(s->dial);
	snprintf(s->called, sizeof(s->called), "%s", dial_where(s->dial));
	if (t)
		s->peer = *peer;
	else
		s->error = *e;
	dial_cancel(s->dial, false); /* too late, and harmless */
}

static int set_up(void **state)
{
	static const char *const one[] = { "127.0.0.1:9999", NULL };
	struct scene *s = calloc(1, sizeof(*s));

	answers = one;
	answer_eai = 0;
	source = "";
	source_answers = NULL;
	clock_ns = 30 * 86400 * SECOND_NS;
	fake_start();
	s->loop = loop_new(LOOP_AUTO);
	*state = s;
	return s->loop ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	if (s->transport)
		s->transport->ops->close(s->transport, false);
	bytes_finish(&s->steps);
	loop_free(s->loop);
	free(s);
	return fake_finish() == 0 ? 0 : -1;
}

static void dial_to(struct scene *s, const char *host, int64_t timeout_ms)
{
	struct endpoint ep = { .port = "9999" };
	struct dial_settings settings = { .timeout_ms = timeout_ms };
	struct dial_steps steps = {
		.on_connecting = on_connecting,
		.on_step = on_step,
		.on_note = on_step,
		.user = s,
	};

	snprintf(ep.host, sizeof(ep.host), "%s", host);
	snprintf(settings.socket.source, sizeof(settings.socket.source), "%s",
	         source);
	s->dial = dial_start(s->loop, &transport_fake, &ep, &settings,
	                     &steps, on_done, s);
	assert_non_null(s->dial);
	assert_int_equal(s->done + s->connecting, 0);
}

static void run(struct scene *s)
{
	for (int i = 0; !s->done && i < 10000; i++)
		pass_ms(s->loop, 1);
	assert_int_equal(s->done, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
