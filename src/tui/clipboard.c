/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockchat/quote.h>

#include "clipboard.h"

#define LIMIT_NS (3 * SECOND_NS) /* for one program */

int clipboard_osc52(struct bytes *out, const void *bytes, size_t len)
{
	if ((len + 2) / 3 * 4 > CLIPBOARD_OSC52_MAX)
		return errno = EMSGSIZE, -1;
	return bytes_append_text(out, "\033]52;c;") ||
	               quote_append(out, QUOTE_BASE64, bytes, len) ||
	               bytes_append_text(out, "\033\\")
	           ? -1 : 0;
}

/* A program that needs a display is tried only if its variable is set.  tmux's
 * clipboard is not the machine's: it is one more. */
static const struct {
	const char *variable;
	bool is_one_more;
	char *argv[5];
} programs[] = {
	{ "TMUX", true, { "tmux", "load-buffer", "-w", "-", NULL } },
	{ "WAYLAND_DISPLAY", false, { "wl-copy", NULL } },
	{ "DISPLAY", false, { "xclip", "-selection", "clipboard", NULL } },
	{ "DISPLAY", false, { "xsel", "-ib", NULL } },
	{ NULL, false, { "pbcopy", NULL } },
};

#define COUNT (sizeof(programs) / sizeof(*programs))

static bool has_variable(const char *name)
{
	const char *value = name ? getenv(name) : "";
	return value && (*value || !name);
}

bool clipboard_has_tmux(void)
{
	return has_variable(programs[0].variable);
}

static void stop_input(struct clipboard *c)
{
	if (!c->input.loop)
		return;
	watch_remove(&c->input);
	close(c->fd);
	outq_finish(&c->out);
}

/* The program goes on: it may be what keeps the clipboard. */
static void leave_program(struct clipboard *c)
{
	stop_input(c);
	timer_stop(&c->limit);
	if (!c->child.pid)
		return;
	watch_remove(&c->end);
	child_forget(&c->child);
}

static void on_input_writable(struct watch *w, unsigned ready)
{
	struct clipboard *c = w->user;
	(void)ready;
	int left = outq_flush(&c->out, c->fd);
	c->has_all = left == 0;
	if (left != 1)
		stop_input(c);
}

/* Start the program with its input from `input`. */
static int start_clipboard_child(struct clipboard *c, int input)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int failed = child_start(&c->child, programs[c->row].argv,
	                         (int[]){ input, nowhere, nowhere });
	int errnum = errno;
	if (nowhere >= 0)
		close(nowhere);
	return errno = errnum, failed;
}

/* -1 with errno: it does not run. */
static int start_program(struct clipboard *c)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	/* its reading end is the program's, which expects to wait */
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	int failed = start_clipboard_child(c, fds[0]);
	close(fds[0]);
	if (failed)
		return close(fds[1]), -1;
	c->fd = fds[1];
	c->has_all = false;
	outq_init(&c->out, 0);
	if (!watch_add(c->loop, &c->input, c->fd, LOOP_WRITE) &&
	    !outq_append(&c->out, c->bytes.data, c->bytes.len) &&
	    !watch_add(c->loop, &c->end, c->child.pidfd, LOOP_READ)) {
		timer_start(c->loop, &c->limit, LIMIT_NS);
		return 0;
	}
	if (!c->input.loop)
		close(c->fd);
	leave_program(c);
	return errno = ENOMEM, -1;
}

/* Ask the next program that can be started, or end. */
static void ask_next(struct clipboard *c)
{
	for (; c->row < COUNT; c->row++) {
		bool is_one_more = programs[c->row].is_one_more;
		if (!has_variable(programs[c->row].variable))
			continue;
		if (!start_program(c))
			return;
		if (is_one_more)
			snprintf(c->trouble, sizeof(c->trouble),
			         "it does not start: %s", strerror(errno));
	}
	struct bytes bytes = c->bytes;
	c->bytes = (struct bytes){ 0 };
	c->on_end(c->user, c->copied, &bytes, c->trouble);
	bytes_finish(&bytes);
}

static void on_child_end(struct watch *w, unsigned ready)
{
	struct clipboard *c = w->user;
	(void)ready;
	watch_remove(&c->end);
	int status = child_wait(&c->child);
	leave_program(c);
	bool is_one_more = programs[c->row].is_one_more;
	bool is_good = status == 0 && c->has_all;
	if (is_good)
		c->copied = true;
	else if (is_one_more)
		snprintf(c->trouble, sizeof(c->trouble), "it ended with %s %d",
		         WIFEXITED(status) ? "status" : "signal",
		         WIFEXITED(status) ? WEXITSTATUS(status)
		                           : WTERMSIG(status));
	c->row = is_good && !is_one_more ? COUNT : c->row + 1;
	ask_next(c);
}

static void on_limit(struct timer *t)
{
	struct clipboard *c = t->user;
	leave_program(c);
	if (programs[c->row].is_one_more)
		snprintf(c->trouble, sizeof(c->trouble), "it does not end");
	c->row++;
	ask_next(c);
}

void clipboard_give(struct clipboard *c, struct loop *l, struct bytes *bytes,
                    clipboard_fn *on_end, void *user)
{
	clipboard_stop(c);
	*c = (struct clipboard){
		.on_end = on_end, .user = user, .loop = l, .bytes = *bytes,
		.input = { .on_ready = on_input_writable, .user = c },
		.end = { .on_ready = on_child_end, .user = c },
		.limit = { .on_time = on_limit, .user = c },
	};
	*bytes = (struct bytes){ 0 };
	ask_next(c);
}

void clipboard_stop(struct clipboard *c)
{
	leave_program(c);
	bytes_finish(&c->bytes);
}
