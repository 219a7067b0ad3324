/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What goes to the peer is queued, told, and written as the peer takes it. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/health.h>
#include <sockchat/number.h>

#include "session_frame.h"
#include "session_look.h"
#include "session_private.h"
#include "session_secure.h"
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
	session_break_messages(user);
}

static void on_written(void *user, const uint8_t *bytes, size_t n, size_t len)
{
	struct session *s = user;
	if (s->talk)
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
		s->queue = queue_new(s->link.loop, s->settings->queues, &ops,
		                     s);
	return s->queue;
}

void session_drop_queue(struct session *s)
{
	queue_free(s->queue);
	s->queue = NULL;
}

int session_enqueue(struct session *s, const void *bytes, size_t len)
{
	return queue_of(s) ? queue_append(s->queue, bytes, len) : -1;
}

static void write_queue(struct session *s)
{
	size_t drip = s->settings->drip_bytes;
	if (!s->queue || link_has_alarm(&s->link, ALARM_DRIP))
		return;
	size_t room = session_plain_room(s), max = drip ? drip : SIZE_MAX;
	size_t n = queue_write(s->queue, &s->link, max < room ? max : room);
	if (!queue_len(s->queue) && !queue_has_file(s->queue))
		session_drop_queue(s);
	else if (drip && n)
		link_set_alarm(&s->link, ALARM_DRIP, s->settings->drip_ns);
}

void session_write(struct session *s)
{
	struct under_way *u = s->talk ? s->talk->under_way : NULL;
	if (u)
		under_way_before_write(u);
	write_queue(s);
	if (u && !s->link.broken)
		under_way_after_write(u, !s->queue);
}

/* What the user says */

/* -1 with a sentence. */
static int may_send(const struct session *s, struct error *e)
{
	if (s->phase == ENTRY_CLOSED || s->link.broken)
		return error_set(e, "not sent: the connection to %s has ended",
		                 s->link.where);
	if (!halves_is_out_open(s->link.halves) || s->shuts_down)
		return error_set(e, "not sent: our half of the connection to "
		                    "%s is closed", s->link.where);
	return 0;
}

static int refuse_length(const struct session *s, struct error *e)
{
	const struct queues *all = s->settings->queues;
	char used[16], max[16];
	number_format_size(used, all->used);
	number_format_size(max, all->max);
	error_set(e, "not sent: %zu bytes wait for %s already, %s for all "
	          "peers together, and the limit is %s",
	          queue_len(s->queue), s->link.where, used, max);
	error_set_hint(e, "/set queue-max changes it");
	error_set_code(e, EMSGSIZE);
	return -1;
}

/* Follow the message that has been queued and whose entry comes next. */
static void follow_message(struct session *s)
{
	if (!s->settings->ticks)
		return;
	if (!s->talk->under_way)
		s->talk->under_way =
		    under_way_new(&s->link, &s->settings->ticks);
	if (s->talk->under_way)
		under_way_add(s->talk->under_way,
		              transcript_end(s->settings->transcript),
		              session_out_end(s));
}

/* What was said before, and is not answered, is older. */
static void note_question(struct session *s)
{
	struct talk *t = s->talk;
	if (t->asked_ns && t->asked_in == s->link.bytes_in)
		return;
	t->asked_ns = loop_now_ns(s->link.loop);
	t->asked_in = s->link.bytes_in;
	session_plan_look(s, HEALTH_ANSWER_NS);
}

int session_queue_message(struct session *s, const struct framed *m,
                          struct error *e)
{
	const void *bytes = m->bytes.data;
	size_t len = m->bytes.len;
	if (may_send(s, e))
		return -1;
	if (len > queues_room(s->settings->queues))
		return refuse_length(s, e);
	if (!session_talk(s) || session_enqueue(s, bytes, len))
		return error_set_errno(e, errno, "not sent to %s",
		                       s->link.where);
	session_break_messages(s);
	s->talk->out.count++;
	s->talk->in.asked_ns = stamp_mono_ns();
	note_question(s);
	if (s->settings->keeps_entries) {
		follow_message(s); /* its tick is looked for when told */
		session_tell_sent(s, m);
	}
	session_see_sent(s, bytes, len);
	hints_out(s, bytes, len);
	return 0;
}

int session_queue_file(struct session *s, const struct feed_file *file,
                       struct error *e)
{
	if (may_send(s, e))
		return -1;
	if (session_talk(s) && queue_of(s) &&
	    !queue_add_file(s->queue, file)) {
		note_question(s);
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
