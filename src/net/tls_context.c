/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the settings say, as OpenSSL has it; and a connection that begins with
 * them. */

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include <sockchat/glyph.h>
#include <sockchat/tls.h>

#include "openssl.h"
#include "tls_private.h"

#define MODES                                                                  \
	(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | \
	 SSL_MODE_RELEASE_BUFFERS)

static const int versions[] = {
	[TLS_ANY] = 0,
	[TLS_1_0] = TLS1_VERSION,
	[TLS_1_1] = TLS1_1_VERSION,
	[TLS_1_2] = TLS1_2_VERSION,
	[TLS_1_3] = TLS1_3_VERSION,
};

static bool is_old(int version)
{
	return version == TLS_1_0 || version == TLS_1_1;
}

bool tls_is_weak(const struct tls_settings *s)
{
	return is_old(s->min) || is_old(s->max);
}

/* TLS 1.0 and 1.1 need signatures of SHA-1, and servers of that time do not
 * know RFC 5746. */
static int set_versions(const struct tls_settings *s, SSL_CTX *ctx,
                        struct error *e)
{
	int min = is_old(s->max) && s->min == TLS_ANY ? TLS_1_0 : s->min;

	if (tls_is_weak(s)) {
		SSL_CTX_set_security_level(ctx, 0);
		SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
	}
	if ((min == TLS_ANY ||
	     SSL_CTX_set_min_proto_version(ctx, versions[min])) &&
	    (s->max == TLS_ANY ||
	     SSL_CTX_set_max_proto_version(ctx, versions[s->max])))
		return 0;
	return tls_refuse(e, "", "this OpenSSL does not have the versions that "
	                         "--tls-min and --tls-max ask for");
}

/* Words of the list that begin so are suites of TLS 1.3, which OpenSSL has in a
 * list of their own. */
static bool is_suite(const char *word)
{
	return strncmp(word, "TLS_", 4) == 0;
}

static bool takes_cipher(SSL_CTX *ctx, const char *word)
{
	if (is_suite(word))
		return SSL_CTX_set_ciphersuites(ctx, word);
	return strchr("!-+@", *word) || SSL_CTX_set_cipher_list(ctx, word);
}

static int set_lists(SSL_CTX *ctx, const char *list, const char *suites,
                     struct error *e)
{
	if ((*list && !SSL_CTX_set_cipher_list(ctx, list)) ||
	    (*suites && !SSL_CTX_set_ciphersuites(ctx, suites)))
		return tls_refuse(e, "", "--tls-ciphers allows no cipher");
	return 0;
}

static int set_ciphers(const struct tls_settings *s, SSL_CTX *ctx,
                       struct error *e)
{
	char words[TLS_LIST_MAX], list[TLS_LIST_MAX + 1] = "",
	     suites[TLS_LIST_MAX + 1] = "", *rest = NULL;

	memcpy(words, s->ciphers, sizeof(words));
	for (char *w = strtok_r(words, ":, ", &rest); w;
	     w = strtok_r(NULL, ":, ", &rest)) {
		char *to = is_suite(w) ? suites : list;
		if (!takes_cipher(ctx, w))
			return tls_refuse(e, "`openssl ciphers -s` lists them",
			                  "--tls-ciphers: OpenSSL has no "
			                  "cipher %s", w);
		text_add(to, TLS_LIST_MAX + 1, "%s%s", *to ? ":" : "", w);
	}
	return set_lists(ctx, list, suites, e);
}

/* RFC 7301, 3.1: each name behind its length, which the options have
 * checked. */
static void read_alpn(struct tls *t)
{
	t->alpn_len = 0;
	for (const char *at = t->settings->alpn; *at;) {
		size_t len = strcspn(at, ",");
		t->alpn[t->alpn_len++] = (uint8_t)len;
		memcpy(t->alpn + t->alpn_len, at, len);
		t->alpn_len += len;
		at += len + (at[len] == ',');
	}
}

static void note_offer(struct tls_conn *c, const uint8_t *list, size_t len)
{
	char name[sizeof(c->offered)];

	*c->offered = '\0';
	for (size_t at = 0; at < len; at += (size_t)list[at] + 1) {
		glyph_copy_bytes(name, sizeof(name), list + at + 1, list[at],
		                 GLYPH_ANY_WIDTH);
		if (!text_add(c->offered, sizeof(c->offered), "%s%s",
		              at ? ", " : "", name))
			break;
	}
}

/* Ours come first.  RFC 7301, 3.2: without a common one there is no
 * connection. */
