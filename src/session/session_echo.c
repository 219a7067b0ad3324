/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What comes goes back. */

#include <errno.h>
#include <unistd.h>

#include "session_private.h"

bool session_sends_back(const struct session *s)
{
	return s->settings->echo && halves_is_out_open(s->link.halves) &&
	       !s->shuts_down;
}

/* Nothing waits in front of what comes. */
static bool is_free(const struct session *s)
{
	return !session_waiting(s) && !s->feed && !s->settings->drip_bytes;
}

size_t session_read_max(const struct session *s)
{
	return s->settings->echo ? session_room(s) : LOOP_BUFFER;
}

/* Only what the peer does not take now waits, and an error, which will come
 * again. */
int session_send_back(struct session *s, const uint8_t *bytes, size_t len)
{
	ssize_t n = is_free(s) ? link_write(&s->link, bytes, len) : 0;
	size_t gone = n > 0 ? (size_t)n : 0;
	return gone < len ? session_enqueue(s, bytes + gone, len - gone) : 0;
}

/* The pipe is everybody's: it is left empty. */
static int fetch_rest(struct session *s, int pipe_fd, size_t len)
{
	uint8_t *bytes = loop_buffer(s->link.loop);
	int failed = 0;
	while (len) {
		ssize_t n = read(pipe_fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		len -= (size_t)n;
		failed = failed || session_enqueue(s, bytes, (size_t)n);
	}
	return failed ? -1 : 0;
}

/* Bytes in bulk that nobody looks at. */
static bool is_passable(const struct session *s)
{
	return !s->settings->keeps_entries &&
	       !s->settings->discards_in && session_sends_back(s) &&
	       is_free(s) && s->link.transport->ops->splice;
}

ssize_t session_pass_back(struct session *s)
{
	const int *ends = is_passable(s) ? loop_pipe(s->link.loop) : NULL;
	ssize_t n =
	    ends ? link_read_to(&s->link, ends[1], session_read_max(s)) : 0;
	if (n <= 0)
		return 0;
	ssize_t gone = link_write_from(&s->link, ends[0], true, (size_t)n);
	if (gone < 0)
		gone = 0;
	if (fetch_rest(s, ends[0], (size_t)(n - gone)))
		link_break(&s->link, ENOMEM);
	return n;
}
