/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Certificates for tests, made on the spot, and as files in a folder of the
 * test's own, with which the two of tls_scene.h meet. */

#ifndef TESTS_TLS_CERTS_H
#define TESTS_TLS_CERTS_H

#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tls_scene.h"

#define DAY (24L * 60 * 60)

/* What stands in one; all zero is a server's for localhost, good for a day. */
struct wish {
	const char *subject; /* NULL: "localhost" */
	const char *names;   /* NULL: "DNS:localhost,IP:127.0.0.1" */
	const char *usage;   /* NULL: "serverAuth" */
	long begins, ends;   /* in seconds from now; 0: -1 day, +1 day */
	bool is_issuer;
	int rsa_bits;        /* 0: an elliptic curve */
};

struct made {
	X509 *cert;
	EVP_PKEY *key;
};

static void extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(x);
	assert_true(X509_add_ext(cert, x, -1));
	X509_EXTENSION_free(x);
}

static void name_cert(X509_NAME *name, const char *text)
{
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	                                       (const uint8_t *)text, -1, -1,
	                                       0));
}

static EVP_PKEY *make_key(int rsa_bits)
{
	return rsa_bits ? EVP_RSA_gen((unsigned)rsa_bits)
	                : EVP_EC_gen("P-256");
}

/* `by` NULL: it signs for itself. */
static struct made make(const struct wish *w, const struct made *by)
{
	struct made m = { .cert = X509_new(), .key = make_key(w->rsa_bits) };

	X509_set_version(m.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(m.cert), 7);
	X509_gmtime_adj(X509_getm_notBefore(m.cert),
	                w->begins ? w->begins : -DAY);
	X509_gmtime_adj(X509_getm_notAfter(m.cert), w->ends ? w->ends : DAY);
	name_cert(X509_get_subject_name(m.cert),
	          w->subject ? w->subject : "localhost");
	X509_set_issuer_name(m.cert,
	                     X509_get_subject_name(by ? by->cert : m.cert));
	X509_set_pubkey(m.cert, m.key);
	if (w->is_issuer) {
		extend(m.cert, NID_basic_constraints, "critical,CA:TRUE");
	} else {
		extend(m.cert, NID_subject_alt_name,
		       w->names ? w->names : "DNS:localhost,IP:127.0.0.1");
		extend(m.cert, NID_ext_key_usage,
		       w->usage ? w->usage : "serverAuth");
	}
	assert_true(X509_sign(m.cert, by ? by->key : m.key, EVP_sha256()));
	return m;
}

static void unmake(struct made *m)
{
	X509_free(m->cert);
	EVP_PKEY_free(m->key);
	*m = (struct made){ 0 };
}

static char folder[] = "/tmp/sockchat-tls-XXXXXX";

/* The path of a file in the folder, borrowed until the next call but seven. */
static char *path_of(const char *name)
{
	static char paths[8][64];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* Write certificates, and behind them the first one's key, if there is a
 * name. */
static void write_pem(const char *name, const struct made *const *list,
                      size_t count, bool has_key)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	for (size_t i = 0; i < count; i++)
		PEM_write_X509(f, list[i]->cert);
	if (has_key)
		PEM_write_PrivateKey(f, list[0]->key, NULL, NULL, 0, NULL,
		                     NULL);
	fclose(f);
}

static void set_path(char to[TLS_PATH_MAX], const char *name)
{
	snprintf(to, TLS_PATH_MAX, "%s", path_of(name));
}

/* The client trusts the authority `ca.pem`, and the server shows cert.pem. */
static void prepare_files(const struct wish *w)
{
	struct made ca = make(&(struct wish){ .subject = "Our Authority",
	                                      .is_issuer = true }, NULL);
	struct made own = make(w, &ca);

	write_pem("ca.pem", (const struct made *[]){ &ca }, 1, false);
	write_pem("cert.pem", (const struct made *[]){ &own }, 1, true);
	unmake(&ca);
	unmake(&own);
	scene_prepare();
	set_path(client.settings.ca, "ca.pem");
	set_path(server.settings.cert, "cert.pem");
}

static void meet(void)
{
	scene_begin();
	shake_hands(WHOLE);
}

/* What is said of the client's failure, and its hint. */
#define says(part) assert_non_null(strstr(explain(&client), part))
#define hints(part) assert_non_null(strstr(client.e.hint, part))

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {
		"cert.pem", "ca.pem", "key.pem", "own.pem", "log", "link",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

#endif
