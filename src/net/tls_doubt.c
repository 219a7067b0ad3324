/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why a certificate was not accepted: which one, which name, which date, and
 * what to do. */

#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

#include <sockchat/bytes.h>
#include <sockchat/stamp.h>
#include <sockchat/tls_words.h>

#include "tls_explain.h"

/* What a sentence says of it: the certificate at fault, of whose subject and
 * issuer it tells, and the peer's. */
struct story {
	const struct tls_conn *conn;
	const char *where;
	const X509 *cert;
	char subject[80], issuer[80];
	char pin[TLS_PIN_TEXT_MAX]; /* of the peer's key; or "" */
	struct error *e;
};

static bool is_own(const struct story *s)
{
	const X509 *leaf = s->conn->doubt.leaf;

	return !s->cert || !leaf || !X509_cmp(s->cert, leaf);
}

/* "the certificate of localhost:9999 (CN=x)", or that of one above it. */
static void name_it(const struct story *s, char *out, size_t cap)
{
	snprintf(out, cap, is_own(s) ? "the certificate of %s (%s)"
	                             : "an issuer in the chain of %s (%s)",
	         s->where, s->subject);
}

/* Pins are for servers: who comes to a listener has no use for one. */
static void add_pin(const struct story *s)
{
	char *hint = s->e->hint;

	if (!s->conn->is_accepted)
		text_add(hint, sizeof(s->e->hint),
		         "%s--tls-pin %s trusts only this key",
		         *hint ? "; " : "", s->pin);
}

static void hint_trust(const struct story *s, const char *before)
{
	error_set_hint(s->e, s->conn->is_accepted
	                         ? "%s--tls-client-ca FILE names the "
	                           "certificates that may sign for clients"
	                         : "%s--tls-ca FILE trusts it", before);
	add_pin(s);
}

static void tell_date(const struct story *s, bool is_over)
{
	const ASN1_TIME *t = is_over ? X509_get0_notAfter(s->cert)
	                             : X509_get0_notBefore(s->cert);
	int64_t now_s = stamp_wall_s(), at_s = tls_time(t);
	char which[EXPLAIN_WHERE_MAX + 64], age[TLS_SPAN_MAX],
	    day[STAMP_TEXT_MAX], clock[STAMP_TEXT_MAX];

	name_it(s, which, sizeof(which));
	tls_say_span(age, is_over ? now_s - at_s : at_s - now_s);
	tls_say_day(day, at_s);
	stamp_format_date(clock, now_s * 1000000);
	if (is_over)
		error_set(s->e, "certificate expired: %s ended %s ago, on "
		                "%s", which, age, day);
	else
		error_set(s->e, "certificate not yet valid: %s begins in %s, "
		                "on %s", which, age, day);
	error_set_hint(s->e, "%s. The clock here says %.16s: if that is wrong, "
	                     "set it",
	               is_over ? "it must be renewed there" : "wait", clock);
	add_pin(s);
}

static void tell_expired(const struct story *s)
{
	tell_date(s, true);
}

static void tell_early(const struct story *s)
{
	tell_date(s, false);
}

static void tell_self_signed(const struct story *s)
{
	error_set(s->e, "self-signed certificate: that of %s (%s) is signed "
	                "by nobody but itself", s->where, s->subject);
	hint_trust(s, "self-signed: ");
}

static void tell_unknown_root(const struct story *s)
{
	error_set(s->e, "unknown authority: the chain of %s ends at %s, which "
	                "is not trusted here", s->where, s->subject);
	hint_trust(s, "if you know this authority: ");
}

static void tell_no_issuer(const struct story *s)
{
	bool is_client = s->conn->is_accepted;

	error_set(s->e, "unknown issuer: %s of %s is signed by %s, which the "
	                "%s did not send, and which is not in %s",
	          s->subject, s->where, s->issuer,
	          is_client ? "client" : "server",
	          is_client                     ? "--tls-client-ca"
	          : *s->conn->tls->settings->ca ? "--tls-ca"
	                                        : "this system's store");
	hint_trust(s, is_client ? ""
	              : !is_own(s)
	                  ? "if it is a private authority, "
	                  : "a server must send its intermediate certificates "
	                    "too (fullchain.pem). If it is a private "
	                    "authority, ");
}

