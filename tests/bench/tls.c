/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes of a connection, for the load generators and for the bare loops: as
 * they are, or over TLS where $BENCH_TLS names a folder with cert.pem and
 * key.pem.  The bare loops are the bar for TLS, so this does what makes OpenSSL
 * fast: many records in one call of the system each way, no memory for those
 * who are quiet, and no tickets. */

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define FDS_MAX      32768
#define RECORD       ((size_t)16 << 10)
#define READ_AHEAD   ((size_t)64 << 10)
#define WRITE_BEHIND ((long)256 << 10)

/* By the descriptor; NULL: it is plain. */
static SSL *secured[FDS_MAX];

static void use_pem(SSL_CTX *ctx, const char *folder)
{
	char cert[4096], key[4096];
	snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
	snprintf(key, sizeof(key), "%s/key.pem", folder);
	if (SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		load_die("cannot use %s and %s", cert, key);
}

static SSL_CTX *make_context(bool serves)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	signal(SIGPIPE, SIG_IGN); /* OpenSSL sends without MSG_NOSIGNAL */
	if (!ctx)
		load_die("no memory");
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
	                          SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	                          SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, READ_AHEAD);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 0);
	if (serves)
		use_pem(ctx, getenv("BENCH_TLS"));
	return ctx;
}

void load_secure(int fd, bool serves)
{
	static SSL_CTX *contexts[2];
	if (!getenv("BENCH_TLS"))
		return;
	if (!contexts[serves])
		contexts[serves] = make_context(serves);
	SSL *ssl = SSL_new(contexts[serves]);
	if (!ssl || fd >= FDS_MAX || SSL_set_fd(ssl, fd) != 1)
		load_die("no memory");
	if (serves)
		SSL_set_accept_state(ssl);
	else
		SSL_set_connect_state(ssl);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	secured[fd] = ssl;
}

/* The errno of what will not succeed; 0: the peer has ended. */
static int errno_of(int error)
{
	unsigned long why = ERR_peek_error();
	ERR_clear_error();
	if (error == SSL_ERROR_ZERO_RETURN ||
	    ERR_GET_REASON(why) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return 0;
	return error == SSL_ERROR_SYSCALL ? errno : EPROTO;
}

/* Wait for what a call needs that did not succeed.  False, with errno: it
 * can't, or the flags forbid to wait. */
static bool can_go_on(int fd, int result, int flags)
{
	int error = SSL_get_error(secured[fd], result);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	if (error == SSL_ERROR_WANT_WRITE)
		p.events = POLLOUT;
	else if (error != SSL_ERROR_WANT_READ) {
		errno = errno_of(error);
		return false;
	}
	if (!(flags & MSG_DONTWAIT))
		return poll(&p, 1, -1) >= 0;
	errno = EAGAIN;
	return false;
}

void load_handshake(int fd)
{
	int n;
	while (secured[fd] && (n = SSL_do_handshake(secured[fd])) != 1)
		if (!can_go_on(fd, n, 0))
			load_die("no handshake: %s", strerror(errno));
}

/* All that one call of the system brought, as far as it fits. */
static ssize_t recv_secured(int fd, char *bytes, size_t len, int flags)
{
	SSL *ssl = secured[fd];
	size_t got = 0;
	do {
		int n = SSL_read(ssl, bytes + got, (int)(len - got));
		if (n > 0)
			got += (size_t)n;
		else if (got)
			break;
		else if (!can_go_on(fd, n, flags))
			return errno ? -1 : 0;
	} while (!got || (got < len && SSL_has_pending(ssl)));
	return (ssize_t)got;
}

ssize_t load_recv(int fd, char *bytes, size_t len, int flags)
{
	return secured[fd] ? recv_secured(fd, bytes, len, flags)
	                   : recv(fd, bytes, len, flags);
}

bool load_has_more(int fd)
{
	return secured[fd] && SSL_has_pending(secured[fd]);
}

ssize_t load_send_some(int fd, const char *bytes, size_t len, int flags)
{
	int n;
	if (!secured[fd])
		return send(fd, bytes, len, flags | MSG_NOSIGNAL);
	while ((n = SSL_write(secured[fd], bytes, (int)len)) <= 0)
		if (!can_go_on(fd, n, flags))
			return -1;
	return n;
}

/* So that many records go out together.  It has to be flushed. */
static BIO *gather(int fd)
{
	BIO *out = SSL_get_wbio(secured[fd]);
	if (BIO_method_type(out) == BIO_TYPE_BUFFER)
		return out;
	BIO *buffer = BIO_new(BIO_f_buffer());
	if (!buffer || BIO_set_write_buffer_size(buffer, WRITE_BEHIND) != 1)
		load_die("no memory");
	BIO_up_ref(out);
	SSL_set0_wbio(secured[fd], BIO_push(buffer, out));
	return buffer;
}

static bool flush(int fd, BIO *out)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	while (BIO_flush(out) <= 0)
		if (!BIO_should_retry(out) || poll(&p, 1, -1) < 0)
			return false;
	return true;
}

bool load_try_to_send(int fd, const char *bytes, size_t len)
{
	BIO *out = secured[fd] && len > RECORD ? gather(fd) : NULL;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	while (len) {
		ssize_t n = load_send_some(fd, bytes, len, 0);
		if (n < 0 && (errno != EAGAIN || poll(&p, 1, -1) < 0))
			return false;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return !out || flush(fd, out);
}

void load_send(int fd, const char *bytes, size_t len)
{
	if (!load_try_to_send(fd, bytes, len))
		load_die("cannot send: %s", strerror(errno));
}

static void notify_close(int fd)
{
	int n;
	if (SSL_get_shutdown(secured[fd]) & SSL_SENT_SHUTDOWN)
		return;
	ERR_clear_error();
	while ((n = SSL_shutdown(secured[fd])) < 0)
		if (!can_go_on(fd, n, 0))
			break;
	flush(fd, SSL_get_wbio(secured[fd]));
}

int load_dup(int fd)
{
	int other = dup(fd);
	if (other < 0 || other >= FDS_MAX)
		load_die("no more descriptors");
	secured[other] = secured[fd];
	return other;
}

void load_finish(int fd)
{
	if (secured[fd])
		notify_close(fd);
	shutdown(fd, SHUT_WR);
}

void load_forget(int fd)
{
	SSL_free(secured[fd]);
	secured[fd] = NULL;
}

void load_close(int fd)
{
	if (secured[fd])
		notify_close(fd);
	load_forget(fd);
	close(fd);
}
