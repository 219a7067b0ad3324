/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The files that options of TLS name. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>

#include <sockchat/file.h>

#include "tls_private.h"

#define FILE_MAX ((size_t)16 << 20)

int tls_refuse(struct error *e, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(e, format, args);
	va_end(args);
	e->is_lasting = true;
	error_set_hint(e, "%s", hint);
	return -1;
}

static int refuse_file(struct error *e, const char *option, const char *path,
                       int errnum)
{
	if (errnum == EISDIR || errnum == EINVAL)
		return tls_refuse(e, "", "--%s: %s is %s", option, path,
		                  errnum == EISDIR ? "a folder" : "no file");
	if (errnum == EMSGSIZE)
		return tls_refuse(e, "", "--%s: %s is too long for such a file",
		                  option, path);
	error_set_errno(e, errnum, "--%s: cannot read %.160s", option, path);
	e->is_lasting = true;
	return -1;
}

/* A shell's `<(command)` is a pipe: its end is waited for. */
static int open_any(const char *path)
{
	int fd = file_open(path, 0), errnum = errno;
	struct stat st;

	if (fd >= 0 || errnum != EINVAL || stat(path, &st) ||
	    !S_ISFIFO(st.st_mode))
		return errno = errnum, fd;
	return open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
}

int tls_read_file(struct bytes *out, const char *option, const char *path,
                  struct error *e)
{
	int fd = open_any(path), errnum = 0;

	bytes_init(out, FILE_MAX);
	if (fd < 0 || file_read(fd, out))
		errnum = errno;
	if (fd >= 0)
		close(fd);
	if (!errnum && out->len)
		return 0;
	bytes_finish(out);
	return errnum ? refuse_file(e, option, path, errnum)
	              : tls_refuse(e, "", "--%s: %s is empty", option, path);
}

/* Returns how many were added. */
static int add_all(X509_STORE *store, BIO *pem)
{
	X509 *cert;
	int count = 0;

	while (pem && (cert = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL))) {
		count += X509_STORE_add_cert(store, cert);
		X509_free(cert);
	}
	return count;
}

int tls_trust_file(SSL_CTX *ctx, const char *option, const char *path,
                   struct error *e)
{
	struct bytes file = { 0 };

	if (tls_read_file(&file, option, path, e))
		return -1;
	BIO *pem = BIO_new_mem_buf(file.data, (int)file.len);
	int count = add_all(SSL_CTX_get_cert_store(ctx), pem);
	BIO_free(pem);
	bytes_finish(&file);
	if (count)
		return 0;
	return tls_refuse(e, TLS_PEM_HINT,
	                  "--%s: there is no certificate in %s", option, path);
}
