/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The sentences about the network, word for word. */

#include "golden.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/transport.h>

#include "../../src/net/explain_here.h"
#include "../../src/net/explain_own.h"
#include "../../src/net/explain_way.h"
#include "../../src/net/explain_udp.h"
#include "../../src/net/udp.h"
#include "../../src/net/unix.h"

#define WHERE "127.0.0.1:9999"

#define GOLDEN "tests/golden/explain.txt"

static void put(struct bytes *out, const char *when, const struct error *e)
{
	assert_true(*e->text && *e->hint);
	assert_true(strlen(e->text) < sizeof(e->text) - 1);
	assert_int_equal(bytes_printf(out, "%s %s\n  %s\n  hint: %s\n", when,
	                              e->code, e->text, e->hint), 0);
}

typedef void explain_fn(struct error *e, int errnum, const char *where);

/* Every errno that has a sentence of its own. */
static void put_all(struct bytes *out, const char *when, explain_fn *explain)
{
	for (int errnum = 1; errnum < 134; errnum++) {
		struct error e;

		explain(&e, errnum, WHERE);
		if (*e.hint)
			put(out, when, &e);
	}
}

static void explain_lost(struct error *e, int errnum, const char *where)
{
	explain_broken(e, errnum, where, &(struct explain_break){
		.bytes_in = 10,
	});
}

static void put_resets(struct bytes *out)
{
	static const struct tcpinfo some = { .acked = 8 };
	static const struct tcpinfo all = { .acked = 13 };
	static const struct {
		const char *when;
		struct explain_break b;
	} list[] = {
		{ "reset at once", { .info = &some } },
		{ "reset unasked", { .bytes_in = 1, .info = &some } },
		{ "reset with unread input",
		  { .bytes_in = 3, .bytes_out = 12, .info = &all } },
		{ "reset, connected to us",
		  { .bytes_out = 12, .is_accepted = true, .info = &some } },
		{ "reset, 5 lost", { .bytes_out = 12, .info = &some } },
		{ "reset after its end",
		  { .bytes_out = 12, .has_peer_ended = true, .info = &all } },
		{ "reset of plain text",
		  { .bytes_out = 12, .is_plain = true, .info = &all } },
		{ "reset, nothing known", { .bytes_out = UINT64_MAX } },
	};
	struct error e;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		explain_broken(&e, ECONNRESET, WHERE, &list[i].b);
		put(out, list[i].when, &e);
	}
}

static void put_lookups(struct bytes *out)
{
	static const int list[] = {
		EAI_NONAME, EAI_AGAIN,  EAI_FAIL,       EAI_SERVICE,
		EAI_FAMILY, EAI_MEMORY, EAI_ADDRFAMILY, EAI_NODATA,
	};
	struct error e;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		explain_resolve(&e, list[i], 0, "nohost", "noport");
		put(out, "lookup", &e);
	}
	explain_resolve(&e, EAI_SERVICE, 0, "", "nohost");
	put(out, "lookup, one word", &e);
	explain_zone(&e, "fe80::1%nosuch0", "nosuch0");
	put(out, "lookup", &e);
	explain_zone(&e, "::1%lo", "lo");
	put(out, "lookup", &e);
	explain_numeric(&e, "nohost");
	put(out, "lookup", &e);
	explain_resolve_timeout(&e, 2000, "nohost");
	put(out, "lookup", &e);
}

static void put_times(struct bytes *out)
{
	struct error e;

	explain_connect_timeout(&e, 500, WHERE);
	put(out, "connect", &e);
	explain_idle_timeout(&e, 90000, WHERE);
	put(out, "open", &e);
}

static void put_hint(struct bytes *out, const char *when,
                     const struct error *e)
{
	assert_int_equal(bytes_printf(out, "%s\n  hint: %s\n", when, e->hint),
	                 0);
}

