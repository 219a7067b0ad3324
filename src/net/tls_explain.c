/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why TLS failed, in words: what the peer told us in an alert, what it says in
 * place of TLS, what cannot be agreed on. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>

#include "explain_here.h"
#include "tls_explain.h"

#define PEER_WITHOUT_TLS                                                       \
	"does that port speak TLS? A plain-text server waits for us to "       \
	"speak, while we wait for it"
#define HINT_VERSIONS                                                          \
	"--tls-min 1.0 allows old versions too. --tls-max limits the newest"
#define HINT_CIPHERS                                                           \
	"--tls-min 1.0 allows old versions, and --tls-ciphers sets what we "   \
	"offer. Some servers demand a certificate: --tls-cert FILE"
#define HINT_CLIENTS                                                           \
	"--tls-min 1.0 serves old clients. Others may want another kind of "   \
	"key (RSA, ECDSA) in --tls-cert"

/* For a listener, whose certificate is temporary, or given. */
static const char made_hint[] =
    "the client must trust the temporary certificate, by the pin that we "
    "showed with it. With --tls-cert FILE you can use one that it already "
    "trusts";
static const char given_hint[] =
    "the client must trust the signer of the certificate in --tls-cert, and "
    "call us by a name in it";

#define OURS "it does not accept our certificate"
#define AGAIN "it gave up, as some do when they may not renegotiate"
#define NO_CERTIFICATE "it demands a certificate, and we have none"
#define HINT_WHO "--tls-cert FILE and --tls-key FILE say who we are"
#define HINT_OURS                                                              \
	"it must trust the signer of the certificate in --tls-cert. The "      \
	"certificates between the two belong in that file too"

/* Alerts (RFC 8446, 6.2).  The hints are for a client and for a listener. */
static const struct alert {
	int number;
	const char *name, *code, *meaning, *hint, *listener_hint;
} alerts[] = {
	{ 10, "unexpected message", "TLS_ALERT_UNEXPECTED_MESSAGE",
	  "it did not expect what we sent", "", "" },
	{ 20, "bad record mac", "TLS_ALERT_BAD_RECORD_MAC",
	  "a record of ours was damaged on its way", "", "" },
	{ 22, "record overflow", "TLS_ALERT_RECORD_OVERFLOW",
	  "a record of ours is too long for it", "", "" },
	{ 40, "handshake failure", "TLS_ALERT_HANDSHAKE_FAILURE",
	  "it has no cipher in common with us, or something is "
	  "missing", HINT_CIPHERS,
	  HINT_VERSIONS },
	{ 42, "bad certificate", "TLS_ALERT_BAD_CERTIFICATE", OURS, HINT_OURS,
	  made_hint },
	{ 43, "unsupported certificate", "TLS_ALERT_UNSUPPORTED_CERTIFICATE",
	  OURS, HINT_OURS, made_hint },
	{ 44, "certificate revoked", "TLS_ALERT_CERTIFICATE_REVOKED", OURS,
	  HINT_OURS, made_hint },
	{ 45, "certificate expired", "TLS_ALERT_CERTIFICATE_EXPIRED",
	  "our certificate has expired", "renew it, or set the clock there",
	  "renew it, or set the clock there" },
	{ 46, "certificate unknown", "TLS_ALERT_CERTIFICATE_UNKNOWN", OURS,
	  HINT_OURS, made_hint },
	{ 47, "illegal parameter", "TLS_ALERT_ILLEGAL_PARAMETER",
	  "it found something wrong in our handshake", "", "" },
	{ 48, "unknown CA", "TLS_ALERT_UNKNOWN_CA",
	  "it does not trust who signed our certificate", HINT_OURS,
	  made_hint },
	{ 49, "access denied", "TLS_ALERT_ACCESS_DENIED",
	  "our certificate is good, but not for this", HINT_OURS, "" },
	{ 50, "decode error", "TLS_ALERT_DECODE_ERROR",
	  "it could not read our handshake", "", "" },
	{ 51, "decrypt error", "TLS_ALERT_DECRYPT_ERROR",
	  "a signature or a check of our handshake is wrong for it", "", "" },
	{ 70, "protocol version", "TLS_ALERT_PROTOCOL_VERSION",
	  "it accepts none of the versions that we offer", HINT_VERSIONS,
	  HINT_VERSIONS },
	{ 71, "insufficient security", "TLS_ALERT_INSUFFICIENT_SECURITY",
	  "what we offer is too weak for it", HINT_CIPHERS, HINT_VERSIONS },
	{ 80, "internal error", "TLS_ALERT_INTERNAL_ERROR",
	  "something failed there", "see its log", "see its log" },
	{ 86, "inappropriate fallback", "TLS_ALERT_INAPPROPRIATE_FALLBACK",
	  "it speaks a newer version", "", "" },
	{ 90, "user canceled", "TLS_ALERT_USER_CANCELED",
	  "somebody gave up there", "", "" },
	{ 109, "missing extension", "TLS_ALERT_MISSING_EXTENSION",
	  "something is missing in our handshake", "", "" },
	{ 110, "unsupported extension", "TLS_ALERT_UNSUPPORTED_EXTENSION",
	  "it did not ask for something that we sent", "", "" },
	{ 112, "unrecognized name", "TLS_ALERT_UNRECOGNIZED_NAME",
	  "it does not serve the name that we asked for",
	  "--tls-sni NAME asks for another one", "" },
	{ 115, "unknown PSK identity", "TLS_ALERT_UNKNOWN_PSK_IDENTITY",
	  "it does not know our key", "", "" },
	{ 116, "certificate required", "TLS_ALERT_CERTIFICATE_REQUIRED",
	  NO_CERTIFICATE, HINT_WHO, "" },
	{ 120, "no application protocol", "TLS_ALERT_NO_APPLICATION_PROTOCOL",
	  "it speaks no protocol that we offer with ALPN",
	  "--tls-alpn LIST names others: h2,http/1.1", "" },
	{ 0, "", "TLS_ALERT", "", "", "" },
};

