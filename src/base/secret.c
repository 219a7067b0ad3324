/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sockchat/diag.h>
#include <sockchat/file.h>
#include <sockchat/glyph.h>
#include <sockchat/secret.h>

static struct termios former;
static int terminal_fd = -1;
static bool is_forbidden;

void secret_forbid(void)
{
	is_forbidden = true;
}

static void give_back(void)
{
	if (terminal_fd >= 0)
		(void)tcsetattr(terminal_fd, TCSAFLUSH, &former);
}

/* Ctrl-C ends the line, so that the terminal is never left without echo. */
static int hide_typing(void)
{
	struct termios hidden;

	if (tcgetattr(terminal_fd, &former))
		return -1;
	hidden = former;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	hidden.c_lflag |= ICANON;
	hidden.c_iflag |= ICRNL;
	hidden.c_cc[VEOL] = former.c_cc[VINTR];
	diag_set_last_words(DIAG_TERMINAL, give_back);
	return tcsetattr(terminal_fd, TCSAFLUSH, &hidden);
}

/* -1 with errno: EINTR when it was ended by Ctrl-C, Ctrl-D or a hang-up. */
static int read_secret(char *out, size_t cap)
{
	ssize_t n;

	do
		n = read(terminal_fd, out, cap);
	while (n < 0 && errno == EINTR);
	if (n > 0 && (size_t)n == cap)
		return errno = EMSGSIZE, -1;
	if (n <= 0 || out[n - 1] != '\n')
		return errno = n < 0 ? errno : EINTR, -1;
	out[n - 1] = '\0';
	return 0;
}

static int ask(const char *what, char *out, size_t cap)
{
	char prompt[200];

	glyph_copy(prompt, sizeof(prompt) - 2, what, GLYPH_ANY_WIDTH);
	memcpy(prompt + strlen(prompt), ": ", 3);
	int failed = hide_typing() ||
	             file_write(terminal_fd, prompt, strlen(prompt)) ||
	             read_secret(out, cap);
	int saved = errno;
	give_back();
	diag_set_last_words(DIAG_TERMINAL, NULL);
	if (file_write(terminal_fd, "\n", 1))
		return -1;
	return errno = saved, failed ? -1 : 0;
}

static int refuse(const char *why, struct error *e)
{
	error_set(e, "%s", why);
	e->is_lasting = true;
	return -1;
}

int secret_ask(const char *what, char *out, size_t cap, struct error *e)
{
	int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;

	if (is_forbidden)
		return refuse("we can ask for it only at the start", e);
	terminal_fd = open("/dev/tty", flags);
	if (terminal_fd < 0)
		return refuse("there is no terminal to ask on", e);
	int failed = ask(what, out, cap);
	int saved = errno;
	close(terminal_fd);
	terminal_fd = -1;
	if (!failed)
		return 0;
	return refuse(saved == EMSGSIZE ? "what was typed is too long"
	                                : "nothing was typed", e);
}
