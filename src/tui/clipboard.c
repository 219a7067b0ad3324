/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two ways to a clipboard; neither tells whether it has arrived. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockchat/quote.h>

#include "clipboard.h"

int clipboard_osc52(struct bytes *out, const void *bytes, size_t len)
{
	if ((len + 2) / 3 * 4 > CLIPBOARD_OSC52_MAX)
		return errno = EMSGSIZE, -1;
	return bytes_append_text(out, "\033]52;c;") ||
	               quote_append(out, QUOTE_BASE64, bytes, len) ||
	               bytes_append_text(out, "\033\\")
	           ? -1 : 0;
}

/* A program that needs a display is tried only if its variable is set. */
static const struct {
	const char *variable;
	char *argv[4];
} programs[] = {
	{ "WAYLAND_DISPLAY", { "wl-copy", NULL } },
	{ "DISPLAY", { "xclip", "-selection", "clipboard", NULL } },
	{ "DISPLAY", { "xsel", "-ib", NULL } },
	{ NULL, { "pbcopy", NULL } },
};

static void stop_input(struct clipboard *c)
{
	if (!c->input.loop)
		return;
	watch_remove(&c->input);
	close(c->fd);
	outq_finish(&c->out);
}

static void on_input_writable(struct watch *w, unsigned ready)
{
	struct clipboard *c = w->user;
	(void)ready;
	if (outq_flush(&c->out, c->fd) != 1)
		stop_input(c);
}

static void on_child_end(struct watch *w, unsigned ready)
{
	struct clipboard *c = w->user;
	(void)ready;
	watch_remove(&c->end);
	stop_input(c);
	child_wait(&c->child);
}

static int start_program(struct clipboard *c, int input)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int failed = -1;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		const char *variable = programs[i].variable;
		if (variable && !getenv(variable))
			continue;
		failed = child_start(&c->child, programs[i].argv,
		                     (int[]){ input, nowhere, nowhere });
		if (!failed)
			break;
	}
	if (nowhere >= 0)
		close(nowhere);
	return failed;
}

bool clipboard_give(struct clipboard *c, struct loop *l, struct bytes *bytes)
{
	int fds[2];
	clipboard_stop(c);
	if (pipe2(fds, O_CLOEXEC))
		return bytes_finish(bytes), false;
	/* its reading end is the program's, which expects to wait */
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	int failed = start_program(c, fds[0]);
	close(fds[0]);
	if (failed) {
		close(fds[1]);
		return bytes_finish(bytes), false;
	}
	c->fd = fds[1];
	outq_init(&c->out, 0);
	int unkept = outq_append(&c->out, bytes->data, bytes->len);
	bytes_finish(bytes);
	c->input = (struct watch){ .on_ready = on_input_writable, .user = c };
	c->end = (struct watch){ .on_ready = on_child_end, .user = c };
	if (unkept || watch_add(l, &c->end, c->child.pidfd, LOOP_READ) ||
	    watch_add(l, &c->input, c->fd, LOOP_WRITE))
		clipboard_stop(c);
	return true;
}

/* The program goes on: it is what keeps the clipboard. */
void clipboard_stop(struct clipboard *c)
{
	stop_input(c);
	if (!c->child.pid)
		return;
	watch_remove(&c->end);
	child_forget(&c->child);
}
