/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The places where a chat is listening, and who comes there. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/access.h>
#include <sockchat/admission.h>
#include <sockchat/explain.h>
#include <sockchat/pair.h>
#include <sockchat/service.h>

#include "chat_private.h"

/* Where somebody listens, and for whom. */
struct place {
	struct chat *chat;
	struct listener *listener;
	bool is_unix;           /* who comes there has no address */
	bool has_messages;      /* each read of its peers is one */
	bool forwards;          /* what comes goes to the … */
	struct endpoint target; /* and back */
	struct dial_settings settings; /* for clients, where it forwards */
};

static void free_place(struct place *p)
{
	p->chat->own->refused += listener_refused(p->listener);
	listener_free(p->listener);
	free(p);
}

void chat_free_listeners(struct chat *c)
{
	for (size_t i = 0; i < c->own->listener_count; i++)
		free_place(c->own->listeners[i]);
	c->own->listener_count = 0;
	c->own->listening[0] = c->own->forwarding[0] = '\0';
}

static void add_word(char list[LISTENING_MAX], const char *word)
{
	size_t used = strlen(list);
	snprintf(list + used, LISTENING_MAX - used, "%s%s", used ? ", " : "",
	         word);
}

/* The addresses behind the first, for a screen, where one row tells all. */
static void word_others(char *out, size_t size, const struct address *list,
                        size_t count)
{
	char where[ADDRESS_TEXT_MAX];
	*out = '\0';
	for (size_t i = 1; i < count; i++) {
		address_format(&list[i], where);
		text_add(out, size, "%s%s", i == 1 ? "also on " : ", ", where);
	}
}

static void tell_listening(const struct place *p, const struct address *a,
                           unsigned flags, const char *others)
{
	struct chat *c = p->chat;
	char where[ADDRESS_TEXT_MAX], text[256];
	bool is_exposed;
	const char *reach = address_reach(a, &is_exposed);
	address_format(a, where);
	snprintf(text, sizeof(text), "listening on %s (%s%s)", where,
	         p->has_messages ? "UDP, " : "", reach);
	if (a->is_inherited)
		text_add(text, sizeof(text), ", descriptor %d", a->fd);
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_STATE,
		.state = ENTRY_LISTENING,
		.flags = (uint8_t)flags,
		.hint = others,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.local = where,
		.has_datagrams = p->has_messages,
	});
	add_word(c->own->listening, where);
	if (is_exposed || !c->is_exposed)
		c->reach = reach;
	c->is_exposed |= is_exposed;
}

/* Somebody is to come before there is anything to see. */
static void tell_forwarding(struct chat *c, const struct endpoint *target,
                            const struct address *a)
{
	char to[ENDPOINT_TEXT_MAX], here[ADDRESS_TEXT_MAX];
	bool is_exposed;
	endpoint_format(target, to);
	address_format(a, here);
	(void)address_reach(a, &is_exposed);
	add_word(c->own->forwarding, to);
	if (is_exposed && address_port(a))
		snprintf(here, sizeof(here), "port %u of this machine",
		         address_port(a));
	chat_note(c, "forwarding", "forwarding to %s; connect the client to "
	          "%s. Both sides are shown here", to, here);
}

static void tell_unjudged(struct chat *c)
{
	const struct options *o = c->options;
	if (o->allow.count || o->deny.count)
		chat_note(c, "no-addresses", "%s", ACCESS_NOT_UNIX);
}

void chat_tell_ready(struct chat *c)
{
	struct error e;
	if (!c->own->is_ready)
		return;
	c->own->is_ready = false;
	if (service_ready(c->listening, &e) && c->options->verbose)
		chat_note(c, "notify-socket", "%s", e.text);
}