static bool is_alert(int reason)
{
	return reason >= SSL_AD_REASON_OFFSET &&
	       reason < SSL_AD_REASON_OFFSET + 256;
}

/* Up to TLS 1.2 there is no alert of its own for that (RFC 5246, 7.4.6). */
static bool lacks_certificate(const struct tls_conn *c)
{
	return c->was_asked && !c->head.is_open && !SSL_get_certificate(c->ssl);
}

static void tell_alert(const struct tls_conn *c, const char *where,
                       struct error *e)
{
	const struct alert *a = alerts;
	int number = c->reason - SSL_AD_REASON_OFFSET;
	bool is_lacking = lacks_certificate(c);
	bool is_later = c->head.is_open && number == SSL_AD_HANDSHAKE_FAILURE;

	while (a->number && a->number != number)
		a++;
	const char *meaning = is_lacking ? NO_CERTIFICATE
	                      : is_later ? AGAIN
	                                 : a->meaning;
	const char *hint = is_later         ? ""
	                   : c->is_accepted ? a->listener_hint
	                                    : a->hint;
	if (hint == made_hint && *c->tls->settings->cert)
		hint = given_hint;
	error_set(e, "TLS %s by %s: %s%salert %d%s%s",
	          is_later ? "ended" : "refused", where, meaning,
	          *meaning ? ", " : "", number, *a->name ? ": " : "", a->name);
	error_set_hint(e, "%s", is_lacking ? HINT_WHO : hint);
	error_set_word(e, a->code);
}

