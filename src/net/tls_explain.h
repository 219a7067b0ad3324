/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Certificates and failures of TLS, in words that are safe to show. */

#ifndef NET_TLS_EXPLAIN_H
#define NET_TLS_EXPLAIN_H

#include "tls_private.h"

/* tls_names.c: what certificates say, safe to show: whom it is for or from, as
 * "CN=localhost"; the names that it is for, with commas between; a moment,
 * since 1970. */
void tls_name_text(char *out, size_t cap, const X509_NAME *name);
void tls_names_text(char *out, size_t cap, const X509 *cert);
int64_t tls_time(const ASN1_TIME *t);
/* Write its SHA-256 as "AB:CD:…"; "" without memory. */
void tls_fingerprint(const X509 *cert, char out[TLS_SHA_TEXT_MAX]);

/* tls_verify.c: write the pin of a certificate's public key.  False, and "",
 * without memory. */
bool tls_key_pin(const X509 *cert, char out[TLS_PIN_TEXT_MAX]);

/* tls_doubt.c: the sentence for a certificate that was not accepted. */
void tls_explain_doubt(const struct tls_conn *c, const char *where,
                       struct error *e);

/* tls_explain.c */
void tls_explain(const struct failure *f, struct error *e);

#endif