static void on_listening(void *user, const struct address *list, size_t count)
{
	struct place *p = user;
	struct chat *c = p->chat;
	char text[EXPLAIN_TEXT_MAX], others[2 * ADDRESS_TEXT_MAX] = "";
	p->is_unix = list[0].sa.ss_family == AF_UNIX;
	if (p->is_unix)
		tell_unjudged(c);
	if (c->ops->stays)
		word_others(others, sizeof(others), list, count);
	for (size_t i = 0; i < count; i++)
		tell_listening(p, &list[i],
		               i && c->ops->stays ? ENTRY_FOLDED : 0,
		               i ? "" : others);
	c->own->is_ready = true;
	loop_later(c->loop, &c->own->check);
	if (!count) { /* the verdict is that of the one that comes */
		c->session_settings.serves_one |= !c->ops->stays;
		return;
	}
	if (p->forwards)
		tell_forwarding(c, &p->target, &list[0]);
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
	const struct place *p = user;
	chat_note(p->chat, code, "%s", text);
}

/* How many peers there may be; 0: as many as come.  Anybody can pretend to be
 * many sources of datagrams. */
static size_t max_peers(const struct place *p)
{
	long max = p->chat->options->max_conns;
	return !max && p->has_messages ? DATAGRAM_SOURCES_MAX : (size_t)max;
}

/* Those who are gone do not count: they only wait for the user to hang up. */
static bool is_full(void *user)
{
	const struct place *p = user;
	const struct chat_private *own = p->chat->own;
	size_t max = max_peers(p), count = own->session_count;
	if (!max || count < max || p->has_messages)
		return max && count >= max;
	for (size_t i = 0; i < own->session_count; i++)
		count -= own->sessions[i]->is_gone;
	return count >= max;
}

/* Why no more peers are taken; NULL when they are. */
static const char *why_refused(struct place *p)
{
	const struct chat *c = p->chat;
	const char *why = c->lead ? c->lead->ops->refuses(c->lead) : NULL;
	if (why)
		return why;
	if (is_full(p))
		return "as many peers as --max-conns allows";
	if (c->session_settings.serves_one && c->own->last_number)
		return "one peer is served already (--keep-open serves more)";
	if (!c->accepts)
		return "/accept is off";
	return NULL;
}

static void fail_peer(struct chat *c, struct transport *t,
                      const struct address *peer)
{
	char where[ADDRESS_TEXT_MAX];
	struct error e;
	address_format(peer, where);
	transport_close(t, true);
	error_set_errno(&e, ENOMEM, "cannot serve %s", where);
	chat_error(c, &e);
}

/* A session for a new peer.  NULL: it has been turned away. */
static struct session *add_peer(struct chat *c, struct transport *t,
                                const struct address *peer)
{
	struct session *s = chat_add_session(c);
	if (!s)
		fail_peer(c, t, peer);
	else if (s->link.number == 1)
		c->own->first_turn = loop_turns(c->loop);
	loop_later(c->loop, &c->own->check);
	return s;
}

void chat_on_peer(struct chat *c, struct transport *t,
                  const struct address *peer)
{
	struct session *s = add_peer(c, t, peer);
	if (s)
		session_adopt(s, t, peer);
}

/* Who has come, and where; a proxy in front of it may have told both. */
static struct dial_client client_of(const struct session *near)
{
	struct transport_facts facts = { .header = NULL };
	if (near->link.transport)
		transport_facts(near->link.transport, FACTS_LOCAL | FACTS_PEER,
		                &facts);
	bool is_named = facts.header && facts.header->source.len;
	return (struct dial_client){
		true, facts.peer, is_named ? facts.header->target : facts.local,
	};
}

/* The target is offered the protocol that we chose for its client. */
static void connect_target(const struct place *p, struct session *far)
{
	struct dial_settings settings = p->chat->options->dial;
	if (settings.proxy_protocol)
		settings.client = client_of(far->pair->near);
	const struct tls_facts *tls = session_tls(far->pair->near);
	settings.alpn = tls ? tls->chosen : NULL;
	session_connect(far, transport_of(&p->target), &p->target, &settings,
	                false);
}

