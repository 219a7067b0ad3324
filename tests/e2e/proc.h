/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The real binary and other programs, started with the descriptors that a test
 * wants.  Everything has a deadline; what is late fails the test and says what
 * the program had printed. */

#ifndef TEST_PROC_H
#define TEST_PROC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define DEADLINE_MS 60000

/* What stands in place of a descriptor for the program. */
#define PROC_PIPE   (-1) /* a pipe, whose other end is ours */
#define PROC_CLOSED (-2)

struct text {
	char *bytes; /* NUL-terminated */
	size_t len;
};

void text_append(struct text *t, const void *bytes, size_t len);
void text_finish(struct text *t);

struct proc {
	pid_t pid; /* 0 when it has ended */
	int pidfd;
	int in, out, err; /* our ends, -1 without */
	bool holds_out;   /* we do not read its output for now */
	struct text out_text, err_text;
	int status; /* as waitpid(2) has it */
	struct rusage usage;
};

/* `argv` ends in NULL, argv[0] NULL means sockchat itself.  `env` is NULL or a
 * list of "NAME=value" that ends in NULL. */
void proc_start(struct proc *p, const char *const *argv, const char *const *env,
                int in, int out, int err);
#define WORDS_MAX 32
/* Fill in the argv of sockchat with these words. */
void words_of_sockchat(const char *words[WORDS_MAX], va_list ap);
/* Start sockchat with pipes for its standard descriptors.  The words end in
 * NULL. */
void proc_sockchat(struct proc *p, ...) __attribute__((sentinel));
void proc_finish(struct proc *p);

void proc_write(struct proc *p, const void *bytes, size_t len);
void proc_write_text(struct proc *p, const char *text);
void proc_end_in(struct proc *p);

/* Wait until its output, or its standard error, contains `text`. */
void proc_expect_out(struct proc *p, const char *text);
void proc_expect_err(struct proc *p, const char *text);
/* Wait until its standard output has ended. */
void proc_expect_out_end(struct proc *p);
/* The port that "listening on 127.0.0.1:" names. */
uint16_t proc_port(struct proc *p);
/* The same for the lines front end, which prints it on standard output. */
uint16_t proc_lines_port(struct proc *p);
/* Collect its output for so many milliseconds. */
void proc_watch(struct proc *p, int ms);

/* Wait for the end of the program.  Returns the status of waitpid(2). */
int proc_wait(struct proc *p);
void proc_expect_exit(struct proc *p, int code);
void proc_expect_signal(struct proc *p, int signum);

/* Check what it had printed at its end. */
void assert_out(const struct proc *p, const char *text);
void assert_err_has(const struct proc *p, const char *text);
void assert_silent(const struct proc *p);

/* The memory that it has now, and the processor time that it has used. */
long proc_rss_kib(const struct proc *p);
long proc_cpu_ms(const struct proc *p);

int64_t now_ms(void);

#endif
