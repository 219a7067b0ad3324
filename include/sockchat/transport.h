/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What moves bytes: one connection, or one place where they are accepted.
 * Every call returns at once. */

#ifndef SOCKCHAT_TRANSPORT_H
#define SOCKCHAT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>

#define TRANSPORT_PROBE_S 60 /* of silence until our system asks the peer's */

struct transport;

/* EINTR is met within; -1 comes with errno, EAGAIN means "not now". */
struct transport_ops {
	const char *scheme; /* "tcp" */
	/* Begin to connect; advance() tells when it is done.  NULL with
	 * errno. */
	struct transport *(*connect)(const struct address *peer) MUST_USE;
	/* NULL with errno. */
	struct transport *(*listen)(const struct address *local) MUST_USE;
	/* The next peer and its address; NULL with errno, EAGAIN if none. */
	struct transport *(*accept)(struct transport *t,
	                            struct address *peer) MUST_USE;
	/* Go on connecting: 1 open, 0 not yet (wait until writable), -1. */
	int (*advance)(struct transport *t) MUST_USE;
	/* 0 at the peer's end (FIN). */
	ssize_t (*read)(struct transport *t, void *bytes, size_t cap) MUST_USE;
	ssize_t (*write)(struct transport *t, const void *bytes,
	                 size_t len) MUST_USE;
	/* The same to a pipe, and from a pipe or a file at its offset, without
	 * a look at the bytes; EINVAL when that cannot be, and then read() and
	 * write() can.  NULL in a transport that has to look. */
	ssize_t (*read_to)(struct transport *t, int pipe_fd,
	                   size_t len) MUST_USE;
	ssize_t (*write_from)(struct transport *t, int fd, bool is_pipe,
	                      size_t len) MUST_USE;
	/* Our end: what was written still arrives, then FIN. */
	int (*shutdown)(struct transport *t);
	/* How many of the bytes written (and our FIN, as one) the peer's system
	 * has not acknowledged; -1 if the connection has failed. */
	ssize_t (*pending)(struct transport *t) MUST_USE;
	/* Close and free.  `abort`: RST (RFC 9293, 3.5.2) in place of FIN. */
	void (*close)(struct transport *t, bool abort);
};

/* The head of every transport. */
struct transport {
	const struct transport_ops *ops;
	int fd; /* what the loop watches */
};

extern const struct transport_ops transport_tcp;

/* Our own address of it; false if the system doesn't say. */
bool transport_local(const struct transport *t, struct address *local);

#endif