static void on_client(struct place *p, struct transport *t,
                      const struct address *peer)
{
	struct chat *c = p->chat;
	struct session *far = add_peer(c, t, peer);
	if (far && !pair_begin(far, &c->own->near_settings, t, peer))
		connect_target(p, far);
	else if (far)
		session_reset(far);
}

static void on_peer(void *user, struct transport *t, const struct address *peer)
{
	struct place *p = user;
	const char *why = why_refused(p); /* others have come meanwhile */
	if (why)
		listener_refuse(p->listener, t, peer, why);
	else if (p->forwards)
		on_client(p, t, peer);
	else
		chat_on_peer(p->chat, t, peer);
}

static void on_unopened(void *user, const struct error *e)
{
	const struct place *p = user;
	chat_tell(p->chat, NULL, ENTRY_ERROR, e);
}

/* Without a descriptor peers only wait; without memory one that had come is
 * lost. */
static void on_trouble(void *user, const struct error *e)
{
	const struct place *p = user;
	struct chat *c = p->chat;
	c->own->makes_wait = true;
	if (strcmp(e->code, "ENOMEM") == 0)
		chat_error(c, e);
	else
		chat_tell(c, NULL, ENTRY_ERROR, e);
}

static void on_relief(void *user, const char *where)
{
	const struct place *p = user;
	struct chat *c = p->chat;
	c->own->makes_wait = false;
	chat_note(c, "accepting-again",
	          "new peers of %s are accepted again", where);
}

static void end_in_failure(struct chat *c)
{
	c->own->has_broken = c->own->has_listen_failed = true;
	c->own->tells_end = true;
	chat_tell_missed(c);
	loop_later(c->loop, &c->own->check);
}

/* Without a session it has failed: nobody else comes. */
static void on_spent(void *user)
{
	struct place *spent = user;
	struct chat *c = spent->chat;
	struct chat_private *p = c->own;
	size_t i = 0;
	while (p->listeners[i] != spent)
		i++;
	p->listeners[i] = p->listeners[--p->listener_count];
	free_place(spent);
	if (!p->session_count)
		end_in_failure(c);
}

static void on_listen_failed(void *user, const struct error *e)
{
	const struct place *p = user;
	chat_error(p->chat, e);
	end_in_failure(p->chat);
}

static const char *refuses(void *user, const struct address *peer,
                           bool is_named)
{
	struct place *p = user;
	struct chat *c = p->chat;
	const struct options *o = c->options;
	char text[FAULT_REFUSED_MAX], where[ADDRESS_TEXT_MAX];
	if (is_named)
		return access_denies(&o->deny, peer);
	const char *why = access_refuses(&o->allow, &o->deny, peer);
	why = why ? why : why_refused(p);
	if (why || !faults_refuse_next(&c->own->faults))
		return why;
	address_format(peer, where);
	faults_say_refused(&c->own->faults, where, p->has_messages, text,
	                   sizeof(text));
	chat_note(c, "fault", "%s", text);
	return "";
}

void chat_retry_listeners(struct chat *c)
{
	for (size_t i = 0; i < c->own->listener_count; i++)
		listener_retry(c->own->listeners[i]->listener);
}

static void pause_or_resume(const struct chat *c, struct listener *ls)
{
	if (c->accepts)
		listener_resume(ls);
	else
		listener_pause(ls);
}

void chat_pause_listeners(struct chat *c)
{
	for (size_t i = 0; i < c->own->listener_count; i++)
		pause_or_resume(c, c->own->listeners[i]->listener);
}

uint64_t chat_refused(const struct chat *c)
{
	uint64_t sum = c->own->refused;
	for (size_t i = 0; i < c->own->listener_count; i++)
		sum += listener_refused(c->own->listeners[i]->listener);
	return sum;
}

bool chat_sees_addresses(const struct chat *c)
{
	bool sees = !c->own->listener_count;
	for (size_t i = 0; i < c->own->listener_count; i++)
		sees |= !c->own->listeners[i]->is_unix;
	return sees;
}

