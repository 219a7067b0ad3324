/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Plain TCP peers of sockchat, and streams that are checked. */

#ifndef TEST_PEER_H
#define TEST_PEER_H

#include <pthread.h>

#include "proc.h"

#define MIB (UINT64_C(1) << 20)
/* Little beside what is sent through it, and enough for a sanitizer. */
#define RSS_MAX_KIB (40 * 1024)

/* Peers on 127.0.0.1. */
int net_listen(uint16_t *port);
int net_accept(int listener);
int net_connect(uint16_t port);
/* The errno of a connect(2). */
int net_try_connect(uint16_t port);
void net_send(int fd, const void *bytes, size_t len);
void net_send_text(int fd, const char *text);
/* So many zeros, until the other system has them all. */
void net_send_acked(int fd, size_t len);
/* Push into `fd`, of whatever kind, until nothing more fits for a while; how
 * much did. */
size_t net_flood(int fd);
/* Read up to the end, or `len` bytes if that is not 0.  0 or errno. */
int net_read(int fd, struct text *t, size_t len);
void net_expect(int fd, const char *text);
void net_expect_end(int fd);
/* Close with RST. */
void net_reset(int fd);
const char *port_text(uint16_t port);

/* A stream of bytes of which each place has its own value. */
void stream_fill(uint8_t *bytes, size_t len, uint64_t offset);
/* Write so much of it; whether all went. */
bool stream_write(int fd, uint64_t total);
/* Read it to the end; how much came, or -1 where a byte differs. */
int64_t stream_check(int fd);

/* One end of a stream, for a thread of its own. */
struct stream {
	int fd;
	uint64_t total;
	int64_t result;
	bool ends;
	pthread_t thread;
};

void *run_writer(void *stream);
/* Read whatever comes until the end, then end our half.  The result is how much
 * came. */
void *run_reader(void *stream);
void *run_checker(void *stream);

/* sockchat with an option or two NULLs, connected to us; our descriptor. */
int connect_with(struct proc *p, const char *option, const char *value);
int connect_plain(struct proc *p);
/* The line of an environment that preloads tests/fault. */
const char *preload_fault(void);
/* The same between these descriptors, as proc_start() has them.  With an `env`
 * tests/fault is preloaded: its first place is free for that. */
int connect_between(struct proc *p, const char **env, int in, int out, int err);
/* The same the other way round. */
int listen_plain(struct proc *p);

typedef int pair_fn(struct proc *p);
extern pair_fn *const both[2];
#define EACH_MODE(i) for (size_t i = 0; i < 2; i++)

/* So many bytes each way at once, each of them checked; ends both halves. */
void exchange(struct proc *p, int fd, uint64_t total);

/* Of a program in tests/e2e/peers; start it with two words, or with NULL for
 * the second or both. */
const char *peer_path(const char *name);
void start_python(struct proc *p, const char *name, const char *word,
                  const char *other);
/* One that says where it is "Listening on". */
void start_python_server(struct proc *p, const char *name, const char *word,
                         char port[8]);

#endif