static void tell_name(const struct story *s)
{
	char names[120];

	tls_names_text(names, sizeof(names), s->conn->doubt.leaf);
	error_set(s->e, "wrong name: the certificate of %s is for %s, not for "
	                "%.60s", s->where, names, s->conn->name);
	error_set_hint(s->e, "--tls-sni NAME asks for another name and checks "
	                     "that one");
	add_pin(s);
}

static void tell_purpose(const struct story *s)
{
	char which[EXPLAIN_WHERE_MAX + 64];

	name_it(s, which, sizeof(which));
	error_set(s->e, "wrong purpose: %s may not be used for a %s", which,
	          s->conn->is_accepted ? "client" : "server");
	error_set_hint(s->e, "its extended key usage must contain %s",
	               s->conn->is_accepted ? "clientAuth" : "serverAuth");
	add_pin(s);
}

static void tell_weak(const struct story *s)
{
	char which[EXPLAIN_WHERE_MAX + 64];

	name_it(s, which, sizeof(which));
	error_set(s->e, "weak certificate: %s: %s", which,
	          X509_verify_cert_error_string(s->conn->doubt.error));
	error_set_hint(s->e, "%s", TLS_WEAK_HINT);
}

static void tell_pin(const struct story *s)
{
	error_set(s->e, "another key: the key of %s (%s) is not the one that "
	                "--tls-pin trusts", s->where, s->subject);
	error_set_hint(s->e, "its pin is %s. If you did not expect a new key, "
	                     "somebody may be in the middle", s->pin);
}

static void tell_other(const struct story *s)
{
	char which[EXPLAIN_WHERE_MAX + 64];

	name_it(s, which, sizeof(which));
	error_set(s->e, "certificate not accepted: %s: %s", which,
	          X509_verify_cert_error_string(s->conn->doubt.error));
	add_pin(s);
}

static const struct {
	int error;
	const char *code;
	void (*tell)(const struct story *s);
} doubts[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "TLS_EXPIRED", tell_expired },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "TLS_NOT_YET_VALID", tell_early },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "TLS_SELF_SIGNED",
	  tell_self_signed },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "TLS_UNKNOWN_AUTHORITY",
	  tell_unknown_root },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "TLS_UNKNOWN_ISSUER",
	  tell_no_issuer },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "TLS_UNKNOWN_ISSUER",
	  tell_no_issuer },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "TLS_UNKNOWN_ISSUER",
	  tell_no_issuer },
	{ X509_V_ERR_HOSTNAME_MISMATCH, "TLS_WRONG_NAME", tell_name },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, "TLS_WRONG_NAME", tell_name },
	{ X509_V_ERR_INVALID_PURPOSE, "TLS_WRONG_PURPOSE", tell_purpose },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "TLS_WEAK", tell_weak },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, "TLS_WEAK", tell_weak },
	{ X509_V_ERR_CA_MD_TOO_WEAK, "TLS_WEAK", tell_weak },
	{ X509_V_ERR_APPLICATION_VERIFICATION, "TLS_PIN", tell_pin },
	{ X509_V_OK, "TLS_CERTIFICATE", tell_other }, /* any other */
};

void tls_explain_doubt(const struct tls_conn *c, const char *where,
                       struct error *e)
{
	struct story s = { .conn = c, .where = where, .e = e };
	size_t i = 0;

	s.cert = c->doubt.cert ? c->doubt.cert : c->doubt.leaf;
	if (!s.cert)
		return;
	tls_name_text(s.subject, sizeof(s.subject),
	              X509_get_subject_name(s.cert));
	tls_name_text(s.issuer, sizeof(s.issuer),
	              X509_get_issuer_name(s.cert));
	if (c->doubt.leaf)
		tls_key_pin(c->doubt.leaf, s.pin);
	while (doubts[i].error && doubts[i].error != c->doubt.error)
		i++;
	doubts[i].tell(&s);
	error_set_word(e, doubts[i].code);
}
