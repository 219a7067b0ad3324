/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whom we trust: by a chain and a name, which OpenSSL checks; or by the public
 * key alone. */

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "tls_explain.h"

#define PIN_PREFIX "sha256//"

/* The SHA-256 of its public key. */
bool tls_key_pin(const X509 *cert, char out[TLS_PIN_TEXT_MAX])
{
	uint8_t digest[SHA256_DIGEST_LENGTH], *key = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &key);
	bool is_made = len > 0 && EVP_Digest(key, (size_t)len, digest, NULL,
	                                     EVP_sha256(), NULL) == 1;

	OPENSSL_free(key);
	*out = '\0';
	if (!is_made)
		return false;
	memcpy(out, PIN_PREFIX, sizeof(PIN_PREFIX));
	EVP_EncodeBlock((uint8_t *)out + strlen(PIN_PREFIX), digest,
	                sizeof(digest));
	return true;
}

/* The options know what a pin looks like, so that each key has just one. */
static bool is_pinned(const struct tls *t, const X509 *cert)
{
	char pin[TLS_PIN_TEXT_MAX];

	return tls_key_pin(cert, pin) && strstr(t->settings->pin, pin);
}

static X509 *keep(X509 *cert)
{
	return cert && X509_up_ref(cert) ? cert : NULL;
}

static void note_doubt(struct tls_doubt *d, X509_STORE_CTX *store)
{
	X509_free(d->cert);
	X509_free(d->leaf);
	sk_X509_pop_free(d->sent, X509_free);
	d->error = X509_STORE_CTX_get_error(store);
	d->leaf = keep(X509_STORE_CTX_get0_cert(store));
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
	d->sent = sent ? X509_chain_up_ref(sent) : NULL;
	d->cert = keep(X509_STORE_CTX_get_current_cert(store));
}

static bool check_pin(const struct tls *t, X509_STORE_CTX *store)
{
	bool is_known = is_pinned(t, X509_STORE_CTX_get0_cert(store));

	if (!is_known)
		X509_STORE_CTX_set_error(store,
		                         X509_V_ERR_APPLICATION_VERIFICATION);
	return is_known;
}

/* What is wrong is kept also when --tls-insecure takes it, for the facts. */
int tls_verify(X509_STORE_CTX *store, void *user)
{
	const struct tls *t = user;
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_conn *c = SSL_get_app_data(ssl);
	bool has_pin = *t->settings->pin && !c->is_accepted;
	bool is_good = has_pin
	                   ? check_pin(t, store)
	                   : X509_verify_cert(store) > 0;

	if (!is_good)
		note_doubt(&c->doubt, store);
	if (!is_good && t->settings->insecure && !c->is_accepted && !has_pin) {
		ERR_clear_error();
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	return is_good;
}
