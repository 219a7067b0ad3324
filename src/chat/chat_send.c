/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said goes to those who are spoken to. */

#include <errno.h>
#include <unistd.h>

#include <sockchat/file.h>
#include <sockchat/pair.h>
#include <sockchat/tls_words.h>

#include "chat_private.h"

/* What is to be sent: some bytes, or a file. */
struct parcel {
	const struct framed *message;
	uint64_t len;
	const struct feed_file *file; /* NULL: bytes */
};

/* Whether there is not even a queue for it: what is typed while it connects
 * waits there, but not before what --on-connect says. */
static bool has_no_place(const struct chat *c)
{
	return chat_awaits_open(c) &&
	       (chat_counts_down(c) || *c->options->on_connect);
}

static int tell_nobody(struct chat *c)
{
	char advice[ADVICE_MAX];
	struct error e;
	chat_advise(c, advice);
	if (has_no_place(c))
		error_set(&e, "not sent: not connected yet");
	else if (c->target)
		error_set(&e, "not sent: peer %u is gone", c->target);
	else if (chat_session_count(c))
		error_set(&e, "not sent: the peer is gone, no program would "
		              "read it");
	else
		error_set(&e, "not sent: nobody is connected");
	error_set_code(&e, ENOTCONN);
	error_set_hint(&e, "%s", c->target
	                             ? "/to N or /to all chooses another"
	                         : c->listening[0]
	                             ? "a peer has to connect first"
	                         : *advice ? advice
	                             : "/connect HOST PORT connects");
	return chat_error(c, &e);
}

/* Give it to one session.  -1 when it does not take it: then an ERROR entry
 * says why. */
static int give_one(struct chat *c, struct session *s, const struct parcel *p)
{
	struct error e;
	bool is_client = s->pair && c->target_side == ENTRY_IN;
	struct session *to = is_client ? s->pair->near : s;
	if (p->file ? !session_send_file(to, p->file, &e)
	            : !session_send_framed(to, p->message, &e)) {
		chat_given(c, s);
		return 0;
	}
	if (!*e.code)
		error_set_code(&e, ENOTCONN);
	return chat_error(c, &e);
}

/* Whether it goes to more than one.  Injected words are each one's own. */
static bool is_shared(const struct chat *c, const struct parcel *p)
{
	size_t count = 0;
	for (size_t i = 0; i < c->own->session_count && count < 2; i++) {
		const struct session *s = c->own->sessions[i];
		count += chat_addresses(c, s) && !s->pair;
	}
	return !p->file && count > 1;
}

/* What follows is a copy of what one of several has got. */
static void note_shared(struct chat *c)
{
	struct session_settings *s = &c->session_settings;
	if (s->share == SHARE_FIRST)
		s->share = SHARE_COPY;
}

/* Give it to all that are spoken to.  -1 when some do not get it: then an ERROR
 * entry says why, which for one of many that is passed over has come before. */
static int give_all(struct chat *c, const struct parcel *p)
{
	size_t given = 0, failed = 0;
	if (c->options->recv_only)
		return chat_refuse(c, "", "not sent: --recv-only only "
		                          "receives");
	if (has_no_place(c))
		return tell_nobody(c);
	c->session_settings.share = is_shared(c, p) ? SHARE_FIRST : SHARE_NONE;
	for (size_t i = 0; i < c->own->session_count; i++) {
		struct session *s = c->own->sessions[i];
		if (!chat_addresses(c, s) ||
		    (!session_has_reader(s) && !c->target))
			continue;
		if (chat_pass_over(c, s, p->len) ? c->target != 0
		                                 : give_one(c, s, p) != 0)
			failed++;
		else
			given++;
		if (given)
			note_shared(c);
		if (chat_session(c, i) != s)
			i--; /* it broke, and the next has moved up */
	}
	c->session_settings.share = SHARE_NONE;
	if (given || failed)
		return failed ? -1 : 0;
	return tell_nobody(c);
}

int chat_send_framed(struct chat *c, const struct framed *m)
{
	return give_all(c, &(struct parcel){ m, m->bytes.len, NULL });
}

