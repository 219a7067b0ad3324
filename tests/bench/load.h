/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the load generators share: a socket to be met at, a tool to be run, the
 * bytes that are sent, and how figures are told.  All of it dies with a
 * sentence when it fails; what is started dies with it. */

#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LOAD_SECOND_NS   INT64_C(1000000000)
#define LOAD_PATIENCE_MS 20000 /* for whatever has to come */
#define LOAD_BLOCK       ((size_t)256 << 10)
#define LOAD_LINE        64 /* bytes, with its end */

_Noreturn void load_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Die if not all is over within so long. */
void load_deadline(unsigned seconds);

int64_t load_now_ns(void);
double load_seconds_since(int64_t ns);
/* The number that a word of the command line is. */
size_t load_number(const char *word);

/* Where $BENCH_UDP is set, messages are datagrams: load_listen_at() and
 * load_dial() give sockets of UDP. */

/* The port of 127.0.0.1. */
struct sockaddr_in load_address(const char *port);
/* A socket that listens on a free port of 127.0.0.1; the port as text. */
int load_listen(char port[8]);
/* One that never blocks, for as many as the system lets us have. */
int load_listen_at(const char *port);
/* The one that comes, while the tool lives (0: there is none).  Closes `fd`. */
int load_accept(int fd, pid_t tool);
/* A connection to the port, as soon as the tool takes it, or, over UDP, has
 * sent a first byte back. */
int load_dial(pid_t tool, const char *port);

/* A connection's bytes: plain, or over TLS where $BENCH_TLS names a folder with
 * cert.pem and key.pem. */
void load_secure(int fd, bool serves);
/* It comes by itself with the first bytes, or here. */
void load_handshake(int fd);
/* As recv() and send(), with MSG_DONTWAIT or 0. */
ssize_t load_recv(int fd, char *bytes, size_t len, int flags);
ssize_t load_send_some(int fd, const char *bytes, size_t len, int flags);
/* There are bytes which poll() does not tell of. */
bool load_has_more(int fd);
/* All of it, however long it takes; false: the peer is gone. */
bool load_try_to_send(int fd, const char *bytes, size_t len);
void load_send(int fd, const char *bytes, size_t len);
/* As shutdown(fd, SHUT_WR). */
void load_finish(int fd);
/* As dup(), for the child of a fork: one sends, the other receives. */
int load_dup(int fd);
/* Keep the socket alone: this peer will be quiet. */
void load_forget(int fd);
void load_close(int fd);

/* The bytes of a stream from a position on: LOAD_BLOCK of them, in memory that
 * begins with a page for a position that does.  They are lines of text. */
const char *load_bytes(uint64_t position);
/* Die unless these are the bytes from there on.  It looks at a few of each 256,
 * so it costs little, and what is lost or moved is seen. */
void load_check(const char *bytes, size_t len, uint64_t position);

/* The tool has one core, whoever loads it another, where there are two. */
enum load_core { LOAD_TOOL, LOAD_GENERATOR };
void load_pin(enum load_core core);

/* A name in the words of the command becomes what it stands for: PORT is where
 * the tool listens or connects, TARGET the port that it forwards to. */
void load_set_word(char **command, const char *name, const char *value);

/* Fork; the child dies with its parent. */
pid_t load_fork(void);
/* Run it with these as input and output, and nothing to complain to. */
pid_t load_run(char **command, int in, int out);
/* Run it on a terminal of 24 rows and 80 columns; `*fd` is its other side. */
pid_t load_run_on_pty(char **command, int *fd);
/* Has it ended within so long? */
bool load_has_ended(pid_t pid, int timeout_ms);
/* Wait for its end, which is to be a good one; its seconds of CPU. */
double load_wait(pid_t pid);
/* End it, however it takes; its seconds of CPU. */
double load_end(pid_t pid);

/* What it and all that it has started hold in memory now, in KiB: all, or its
 * share of what several hold together. */
double load_rss_kib(pid_t pid);
double load_pss_kib(pid_t pid);
/* Seconds of CPU that they have taken so far. */
double load_cpu(pid_t pid);

/* Many of one figure. */
struct samples {
	double *values;
	size_t count, cap;
};

void samples_add(struct samples *s, double value);
/* Sorts: 0.5 is the median, 1 the largest.  Dies if there are none. */
double samples_at(struct samples *s, double share);
void samples_finish(struct samples *s);

/* A figure for the table: "taken", 1.25, "GiB/s". */
void load_tell(const char *name, double value, const char *unit);

#endif