/* What is said in place of TLS: the first bytes that tell a protocol. */
static const struct {
	const char *bytes, *name;
} plain[] = {
	{ "SSH-", "SSH" },
	{ "HTTP/", "HTTP" },
	{ "220", "SMTP or FTP" },
	{ "+OK", "POP3" },
	{ "* OK", "IMAP" },
	{ "RFB ", "VNC" },
	{ "-ERR", "Redis" },
	{ "GET ", "HTTP" },
	{ "POST ", "HTTP" },
	{ "HEAD ", "HTTP" },
	{ "PUT ", "HTTP" },
	{ "DELETE ", "HTTP" },
	{ "OPTIONS ", "HTTP" },
	{ "PRI * HTTP/2", "HTTP/2" },
	{ "CONNECT ", "an HTTP proxy's protocol" },
	{ "EHLO ", "SMTP" },
	{ "HELO ", "SMTP" },
	{ "*1\r\n$", "Redis" },
	{ "\x05\x01", "SOCKS5" },
	{ "INFO {", "NATS" },
	{ "AMQP", "AMQP" },
};

static size_t first_len(const struct tls_conn *c)
{
	return c->bytes_in < TLS_FIRST_MAX ? (size_t)c->bytes_in
	                                   : TLS_FIRST_MAX;
}

/* A record of TLS begins with its type, 20 to 24, and the major version. */
static bool is_tls_record(const struct tls_conn *c)
{
	return c->bytes_in < 2 ||
	       (c->first[0] >= 20 && c->first[0] <= 24 && c->first[1] == 3);
}

static const char *plain_name(const struct tls_conn *c)
{
	size_t len = first_len(c);

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		size_t n = strlen(plain[i].bytes);
		if (len >= n && !memcmp(c->first, plain[i].bytes, n))
			return plain[i].name;
	}
	return len > 4 && !c->first[3] && c->first[4] == 10 ? "MySQL" : NULL;
}

/* The beginning of its first line, safe to show. */
static void show_first(const struct tls_conn *c, char out[64])
{
	size_t len = 0;

	while (len < first_len(c) && len < 40 && c->first[len] != '\r' &&
	       c->first[len] != '\n')
		len++;
	glyph_copy_bytes(out, 64, c->first, len, GLYPH_ANY_WIDTH);
}

static const char *plain_hint(const struct tls_conn *c)
{
	if (c->is_accepted && c->is_upgrade)
		return "such a client asks for TLS and waits for our yes: "
		       "`/starttls 220 go ahead` sends that and begins TLS";
	if (c->is_accepted)
		return "--tls-auto serves plain clients as well";
	if (c->is_upgrade)
		return "such a server waits until we ask for TLS: `/starttls "
		       "STARTTLS` asks and begins it";
	return "connect without TLS (tcp://). Many protocols change to TLS "
	       "later: /starttls does that";
}

static void tell_plain(const struct tls_conn *c, const char *where,
                       struct error *e)
{
	const char *name = plain_name(c);
	char said[64];

	show_first(c, said);
	error_set(e, "no TLS: %s speaks %s: \"%s\"", where,
	          name ? name : "plain text or another protocol", said);
	error_set_hint(e, "%s", plain_hint(c));
	error_set_word(e, "TLS_PLAIN");
}

/* A server never begins with a ClientHello: it is ours. */
static bool is_echo(const struct tls_conn *c)
{
	return !c->is_accepted && !c->head.is_open && c->bytes_in > 5 &&
	       c->first[0] == SSL3_RT_HANDSHAKE &&
	       c->first[5] == SSL3_MT_CLIENT_HELLO;
}

static void tell_echo(const char *where, struct error *e)
{
	error_set(e, "no TLS: %s sends back what it gets: it is a plain-text "
	             "echo server", where);
	error_set_hint(e, "connect without TLS (tcp://)");
	error_set_word(e, "TLS_PLAIN");
}

