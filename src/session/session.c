/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation: what the transport brings becomes messages, what is sent
 * waits in a queue, and each half ends by itself. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/explain.h>
#include <sockchat/number.h>

#include "names.h"
#include "session_private.h"
#include "under_way.h"

#define BUSY       ((ssize_t)64 << 10) /* bytes read at once */
#define READ_MIN   ((size_t)4 << 10)
#define LAST_READS 64 /* at once; a dead connection has no more */

/* -1 without memory. */
static int take_messages(struct session *s, struct framing *f,
                         const uint8_t *bytes, size_t len)
{
	if (!s->settings->keeps_entries)
		return 0;
	return framing_take(f, s->transcript, s->number, s->link.where, bytes,
	                    len);
}

/* Files on their way */

static void on_file(void *user)
{
	struct session *s = user;
	framing_break(&s->in, s->transcript);
	framing_end(&s->out);
}

static void on_file_note(void *user, const char *text)
{
	session_tell_note(user, "%s", text);
}

static void on_file_lost(void *user, const struct error *e)
{
	struct session *s = user;
	session_tell_error(s, e);
	s->ops->on_lost(s->ops->user, s);
}

/* Out */

/* The queue, which is made if there is none.  NULL without memory. */
static struct queue *queue_of(struct session *s)
{
	static const struct queue_ops ops = {
		.on_file = on_file,
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

static int enqueue(struct session *s, const void *bytes, size_t len)
{
	return queue_of(s) ? queue_append(s->queue, bytes, len) : -1;
}

static void write_queue(struct session *s)
{
	size_t drip = s->settings->drip_bytes;
	if (!s->queue || link_has_alarm(&s->link, ALARM_DRIP))
		return;
	size_t n = queue_write(s->queue, &s->link, drip ? drip : SIZE_MAX);
	if (!queue_len(s->queue) && !queue_has_file(s->queue))
		session_drop_queue(s);
	else if (drip && n)
		link_set_alarm(&s->link, ALARM_DRIP, s->settings->drip_ns);
}

static void write_out(struct session *s)
{
	if (s->under_way)
		under_way_before_write(s->under_way);
	write_queue(s);
	if (s->under_way && !s->link.broken)
		under_way_after_write(s->under_way, !s->queue);
}

static void on_end_out(struct link *l)
{
	struct session *s = session_of(l);
	if (!halves_is_in_open(l->halves))
		return;
	session_tell_state(s, ENTRY_HALF_CLOSED, "",
	                   "our half is closed (FIN sent): nothing more can be "
	                   "sent, the peer may go on");
	if (s->closes)
		link_set_alarm(l, ALARM_LINGER, s->settings->linger_ns);
}

static void end_in(struct session *s)
{
	framing_end(&s->in);
	session_hint_end(s);
	if (!halves_is_out_open(s->link.halves))
		return;
	if (s->settings->echo || s->closes)
		s->shuts_down = true;
	session_tell_state(s, ENTRY_HALF_CLOSED,
	                   link_is_wordless(&s->link)
	                       ? explain_closed_at_once() : "",
	                   "the peer has closed its half (FIN received)%s",
	                   s->shuts_down ? ""
	                                 : ": you can still send; /close ends "
	                                   "the connection");
	if (!s->shuts_down)
		s->ops->on_in_end(s->ops->user, s);
}

/* Echo */

static bool sends_back(const struct session *s)
{
	return s->settings->echo && halves_is_out_open(s->link.halves) &&
	       !s->shuts_down;
}

/* Nothing waits in front of what comes. */
static bool is_free(const struct session *s)
{
	return !s->queue && !s->settings->drip_bytes;
}

/* How much may be read at once. */
static size_t read_max(const struct session *s)
{
	size_t share, len = queue_len(s->queue);
	if (!s->settings->echo)
		return LOOP_BUFFER;
	share = queues_share(s->settings->queues);
	return len + READ_MIN < share ? share - len : READ_MIN;
}

/* Only what the peer does not take now waits, and an error, which will come
 * again.  -1 without memory. */
static int send_back(struct session *s, const uint8_t *bytes, size_t len)
{
	ssize_t n = is_free(s) ? link_write(&s->link, bytes, len) : 0;
	size_t gone = n > 0 ? (size_t)n : 0;
	return gone < len ? enqueue(s, bytes + gone, len - gone) : 0;
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
		failed = failed || enqueue(s, bytes, (size_t)n);
	}
	return failed ? -1 : 0;
}

/* Bytes in bulk that nobody looks at. */
static bool is_passable(const struct session *s)
{
	return !s->settings->keeps_entries && !s->settings->discards_in &&
	       sends_back(s) && is_free(s) && s->link.transport->ops->splice;
}

/* Let the system move what comes: how much it was, 0 when it has to be read by
 * us. */
static ssize_t pass_back(struct session *s)
{
	const int *ends = is_passable(s) ? loop_pipe(s->link.loop) : NULL;
	ssize_t n = ends ? link_read_to(&s->link, ends[1], read_max(s)) : 0;
	if (n <= 0)
		return 0;
	ssize_t gone = link_write_from(&s->link, ends[0], true, (size_t)n);
	if (gone < 0)
		gone = 0;
	if (fetch_rest(s, ends[0], (size_t)(n - gone)))
		link_break(&s->link, ENOMEM);
	return n;
}

/* In */

static int take(struct session *s, const uint8_t *bytes, size_t len)
{
	if (s->settings->discards_in)
		return 0;
	if (take_messages(s, &s->in, bytes, len))
		return -1;
	if (s->settings->keeps_entries || s->watcher)
		session_hint_in(s, bytes, len);
	if (!sends_back(s))
		return 0;
	if (send_back(s, bytes, len))
		return -1;
	return take_messages(s, &s->out, bytes, len);
}

static void note_first_byte(struct session *s)
{
	int64_t us = (stamp_mono_ns() - s->opened.mono_ns) / 1000;
	struct timing *timing = session_timing(s);
	if (timing)
		timing->first_byte_us = us;
	if (s->settings->tells_steps)
		session_tell_note(s, "first byte after %.1f ms",
		                  (double)us / 1000);
}

static void read_some(struct session *s)
{
	struct link *l = &s->link;
	uint8_t *bytes = loop_buffer(l->loop);
	bool is_first = !l->bytes_in;
	if (!bytes) {
		link_break(l, ENOMEM);
		return;
	}
	ssize_t passed = s->is_busy ? pass_back(s) : 0;
	ssize_t n = passed ? passed : link_read(l, bytes, read_max(s));
	if (n > 0) {
		if (is_first)
			note_first_byte(s);
		s->is_busy = n >= BUSY;
		if (!passed && take(s, bytes, (size_t)n))
			link_break(l, ENOMEM);
	} else if (l->broken) {
		link_break(l, l->broken); /* these were the last words */
	} else if (n == 0) {
		end_in(s);
	}
}

/* Readiness */

/* Whether so few bytes wait that a stopped reader goes on. */
static bool is_relieved(const struct session *s)
{
	return queue_len(s->queue) <= queues_share(s->settings->queues) / 4;
}

static bool wants_read(struct session *s)
{
	if (!s->queue || is_relieved(s))
		s->is_full = false;
	else if (session_is_congested(s))
		s->is_full = true;
	if (s->link.broken)
		return !s->settings->is_held;
	return !s->is_paused && !s->settings->is_held &&
	       !(s->settings->echo && s->is_full);
}

static unsigned wishes(struct session *s)
{
	unsigned w = wants_read(s) ? LOOP_READ : 0;
	if (s->queue && !link_has_alarm(&s->link, ALARM_DRIP))
		w |= LOOP_WRITE;
	if (!s->settings->is_held)
		w |= LOOP_HANGUP;
	if (s->shuts_down && !s->queue)
		w |= LINK_END_OUT;
	return s->leaves ? w | LINK_LEAVE : w;
}

/* What the peer had sent before it went; nothing may wake us for it. */
static void read_last_words(struct session *s)
{
	if (s->leaves)
		link_break(&s->link, s->link.broken);
	for (int i = 0; i < LAST_READS && !s->settings->is_held &&
	                halves_is_in_open(s->link.halves); i++)
		read_some(s);
}

void session_update(struct session *s)
{
	bool was_broken;
	if (!s->link.transport || s->is_over)
		return;
	if ((s->queue || s->under_way) && halves_is_out_open(s->link.halves))
		write_out(s);
	do {
		was_broken = s->link.broken;
		if (was_broken)
			read_last_words(s);
		link_step(&s->link, wishes(s));
	} while (s->link.transport && s->link.broken && !was_broken);
}

static void on_ready(struct link *l, unsigned ready)
{
	struct session *s = session_of(l);
	if (s->settings->rests)
		ready &= LOOP_WRITE;
	bool has_acks = s->under_way && under_way_read(s->under_way);
	if (has_acks && !(ready & LOOP_READ)) /* no more has woken us */
		ready &= ~LOOP_HANGUP;
	if (ready & (LOOP_READ | LOOP_HANGUP) && halves_is_in_open(l->halves))
		read_some(s);
	else if (ready & LOOP_HANGUP)
		link_break(l, link_pending(l) < 0 ? errno : ECONNRESET);
	session_update(s);
}

static void on_alarm(struct link *l, unsigned which)
{
	struct session *s = session_of(l);
	if (which == ALARM_LINGER)
		s->leaves = true;
	session_update(s);
}

/* The beginning */

static void on_open(struct link *l, struct transport *t,
                    const struct address *peer)
{
	struct session *s = session_of(l);
	struct transport_facts facts;
	char at[ADDRESS_TEXT_MAX], here[ADDRESS_TEXT_MAX] = "";
	struct error e;
	session_note_timing(s);
	int failed = link_take(l, t);
	address_format(peer, at);
	transport_facts(t, FACTS_LOCAL, &facts);
	if (facts.local.len)
		address_format(&facts.local, here);
	if (session_set_addresses(s, at, here) || failed) {
		error_set_errno(&e, ENOMEM, "cannot serve %s", at);
		session_fail(s, &e);
		return;
	}
	session_tell_open(s);
	link_set_idle(&s->link, s->settings->idle_ns);
	session_update(s);
}

struct session *session_new(struct loop *l, struct transcript *transcript,
                            uint32_t number,
                            const struct session_settings *settings,
                            const struct session_ops *ops)
{
	static const struct link_ops link_ops = {
		.steps = { .on_connecting = session_on_connecting,
			   .on_step = session_on_step },
		.on_open = on_open,
		.on_ready = on_ready,
		.on_alarm = on_alarm,
		.on_end_out = on_end_out,
		.on_over = session_on_over,
	};
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	link_init(&s->link, l, &link_ops);
	s->transcript = transcript;
	s->number = number;
	s->settings = settings;
	s->ops = ops;
	s->in.dir = ENTRY_IN;
	s->out.dir = ENTRY_OUT;
	s->local = "";
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	session_close_link(s, false);
	session_drop_approach(s);
	session_drop_hints(s);
	session_drop_queue(s);
	names_free(s->names);
	free(s->addresses);
	free(s);
}

void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer)
{
	on_open(&s->link, t, peer);
}

