/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines on standard error, which may be slow, full or gone. */

#include "notices.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/glyph.h>

#define LINE_CAP 1024
/* A reader that takes longer than this loses the line: the bytes that are
 * carried matter more. */
#define PATIENCE_MS 100

void notices_open(struct notices *n)
{
	outlet_open(&n->outlet, 2);
}

void notices_close(struct notices *n)
{
	if (n->outlet.fd != n->outlet.number)
		close(n->outlet.fd);
}

static void print_all(struct notices *n, const char *text, size_t len)
{
	struct pollfd p = { .fd = n->outlet.fd, .events = POLLOUT };

	while (len) {
		ssize_t written = outlet_write(&n->outlet, text, len);
		if (written >= 0) {
			n->is_stuck = false;
			text += written;
			len -= (size_t)written;
			continue;
		}
		if (errno != EAGAIN || n->is_stuck)
			return;
		n->is_stuck = poll(&p, 1, PATIENCE_MS) != 1;
	}
}

/* Blanks over the line that is rewritten: no terminal is too simple for it. */
static void clear_status(struct notices *n)
{
	char line[LINE_CAP];
	int len = snprintf(line, sizeof(line), "\r%*s\r", n->status_len, "");

	if (n->status_len)
		print_all(n, line, (size_t)len);
	n->status_len = 0;
}

void notices_status(struct notices *n, const char *format, ...)
{
	char text[LINE_CAP / 2], line[LINE_CAP];
	va_list ap;

	va_start(ap, format);
	int width = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (width < 0 || width >= (int)sizeof(text))
		return;
	int len = snprintf(line, sizeof(line), "\r%-*s", n->status_len, text);
	bool is_whole = outlet_write(&n->outlet, line, (size_t)len) == len;
	if (is_whole || width > n->status_len)
		n->status_len = width;
}

void notices_end_status(struct notices *n)
{
	if (n->status_len)
		print_all(n, "\n", 1);
	n->status_len = 0;
}

void notices_print(struct notices *n, const char *format, ...)
{
	static const char prefix[] = "sockchat: ";
	char line[LINE_CAP] = "sockchat: ";
	size_t len = sizeof(prefix) - 1;
	va_list ap;

	va_start(ap, format);
	glyph_vformat(line + len, sizeof(line) - len, format, ap);
	va_end(ap);
	len = strlen(line);
	line[len] = '\n';
	clear_status(n);
	print_all(n, line, len + 1);
}

void notices_error(struct notices *n, const struct error *e)
{
	notices_print(n, "%s", e->text);
	if (e->hint[0])
		notices_print(n, "hint: %s", e->hint);
}

void notices_errno(struct notices *n, const char *what)
{
	struct error e;

	error_set_errno(&e, errno, "cannot %s", what);
	notices_error(n, &e);
}

void notices_step(void *n, const char *code, const char *text)
{
	(void)code;
	notices_print(n, "%s", text);
}