/* OpenSSL's reasons that have words of ours. */
static const struct reason {
	int number;
	const char *code, *before, *after, *hint;
} reasons[] = {
	{ SSL_R_UNSUPPORTED_PROTOCOL, "TLS_VERSION", "no common version: ",
	  " speaks none of the TLS versions that we allow", HINT_VERSIONS },
	{ SSL_R_VERSION_TOO_LOW, "TLS_VERSION", "no common version: ",
	  " speaks an older TLS than we allow", HINT_VERSIONS },
	{ SSL_R_WRONG_SSL_VERSION, "TLS_VERSION", "no common version: ",
	  " chose a TLS version that we do not allow", HINT_VERSIONS },
	/* those that sign with SHA-1 and MD5 alone, TLS 1.0 and 1.1 */
	{ SSL_R_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED, "TLS_VERSION",
	  "no common version: ", " speaks an older TLS than we allow",
	  HINT_VERSIONS },
	{ SSL_R_NO_PROTOCOLS_AVAILABLE, "TLS_VERSION",
	  "no version is left for ", "",
	  "--tls-min and --tls-max, or openssl.cnf of this system, leave no "
	  "version" },
	{ SSL_R_NO_SHARED_CIPHER, "TLS_CIPHER", "no common cipher: ",
	  " has none in common with us", HINT_CLIENTS },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "TLS_CIPHER",
	  "no common signature: ", " accepts none that our key can make",
	  HINT_CLIENTS },
	{ SSL_R_NO_CIPHERS_AVAILABLE, "TLS_CIPHER", "no cipher is left for ",
	  "", "--tls-ciphers fits none of the versions" },
	{ SSL_R_WRONG_CIPHER_RETURNED, "TLS_CIPHER", "no common cipher: ",
	  " chose one that we did not offer", HINT_CIPHERS },
	{ SSL_R_DH_KEY_TOO_SMALL, "TLS_WEAK", "weak key exchange: ",
	  " uses a DH key that is too short",
	  "--tls-ciphers DEFAULT@SECLEVEL=0 allows it" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, "TLS_WEAK",
	  "TLS of before 2010: ", " knows no safe renegotiation (RFC 5746)",
	  "--tls-min 1.0 allows it" },
	{ SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "TLS_NO_CERTIFICATE",
	  "no certificate: ", " was asked for one and has none",
	  "the client must show one that --tls-client-ca has signed" },
	{ SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "TLS_DAMAGED",
	  "damaged record: what came from ",
	  " is not what was sent, so the connection has ended",
	  "something on the way changes bytes, or one end has a bug" },
#define NO_RECORD                                                              \
	"TLS_DAMAGED", "no record of TLS: what came from ",                    \
	" is plain or damaged, so the connection has ended",                   \
	"one end may have gone back to plain text, or something on the way "   \
	"adds bytes"
	{ SSL_R_WRONG_VERSION_NUMBER, NO_RECORD },
	{ SSL_R_BAD_RECORD_TYPE, NO_RECORD },
	{ SSL_R_NO_APPLICATION_PROTOCOL, "TLS_ALPN",
	  "no common protocol: ", "", "" },
	{ 0, "TLS_PROTOCOL", "", "", "" },
};

static void tell_alpn(const struct tls_conn *c, const char *where,
                      struct error *e)
{
	error_set(e, "no common protocol: %s offers %s with ALPN, and "
	             "--tls-alpn has %s", where, c->offered,
	          c->tls->settings->alpn);
	error_set_hint(e, "RFC 7301 says that the connection must end then");
	error_set_word(e, "TLS_ALPN");
}

static void tell_reason(const struct tls_conn *c, const char *where,
                        struct error *e)
{
	const struct reason *r = reasons;
	unsigned long packed = ERR_PACK(ERR_LIB_SSL, 0, c->reason);
	const char *words = ERR_reason_error_string(packed);

	while (r->number && r->number != c->reason)
		r++;
	if (r->number)
		error_set(e, "%s%s%s", r->before, where, r->after);
	else
		error_set(e, "TLS failed with %s: %s", where,
		          words ? words : "OpenSSL does not say why");
	error_set_hint(e, "%s", r->hint);
	error_set_word(e, r->code);
}

static void tell_timeout(const struct tls_conn *c, const struct failure *f,
                         struct error *e)
{
	double s = (double)f->timeout_ms / 1000;

