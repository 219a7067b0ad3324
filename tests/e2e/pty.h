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
/* Where things are on a screen of 24 rows. */
#define STATUS_ROW 21
#define INPUT_ROW  22

struct pty {
	pid_t pid; /* 0 when it has ended */
	int pidfd, fd;
	int rows, columns;
	VTerm *vt;
	VTermScreen *screen;
	struct text stream; /* all bytes that have come */
	/* The modes that the program has set. */
	bool is_alternate, is_cursor_hidden;
	int mouse;
	unsigned bells, answers;
	struct termios modes; /* before it began */
	int status;           /* as waitpid(2) has it */
	struct rusage usage;
};

/* Give each test an empty HOME, and remove it afterwards. */
int pty_setup(void **state);
int pty_teardown(void **state);
/* A path in HOME. */
const char *pty_home(const char *name);

/* `argv` as proc_start()'s.  `env`: "NAME=value", or "NAME" to unset; NULL for
 * nothing beside TERM=xterm-256color LANG=C.UTF-8. */
void pty_start(struct pty *p, int rows, int columns, const char *const *argv,
               const char *const *env);
/* Start sockchat on a terminal of 24 rows and 80 columns.  The words end in
 * NULL. */
void pty_sockchat(struct pty *p, ...) __attribute__((sentinel));
void pty_finish(struct pty *p);

/* Start a sockchat that connects to us.  Returns our descriptor. */
int pty_connect(struct pty *p);
int pty_connect_in(struct pty *p, const char *const *env);
/* Accept the connection of a sockchat that has been started.  Closes the
 * listener and returns our descriptor. */
int pty_accept(struct pty *p, int listener);
/* The port on which it says that it listens. */
uint16_t pty_port(struct pty *p);

/* Press these keys. */
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
#define PTY_F9        "\033[20~"
#define PTY_PAGE_UP   "\033[5~"
#define PTY_PAGE_DOWN "\033[6~"
#define PTY_CTRL_HOME "\033[1;5H"
#define PTY_CTRL_END  "\033[1;5F"
#define PTY_UP        "\033[A"

void pty_resize(struct pty *p, int rows, int columns);
/* Take the terminal away. */
void pty_hang_up(struct pty *p);

/* Read once what the program paints, within so many milliseconds.  False when
 * nothing came. */
bool pty_take(struct pty *p, int ms);
/* Read what it paints for so many milliseconds. */
void pty_watch(struct pty *p, int ms);

typedef bool pty_fn(struct pty *p, const void *user);
void pty_until(struct pty *p, pty_fn *fn, const void *user, const char *what);
/* Wait until a row contains this, until none does, until the cursor is
 * there. */
void pty_expect(struct pty *p, const char *text);
void pty_expect_gone(struct pty *p, const char *text);
void pty_expect_cursor(struct pty *p, int row, int column);

/* A row's text without the blanks at its end; good for eight calls. */
const char *pty_row(struct pty *p, int row);
/* The first row that contains this, -1 for none; how many rows do. */
int pty_find(struct pty *p, const char *text);
int pty_count(struct pty *p, const char *text);
VTermScreenCell pty_cell(struct pty *p, int row, int column);
/* The last title that was set; good until the next call. */
const char *pty_title(struct pty *p);
VTermPos pty_cursor(struct pty *p);

/* Wait for the end. */
int pty_wait(struct pty *p);
void pty_expect_exit(struct pty *p, int code);
void pty_expect_signal(struct pty *p, int signum);

/* Leave by /quit and check the exit status and the terminal. */
void pty_quit(struct pty *p, int status);

/* Those of ICANON, ECHO, ISIG and IEXTEN that the terminal has set now. */
tcflag_t pty_local_modes(const struct pty *p);
/* Check that the terminal is as it was before the program. */
void assert_restored(struct pty *p);
/* Check that the program sent only control sequences that painting needs. */
void assert_harmless(struct pty *p);

#endif
