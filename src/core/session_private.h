/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session consists of: for the files session*.c alone. */

#ifndef CORE_SESSION_PRIVATE_H
#define CORE_SESSION_PRIVATE_H

#include <sockchat/framing.h>
#include <sockchat/outq.h>
#include <sockchat/session.h>

#include "feed.h"

/* What a session waits for by the clock. */
enum session_alarm {
	ALARM_DRIP,   /* the next piece */
	ALARM_IDLE,   /* nothing has moved */
	ALARM_ACK,    /* a look at what is not acknowledged */
	ALARM_LINGER, /* the peer's FIN */
	ALARM_COUNT,
};

/* Of most peers there is nothing to tell and nothing under way, and there may
 * be many: what only some need has memory when they need it. */
struct session {
	struct loop *loop;
	struct transcript *transcript;
	const struct session_settings *settings;
	const struct session_ops *ops;
	uint32_t number;

	struct approach *approach; /* to whom we connect; NULL: it came */
	struct transport *transport;
	struct watch watch;
	enum halves halves;
	bool shuts_down;  /* our FIN is to follow the queue */
	bool closes;      /* and then the connection goes */
	bool leaves;      /* without waiting for the peer's FIN */
	bool is_paused, is_held, is_full;
	bool is_busy;     /* what comes, comes in bulk */
	bool is_accepted; /* they came to us */
	int gone; /* why the peer is: what it had sent is still read; or 0 */
	bool is_over;
	enum entry_state phase;

	struct session_lag lag;
	struct outq *queue; /* NULL: nothing waits */
	size_t counted;     /* its memory, in the sum of all queues */
	struct feed *feed; /* files behind it; NULL for none */
	struct framing in, out;
	struct session_ticks *ticks; /* under way; NULL for none */
	struct watcher *watcher; /* for hints; NULL for none */
	struct timer alarm; /* for the first of these; 0: it has not been set */
	int64_t due_ns[ALARM_COUNT];
	int64_t ack_ns, in_ns, out_ns;
	uint64_t bytes_in, bytes_out;
	struct stamp since, opened; /* the phase, the connection */
	struct names *names; /* of both addresses; NULL: not asked for */
	char *owner; /* of the other end, "" for none; NULL: not asked */
	char *addresses; /* the memory of these two */
	const char *peer, *local; /* "": not known yet */
};

/* How many bytes are in the queue. */
static inline size_t session_waiting(const struct session *s)
{
	return s->queue ? outq_len(s->queue) : 0;
}

static inline bool session_has_queue(const struct session *s)
{
	return s->queue || s->feed;
}

/* session.c: read once; do what can be done now, and watch for what comes next;
 * whether something may be sent, -1 with a sentence. */
void session_read(struct session *s);
void session_update(struct session *s);
MUST_USE int session_may_send(const struct session *s, struct error *e);
/* session.c: when a byte has moved last, or the connection was opened. */
int64_t session_moved_ns(const struct session *s);

/* session_end.c: the end, with a sentence, and of a connection that broke with
 * an errno; when the peer's system has all of ours; without the peer's end.
 * Then close what is open. */
void session_fail(struct session *s, const struct error *e);
void session_break(struct session *s, int errnum);
/* session_end.c: the peer is gone, as a call told that did not read: what it
 * had sent is read first. */
void session_lose(struct session *s, int errnum);
void session_wait_for_ack(struct session *s);
void session_stop_waiting(struct session *s);
void session_close_transport(struct session *s, bool abort);

/* session.c: the connection is there.  Takes `t`. */
void session_open(struct session *s, struct transport *t,
                  const struct address *peer);

/* session_queue.c: bytes for the peer, behind all that waits; -1 with errno.
 * The queue itself, NULL without memory, and none any more.  When it has become
 * shorter, or a file has what waits behind it: count it. */
MUST_USE int session_enqueue(struct session *s, const void *bytes, size_t len);
MUST_USE struct outq *session_queue(struct session *s);
void session_drop_queue(struct session *s);
void session_count_queue(struct session *s);

/* session_queue.c: how much more may wait for all peers.  Of what need not be
 * taken now: how much may wait for this one; how much more, never 0; whether
 * it is little enough to go on taking. */
size_t session_free_room(const struct session *s);
size_t session_share(const struct session *s);
size_t session_room(const struct session *s);
bool session_is_relieved(const struct session *s);

/* session_connect.c: what is known of the way to the peer, NULL if nothing; how
 * the user calls the peer, ""; no news any more; forget all. */
struct timing *session_timing(const struct session *s);
const char *session_called(const struct session *s);
void session_stop_connecting(struct session *s);
void session_drop_approach(struct session *s);

/* session_connect.c: both addresses as text; -1 without memory. */
MUST_USE
int session_set_addresses(struct session *s, const char *peer,
                          const char *local);

/* session_alarms.c: once, so much later; whether it is still to come; not any
 * more, and none; what the timer of a session calls. */
void session_set_alarm(struct session *s, enum session_alarm which, int64_t ns);
bool session_has_alarm(const struct session *s, enum session_alarm which);
void session_stop_alarm(struct session *s, enum session_alarm which);
void session_stop_alarms(struct session *s);
void session_alarm_on_time(struct timer *t);
/* session.c: it has come. */
void session_on_alarm(struct session *s, enum session_alarm which);

/* session_echo.c: whether what comes goes back; send it back, -1 with errno;
 * let the system move it: how much came, 0 when it has to be read, -1 with
 * errno. */
#define SESSION_BUSY ((ssize_t)64 << 10) /* bytes read at once */
bool session_sends_back(const struct session *s);
MUST_USE
int session_send_back(struct session *s, const uint8_t *bytes, size_t len);
MUST_USE ssize_t session_pass_back(struct session *s);
/* session_echo.c: how much may be read at once. */
size_t session_read_max(const struct session *s);

/* session_file.c, each fine without a file: read a piece of it where the queue
 * is short; take note of what has gone, -1 with errno; tell what never will;
 * forget all. */
void session_pull_file(struct session *s);
int session_settle_file(struct session *s);
void session_lose_files(struct session *s);
void session_drop_files(struct session *s);

/* session_hints.c: what has come, before it goes back; a message that has been
 * queued; the peer's end.  Then forget all. */
void session_hint_in(struct session *s, const uint8_t *bytes, size_t len);
void session_hint_out(struct session *s, const void *bytes, size_t len);
void session_hint_end(struct session *s);
void session_drop_hints(struct session *s);

/* session_ticks.c: the next entry is a message that is queued; something is
 * about to be written, has been; read what the system tells of
 * acknowledgements, whether it told any; the connection is over. */
void session_tick_queued(struct session *s);
void session_ticks_before_write(struct session *s);
void session_ticks_after_write(struct session *s);
bool session_ticks_read(struct session *s);
void session_ticks_end(struct session *s);

/* session_names.c: what is known of names, into `out`; forget all. */
void session_tell_names(const struct session *s, struct facts *out);
void session_drop_names(struct session *s);

/* session_tell.c: entries of this session; a hint may be "". */
void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* That it is open, and who is at the other end if that is known. */
void session_tell_open(struct session *s, const struct address *local,
                       const struct address *peer);
void session_tell_note(struct session *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void session_tell_hint(struct session *s, const char *hint, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void session_tell_error(struct session *s, const struct error *e);
/* One message as a whole, whatever is in it. */
void session_tell_sent(struct session *s, const void *bytes, size_t len);

#endif
