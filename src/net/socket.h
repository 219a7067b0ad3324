/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Stream sockets: what the transports of TCP and of unix sockets share.  A
 * function that has the form of an operation of struct transport_ops does what
 * that says. */

#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include <sockchat/transport.h>

/* A new socket.  NULL with errno. */
MUST_USE
struct transport *socket_open(const struct transport_ops *ops, int family,
                              int protocol);

/* An open socket, which it takes.  NULL with errno. */
MUST_USE
struct transport *socket_adopt(const struct transport_ops *ops, int fd);

/* Bind it, unless that has been done (`local` is NULL), and listen.  -1 with
 * errno. */
MUST_USE
int socket_listen(const struct transport *t, const struct address *local);

/* The accepted transport has the operations of `t`. */
MUST_USE
struct transport *socket_accept(struct transport *t, struct address *peer);

/* The addresses of a socket: len 0 if the system does not say. */
void socket_local(int fd, struct address *out);
void socket_peer(int fd, struct address *out);

/* The length of one of its queues, in bytes: SIOCINQ of what could be read now,
 * SIOCOUTQ of what has not arrived (tcp(7), unix(7)).  0 if the system does not
 * say. */
uint32_t socket_queue(int fd, unsigned long which);

/* The `extra` bytes of its kind of transport, at first zero. */
void *socket_extra(const struct transport *t);

/* True if the connection has failed, now or before; then errno is set. */
bool socket_has_failed(struct transport *t);

/* Let it have failed.  Returns -1 with that errno. */
int socket_fail(struct transport *t, int errnum);

MUST_USE ssize_t socket_read(struct transport *t, void *bytes, size_t cap);
MUST_USE ssize_t socket_peek(struct transport *t, void *bytes, size_t cap);
MUST_USE
ssize_t socket_write(struct transport *t, const void *bytes, size_t len);
int socket_shutdown(struct transport *t);

/* Close and free; errno stays. */
void socket_close(struct transport *t);

/* splice(2) between a socket and a pipe; EINTR is met within. */
MUST_USE ssize_t socket_splice(int from_fd, int to_fd, size_t len);

/* Send from a pipe, or from a file at its offset, likewise. */
MUST_USE
ssize_t socket_send_from(int to_fd, int fd, bool is_pipe, size_t len);

/* The outcome of such a call for struct splice_ops; `is_own`: a failure is the
 * connection's own, and not that of what it was joined to. */
MUST_USE
ssize_t socket_settle_joined(struct transport *t, ssize_t n, bool is_own);

#endif
