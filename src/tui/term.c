/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

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
/* Curses needs about a hundred bytes for each place on the screen. */
#define ROWS_MAX          500
#define COLUMNS_MAX       1000
#define NOT_SHOWN         INT64_MAX

/* There is one terminal; the last words of the program must find it. */
static struct {
	struct termios saved;
	struct watch watch;
	struct outq out;
	int out_fd;
	bool is_raw;
	int error_fd, real_error_fd; /* what is kept, and the real one */
	off_t error_taken;
	int64_t written;    /* bytes that have left */
	int64_t shown_from; /* how many come before the first frame */
	/* The last change of modes, and between which bytes it is. */
	unsigned modes, former_modes;
	int64_t change_start, change_end;
	struct bytes reset; /* what brings the terminal back, beside modes */
} state = { .out_fd = -1, .error_fd = -1, .real_error_fd = -1 };

/* Giving it back, by async-signal-safe calls only (signal-safety(7)) */

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

/* Wait for a terminal that stands still, but not for long. */
static bool is_writable(void)
{
	struct pollfd out = { .fd = state.out_fd, .events = POLLOUT };
	int n;
	do
		n = poll(&out, 1, LEAVE_PATIENCE_MS);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static void tell_terminal(const char *bytes, size_t len)
{
	while (len && is_writable()) {
		ssize_t n = write(state.out_fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static void tell_terminal_text(const char *text)
{
	tell_terminal(text, strlen(text));
}

/* The modes that the terminal has been told to be in.  While only a part of a
 * change has left, the old ones and the new ones may be on, but for the title:
 * its part of a change leaves last. */
static unsigned told_modes(void)
{
	if (state.written >= state.change_end)
		return state.modes;
	if (state.written <= state.change_start)
		return state.former_modes;
	return (state.former_modes & MODE_TITLE) |
	       ((state.former_modes | state.modes) & ~MODE_TITLE);
}

bool term_is_ours(void)
{
	pid_t owner = tcgetpgrp(STDIN_FILENO);
	return owner < 0 || owner == getpgrp();
}

static void give_back(void)
{
	static const char cancel[] = "\030"; /* CAN: for half a sequence */
	if (!state.is_raw)
		return;
	if (state.out.len)
		tell_terminal_text(cancel);
	modes_off(told_modes(), tell_terminal_text);
	if (state.written > state.shown_from)
		tell_terminal((const char *)state.reset.data, state.reset.len);
	if (term_is_ours())
		tcsetattr(STDIN_FILENO, TCSANOW, &state.saved);
	state.is_raw = false;
	give_stderr_back();
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

void term_take_stderr(struct bytes *out)
{
	char bytes[512];
	ssize_t n;
	while (state.error_fd >= 0 &&
	       (n = pread(state.error_fd, bytes, sizeof(bytes),
	                  state.error_taken)) > 0) {
		if (bytes_append(out, bytes, (size_t)n))
			return;
		state.error_taken += n;
	}
}

/* Output */

/* Signals are blocked meanwhile, for what they call reads `written`. */
static int write_queued(void)
{
	sigset_t all, former;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &former);
	size_t before = state.out.len;
	int left = outq_flush(&state.out, state.out_fd);
	state.written += (int64_t)(before - state.out.len);
	sigprocmask(SIG_SETMASK, &former, NULL);
	return left;
}

static void flush_terminal(void)
{
	int left = write_queued();
	if (left < 0) /* the terminal has gone: its hang-up comes as well */
		outq_finish(&state.out);
	watch_set(&state.watch, left > 0 ? LOOP_WRITE : 0);
}

static void on_terminal_writable(struct watch *w, unsigned ready)
{
	(void)w;
	(void)ready;
	flush_terminal();
}

/* How many bytes will have been written when the queue is empty. */
static int64_t end_of_queue(void)
{
	return state.written + (int64_t)state.out.len;
}

int term_write(const void *bytes, size_t len)
{
	if (outq_append(&state.out, bytes, len))
		return -1;
	flush_terminal();
	return 0;
}

int term_show(const void *frame, size_t len)
{
	if (state.shown_from == NOT_SHOWN)
		state.shown_from = end_of_queue();
	return term_write(frame, len);
}

bool term_is_busy(void)
{
	return state.out.len > 0;
}

/* Write all that is queued, and wait for the terminal a little.  False if some
 * of it is left. */
static bool write_all(void)
{
	int left;
	while ((left = write_queued()) > 0 && is_writable())
		;
	watch_set(&state.watch, 0);
	return left == 0;
}

/* Modes */

int term_open(struct loop *l, struct error *e)
{
	if (tcgetattr(STDIN_FILENO, &state.saved) || !isatty(STDOUT_FILENO))
		return error_set_errno(e, errno, "standard input and output "
		                                 "are no terminal");
	state.out_fd = fd_open_private(STDOUT_FILENO, O_WRONLY);
	if (state.out_fd < 0)
		state.out_fd = STDOUT_FILENO;
	outq_init(&state.out, 0);
	state.watch = (struct watch){ .on_ready = on_terminal_writable };
	if (watch_add(l, &state.watch, state.out_fd, 0)) {
		term_close();
		return error_set_errno(e, ENOMEM, "cannot watch the terminal");
	}
	diag_set_last_words(DIAG_TERMINAL, give_back);
	return 0;
}

void term_close(void)
{
	diag_set_last_words(DIAG_TERMINAL, NULL);
	watch_remove(&state.watch);
	outq_finish(&state.out);
	bytes_finish(&state.reset);
	if (state.out_fd != STDOUT_FILENO)
		close(state.out_fd);
	state.out_fd = -1;
}

/* Lines are printed as before: the terminal may be stopped by Ctrl-S, and makes
 * a new row of \n. */
static int set_raw(enum term_use use)
{
	struct termios raw = state.saved;
	raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
	                           IGNCR | ICRNL);
	if (use == TERM_PAINTED) {
		raw.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
		raw.c_oflag &= ~(tcflag_t)OPOST;
	}
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

int term_enter(enum term_use use)
{
	if (signals_have_ended() && !term_is_ours()) /* it would stop us */
		return errno = EINTR, -1;
	state.shown_from = NOT_SHOWN;
	state.is_raw = true;
	if (set_raw(use)) {
		state.is_raw = false;
		return -1;
	}
	keep_stderr();
	return 0;
}

int term_set_modes(unsigned modes)
{
	struct bytes change = { 0 };
	if (modes == state.modes)
		return 0;
	int failed = modes_switch(&change, state.modes, modes) ||
	             outq_append(&state.out, change.data, change.len);
	if (!failed) {
		state.former_modes = state.modes;
		state.change_end = end_of_queue();
		state.change_start = state.change_end - (int64_t)change.len;
		state.modes = modes;
		flush_terminal();
	}
	bytes_finish(&change);
	return failed ? -1 : 0;
}

void term_set_reset(struct bytes *bytes)
{
	bytes_finish(&state.reset);
	state.reset = *bytes;
}

/* What could not be written in time is left to give_back(). */
void term_leave(const struct bytes *bytes)
{
	bool is_told = bytes && write_all() && term_set_modes(0) == 0 &&
	               outq_append(&state.out, bytes->data, bytes->len) == 0 &&
	               write_all();
	if (is_told)
		state.shown_from = NOT_SHOWN;
	give_back();
	outq_finish(&state.out);
	state.modes = state.former_modes = 0;
}

const char *term_type(void)
{
	const char *type = getenv("TERM");
	return type ? type : "";
}

bool term_size(int *rows, int *columns)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row ||
	    !size.ws_col)
		return false;
	*rows = size.ws_row < ROWS_MAX ? size.ws_row : ROWS_MAX;
	*columns = size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
	return true;
}

/* Stop those whom kill(2) knows as `whom`, and us among them. */
static void stop_until_continued(pid_t whom)
{
	struct sigaction stop, go, none = { .sa_handler = SIG_DFL };
	sigaction(SIGTSTP, &none, &stop);
	sigaction(SIGCONT, &none, &go); /* this one is expected */
	kill(whom, SIGTSTP); /* here we stand until somebody says fg */
	sigaction(SIGCONT, &go, NULL);
	sigaction(SIGTSTP, &stop, NULL);
}

void term_suspend_job(void)
{
	stop_until_continued(0);
}

void term_suspend(void)
{
	stop_until_continued(getpid());
}