/* Clients of a listener that forwards are not what the options are about. */
void chat_apply_settings(struct chat *c)
{
	struct socket_refusals refused = { { 0 } };
	struct socket_settings own = c->options->dial.socket;
	char text[SOCKET_TEXT_MAX];
	if (!memcmp(own.values, c->own->settings, sizeof(own.values)))
		return;
	memcpy(c->own->settings, own.values, sizeof(own.values));
	own.refused = &refused;
	for (size_t i = 0; i < c->own->listener_count; i++)
		if (!c->own->listeners[i]->forwards)
			listener_apply(c->own->listeners[i]->listener, &own);
	for (size_t i = 0; i < c->own->session_count; i++)
		if (c->own->sessions[i]->link.transport)
			transport_apply(c->own->sessions[i]->link.transport,
			                &own);
	while (socket_take_refusal(&own, text))
		chat_note(c, "setting-refused", "%s", text);
}

bool chat_forwards(const struct chat *c)
{
	bool forwards = *c->options->forward != '\0';
	for (size_t i = 0; i < c->own->listener_count; i++)
		forwards |= c->own->listeners[i]->forwards;
	return forwards;
}

bool chat_has_messages(const struct chat *c)
{
	const struct chat_private *p = c->own;
	for (size_t i = 0; i < p->listener_count; i++)
		if (p->listeners[i]->has_messages)
			return true;
	for (size_t i = 0; i < p->session_count; i++)
		if (link_has_messages(&p->sessions[i]->link))
			return true;
	return false;
}

/* NULL with errno. */
static struct place *new_place(struct chat *c, const struct endpoint *target)
{
	struct place *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->chat = c;
	p->forwards = target != NULL;
	if (target) {
		p->target = *target;
		p->settings = c->options->dial;
		p->settings.socket =
		    (struct socket_settings)SOCKET_DEFAULTS;
	}
	return p;
}

/* One more in the list, which listens.  -1 with errno. */
static int add_place(struct chat *c, const struct endpoint *ep,
                     const struct endpoint *target)
{
	static const struct listener_ops ops = {
		.on_listening = on_listening,
		.on_note = on_listener_note,
		.on_peer = on_peer,
		.refuses = refuses,
		.is_full = is_full,
		.on_unopened = on_unopened,
		.on_trouble = on_trouble,
		.on_relief = on_relief,
		.on_spent = on_spent,
		.on_failed = on_listen_failed,
	};
	struct chat_private *p = c->own;
	struct place **grown = realloc(
	    p->listeners, (p->listener_count + 1) * sizeof(struct place *));
	if (!grown)
		return -1;
	p->listeners = grown;
	struct place *new = new_place(c, target);
	if (!new)
		return -1;
	const struct transport_ops *kind =
	    c->transport ? c->transport : transport_of(ep);
	new->has_messages = kind->traits & TRANSPORT_MESSAGES;
	new->listener = listener_new(
	    c->loop, kind, ep, target ? &new->settings : &c->options->dial,
	    &ops, new);
	if (!new->listener) {
		free(new);
		return -1;
	}
	pause_or_resume(c, new->listener);
	grown[p->listener_count++] = new;
	chat_begin_column(c);
	return 0;
}

void chat_listen(struct chat *c, const struct endpoint *ep,
                 const struct endpoint *target)
{
	char where[ENDPOINT_TEXT_MAX];
	struct error e;
	c->own->has_listen_failed = false;
	chat_use(c, ENDPOINT_LISTEN, ep);
	chat_use_target(c, target);
	if (target)
		chat_note_used(c, ENDPOINT_CONNECT, target);
	if ((ep->is_tls && chat_prepare_tls(c, ENDPOINT_LISTEN)) ||
	    (target && target->is_tls &&
	     chat_prepare_tls(c, ENDPOINT_CONNECT))) {
		end_in_failure(c);
		return;
	}
	if (!add_place(c, ep, target))
		return;
	int errnum = errno;
	endpoint_format(ep, where);
	error_set_errno(&e, errnum, "cannot listen on %s", where);
	chat_error(c, &e);
	end_in_failure(c);
}
