/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The sentences about the network, word for word. */

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/explain.h>

#define WHERE "127.0.0.1:9999"

struct sentence {
	int errnum;
	const char *text, *code;
};

typedef void explain_fn(struct error *e, int errnum, const char *where);

/* The sentence is this one, and it comes with a hint that fits. */
static void assert_error(const struct error *e, const char *text,
                         const char *code)
{
	assert_string_equal(e->text, text);
	assert_string_equal(e->code, code);
	assert_true(*e->hint != '\0');
	assert_true(strlen(e->hint) < sizeof(e->hint) - 1);
}

static void assert_all(const struct sentence *list, size_t count,
                       explain_fn *explain)
{
	for (size_t i = 0; i < count; i++) {
		struct error e;

		explain(&e, list[i].errnum, WHERE);
		assert_error(&e, list[i].text, list[i].code);
	}
}

#define ALL(list, explain)                                                     \
	assert_all(list, sizeof(list) / sizeof(list[0]), explain)

static void a_failed_connect_says_what_happened_to_what(void **state)
{
	static const struct sentence list[] = {
		{ ECONNREFUSED,
		  "connection refused: " WHERE
		  " is reachable, but nothing listens on that port",
		  "ECONNREFUSED" },
		{ ECONNRESET,
		  "connection reset: " WHERE
		  " took the connection and dropped it at once",
		  "ECONNRESET" },
		{ ETIMEDOUT, "timed out: " WHERE " does not answer",
		  "ETIMEDOUT" },
		{ EHOSTUNREACH, "host unreachable: nobody answers for " WHERE,
		  "EHOSTUNREACH" },
		{ ENETUNREACH,
		  "network unreachable: there is no route to " WHERE,
		  "ENETUNREACH" },
		{ ENETDOWN,
		  "network down: there is no interface up towards " WHERE,
		  "ENETDOWN" },
		{ EACCES,
		  "not permitted: this system forbids connections to " WHERE,
		  "EACCES" },
		{ EPERM,
		  "not permitted: this system forbids connections to " WHERE,
		  "EPERM" },
		{ EADDRNOTAVAIL,
		  "no local address: none is free for a connection to " WHERE,
		  "EADDRNOTAVAIL" },
		{ EADDRINUSE,
		  "local address in use: none is free for a connection "
		  "to " WHERE,
		  "EADDRINUSE" },
		{ EAFNOSUPPORT,
		  "address family not supported: this machine can't speak "
		  "to " WHERE,
		  "EAFNOSUPPORT" },
		{ EINVAL, "invalid address: " WHERE " can't be connected to",
		  "EINVAL" },
		{ EMFILE,
		  "out of descriptors: none is left for a connection "
		  "to " WHERE,
		  "EMFILE" },
		{ ENFILE,
		  "out of descriptors: the system has none left for a "
		  "connection to " WHERE,
		  "ENFILE" },
		{ ENOMEM,
		  "out of memory: none is left for a connection to " WHERE,
		  "ENOMEM" },
		{ ENOBUFS,
		  "out of memory: the system has no room for a connection "
		  "to " WHERE,
		  "ENOBUFS" },
	};

	(void)state;
	ALL(list, explain_connect);
}

static void a_failed_listen_says_what_happened_to_what(void **state)
{
	static const struct sentence list[] = {
		{ EADDRINUSE,
		  "address in use: " WHERE " already has a listener",
		  "EADDRINUSE" },
		{ EACCES, "not permitted: you may not listen on " WHERE,
		  "EACCES" },
		{ EPERM,
		  "not permitted: this system forbids listening on " WHERE,
		  "EPERM" },
		{ EADDRNOTAVAIL,
		  "no such address here: this machine does not have " WHERE,
		  "EADDRNOTAVAIL" },
		{ EAFNOSUPPORT,
		  "address family not supported: this machine can't listen "
		  "on " WHERE,
		  "EAFNOSUPPORT" },
		{ EINVAL, "invalid address: " WHERE " can't be listened on",
		  "EINVAL" },
		{ EMFILE,
		  "out of descriptors: none is left to listen on " WHERE,
		  "EMFILE" },
		{ ENFILE,
		  "out of descriptors: the system has none left to listen "
		  "on " WHERE,
		  "ENFILE" },
		{ ENOMEM, "out of memory: none is left to listen on " WHERE,
		  "ENOMEM" },
		{ ENOBUFS,
		  "out of memory: the system has no room to listen on " WHERE,
		  "ENOBUFS" },
	};

	(void)state;
	ALL(list, explain_listen);
}

static void peers_that_cannot_be_accepted_are_said_to_wait(void **state)
{
	static const struct sentence list[] = {
		{ EMFILE,
		  "out of descriptors: new peers of " WHERE " have to wait",
		  "EMFILE" },
		{ ENFILE,
		  "out of descriptors: new peers of " WHERE " have to wait",
		  "ENFILE" },
		{ ENOMEM, "out of memory: new peers of " WHERE " have to wait",
		  "ENOMEM" },
		{ ENOBUFS, "out of memory: new peers of " WHERE " have to wait",
		  "ENOBUFS" },
	};

	(void)state;
	ALL(list, explain_accept);
}

static void explain_broken_10_0(struct error *e, int errnum, const char *where)
{
	explain_broken(e, errnum, where, 10, 0);
}

#define COUNTS " after 10 bytes received and 0 bytes sent"

