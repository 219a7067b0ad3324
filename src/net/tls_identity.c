/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who we are: a certificate and its key from files, or a temporary one that is
 * made here and never leaves this memory. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <sockchat/secret.h>

#include "tls_private.h"

#define MADE_DAYS  30
#define DAY_S      (24 * 60 * 60)

/* What is asked for while a key is read. */
struct asking {
	const char *path;
	struct error *e;
	bool is_asked, has_failed;
};

/* pem_password_cb */
static int ask_passphrase(char *out, int cap, int is_writing, void *user)
{
	struct asking *a = user;
	char prompt[160];

	(void)is_writing;
	if (a->has_failed) /* OpenSSL tries each form that a key may have */
		return -1;
	a->is_asked = true;
	snprintf(prompt, sizeof(prompt), "passphrase of %.120s", a->path);
	a->has_failed = secret_ask(prompt, out, (size_t)cap, a->e) != 0;
	return a->has_failed ? -1 : (int)strlen(out);
}

static int refuse_key(const struct asking *a, const char *option)
{
	struct error *e = a->e;

	if (a->has_failed) {
		struct error why = *e;
		return tls_refuse(e, "`openssl pkey -in FILE -out NEW_FILE` "
		                     "writes it without one",
		                  "--%s: the key in %.120s has a passphrase: "
		                  "%.80s", option, a->path, why.text);
	}
	if (a->is_asked)
		return tls_refuse(e, "", "--%s: that is not the passphrase of "
		                         "%s", option, a->path);
	return tls_refuse(e, "a PEM file has a line -----BEGIN PRIVATE "
	                     "KEY-----. If the key is in another file, use "
	                     "--tls-key. To convert one: openssl pkey -in FILE "
	                     "-out FILE.pem",
	                  "--%s: there is no private key in %s", option,
	                  a->path);
}

/* The first certificate is ours; those behind it lead to its issuer.  Returns
 * how many there are, -1 when OpenSSL does not take one. */
static int use_chain(SSL_CTX *ctx, BIO *pem)
{
	int count = 0;
	X509 *cert;

	while ((cert = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL))) {
		bool is_taken = count ? SSL_CTX_add1_chain_cert(ctx, cert) == 1
		                      : SSL_CTX_use_certificate(ctx, cert) == 1;
		X509_free(cert);
		if (!is_taken)
			return -1;
		count++;
	}
	return count;
}

static int refuse_certificate(const char *path, struct error *e)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	return tls_refuse(e, TLS_WEAK_HINT,
	                  "--tls-cert: OpenSSL refuses a certificate in "
	                  "%.120s: %.80s", path, why ? why : "it is not good");
}

static int use_certificate(SSL_CTX *ctx, const char *path, struct error *e)
{
	struct bytes file = { 0 };

	if (tls_read_file(&file, "tls-cert", path, e))
		return -1;
	BIO *pem = BIO_new_mem_buf(file.data, (int)file.len);
	int count = pem ? use_chain(ctx, pem) : 0;
	BIO_free(pem);
	bytes_finish(&file);
	if (count < 0)
		return refuse_certificate(path, e);
	return count ? 0 : tls_refuse(e, TLS_PEM_HINT, "--tls-cert: there is "
	                              "no certificate in %s", path);
}

static EVP_PKEY *read_key(struct asking *a, const char *option)
{
	struct bytes file = { 0 };

	if (tls_read_file(&file, option, a->path, a->e))
		return NULL;
	BIO *pem = BIO_new_mem_buf(file.data, (int)file.len);
	EVP_PKEY *key = pem ? PEM_read_bio_PrivateKey(pem, NULL, ask_passphrase,
	                                              a)
	                    : NULL;
	BIO_free(pem);
	OPENSSL_cleanse(file.data, file.len);
	bytes_finish(&file);
	if (!key)
		refuse_key(a, option);
	return key;
}

