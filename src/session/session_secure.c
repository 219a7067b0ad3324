/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS in mid-conversation (STARTTLS).  What was queued before goes out in
 * plain, what is queued later through TLS.  As a client we wait for the
 * server's consent; as a server, nothing is read in plain any more. */

#include <errno.h>
#include <stdlib.h>

#include <sockchat/consent.h>
#include <sockchat/link_layers.h>
#include <sockchat/openings.h>

#include "session_frame.h"
#include "session_private.h"
#include "session_secure.h"
#include "under_way.h"

#define ENTRIES_MAX 4096 /* that one look goes back */
#define BYTES_MAX   ((size_t)64 << 10)
#define ANSWER_NS   (3 * SECOND_NS)  /* a server may consent without a word */
#define PART_NS     (300 * MS_NS)    /* an answer may have no line's end */

static void upgrade_free(struct upgrade *u)
{
	bytes_finish(&u->early);
	free(u);
}

void session_end_upgrade(struct session *s)
{
	struct upgrade *u = session_upgrade_of(s);
	if (!u)
		return;
	s->talk->upgrade = NULL;
	link_stop_alarm(&s->link, ALARM_SECURE);
	upgrade_free(u);
}

void session_stop_waiting(struct session *s)
{
	if (session_upgrade_of(s))
		session_upgrade_of(s)->is_late = true;
}

/* What has come in plain */

static const struct entry *message_of(const struct session *s, uint64_t seq,
                                      struct entry *room)
{
	const struct entry *e =
	    transcript_at(s->settings->transcript, seq, room);
	bool is_ours = e && e->kind == ENTRY_MESSAGE &&
	               e->session == s->link.number;
	return is_ours ? e : NULL;
}

static uint64_t oldest_looked_at(const struct session *s)
{
	const struct transcript *t = s->settings->transcript;
	uint64_t first = transcript_first(t), end = transcript_end(t);
	return first + ENTRIES_MAX < end ? end - ENTRIES_MAX : first;
}

/* The entry behind our last message; 0: we have said nothing. */
static uint64_t after_question(const struct session *s)
{
	uint64_t seq = transcript_end(s->settings->transcript);
	uint64_t first = oldest_looked_at(s);
	struct entry room;
	for (; seq > first; seq--) {
		const struct entry *e = message_of(s, seq - 1, &room);
		if (e && e->dir == ENTRY_OUT)
			return seq;
	}
	return 0;
}

/* Behind the version a byte may have been taken for a line's end. */
static bool begins_hello(const struct entry *e)
{
	return e->len > 2 && openings_is_hello(e->bytes, e->len);
}

/* Write what the peer has sent since we said something; with `hellos`, from the
 * first message on that begins as a ClientHello.  -1 with errno, EMSGSIZE if it
 * is too much. */
static int gather(const struct session *s, uint64_t since, bool hellos,
                  struct bytes *out)
{
	uint64_t end = transcript_end(s->settings->transcript);
	struct entry room;
	bytes_init(out, BYTES_MAX);
	for (uint64_t seq = since ? since : oldest_looked_at(s); seq < end;
	     seq++) {
		const struct entry *e = message_of(s, seq, &room);
		bool is_in = e && e->dir == ENTRY_IN;
		bool is_begun = !hellos || out->len ||
		                (is_in && begins_hello(e));
		if (is_in && is_begun && bytes_append(out, e->bytes, e->len))
			return -1;
	}
	return 0;
}

/* Answers */

/* The server's refusal, in its last line. */
static int tell_refusal(const struct session *s, const struct bytes *b,
                        struct error *e)
{
	const char *at = (const char *)b->data;
	size_t end = b->len, begin;
	while (end && (at[end - 1] == '\n' || at[end - 1] == '\r'))
		end--;
	for (begin = end; begin && at[begin - 1] != '\n'; begin--)
		;
	error_set(e, "%s refuses to begin TLS: %.*s", s->link.where,
	          end - begin < 100 ? (int)(end - begin) : 100, at + begin);
	error_set_hint(e, "the connection was closed, so that nothing is sent "
	                  "unencrypted. /connect connects without TLS");
	error_set_word(e, "TLS_DECLINED");
	return -1;
}

static int tell_injected(const struct session *s, struct error *e)
{
	error_set(e, "TLS was not begun: unencrypted bytes came after the "
	             "answer of %s", s->link.where);
	error_set_hint(e, "somebody on the way may have put them there "
	                  "(CVE-2011-0411). They are never taken as part of "
	                  "TLS");
	error_set_word(e, "TLS_INJECTED");
	return -1;
}

/* Bytes behind the consent that nobody has read. */
static bool has_unread(const struct session *s)
{
	struct transport_facts facts;
	transport_facts(s->link.transport, FACTS_UNREAD, &facts);
	return facts.unread > 0 || link_held(&s->link, FAULT_IN);
}

/* More of the answer is waited for, but not for ever. */
static int wait_on(struct session *s, struct upgrade *u, bool is_part,
                   size_t len)
{
	if (len != u->judged || !link_has_alarm(&s->link, ALARM_SECURE))
		link_set_alarm(&s->link, ALARM_SECURE,
		               is_part ? PART_NS : ANSWER_NS);
	u->judged = len;
	return 0;
}

