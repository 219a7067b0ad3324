/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Names to addresses, by the system's own resolver; what would need a name
 * server is answered here. */

#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/bytes.h>
#include <sockchat/resolve.h>

/* A lookup of "slow" tells that it has begun, and then waits. */
static sem_t has_begun, may_end;

typedef int getaddrinfo_fn(const char *host, const char *port,
                           const struct addrinfo *hints,
                           struct addrinfo **list);

/* The address twice, as from a hosts file with two lines. */
static int answer_twice(getaddrinfo_fn *system, const char *port,
                        const struct addrinfo *hints, struct addrinfo **list)
{
	int eai = system("127.0.0.1", port, hints, list);

	return eai ? eai : system("127.0.0.1", port, hints, &(*list)->ai_next);
}

int getaddrinfo(const char *host, const char *port,
                const struct addrinfo *hints, struct addrinfo **list)
{
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	getaddrinfo_fn *system;

	memcpy(&system, &symbol, sizeof(system));
	if (hints->ai_flags & AI_NUMERICHOST)
		return system(host, port, hints, list);
	if (strcmp(host, "nonexistent.invalid") == 0)
		return EAI_NONAME;
	if (strcmp(host, "twice") == 0)
		return answer_twice(system, port, hints, list);
	if (strcmp(host, "slow") == 0) {
		sem_post(&has_begun);
		while (sem_wait(&may_end) < 0)
			continue;
	}
	return system(strcmp(host, "slow") == 0 ? "127.0.0.1" : host, port,
	              hints, list);
}

struct scene {
	struct loop *loop;
	size_t calls;
	struct bytes list; /* the addresses, with a space behind each */
	struct error error;
};

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->loop = loop_new(LOOP_AUTO);
	*state = s;
	return s->loop ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	bytes_finish(&s->list);
	loop_free(s->loop);
	free(s);
	return 0;
}

static void on_resolved(void *user, const struct address *list, size_t count,
                        const struct error *e)
{
	struct scene *s = user;

	s->calls++;
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];

		address_format(&list[i], text);
		assert_int_equal(bytes_printf(&s->list, "%s ", text), 0);
	}
	if (count == 0)
		s->error = *e;
}

static struct resolve *start(struct scene *s, const char *host,
                             const char *port, int family, bool is_numeric,
                             bool is_passive)
{
	const struct resolve_settings settings = { .family = family,
		                                   .is_numeric = is_numeric,
		                                   .is_passive = is_passive };
	struct endpoint ep;
	struct resolve *r;

	snprintf(ep.host, sizeof(ep.host), "%s", host);
	snprintf(ep.port, sizeof(ep.port), "%s", port);
	bytes_clear(&s->list);
	s->calls = 0;
	r = resolve_start(s->loop, &ep, &settings, on_resolved, s);
	assert_non_null(r);
	assert_int_equal(s->calls, 0);
	return r;
}

/* Turn the loop until the answer is there. */
static const char *await(struct scene *s)
{
	for (int i = 0; !s->calls && i < 100; i++)
		loop_turn(s->loop, 60000);
	assert_int_equal(s->calls, 1);
	return bytes_text(&s->list);
}

static void an_address_needs_no_lookup(void **state)
{
	struct scene *s = *state;

	start(s, "127.0.0.1", "9999", AF_UNSPEC, false, false);
	loop_turn(s->loop, 0); /* no thread: it is there in the next turn */
	assert_int_equal(s->calls, 1);
	assert_string_equal(bytes_text(&s->list), "127.0.0.1:9999 ");
	start(s, "::1", "9999", AF_UNSPEC, true, false);
	assert_string_equal(await(s), "[::1]:9999 ");
	start(s, "127.1", "1", AF_UNSPEC, true, false);
	assert_string_equal(await(s), "127.0.0.1:1 ");
}

static void a_scope_goes_with_its_address(void **state)
{
	struct scene *s = *state;

	start(s, "fe80::1%lo", "9999", AF_UNSPEC, true, false);
	assert_string_equal(await(s), "[fe80::1%lo]:9999 ");
}

