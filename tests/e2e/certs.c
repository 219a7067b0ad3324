/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "certs.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cmocka.h>

#define DAY (24L * 60 * 60)

/* What a certificate says: its name, who has signed it, for which hosts and
 * purposes, and from which day until which day counted from today. */
struct recipe {
	const char *file, *issuer, *name, *hosts, *purpose;
	long from_day, to_day;
	unsigned rsa_bits; /* 0: an elliptic curve */
};

#define HOSTS  "DNS:localhost,IP:127.0.0.1,IP:::1"
#define SERVER "serverAuth"
#define CLIENT "clientAuth"

/* Whoever signs stands before what it signs. */
static const struct recipe recipes[] = {
	{ "root", "root", "sockchat test root", NULL, NULL, -20, 20, 0 },
	{ "inter", "root", "sockchat test intermediate", NULL, NULL, -20, 20,
	  0 },
	{ "server", "inter", "test server", HOSTS, SERVER, -20, 20, 0 },
	{ "other", "inter", "other server", "DNS:other.example", SERVER, -20,
	  20, 0 },
	{ "expired", "inter", "old server", HOSTS, SERVER, -20, -10, 0 },
	{ "future", "inter", "new server", HOSTS, SERVER, 10, 20, 0 },
	{ "purpose", "inter", "no server", HOSTS, CLIENT, -20, 20, 0 },
	{ "lone", "inter", "lone server", HOSTS, SERVER, -20, 20, 0 },
	{ "self", "self", "self made", HOSTS, SERVER, -20, 20, 0 },
	{ "weak", "inter", "weak server", HOSTS, SERVER, -20, 20, 1024 },
	{ "rogue", "rogue", "sockchat test root", NULL, NULL, -20, 20, 0 },
	{ "user", "inter", "test user", NULL, CLIENT, -20, 20, 0 },
	{ "stranger", "rogue", "strange user", NULL, CLIENT, -20, 20, 0 },
};
#define COUNT (sizeof(recipes) / sizeof(*recipes))

static char folder[] = "/tmp/sockchat-certs-XXXXXX";
static X509 *certs[COUNT];
static EVP_PKEY *keys[COUNT];

const char *cert_path(const char *name)
{
	static char paths[8][320];
	static size_t next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static size_t recipe_named(const char *name)
{
	size_t i = 0;

	while (strcmp(recipes[i].file, name) != 0)
		i++;
	return i;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX how;

	X509V3_set_ctx_nodb(&how);
	X509V3_set_ctx(&how, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &how, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(cert, e, -1), 1);
	X509_EXTENSION_free(e);
}

static void add_extensions(const struct recipe *r, X509 *cert, X509 *issuer)
{
	bool is_authority = !r->purpose;

	add_extension(cert, issuer, NID_basic_constraints,
	              is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
	add_extension(cert, issuer, NID_subject_key_identifier, "hash");
	if (issuer != cert)
		add_extension(cert, issuer, NID_authority_key_identifier,
		              "keyid");
	if (is_authority)
		add_extension(cert, issuer, NID_key_usage,
		              "critical,keyCertSign,cRLSign");
	else
		add_extension(cert, issuer, NID_ext_key_usage, r->purpose);
	if (r->hosts)
		add_extension(cert, issuer, NID_subject_alt_name, r->hosts);
}

static void set_names(X509 *cert, const struct recipe *r,
                      const struct recipe *issuer)
{
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	                           MBSTRING_ASC,
	                           (const unsigned char *)r->name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(cert), "CN",
	                           MBSTRING_ASC,
	                           (const unsigned char *)issuer->name, -1, -1,
	                           0);
}

static void make_cert(size_t i)
{
	const struct recipe *r = &recipes[i];
	size_t by = recipe_named(r->issuer);

	keys[i] = r->rsa_bits ? EVP_RSA_gen(r->rsa_bits) : EVP_EC_gen("P-256");
	certs[i] = X509_new();
	assert_non_null(keys[i]);
	assert_non_null(certs[i]);
	X509_set_version(certs[i], X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certs[i]), (long)i + 1);
	X509_gmtime_adj(X509_getm_notBefore(certs[i]), r->from_day * DAY);
	X509_gmtime_adj(X509_getm_notAfter(certs[i]), r->to_day * DAY);
	X509_set_pubkey(certs[i], keys[i]);
	set_names(certs[i], r, &recipes[by]);
	add_extensions(r, certs[i], certs[by]);
	assert_true(X509_sign(certs[i], keys[by], EVP_sha256()) > 0);
}

static FILE *create(const char *name, const char *ending)
{
	char file[40];

	snprintf(file, sizeof(file), "%s%s", name, ending);
	FILE *f = fopen(cert_path(file), "we");
	assert_non_null(f);
	return f;
}

static void write_cert(size_t i)
{
	const struct recipe *r = &recipes[i];
	FILE *f = create(r->file, ".pem");

	PEM_write_X509(f, certs[i]);
	if (strcmp(r->issuer, "inter") == 0 && strcmp(r->file, "lone") != 0)
		PEM_write_X509(f, certs[recipe_named("inter")]);
	fclose(f);
	f = create(r->file, ".key");
	PEM_write_PrivateKey(f, keys[i], NULL, NULL, 0, NULL, NULL);
	fclose(f);
}

static void write_locked_key(void)
{
	FILE *f = create("locked", ".key");

	PEM_write_PKCS8PrivateKey(f, keys[recipe_named("server")],
	                          EVP_aes_256_cbc(), "secret", 6, NULL, NULL);
	fclose(f);
}

int certs_setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < COUNT; i++) {
		make_cert(i);
		write_cert(i);
	}
	write_locked_key();
	return 0;
}

/* Tests may have put more files there. */
static void remove_folder(void)
{
	DIR *dir = opendir(folder);

	for (struct dirent *e; dir && (e = readdir(dir));)
		unlink(cert_path(e->d_name));
	if (dir)
		closedir(dir);
	rmdir(folder);
}

int certs_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		X509_free(certs[i]);
		EVP_PKEY_free(keys[i]);
	}
	remove_folder();
	return 0;
}