int chat_send(struct chat *c, const void *bytes, size_t len)
{
	const struct framed m = framed_plain(bytes, len);
	return chat_send_framed(c, &m);
}

/* Send a whole file as a payload.  -1 after a complaint. */
static int send_payload(struct chat *c, const struct feed_file *file)
{
	const struct frame *f = chat_frame(c);
	struct framed m = { .kind = NULL };
	struct bytes payload = { .max = f->max };
	struct error e;
	int failed = file_read(file->fd, &payload);
	if (failed)
		error_set_errno(&e, errno, "cannot send %s as one message",
		                file->name);
	else
		failed = frame_wrap(f, payload.data, payload.len, &m, &e);
	failed = failed ? chat_error(c, &e) : chat_send_framed(c, &m);
	bytes_finish(&payload);
	bytes_finish(&m.bytes);
	return failed;
}

int chat_send_file(struct chat *c, const char *path)
{
	struct feed_file file;
	struct error e;
	if (feed_open(&file, path, &e))
		return chat_error(c, &e);
	file.piece = (size_t)c->options->datagram_size;
	int failed = chat_has_frame(c)
	                 ? send_payload(c, &file)
	                 : give_all(c, &(struct parcel){ NULL, file.total,
	                                                 &file });
	close(file.fd);
	return failed;
}

static void on_certificate_note(void *user, const char *code, const char *text)
{
	chat_note(user, code, "%s", text);
}

/* What no dial and no listener tells of TLS in mid-conversation: by which
 * certificate we are known, once, and what is dangerous. */
static void tell_tls(struct chat *c, enum endpoint_mode mode)
{
	struct tls *tls = c->options->dial.tls;
	char text[TLS_NOTE_MAX];
	const char *code;
	struct tls_own own;
	if (!tls)
		return;
	if (mode == ENDPOINT_LISTEN && !c->own->has_shown_certificate &&
	    tls_own(tls, &own))
		tls_own_notes(&own, "", stamp_wall_s(), on_certificate_note,
		              c);
	c->own->has_shown_certificate |= mode == ENDPOINT_LISTEN;
	while (tls_take_note(tls, &code, text))
		chat_note(c, code, "%s", text);
}

/* -1 after an ERROR entry. */
static int secure_one(struct chat *c, struct session *s, const void *text,
                      size_t len)
{
	enum endpoint_mode mode = s->link.is_accepted ? ENDPOINT_LISTEN
	                                              : ENDPOINT_CONNECT;
	const struct dial_settings *settings = &c->options->dial;
	struct error e;
	if (chat_prepare_tls(c, mode))
		return -1;
	tell_tls(c, mode);
	return session_starttls(s, text, len, settings, &e)
	           ? chat_error(c, &e) : 0;
}

int chat_secure(struct chat *c, struct session *s)
{
	return secure_one(c, s, NULL, 0);
}

int chat_starttls(struct chat *c, const void *text, size_t len)
{
	size_t given = 0, failed = 0;
	if (len && c->options->recv_only)
		return chat_refuse(c, "", "not sent: --recv-only only "
		                          "receives");
	for (size_t i = c->own->session_count; i-- > 0;) {
		struct session *s = chat_session(c, i);
		if (!s || !chat_addresses(c, s))
			continue;
		if (secure_one(c, s, text, len))
			failed++;
		else
			given++;
	}
	if (given || failed)
		return failed ? -1 : 0;
	return tell_nobody(c);
}

bool chat_has_file(const struct chat *c)
{
	for (size_t i = 0; i < c->own->session_count; i++)
		if (queue_has_file(c->own->sessions[i]->queue))
			return true;
	return false;
}

size_t chat_shutdown(struct chat *c)
{
	size_t count = 0;
	for (size_t i = c->own->session_count; i-- > 0;) {
		struct session *s = chat_session(c, i);
		if (!s || !chat_addresses(c, s) || session_is_finishing(s))
			continue;
		bool has_fin = !link_has_messages(&s->link);
		if (has_fin && (session_queued(s) || !session_is_open(s) ||
		                queue_has_file(s->queue)))
			chat_note(c, "fin-queued",
			          "our FIN is sent after what is queued");
		session_shutdown(s);
		count++;
	}
	return count;
}
