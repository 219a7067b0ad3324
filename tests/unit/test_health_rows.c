/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection does: the rows of details. */

#include <errno.h>

#include <sockchat/dial.h>

#include "health_scene.h"

static char page[4000];

static void note(void *user, enum health_row kind, const char *label,
                 const char *text)
{
	size_t len = strlen(page);
	(void)user;
	snprintf(page + len, sizeof(page) - len, "%d %s: %s\n", (int)kind,
	         label, text);
}

static const char *rows(void)
{
	page[0] = '\0';
	health_rows(&health, &f, note, NULL);
	return page;
}

#define assert_row(text) assert_non_null(strstr(rows(), text))

static void the_details_tell_both_ends_and_both_directions(void **state)
{
	(void)state;
	f.in = 2048;
	f.in_messages = 2;
	f.in_ns = f.now.mono_ns - 3 * SECOND;
	f.out = 6;
	f.out_messages = 1;
	assert_row("0 peer: 127.0.0.1:9 (echo:9)\n");
	assert_row("0 here: 127.0.0.1:8, sockchat (pid 77)\n");
	assert_row("0 process: nc (pid 78)\n");
	assert_row("1 state: ESTABLISHED, open both ways, since ");
	assert_row(" (10 s)\n");
	assert_row("2 received: 2.0 KiB in 2 messages, 0 B/s, last 3 s ago\n");
	assert_row("3 sent: 6 B in 1 message, 0 B/s\n");
	assert_null(strstr(rows(), "connected: "));
	f.is_accepted = true;
	f.name[0] = f.owner[0] = '\0';
	assert_row("0 peer: 127.0.0.1:9\n0 here: ");
	f.since.mono_ns += SECOND;
	assert_row("0 connected: at ");
	assert_row(", 10 s ago\n1 state: ");
	f.phase = ENTRY_CONNECTING;
	f.opened.mono_ns = 0;
	assert_null(strstr(rows(), "connected: "));
	assert_row("state: SYN-SENT, our SYN is sent, since ");
}

static void without_tcp_no_state_of_its_is_told(void **state)
{
	(void)state;
	f.is_tcp = f.has_tcp = false;
	assert_row("0 state: open, since ");
	assert_row(" (10 s)\n");
	assert_null(strstr(rows(), "ESTABLISHED"));
	assert_null(strstr(rows(), "TCP"));
	f.phase = ENTRY_HALF_CLOSED;
	assert_row("0 state: half-closed, since ");
	f.phase = ENTRY_CONNECTING;
	assert_row("0 state: connecting, since ");
}

static void of_datagrams_it_is_told_what_the_system_did(void **state)
{
	static const struct timing timing = {
		.resolve_us = 1500, .try_count = 1, .tls_us = -1,
		.first_byte_us = -1,
	};
	(void)state;
	f.is_tcp = f.has_tcp = false;
	f.has_messages = true;
	f.in_messages = 2;
	f.in_ns = f.now.mono_ns - 3 * SECOND;
	f.timing = &timing;
	assert_row("0 state: open, since ");
	assert_row("2 received: 0 B in 2 datagrams, 0 B/s, last 3 s ago\n");
	assert_row("3 sent: 0 B in 0 datagrams, 0 B/s\n");
	assert_row("0 dropped: none by our system\n");
	assert_row("0 opening: looked up in 1.50 ms, no byte has come yet\n");
	assert_null(strstr(rows(), "MTU"));
	assert_null(strstr(rows(), "TCP"));
	f.datagrams = (struct datagram_facts){ .dropped = 1, .mtu = 1500 };
	assert_row("0 dropped: 1 datagram by our system, as its buffer was "
	           "full\n");
	assert_row("0 MTU: 1500 bytes: what is longer goes in fragments\n");
}

static void what_the_ends_are_called_is_told_with_them(void **state)
{
	(void)state;
	snprintf(f.peer_name, sizeof(f.peer_name), "echo");
	snprintf(f.local_name, sizeof(f.local_name), "here.example");
	assert_row("0 peer: 127.0.0.1:9 (echo:9)\n");
	assert_row("0 here: 127.0.0.1:8 (here.example), sockchat (pid 77)\n");
	snprintf(f.peer_name, sizeof(f.peer_name), "other.example");
	assert_row("0 peer: 127.0.0.1:9 (echo:9) (other.example)\n");
	snprintf(f.name, sizeof(f.name), "%s", f.peer);
	assert_row("0 peer: 127.0.0.1:9 (other.example)\n");
	f.name[0] = '\0';
	assert_row("0 peer: 127.0.0.1:9 (other.example)\n");
}