/* 1: we may begin; 0: not yet; -1 with a sentence: never. */
static int weigh(struct session *s, struct upgrade *u, const struct bytes *b,
                 struct error *e)
{
	enum consent is = consent_judge(b->data, b->len, u->is_late);
	if (is == CONSENT_REFUSED)
		return tell_refusal(s, b, e);
	if (is == CONSENT_EXCEEDED || (is == CONSENT_OTHER && u->is_strict))
		return tell_injected(s, e);
	if ((is == CONSENT_WAITS || is == CONSENT_PART) && !u->is_late)
		return wait_on(s, u, is == CONSENT_PART, b->len);
	return has_unread(s) ? tell_injected(s, e) : 1;
}

/* As a client: whether the server has agreed, as weigh(). */
static int may_begin(struct session *s, struct upgrade *u, struct error *e)
{
	struct bytes b;
	if (!u->since) /* nobody was asked */
		return has_unread(s) ? tell_injected(s, e) : 1;
	int result = !gather(s, u->since, false, &b) ? weigh(s, u, &b, e)
	             : errno == EMSGSIZE             ? tell_injected(s, e)
	             : error_set_errno(e, errno, "TLS was not begun");
	bytes_finish(&b);
	return result;
}

/* The handshake */

static int begin_handshake(struct session *s, struct upgrade *u,
                           struct error *e)
{
	if (link_take_held(&s->link, &u->early))
		return error_set_errno(e, errno, "TLS was not begun");
	const struct over how = {
		.is_accepted = s->link.is_accepted,
		.is_upgrade = true,
		.target = s->approach ? &s->approach->endpoint : NULL,
		.tls = u->tls,
		.early = u->early.data,
		.early_len = u->early.len,
	};
	session_restart_messages(s);
	under_way_restart(s->talk->under_way);
	session_tell_state(s, ENTRY_HANDSHAKING, "", "TLS handshake with %s",
	                   s->link.where);
	if (link_secure(&s->link, &how, u->timeout_ms))
		return error_set_errno(e, errno, "TLS cannot begin with %s",
		                       s->link.where);
	session_end_upgrade(s);
	return 0;
}

int session_upgrade(struct session *s, struct error *e)
{
	struct upgrade *u = session_upgrade_of(s);
	if (!u || s->link.broken || session_plain_room(s) ||
	    link_held(&s->link, FAULT_OUT))
		return 0;
	if (s->link.halves != HALVES_OPEN) {
		error_set(e, "TLS was not begun: %s has finished sending",
		          s->link.where);
		error_set_code(e, ECONNRESET);
		return -1;
	}
	int begins = s->link.is_accepted ? 1 : may_begin(s, u, e);
	return begins > 0 ? begin_handshake(s, u, e) : begins;
}

/* The wish */

static const char *why_not(const struct session *s)
{
	if (s->phase == ENTRY_CLOSED)
		return "has ended";
	if (s->pair)
		return "is in the middle, where client and target begin TLS "
		       "with each other.  To see what they say, give each side "
		       "TLS from the start: listen --tls --forward "
		       "tls://HOST:PORT";
	if (link_has_messages(&s->link))
		return "is in datagrams (UDP), and TLS needs a stream";
	if (!s->link.transport)
		return "is not open yet";
	if (s->is_paused)
		return "is paused (/resume continues)";
	if (session_upgrade_of(s) || !s->link.transport->ops->secure)
		return "speaks TLS already";
	if (s->link.halves != HALVES_OPEN || s->link.broken || s->shuts_down)
		return "is closed in one direction";
	if (queue_has_file(s->queue))
		return "still has a file to send";
	return NULL;
}

/* `has_more`: there was something in the queue before. */
static void tell_wait(struct session *s, const struct upgrade *u, bool has_more)
{
	if (!s->link.is_accepted && u->since)
		session_tell_note(s, "starttls", "", "TLS begins when %s has "
		                  "answered", s->link.where);
	else if (has_more)
		session_tell_note(s, "starttls", "", "TLS begins when "
		                  "everything before it has been sent");
}

/* NULL with errno. */
static struct upgrade *upgrade_new(struct session *s,
                                   const struct dial_settings *settings)
{
	struct upgrade *u = session_talk(s) ? calloc(1, sizeof(*u)) : NULL;
	if (!u)
		return NULL;
	u->tls = settings->tls;
	u->timeout_ms = settings->timeout_ms > 0 ? settings->timeout_ms
	                                         : OPENINGS_TIMEOUT_MS;
	if (!s->link.is_accepted ||
	    !gather(s, after_question(s), true, &u->early))
		return u;
	int saved = errno;
	upgrade_free(u);
	errno = saved;
	return NULL;
}

int session_begin_upgrade(struct session *s, const void *text, size_t len,
                          const struct dial_settings *settings,
                          struct error *e)
{
	const char *why = why_not(s);
	bool has_more = s->queue;
	if (why)
		return error_set(e, "TLS was not begun: the connection to %s "
		                    "%s", s->link.where, why);
	struct upgrade *u = upgrade_new(s, settings);
	if (!u)
		return error_set_errno(e, errno, "TLS was not begun");
	const struct framed plain = framed_plain(text, len);
	if (len && session_queue_message(s, &plain, e)) {
		upgrade_free(u);
		return -1;
	}
	u->plain_end = s->link.bytes_out + session_queued(s);
	u->since = after_question(s);
	u->is_strict = len > 0;
	s->talk->upgrade = u;
	tell_wait(s, u, has_more);
	return 0;
}