static void a_broken_connection_says_how_much_had_moved(void **state)
{
	static const struct sentence list[] = {
		{ ECONNRESET, "connection reset by " WHERE COUNTS,
		  "ECONNRESET" },
		{ EPIPE,
		  "connection closed by " WHERE
		  " while we were still sending," COUNTS,
		  "EPIPE" },
		{ ETIMEDOUT,
		  "connection lost: " WHERE " does not answer any more" COUNTS,
		  "ETIMEDOUT" },
		{ EHOSTUNREACH,
		  "connection lost: nobody answers any more for " WHERE COUNTS,
		  "EHOSTUNREACH" },
		{ ENETUNREACH,
		  "connection lost: there is no route any more to " WHERE
		      COUNTS,
		  "ENETUNREACH" },
		{ ENETDOWN,
		  "connection lost: no interface is up any more "
		  "towards " WHERE COUNTS,
		  "ENETDOWN" },
		{ ECONNABORTED,
		  "connection aborted: this system dropped " WHERE COUNTS,
		  "ECONNABORTED" },
		{ EACCES,
		  "connection lost: this system forbids now to speak "
		  "to " WHERE COUNTS,
		  "EACCES" },
		{ EPERM,
		  "connection lost: this system forbids now to speak "
		  "to " WHERE COUNTS,
		  "EPERM" },
		{ ENOMEM,
		  "out of memory: none is left to speak to " WHERE COUNTS,
		  "ENOMEM" },
	};
	struct error e;

	(void)state;
	ALL(list, explain_broken_10_0);
	explain_broken(&e, ECONNRESET, WHERE, 1, UINT64_MAX);
	assert_string_equal(e.text, "connection reset by " WHERE
	                            " after 1 byte received and "
	                            "18446744073709551615 bytes sent");
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
	explain_broken(&e, EIO, WHERE, 10, 0);
	assert_begins(e.text, "connection failed to " WHERE COUNTS ": ");
}

static void an_outcome_is_the_sentence_in_short(void **state)
{
	(void)state;
	assert_string_equal(explain_outcome(ECONNREFUSED),
	                    "connection refused");
	assert_string_equal(explain_outcome(ETIMEDOUT), "timed out");
	assert_string_equal(explain_outcome(EIO), strerror(EIO));
}

static void a_failed_lookup_tells_the_name_from_the_resolver(void **state)
{
	static const struct sentence list[] = {
		{ EAI_NONAME,
		  "unknown host: nohost is no name that the resolver knows",
		  "EAI_NONAME" },
		{ EAI_AGAIN,
		  "name lookup failed: no name server answers about nohost",
		  "EAI_AGAIN" },
		{ EAI_FAIL,
		  "name lookup failed: the name server can't tell about "
		  "nohost",
		  "EAI_FAIL" },
		{ EAI_SERVICE,
		  "unknown service: noport is not the name of a TCP port",
		  "EAI_SERVICE" },
		{ EAI_FAMILY,
		  "address family not supported: this machine can't look up "
		  "nohost",
		  "EAI_FAMILY" },
		{ EAI_MEMORY, "out of memory: none is left to look up nohost",
		  "EAI_MEMORY" },
		{ EAI_ADDRFAMILY,
		  "no such address: nohost has none of that family",
		  "EAI_ADDRFAMILY" },
		{ EAI_NODATA,
		  "no such address: nohost is a known name without an "
		  "address of that family",
		  "EAI_NODATA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct error e;

		explain_resolve(&e, list[i].errnum, 0, "nohost", "noport");
		assert_error(&e, list[i].text, list[i].code);
	}
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

static void a_name_is_refused_when_lookups_are_forbidden(void **state)
{
	struct error e;

	(void)state;
	explain_numeric(&e, "nohost");
	assert_error(&e, "nohost is a name, and --numeric forbids lookups",
	             "EAI_NONAME");
}

static void a_time_limit_is_said_in_seconds(void **state)
{
	struct error e;

	(void)state;
	explain_connect_timeout(&e, 500, WHERE);
	assert_error(&e, "timed out: " WHERE " has not answered within 0.5 s",
	             "ETIMEDOUT");
	explain_idle_timeout(&e, 90000, WHERE);
	assert_error(&e, "idle: nothing moved from or to " WHERE " for 90 s",
	             "ETIMEDOUT");
	explain_resolve_timeout(&e, 2000, "nohost");
	assert_error(&e,
	             "timed out: no name server has told about nohost "
	             "within 2 s",
	             "ETIMEDOUT");
}

static void a_strangers_name_cannot_drive_the_terminal(void **state)
{
	struct error e;

	(void)state;
	explain_resolve(&e, EAI_NONAME, 0, "\033]0;x\a", "80");
	assert_string_equal(e.text, "unknown host: ^[]0;x^G is no name that "
	                            "the resolver knows");
	explain_numeric(&e, "\033c");
	assert_null(strchr(e.text, '\033'));
	explain_resolve_timeout(&e, 1, "\033c");
	assert_null(strchr(e.text, '\033'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_connect_says_what_happened_to_what),
		cmocka_unit_test(a_failed_listen_says_what_happened_to_what),
		cmocka_unit_test(
		    peers_that_cannot_be_accepted_are_said_to_wait),
		cmocka_unit_test(a_broken_connection_says_how_much_had_moved),
		cmocka_unit_test(
		    an_errno_without_a_sentence_says_at_least_its_meaning),
		cmocka_unit_test(an_outcome_is_the_sentence_in_short),
		cmocka_unit_test(
		    a_failed_lookup_tells_the_name_from_the_resolver),
		cmocka_unit_test(
		    a_lookup_that_failed_in_the_system_says_its_errno),
		cmocka_unit_test(a_name_is_refused_when_lookups_are_forbidden),
		cmocka_unit_test(a_time_limit_is_said_in_seconds),
		cmocka_unit_test(a_strangers_name_cannot_drive_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
