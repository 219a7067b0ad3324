/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user asks of TLS: whom to trust, who we are, which versions.  One
 * struct tls serves all connections of a run. */

#ifndef SOCKCHAT_TLS_H
#define SOCKCHAT_TLS_H

#include <stdbool.h>

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

/* `settings` is borrowed until tls_free().  Nothing is read before it is
 * needed.  NULL without memory. */
MUST_USE struct tls *tls_new(const struct tls_settings *settings);
/* Read the files, and make ready for connections of that mode, unless that has
 * been done.  The terminal may be asked for a passphrase.  -1 with a sentence
 * that names the option; it can be called again. */
MUST_USE
int tls_prepare(struct tls *t, enum endpoint_mode mode, struct error *e);
/* True if the settings take versions for which OpenSSL's security has to be
 * set down. */
bool tls_is_weak(const struct tls_settings *s);
/* Safe for NULL. */
void tls_free(struct tls *t);

#endif
