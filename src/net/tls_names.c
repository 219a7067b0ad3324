/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What certificates say, made safe to show. */

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <sockchat/glyph.h>

#include "tls_explain.h"

#define NAME_FORM                                                              \
	(XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | ASN1_STRFLGS_ESC_CTRL |       \
	 ASN1_STRFLGS_UTF8_CONVERT)

void tls_name_text(char *out, size_t cap, const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	char text[512] = "";
	int len = -1;

	if (b && X509_NAME_print_ex(b, name, 0, NAME_FORM) >= 0)
		len = BIO_read(b, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = '\0';
	BIO_free(b);
	glyph_copy(out, cap, *text ? text : "(no name)", GLYPH_ANY_WIDTH);
}

static void format_ip(const ASN1_OCTET_STRING *ip, char out[INET6_ADDRSTRLEN])
{
	int len = ASN1_STRING_length(ip);

	*out = '\0';
	if (len == 4 || len == 16)
		inet_ntop(len == 4 ? AF_INET : AF_INET6,
		          ASN1_STRING_get0_data(ip), out, INET6_ADDRSTRLEN);
}

/* A stranger chose these bytes. */
static void format_general_name(const GENERAL_NAME *g, char *out, size_t cap)
{
	char ip[INET6_ADDRSTRLEN] = "";
	const ASN1_STRING *name = g->d.dNSName;

	if (g->type == GEN_IPADD)
		format_ip(g->d.iPAddress, ip);
	if (g->type == GEN_DNS)
		glyph_copy_bytes(out, cap, ASN1_STRING_get0_data(name),
		                 (size_t)ASN1_STRING_length(name),
		                 GLYPH_ANY_WIDTH);
	else
		snprintf(out, cap, "%s", ip);
}

static void list_names(char *out, size_t cap, const GENERAL_NAMES *names)
{
	int count = sk_GENERAL_NAME_num(names);

	for (int i = 0; i < count; i++) {
		char name[256];
		format_general_name(sk_GENERAL_NAME_value(names, i), name,
		                    sizeof(name));
		if (*name && !text_add(out, cap - sizeof(" and 9999 more"),
		                       "%s%s", *out ? ", " : "", name)) {
			text_add(out, cap, " and %d more", count - i);
			return;
		}
	}
}

/* A certificate without such a list is for what its subject calls itself. */
void tls_names_text(char *out, size_t cap, const X509 *cert)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

	*out = '\0';
	if (names)
		list_names(out, cap, names);
	GENERAL_NAMES_free(names);
	if (!*out)
		tls_name_text(out, cap, X509_get_subject_name(cert));
}

int64_t tls_time(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

void tls_fingerprint(const X509 *cert, char out[TLS_SHA_TEXT_MAX])
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	*out = '\0';
	if (!X509_digest(cert, EVP_sha256(), digest, &len))
		return;
	for (unsigned i = 0; i < len; i++)
		text_add(out, TLS_SHA_TEXT_MAX, "%s%02X", i ? ":" : "",
		         digest[i]);
}