/* What the user asks for */

/* -1 with a sentence. */
static int may_send(const struct session *s, struct error *e)
{
	if (s->is_over || s->link.broken)
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

/* The next entry is a message that is queued. */
static void follow_message(struct session *s)
{
	if (!s->settings->ticks)
		return;
	if (!s->under_way)
		s->under_way = under_way_new(&s->link, &s->settings->ticks);
	if (s->under_way)
		under_way_add(s->under_way, transcript_end(s->transcript),
		              s->link.bytes_out + queue_len(s->queue) +
		                  queue_file_rest(s->queue));
}

int session_send(struct session *s, const void *bytes, size_t len,
                 struct error *e)
{
	if (may_send(s, e))
		return -1;
	if (len > queues_room(s->settings->queues))
		return refuse_length(s, e);
	if (enqueue(s, bytes, len))
		return error_set_errno(e, errno, "not sent to %s",
		                       s->link.where);
	framing_break(&s->in, s->transcript);
	framing_end(&s->out);
	s->out.count++;
	s->in.asked_ns = stamp_mono_ns();
	if (s->settings->keeps_entries) {
		follow_message(s); /* its tick is looked for when told */
		session_tell_sent(s, bytes, len);
	}
	session_hint_out(s, bytes, len);
	session_update(s);
	return 0;
}

static int add_file(struct session *s, const struct feed_file *file,
                    struct error *e)
{
	if (queue_of(s) && !queue_add_file(s->queue, file))
		return 0;
	if (errno == ENOBUFS) {
		error_set(e, "not sent: %d files wait for %s already",
		          QUEUE_FILES_MAX, s->link.where);
		error_set_code(e, ENOBUFS);
		return -1;
	}
	return error_set_errno(e, errno, "cannot send %s", file->name);
}

int session_send_file(struct session *s, const struct feed_file *file,
                      struct error *e)
{
	char size[16];
	if (may_send(s, e) || add_file(s, file, e))
		return -1;
	session_update(s);
	if (queue_file_waits(s->queue)) {
		number_format_size(size, file->total);
		session_tell_note(s, "%s (%s) waits for its turn",
		                  file->name, size);
	}
	return 0;
}

void session_cancel(struct session *s)
{
	if (s->queue)
		queue_stop_files(s->queue);
	session_update(s);
}

void session_shutdown(struct session *s)
{
	s->shuts_down = true;
	session_update(s);
}

void session_refresh(struct session *s)
{
	if (!s->settings->drip_bytes)
		link_stop_alarm(&s->link, ALARM_DRIP);
	if (link_has_alarm(&s->link, ALARM_LINGER))
		link_set_alarm(&s->link, ALARM_LINGER, s->settings->linger_ns);
	link_set_idle(&s->link, s->settings->idle_ns);
	session_update(s);
}

void session_pause(struct session *s, bool is_paused)
{
	s->is_paused = is_paused;
	session_update(s);
}

static void on_name(void *user, bool is_peer, const char *name)
{
	struct session *s = user;
	session_tell_note(s, "%s is called %s",
	                  is_peer ? s->link.where : s->local, name);
}

void session_identify(struct session *s, bool is_numeric, bool tells)
{
	const struct transport *t = s->link.transport;
	if (t && !s->names)
		s->names = names_new(t);
	if (t && s->names && !is_numeric)
		names_resolve(s->names, s->link.loop, t,
		              tells ? on_name : NULL, s);
}
