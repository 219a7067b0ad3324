/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Plain TCP peers of sockchat, and streams that are checked. */

#ifndef TEST_PEER_H
#define TEST_PEER_H

#include <pthread.h>

#include "proc.h"

#define MIB (UINT64_C(1) << 20)

/* Peers on 127.0.0.1. */
/* A port of ours that refuses connections until listen(2). */
int net_bind(uint16_t *port);
int net_listen(uint16_t *port);
int net_accept(int listener);
int net_connect(uint16_t port);
/* Returns the errno of connect(2), 0 if it connected. */
int net_try_connect(uint16_t port);
void net_send(int fd, const void *bytes, size_t len);
void net_send_text(int fd, const char *text);
/* Send so many zeros, and wait until the peer's system has them all. */
void net_send_acked(int fd, size_t len);
/* Write to `fd`, which may be of any kind, until nothing has fitted for a
 * while.  Returns how many bytes it took. */
size_t net_flood(int fd);
/* Read up to the end, or `len` bytes if that is not 0.  Returns 0 or an
 * errno. */
int net_read(int fd, struct text *t, size_t len);
void net_expect(int fd, const char *text);
void net_expect_end(int fd);
/* Close with RST. */
void net_reset(int fd);
const char *port_text(uint16_t port);

/* A stream whose bytes follow from their places, so that a byte that is lost
 * or moved is seen. */
void stream_fill(uint8_t *bytes, size_t len, uint64_t offset);
/* Write the first `total` bytes of it.  False if not all went. */
bool stream_write(int fd, uint64_t total);
/* Read it to the end.  Returns how many bytes came, -1 if one differs. */
int64_t stream_check(int fd);
/* The same for its first `total` bytes, without waiting for an end. */
int64_t stream_check_first(int fd, uint64_t total);

/* One end of a stream, for a thread of its own. */
struct stream {
	int fd;
	uint64_t total;
	int64_t result;
	bool ends;
	pthread_t thread;
};

void *run_writer(void *stream);
/* Read all to the end, then end our half.  The result is how many bytes
 * came. */
void *run_reader(void *stream);
void *run_checker(void *stream);

/* Start a sockchat that connects to us, with an option and its value, which
 * may be NULL.  Returns our descriptor. */
int connect_with(struct proc *p, const char *option, const char *value);
int connect_plain(struct proc *p);
/* The line for an environment that preloads the library of tests/fault. */
const char *preload_fault(void);
/* The same between these descriptors, as in proc_start().  With an `env` the
 * library of tests/fault is preloaded, by a line that is put into env[0]. */
int connect_between(struct proc *p, const char **env, int in, int out, int err);
/* As connect_plain(), but we connect to a sockchat that listens. */
int listen_plain(struct proc *p);

typedef int pair_fn(struct proc *p);
extern pair_fn *const both[2];
#define EACH_MODE(i) for (size_t i = 0; i < 2; i++)

/* Send `total` bytes each way at the same time and check each of them.  Ends
 * both halves. */
void exchange(struct proc *p, int fd, uint64_t total);

/* The path of a program in tests/e2e/peers.  start_python() runs it with two
 * words; the second or both may be NULL. */
const char *peer_path(const char *name);
void start_python(struct proc *p, const char *name, const char *word,
                  const char *other);
/* The same for a server that prints "Listening on" and its port. */
void start_python_server(struct proc *p, const char *name, const char *word,
                         char port[8]);

#endif