static int choose_alpn(SSL *ssl, const uint8_t **out, uint8_t *out_len,
                       const uint8_t *list, unsigned len, void *user)
{
	struct tls_conn *c = SSL_get_app_data(ssl);
	const struct tls *t = user;
	uint8_t *chosen = NULL;

	if (SSL_select_next_proto(&chosen, out_len, t->alpn,
	                          (unsigned)t->alpn_len, list,
	                          len) == OPENSSL_NPN_NEGOTIATED) {
		*out = chosen;
		c->alpn = chosen - 1; /* it stands in our list */
		return SSL_TLSEXT_ERR_OK;
	}
	note_offer(c, list, len);
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int set_alpn(struct tls *t, SSL_CTX *ctx, enum endpoint_mode mode,
                    struct error *e)
{
	read_alpn(t);
	if (t->alpn_len && mode == ENDPOINT_LISTEN)
		SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, t);
	else if (t->alpn_len && SSL_CTX_set_alpn_protos(
	                            ctx, t->alpn, (unsigned)t->alpn_len))
		return error_set_errno(e, ENOMEM, "--tls-alpn");
	return 0;
}

/* Called when a server asks for a certificate. */
static int note_asked(SSL *ssl, void *user)
{
	struct tls_conn *c = SSL_get_app_data(ssl);

	(void)user;
	c->was_asked = true;
	return 1;
}

/* A certificate of the file is trusted also when it is not an issuer's. */
static int trust_servers(struct tls *t, SSL_CTX *ctx, struct error *e)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_cb(ctx, note_asked, NULL);
	if (!*t->settings->ca) {
		if (!*t->settings->pin) /* reading them takes 25 ms */
			(void)SSL_CTX_set_default_verify_paths(ctx);
		return 0;
	}
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
	                            X509_V_FLAG_PARTIAL_CHAIN);
	return tls_trust_file(ctx, "tls-ca", t->settings->ca, e);
}

/* A client is told which authorities may sign for it. */
static void ask_for_issuers(SSL_CTX *ctx)
{
	STACK_OF(X509_OBJECT) *list =
	    X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));

	for (int i = 0; i < sk_X509_OBJECT_num(list); i++)
		(void)SSL_CTX_add_client_CA(
		    ctx, X509_OBJECT_get0_X509(sk_X509_OBJECT_value(list, i)));
}

static int trust_clients(const struct tls *t, SSL_CTX *ctx, struct error *e)
{
	const char *path = t->settings->client_ca;

	if (!*path)
		return 0;
	if (tls_trust_file(ctx, "tls-client-ca", path, e))
		return -1;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
	                            SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
	                            X509_V_FLAG_PARTIAL_CHAIN);
	ask_for_issuers(ctx);
	return 0;
}

static int set_trust(struct tls *t, SSL_CTX *ctx, enum endpoint_mode mode,
                     struct error *e)
{
	SSL_CTX_set_cert_verify_callback(ctx, tls_verify, t);
	return mode == ENDPOINT_LISTEN ? trust_clients(t, ctx, e)
	                               : trust_servers(t, ctx, e);
}

static int set_identity(struct tls *t, SSL_CTX *ctx, enum endpoint_mode mode,
                        struct error *e)
{
	if (*t->settings->cert)
		return tls_use_identity(t, ctx, e);
	return mode == ENDPOINT_LISTEN ? tls_use_made(t, ctx, e) : 0;
}

/* Tickets would come behind a handshake of TLS 1.3, and a client that says
 * something and closes without having read them makes its system reset the
 * connection. */
static void set_modes(struct tls *t, SSL_CTX *ctx)
{
	static const uint8_t name[] = "sockchat";

	SSL_CTX_set_app_data(ctx, t);
	SSL_CTX_set_mode(ctx, MODES);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
	                             SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(ctx, name, sizeof(name) - 1);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_dh_auto(ctx, 1);
	tls_keylog_open(t, ctx);
}

static SSL_CTX *context_new(struct tls *t, enum endpoint_mode mode,
                            struct error *e)
{
	SSL_CTX *ctx = SSL_CTX_new(mode == ENDPOINT_LISTEN
	                               ? TLS_server_method()
	                               : TLS_client_method());

	if (!ctx) {
		error_set_errno(e, ENOMEM, "OpenSSL cannot start");
		return NULL;
	}
	set_modes(t, ctx);
	if (set_ciphers(t->settings, ctx, e) == 0 &&
	    set_versions(t->settings, ctx, e) == 0 &&
	    set_alpn(t, ctx, mode, e) == 0 &&
	    set_trust(t, ctx, mode, e) == 0 &&
	    set_identity(t, ctx, mode, e) == 0)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls *tls_new(const struct tls_settings *settings)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->settings = settings;
	t->keylog_fd = -1;
	return t;
}

