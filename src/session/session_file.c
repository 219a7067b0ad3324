/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files on their way out of a session: when they are read, what is told. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <sockchat/number.h>

#include "session_private.h"

#define PULL_BELOW ((size_t)64 << 10) /* bytes in the queue */
#define TICK_NS    (100 * MS_NS)      /* between two looks at the progress */

static void on_tick(struct timer *t)
{
	const struct session *s = t->user;
	struct feed *f = s->feed;
	int64_t now_ns = loop_now_ns(s->link.loop);
	if (f->state != FEED_WAITS)
		progress_set(&f->progress, feed_gone(f, s->link.bytes_out),
		             now_ns);
	timer_start(s->link.loop, t, TICK_NS);
}

void session_drop_files(struct session *s)
{
	if (s->feed)
		timer_stop(&s->feed->tick);
	feed_free(s->feed);
	s->feed = NULL;
	session_count_queue(s);
}

static int add(struct session *s, const struct feed_file *file,
               struct error *e)
{
	if (!s->feed)
		s->feed = feed_new();
	if (s->feed && !feed_add(s->feed, file))
		return 0;
	if (errno == ENOBUFS) {
		error_set(e, "not sent: %d files wait for %s already",
		          FEED_MAX, s->link.where);
		error_set_code(e, ENOBUFS);
		return -1;
	}
	error_set_errno(e, errno, "cannot send %s", file->name);
	if (s->feed && !s->feed->count)
		session_drop_files(s);
	return -1;
}

int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e)
{
	char size[16];
	if (session_may_send(s, e) || add(s, file, e))
		return -1;
	if (!s->feed->tick.loop) {
		s->feed->tick.on_time = on_tick;
		s->feed->tick.user = s;
		timer_start(s->link.loop, &s->feed->tick, TICK_NS);
	}
	session_update(s);
	if (s->feed && (s->feed->count > 1 || s->feed->state == FEED_WAITS)) {
		number_format_size(size, file->total);
		session_tell_note(s, "%s (%s) waits for its turn",
		                  file->name, size);
	}
	return 0;
}

static void begin(struct session *s)
{
	const struct feed_file *file = &s->feed->items[0].file;
	char size[16];
	feed_begin(s->feed, s->link.bytes_out + session_waiting(s),
	           loop_now_ns(s->link.loop));
	framing_break(&s->in, s->transcript);
	framing_end(&s->out);
	number_format_size(size, file->total);
	session_tell_note(s, "sending %s (%s)", file->name, size);
}

static void tell_lost(struct session *s, const struct error *e)
{
	session_tell_error(s, e);
	s->ops->on_lost(s->ops->user, s);
}

static void tell_unread(struct session *s, int errnum)
{
	const struct feed *f = s->feed;
	const struct feed_file *file = &f->items[0].file;
	struct error e;
	error_set_errno(&e, errnum,
	                "cannot read %s after %" PRIu64 " of %" PRIu64 " bytes",
	                file->name, f->taken, file->total);
	tell_lost(s, &e);
}

void session_pull_file(struct session *s)
{
	struct feed *f = s->feed;
	if (!f || link_has_alarm(&s->link, ALARM_DRIP))
		return;
	size_t share = session_share(s);
	if (session_waiting(s) >= (share < PULL_BELOW ? share : PULL_BELOW))
		return;
	if (f->state == FEED_WAITS)
		begin(s);
	while (f->state == FEED_READS && session_waiting(s) < share)
		if (!session_queue(s) ||
		    feed_pull(f, s->queue, share - session_waiting(s)) < 0) {
			tell_unread(s, errno);
			f->state = FEED_STOPPED;
		}
}

static void tell_shorter(struct session *s)
{
	const struct feed *f = s->feed;
	struct error e;
	error_set(&e, "%s has become shorter: %" PRIu64 " of the %" PRIu64
	          " bytes that it had were sent", f->items[0].file.name,
	          f->taken, f->items[0].file.total);
	error_set_code(&e, ENODATA);
	tell_lost(s, &e);
}

static void tell_sent_file(struct session *s)
{
	const struct feed *f = s->feed;
	const struct feed_file *file = &f->items[0].file;
	int64_t ns = loop_now_ns(s->link.loop) - f->progress.start_ns;
	char rate[16], how[64] = "", had[64] = "";
	if (ns >= TICK_NS) {
		double seconds = (double)ns / 1e9;
		number_format_size(rate,
		                   (uint64_t)((double)f->taken / seconds));
		snprintf(how, sizeof(how), " in %.1f s, %s/s", seconds, rate);
	}
	if (f->taken != file->total)
		snprintf(had, sizeof(had), "; it had %" PRIu64 " bytes when "
		         "it was opened", file->total);
	session_tell_note(s, "sent %s: %" PRIu64 " bytes%s%s", file->name,
	                  f->taken, how, had);
}

int session_settle_file(struct session *s)
{
	struct feed *f = s->feed;
	if (!f || !feed_is_through(f, s->link.bytes_out))
		return 0;
	if (f->state == FEED_READ && f->taken < f->items[0].file.total)
		tell_shorter(s);
	else if (f->state == FEED_READ)
		tell_sent_file(s);
	if (!session_queue(s) || feed_next(f, s->queue))
		return -1;
	if (!f->count)
		session_drop_files(s);
	return 0;
}

void session_cancel(struct session *s)
{
	const struct feed *f = s->feed;
	if (!session_has_file(s))
		return;
	for (size_t i = feed_first(f); i < f->count; i++)
		session_tell_note(s, "stopped %s after %" PRIu64 " of %" PRIu64
		                  " bytes", f->items[i].file.name,
		                  i ? 0 : f->taken, f->items[i].file.total);
	feed_stop(s->feed);
	session_update(s);
}

void session_lose_files(struct session *s)
{
	const struct feed *f = s->feed;
	struct error e;
	if (!f)
		return;
	for (size_t i = feed_first(f); i < f->count; i++) {
		error_set(&e, "%s was not sent whole: %" PRIu64 " of %" PRIu64
		          " bytes had not left", f->items[i].file.name,
		          feed_rest(f, i, s->link.bytes_out),
		          f->items[i].file.total);
		error_set_code(&e, ENOTCONN);
		tell_lost(s, &e);
	}
	session_drop_files(s);
}
