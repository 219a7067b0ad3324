/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Connecting, and what comes after the end of a connection: the same once
 * more. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "chat_private.h"

#define JUST_OPEN_NS SECOND_NS

/* Connecting */

/* --reconnect goes on until it is connected, as --retry does. */
static bool wants_tries(const struct options *o)
{
	return o->retry || o->reconnect;
}

/* There is no session. */
static void fail_to_dial(struct chat *c)
{
	struct again *a = &c->own->again;
	a->is_trying = a->is_awaited = false;
	c->own->has_broken = c->own->tells_end = true;
	chat_tell_missed(c);
	loop_later(c->loop, &c->own->check);
}

static void dial_once(struct chat *c, const struct endpoint *ep, bool is_again)
{
	struct again *a = &c->own->again;
	struct session *s = chat_add_session(c);
	struct error e;
	if (!s) {
		error_set_errno(&e, ENOMEM, "cannot connect");
		chat_error(c, &e);
		fail_to_dial(c);
		return;
	}
	a->number = s->link.number;
	session_connect(s, c->transport ? c->transport : transport_of(ep), ep,
	                &c->options->dial, is_again);
	if (c->own->has_input_ended)
		chat_end_input(c, s);
}

void chat_connect(struct chat *c, const struct endpoint *ep)
{
	struct again *a = &c->own->again;
	timer_stop(&a->timer);
	a->retry = (struct retry){ 0 };
	a->is_trying = wants_tries(c->options);
	a->is_awaited = a->is_trying || *c->options->on_connect;
	a->is_led = false;
	chat_use(c, ENDPOINT_CONNECT, ep);
	if (ep->is_tls && chat_prepare_tls(c, ENDPOINT_CONNECT)) {
		fail_to_dial(c);
		return;
	}
	/* a probe has one result: of its failures the last one */
	dial_once(c, chat_last(c, ENDPOINT_CONNECT),
	          c->options->zero && a->is_trying);
}

void chat_note_open(struct chat *c, const struct session *s)
{
	struct again *a = &c->own->again;
	if (s->link.number != a->number)
		return;
	a->is_trying = a->is_lost = a->is_entered = false;
	if (a->is_awaited)
		loop_later(c->loop, &c->own->check);
}

static uint64_t sent_to(const struct session *s)
{
	return s ? s->link.bytes_out + session_queued(s) : 0;
}

/* Type a line to this session alone. */
static void type_to(struct chat *c, uint32_t number, const char *line,
                    size_t len)
{
	uint32_t target = c->target;
	c->target = number;
	c->type(c, line, len);
	if (c->target == number)
		c->target = target;
}

void chat_greet(struct chat *c)
{
	struct again *a = &c->own->again;
	uint32_t number = a->number;
	struct session *s = chat_find(c, number);
	char lines[ON_CONNECT_MAX] = "", *rest = lines, *end;
	if (!a->is_awaited || !s || !session_is_open(s))
		return;
	a->is_awaited = false; /* a command may change what there is to say */
	if (!a->is_led)
		memcpy(lines, c->options->on_connect, sizeof(lines));
	for (; (end = strchr(rest, '\n')) && chat_find(c, a->number);
	     rest = end + 1)
		type_to(c, a->number, rest, (size_t)(end - rest));
	a->is_led = a->number != number;
	s = chat_find(c, a->number);
	a->greeted = sent_to(s);
	if (!c->own->has_input_ended)
		return;
	chat_start_quit(c);
	if (s)
		chat_end_input(c, s);
}

/* Trying again */

static void on_again_time(struct timer *t)
{
	struct chat *c = t->user;
	if (!c->is_leaving)
		dial_once(c, chat_last(c, ENDPOINT_CONNECT), true);
}

bool chat_counts_down(const struct chat *c)
{
	return c->own->again.timer.loop && !c->is_leaving;
}

static void tell_stopped(struct chat *c)
{
	char name[ENDPOINT_TEXT_MAX];
	endpoint_format(chat_last(c, ENDPOINT_CONNECT), name);
	chat_note(c, "stopped-trying", "no longer trying to connect to %s",
	          name);
}