/* What this machine knows. */
static void put_hints(struct bytes *out)
{
	static const char who[] = "python3 (pid 123, user bob)";
	char text[EXPLAIN_TEXT_MAX];
	struct error e;

	hint_elsewhere(&e, "[::1]:9999", who);
	put_hint(out, "refused, another address", &e);
	hint_neighbour(&e, "127.0.0.1:9998", "");
	put_hint(out, "refused, a port nearby", &e);
	explain_connect(&e, ECONNREFUSED, WHERE);
	hint_own_loopback(&e);
	put_hint(out, "refused, in a container", &e);
	hint_backlog(&e, who, 129);
	put_hint(out, "silent, on this machine", &e);
	hint_holder(&e, WHERE, who);
	put_hint(out, "in use, by a listener", &e);
	explain_user(&e, WHERE, "192.0.2.7:443", "uid 1000");
	put(out, "in use, by a connection", &e);
	explain_waiting(&e, WHERE, 58300);
	put(out, "in use, by nobody any more", &e);
	hint_first_port(&e, 1024);
	put_hint(out, "a port for root", &e);
	hint_addresses(&e, "192.0.2.1, 127.0.0.1, ::1");
	put_hint(out, "an address of others", &e);
	explain_left_out(text, EADDRNOTAVAIL, &(struct address){
		.sa.ss_family = AF_INET6, .len = sizeof(struct sockaddr_in6),
	});
	assert_int_equal(bytes_printf(out, "left out\n  %s\n", text), 0);
	word_time_wait(text, 9999, 3, 41200);
	assert_int_equal(bytes_printf(out, "left in TIME-WAIT\n  %s\n", text),
	                 0);
	assert_int_equal(bytes_printf(out, "ended wordless\n  %s\n",
	                              explain_closed_at_once(true)), 0);
}

/* Our end. */
static void put_own(struct bytes *out)
{
	static const char who[] = "python3 (pid 123, user bob)";
	struct error e;

	word_no_such_source(&e, "192.0.2.9", "192.0.2.1, 127.0.0.1, ::1");
	put(out, "source, of others", &e);
	word_source_port_held(&e, 5000, who);
	put(out, "source, in use", &e);
	word_source_port_first(&e, 80, 1024);
	put(out, "source, for root", &e);
	word_source_refused(&e, EINVAL, "fe80::1", 0);
	put(out, "source, without its zone", &e);
	word_still_connected(&e, 5000, WHERE);
	put(out, "connect, from the same port", &e);
	word_source_waits(&e, 5000, WHERE, 41200);
	put(out, "connect, from the same port", &e);
	word_no_device(&e, ENODEV, "eth9", "lo, eth0");
	put(out, "device", &e);
	word_no_device(&e, EPERM, "eth0", "");
	put(out, "device", &e);
	word_black_hole(&e, WHERE, false);
	put(out, "connect, into a black hole", &e);
	word_black_hole(&e, "[::1]:9999", true);
	put(out, "connect, into a black hole", &e);
	word_no_ipv6(&e, EADDRNOTAVAIL, "[::1]:9999");
	put(out, "connect, without IPv6", &e);
	word_no_ipv6(&e, ENETUNREACH, "[2001:db8::2]:9999");
	put(out, "connect, without IPv6", &e);
	explain_connect(&e, ENETUNREACH, WHERE);
	word_own_end(&e, "192.0.2.1", "eth0");
	put(out, "connect, from our end", &e);
}

static void put_datagrams(struct bytes *out)
{
	struct udp_trouble t = { .errnum = EHOSTUNREACH, .mtu = 1280 };
	static const int to_send[] = { EHOSTUNREACH, ENETUNREACH, ENETDOWN,
		                       EACCES, EPERM, EMSGSIZE, EINVAL,
		                       ENOBUFS };
	struct error e;

	for (t.kind = UDP_PORT; t.kind < UDP_OTHER; t.kind++) {
		explain_udp_trouble(&e, &t, WHERE, "");
		put(out, "datagram", &e);
		explain_udp_trouble(&e, &t, WHERE, "192.0.2.1");
		put(out, "datagram, on the way", &e);
	}
	for (size_t i = 0; i < sizeof(to_send) / sizeof(int); i++) {
		transport_explain(&transport_udp, &(struct failure){
			.kind = FAILED_LATER, .errnum = to_send[i],
			.where = "udp://" WHERE,
			.story = &(struct explain_break){ .bytes_in = 0 },
		}, &e);
		put(out, "datagram, not sent", &e);
	}
	explain_udp_dropped(&e, 12, WHERE);
	put(out, "datagrams, in vain", &e);
	explain_udp_broadcast(&e, "192.0.2.255:9999");
	put(out, "datagram", &e);
	hint_udp_elsewhere(&e, "127.0.0.1:9999", "uid 7", "-4");
	put_hint(out, "datagram, another address", &e);
	explain_udp_held(&e, WHERE, "uid 7");
	put(out, "listen", &e);
}

/* About a unix socket that does not exist, so nothing is known of it. */
static void explain_unix(struct error *e, unsigned kind, int errnum,
                         const struct explain_break *story)
{
	struct address a;

	address_set_unix(&a, "/nonexistent/x");
	transport_explain(&transport_unix, &(struct failure){
		.kind = kind,
		.errnum = errnum,
		.where = "unix:/nonexistent/x",
		.address = &a,
		.timeout_ms = errnum == ETIMEDOUT ? 2000 : 0,
		.story = story,
	}, e);
}

