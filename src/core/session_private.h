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
	int gone; /* errno of a write that failed: what the peer had sent is
	             still read; 0 while no write has */
	bool is_over;
	enum entry_state phase;

	struct session_lag lag;
	struct outq *queue; /* NULL: nothing waits */
	size_t counted;     /* its memory, as settings->queues has it */
	struct feed *feed; /* files behind it; NULL for none */
	struct framing in, out;
	struct session_ticks *ticks; /* under way; NULL for none */
	struct watcher *watcher; /* for hints; NULL for none */
	struct timer alarm; /* runs until the first of due_ns */
	int64_t due_ns[ALARM_COUNT]; /* 0: not set */
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

/* session.c */

/* The connection is there.  Takes `t`. */
void session_open(struct session *s, struct transport *t,
                  const struct address *peer);
/* Read once. */
void session_read(struct session *s);
/* Do what can be done now, and watch for what comes next. */
void session_update(struct session *s);
/* Whether something may be sent: -1 with a sentence. */
MUST_USE int session_may_send(const struct session *s, struct error *e);
/* When a byte moved last, or the connection was opened. */
int64_t session_moved_ns(const struct session *s);
/* An alarm's time has come. */
void session_on_alarm(struct session *s, enum session_alarm which);

/* session_end.c */

/* End the session with this sentence. */
void session_fail(struct session *s, const struct error *e);
/* End it: the connection broke with this errno. */
void session_break(struct session *s, int errnum);
/* The same, but a write or a look told it: what the peer had sent before is
 * read first. */
void session_lose(struct session *s, int errnum);
/* End it as soon as the peer's system has all of our bytes. */
void session_wait_for_ack(struct session *s);
/* Do not wait for the peer's end any more. */
void session_stop_waiting(struct session *s);
/* Close the connection if it is open; `abort`: by RST. */
void session_close_transport(struct session *s, bool abort);

/* session_queue.c */

/* Queue bytes for the peer behind all that waits.  -1 with errno. */
MUST_USE int session_enqueue(struct session *s, const void *bytes, size_t len);
/* The queue, which is made if there is none.  NULL without memory. */
MUST_USE struct outq *session_queue(struct session *s);
/* Forget what waits. */
void session_drop_queue(struct session *s);
/* Bring settings->queues up to date, and free an empty queue.  To be called
 * whenever the queue has become shorter or a file has been queued. */
void session_count_queue(struct session *s);
/* How many more bytes may wait for all peers together. */
size_t session_free_room(const struct session *s);
/* How many bytes that can wait elsewhere may wait for this peer. */
size_t session_share(const struct session *s);
/* How many more of these; never 0. */
size_t session_room(const struct session *s);
/* Whether so few bytes wait that a stopped reader goes on. */
bool session_is_relieved(const struct session *s);

/* session_connect.c */

/* What is known of the way to the peer; NULL if nothing. */
struct timing *session_timing(const struct session *s);
/* How the user calls the peer; "" if it came to us. */
const char *session_called(const struct session *s);
/* Stop connecting.  Safe when it is not connecting. */
void session_stop_connecting(struct session *s);
/* Forget the way to the peer. */
void session_drop_approach(struct session *s);

/* Set both addresses as text.  -1 without memory. */
MUST_USE
int session_set_addresses(struct session *s, const char *peer,
                          const char *local);

/* session_alarms.c */

/* Call session_on_alarm() once, so much later; setting it again moves it. */
void session_set_alarm(struct session *s, enum session_alarm which, int64_t ns);
/* Whether it is set and still to come. */
bool session_has_alarm(const struct session *s, enum session_alarm which);
void session_stop_alarm(struct session *s, enum session_alarm which);
/* Stop all of them. */
void session_stop_alarms(struct session *s);
/* What the timer of a session calls. */
void session_alarm_on_time(struct timer *t);

/* session_echo.c */

#define SESSION_BUSY ((ssize_t)64 << 10) /* bytes read at once */
/* Whether what comes goes back. */
bool session_sends_back(const struct session *s);
/* Send it back.  -1 with errno. */
MUST_USE
int session_send_back(struct session *s, const uint8_t *bytes, size_t len);
/* Let the system move what comes: how much it was, 0 when it has to be read by
 * us, -1 with errno. */
MUST_USE ssize_t session_pass_back(struct session *s);
/* How much may be read at once. */
size_t session_read_max(const struct session *s);

/* session_file.c: each is safe when no file is on its way. */

/* Read a piece of the file if the queue is short. */
void session_pull_file(struct session *s);
/* Note what the system has taken.  -1 with errno. */
MUST_USE int session_settle_file(struct session *s);
/* Tell which files do not reach the peer as a whole. */
void session_lose_files(struct session *s);
/* Forget all files. */
void session_drop_files(struct session *s);

/* session_hints.c */

/* Bytes have come, and have not gone back yet. */
void session_hint_in(struct session *s, const uint8_t *bytes, size_t len);
/* A message has been queued. */
void session_hint_out(struct session *s, const void *bytes, size_t len);
/* The peer has ended. */
void session_hint_end(struct session *s);
/* Forget all. */
void session_drop_hints(struct session *s);

/* session_ticks.c */

/* The next entry is a message that is queued. */
void session_tick_queued(struct session *s);
void session_ticks_before_write(struct session *s);
void session_ticks_after_write(struct session *s);
/* Read what the system tells of acknowledgements; whether it told any. */
bool session_ticks_read(struct session *s);
/* The connection is over. */
void session_ticks_end(struct session *s);

/* session_names.c */

/* Put what is known of names into `out`. */
void session_tell_names(const struct session *s, struct facts *out);
/* Forget it. */
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
