/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the user asks of a conversation that goes on. */

#include <errno.h>

#include <sockchat/datagram.h>
#include <sockchat/file.h>
#include <sockchat/number.h>

#include "session_look.h"
#include "session_messages.h"
#include "session_private.h"
#include "session_secure.h"

int session_send_framed(struct session *s, const struct framed *m,
                        struct error *e)
{
	session_show(s, false);
	if (s->pair ? lane_say(lane_to(s), m, e)
	            : session_queue_message(s, m, e))
		return -1;
	session_update(s);
	return 0;
}

/* Queue a file as one message.  -1 with a sentence. */
static int queue_whole(struct session *s, const struct feed_file *file,
                       struct error *e)
{
	struct bytes all = { .max = DATAGRAM_MAX_IPV6 + 1 };
	struct framed m;
	int failed = session_check_length(s, file->total, e);
	if (failed)
		error_set_hint(e, "--datagram-size N sends a file in datagrams "
		                  "of N bytes");
	else if ((failed = file_read(file->fd, &all)))
		error_set_errno(e, errno, "cannot send %s", file->name);
	m = framed_plain(all.data, all.len);
	failed = failed ? -1 : session_queue_message(s, &m, e);
	bytes_finish(&all);
	return failed;
}

int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e)
{
	char size[16];
	session_show(s, false);
	if (s->pair && !lane_is_between(lane_to(s))) {
		error_set(e, "not sent: a message to %s is under way",
		          s->link.where);
		error_set_hint(e, "try again when it has ended");
		return -1;
	}
	bool is_whole = link_has_messages(&s->link) && !file->piece;
	if (is_whole ? queue_whole(s, file, e)
	             : session_queue_file(s, file, e))
		return -1;
	if (s->pair)
		lane_break(lane_to(s));
	session_update(s);
	if (queue_file_waits(s->queue)) {
		number_format_size(size, file->total);
		session_tell_note(s, "file-waiting", "",
		                  "%s (%s) waits for its turn", file->name,
		                  size);
	}
	return 0;
}

void session_cancel(struct session *s)
{
	if (s->queue)
		queue_stop_files(s->queue);
	session_update(s);
}

int session_starttls(struct session *s, const void *text, size_t len,
                     const struct dial_settings *settings, struct error *e)
{
	session_show(s, false);
	if (session_begin_upgrade(s, text, len, settings, e))
		return -1;
	session_update(s);
	return 0;
}

void session_shutdown(struct session *s)
{
	if (link_has_messages(&s->link)) {
		session_tell_no_end(s);
		return;
	}
	s->shuts_down = true;
	session_update(s);
}

void session_end_input(struct session *s)
{
	if (link_has_messages(&s->link))
		session_await_answers(s);
	else
		session_shutdown(s);
}

void session_pause(struct session *s)
{
	s->is_paused = true;
	session_update(s);
}

void session_resume(struct session *s)
{
	s->is_paused = false;
	session_update(s);
}
