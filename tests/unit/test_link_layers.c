/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link whose transport lies on another one. */

#include <sockchat/link_layers.h>

#include "link_scene.h"

static int64_t timeout_ms = 5000;
static size_t secures;
static char told[256];

static void on_secured(struct link *l)
{
	secures++;
	link_step(l, now.wishes);
}

static struct link_ops layer_ops;

static int start_layers(void **state)
{
	start(state);
	layer_ops = ops;
	layer_ops.on_secured = on_secured;
	now.link.ops = &layer_ops;
	secures = 0;
	*told = 0;
	return 0;
}

static void dial_layers(bool is_tls, enum proxy_kind kind)
{
	struct dial_settings settings = {
		.timeout_ms = timeout_ms, .wire = &now.wire,
	};
	struct endpoint ep = { .host = "127.0.0.1", .port = "9" };
	ep.is_tls = is_tls;
	settings.proxy.kind = kind;
	settings.proxy.endpoint =
	    (struct endpoint){ .host = "127.0.0.1", .port = "9" };
	assert_int_equal(link_dial(&now.link, fake_kind(), &ep, &settings,
	                           NULL), 0);
	turn();
	now.fake = fake_last();
}

static void answer(const char *bytes)
{
	fake_feed(now.fake, bytes);
	turn();
}

/* The layer that the link has is not the fake itself. */
static void note_open(struct link *l, const struct address *peer)
{
	assert_int_equal(address_port(peer), 9);
	now.opens++;
	link_step(l, LOOP_READ);
}

static void open_layer(void)
{
	layer_ops.on_open = note_open;
	now.wishes = LOOP_READ;
	dial_layers(true, PROXY_NONE);
	answer("1");
	assert_int_equal(now.opens, 1);
}

static void tls_opens_on_the_connection(void **state)
{
	(void)state;
	fake_set_layer_rounds(2);
	layer_ops.on_open = note_open;
	dial_layers(true, PROXY_NONE);
	assert_false(fake_transport(now.fake)->has_moved);
	answer("1");
	assert_true(fake_transport(now.fake)->has_moved);
	assert_int_equal(now.opens, 0);
	answer("2");
	assert_int_equal(now.opens, 1);
	assert_non_null(now.link.transport->lower);
	assert_int_equal(now.link.traits, fake_kind()->traits);
}

/* Behind a proxy nobody knows the peer's address. */
static void note_through(struct link *l, const struct address *peer)
{
	assert_int_equal(peer->len, 0);
	assert_non_null(strstr(link_called(l),
	                       WHERE " through the proxy " WHERE));
	now.opens++;
	link_step(l, LOOP_READ);
}

static void nothing_of_a_proxy_is_left(void **state)
{
	(void)state;
	layer_ops.on_open = note_through;
	dial_layers(false, PROXY_SOCKS5);
	assert_int_equal(now.opens, 0);
	answer("1");
	assert_int_equal(now.opens, 1);
	assert_null(now.link.transport->lower);
}

static void tls_lies_on_what_the_proxy_opened(void **state)
{
	(void)state;
	layer_ops.on_open = note_through;
	dial_layers(true, PROXY_HTTP);
	answer("p");
	assert_int_equal(now.opens, 0);
	answer("t");
	assert_int_equal(now.opens, 1);
	assert_ptr_equal(now.link.transport->lower, fake_transport(now.fake));
}

static void a_layer_says_why_it_did_not_open(void **state)
{
	(void)state;
	dial_layers(true, PROXY_NONE);
	answer("!");
	assert_over(0);
	assert_string_equal(now.error.text,
	                    "tls://" WHERE ": the layer did not open");
}

static void a_layer_that_stays_silent_has_the_dials_time(void **state)
{
	(void)state;
	dial_layers(true, PROXY_NONE);
	wait_ms(4999);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(0);
	assert_string_equal(now.error.code, "ETIMEDOUT");
}

static void a_layer_has_a_time_also_when_none_was_said(void **state)
{
	(void)state;
	timeout_ms = 0;
	dial_layers(true, PROXY_NONE);
	timeout_ms = 5000;
	clock_ns += (DIAL_LAYERS_TIMEOUT_MS - 1) * MS_NS;
	turn();
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(0);
	assert_string_equal(now.error.code, "ETIMEDOUT");
}

