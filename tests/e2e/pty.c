/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A terminal, and somebody who sits at it. */

#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#include <sockchat/utf8.h>

#include "../fake/control.h"
#include "peer.h"

#define SEQUENCE_MAX 32 /* bytes of one of ours, but for titles */
#define ALIVE_MAX 8
#define NAME_MS   250

static char home[64];
/* For tests that fail, when their frames are gone. */
static struct {
	pid_t pid;
	int fd;
} alive[ALIVE_MAX];

/* The terminal's memory */

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
	struct pty *p = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		p->is_alternate = value->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		p->is_cursor_hidden = !value->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		p->mouse = value->number;
	return 1;
}

static int on_bell(void *user)
{
	((struct pty *)user)->bells++;
	return 1;
}

static void on_answer(const char *bytes, size_t len, void *user)
{
	(void)bytes;
	(void)len;
	((struct pty *)user)->answers++;
}

static const VTermScreenCallbacks callbacks = {
	.settermprop = on_property,
	.bell = on_bell,
};

static void open_screen(struct pty *p)
{
	p->vt = vterm_new(p->rows, p->columns);
	vterm_set_utf8(p->vt, 1);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_set_callbacks(p->screen, &callbacks, p);
	vterm_output_set_callback(p->vt, on_answer, p);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_reset(p->screen, 1);
}

VTermScreenCell pty_cell(struct pty *p, int row, int column)
{
	VTermScreenCell cell;

	assert_true(vterm_screen_get_cell(
	    p->screen, (VTermPos){ .row = row, .col = column }, &cell));
	return cell;
}

VTermPos pty_cursor(struct pty *p)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &at);
	return at;
}

const char *pty_title(struct pty *p)
{
	static const char begin[] = "\033]2;";
	static char title[200];
	const char *end = p->stream.bytes + p->stream.len, *at = end;
	size_t n = sizeof(begin) - 1;

	*title = '\0';
	while (p->stream.len && at-- > p->stream.bytes)
		if ((size_t)(end - at) > n && memcmp(at, begin, n) == 0) {
			const char *stop =
			    memchr(at + n, '\033', (size_t)(end - at) - n);
			snprintf(title, sizeof(title), "%.*s",
			         (int)((stop ? stop : end) - at - (int)n),
			         at + n);
			break;
		}
	return title;
}

const char *pty_row(struct pty *p, int row)
{
	static char rows[8][8192];
	static unsigned next;
	char *out = rows[next++ % 8];
	size_t len = 0, end = 0;

	for (int i = 0; i < p->columns && len < 8000; i++) {
		VTermScreenCell cell = pty_cell(p, row, i);
		if (cell.chars[0] == (uint32_t)-1)
			continue; /* the second half of a wide one */
		if (!cell.chars[0])
			out[len++] = ' ';
		for (int k = 0; k < VTERM_MAX_CHARS_PER_CELL && cell.chars[k];
		     k++)
			len += utf8_encode((uint8_t *)out + len, cell.chars[k]);
		if (cell.chars[0] && cell.chars[0] != ' ')
			end = len;
	}
	out[end] = '\0';
	return out;
}

int pty_find(struct pty *p, const char *text)
{
	for (int row = 0; row < p->rows; row++)
		if (strstr(pty_row(p, row), text))
			return row;
	return -1;
}

int pty_count(struct pty *p, const char *text)
{
	int count = 0;

	for (int row = 0; row < p->rows; row++)
		count += strstr(pty_row(p, row), text) != NULL;
	return count;
}

/* HOME */

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int pty_setup(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "/tmp/sockchat-home-XXXXXX");
	return mkdtemp(home) ? 0 : -1;
}

int pty_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALIVE_MAX; i++) {
		if (!alive[i].pid)
			continue;
		kill(alive[i].pid, SIGKILL);
		waitpid(alive[i].pid, NULL, 0);
		close(alive[i].fd);
		alive[i].pid = 0;
	}
	return nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *pty_home(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	return path;
}

/* Life */

static void rest(int ms)
{
	poll(NULL, 0, ms);
}

static void set_environment(const char *const *env)
{
	static const char *const unset[] = {
		"LINES",          "COLUMNS",         "LC_ALL",   "LC_CTYPE",
		"XDG_STATE_HOME", "XDG_CONFIG_HOME", "NO_COLOR",
		"TMUX",           "WAYLAND_DISPLAY", "DISPLAY",
	};

	for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		unsetenv(unset[i]);
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("INPUTRC", "/dev/null", 1);
	setenv("HOME", home, 1);
	for (; env && *env; env++)
		if (strchr(*env, '='))
			putenv((char *)(uintptr_t)*env);
		else
			unsetenv(*env);
}

