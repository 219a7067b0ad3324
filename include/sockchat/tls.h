/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user asks of TLS: whom to trust, who we are, which versions.  One
 * struct tls serves all connections of a run. */

#ifndef SOCKCHAT_TLS_H
#define SOCKCHAT_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>

#define TLS_NAME_MAX 256  /* of a host: RFC 1035, 2.3.4 */
#define TLS_PATH_MAX 4096
#define TLS_LIST_MAX 1024 /* of ciphers, ALPN names or pins */

/* Versions in their order; TLS_ANY: OpenSSL's own choice. */
enum tls_version { TLS_ANY, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

/* Texts are "" when nothing was said. */
struct tls_settings {
	char ca[TLS_PATH_MAX];     /* whom we trust, in place of the system */
	char cert[TLS_PATH_MAX], key[TLS_PATH_MAX]; /* who we are; PEM */
	char client_ca[TLS_PATH_MAX]; /* who may connect to a listener */
	char pin[TLS_LIST_MAX];   /* "sha256//BASE64", more behind ";" */
	char sni[TLS_NAME_MAX];   /* the name asked for and verified */
	bool has_sni;             /* it was given; then "" sends none */
	char alpn[TLS_LIST_MAX];  /* names behind "," */
	char ciphers[TLS_LIST_MAX];
	int min, max;             /* enum tls_version */
	bool insecure;            /* trust whoever it is */
	bool takes_plain;         /* a listener serves plain clients as well */
	bool allows_truncation;   /* an end needs no close_notify */
};

struct tls;

#define TLS_TEXT_MAX  128
#define TLS_CHAIN_MAX 6 /* certificates that are shown */
#define TLS_PIN_TEXT_MAX 56
#define TLS_SHA_TEXT_MAX 96

/* Why we know who the peer is, or do not. */
enum tls_trust {
	TLS_TRUST_CHAIN,  /* somebody whom we trust has signed for it */
	TLS_TRUST_PIN,    /* its key is the one that was given */
	TLS_TRUST_ANYONE, /* --tls-insecure: we do not */
	TLS_TRUST_CLIENT, /* it came to us, and nobody was asked for */
	TLS_TRUST_REFUSED, /* the handshake has failed because of it */
};

/* Texts are safe to show, and "" when there is nothing. */
struct tls_certificate {
	char subject[TLS_TEXT_MAX], issuer[TLS_TEXT_MAX];
	int64_t begin_s, end_s; /* since 1970 */
};

/* What was agreed on, and what the peer has shown. */
struct tls_facts {
	const char *version, *cipher; /* "TLSv1.3", OpenSSL's name */
	char group[32];               /* of the key exchange: "x25519" */
	char sni[TLS_TEXT_MAX];       /* the name that was asked for */
	char alpn[TLS_TEXT_MAX];      /* what was chosen */
	const uint8_t *chosen; /* by us, of our list: behind its length, good
	                        * until tls_free(); NULL: nothing */
	enum tls_trust trust;
	const char *doubt; /* what --tls-insecure passes over; NULL: nothing */
	bool is_resumed;
	bool shows_us;                /* we have a certificate to show */
	struct tls_certificate chain[TLS_CHAIN_MAX]; /* the peer's own first */
	size_t chain_count;
	char names[256];              /* that the first one is for */
	char pin[TLS_PIN_TEXT_MAX];   /* of its key */
	char fingerprint[TLS_SHA_TEXT_MAX]; /* its SHA-256: "AB:CD:…" */
};

/* The certificate that our listeners show. */
struct tls_own {
	bool is_temporary; /* made for this run */
	struct tls_certificate certificate;
	char pin[TLS_PIN_TEXT_MAX];
	char fingerprint[TLS_SHA_TEXT_MAX];
};

/* `settings` is borrowed until tls_free().  Nothing is read before it is
 * needed.  NULL without memory. */
MUST_USE struct tls *tls_new(const struct tls_settings *settings);
/* Read the files, and make ready for connections of that mode, unless that has
 * been done.  The terminal may be asked for a passphrase.  -1 with a sentence
 * that names the option; it can be called again. */
MUST_USE
int tls_prepare(struct tls *t, enum endpoint_mode mode, struct error *e);
/* Describe the certificate that our listeners show.  False before tls_prepare()
 * for them. */
MUST_USE bool tls_own(const struct tls *t, struct tls_own *out);

/* Take the next note on the settings that the user has not had: its code, which
 * is static, and its text.  False when there is none. */
#define TLS_NOTE_MAX 256
MUST_USE
bool tls_take_note(struct tls *t, const char **code, char text[TLS_NOTE_MAX]);

/* True if listeners serve plain clients as well. */
bool tls_takes_plain(const struct tls *t);
/* True if the settings take versions for which OpenSSL's security has to be
 * set down. */
bool tls_is_weak(const struct tls_settings *s);
/* Safe for NULL. */
void tls_free(struct tls *t);

#endif
