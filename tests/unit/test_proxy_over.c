/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A proxy as a layer that leaves: over a transport without a network. */

#include "unit.h"

#include <errno.h>

#include <sockchat/loop.h>

#include "../../src/net/proxy_over.h"
#include "../fake/fake_transport.h"

static struct proxy_settings proxy;
static struct endpoint target;
static struct fake *below;
static struct transport *layer;

static int start_over(void **state)
{
	(void)state;
	fake_start();
	below = fake_open();
	return 0;
}

static int finish_over(void **state)
{
	(void)state;
	assert_int_equal(fake_finish(), 0);
	return 0;
}

static void lay_over(const char *url, const char *host)
{
	const struct over how = { .target = &target, .proxy = &proxy };
	const char *words[] = { host, "443" };
	struct error e;

	assert_int_equal(proxy_parse(&proxy, url, &e), 0);
	assert_int_equal(endpoint_parse(&target, ENDPOINT_CONNECT, words, 2,
	                                &e), 0);
	layer = transport_over(&transport_proxy, fake_transport(below), &how);
	assert_non_null(layer);
}

static int advance(void)
{
	return layer->ops->advance(layer);
}

static void close_layer(void)
{
	layer->ops->close(layer, false);
	assert_int_equal(fake_end(below), FAKE_CLOSED);
}

static void assert_told(int64_t timeout_ms, const char *text, const char *code)
{
	const struct failure f = {
		.kind = FAILED_TO_CONNECT, .errnum = EPROTO,
		.where = "the proxy p:1", .transport = layer,
		.timeout_ms = timeout_ms,
	};
	struct error e;

	transport_explain(layer->ops, &f, &e);
	assert_string_equal(e.text, text);
	assert_string_equal(e.code, code);
}

static void the_layer_leaves_and_the_peers_bytes_stay(void **state)
{
	char bytes[16];

	(void)state;
	lay_over("http://p:1", "h");
	assert_int_equal(advance(), LOOP_READ);
	assert_string_equal(fake_written(below), "CONNECT h:443 HTTP/1.1\r\n"
	                                         "Host: h:443\r\n\r\n");
	fake_feed(below, "HTTP/1.1 200 OK\r\n\r\nearly");
	assert_int_equal(advance(), 0);
	layer = transport_leave(layer);
	assert_ptr_equal(layer, fake_transport(below));
	assert_int_equal(layer->ops->read(layer, bytes, sizeof(bytes)), 5);
	assert_memory_equal(bytes, "early", 5);
	close_layer();
}

static void what_the_proxy_got_is_none_of_the_users_bytes(void **state)
{
	struct transport_facts facts;

	(void)state;
	lay_over("http://p:1", "h");
	assert_int_equal(advance(), LOOP_READ);
	fake_feed(below, "HTTP/1.1 200 OK\r\n\r\n");
	assert_int_equal(advance(), 0);
	layer = transport_leave(layer);
	fake_facts(below)->has_tcp = true;
	fake_facts(below)->tcp.acked = fake_written_len(below) + 5;
	transport_facts(layer, FACTS_TCP, &facts);
	assert_int_equal(facts.tcp.acked, 5);
	fake_facts(below)->tcp.acked = 5;
	transport_facts(layer, FACTS_TCP, &facts);
	assert_int_equal(facts.tcp.acked, 0);
	close_layer();
}

static void what_is_asked_may_take_many_writes_and_reads(void **state)
{
	static const char *const answers[] = { "H", "TTP/1.1 2", "00\r", "\n",
		                               "A: b\r\n", "\r" };

	(void)state;
	lay_over("http://p:1", "h");
	fake_limit_write(below, 1);
	fake_set_room(below, 10);
	assert_int_equal(advance(), LOOP_WRITE);
	fake_set_room(below, SIZE_MAX);
	assert_int_equal(advance(), LOOP_READ);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		fake_feed(below, answers[i]);
		assert_int_equal(advance(), LOOP_READ);
	}
	fake_feed(below, "\n");
	assert_int_equal(advance(), 0);
	close_layer();
}

static void each_way_to_end_early_is_told(void **state)
{
	(void)state;
	lay_over("http://p:1", "h");
	fake_feed_end(below);
	assert_int_equal(advance(), -1);
	assert_told(0, "the proxy p:1 closed the connection when we asked for "
	               "h:443", "PROXY_CLOSED");
	close_layer();
	below = fake_open();
	lay_over("http://p:1", "h");
	fake_feed(below, "HTTP/1.1 200");
	fake_feed_error(below, ECONNRESET);
	assert_int_equal(advance(), -1);
	assert_told(0, "the proxy p:1 closed the connection in the middle of "
	               "its answer about h:443: Connection reset by peer",
	            "PROXY_CLOSED");
	close_layer();
	below = fake_open();
	lay_over("http://p:1", "h");
	fake_fail_write(below, EPIPE);
	assert_int_equal(advance(), -1);
	assert_told(0, "the proxy p:1 closed the connection when we asked for "
	               "h:443: Broken pipe", "PROXY_CLOSED");
	close_layer();
}

static void each_way_to_stall_is_told(void **state)
{
	(void)state;
	lay_over("http://p:1", "h");
	fake_set_room(below, 3);
	assert_int_equal(advance(), LOOP_WRITE);
	assert_told(1500, "timed out: the proxy p:1 has not read the request "
	                  "for h:443 within 1.5 s", "ETIMEDOUT");
	fake_set_room(below, SIZE_MAX);
	assert_int_equal(advance(), LOOP_READ);
	assert_told(1500, "timed out: the proxy p:1 has not answered the "
	                  "request for h:443 within 1.5 s", "ETIMEDOUT");
	fake_feed(below, "HTTP");
	assert_int_equal(advance(), LOOP_READ);
	assert_told(1500, "timed out: the proxy p:1 has not finished its "
	                  "answer about h:443 within 1.5 s", "ETIMEDOUT");
	close_layer();
}

static void what_speaks_no_protocol_of_proxies_is_quoted(void **state)
{
	(void)state;
	lay_over("socks5://p:1", "h");
	fake_feed(below, "SSH-2.0-OpenSSH_9.2\r\n");
	assert_int_equal(advance(), -1);
	assert_told(0, "the proxy p:1 does not speak SOCKS5: it says "
	               "\"SSH-2.0-OpenSSH_9.2\"", "PROXY_PROTOCOL");
	close_layer();
}

static void a_target_that_cannot_be_asked_for_sends_nothing(void **state)
{
	(void)state;
	lay_over("socks4://p:1", "::1");
	assert_int_equal(advance(), -1);
	assert_int_equal(fake_written_len(below), 0);
	assert_told(0, "SOCKS4 has no IPv6 addresses, so the proxy cannot be "
	               "asked for ::1: use socks5:// or a name", "");
	close_layer();
}

#define OVER(name) \
	cmocka_unit_test_setup_teardown(name, start_over, finish_over)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OVER(the_layer_leaves_and_the_peers_bytes_stay),
		OVER(what_the_proxy_got_is_none_of_the_users_bytes),
		OVER(what_is_asked_may_take_many_writes_and_reads),
		OVER(each_way_to_end_early_is_told),
		OVER(each_way_to_stall_is_told),
		OVER(what_speaks_no_protocol_of_proxies_is_quoted),
		OVER(a_target_that_cannot_be_asked_for_sends_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