bool tls_takes_plain(const struct tls *t)
{
	return t->settings->takes_plain;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->contexts[ENDPOINT_CONNECT]);
	SSL_CTX_free(t->contexts[ENDPOINT_LISTEN]);
	BIO_meth_free(t->below);
	X509_free(t->made);
	EVP_PKEY_free(t->made_key);
	EVP_PKEY_free(t->key);
	if (t->keylog_fd >= 0)
		close(t->keylog_fd);
	bytes_finish(&t->out);
	free(t->in);
	free(t);
}

static bool has_room(struct tls *t)
{
	if (!t->in)
		t->in = malloc(TLS_IN_CAP);
	if (!t->below)
		t->below = tls_below_new();
	return t->in && t->below;
}

int tls_prepare(struct tls *t, enum endpoint_mode mode, struct error *e)
{
	int reason = 0;

	if (t->contexts[mode])
		return 0;
	if (openssl_load(e))
		return -1;
	if (!has_room(t))
		return error_set_errno(e, ENOMEM, "TLS cannot start");
	openssl_clear();
	t->contexts[mode] = context_new(t, mode, e);
	if (!openssl_lacked_memory(&reason))
		return t->contexts[mode] ? 0 : -1;
	/* a part of the context may be missing, for want of memory */
	SSL_CTX_free(t->contexts[mode]);
	t->contexts[mode] = NULL;
	return error_set_errno(e, ENOMEM, "TLS cannot start");
}

/* A connection */

static bool is_ip(const char *name)
{
	uint8_t bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, bytes) == 1 ||
	       inet_pton(AF_INET6, name, bytes) == 1;
}

/* The name that a server has to prove.  Behind a unix socket is this
 * machine. */
static void find_name(const struct tls_settings *s,
                      const struct endpoint *target,
                      char out[ENDPOINT_HOST_MAX])
{
	char *zone;
	size_t len;

	if (*s->sni)
		memcpy(out, s->sni, sizeof(s->sni));
	else if (target->scheme == ENDPOINT_UNIX)
		memcpy(out, "localhost", sizeof("localhost"));
	else
		endpoint_ascii(target, out);
	if (strchr(out, ':') && (zone = strchr(out, '%')))
		*zone = '\0';
	len = strlen(out);
	if (len > 1 && out[len - 1] == '.')
		out[len - 1] = '\0';
}

/* RFC 6066, 3: an address is no name to ask for. */
static bool set_name(struct tls_conn *c)
{
	const struct tls_settings *s = c->tls->settings;
	bool asks = !s->has_sni || *s->sni;

	if (is_ip(c->name))
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(c->ssl),
		                                     c->name);
	SSL_set_hostflags(c->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(c->ssl, c->name) &&
	       (!asks || SSL_set_tlsext_host_name(c->ssl, c->name));
}

static int set_up_client(struct tls_conn *c, const struct endpoint *target)
{
	char name[ENDPOINT_HOST_MAX];

	find_name(c->tls->settings, target, name);
	c->name = strdup(name);
	if (!c->name || (c->alpn && SSL_set_alpn_protos(c->ssl, c->alpn,
	                                                *c->alpn + 1u)))
		return -1;
	SSL_set_connect_state(c->ssl);
	return set_name(c) ? 0 : -1;
}

static int set_up(struct tls_conn *c, const struct endpoint *target,
                  enum endpoint_mode mode)
{
	BIO *below = BIO_new(c->tls->below);

	c->ssl = SSL_new(c->tls->contexts[mode]);
	if (!below || !c->ssl) {
		BIO_free(below);
		return -1;
	}
	BIO_set_data(below, c);
	BIO_set_init(below, 1);
	SSL_set_bio(c->ssl, below, below);
	SSL_set_app_data(c->ssl, c);
	if (mode == ENDPOINT_CONNECT)
		return set_up_client(c, target);
	SSL_set_accept_state(c->ssl);
	return 0;
}

int tls_set_up(struct tls_conn *c, const struct endpoint *target)
{
	enum endpoint_mode mode = c->is_accepted ? ENDPOINT_LISTEN
	                                         : ENDPOINT_CONNECT;
	struct error e;

	if (tls_prepare(c->tls, mode, &e) == 0)
		return set_up(c, target, mode);
	c->refusal = malloc(sizeof(e));
	if (!c->refusal)
		return -1;
	*c->refusal = e;
	return 0;
}