	if (!c->bytes_in && !c->is_accepted)
		error_set(e, "timed out: %s accepted the connection, but has "
		             "not answered our TLS handshake within %g s",
		          f->where, s);
	else if (!c->bytes_in)
		error_set(e, "timed out: %s connected, but has not begun a TLS "
		             "handshake within %g s", f->where, s);
	else
		error_set(e, "timed out: %s has not finished the TLS handshake "
		             "within %g s", f->where, s);
	error_set_hint(e, "%s", c->bytes_in      ? ""
	                        : c->is_accepted ? plain_hint(c)
	                                         : PEER_WITHOUT_TLS);
	error_set_code(e, ETIMEDOUT);
}

static void tell_broken_off(const struct tls_conn *c, const struct failure *f,
                            struct error *e)
{
	error_set(e, "TLS handshake broken off: %s %s%s", f->where,
	          c->has_lower_ended ? "closed the connection"
	                             : "reset the connection",
	          c->bytes_in ? "" : " without sending any TLS");
	error_set_hint(e, "%s", c->is_accepted
	                            ? "a client that does not trust our "
	                              "certificate may leave like this, and so "
	                              "do port scans and health checks"
	                        : c->bytes_in ? "see its log"
	                                      : "it may not speak TLS on that "
	                                        "port, or not under this name "
	                                        "(--tls-sni)");
	error_set_word(e, c->has_lower_ended ? "TLS_ENDED" : "ECONNRESET");
}

static void tell_unproven(const struct tls_conn *c, const struct failure *f,
                          struct error *e)
{
	char moved[EXPLAIN_MOVED_MAX];

	explain_moved(moved, f->story);
	error_set(e, "the end of %.120s is unproven: it %s the connection "
	             "%s, without TLS's close_notify",
	          f->where, c->is_reset ? "reset" : "closed", moved);
	error_set_hint(e, "anybody on the way could have done that, so the "
	                  "data may be cut short. Python's ssl, for one, "
	                  "proves its end only when the program calls "
	                  "unwrap(). --tls-allow-truncation accepts such an "
	                  "end");
	error_set_word(e, "TLS_TRUNCATED");
}

static void tell_protocol(const struct tls_conn *c, const char *where,
                          struct error *e)
{
	if (c->reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		tls_explain_doubt(c, where, e);
	else if (is_alert(c->reason))
		tell_alert(c, where, e);
	else if (is_echo(c))
		tell_echo(where, e);
	else if (!c->head.is_open && !is_tls_record(c))
		tell_plain(c, where, e);
	else if (*c->offered)
		tell_alpn(c, where, e);
	else
		tell_reason(c, where, e);
}

/* How far a conversation had got. */
static void add_moved(const struct failure *f, struct error *e)
{
	char moved[EXPLAIN_MOVED_MAX];

	explain_moved(moved, f->story);
	text_add(e->text, sizeof(e->text), ", %s", moved);
}

static bool is_reset(int errnum)
{
	return errnum == ECONNRESET || errnum == EPIPE;
}

/* Errno's words are good for what failed below, once it is open.  A peer that
 * refuses us says so in an alert and closes, which resets what we write
 * meanwhile: the alert, which is read then, tells more than the reset. */
void tls_explain(const struct failure *f, struct error *e)
{
	const struct tls_conn *c = (const struct tls_conn *)f->transport;

	if (!c)
		return;
	if (c->refusal)
		*e = *c->refusal;
	else if (!f->errnum)
		tell_unproven(c, f, e);
	else if (f->timeout_ms)
		tell_timeout(c, f, e);
	else if (f->errnum != ENOMEM && (f->errnum == EPROTO || c->reason))
		tell_protocol(c, f->where, e);
	else if (!c->head.is_open && is_reset(f->errnum))
		tell_broken_off(c, f, e);
	if (f->errnum == EPROTO && c->head.is_open && f->story)
		add_moved(f, e);
}
