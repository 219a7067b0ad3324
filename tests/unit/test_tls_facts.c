/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of TLS, in words. */

#include "unit.h"

#include <sockchat/tls_words.h>

#define DAY  INT64_C(86400)
#define NOW  (20000 * DAY) /* 2024-10-04 */

static struct tls_facts f;
static char page[4000];

/* A good connection to a server whose issuer is trusted. */
static int start(void **state)
{
	(void)state;
	f = (struct tls_facts){
		.version = "TLSv1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.group = "x25519",
		.sni = "x.example",
		.alpn = "h2",
		.trust = TLS_TRUST_CHAIN,
		.chain = {
			{ .subject = "CN=x.example", .issuer = "CN=inter",
			  .begin_s = NOW - 30 * DAY, .end_s = NOW + 12 * DAY },
			{ .subject = "CN=inter", .issuer = "CN=root",
			  .end_s = NOW + 400 * DAY },
			{ .subject = "CN=root", .issuer = "CN=root",
			  .end_s = NOW + 4000 * DAY },
		},
		.chain_count = 3,
		.names = "x.example, www.x.example",
		.pin = "sha256//AAAA",
	};
	return 0;
}

/* A row, or a note. */
static void note(void *user, const char *label, const char *text)
{
	size_t len = strlen(page);

	(void)user;
	snprintf(page + len, sizeof(page) - len, "%s: %s\n", label, text);
}

static const char *rows(void)
{
	page[0] = '\0';
	tls_rows(&f, NOW, note, NULL);
	return page;
}

#define assert_row(text) assert_non_null(strstr(rows(), text))

static void all_that_is_known_is_told(void **state)
{
	(void)state;
	assert_string_equal(rows(),
	    "TLS: TLSv1.3 with TLS_AES_256_GCM_SHA384, key exchange x25519\n"
	    "verified: yes, the chain leads to CN=root, which is trusted here\n"
	    "certificate: CN=x.example, for x.example, www.x.example\n"
	    "valid: until 2024-10-16, ends in 12 days\n"
	    "signed by: CN=inter until 2025-11-08, then CN=root until "
	    "2035-09-17\n"
	    "pin: sha256//AAAA\n"
	    "ALPN: h2\n"
	    "SNI: x.example\n");
}

static void what_there_is_not_is_said(void **state)
{
	(void)state;
	*f.alpn = *f.sni = *f.group = '\0';
	f.is_resumed = true;
	f.chain_count = 1;
	assert_row("TLS: TLSv1.3 with TLS_AES_256_GCM_SHA384, resumed\n");
	assert_row("signed by: CN=inter\n");
	assert_row("ALPN: none\nSNI: none\n");
	f.chain_count = 0;
	assert_row("certificate: the peer has sent none\nALPN");
}

static void by_what_the_peer_is_known_is_told(void **state)
{
	(void)state;
	f.trust = TLS_TRUST_PIN;
	assert_row("verified: yes, its key is the one that --tls-pin gives\n");
	f.trust = TLS_TRUST_CLIENT;
	assert_row("verified: no, clients are not asked who they are "
	           "(--tls-client-ca asks)\n");
	f.trust = TLS_TRUST_ANYONE;
	assert_row("verified: NO (--tls-insecure): but it would have passed "
	           "without that\n");
	f.doubt = "self-signed certificate";
	assert_row("verified: NO (--tls-insecure): self-signed certificate\n");
}

static const char *end_of(int64_t begin_s, int64_t end_s)
{
	static char text[TLS_WORDS_MAX];

	tls_say_end(text, &(struct tls_certificate){
		.begin_s = begin_s, .end_s = end_s }, NOW);
	return text;
}

static void the_end_is_told_as_near_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(end_of(0, NOW + 2 * DAY),
	                    "until 2024-10-06, ends in 2 days");
	assert_string_equal(end_of(0, NOW + 2 * DAY - 1),
	                    "until 2024-10-05, ends in 47 hours");
	assert_string_equal(end_of(0, NOW + 61),
	                    "until 2024-10-04, ends in 1 minute");
	assert_string_equal(end_of(0, NOW - 3 * DAY),
	                    "until 2024-10-01, EXPIRED 3 days ago");
	assert_string_equal(end_of(NOW + DAY, NOW + 3 * DAY),
	                    "until 2024-10-07, NOT YET VALID: begins in 24 "
	                    "hours");
}

