/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockchat/diag.h>

#define STACK_SIZE (64 * 1024)

static diag_last_words_fn *volatile last_words[DIAG_ROOMS];
/* Handlers run on a stack of their own, as the program's may be used up. */
static char stack[STACK_SIZE];

static void say_last_words(void)
{
	for (int i = 0; i < DIAG_ROOMS; i++) {
		diag_last_words_fn *fn = last_words[i];
		last_words[i] = NULL; /* once, even if it fails itself */
		if (fn)
			fn();
	}
}

/* Before a call that does not return a sanitizer takes memory, and hangs if the
 * signal has struck it while it did just that. */
__attribute__((no_sanitize_address))
static void on_ending_signal(int signum)
{
	say_last_words();
	die_by_signal(signum);
}

/* By default these stop the program, wake it, or do nothing: signal(7). */
static bool ends_by_default(int signum)
{
	static const int others[] = {
		SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN,
		SIGTTOU, SIGURG,  SIGWINCH,
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i] == signum)
			return false;
	return true;
}

/* Whether nobody minds if we catch it: a sanitizer's handler takes three
 * arguments, those of the program one. */
static bool is_free(const struct sigaction *former)
{
	return former->sa_handler == SIG_DFL || former->sa_flags & SA_SIGINFO;
}

/* Catch every signal that would end the program.  While one is handled all
 * others are blocked. */
static void catch_ends(void)
{
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction catch = {
		.sa_handler = on_ending_signal, .sa_flags = SA_ONSTACK,
	};
	struct sigaction former;
	sigfillset(&catch.sa_mask);
	sigaltstack(&other, NULL);
	for (int i = 1; i <= SIGRTMAX; i++)
		if (ends_by_default(i) && sigaction(i, NULL, &former) == 0 &&
		    is_free(&former))
			sigaction(i, &catch, NULL);
}

void diag_set_last_words(enum diag_room room, diag_last_words_fn *fn)
{
	static bool is_prepared;
	last_words[room] = fn;
	if (!is_prepared) {
		is_prepared = true;
		atexit(say_last_words);
		catch_ends();
	}
}

void die(const char *format, ...)
{
	va_list args;
	say_last_words();
	fputs("sockchat: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void die_by_signal(int signum)
{
	sigset_t set;
	signal(signum, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signum);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signum);
	_exit(128 + signum);
}
