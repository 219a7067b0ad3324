/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What goes to the peer is queued, told, and written as the peer takes it. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/number.h>

#include "session_frame.h"
#include "session_messages.h"
#include "session_private.h"
#include "session_secure.h"
#include "session_sent.h"
#include "under_way.h"

struct talk *session_talk(struct session *s)
{
	if (s->talk || !(s->talk = calloc(1, sizeof(*s->talk))))
		return s->talk;
	s->talk->in.dir = ENTRY_IN;
	s->talk->in.state.asked = s->talk->out.state.asked = &s->talk->asked;
	s->talk->out.dir = ENTRY_OUT;
	return s->talk;
}

/* The queue */

static void on_file(void *user)
{
	struct session *s = user;
	s->talk->file_at = s->link.bytes_out + session_before_file(s);
	session_break_messages(s, false);
}

static void on_written(void *user, const uint8_t *bytes, size_t n, size_t len)
{
	struct session *s = user;
	if (s->talk && !s->link.fault)
		hints_left(s, bytes, n, len);
}

static void on_file_note(void *user, const char *code, const char *text)
{
	session_tell_note(user, code, "", "%s", text);
}

static void on_file_lost(void *user, const struct error *e)
{
	struct session *s = user;
	session_tell_error(s, e);
	s->settings->ops->on_lost(s->settings->ops->user, s);
}

/* The queue, which is made if there is none.  NULL without memory. */
static struct queue *queue_of(struct session *s)
{
	static const struct queue_ops ops = {
		.on_file = on_file,
		.on_written = on_written,
		.on_note = on_file_note,
		.on_lost = on_file_lost,
	};
	if (!s->queue)
		s->queue = queue_new(s->link.loop, s->settings->queues,
		                     link_has_messages(&s->link), &ops, s);
	return s->queue;
}

void session_drop_queue(struct session *s)
{
	queue_free(s->queue);
	s->queue = NULL;
}

static int enqueue(struct session *s, const void *bytes, size_t len)
{
	return queue_of(s) ? queue_append(s->queue, bytes, len) : -1;
}

int session_put(struct session *s, const uint8_t *bytes, size_t len, bool waits)
{
	ssize_t n = waits ? 0 : link_write(&s->link, bytes, len);
	size_t gone = n > 0 ? (size_t)n : 0;
	if (link_has_messages(&s->link))
		return waits || (n < 0 && errno == EAGAIN)
		           ? enqueue(s, bytes, len) : 0;
	return gone < len ? enqueue(s, bytes + gone, len - gone) : 0;
}

bool session_is_full(struct session *s)
{
	if (!s->queue ||
	    queue_load(s->queue) <= queues_share(s->settings->queues) / 4)
		s->is_full = false;
	else if (session_is_congested(s))
		s->is_full = true;
	return s->is_full;
}

static void write_queue(struct session *s)
{
	if (!s->queue)
		return;
	queue_write(s->queue, &s->link, session_plain_room(s));
	if (queue_is_empty(s->queue))
		session_drop_queue(s);
}

void session_write(struct session *s)
{
	struct under_way *u = s->talk ? s->talk->under_way : NULL;
	if (u)
		under_way_before_write(u);
	write_queue(s);
	link_push(&s->link);
	if (u && !s->link.broken)
		under_way_after_write(u, !s->queue && !session_queued(s) &&
		                             !link_is_cut(&s->link, FAULT_OUT));
}

/* What the user says */

/* -1 with a sentence. */
static int may_send(const struct session *s, struct error *e)
{
	if (s->phase == ENTRY_CLOSED || s->link.broken)
		return error_set(e, "not sent: the connection to %s has ended",
		                 s->link.where);
	if (!halves_is_out_open(s->link.halves) || s->shuts_down)
		return error_set(e, s->pair ? "not sent: %s was already told "
		                              "that no more would come"
		                            : "not sent: you have finished "
		                              "sending to %s", s->link.where);
	return 0;
}

static int refuse_length(const struct session *s, struct error *e)
{
	const struct queues *all = s->settings->queues;
	char used[16], max[16];
	number_format_size(used, all->used);
	number_format_size(max, all->max);
	error_set(e, "not sent: %zu bytes already wait for %s (%s for all "
	          "peers, the limit is %s)",
	          queue_len(s->queue), s->link.where, used, max);
	error_set_hint(e, "/set queue-max changes it");
	error_set_code(e, EMSGSIZE);
	return -1;
}

int session_queue_message(struct session *s, const struct framed *m,
                          struct error *e)
{
	const void *bytes = m->bytes.data;
	size_t len = m->bytes.len;
	if (may_send(s, e) || session_check_length(s, len, e))
		return -1;
	if (len + QUEUE_EACH > queues_room(s->settings->queues))
		return refuse_length(s, e);
	if (!len && !link_has_messages(&s->link))
		return 0;
	s->has_finished = false;
	if (!session_talk(s) || enqueue(s, bytes, len))
		return error_set_errno(e, errno, "not sent to %s",
		                       s->link.where);
	session_break_messages(s, m->is_answer);
	s->talk->out.count++;
	s->talk->in.asked_ns = stamp_mono_ns();
	session_await_answer(s);
	if (s->settings->keeps_entries) {
		/* its tick is looked for when told */
		session_follow(s, transcript_end(s->settings->transcript));
		session_tell_sent(s, m);
	}
	session_see_sent(s, bytes, len);
	hints_out(s, bytes, len);
	return 0;
}

int session_queue_file(struct session *s, const struct feed_file *file,
                       struct error *e)
{
	if (may_send(s, e) || session_check_length(s, file->piece, e))
		return -1;
	if (session_talk(s) && !queue_has_file(s->queue))
		s->talk->file_at = 0;
	if (session_talk(s) && queue_of(s) &&
	    !queue_add_file(s->queue, file)) {
		session_await_answer(s);
		return 0;
	}
	if (errno == ENOBUFS) {
		error_set(e, "not sent: %d files wait for %s already",
		          QUEUE_FILES_MAX, s->link.where);
		error_set_code(e, ENOBUFS);
		return -1;
	}
	return error_set_errno(e, errno, "cannot send %s", file->name);
}
