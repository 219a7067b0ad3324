/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* SSLKEYLOGFILE: the secrets of each connection, for Wireshark and the like, as
 * draft-ietf-tls-keylogfile has them. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/wire.h>

#include "tls_private.h"

/* One write for each line: several programs may append to one file. */
static void write_line(struct tls *t, const char *line)
{
	char text[512];
	size_t len = strlen(line);

	if (t->keylog_fd < 0 || len >= sizeof(text))
		return;
	memcpy(text, line, len);
	text[len++] = '\n';
	if (file_write(t->keylog_fd, text, len))
		t->keylog_errno = errno;
	OPENSSL_cleanse(text, len);
}

static void tell_secret(const struct transport *t, const char *line)
{
	struct wire_news n = { .kind = WIRE_SECRET, .bytes = line,
		               .len = strlen(line) };
	for (n.socket = t; n.socket->lower;)
		n.socket = n.socket->lower;
	wire_tell(t->wire, &n);
}

static void on_secret(const SSL *ssl, const char *line)
{
	const struct tls_conn *c = SSL_get_app_data(ssl);
	write_line(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)), line);
	if (c && wire_is_heard(c->head.wire))
		tell_secret(&c->head, line);
}

/* Check that it is a file with one name, and let nobody else read it.  -1 with
 * errno. */
static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return errno = ELOOP, -1;
	return fchmod(fd, 0600);
}

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	                        O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0 || check_file(fd) == 0)
		return fd;
	int saved = errno;
	close(fd);
	return errno = saved, -1;
}

void tls_keylog_open(struct tls *t, SSL_CTX *ctx)
{
	const char *path = getenv("SSLKEYLOGFILE");

	SSL_CTX_set_keylog_callback(ctx, on_secret);
	if (!path || !*path)
		return;
	if (t->keylog_fd < 0 && !t->keylog_errno) {
		t->keylog_fd = open_file(path);
		t->keylog_errno = t->keylog_fd < 0 ? errno : 0;
	}
}
