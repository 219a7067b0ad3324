/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whom we trust: by a chain and a name, which OpenSSL checks; or by the public
 * key alone. */

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tls_words.h"

#define PIN_PREFIX "sha256//"
#define PIN_CHARS  44 /* of base64 */

/* The SHA-256 of its public key.  False without memory. */
static bool digest_key(const X509 *cert, uint8_t out[TLS_PIN_LEN])
{
	uint8_t *key = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &key);
	bool is_made = len > 0 && EVP_Digest(key, (size_t)len, out, NULL,
	                                     EVP_sha256(), NULL) == 1;

	OPENSSL_free(key);
	return is_made;
}

bool tls_key_pin(const X509 *cert, char out[TLS_PIN_TEXT_MAX])
{
	uint8_t digest[TLS_PIN_LEN];

	*out = '\0';
	if (!digest_key(cert, digest))
		return false;
	memcpy(out, PIN_PREFIX, sizeof(PIN_PREFIX));
	EVP_EncodeBlock((uint8_t *)out + strlen(PIN_PREFIX), digest,
	                TLS_PIN_LEN);
	return true;
}

/* Its last character and "=" stand for what is missing of three bytes. */
static bool read_pin(const char *text, size_t len, uint8_t out[TLS_PIN_LEN])
{
	uint8_t bytes[TLS_PIN_LEN + 1];
	size_t prefix = strlen(PIN_PREFIX);

	if (len != prefix + PIN_CHARS ||
	    memcmp(text, PIN_PREFIX, prefix) != 0 ||
	    text[len - 1] != '=' || text[len - 2] == '=' ||
	    EVP_DecodeBlock(bytes, (const uint8_t *)text + prefix,
	                    PIN_CHARS) != TLS_PIN_LEN + 1)
		return false;
	memcpy(out, bytes, TLS_PIN_LEN);
	return true;
}

static int refuse_pin(const char *pin, size_t len, struct error *e)
{
	return tls_refuse(e, "a pin is " PIN_PREFIX " and the 44 characters "
	                     "that base64 makes of a key's SHA-256, as curl's; "
	                     "more of them stand behind \";\"",
	                  "--tls-pin: \"%.*s\" is no pin",
	                  (int)(len < 80 ? len : 80), pin);
}

int tls_read_pins(struct tls *t, struct error *e)
{
	const char *at = t->settings->pin;

	t->pin_count = 0;
	while (*at) {
		size_t len = strcspn(at, ";");
		if (t->pin_count == TLS_PINS_MAX ||
		    !read_pin(at, len, t->pins[t->pin_count]))
			return refuse_pin(at, len, e);
		t->pin_count++;
		at += len + (at[len] == ';');
	}
	return 0;
}

static bool is_pinned(const struct tls *t, const X509 *cert)
{
	uint8_t digest[TLS_PIN_LEN];
	bool is_known = false;

	if (!digest_key(cert, digest))
		return false;
	for (size_t i = 0; i < t->pin_count; i++)
		is_known = is_known ||
		           !memcmp(t->pins[i], digest, TLS_PIN_LEN);
	return is_known;
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

/* What would be wrong is kept, also when it does not matter. */
int tls_verify(X509_STORE_CTX *store, void *user)
{
	const struct tls *t = user;
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_conn *c = SSL_get_app_data(ssl);
	bool is_good = t->pin_count && !c->is_accepted
	                   ? check_pin(t, store)
	                   : X509_verify_cert(store) > 0;

	if (!is_good)
		note_doubt(&c->doubt, store);
	if (!is_good && t->settings->insecure && !c->is_accepted &&
	    !t->pin_count) {
		ERR_clear_error();
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	return is_good;
}