/* Put `pid` where `former` stands. */
static void remember(pid_t former, pid_t pid, int fd)
{
	size_t i = 0;

	while (i < ALIVE_MAX - 1 && alive[i].pid != former)
		i++;
	alive[i].pid = pid;
	alive[i].fd = fd;
}

void pty_start(struct pty *p, int rows, int columns, const char *const *argv,
               const char *const *env)
{
	const char *named = getenv("SOCKCHAT_BIN");
	const char *path = argv[0] ? argv[0] : named ? named : "build/sockchat";
	const char *words[WORDS_MAX] = { path };
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns,
	};
	int slave;

	*p = (struct pty){ .rows = rows, .columns = columns };
	for (size_t i = 1; argv[i]; i++)
		words[i] = argv[i];
	assert_int_equal(openpty(&p->fd, &slave, NULL, NULL, &size), 0);
	fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	assert_int_equal(tcgetattr(slave, &p->modes), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		login_tty(slave);
		set_environment(env);
		execvp(path, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	close(slave);
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	assert_true(p->pidfd >= 0);
	open_screen(p);
	remember(0, p->pid, p->fd);
}

void pty_sockchat(struct pty *p, ...)
{
	const char *words[WORDS_MAX];
	va_list ap;

	va_start(ap, p);
	words_of_sockchat(words, ap);
	va_end(ap);
	pty_start(p, PTY_ROWS, PTY_COLUMNS, words, NULL);
}

void pty_finish(struct pty *p)
{
	if (p->pid) {
		remember(p->pid, 0, -1);
		kill(p->pid, SIGKILL);
		waitpid(p->pid, &p->status, 0);
	}
	if (p->fd >= 0)
		close(p->fd);
	close(p->pidfd);
	vterm_free(p->vt);
	text_finish(&p->stream);
	*p = (struct pty){ .fd = -1, .pidfd = -1 };
}

/* On a busy machine our name comes later, as a note of its own, between what a
 * test looks for.  It may also be a name that nobody finds. */
static void await_our_name(struct pty *p)
{
	char name[32];
	int64_t start = now_ms();

	snprintf(name, sizeof(name), "(pid %d, ", (int)getpid());
	while (pty_find(p, name) < 0 && now_ms() - start < NAME_MS)
		if (!pty_take(p, 20))
			rest(1);
}

int pty_accept(struct pty *p, int listener)
{
	int fd = net_accept(listener);

	close(listener);
	pty_expect(p, "| open |");
	await_our_name(p);
	return fd;
}

int pty_connect_in(struct pty *p, const char *const *env)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	return pty_accept(p, listener);
}

int pty_connect(struct pty *p)
{
	return pty_connect_in(p, NULL);
}

uint16_t pty_port(struct pty *p)
{
	static const char before[] = "listening on 127.0.0.1:";

	pty_expect(p, before);
	const char *at = pty_row(p, pty_find(p, before));
	return (uint16_t)strtol(strstr(at, before) + strlen(before), NULL, 10);
}

void pty_resize(struct pty *p, int rows, int columns)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)columns,
	};

	while (pty_take(p, 0)) /* drawn for the size it had */
		;
	p->rows = rows;
	p->columns = columns;
	/* libvterm 0.1 writes a wide character beside a single column */
	vterm_set_size(p->vt, rows, columns < 2 ? 2 : columns);
	assert_int_equal(ioctl(p->fd, TIOCSWINSZ, &size), 0);
}

void pty_hang_up(struct pty *p)
{
	close(p->fd);
	p->fd = -1;
}

/* Waiting */

static void late(struct pty *p, const char *what)
{
	print_message("the screen, cursor at %d,%d:\n", pty_cursor(p).row,
	              pty_cursor(p).col);
	for (int row = 0; row < p->rows; row++)
		print_message("|%s\n", pty_row(p, row));
	fail_msg("waited in vain for %s", what);
}

static int left_ms(int64_t since)
{
	int64_t left = since + DEADLINE_MS - now_ms();

	return left > 0 ? (int)left : 0;
}

bool pty_take(struct pty *p, int ms)
{
	char bytes[65536];
	struct pollfd set = { .fd = p->fd, .events = POLLIN };

	if (poll(&set, 1, ms) <= 0)
		return false;
	ssize_t n = read(p->fd, bytes, sizeof(bytes));
	if (n <= 0) /* EIO: nobody holds the other side */
		return false;
	text_append(&p->stream, bytes, (size_t)n);
	vterm_input_write(p->vt, bytes, (size_t)n);
	vterm_screen_flush_damage(p->screen);
	return true;
}