static void a_connection_that_ends_while_a_layer_opens_has_failed(void **state)
{
	(void)state;
	dial_layers(true, PROXY_SOCKS4);
	fake_feed_end(now.fake);
	turn();
	assert_over(0);
	assert_string_equal(now.error.code, "ECONNRESET");
}

static void closing_gives_up_a_layer(void **state)
{
	(void)state;
	dial_layers(true, PROXY_NONE);
	link_close(&now.link, false);
	assert_int_equal(now.opens + now.overs, 0);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

/* 16 bytes come from below at once, and a read gives 4: nothing makes the
 * descriptor ready again.  Returns how often the link has been ready. */
static size_t hold_bytes_in_layer(void)
{
	char bytes[4];

	open_layer();
	now.reads = false;
	fake_feed(now.fake, "abcdefghijkl");
	turn();
	assert_int_equal(link_read(&now.link, bytes, 4), 4);
	return now.readies;
}

static void bytes_that_a_layer_holds_do_not_stall(void **state)
{
	(void)state;
	size_t before = hold_bytes_in_layer();
	step(LOOP_READ);
	wait_ms(1);
	assert_true(now.readies > before);
}

static void bytes_that_nobody_wishes_are_not_offered(void **state)
{
	(void)state;
	size_t before = hold_bytes_in_layer();
	step(0);
	wait_ms(5);
	assert_int_equal(now.readies, before);
}

/* While our side cannot write, and reading needs that, it is not ready. */
static void reading_may_have_to_write(void **state)
{
	(void)state;
	open_layer();
	fake_swap_wants(true);
	fake_limit_write(now.fake, 0);
	step(LOOP_READ);
	fake_feed(now.fake, "abc");
	turn();
	assert_string_equal(now.came, "");
	fake_limit_write(now.fake, SIZE_MAX);
	turn();
	assert_string_equal(now.came, "abc");
}

static void writing_may_have_to_read(void **state)
{
	(void)state;
	open_layer();
	now.reads = false;
	fake_swap_wants(true);
	step(LOOP_WRITE);
	size_t before = now.readies;
	turn();
	assert_int_equal(now.readies, before);
	fake_feed(now.fake, "x");
	turn();
	assert_true(now.readies > before);
}

static void what_a_layer_holds_goes_out_when_nothing_is_wished(void **state)
{
	(void)state;
	open_layer();
	fake_owe_records(true);
	step(0);
	size_t before = now.readies;
	wait_ms(5);
	assert_false(fake_owes_records());
	assert_true(now.readies <= before + 1);
}

static void an_end_that_proves_nothing_is_told_as_such(void **state)
{
	(void)state;
	open_layer();
	fake_leave_end_unproven(true);
	fake_feed(now.fake, "last");
	fake_feed_end(now.fake);
	step(LOOP_READ);
	assert_string_equal(now.came, "last");
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(10);
	assert_int_equal(now.overs, 1);
	assert_string_equal(now.error.text,
	                    "tls://" WHERE ": the end is unproven");
}

/* In mid-conversation */

static void secure(const char *early)
{
	const struct over how = {
		.is_accepted = true, .early = early, .early_len = strlen(early),
	};
	now.wishes = LOOP_READ;
	assert_int_equal(link_secure(&now.link, &how, 50), 0);
	turn();
}

static void tls_begins_in_mid_conversation(void **state)
{
	(void)state;
	accept_peer();
	step(LOOP_READ);
	answer("plain");
	secure("");
	assert_true(fake_transport(now.fake)->has_moved);
	assert_int_equal(secures, 0);
	step(LOOP_READ); /* harmless */
	answer("1abc");
	wait_ms(1);
	assert_int_equal(secures, 1);
	assert_string_equal(now.came, "plainabc");
	assert_int_equal(now.link.bytes_in, 8);
	assert_int_equal(now.opens, 1);
}

static void a_handshake_is_no_silence(void **state)
{
	(void)state;
	accept_peer();
	step(LOOP_READ);
	link_set_idle(&now.link, 20 * MS_NS);
	secure("");
	wait_ms(30);
	answer("1");
	wait_ms(1);
	assert_int_equal(secures, 1);
	assert_int_equal(now.overs, 0);
	link_set_idle(&now.link, 20 * MS_NS);
	wait_ms(18);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(ETIMEDOUT);
}

static void what_was_read_before_is_the_layers(void **state)
{
	(void)state;
	accept_peer();
	step(LOOP_READ);
	secure("1xyz");
	wait_ms(1);
	assert_int_equal(secures, 1);
	assert_string_equal(now.came, "xyz");
}

static void a_layer_that_fails_in_mid_conversation_is_the_end(void **state)
{
	(void)state;
	accept_peer();
	step(LOOP_READ);
	secure("!");
	assert_int_equal(secures, 0);
	assert_over(0);
	assert_string_equal(now.error.text, WHERE ": the layer did not open");
}

static void a_layer_in_mid_conversation_has_its_time(void **state)
{
	(void)state;
	accept_peer();
	step(LOOP_READ);
	secure("");
	wait_ms(49);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(0);
	assert_string_equal(now.error.code, "ETIMEDOUT");
}

/* Who hears what moves */

static void hear(void *user, const struct wire_news *n)
{
	static const char *const kinds[] = {
		[WIRE_OPEN] = "open", [WIRE_END] = "end",
		[WIRE_BROKEN] = "broken", [WIRE_CLOSED] = "closed",
	};
	(void)user;
	snprintf(told + strlen(told), sizeof(told) - strlen(told),
	         "%s%s%c%.*s%s ", n->layers & WIRE_SOCKET ? "s" : "",
	         n->layers & WIRE_USER ? "u" : "", n->is_out ? '>' : '<',
	         (int)n->len, n->bytes ? (const char *)n->bytes : "",
	         n->bytes ? "" : kinds[n->kind]);
	errno = ENOSPC; /* as of a recording's file */
}

static struct wire_listener ear = { .on_wire = hear };

static void who_hears_is_told_layer_by_layer(void **state)
{
	(void)state;
	wire_listen(&now.wire, &ear);
	open_layer();
	told[0] = '\0';
	fake_feed(now.fake, "abcde");
	step(LOOP_READ);
	write_text("out");
	assert_string_equal(told, "s<abcde u<abcd u<e s>out u>out ");
}

static void a_plain_connection_is_told_once(void **state)
{
	(void)state;
	wire_listen(&now.wire, &ear);
	accept_peer();
	answer("a");
	write_text("b");
	assert_string_equal(told, "s<open su<a su>b ");
}

static void what_who_hears_does_is_not_taken_for_the_break(void **state)
{
	(void)state;
	wire_listen(&now.wire, &ear);
	open_layer();
	fake_feed_error(now.fake, ECONNRESET);
	step(LOOP_READ);
	assert_over(ECONNRESET);
}

static void who_hears_no_more_is_told_nothing(void **state)
{
	(void)state;
	accept_peer();
	wire_listen(&now.wire, &ear);
	answer("a");
	wire_unlisten(&now.wire, &ear);
	answer("b");
	assert_string_equal(told, "su<a ");
}

#define LAYERS(name)                                                          \
	cmocka_unit_test_setup_teardown(name, start_layers, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAYERS(tls_opens_on_the_connection),
		LAYERS(nothing_of_a_proxy_is_left),
		LAYERS(tls_lies_on_what_the_proxy_opened),
		LAYERS(a_layer_says_why_it_did_not_open),
		LAYERS(a_layer_that_stays_silent_has_the_dials_time),
		LAYERS(a_layer_has_a_time_also_when_none_was_said),
		LAYERS(a_connection_that_ends_while_a_layer_opens_has_failed),
		LAYERS(closing_gives_up_a_layer),
		LAYERS(bytes_that_a_layer_holds_do_not_stall),
		LAYERS(bytes_that_nobody_wishes_are_not_offered),
		LAYERS(reading_may_have_to_write),
		LAYERS(writing_may_have_to_read),
		LAYERS(what_a_layer_holds_goes_out_when_nothing_is_wished),
		LAYERS(an_end_that_proves_nothing_is_told_as_such),
		LAYERS(tls_begins_in_mid_conversation),
		LAYERS(a_handshake_is_no_silence),
		LAYERS(what_was_read_before_is_the_layers),
		LAYERS(a_layer_that_fails_in_mid_conversation_is_the_end),
		LAYERS(a_layer_in_mid_conversation_has_its_time),
		LAYERS(who_hears_is_told_layer_by_layer),
		LAYERS(a_plain_connection_is_told_once),
		LAYERS(what_who_hears_does_is_not_taken_for_the_break),
		LAYERS(who_hears_no_more_is_told_nothing),
	};
	return run_over_each_kind(tests);
}
