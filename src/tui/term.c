/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The terminal: modes, output that never blocks, the ways out. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include <sockchat/diag.h>
#include <sockchat/outq.h>

#include "modes.h"
#include "term.h"

#define LEAVE_PATIENCE_MS 1000
#define STACK_SIZE        (64 * 1024)

/* Handlers of crashes need it: the one terminal there is. */
static struct {
	struct loop *loop;
	struct termios saved;
	struct watch watch;
	struct outq out;
	int out_fd;
	bool is_private, is_raw;
	int error_fd, real_error_fd; /* what is kept, and the real one */
	off_t error_taken;
	char *stack;
	unsigned modes;
	struct bytes modes_off, reset; /* what brings the terminal back */
} state = { .out_fd = -1, .error_fd = -1, .real_error_fd = -1 };

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* Crashes: async-signal-safe calls only (signal-safety(7)) */

static void copy_stderr(void)
{
	char bytes[512];
	ssize_t n;
	while ((n = pread(state.error_fd, bytes, sizeof(bytes),
	                  state.error_taken)) > 0) {
		state.error_taken += n;
		n = write(state.real_error_fd, bytes, (size_t)n);
		(void)n;
	}
}

static void write_now(const struct bytes *b)
{
	ssize_t n = b->len ? write(STDOUT_FILENO, b->data, b->len) : 0;
	(void)n;
}

static void last_words(void)
{
	if (!state.is_raw)
		return;
	state.is_raw = false;
	write_now(&state.modes_off);
	write_now(&state.reset);
	tcsetattr(STDIN_FILENO, TCSANOW, &state.saved);
	if (state.error_fd >= 0) {
		copy_stderr();
		dup2(state.real_error_fd, STDERR_FILENO);
	}
}

static void on_crash(int signum)
{
	sigset_t set;
	last_words();
	signal(signum, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signum);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signum);
}

static void catch_crashes(void)
{
	struct sigaction catch = {
		.sa_handler = on_crash,
		.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND),
	};
	state.stack = malloc(STACK_SIZE);
	if (!state.stack)
		die("no memory for a signal stack");
	stack_t stack = { .ss_sp = state.stack, .ss_size = STACK_SIZE };
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &catch, NULL);
}

static void release_crashes(void)
{
	stack_t none = { .ss_flags = SS_DISABLE };
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
	sigaltstack(&none, NULL);
	free(state.stack);
	state.stack = NULL;
}

/* Standard error */

static void keep_stderr(void)
{
	state.real_error_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	state.error_fd = memfd_create("stderr", MFD_CLOEXEC);
	state.error_taken = 0;
	if (state.real_error_fd >= 0 && state.error_fd >= 0)
		dup2(state.error_fd, STDERR_FILENO);
}

static void give_stderr_back(void)
{
	if (state.real_error_fd >= 0 && state.error_fd >= 0) {
		copy_stderr();
		dup2(state.real_error_fd, STDERR_FILENO);
	}
	if (state.error_fd >= 0)
		close(state.error_fd);
	if (state.real_error_fd >= 0)
		close(state.real_error_fd);
	state.error_fd = state.real_error_fd = -1;
}

void term_take_stderr(struct bytes *out)
{
	char bytes[512];
	ssize_t n;
	while (state.error_fd >= 0 &&
	       (n = pread(state.error_fd, bytes, sizeof(bytes),
	                  state.error_taken)) > 0) {
		state.error_taken += n;
		if (bytes_append(out, bytes, (size_t)n))
			return;
	}
}

/* Output */

static void flush(void)
{
	int left = outq_flush(&state.out, state.out_fd);
	if (left < 0) /* the terminal has gone: its hang-up comes as well */
		outq_finish(&state.out);
	watch_set(&state.watch, left > 0 ? LOOP_WRITE : 0);
}

static void on_writable(struct watch *w, unsigned ready)
{
	(void)w;
	(void)ready;
	flush();
}

void term_write(const void *bytes, size_t len)
{
	if (outq_append(&state.out, bytes, len))
		die("no memory for the screen");
	flush();
}

bool term_is_busy(void)
{
	return outq_len(&state.out) > 0;
}

static void write_all(void)
{
	struct pollfd out = { .fd = state.out_fd, .events = POLLOUT };
	while (outq_len(&state.out)) {
		if (outq_flush(&state.out, state.out_fd) < 0 ||
		    (outq_len(&state.out) &&
		     poll(&out, 1, LEAVE_PATIENCE_MS) == 0))
			outq_finish(&state.out);
	}
	watch_set(&state.watch, 0);
}

/* Modes */

int term_open(struct loop *l, struct error *e)
{
	if (tcgetattr(STDIN_FILENO, &state.saved) || !isatty(STDOUT_FILENO))
		return error_set_errno(e, errno, "standard input and output "
		                                 "are no terminal");
	state.loop = l;
	state.out_fd = fd_open_private(STDOUT_FILENO, O_WRONLY);
	state.is_private = state.out_fd >= 0;
	if (!state.is_private)
		state.out_fd = STDOUT_FILENO;
	outq_init(&state.out, 0);
	state.watch = (struct watch){ .on_ready = on_writable };
	if (watch_add(l, &state.watch, state.out_fd, 0)) {
		term_close();
		return error_set_errno(e, ENOMEM, "cannot watch the terminal");
	}
	return 0;
}

void term_close(void)
{
	watch_remove(&state.watch);
	outq_finish(&state.out);
	bytes_finish(&state.modes_off);
	bytes_finish(&state.reset);
	if (state.is_private)
		close(state.out_fd);
	state.out_fd = -1;
}

static int set_raw(void)
{
	struct termios raw = state.saved;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
	                           IGNCR | ICRNL | IXON | IXOFF);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

int term_enter(void)
{
	if (set_raw())
		return -1;
	state.is_raw = true;
	keep_stderr();
	catch_crashes();
	diag_set_last_words(last_words);
	return 0;
}

void term_set_modes(unsigned modes)
{
	struct bytes change = { 0 };
	if (modes == state.modes)
		return;
	bytes_clear(&state.modes_off);
	if (modes_switch(&change, state.modes, modes) ||
	    modes_switch(&state.modes_off, modes, 0))
		die("no memory for the terminal's modes");
	state.modes = modes;
	term_write(change.data, change.len);
	bytes_finish(&change);
}

void term_set_reset(struct bytes *bytes)
{
	bytes_finish(&state.reset);
	state.reset = *bytes;
}

void term_leave(const struct bytes *bytes)
{
	term_set_modes(0);
	bool is_queued = outq_append(&state.out, bytes->data, bytes->len) == 0;
	write_all();
	if (!is_queued)
		write_now(bytes);
	diag_set_last_words(NULL);
	tcsetattr(STDIN_FILENO, TCSANOW, &state.saved);
	state.is_raw = false;
	release_crashes();
	give_stderr_back();
}

bool term_size(int *rows, int *columns)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row ||
	    !size.ws_col)
		return false;
	*rows = size.ws_row;
	*columns = size.ws_col;
	return true;
}

void term_suspend(void)
{
	struct sigaction stop, go, none = { .sa_handler = SIG_DFL };
	sigaction(SIGTSTP, &none, &stop);
	sigaction(SIGCONT, &none, &go); /* this one is expected */
	raise(SIGTSTP); /* here we stand until somebody says fg */
	sigaction(SIGCONT, &go, NULL);
	sigaction(SIGTSTP, &stop, NULL);
}
