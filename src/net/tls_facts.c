/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is known of a connection that speaks TLS. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "tls_explain.h"

static void describe(struct tls_certificate *out, const X509 *cert)
{
	tls_name_text(out->subject, sizeof(out->subject),
	              X509_get_subject_name(cert));
	tls_name_text(out->issuer, sizeof(out->issuer),
	              X509_get_issuer_name(cert));
	out->begin_s = tls_time(X509_get0_notBefore(cert));
	out->end_s = tls_time(X509_get0_notAfter(cert));
}

/* The chain that was verified goes up to whom we trust; a server's list of what
 * a client has sent is without the client's own. */
static STACK_OF(X509) *chain_of(const struct tls_conn *c, enum tls_trust trust)
{
	if (trust == TLS_TRUST_REFUSED)
		return c->doubt.sent;
	return trust == TLS_TRUST_CHAIN ? SSL_get0_verified_chain(c->ssl)
	                                : SSL_get_peer_cert_chain(c->ssl);
}

static void find_chain(struct tls_facts *f, const struct tls_conn *c,
                       const X509 *own)
{
	STACK_OF(X509) *list = chain_of(c, f->trust);
	int count = list ? sk_X509_num(list) : 0;

	describe(&f->chain[f->chain_count++], own);
	for (int i = 0; i < count && f->chain_count < TLS_CHAIN_MAX; i++) {
		const X509 *cert = sk_X509_value(list, i);
		if (X509_cmp(cert, own))
			describe(&f->chain[f->chain_count++], cert);
	}
}

static void find_certificate(struct tls_facts *f, const struct tls_conn *c)
{
	const X509 *own = f->trust == TLS_TRUST_REFUSED
	                      ? c->doubt.leaf
	                      : SSL_get0_peer_certificate(c->ssl);

	if (!own)
		return;
	find_chain(f, c, own);
	tls_names_text(f->names, sizeof(f->names), own);
	tls_key_pin(own, f->pin);
	tls_fingerprint(own, f->fingerprint);
}

static void find_trust(struct tls_facts *f, const struct tls_conn *c)
{
	const struct tls *t = c->tls;

	if (!c->head.is_open)
		f->trust = TLS_TRUST_REFUSED;
	else if (c->is_accepted)
		f->trust = *t->settings->client_ca ? TLS_TRUST_CHAIN
		                                   : TLS_TRUST_CLIENT;
	else if (*t->settings->pin)
		f->trust = TLS_TRUST_PIN;
	else if (t->settings->insecure)
		f->trust = TLS_TRUST_ANYONE;
	if (f->trust == TLS_TRUST_ANYONE && c->doubt.error)
		f->doubt = X509_verify_cert_error_string(c->doubt.error);
}

static void find_alpn(struct tls_facts *f, const struct tls_conn *c)
{
	const uint8_t *name = NULL;
	unsigned len = 0;

	SSL_get0_alpn_selected(c->ssl, &name, &len);
	f->chosen = c->is_accepted ? c->alpn : NULL;
	glyph_copy_bytes(f->alpn, sizeof(f->alpn), name, len, GLYPH_ANY_WIDTH);
}

static void find_agreed(struct tls_facts *f, SSL *ssl)
{
	const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	int group = (int)SSL_get_negotiated_group(ssl);
	const char *name = group ? SSL_group_to_name(ssl, group) : NULL;

	f->version = SSL_get_version(ssl);
	f->cipher = SSL_get_cipher_name(ssl);
	f->is_resumed = SSL_session_reused(ssl);
	glyph_copy(f->sni, sizeof(f->sni), sni ? sni : "", GLYPH_ANY_WIDTH);
	if (name)
		glyph_copy(f->group, sizeof(f->group), name, GLYPH_ANY_WIDTH);
}

/* They stay the same, for nobody renegotiates. */
const struct tls_facts *tls_facts_of(struct tls_conn *c)
{
	struct tls_facts *f = c->facts ? NULL : calloc(1, sizeof(*f));

	if (!f)
		return c->facts;
	find_agreed(f, c->ssl);
	find_alpn(f, c);
	find_trust(f, c);
	find_certificate(f, c);
	f->shows_us = SSL_get_certificate(c->ssl) != NULL;
	return c->facts = f;
}

bool tls_own(const struct tls *t, struct tls_own *out)
{
	const SSL_CTX *ctx = t->contexts[ENDPOINT_LISTEN];
	const X509 *cert = ctx ? SSL_CTX_get0_certificate(ctx) : NULL;

	if (!cert)
		return false;
	describe(&out->certificate, cert);
	out->is_temporary = cert == t->made;
	tls_key_pin(cert, out->pin);
	tls_fingerprint(cert, out->fingerprint);
	return true;
}