static void the_details_tell_what_the_system_knows(void **state)
{
	(void)state;
	f.queued = 1;
	f.tcp = (struct tcpinfo){
		.state = TCP_STATE_ESTABLISHED,
		.rtt_us = 82, .rttvar_us = 12345, .min_rtt_us = 1500000,
		.retransmits = 3, .resent = 1448,
		.cwnd = 10, .snd_mss = 1448,
		.delivery_rate = 2048, .is_app_limited = true,
		.busy_us = 2000000, .rwnd_limited_us = 1000000,
		.sndbuf_limited_us = 500000,
		.has_peer_window = true, .peer_window = 65536,
		.unacked = 7, .unsent = 3, .unread = 5,
	};
	assert_row("waiting: 1 B queued, 3 B unsent, 4 B unacknowledged; "
	           "5 B unread\n");
	assert_row("round trip: 0.082 ms, varies by 12.3 ms, 1.5 s at least\n");
	assert_row("retransmits: 3, 0 in the last minute; 1.4 KiB sent "
	           "again\n");
	assert_row("windows: 64.0 KiB the peer's, 10 segments of 1448 B (MSS) "
	           "by congestion\n");
	assert_row("delivered: at least 2.0 KiB/s (limited by what you "
	           "sent)\n");
	assert_row("held up: by the peer's window 50%, our buffer 25%, "
	           "congestion 25% of 2.0 s\n");
	f.tcp.has_peer_window = false;
	f.tcp.delivery_rate = f.tcp.busy_us = f.tcp.retransmits = 0;
	assert_row("windows: 10 segments of 1448 B (MSS) by congestion\n");
	assert_row("retransmits: none\n");
	assert_row("held up: never\n");
	assert_null(strstr(rows(), "delivered"));
}

static void where_the_time_went_is_told_for_each_address(void **state)
{
	struct timing t = {
		.resolve_us = 1500,
		.tls_us = -1,
		.first_byte_us = -1,
		.tries = { { .where = "[::1]:9", .errnum = ECONNREFUSED,
			     .us = 90 },
			   { .where = "127.0.0.1:9", .us = 250 } },
		.try_count = 2,
	};
	(void)state;
	f.timing = &t;
	assert_row("opening: looked up in 1.50 ms, "
	           "[::1]:9 connection refused in 0.090 ms, "
	           "127.0.0.1:9 open in 0.250 ms, no byte has come yet\n");
	t.tries[0] = t.tries[1];
	t.try_count = 1;
	t.resolve_us = 0;
	t.first_byte_us = 2000000;
	assert_row("opening: open in 0.250 ms, first byte 2.0 s later\n");
	t.tls_us = 12300;
	assert_row("opening: open in 0.250 ms, TLS in 12.3 ms, "
	           "first byte 2.0 s later\n");
}

static void what_tls_has_agreed_on_has_rows_of_its_own(void **state)
{
	const struct tls_facts tls = {
		.version = "TLSv1.3", .cipher = "TLS_AES_256_GCM_SHA384",
		.chain = { { .subject = "CN=x", .issuer = "CN=y",
			     .end_s = 12 * 86400 } },
		.chain_count = 1, .names = "x.example",
	};
	(void)state;
	assert_null(strstr(rows(), "TLS"));
	f.tls = &tls;
	assert_row("0 TLS: TLSv1.3 with TLS_AES_256_GCM_SHA384\n");
	assert_row("0 certificate: CN=x, for x.example\n");
	assert_row("0 valid: until 1970-01-13, ends in 12 days\n");
}

static void the_settings_of_our_socket_are_the_last_rows(void **state)
{
	(void)state;
	f.has_socket = f.is_v6 = true;
	f.socket = (struct socket_values){
		.of = { 1, 60, 10, 6, 1, 64, 0, 46080, 131072, 0 },
	};
	const char *last = strstr(rows(), "0 keepalive: after 60 s of silence, "
	                                  "every 10 s, 6 times\n");
	assert_non_null(last);
	assert_string_equal(strchr(last, '\n') + 1,
	                    "0 socket: nodelay on, hop limit 64, traffic class "
	                    "0 (0x00)\n"
	                    "0 buffers: 46080 bytes to send, 131072 to "
	                    "receive\n");
}

static void a_system_that_tells_less_is_told_once(void **state)
{
	(void)state;
	f.has_tcp = false;
	assert_row("TCP: this system does not tell more\n");
	assert_row("waiting: 0 B queued\n");
	f.phase = ENTRY_CLOSED;
	assert_row("state: CLOSED, no connection");
	assert_null(strstr(rows(), "TCP:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, start)
		T(the_details_tell_both_ends_and_both_directions),
		T(without_tcp_no_state_of_its_is_told),
		T(of_datagrams_it_is_told_what_the_system_did),
		T(what_the_ends_are_called_is_told_with_them),
		T(the_details_tell_what_the_system_knows),
		T(where_the_time_went_is_told_for_each_address),
		T(what_tls_has_agreed_on_has_rows_of_its_own),
		T(the_settings_of_our_socket_are_the_last_rows),
		T(a_system_that_tells_less_is_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
