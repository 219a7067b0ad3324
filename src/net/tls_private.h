/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of TLS share: the settings made ready for OpenSSL, and one
 * connection. */

#ifndef NET_TLS_PRIVATE_H
#define NET_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include <sockchat/bytes.h>
#include <sockchat/endpoint.h>
#include <sockchat/tls.h>
#include <sockchat/transport.h>

#include "tls_marks.h"

#define TLS_CHUNK     ((size_t)64 << 10) /* records that are sent together */
#define TLS_IN_CAP    ((size_t)256 << 10) /* records that have come, at most */
#define TLS_OUT_MAX   (4 * TLS_CHUNK) /* records that wait, at most */
#define TLS_FIRST_MAX 48 /* bytes that a handshake began with */

struct tls {
	const struct tls_settings *settings;
	SSL_CTX *contexts[2]; /* of enum endpoint_mode; NULL: not needed yet */
	BIO_METHOD *below;    /* how OpenSSL moves bytes of a connection */
	EVP_PKEY *key;        /* that a file has; NULL: it was not read yet */
	X509 *made;           /* our temporary certificate; or NULL */
	EVP_PKEY *made_key;
	uint8_t alpn[TLS_LIST_MAX]; /* each name behind its length */
	size_t alpn_len;
	int keylog_fd;        /* of SSLKEYLOGFILE; -1: none */
	unsigned told;        /* the notes that were taken, as bits */
	int keylog_errno;     /* why it cannot be written, or 0 */
	/* Records that one call of an operation reads and writes; both are
	 * empty between the calls. */
	uint8_t *in;
	size_t in_at, in_len, in_max;
	bool is_drained; /* `lower` has given less than it could, or enough */
	unsigned fills;  /* reads from `lower` */
	struct bytes out;
};

/* A certificate that was not accepted. */
struct tls_doubt {
	X509 *cert, *leaf; /* the one at fault, and the peer's own; or NULL */
	STACK_OF(X509) *sent; /* all that came; or NULL */
	int error;         /* X509_V_ERR_… */
};

struct tls_conn {
	struct transport head;
	struct tls *tls;
	SSL *ssl;
	char *name;        /* whom a client means; a listener has NULL */
	const uint8_t *alpn; /* behind its length, of our list: what a listener
	                      * has chosen, or all that a client offers */
	struct error *refusal; /* it cannot begin at all; or NULL */
	struct bytes in;   /* has come from below, and nobody looked at it */
	struct bytes out;  /* waits until `lower` takes more */
	uint64_t before;   /* bytes of ours that went out without TLS */
	uint64_t bytes_in; /* from below */
	uint64_t made;     /* bytes of all records that we have made */
	uint64_t user;     /* bytes of the user's in them */
	uint64_t end_made; /* `made` when our end was in it; 0: it is not */
	struct tls_marks marks;
	uint64_t ack_base; /* records of acknowledgements count from there */
	uint64_t ack_user; /* the user's bytes before that */
	unsigned read_wants, write_wants; /* LOOP_READ or LOOP_WRITE */
	int broken_in, broken_out; /* errno; 0: it is well */
	int reason;        /* OpenSSL's, of such an end; 0: none */
	bool was_asked; /* for a certificate */
	bool is_accepted, is_upgrade;
	bool is_shut, is_reset, has_lower_ended, has_lower_failed;
	uint8_t first[TLS_FIRST_MAX];
	struct tls_doubt doubt;
	struct tls_facts *facts; /* when somebody asks; or NULL */
	char offered[128]; /* a client's ALPN, to a server that refuses it */
};

/* tls_context.c: make a connection ready for its handshake with `target`.  What
 * the settings forbid becomes `refusal`.  -1 without memory. */
MUST_USE int tls_set_up(struct tls_conn *c, const struct endpoint *target);

/* tls_identity.c: who we are.  -1 with a sentence. */
MUST_USE int tls_use_identity(struct tls *t, SSL_CTX *ctx, struct error *e);
MUST_USE int tls_use_made(struct tls *t, SSL_CTX *ctx, struct error *e);

/* tls_file.c: all of a file that an option names.  -1 with a sentence. */
MUST_USE
int tls_read_file(struct bytes *out, const char *option, const char *path,
                  struct error *e);
/* Trust the certificates in a file.  -1 with a sentence. */
MUST_USE
int tls_trust_file(SSL_CTX *ctx, const char *option, const char *path,
                   struct error *e);
/* A word of an option is wrong.  Returns -1. */
int tls_refuse(struct error *e, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define TLS_PEM_HINT                                                           \
	"a PEM file has a line -----BEGIN CERTIFICATE-----; for another "      \
	"form: openssl x509 -in FILE -out FILE.pem, or of PKCS#12 (.p12, "     \
	".pfx): openssl pkcs12 -nodes -in FILE -out FILE.pem"
#define TLS_WEAK_HINT                                                          \
	"--tls-ciphers DEFAULT@SECLEVEL=0 takes it, and so does --tls-min 1.0"

/* tls_verify.c: decides about the peer's certificate, in OpenSSL's place. */
int tls_verify(X509_STORE_CTX *store, void *tls);
/* tls_keylog.c */
void tls_keylog_open(struct tls *t, SSL_CTX *ctx);

/* tls_below.c: OpenSSL's reads and writes, through the transport below. */
BIO_METHOD *tls_below_new(void);
/* Call these around all that calls OpenSSL.  tls_enter() brings back the bytes
 * that the last call left over, and lets `cap` bytes or so be read; tls_leave()
 * keeps those that are left over now, and sends the records that were made. */
void tls_enter(struct tls_conn *c, size_t cap);
void tls_leave(struct tls_conn *c);
/* Let what waits go out, as far as `lower` takes it. */
void tls_flush(struct tls_conn *c);
/* Acknowledge at once what comes next.  A peer that does not read our end
 * closes by a reset, and then what its system still holds back (RFC 896) until
 * we acknowledge what came before is lost. */
void tls_hurry_ack(struct tls_conn *c);
/* True if the failure below that errno tells is the peer's end. */
bool tls_ends_by_reset(struct tls_conn *c);
/* Fail in both directions; where one has failed before, its errno stays. */
void tls_break(struct tls_conn *c, int errnum);

/* tls_facts.c: good until the connection is closed; NULL without memory. */
const struct tls_facts *tls_facts_of(struct tls_conn *c);

#endif