static void what_was_agreed_on_fits_into_a_sentence(void **state)
{
	char text[TLS_WORDS_MAX];

	(void)state;
	tls_say_secured(text, &f, NOW);
	assert_string_equal(text, "TLSv1.3 with TLS_AES_256_GCM_SHA384, for "
	                          "x.example, ALPN h2, certificate "
	                          "CN=x.example valid until 2024-10-16, ends "
	                          "in 12 days");
	f.trust = TLS_TRUST_ANYONE;
	tls_say_secured(text, &f, NOW);
	assert_non_null(strstr(text, "in 12 days, NOT VERIFIED"));
	f.chain_count = 0;
	*f.alpn = *f.sni = '\0';
	tls_say_secured(text, &f, NOW);
	assert_string_equal(text, "TLSv1.3 with TLS_AES_256_GCM_SHA384, no "
	                          "certificate from the peer");
}

static void a_certificate_has_its_names_and_dates(void **state)
{
	char text[TLS_WORDS_MAX];

	(void)state;
	tls_say_certificate(text, &f.chain[0], NOW);
	assert_string_equal(text, "CN=x.example, signed by CN=inter, from "
	                          "2024-09-04 to 2024-10-16, ends in 12 days");
	tls_say_certificate(text, &f.chain[2], NOW);
	assert_non_null(strstr(text, "CN=root, signed by itself, from "));
}

/* Our own certificate, as a listener tells of it */

static struct tls_own own;

static const char *notes(const char *where)
{
	page[0] = '\0';
	tls_own_notes(&own, where, NOW, note, NULL);
	return page;
}

static void a_temporary_certificate_comes_with_what_to_copy(void **state)
{
	(void)state;
	own = (struct tls_own){
		.is_temporary = true, .pin = "sha256//AAAA",
		.fingerprint = "AB:CD",
	};
	assert_string_equal(notes("[::1]:9"),
	    "tls-temporary: no --tls-cert: this certificate is temporary, "
	    "SHA-256 AB:CD\n"
	    "tls-pin: to trust it: sockchat connect --tls --tls-pin "
	    "sha256//AAAA [::1]:9; curl -k --pinnedpubkey sha256//AAAA "
	    "https://[::1]:9/\n");
	assert_non_null(strstr(notes("unix:/run/x"), "AAAA unix:/run/x\n"));
	assert_null(strstr(notes("unix:/run/x"), "curl"));
	assert_non_null(strstr(notes(""),
	                       "trust it: --tls-pin sha256//AAAA\n"));
}

static void a_certificate_of_the_user_is_told_with_its_end(void **state)
{
	(void)state;
	own = (struct tls_own){
		.certificate = { .subject = "CN=x", .end_s = NOW + 15 * DAY },
		.pin = "sha256//AAAA",
	};
	assert_string_equal(notes("[::1]:9"),
	                    "tls-certificate: certificate CN=x, until "
	                    "2024-10-19, ends in 15 days, pin sha256//AAAA\n");
	own.certificate.end_s = NOW + 14 * DAY;
	assert_non_null(strstr(notes("[::1]:9"),
	                       "\ntls-expiring: the certificate of "
	                       "--tls-cert: ends in 14 days; renew it\n"));
	own.certificate.end_s = NOW - 3 * DAY;
	assert_non_null(strstr(notes("[::1]:9"),
	                       ": EXPIRED 3 days ago; clients refuse it\n"));
	own.certificate.begin_s = NOW + 3 * DAY;
	assert_non_null(strstr(notes("[::1]:9"),
	                       ": NOT YET VALID: begins in 3 days; clients "
	                       "refuse it\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, start)
		T(all_that_is_known_is_told),
		T(what_there_is_not_is_said),
		T(by_what_the_peer_is_known_is_told),
		T(the_end_is_told_as_near_as_it_is),
		T(what_was_agreed_on_fits_into_a_sentence),
		T(a_certificate_has_its_names_and_dates),
		T(a_temporary_certificate_comes_with_what_to_copy),
		T(a_certificate_of_the_user_is_told_with_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
