/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the load generators share: a socket to be met at, a tool to be run, and
 * how figures are told.  All of it dies with a sentence when it fails. */

#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LOAD_SECOND_NS INT64_C(1000000000)
#define LOAD_PATIENCE_MS 20000 /* for whatever has to come */

_Noreturn void load_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

int64_t load_now_ns(void);

/* A socket that listens on a free port of 127.0.0.1; the port as text. */
int load_listen(char port[8]);
/* The one that comes.  Closes `fd`. */
int load_accept(int fd);

/* PORT in the words of the command becomes the port. */
void load_set_port(char **command, const char *port);

/* Run it on a terminal of 24 rows and 80 columns; `*fd` is its other side. */
pid_t load_run_on_pty(char **command, int *fd);
/* End it, however it takes; its seconds of CPU. */
double load_end(pid_t pid);

/* What it holds in memory now, in KiB. */
long load_rss_kib(pid_t pid);
/* Seconds of CPU it has taken so far. */
double load_cpu(pid_t pid);

/* Many of one figure. */
struct samples {
	double *values;
	size_t count, cap;
};

void samples_add(struct samples *s, double value);
/* Sorts: 0.5 is the median, 1 the largest.  Dies if there are none. */
double samples_at(struct samples *s, double share);

/* A figure for the table: "taken", 1.25, "GiB/s". */
void load_tell(const char *name, double value, const char *unit);

#endif
