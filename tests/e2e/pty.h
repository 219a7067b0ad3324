/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Programs on a terminal whose screen libvterm keeps.  Everything waits for a
 * condition with a deadline; what is late fails the test and shows the
 * screen. */

#ifndef TEST_PTY_H
#define TEST_PTY_H

#include <termios.h>
#include <vterm.h>

#include "proc.h"

#define PTY_ROWS    24
#define PTY_COLUMNS 80
/* Where things are on a screen of that size. */
#define STATUS_ROW 21
#define INPUT_ROW  22

struct pty {
	pid_t pid; /* 0 when it has ended */
	int pidfd, fd;
	int rows, columns;
	VTerm *vt;
	VTermScreen *screen;
	struct text stream; /* all that has come */
	/* What the terminal has been told. */
	bool is_alternate, is_cursor_hidden;
	int mouse;
	unsigned bells, answers;
	struct termios modes; /* before it began */
	int status;           /* as waitpid(2) has it */
	struct rusage usage;
};

/* For each test: an empty HOME, and nothing is left behind. */
int pty_setup(void **state);
int pty_teardown(void **state);
/* A path in HOME. */
const char *pty_home(const char *name);

/* `argv` as proc_start()'s.  `env`: "NAME=value", or "NAME" to unset; NULL for
 * nothing beside TERM=xterm-256color LANG=C.UTF-8. */
void pty_start(struct pty *p, int rows, int columns, const char *const *argv,
               const char *const *env);
/* sockchat, and words that end in NULL, on 24 x 80. */
void pty_sockchat(struct pty *p, ...) __attribute__((sentinel));
void pty_finish(struct pty *p);

/* sockchat connected to us, in this environment; our descriptor. */
int pty_connect(struct pty *p);
int pty_connect_in(struct pty *p, const char *const *env);
/* The same once it has been started; closes the listener. */
int pty_accept(struct pty *p, int listener);
/* Where it says that it listens. */
uint16_t pty_port(struct pty *p);

/* Keys. */
void pty_send(struct pty *p, const void *bytes, size_t len);
void pty_type(struct pty *p, const char *text);
#define PTY_ENTER     "\r"
#define PTY_CTRL_B    "\002"
#define PTY_CTRL_C    "\003"
#define PTY_CTRL_D    "\004"
#define PTY_CTRL_L    "\f"
#define PTY_CTRL_Z    "\032"
#define PTY_F1        "\033OP"
#define PTY_F2        "\033OQ"
#define PTY_F3        "\033OR"
#define PTY_F4        "\033OS"
#define PTY_F5        "\033[15~"
#define PTY_F6        "\033[17~"
#define PTY_PAGE_UP   "\033[5~"
#define PTY_PAGE_DOWN "\033[6~"
#define PTY_CTRL_HOME "\033[1;5H"
#define PTY_CTRL_END  "\033[1;5F"
#define PTY_UP        "\033[A"

void pty_resize(struct pty *p, int rows, int columns);
/* The terminal goes away. */
void pty_hang_up(struct pty *p);

/* Take what comes for at most so long; false when nothing did. */
bool pty_take(struct pty *p, int ms);
/* Look at what comes for so long. */
void pty_watch(struct pty *p, int ms);

typedef bool pty_fn(struct pty *p, const void *user);
void pty_until(struct pty *p, pty_fn *fn, const void *user, const char *what);
/* A row has this in it; none has; the cursor is there. */
void pty_expect(struct pty *p, const char *text);
void pty_expect_gone(struct pty *p, const char *text);
void pty_expect_cursor(struct pty *p, int row, int column);

/* A row's text without the blanks at its end; good for eight calls. */
const char *pty_row(struct pty *p, int row);
/* The first row that has this in it, or -1; how many have. */
int pty_find(struct pty *p, const char *text);
int pty_count(struct pty *p, const char *text);
VTermScreenCell pty_cell(struct pty *p, int row, int column);
/* The last title that it has been told; good until the next call. */
const char *pty_title(struct pty *p);
VTermPos pty_cursor(struct pty *p);

/* Wait for the end. */
int pty_wait(struct pty *p);
void pty_expect_exit(struct pty *p, int code);
void pty_expect_signal(struct pty *p, int signum);

/* /quit, and all is well. */
void pty_quit(struct pty *p, int status);

/* ICANON, ECHO, ISIG and IEXTEN, as far as the terminal has them now. */
tcflag_t pty_local_modes(const struct pty *p);
/* The terminal is as it was found. */
void assert_restored(struct pty *p);
/* Every control sequence that has come is one that a painter needs. */
void assert_harmless(const struct pty *p);

#endif
