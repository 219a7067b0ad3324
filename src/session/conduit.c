/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <unistd.h>

#include "conduit.h"
#include "lane_private.h"

static bool can_splice(const struct session *s)
{
	return session_is_open(s) && !s->link.fault &&
	       transport_can_splice(s->link.transport);
}

/* Whether nobody looks at the bytes, and nothing waits in front of them. */
static bool is_passable(const struct lane *l)
{
	const struct session *to = l->to;
	return !l->pair->far->settings->keeps_entries &&
	       !lane_stops(l) &&
	       can_splice(to) && can_splice(l->from) && !l->piped &&
	       !to->queue &&
	       halves_is_out_open(to->link.halves);
}

int conduit_empty(struct session *to, int pipe_fd, size_t len)
{
	uint8_t *bytes = loop_buffer(to->link.loop);
	int failed = bytes ? 0 : -1;
	while (len && bytes) {
		ssize_t n = read(pipe_fd, bytes,
		                 len < LOOP_BUFFER ? len : LOOP_BUFFER);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		len -= (size_t)n;
		failed = failed || session_put(to, bytes, (size_t)n, true);
	}
	return failed ? -1 : 0;
}

/* What the system does not move (any more) is queued, and what is wrong is
 * found when that is written. */
static void give_up(struct lane *l, int pipe_fd, size_t len)
{
	if (conduit_empty(l->to, pipe_fd, len))
		link_break(&l->to->link, ENOMEM);
}

/* Write from a pipe in which `len` bytes are.  Returns how many are left. */
static size_t write_from(struct lane *l, int pipe_fd, size_t len)
{
	ssize_t n = link_write_from(&l->to->link, pipe_fd, true, len);
	if (n >= 0 || errno == EAGAIN)
		return len - (n > 0 ? (size_t)n : 0);
	give_up(l, pipe_fd, len);
	return 0;
}

ssize_t conduit_pass(struct lane *l)
{
	struct loop *loop = l->to->link.loop;
	const int *ends = is_passable(l) ? loop_pipe(loop) : NULL;
	ssize_t n = ends ? link_read_to(&l->from->link, ends[1], LOOP_PIPE)
	                 : 0;
	if (n <= 0)
		return 0;
	l->piped = write_from(l, ends[0], (size_t)n);
	if (l->piped)
		loop_swap_pipe(loop, l->pipe);
	return n;
}

void conduit_write(struct lane *l)
{
	if (!l->piped || !session_is_open(l->to) || l->to->link.broken)
		return;
	l->piped = write_from(l, l->pipe[0], l->piped);
	if (l->piped)
		return;
	loop_swap_pipe(l->to->link.loop, l->pipe);
	conduit_close(l); /* somebody else has given one back before */
}

void conduit_close(struct lane *l)
{
	if (!l->pipe[1])
		return;
	close(l->pipe[0]);
	close(l->pipe[1]);
	l->pipe[0] = l->pipe[1] = 0;
	l->piped = 0;
}

void conduit_queue(struct lane *l)
{
	if (!l->piped)
		return;
	give_up(l, l->pipe[0], l->piped);
	conduit_close(l);
}