static void put_unix(struct bytes *out)
{
	static const int to_connect[] = { ECONNREFUSED, ENOENT, EACCES,
		                          EPROTOTYPE, ETIMEDOUT };
	static const int to_listen[] = { EADDRINUSE, ENOENT, EACCES };
	static const struct explain_break stories[] = {
		{ .bytes_in = 3, .has_peer_ended = true },
		{ .bytes_in = 0 },
		{ .bytes_out = 12 },
	};
	struct error e;

	for (size_t i = 0; i < sizeof(to_connect) / sizeof(int); i++) {
		explain_unix(&e, FAILED_TO_CONNECT, to_connect[i], NULL);
		put(out, "connect, unix", &e);
	}
	for (size_t i = 0; i < sizeof(to_listen) / sizeof(int); i++) {
		explain_unix(&e, FAILED_TO_LISTEN, to_listen[i], NULL);
		put(out, "listen, unix", &e);
	}
	for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++) {
		explain_unix(&e, FAILED_LATER, ECONNRESET, &stories[i]);
		put(out, "open, unix", &e);
	}
}

static void every_sentence_is_the_one_in_the_golden_file(void **state)
{
	struct bytes out;

	(void)state;
	bytes_init(&out, 65536);
	put_all(&out, "connect", explain_connect);
	put_all(&out, "listen", explain_listen);
	put_all(&out, "accept", explain_accept);
	put_all(&out, "open", explain_lost);
	put_resets(&out);
	put_lookups(&out);
	put_times(&out);
	put_hints(&out);
	put_own(&out);
	put_datagrams(&out);
	put_unix(&out);
	assert_golden(GOLDEN, bytes_text(&out));
	bytes_finish(&out);
}

static void assert_begins(const char *text, const char *beginning)
{
	assert_memory_equal(text, beginning, strlen(beginning));
	assert_true(strlen(text) > strlen(beginning));
}

static void an_errno_without_a_sentence_says_at_least_its_meaning(void **state)
{
	struct error e;

	(void)state;
	explain_connect(&e, EIO, WHERE);
	assert_begins(e.text, "can't connect to " WHERE ": ");
	assert_string_equal(e.code, "EIO");
	explain_listen(&e, EIO, WHERE);
	assert_begins(e.text, "can't listen on " WHERE ": ");
	explain_accept(&e, EIO, WHERE);
	assert_begins(e.text, "can't accept peers on " WHERE ": ");
	explain_lost(&e, EIO, WHERE);
	assert_begins(e.text, "connection failed to " WHERE
	                      " after 10 bytes received and 0 bytes sent: ");
}

static void an_outcome_is_the_sentence_in_short(void **state)
{
	(void)state;
	assert_string_equal(explain_outcome(ECONNREFUSED),
	                    "connection refused");
	assert_string_equal(explain_outcome(ETIMEDOUT), "timed out");
	assert_string_equal(explain_outcome(EIO), strerror(EIO));
}

static void a_lookup_that_failed_in_the_system_says_its_errno(void **state)
{
	struct error e;

	(void)state;
	explain_resolve(&e, EAI_SYSTEM, EMFILE, "nohost", "80");
	assert_begins(e.text, "name lookup failed: nohost: ");
	assert_string_equal(e.code, "EMFILE");
	explain_resolve(&e, EAI_BADFLAGS, 0, "nohost", "80");
	assert_begins(e.text, "name lookup failed: nohost: ");
}

static void a_strangers_name_cannot_drive_the_terminal(void **state)
{
	struct error e;

	(void)state;
	explain_resolve(&e, EAI_NONAME, 0, "\033]0;x\a", "80");
	assert_string_equal(e.text, "unknown host: ^[]0;x^G is not a name that "
	                            "the resolver knows");
	explain_numeric(&e, "\033c");
	assert_null(strchr(e.text, '\033'));
	explain_resolve_timeout(&e, 1, "\033c");
	assert_null(strchr(e.text, '\033'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sentence_is_the_one_in_the_golden_file),
		cmocka_unit_test(
		    an_errno_without_a_sentence_says_at_least_its_meaning),
		cmocka_unit_test(an_outcome_is_the_sentence_in_short),
		cmocka_unit_test(
		    a_lookup_that_failed_in_the_system_says_its_errno),
		cmocka_unit_test(a_strangers_name_cannot_drive_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