void pty_watch(struct pty *p, int ms)
{
	int64_t until = now_ms() + ms;

	for (int64_t left; (left = until - now_ms()) > 0;)
		if (!pty_take(p, (int)left) && p->fd >= 0)
			rest(1);
}

void pty_until(struct pty *p, pty_fn *fn, const void *user, const char *what)
{
	/* Not every condition is told by bytes on the terminal. */
	for (int64_t start = now_ms(); !fn(p, user);) {
		if (!left_ms(start))
			late(p, what);
		if (!pty_take(p, 20))
			rest(1);
	}
}

static bool has_text(struct pty *p, const void *text)
{
	return pty_find(p, text) >= 0;
}

static bool lacks_text(struct pty *p, const void *text)
{
	return pty_find(p, text) < 0;
}

static bool is_cursor_at(struct pty *p, const void *user)
{
	const VTermPos *wanted = user;

	return vterm_pos_cmp(pty_cursor(p), *wanted) == 0;
}

void pty_expect(struct pty *p, const char *text)
{
	pty_until(p, has_text, text, text);
}

void pty_expect_gone(struct pty *p, const char *text)
{
	char what[200];

	snprintf(what, sizeof(what), "the end of %s", text);
	pty_until(p, lacks_text, text, what);
}

void pty_expect_cursor(struct pty *p, int row, int column)
{
	VTermPos wanted = { .row = row, .col = column };
	char what[64];

	snprintf(what, sizeof(what), "the cursor at %d,%d", row, column);
	pty_until(p, is_cursor_at, &wanted, what);
}

void pty_send(struct pty *p, const void *bytes, size_t len)
{
	for (int64_t start = now_ms(); len;) {
		ssize_t n = write(p->fd, bytes, len);
		if (n > 0) {
			bytes = (const char *)bytes + n;
			len -= (size_t)n;
		} else if (errno != EAGAIN || !left_ms(start)) {
			late(p, "its keyboard to be read");
		} else if (!pty_take(p, 1)) {
			rest(1);
		}
	}
}

void pty_type(struct pty *p, const char *text)
{
	pty_send(p, text, strlen(text));
}

/* The end */

static bool has_ended(struct pty *p, const void *user)
{
	struct pollfd set = { .fd = p->pidfd, .events = POLLIN };

	(void)user;
	return poll(&set, 1, 0) == 1;
}

int pty_wait(struct pty *p)
{
	pty_until(p, has_ended, NULL, "its end");
	assert_int_equal(wait4(p->pid, &p->status, 0, &p->usage), p->pid);
	remember(p->pid, 0, -1);
	p->pid = 0;
	while (pty_take(p, 0))
		;
	return p->status;
}

void pty_expect_exit(struct pty *p, int code)
{
	int status = pty_wait(p);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		fail_msg("status %#x in place of exit %d", (unsigned)status,
		         code);
}

void pty_expect_signal(struct pty *p, int signum)
{
	int status = pty_wait(p);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), signum);
}

/* The end of a sequence may be on its way. */
static void check_stream(struct pty *p, bool is_over)
{
	size_t at;
	const char *bad;

	do
		bad = control_check(p->stream.bytes, p->stream.len, is_over,
		                    &at);
	while (bad && !is_over && p->stream.len - at < SEQUENCE_MAX &&
	       pty_take(p, 1000));
	if (bad)
		fail_msg("%s at byte %zu of %zu: %.20s", bad, at, p->stream.len,
		         p->stream.bytes + at + 1);
}

tcflag_t pty_local_modes(const struct pty *p)
{
	struct termios now;

	assert_int_equal(tcgetattr(p->fd, &now), 0);
	return now.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
}

void assert_restored(struct pty *p)
{
	struct termios now;

	assert_false(p->is_alternate);
	assert_false(p->is_cursor_hidden);
	assert_int_equal(p->mouse, 0);
	check_stream(p, true);
	assert_int_equal(tcgetattr(p->fd, &now), 0);
	assert_int_equal(now.c_iflag, p->modes.c_iflag);
	assert_int_equal(now.c_oflag, p->modes.c_oflag);
	assert_int_equal(now.c_cflag, p->modes.c_cflag);
	assert_int_equal(now.c_lflag, p->modes.c_lflag);
	assert_memory_equal(now.c_cc, p->modes.c_cc, sizeof(now.c_cc));
}

void assert_harmless(struct pty *p)
{
	check_stream(p, false);
	assert_int_equal(p->bells, 0);
	assert_int_equal(p->answers, 0);
}

void pty_quit(struct pty *p, int status)
{
	pty_type(p, "/quit" PTY_ENTER);
	pty_expect_exit(p, status);
	assert_harmless(p);
	assert_restored(p);
	pty_finish(p);
}