static void listening_nowhere_is_listening_on_loopback(void **state)
{
	struct scene *s = *state;

	start(s, "", "0", AF_UNSPEC, false, true);
	assert_string_equal(await(s), "127.0.0.1:0 [::1]:0 ");
	start(s, "", "9999", AF_INET, false, true);
	assert_string_equal(await(s), "127.0.0.1:9999 ");
	start(s, "", "9999", AF_INET6, true, true);
	assert_string_equal(await(s), "[::1]:9999 ");
}

static void a_star_is_every_address(void **state)
{
	struct scene *s = *state;

	start(s, "*", "9999", AF_UNSPEC, true, true);
	assert_string_equal(await(s), "0.0.0.0:9999 [::]:9999 ");
	start(s, "*", "9999", AF_INET, false, true);
	assert_string_equal(await(s), "0.0.0.0:9999 ");
	start(s, "*", "9999", AF_INET6, false, true);
	assert_string_equal(await(s), "[::]:9999 ");
}

static void a_service_name_becomes_its_port(void **state)
{
	struct scene *s = *state;

	start(s, "127.0.0.1", "http", AF_UNSPEC, false, false);
	assert_string_equal(await(s), "127.0.0.1:80 ");
	start(s, "127.0.0.1", "http", AF_UNSPEC, true, false);
	assert_string_equal(await(s), "127.0.0.1:80 ");
	start(s, "", "http", AF_UNSPEC, false, true);
	assert_string_equal(await(s), "127.0.0.1:80 [::1]:80 ");
}

static void an_unknown_service_is_named(void **state)
{
	struct scene *s = *state;

	start(s, "127.0.0.1", "no-such-port", AF_UNSPEC, false, false);
	assert_string_equal(await(s), "");
	assert_string_equal(s->error.code, "EAI_SERVICE");
	assert_string_equal(s->error.text,
	                    "unknown service: no-such-port is not the name "
	                    "of a port");
}

static void a_name_is_looked_up(void **state)
{
	struct scene *s = *state;

	start(s, "localhost", "9999", AF_INET, false, false);
	assert_non_null(strstr(await(s), "127.0.0.1:9999 "));
}

static void an_address_that_comes_twice_is_told_once(void **state)
{
	struct scene *s = *state;

	start(s, "twice", "9999", AF_INET, false, false);
	assert_string_equal(await(s), "127.0.0.1:9999 ");
}

static void an_unknown_name_is_an_error(void **state)
{
	struct scene *s = *state;

	start(s, "nonexistent.invalid", "9999", AF_UNSPEC, false, false);
	assert_string_equal(await(s), "");
	assert_string_equal(s->error.code, "EAI_NONAME");
	assert_string_equal(s->error.text,
	                    "unknown host: nonexistent.invalid is not a name "
	                    "that the resolver knows");
}

static void a_slow_lookup_does_not_stop_the_loop(void **state)
{
	struct scene *s = *state;

	start(s, "slow", "9999", AF_UNSPEC, false, false);
	sem_wait(&has_begun);
	loop_turn(s->loop, 0);
	loop_turn(s->loop, 10);
	assert_int_equal(s->calls, 0);
	sem_post(&may_end);
	assert_string_equal(await(s), "127.0.0.1:9999 ");
}

static void a_lookup_cancelled_half_way_ends_by_itself(void **state)
{
	struct scene *s = *state;
	struct resolve *r = start(s, "slow", "1", AF_UNSPEC, false, false);

	sem_wait(&has_begun);
	resolve_cancel(r);
	sem_post(&may_end);
	loop_turn(s->loop, 20);
	assert_int_equal(s->calls, 0);
}

static void numeric_forbids_names(void **state)
{
	struct scene *s = *state;

	start(s, "localhost", "9999", AF_UNSPEC, true, false);
	loop_turn(s->loop, 0); /* and there is no thread */
	assert_int_equal(s->calls, 1);
	assert_string_equal(s->error.text, "localhost is a name, and "
	                                   "--numeric forbids lookups");
	start(s, "localhost", "http", AF_UNSPEC, true, false);
	await(s);
	assert_string_equal(s->error.text, "localhost is a name, and "
	                                   "--numeric forbids lookups");
}