/* True if the file begins with an issuer, in place of our own certificate. */
static bool is_key_below(SSL_CTX *ctx, EVP_PKEY *key)
{
	STACK_OF(X509) *chain = NULL;
	bool is_found = false;

	SSL_CTX_get0_chain_certs(ctx, &chain);
	for (int i = 0; i < sk_X509_num(chain); i++)
		is_found = is_found ||
		           X509_check_private_key(sk_X509_value(chain, i), key);
	return is_found;
}

/* Nobody is asked twice for a passphrase, and later nobody can be. */
static int use_key(struct tls *t, SSL_CTX *ctx, const char *option,
                   const char *path, const char *cert, struct error *e)
{
	struct asking a = { .path = path, .e = e };

	if (!t->key)
		t->key = read_key(&a, option);
	if (!t->key)
		return -1;
	if (SSL_CTX_use_PrivateKey(ctx, t->key) &&
	    SSL_CTX_check_private_key(ctx))
		return 0;
	return tls_refuse(e, is_key_below(ctx, t->key)
	                         ? "the key belongs to a certificate further "
	                           "down in the file: put that one first"
	                         : "each certificate has its own key, in the "
	                           "file that was made together with it",
	                  "--%s: the key in %.90s does not belong to the "
	                  "certificate in %.90s", option, path, cert);
}

int tls_use_identity(struct tls *t, SSL_CTX *ctx, struct error *e)
{
	const struct tls_settings *s = t->settings;
	bool has_key = *s->key;

	if (use_certificate(ctx, s->cert, e))
		return -1;
	return use_key(t, ctx, has_key ? "tls-key" : "tls-cert",
	               has_key ? s->key : s->cert, s->cert, e);
}

/* The temporary certificate */

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool is_added = x && X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
	return is_added;
}

/* Clients check the name that they called us by. */
static bool add_names(X509 *cert)
{
	char host[256] = "", names[400];
	size_t len;

	if (gethostname(host, sizeof(host) - 1))
		*host = '\0';
	len = strspn(host, "abcdefghijklmnopqrstuvwxyz"
	                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");
	bool is_name = len && !host[len] && strcmp(host, "localhost") != 0;
	snprintf(names, sizeof(names),
	         "DNS:localhost,IP:127.0.0.1,IP:::1%s%s",
	         is_name ? ",DNS:" : "", is_name ? host : "");
	return add_extension(cert, NID_subject_alt_name, names);
}

static bool set_serial(X509 *cert)
{
	uint64_t serial = 0;

	return RAND_bytes((uint8_t *)&serial, sizeof(serial)) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert),
	                               serial >> 1 | 1);
}

static bool set_subject(X509 *cert)
{
	X509_NAME *name = X509_get_subject_name(cert);
	const uint8_t text[] = "sockchat temporary certificate";

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1,
	                                  -1, 0) &&
	       X509_set_issuer_name(cert, name);
}

/* The clocks of two machines differ. */
static bool set_dates(X509 *cert)
{
	return X509_gmtime_adj(X509_getm_notBefore(cert), -DAY_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), MADE_DAYS * DAY_S);
}

static bool fill(X509 *cert, EVP_PKEY *key)
{
	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	       set_subject(cert) && set_dates(cert) &&
	       X509_set_pubkey(cert, key) && add_names(cert) &&
	       add_extension(cert, NID_basic_constraints, "CA:FALSE") &&
	       add_extension(cert, NID_key_usage, "digitalSignature") &&
	       add_extension(cert, NID_ext_key_usage, "serverAuth") &&
	       X509_sign(cert, key, EVP_sha256());
}

static bool make(struct tls *t)
{
	t->made_key = EVP_EC_gen("P-256");
	t->made = t->made_key ? X509_new() : NULL;
	if (t->made && fill(t->made, t->made_key))
		return true;
	X509_free(t->made);
	EVP_PKEY_free(t->made_key);
	t->made = NULL;
	t->made_key = NULL;
	return false;
}

int tls_use_made(struct tls *t, SSL_CTX *ctx, struct error *e)
{
	if ((t->made || make(t)) && SSL_CTX_use_certificate(ctx, t->made) &&
	    SSL_CTX_use_PrivateKey(ctx, t->made_key))
		return 0;
	return error_set_errno(e, ENOMEM, "no temporary certificate");
}
