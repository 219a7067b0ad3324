/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The places where a chat is listening, and who comes there. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>

#include "chat_private.h"

void chat_free_listeners(struct chat *c)
{
	for (size_t i = 0; i < c->own->listener_count; i++)
		listener_free(c->own->listeners[i]);
	c->own->listener_count = 0;
	c->own->listening[0] = '\0';
}

static void tell_listening(struct chat *c, const struct address *a)
{
	char where[ADDRESS_TEXT_MAX], text[256];
	bool is_exposed;
	const char *reach = address_reach(a, &is_exposed);
	address_format(a, where);
	snprintf(text, sizeof(text), "listening on %s (%s)", where, reach);
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_STATE,
		.state = ENTRY_LISTENING,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.local = where,
	});
	size_t used = strlen(c->own->listening);
	snprintf(c->own->listening + used, LISTENING_MAX - used, "%s%s",
	         used ? ", " : "", where);
	if (is_exposed || !c->is_exposed)
		c->reach = reach;
	c->is_exposed |= is_exposed;
}

static void on_listening(void *user, const struct address *list, size_t count)
{
	struct chat *c = user;
	char text[EXPLAIN_TEXT_MAX];
	for (size_t i = 0; i < count; i++)
		tell_listening(c, &list[i]);
	const char *note = explain_loopback(&list[0]);
	if (*note)
		chat_note(c, "container", "%s", note);
	if (c->options->verbose &&
	    explain_time_wait(text, address_port(&list[0])))
		chat_note(c, "time-wait", "%s", text);
	if (!c->is_scripted)
		c->own->has_broken = false;
}

static void on_listener_note(void *user, const char *code, const char *text)
{
	chat_note(user, code, "%s", text);
}

/* Why no more peers are taken; NULL when they are. */
static const char *why_refused(const struct chat *c)
{
	size_t max = (size_t)c->options->max_conns;
	if (max && c->own->session_count >= max)
		return "as many peers as --max-conns allows";
	if (c->own->accepts_one && c->own->last_number)
		return "one peer is served already (--keep-open serves more)";
	return NULL;
}

/* `why` is NULL when there is no memory to serve this peer. */
static void turn_away(struct chat *c, struct transport *t,
                      const struct address *peer, const char *why)
{
	char where[ADDRESS_TEXT_MAX];
	struct error e;
	address_format(peer, where);
	t->ops->close(t, true);
	if (why) {
		chat_note(c, "peer-refused", "%s refused: %s", where, why);
		return;
	}
	error_set_errno(&e, ENOMEM, "cannot serve %s", where);
	chat_error(c, &e);
}

void chat_on_peer(void *user, struct transport *t, const struct address *peer)
{
	struct chat *c = user;
	const char *why = why_refused(c);
	struct session *s = why ? NULL : chat_add_session(c);
	if (!s) {
		turn_away(c, t, peer, why);
		return;
	}
	if (s->number == 1)
		c->own->first_turn = loop_turns(c->loop);
	session_adopt(s, t, peer);
	loop_later(c->loop, &c->own->check);
}

static void on_unopened(void *user, const struct error *e)
{
	chat_tell(user, NULL, ENTRY_ERROR, e);
}

/* Without a descriptor peers only wait; without memory one that had come is
 * lost. */
static void on_trouble(void *user, const struct error *e)
{
	struct chat *c = user;
	c->own->makes_wait = true;
	if (strcmp(e->code, "ENOMEM") == 0)
		chat_error(c, e);
	else
		chat_tell(c, NULL, ENTRY_ERROR, e);
}

static void on_relief(void *user, const char *where)
{
	struct chat *c = user;
	c->own->makes_wait = false;
	chat_note(c, "accepting-again",
	          "new peers of %s need not wait any more", where);
}

static void end_in_failure(struct chat *c)
{
	c->own->has_broken = c->own->has_listen_failed = true;
	c->own->tells_end = true;
	loop_later(c->loop, &c->own->check);
}

static void on_listen_failed(void *user, const struct error *e)
{
	chat_error(user, e);
	end_in_failure(user);
}

/* One more listener in the list.  NULL with errno. */
static struct listener *add_listener(struct chat *c, const struct endpoint *ep)
{
	static const struct listener_ops ops = {
		.on_listening = on_listening,
		.on_note = on_listener_note,
		.on_peer = chat_on_peer,
		.on_unopened = on_unopened,
		.on_trouble = on_trouble,
		.on_relief = on_relief,
		.on_failed = on_listen_failed,
	};
	struct chat_private *p = c->own;
	struct listener **grown = realloc(
	    p->listeners, (p->listener_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	p->listeners = grown;
	struct listener *ls = listener_new(
	    c->loop, c->transport ? c->transport : transport_of(ep), ep,
	    &c->options->dial, &ops, c);
	if (ls)
		grown[p->listener_count++] = ls;
	return ls;
}

void chat_listen(struct chat *c, const struct endpoint *ep)
{
	char where[ENDPOINT_TEXT_MAX];
	struct error e;
	c->own->has_listen_failed = false;
	chat_use(c, ENDPOINT_LISTEN, ep);
	if (ep->is_tls && chat_prepare_tls(c, ENDPOINT_LISTEN)) {
		end_in_failure(c);
		return;
	}
	if (add_listener(c, ep))
		return;
	int errnum = errno;
	endpoint_format(ep, where);
	error_set_errno(&e, errnum, "cannot listen on %s", where);
	on_listen_failed(c, &e);
}