static void an_address_of_the_other_family_is_an_error(void **state)
{
	struct scene *s = *state;

	start(s, "127.0.0.1", "9999", AF_INET6, false, false);
	assert_string_equal(await(s), "");
	assert_string_equal(s->error.text,
	                    "no such address: 127.0.0.1 has no address of that "
	                    "family");
}

static void a_cancelled_lookup_calls_nobody(void **state)
{
	struct scene *s = *state;

	resolve_cancel(start(s, "127.0.0.1", "1", AF_UNSPEC, false, false));
	resolve_cancel(start(s, "localhost", "1", AF_UNSPEC, false, false));
	resolve_cancel(
	    start(s, "nonexistent.invalid", "1", AF_UNSPEC, false, false));
	resolve_cancel(NULL);
	loop_turn(s->loop, 20);
	assert_int_equal(s->calls, 0);
}

static void many_lookups_at_once_are_all_answered(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 20; i++) {
		struct resolve *r =
		    start(s, "localhost", "1", AF_INET, false, false);

		if (i % 2)
			resolve_cancel(r);
	}
	for (int i = 0; s->calls < 10 && i < 100; i++)
		loop_turn(s->loop, 60000);
	assert_int_equal(s->calls, 10);
}

/* What a name server has to say is a stranger's. */
int getnameinfo(const struct sockaddr *sa, socklen_t len, char *host,
                socklen_t host_cap, char *port, socklen_t port_cap, int flags)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	void *symbol = dlsym(RTLD_NEXT, "getnameinfo");
	int (*system)(const struct sockaddr *, socklen_t, char *, socklen_t,
	              char *, socklen_t, int);

	memcpy(&system, &symbol, sizeof(system));
	if (!(flags & NI_NAMEREQD))
		return system(sa, len, host, host_cap, port, port_cap, flags);
	if (in->sin_port != htons(1))
		return EAI_NONAME;
	snprintf(host, host_cap, "an.example\033[2J");
	return 0;
}

static void on_name(void *user, const char *name)
{
	struct scene *s = user;

	s->calls++;
	assert_int_equal(bytes_printf(&s->list, "'%s'", name), 0);
}

static struct resolve *ask_name(struct scene *s, unsigned port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct address a = { .len = sizeof(in) };

	memcpy(&a.sa, &in, sizeof(in));
	address_set_port(&a, port);
	bytes_clear(&s->list);
	s->calls = 0;
	struct resolve *r = resolve_name(s->loop, &a, on_name, s);
	assert_non_null(r);
	assert_int_equal(s->calls, 0);
	return r;
}

static void an_address_has_a_safe_name_or_none(void **state)
{
	struct scene *s = *state;

	ask_name(s, 1);
	assert_string_equal(await(s), "'an.example^[[2J'");
	ask_name(s, 2);
	assert_string_equal(await(s), "''");
	resolve_cancel(ask_name(s, 1));
	loop_turn(s->loop, 20);
	assert_int_equal(s->calls, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_needs_no_lookup),
		TEST(a_scope_goes_with_its_address),
		TEST(listening_nowhere_is_listening_on_loopback),
		TEST(a_star_is_every_address),
		TEST(a_service_name_becomes_its_port),
		TEST(an_unknown_service_is_named),
		TEST(a_name_is_looked_up),
		TEST(an_address_that_comes_twice_is_told_once),
		TEST(an_unknown_name_is_an_error),
		TEST(a_slow_lookup_does_not_stop_the_loop),
		TEST(a_lookup_cancelled_half_way_ends_by_itself),
		TEST(numeric_forbids_names),
		TEST(an_address_of_the_other_family_is_an_error),
		TEST(a_cancelled_lookup_calls_nobody),
		TEST(an_address_has_a_safe_name_or_none),
		TEST(many_lookups_at_once_are_all_answered),
	};

	sem_init(&has_begun, 0, 0);
	sem_init(&may_end, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