bool chat_stop_trying(struct chat *c)
{
	struct chat_private *p = c->own;
	struct session *s = chat_find(c, p->again.number);
	if (!p->again.is_trying || c->is_leaving)
		return false;
	if (s) {
		session_close(s); /* chat_try_again() tells it */
		return true;
	}
	timer_stop(&p->again.timer);
	p->again.is_trying = p->again.is_awaited = false;
	p->has_broken = p->tells_end = true;
	tell_stopped(c);
	loop_later(c->loop, &p->check);
	return true;
}

bool chat_awaits_open(const struct chat *c)
{
	return c->own->again.is_awaited && !c->own->listener_count;
}

/* Whether the end of standard input has ended what is to be said. */
static bool is_all_said(const struct chat *c)
{
	return c->own->has_input_ended && !c->options->no_shutdown &&
	       !c->rules;
}

bool chat_lose(struct chat *c, struct session *s)
{
	struct again *a = &c->own->again;
	if (s->link.number != a->number || !c->options->reconnect ||
	    is_all_said(c))
		return false;
	a->is_lost = true;
	session_close(s);
	return true;
}

/* How long to wait until the next try; -1: there is none. */
static int64_t wait_after_loss(struct chat *c, const struct session *s,
                               const struct error *why)
{
	int64_t open_ns = loop_now_ns(c->loop) - s->opened_ns;
	if (!c->options->reconnect || is_all_said(c) ||
	    (!why && !c->own->again.is_lost))
		return -1;
	return retry_lost(&c->own->again.retry, open_ns / MS_NS);
}

static int64_t wait_after_failure(struct chat *c, const struct session *s,
                                  const struct error *why)
{
	struct retry *r = &c->own->again.retry;
	long max = c->options->retry ? c->options->retry : RETRY_ENDLESS;
	if (!c->own->again.is_trying)
		return -1;
	if (!why) {
		tell_stopped(c);
		return -1;
	}
	int64_t wait_ms = retry_failed(r, max, why);
	if (wait_ms < 0 && s->is_quiet) {
		chat_tell(c, s, ENTRY_ERROR, why);
		chat_note(c, "gave-up", "gave up after %ld %s", r->tries,
		          r->tries == 1 ? "try" : "tries");
	}
	return wait_ms;
}

/* The session has told of its failure unless it is quiet.  On the screen the
 * same one is told once: the status line counts down. */
static void tell_wait(struct chat *c, const struct session *s,
                      const struct error *why, int64_t wait_ms)
{
	struct again *a = &c->own->again;
	bool is_known = why && strcmp(a->code, why->code) == 0;
	char text[RETRY_TEXT_MAX];
	if (!s->is_quiet)
		chat_note(c, "trying-again", "trying again in %g s",
		          (double)wait_ms / 1000);
	else if (!is_known || !c->ops->stays) {
		retry_describe(text, why, wait_ms);
		chat_note(c, "trying-again", "%s", text);
	}
	snprintf(a->code, sizeof(a->code), "%s", why ? why->code : "");
}

bool chat_try_again(struct chat *c, const struct session *s,
                    const struct error *why)
{
	struct again *a = &c->own->again;
	if (s->link.number != a->number)
		return false;
	int64_t wait_ms = c->is_leaving ? -1
	                  : s->opened_ns ? wait_after_loss(c, s, why)
	                                 : wait_after_failure(c, s, why);
	a->is_lost = a->is_entered = false;
	a->is_trying = a->is_awaited = wait_ms >= 0;
	if (wait_ms < 0)
		return false;
	tell_wait(c, s, why, wait_ms);
	chat_start_timer(&a->timer, on_again_time, wait_ms * MS_NS);
	return true;
}

/* Enter */

/* Whether no program would read what is typed. */
static bool is_nobody_there(const struct chat *c)
{
	const struct session *s = chat_session(c, 0);
	return !s || (c->own->session_count == 1 && s->is_gone);
}

/* Whether somebody can press Enter, and it would connect or listen again. */
static bool is_enter_free(const struct chat *c)
{
	const struct chat_private *p = c->own;
	return !c->is_scripted && !c->is_leaving && is_nobody_there(c) &&
	       !p->listener_count && !p->again.timer.loop &&
	       chat_last(c, p->used.latest);
}

/* It has connected by itself just when Enter was pressed to hasten it. */
static bool is_just_open(const struct chat *c)
{
	const struct again *a = &c->own->again;
	const struct session *s = chat_find(c, a->number);
	return a->retry.wait_ms && s && session_is_open(s) &&
	       c->own->session_count == 1 && sent_to(s) == a->greeted &&
	       loop_now_ns(c->loop) - s->opened_ns < JUST_OPEN_NS;
}

