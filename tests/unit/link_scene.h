/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link over a transport without a network, its owner, and a clock that is
 * made by hand: for one test program. */

#ifndef TESTS_LINK_SCENE_H
#define TESTS_LINK_SCENE_H

#include "unit.h"

#include <errno.h>

#include <sockchat/link.h>
#include <sockchat/link_fault.h>
#include <sockchat/wire.h>

#include "each_kind.h"
#include "made_clock.h"

#define WHERE "127.0.0.1:9"

static struct owner {
	struct link link;
	struct wire wire; /* who hears it */
	struct loop *loop;
	struct fake *fake;
	unsigned wishes;   /* at each step */
	bool reads;        /* all there is, when it is ready */
	char came[64];
	size_t opens, readies, ends_out, overs, waits, alarms[LINK_ALARMS];
	size_t unacked;    /* as was told */
	int code;          /* of the verdict: 0 for as it should */
	struct error error;
	size_t told;         /* strikes of faults, and the last of them */
	char last_told[256];
} now;

static inline void turn(void)
{
	turn_loop(now.loop);
}

static inline void wait_ms(int ms)
{
	pass_ms(now.loop, ms);
}

static inline void step(unsigned wishes)
{
	now.wishes = wishes;
	link_step(&now.link, wishes);
	turn();
}

static inline void read_all(void)
{
	size_t len = strlen(now.came);
	ssize_t n = 1;
	while (n > 0 && halves_is_in_open(now.link.halves)) {
		n = link_read(&now.link, now.came + len,
		              sizeof(now.came) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
}

static inline void on_ready(struct link *l, unsigned ready)
{
	assert_ptr_equal(l, &now.link);
	now.readies++;
	if (ready & LOOP_READ && now.reads)
		read_all();
	if (ready & LOOP_HANGUP)
		link_break(l, EPIPE);
	link_step(l, now.wishes);
}

static inline void on_open(struct link *l, const struct address *peer)
{
	assert_int_equal(address_port(peer), 9);
	assert_true(l->is_accepted || dial_timing(l->dial)->total_us >= 0);
	now.opens++;
	now.fake = fake_of(l->transport);
}

static inline void on_alarm(struct link *l, unsigned which)
{
	(void)l;
	now.alarms[which]++;
}

static inline void on_end_out(struct link *l)
{
	(void)l;
	now.ends_out++;
}

static inline void on_wait(struct link *l, size_t unacked)
{
	(void)l;
	now.waits++;
	now.unacked = unacked;
}

static inline void on_fault(struct link *l, const char *text)
{
	(void)l;
	now.told++;
	snprintf(now.last_told, sizeof(now.last_told), "%s", text);
}

static inline void on_over(struct link *l, const struct error *e,
                           uint64_t unacked)
{
	assert_int_equal(unacked, 0); /* the fake is no TCP */
	now.overs++;
	now.code = e ? l->is_silent ? ETIMEDOUT : l->broken : 0;
	if (e)
		now.error = *e;
	link_end_faults(l);
	link_close(l, false);
}

static const struct link_ops ops = {
	.on_open = on_open,
	.on_ready = on_ready,
	.on_alarm = on_alarm,
	.on_end_out = on_end_out,
	.on_fault = on_fault,
	.on_wait = on_wait,
	.on_over = on_over,
};

static inline int start(void **state)
{
	(void)state;
	memset(&now, 0, sizeof(now));
	clock_ns = 1000000 * MS_NS;
	fake_start();
	now.loop = loop_new(LOOP_AUTO);
	now.reads = true;
	link_init(&now.link, now.loop, &ops);
	now.link.where = WHERE;
	return 0;
}

static inline void accept_peer(void)
{
	const struct address peer = fake_address(WHERE);
	now.fake = fake_open();
	fake_transport(now.fake)->wire = &now.wire;
	link_take(&now.link, fake_transport(now.fake), &peer);
}

static inline int start_open(void **state)
{
	start(state);
	accept_peer();
	step(LOOP_READ);
	return 0;
}

static inline int finish(void **state)
{
	(void)state;
	link_close(&now.link, false);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

static inline void write_text(const char *text)
{
	ssize_t n = link_write(&now.link, text, strlen(text));
	assert_true(n < 0 || (size_t)n == strlen(text));
}

static inline void assert_over(int code)
{
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.code, code);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

static inline void dial(void)
{
	const struct dial_settings settings = {
		.timeout_ms = 5000, .wire = &now.wire,
	};
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9" };
	assert_int_equal(link_dial(&now.link, fake_kind(), &ep, &settings,
	                           NULL), 0);
	turn();
	now.fake = fake_last();
}

#define OPEN(name)  cmocka_unit_test_setup_teardown(name, start_open, finish)
#define FRESH(name) cmocka_unit_test_setup_teardown(name, start, finish)

#endif