/* Enter was pressed twice, or the user has no patience: an empty line is not
 * what the server is to get first. */
static bool is_still_connecting(const struct chat *c)
{
	const struct again *a = &c->own->again;
	const struct session *s = chat_find(c, a->number);
	return (a->is_entered || a->is_trying) && s && !session_is_open(s) &&
	       c->own->session_count == 1 && !session_queued(s);
}

static void use_again(struct chat *c)
{
	enum endpoint_mode mode = c->own->used.latest;
	struct endpoint ep = *chat_last(c, mode);
	chat_for_all(c, session_leave);
	if (mode == ENDPOINT_LISTEN) {
		chat_listen(c, &ep, chat_last_target(c));
	} else {
		c->own->again.is_entered = true;
		chat_connect(c, &ep);
	}
}

bool chat_enter(struct chat *c)
{
	struct session *s = chat_session(c, 0);
	if (c->is_scripted || c->is_leaving)
		return false;
	if (c->lead && c->lead->ops->on_enter(c->lead))
		return true;
	if (s && c->own->session_count == 1)
		(void)session_has_reader(s); /* it may have gone meanwhile */
	if (chat_counts_down(c)) {
		timer_stop(&c->own->again.timer);
		on_again_time(&c->own->again.timer);
	} else if (is_still_connecting(c)) {
		chat_note(c, "still-connecting", "nothing was sent; "
		          "still connecting to %s",
		          chat_session(c, 0)->link.where);
	} else if (is_just_open(c)) {
		chat_note(c, "just-open", "the empty line was not sent; "
		          "you have only just connected");
	} else if (is_enter_free(c)) {
		use_again(c);
	} else {
		return false;
	}
	return true;
}

/* What to press when there is no connection. */
static void advise_enter(const struct chat *c, char out[ADVICE_MAX])
{
	enum endpoint_mode mode = c->own->used.latest;
	char name[ENDPOINT_TEXT_MAX];
	endpoint_show(chat_last(c, mode), name);
	snprintf(out, ADVICE_MAX, "press Enter to %s again %s %s",
	         mode == ENDPOINT_LISTEN ? "listen" : "connect",
	         mode == ENDPOINT_LISTEN ? "at" : "to", name);
}

static const char *advice_on(const struct session *s)
{
	if (s->closes)
		return "";
	if (!session_is_open(s))
		return "/close gives up";
	if (s->link.halves == HALVES_OPEN)
		return "";
	if (s->is_gone && !s->link.is_accepted)
		return "Enter connects again";
	return s->link.is_accepted ? "/close hangs up"
	                           : "/close or /connect";
}

void chat_advise(const struct chat *c, char out[ADVICE_MAX])
{
	const struct session *s = chat_shown(c);
	int64_t left_ns = c->own->again.timer.due_ns - loop_now_ns(c->loop);
	*out = '\0';
	if (chat_counts_down(c))
		snprintf(out, ADVICE_MAX, "trying again in %lld s: Enter tries "
		         "now, Ctrl-C stops",
		         (long long)(left_ns / SECOND_NS + 1));
	else if (is_enter_free(c) && !s)
		advise_enter(c, out);
	else if (s)
		snprintf(out, ADVICE_MAX, "%s", advice_on(s));
	if (c->lead)
		c->lead->ops->advise(c->lead, out, ADVICE_MAX);
	const struct chat_task *task = c->load ? c->load : c->repeat;
	if (!*out && task)
		task->tell(task, out, ADVICE_MAX);
}

const char *chat_end_hint(const struct chat *c)
{
	const struct chat_private *p = c->own;
	bool is_last = p->session_count == 1 && !p->listener_count;
	bool is_over = c->is_scripted || c->is_leaving || c->options->reconnect;
	return c->ops->stays && is_last && !is_over
	           ? ADVICE_AGAIN : "";
}

void chat_tell_again(struct chat *c)
{
	char advice[ADVICE_MAX];
	/* a status line tells it all the time, and the end has told it */
	if (c->own->again.is_offered || c->ops->stays || !is_enter_free(c))
		return;
	c->own->again.is_offered = true;
	advise_enter(c, advice);
	chat_note(c, "enter", "%s", advice);
}
